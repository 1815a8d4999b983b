//! Stories of kits: sold as one, stocked, delivered and returned as their parts.

use checks::{Dice, Shop, Workshop, on_both, rows, text};
use serde_json::{Value as Json, json};

/// A dining set of a table and four chairs, for 300.00.
struct Set {
    table: i64,
    chair: i64,
    set: i64,
}

impl Set {
    fn new(shop: &Shop) -> Self {
        let (table, chair) =
            (shop.product("table", "200.00", "100.00"), shop.product("chair", "50.00", "20.00"));
        let set = kit(shop, "set", "300.00", &[(table, 1), (chair, 4)]);
        Self { table, chair, set }
    }
}

fn kit(shop: &Shop, code: &str, price: &str, parts: &[(i64, i64)]) -> i64 {
    let kit = shop.product(code, price, "0");
    let contents: Vec<Json> = parts.iter().map(|(p, q)| json!({"product_id": p, "quantity": q})).collect();
    shop.run("Product", "update", kit, json!({"contents": contents}));
    assert_eq!(shop.field("Product", kit, "kind"), "kit", "its contents make it one");
    kit
}

/// What is pegged for an order: `table stock 1`, in the order of products.
fn pegs(shop: &Shop, order: i64) -> Vec<String> {
    let sql = format!("SELECT id FROM peg WHERE document_id = {order} ORDER BY product_id, kind, quantity");
    let said = |id: i64| {
        let peg = shop.record("Peg", id);
        let product = shop.field("Product", peg["product_id"].as_i64().unwrap_or(0), "code");
        format!("{product} {} {}", text(&peg, "/kind"), peg["quantity"])
    };
    shop.ids(&sql).into_iter().map(said).collect()
}

fn draft(shop: &Shop, order: i64) -> Vec<f64> {
    let sql = format!(
        "SELECT l.quantity FROM delivery_line l JOIN delivery d ON d.id = l.parent_id WHERE d.order_id = {order} AND d.state = 'draft'"
    );
    shop.ids(&sql).into_iter().map(|q| q as f64 / 1e6).collect()
}

