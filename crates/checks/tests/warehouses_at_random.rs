//! Goods go to and fro between three warehouses, whatever comes to mind: nothing is lost, and no cent is made on the way.
#![expect(clippy::expect_used, reason = "tests stop at what should not happen")]

use checks::{Dice, Shop, on_both};
use kernel::Error;
use serde_json::{Value as Json, json};

const STEPS: usize = 120;

struct Firm<'a> {
    shop: &'a Shop,
    warehouses: Vec<i64>,
    places: Vec<i64>,
    products: Vec<i64>,
    customer: i64,
    supplier: i64,
    dice: Dice,
    /// Commands that were done.
    done: usize,
}

impl Firm<'_> {
    fn open(shop: &Shop, seed: u64) -> Firm<'_> {
        let mut warehouses = shop.ids("SELECT MIN(id) FROM warehouse");
        for (code, from) in [("B", 0), ("C", 1)] {
            let places = json!([{"code": "1", "name": "One"}, {"code": "2", "name": "Two"}]);
            let body = json!({"code": code, "name": code, "supplied_from_id": warehouses[from], "transfer_days": 1, "locations": places});
            warehouses.push(shop.create("Warehouse", body));
        }
        let products = vec![shop.product("bolt", "10.00", "4.00"), shop.product("nut", "7.00", "3.00")];
        products.iter().for_each(|p| shop.stock(*p, 30, "3.33"));
        let supplier = shop.supplier("Bolts d.o.o.");
        Firm {
            shop,
            warehouses,
            places: shop.ids("SELECT id FROM location ORDER BY id"),
            products,
            customer: shop.customer("Ana d.o.o."),
            supplier,
            dice: Dice(seed),
            done: 0,
        }
    }

    fn one(&mut self, from: &[i64]) -> i64 {
        self.dice.one_of(from).copied().unwrap_or(0)
    }

    fn some(&mut self, most: u64) -> i64 {
        1 + self.dice.throw(most)
    }

    /// Tries a command; a refusal is an answer.
    fn tries(&mut self, entity: &str, command: &str, id: Option<i64>, body: &Json) -> Option<i64> {
        match self.shop.try_run(entity, command, id, body) {
            Ok(reply) => {
                self.done += 1;
                Some(reply.id)
            }
            Err(Error::Refused(_)) => None,
            Err(error) => panic!("{entity}.{command}: {error}"),
        }
    }

    fn on(&mut self, table: &str, states: &str) -> Option<i64> {
        let ids = self.shop.ids(&format!("SELECT id FROM {table} WHERE state IN ({states}) ORDER BY id"));
        self.dice.one_of(&ids).copied()
    }

    fn step(&mut self) {
        let (product, quantity) = (self.one(&self.products.clone()), self.some(9));
        match self.dice.throw(11) {
            0 => self.order(product, quantity),
            1 => self.purchase(product, quantity),
            2 | 3 => self.transfer(product, quantity),
            4 | 5 => self.leave(),
            6 | 7 => self.arrive(),
            8 => {
                if let Some(delivery) = self.on("delivery", "'draft'") {
                    self.tries("Delivery", "ship", Some(delivery), &json!({}));
                }
            }
            9 => {
                let (from, to) = (self.one(&self.places.clone()), self.one(&self.places.clone()));
                let body = json!({"product_id": product, "quantity": quantity, "from_location_id": from, "to_location_id": to});
                self.tries("StockMove", "transfer", None, &body);
            }
            _ => {
                if let Some(transfer) = self.on("transfer_order", "'confirmed', 'draft'") {
                    self.tries("TransferOrder", "cancel", Some(transfer), &json!({}));
                }
                let place = self.one(&self.places.clone());
                let body =
                    json!({"location_id": place, "lines": [{"product_id": product, "counted": quantity}]});
                if let Some(count) = self.tries("StockCount", "create", None, &body) {
                    self.tries("StockCount", "post", Some(count), &json!({}));
                }
            }
        }
    }

    fn order(&mut self, product: i64, quantity: i64) {
        let warehouse = self.one(&self.warehouses.clone());
        let body = json!({"customer_id": self.customer, "warehouse_id": warehouse,
            "lines": [{"product_id": product, "quantity": quantity, "unit_price": "10.00"}]});
        if let Some(order) = self.tries("SalesOrder", "create", None, &body) {
            self.tries("SalesOrder", "confirm", Some(order), &json!({}));
            if self.dice.throw(3) == 0 {
                self.tries("SalesOrder", "buy_short", Some(order), &json!({}));
            }
        }
    }

    fn purchase(&mut self, product: i64, quantity: i64) {
        let warehouse = self.one(&self.warehouses.clone());
        let price = format!("{}.{}", self.some(5), self.some(89) + 9);
        let body = json!({"supplier_id": self.supplier, "warehouse_id": warehouse,
            "lines": [{"product_id": product, "quantity": quantity, "unit_price": price}]});
        if let Some(order) = self.tries("PurchaseOrder", "create", None, &body) {
            self.tries("PurchaseOrder", "confirm", Some(order), &json!({}));
            self.tries("PurchaseOrder", "receive", Some(order), &json!({}));
            if self.dice.throw(2) == 0 {
                let line = self.shop.line("PurchaseOrder", order, 0);
                let lines = json!([{"line_id": line, "unit_price": "4.44"}]);
                self.tries(
                    "PurchaseOrder",
                    "invoice",
                    Some(order),
                    &json!({"supplier_number": format!("{order}"), "lines": lines}),
                );
            }
        }
    }

    fn transfer(&mut self, product: i64, quantity: i64) {
        let (from, to) = (self.one(&self.warehouses.clone()), self.one(&self.warehouses.clone()));
        let other = self.one(&self.products.clone());
        let lines =
            json!([{"product_id": product, "quantity": quantity}, {"product_id": other, "quantity": 1}]);
        let body = json!({"from_warehouse_id": from, "to_warehouse_id": to, "lines": lines});
        if let Some(transfer) = self.tries("TransferOrder", "create", None, &body) {
            self.tries("TransferOrder", "confirm", Some(transfer), &json!({}));
        }
    }

    fn leave(&mut self) {
        let Some(transfer) = self.on("transfer_order", "'confirmed'") else { return };
        let line = self.shop.line("TransferOrder", transfer, 0);
        let part = json!({"lines": [{"line_id": line, "quantity": self.some(9)}]});
        let body = if self.dice.throw(2) == 0 { part } else { json!({}) };
        self.tries("TransferOrder", "ship", Some(transfer), &body);
    }

    fn arrive(&mut self) {
        let Some(transfer) = self.on("transfer_order", "'shipped'") else { return };
        let line = self.shop.line("TransferOrder", transfer, 0);
        let lost = self.dice.throw(2);
        let part = json!({"lines": [{"line_id": line, "quantity": self.some(4), "lost": lost}], "reason": "Fell off"});
        let body = if self.dice.throw(2) == 0 { part } else { json!({}) };
        self.tries("TransferOrder", "receive", Some(transfer), &body);
    }
}

#[test]
fn nothing_is_lost_on_any_way() {
    on_both(|shop| {
        let mut firm = Firm::open(shop, 20_261_130);
        for step in 0..STEPS {
            firm.step();
            if step % 5 == 0 {
                shop.holds();
                shop.wait(1);
            }
        }
        let count = |sql: &str| shop.ids(sql).first().copied().unwrap_or(0);
        assert!(firm.done > STEPS, "{} commands were done", firm.done);
        assert!(count("SELECT COUNT(*) FROM transfer_order WHERE state = 'received'") > 3);
        assert!(count("SELECT COUNT(*) FROM transfer_line WHERE lost > 0") > 0);
        // The plan of what came of it can be made.
        shop.ask("Product", "plan", None, json!({"days": 400}));
    });
}