#[test]
fn a_kit_is_sold_as_one_and_delivered_as_its_parts() {
    on_both(|shop| {
        let s = Set::new(shop);
        shop.stock(s.table, 5, "100.00");
        shop.stock(s.chair, 10, "20.00");
        let line = shop.ask("SalesOrder", "line", None, json!({"product_id": s.set, "quantity": 2}));
        assert_eq!(
            (line["free"].as_f64(), text(&line, "/by")),
            (Some(2.0), "stock"),
            "two sets of ten chairs"
        );
        assert_eq!((line["net"].as_f64(), line["margin"].as_f64()), (Some(600.0), Some(240.0)));

        let customer = shop.customer("Ana d.o.o.");
        let order = shop.order(customer, &[(3, s.set, "300.00")]);
        assert_eq!(shop.field("SalesOrder", order, "margin"), "360.0");
        assert_eq!(pegs(shop, order), ["table stock 3.0", "chair short 2.0", "chair stock 10.0"]);
        assert_eq!(draft(shop, order), [2.0], "only whole ones");
        shop.holds();

        // Another customer gets a table, and no set: the chairs are taken.
        let free = shop.ask("SalesOrder", "line", None, json!({"product_id": s.set}));
        assert_eq!((free["free"].as_f64(), text(&free, "/by")), (Some(0.0), "nothing"));

        let delivery = shop.draft(order);
        let own = shop.line("Delivery", delivery, 0);
        let half = json!({"lines": [{"line_id": own, "quantity": "1.5"}]});
        shop.refuses("Delivery", "ship", delivery, half, "stock.whole_kits");
        shop.ship(order, 2);
        assert_eq!(
            (shop.on_hand(s.table), shop.on_hand(s.chair), shop.on_hand(s.set)),
            ("3".into(), "2".into(), "0".into())
        );
        assert_eq!(pegs(shop, order), ["table stock 1.0", "chair short 2.0", "chair stock 2.0"]);
        assert_eq!(
            shop.field("SalesOrder", order, "delivered_margin"),
            "240.0",
            "600.00 less two sets at 180.00"
        );
        shop.books("revenue -600.00 | cost_of_goods 360.00 | receivable 732.00 | stock 340.00");
        let invoice = shop.record("Invoice", shop.invoices(order)[0]);
        assert_eq!(invoice["lines"].as_array().map(Vec::len), Some(1), "one line with one price");
        shop.holds();

        // The chairs that were short come and the set is whole.
        let maker = shop.supplier("Chairs d.o.o.");
        shop.offer(maker, s.chair, "26.00", 3);
        let bought = shop.run("SalesOrder", "buy_short", order, json!({})).result;
        let purchase = bought.pointer("/purchase_order_ids/0").and_then(Json::as_i64).expect("a purchase");
        assert_eq!(draft(shop, order), Vec::<f64>::new());
        shop.run("PurchaseOrder", "receive", purchase, json!({}));
        shop.run("SalesOrder", "reserve", order, json!({}));
        assert_eq!(draft(shop, order), [1.0]);
        shop.ship(order, 1);
        assert_eq!(pegs(shop, order), Vec::<String>::new());
        // A table at 100.00, two chairs at 20.00 and two at 26.00, by their average.
        shop.books("cost_of_goods 552.00");

        // One of the first two comes back, at what it had cost then or later: the latest delivery first.
        let line = shop.line("SalesOrder", order, 0);
        let back = |q: &str| json!({"reason": "scratched", "lines": [{"line_id": line, "quantity": q}]});
        shop.refuses("SalesOrder", "take_back", order, back("0.5"), "stock.whole_kits");
        shop.run("SalesOrder", "take_back", order, back("1"));
        shop.books("cost_of_goods 360.00 | revenue -600.00");
        shop.run("SalesOrder", "take_back", order, back("1"));
        shop.books("cost_of_goods 180.00 | revenue -300.00");
        assert_eq!((shop.on_hand(s.table), shop.on_hand(s.chair)), ("4".into(), "8".into()));
        let worth = shop.ids(&format!("SELECT value FROM product_stock WHERE product_id = {}", s.table));
        assert_eq!(worth, [40_000], "tables at what they had cost");
        shop.holds();
    });
}

#[test]
fn a_part_of_a_kit_comes_back_by_itself() {
    on_both(|shop| {
        let s = Set::new(shop);
        shop.stock(s.table, 2, "100.00");
        shop.stock(s.chair, 8, "20.00");
        let order = shop.order(shop.customer("Ana d.o.o."), &[(2, s.set, "300.00")]);
        shop.ship(order, 2);
        shop.books("revenue -600.00 | cost_of_goods 360.00 | receivable 732.00 | stock 0.00");
        let line = shop.line("SalesOrder", order, 0);
        let back = |quantity: i64, more: Json| {
            let mut row = json!({"line_id": line, "quantity": quantity});
            more.as_object().into_iter().flatten().for_each(|(name, value)| row[name] = value.clone());
            json!({"reason": "A leg is loose", "lines": [row]})
        };
        let refused = |body: Json, code: &str| shop.refuses("SalesOrder", "take_back", order, body, code);
        let chairs =
            |quantity: i64, price: &str| back(quantity, json!({"product_id": s.chair, "unit_price": price}));
        refused(back(1, json!({"product_id": s.chair})), "sales.part_price");
        refused(back(1, json!({"unit_price": "10.00"})), "sales.back_at_its_price");
        refused(back(1, json!({"product_id": s.set, "unit_price": "10.00"})), "sales.more_than_delivered");
        refused(chairs(9, "30.00"), "sales.more_than_delivered");
        refused(chairs(1, "600.01"), "stock.more_than_sold_for");
        // One chair comes back at what it had cost; what is given back for it was agreed.
        shop.run("SalesOrder", "take_back", order, chairs(1, "45.00"));
        shop.books("revenue -555.00 | cost_of_goods 340.00 | receivable 677.10 | stock 20.00 | delivered_not_invoiced 0.00");
        let note = shop.record("Invoice", *shop.invoices(order).last().expect("a credit note"));
        assert_eq!((text(&note, "/kind"), note["net"].as_f64()), ("credit_note", Some(45.0)));
        assert_eq!(note["credits_id"], json!(shop.invoices(order)[0]));
        let own = &shop.record("SalesOrder", order)["lines"][0];
        assert_eq!(
            (own["delivered"].as_f64(), own["to_deliver"].as_f64()),
            (Some(2.0), Some(0.0)),
            "the kit stays"
        );
        assert_eq!(pegs(shop, order), Vec::<String>::new());
        // Another for it, and nothing is given back: no credit note over nothing.
        let papers = shop.invoices(order).len();
        shop.run("SalesOrder", "take_back", order, chairs(1, "0"));
        assert_eq!(shop.invoices(order).len(), papers);
        shop.books("revenue -555.00 | cost_of_goods 320.00 | stock 40.00");
        // One set is still whole, and comes back whole; the other one's parts come by themselves.
        refused(back(2, json!({})), "sales.more_than_delivered");
        shop.run("SalesOrder", "take_back", order, back(1, json!({})));
        refused(back(1, json!({})), "sales.more_than_delivered");
        assert_eq!((shop.on_hand(s.table), shop.on_hand(s.chair)), ("1".into(), "6".into()));
        shop.run("SalesOrder", "take_back", order, chairs(2, "10.00"));
        shop.run(
            "SalesOrder",
            "take_back",
            order,
            back(1, json!({"product_id": s.table, "unit_price": "235.00"})),
        );
        refused(chairs(1, "0"), "sales.more_than_delivered");
        shop.books("revenue 0.00 | cost_of_goods 0.00 | receivable 0.00 | stock 360.00");
        assert_eq!(shop.field("SalesOrder", order, "delivered_margin"), "0.0");
    });
}

#[test]
fn parts_with_numbers_come_back_as_they_left() {
    on_both(|shop| {
        let (table, pump) = (shop.product("table", "200.00", "0"), shop.product("pump", "90.00", "0"));
        shop.run("Product", "update", pump, json!({"tracked_by": "serial"}));
        shop.stock(table, 2, "100.00");
        let maker = shop.supplier("Pumps d.o.o.");
        for (number, price) in [("P1", "30.00"), ("P2", "50.00")] {
            let lines = json!([{"product_id": pump, "quantity": 1, "unit_price": price}]);
            let bought = shop.create("PurchaseOrder", json!({"supplier_id": maker, "lines": lines}));
            shop.run("PurchaseOrder", "confirm", bought, json!({}));
            let line = shop.line("PurchaseOrder", bought, 0);
            let lines = json!([{"line_id": line, "quantity": 1, "lot": number}]);
            shop.run("PurchaseOrder", "receive", bought, json!({"lines": lines}));
        }
        let kit = kit(shop, "fountain", "300.00", &[(table, 1), (pump, 1)]);
        let order = shop.order(shop.customer("Ana d.o.o."), &[(2, kit, "300.00")]);
        shop.ship(order, 2);
        let line = shop.line("SalesOrder", order, 0);
        let body = json!({"reason": "Too loud", "lines": [{"line_id": line, "quantity": 1}]});
        shop.run("SalesOrder", "take_back", order, body);
        let came = shop.ids("SELECT on_hand FROM stock_balance WHERE lot <> '' AND on_hand <> 0");
        assert_eq!(came, [1_000_000], "one pump with its number, not half of each");
        let body = json!({"reason": "It drips", "lines": [{"line_id": line, "quantity": 1, "product_id": pump, "unit_price": "80.00"}]});
        shop.run("SalesOrder", "take_back", order, body);
        assert_eq!(
            shop.ids("SELECT on_hand FROM stock_balance WHERE lot <> '' AND on_hand <> 0"),
            [1_000_000; 2]
        );
        shop.books("cost_of_goods 100.00 | revenue -220.00");
    });
}

#[test]
fn what_a_kit_is_not() {
    on_both(|shop| {
        let s = Set::new(shop);
        let refused = |entity: &str, body: Json, code: &str| shop.refuses(entity, "create", 0, body, code);
        let parts = json!([{"product_id": s.chair, "quantity": 1}]);
        refused("Bill", json!({"product_id": s.set, "components": parts}), "production.not_goods");
        let used = json!([{"product_id": s.set, "quantity": 1}]);
        refused("Bill", json!({"product_id": s.table, "components": used}), "production.not_goods");
        let maker = shop.supplier("Sets d.o.o.");
        let lines = json!([{"product_id": s.set, "quantity": 1}]);
        refused("PurchaseOrder", json!({"supplier_id": maker, "lines": lines}), "purchasing.is_kit");
        let counted = json!([{"product_id": s.set, "counted": 1, "unit_cost": 1}]);
        refused("StockCount", json!({"kind": "opening", "lines": counted}), "stock.is_kit");
        // Kits in kits, but in no loop; the loop is named.
        let room = kit(shop, "room", "0", &[(s.set, 2)]);
        let house = kit(shop, "house", "0", &[(room, 1)]);
        let inside = json!({"contents": [{"product_id": s.chair, "quantity": 1}, {"product_id": house, "quantity": 1}]});
        match shop.try_run("Product", "update", Some(s.set), &inside) {
            Err(kernel::Error::Refused(refusal)) => {
                assert_eq!(refusal.code, "catalog.kit_loop");
                let items = format!("{:?}", refusal.args);
                assert!(items.contains("set → house → room → set"), "{items}");
            }
            other => panic!("{other:?}"),
        }
        let none = json!({"contents": [{"product_id": s.chair, "quantity": 0}]});
        shop.refuses("Product", "update", room, none, "catalog.kit_quantity");
        let service = shop.product("assembly", "30.00", "0");
        shop.run("Product", "update", service, json!({"kind": "service"}));
        let work = json!({"contents": [{"product_id": service, "quantity": 1}]});
        shop.refuses("Product", "update", room, work, "catalog.kit_of_goods");
        // What is stocked, made or waited for becomes no kit; what orders wait for stays as it is.
        shop.stock(s.chair, 3, "20.00");
        let of_tables = json!({"contents": [{"product_id": s.table, "quantity": 1}]});
        shop.refuses("Product", "update", s.chair, of_tables.clone(), "catalog.kit_handled");
        let order = shop.order(shop.customer("Ana d.o.o."), &[(1, house, "900.00")]);
        assert_eq!(pegs(shop, order), ["table short 2.0", "chair short 5.0", "chair stock 3.0"]);
        shop.refuses("Product", "update", s.set, of_tables.clone(), "catalog.kit_waited_for");
        shop.refuses(
            "Product",
            "update",
            s.set,
            json!({"contents": [], "kind": "goods"}),
            "catalog.kit_waited_for",
        );
        shop.run("SalesOrder", "cancel", order, json!({}));
        shop.run("Product", "update", s.set, of_tables);
        refused(
            "Product",
            json!({"code": "none", "name": "none", "kind": "kit", "unit_id": shop.ids("SELECT MIN(id) FROM unit")[0]}),
            "catalog.kit_empty",
        );
        shop.run("Product", "update", s.set, json!({"contents": [], "kind": "goods"}));
        assert_eq!(shop.field("Product", s.set, "kind"), "goods");
    });
}

#[test]
fn amended_waived_held_softly_and_priced_by_its_parts() {
    on_both(|shop| {
        let s = Set::new(shop);
        shop.stock(s.table, 5, "100.00");
        shop.stock(s.chair, 20, "20.00");
        let customer = shop.customer("Ana d.o.o.");
        let by_parts = kit(shop, "pair", "0", &[(s.chair, 2)]);
        let line = shop.ask("SalesOrder", "line", None, json!({"product_id": by_parts, "quantity": 1}));
        assert_eq!(line["unit_price"].as_f64(), Some(100.0), "two chairs at 50.00");
        // A quote holds the parts of its sets from others.
        let lines = json!([{"product_id": s.set, "quantity": 3}, {"product_id": by_parts, "quantity": 1}]);
        let quote = shop.create("SalesOrder", json!({"customer_id": customer, "lines": lines}));
        assert_eq!(shop.field("SalesOrder", quote, "net"), "1000.0");
        shop.run("SalesOrder", "quote", quote, json!({}));
        shop.run("SalesOrder", "reserve", quote, json!({}));
        let free = |product: i64| {
            let line = shop.ask("SalesOrder", "line", None, json!({"product_id": product, "quantity": 1}));
            line["free"].as_f64().unwrap_or(-1.0)
        };
        assert_eq!((free(s.set), free(s.chair), free(s.table)), (1.0, 6.0, 2.0));
        let other = shop.order(customer, &[(2, s.set, "300.00")]);
        assert_eq!(pegs(shop, other), ["table stock 2.0", "chair short 2.0", "chair stock 6.0"]);
        shop.run("SalesOrder", "cancel", other, json!({}));
        shop.run("SalesOrder", "confirm", quote, json!({}));
        assert_eq!(pegs(shop, quote), ["table stock 3.0", "chair stock 2.0", "chair stock 12.0"]);
        assert_eq!(draft(shop, quote), [3.0, 1.0]);
        // More, then less, then no more.
        let own = shop.line("SalesOrder", quote, 0);
        let amended = |n: i64| json!({"lines": [{"line_id": own, "quantity": n}]});
        shop.run("SalesOrder", "amend", quote, amended(5));
        assert_eq!(
            pegs(shop, quote),
            ["table stock 5.0", "chair short 2.0", "chair stock 2.0", "chair stock 18.0"]
        );
        assert_eq!(draft(shop, quote), [4.0, 1.0]);
        shop.run("SalesOrder", "amend", quote, amended(4));
        assert_eq!(pegs(shop, quote), ["table stock 4.0", "chair stock 2.0", "chair stock 16.0"]);
        shop.ship(quote, 1);
        shop.run("SalesOrder", "waive", quote, json!({}));
        assert_eq!(pegs(shop, quote), Vec::<String>::new());
        assert_eq!((free(s.set), free(s.chair), free(s.table)), (4.0, 16.0, 4.0));
        // Over the counter.
        let counter = shop.order(customer, &[(2, s.set, "300.00")]);
        shop.run("SalesOrder", "deliver", counter, json!({}));
        assert_eq!((free(s.set), pegs(shop, counter).len()), (2.0, 0));
    });
}

#[test]
fn the_plan_makes_the_parts_for_the_customer_of_the_kit() {
    on_both(|shop| {
        let w = Workshop::open(shop);
        shop.stock(w.screw, 100, "0.10");
        let lamp = shop.product("lamp", "40.00", "20.00");
        shop.stock(lamp, 10, "20.00");
        let kit = kit(shop, "desk", "500.00", &[(w.table, 1), (lamp, 2)]);
        // The latest of the parts says when the kit is there, on the desk as on the order.
        let alone = shop.promise(w.table, 2);
        assert_eq!(shop.promise(kit, 2), alone);
        let many =
            shop.ask("Product", "promises", None, json!({"lines": format!("{kit}~2~~!{}~1~~", w.table)}));
        assert_eq!(text(&many, "/value/0/on"), alone);
        assert!(text(&many, "/value/1/on") >= alone.as_str());
        let order = shop.draft_order("Ana d.o.o.", kit, 2, None);
        shop.run("SalesOrder", "confirm", order, json!({}));
        assert_eq!(shop.field("SalesOrder", order, "promised_on"), alone);
        assert_eq!(shop.proposed(), ["buy board 6", "make table 2", "make top 2"]);
        for row in rows(&shop.plan()) {
            assert_eq!(
                (text(&row, "/orders/0/party"), row["at_stake"].as_f64()),
                ("Ana d.o.o.", Some(800.0)),
                "{row:#}"
            );
        }
        // What both parts are late for is one order's line, and worth it once.
        let saw = json!({"about": "WorkCenter", "id": w.saw, "days": 30});
        let hit = shop.ask("Product", "hurts", None, saw);
        assert_eq!(
            (hit["late"].as_array().map(Vec::len), hit["at_stake"].as_f64()),
            (Some(1), Some(800.0)),
            "{hit:#}"
        );
        // Made, it leaves as a whole.
        shop.accept(&shop.plan());
        shop.wait(30);
        for purchase in shop.ids("SELECT id FROM purchase_order WHERE state = 'confirmed'") {
            shop.run("PurchaseOrder", "receive", purchase, json!({}));
        }
        for work in shop.ids(&format!(
            "SELECT id FROM work_order ORDER BY CASE WHEN product_id = {} THEN 0 ELSE 1 END",
            w.top
        )) {
            shop.run("WorkOrder", "release", work, json!({}));
            for operation in
                shop.record("WorkOrder", work)["operations"].as_array().cloned().unwrap_or_default()
            {
                shop.run("WorkOrder", "report", work, json!({"operation_id": operation["id"], "good": 2}));
            }
            shop.run("WorkOrder", "complete", work, json!({}));
        }
        assert_eq!(draft(shop, order), [2.0], "order-to-cash has heard of it");
        shop.ship(order, 2);
        assert_eq!((shop.on_hand(w.table), shop.on_hand(lamp)), ("0".into(), "6".into()));
        // The parts of kits are in the history that forecasts learn from.
        shop.run("Product", "update", lamp, json!({"planned_by": "forecast"}));
        shop.wait(31);
        shop.call("Forecast", "make", json!({}));
        let sheet = shop.ask("Forecast", "sheet", None, json!({}));
        assert_eq!(sheet.pointer("/value/0/last_year").and_then(Json::as_f64), Some(4.0), "{sheet:#}");
        let used = shop.ask("Product", "where_used", Some(w.board), json!({}));
        let codes: Vec<String> =
            rows(&used).iter().map(|r| format!("{} {}", text(r, "/code"), r["quantity"])).collect();
        assert_eq!(codes, ["top 3.0", "table 3.0", "desk 3.0"]);
    });
}

/// A command on an order with whatever figures; what is refused has done nothing.
fn act(shop: &Shop, order: i64, products: &[i64], dice: &mut Dice) -> String {
    let record = shop.record("SalesOrder", order);
    let lines = record["lines"].as_array().cloned().unwrap_or_default();
    let line = dice.one_of(&lines).map_or(Json::Null, |l| l["id"].clone());
    let quantity = dice.throw(5) as f64 / [1.0, 2.0][usize::from(dice.throw(6) == 0)];
    let one = json!({"reason": "So it is", "lines": [{"line_id": line, "quantity": quantity}]});
    let drafts = shop.ids(&format!("SELECT id FROM delivery WHERE order_id = {order} AND state = 'draft'"));
    let (entity, id, command, body) = match dice.throw(12) {
        0..=2 => match drafts.first() {
            Some(draft) if dice.throw(2) == 0 => ("Delivery", Some(*draft), "ship", json!({})),
            Some(draft) => {
                let own = shop.line("Delivery", *draft, 0);
                ("Delivery", Some(*draft), "ship", json!({"lines": [{"line_id": own, "quantity": quantity}]}))
            }
            None => ("SalesOrder", Some(order), "reserve", json!({})),
        },
        3 => ("SalesOrder", Some(order), "deliver", json!({"lines": one["lines"]})),
        4 => ("SalesOrder", Some(order), "take_back", one),
        5 => {
            let part = dice.one_of(products).copied();
            let part = json!({"line_id": line, "quantity": quantity, "product_id": part, "unit_price": dice.throw(40)});
            ("SalesOrder", Some(order), "take_back", json!({"reason": "So it is", "lines": [part]}))
        }
        6 => ("SalesOrder", Some(order), "amend", json!({"lines": one["lines"]})),
        7 => ("SalesOrder", Some(order), "buy_short", json!({})),
        8 => {
            let product = dice.one_of(products).copied();
            let lines = json!([{"product_id": product, "counted": dice.throw(20)}]);
            let count = shop.create("StockCount", json!({"kind": "count", "lines": lines}));
            ("StockCount", Some(count), "post", json!({}))
        }
        9 => {
            let open = shop.ids("SELECT id FROM purchase_order WHERE state = 'confirmed' ORDER BY id");
            match dice.one_of(&open) {
                Some(purchase) => ("PurchaseOrder", Some(*purchase), "receive", json!({})),
                None => ("SalesOrder", Some(order), "accept_excess", json!({})),
            }
        }
        10 if dice.throw(3) == 0 => ("SalesOrder", Some(order), "waive", json!({})),
        10 => ("SalesOrder", Some(order), "accept_excess", json!({})),
        _ if dice.throw(3) == 0 => ("SalesOrder", Some(order), "cancel", json!({})),
        _ => ("SalesOrder", Some(order), "reserve", json!({})),
    };
    match shop.try_run(entity, command, id, &body) {
        Ok(_) => format!("{command} {body}"),
        Err(kernel::Error::Refused(refusal)) => format!("{command} {body}: {}", refusal.code),
        Err(other) => panic!("{command} {body}: {other}"),
    }
}

#[test]
fn no_part_is_lost_whatever_is_done() {
    for seed in 1..=4 {
        on_both(|shop| {
            println!("seed {seed}");
            let (s, mut dice) = (Set::new(shop), Dice(seed));
            let room = kit(shop, "room", "700.00", &[(s.set, 2), (s.chair, 1)]);
            let maker = shop.supplier("Sets d.o.o.");
            shop.offer(maker, s.table, "103.00", 2);
            shop.offer(maker, s.chair, "21.10", 2);
            shop.stock(s.table, 9, "100.00");
            shop.stock(s.chair, 31, "20.03");
            let customer = shop.customer("Ana d.o.o.");
            let order = |dice: &mut Dice| {
                let lines = [
                    (dice.throw(4) + 1, s.set, "300.00"),
                    (dice.throw(2) + 1, room, "700.00"),
                    (dice.throw(6) + 1, s.chair, "50.00"),
                ];
                shop.order(customer, &lines[..usize::try_from(dice.throw(3)).unwrap_or(0) + 1])
            };
            let mut orders: Vec<i64> = (0..3).map(|_| order(&mut dice)).collect();
            let mut done = 0;
            for step in 0..100 {
                let chosen = *dice.one_of(&orders).expect("an order");
                let what = act(shop, chosen, &[s.table, s.chair], &mut dice);
                println!("{step} #{chosen} {what}");
                done += i32::from(
                    !what.contains(": sales.") && !what.contains(": stock.") && !what.contains(": kernel."),
                );
                shop.holds();
                if shop.field("SalesOrder", chosen, "state") != "confirmed"
                    || shop.field("SalesOrder", chosen, "to_deliver") == "0.0"
                {
                    orders.retain(|o| *o != chosen);
                    orders.push(order(&mut dice));
                }
            }
            assert!(done > 40, "only {done} were carried out");
        });
    }
}
