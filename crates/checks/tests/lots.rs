//! Stories of lots: dates of expiry, what expires first goes first, and what must not be used any more.

use checks::{Shop, on_both, rows, text};
use serde_json::{Value as Json, json};

/// A dairy: milk in lots that keep for ten days, cheese of milk that keeps for thirty.
struct Dairy {
    milk: i64,
    cheese: i64,
    farm: i64,
}

impl Dairy {
    fn open(shop: &Shop) -> Self {
        let (milk, cheese) = (shop.product("milk", "2.00", "1.00"), shop.product("cheese", "20.00", "0"));
        let tracked = |product: i64, days: i64| {
            let body = json!({"tracked_by": "lot", "shelf_life_days": days});
            shop.run("Product", "update", product, body);
        };
        tracked(milk, 10);
        tracked(cheese, 30);
        shop.create(
            "Bill",
            json!({"product_id": cheese, "components": [{"product_id": milk, "quantity": 8}]}),
        );
        let farm = shop.supplier("Farm d.o.o.");
        shop.offer(farm, milk, "1.00", 1);
        Self { milk, cheese, farm }
    }

    /// An order of so much, confirmed.
    fn buys(&self, shop: &Shop, product: i64, quantity: i64) -> i64 {
        let lines = json!([{"product_id": product, "quantity": quantity, "unit_price": "1.00"}]);
        let order = shop.create("PurchaseOrder", json!({"supplier_id": self.farm, "lines": lines}));
        shop.run("PurchaseOrder", "confirm", order, json!({}));
        order
    }

    /// So much milk comes as a lot that expires in so many days.
    fn comes(&self, shop: &Shop, lot: &str, quantity: i64, expires: i64) {
        let order = self.buys(shop, self.milk, quantity);
        let line = shop.line("PurchaseOrder", order, 0);
        let lines =
            json!([{"line_id": line, "quantity": quantity, "lot": lot, "expires_on": shop.day(expires)}]);
        shop.run("PurchaseOrder", "receive", order, json!({"lines": lines}));
    }
}

/// Lots of a product with what lies there: `L1 good 5`.
fn lies(shop: &Shop, product: i64) -> Vec<String> {
    let rows = shop.kernel.store.read(|tx| -> kernel::Result<_> {
        Ok(tx.query(
            "SELECT lot, condition, on_hand FROM stock_balance WHERE product_id = ? AND on_hand <> 0 ORDER BY lot, condition",
            &[product.into()],
        )?)
    });
    let rows = rows.unwrap_or_else(|e| panic!("{e}"));
    rows.iter().map(|r| format!("{} {} {}", r.text(0), r.text(1), numbers::Decimal6(r.int(2)))).collect()
}

fn lot(shop: &Shop, name: &str) -> i64 {
    shop.ids(&format!("SELECT id FROM lot WHERE lot = '{name}'"))[0]
}

fn pegged(shop: &Shop, order: i64) -> Vec<String> {
    let rows = shop.kernel.store.read(|tx| -> kernel::Result<_> {
        Ok(tx.query("SELECT kind, quantity FROM peg WHERE document_id = ? ORDER BY kind", &[order.into()])?)
    });
    let rows = rows.unwrap_or_else(|e| panic!("{e}"));
    rows.iter().map(|r| format!("{} {}", r.text(0), numbers::Decimal6(r.int(1)))).collect()
}

fn field_refused(shop: &Shop, entity: &str, command: &str, id: i64, body: &Json) -> String {
    let error = shop.try_run(entity, command, Some(id), body).expect_err("a refusal");
    let refusal = error.refusal().unwrap_or_else(|| panic!("{error}"));
    format!("{} {}", refusal.code, refusal.field.clone().unwrap_or_default())
}

#[test]
fn what_expires_first_goes_first() {
    on_both(|shop| {
        let d = Dairy::open(shop);
        d.comes(shop, "LATE", 10, 9);
        d.comes(shop, "SOON", 10, 3);
        assert_eq!(shop.field("Lot", lot(shop, "SOON"), "expires_on"), shop.day(3));
        // One line takes two lots; its cost is their sum.
        let sold = shop.order(shop.customer("Ana d.o.o."), &[(12, d.milk, "2.00")]);
        let picks = shop.ask("Delivery", "picks", Some(shop.draft(sold)), json!({}));
        let said: Vec<String> = rows(&picks)
            .iter()
            .map(|r| format!("{} {} {}", text(r, "/lot"), r["quantity"], text(r, "/expires_on")))
            .collect();
        assert_eq!(said, [format!("SOON 10.0 {}", shop.day(3)), format!("LATE 2.0 {}", shop.day(9))]);
        let delivery = shop.ship(sold, 12);
        assert_eq!(lies(shop, d.milk), ["LATE good 8"]);
        let line = shop.record("Delivery", delivery)["lines"][0].clone();
        assert_eq!((text(&line, "/lots"), line["cost"].as_f64()), ("SOON × 10, LATE × 2", Some(12.0)));
        let went = shop.ask("Product", "went_into", Some(d.milk), json!({"lot": "SOON"}));
        assert_eq!(went["value"][0]["quantity"].as_f64(), Some(10.0), "{went}");
        // What comes back goes to the lots that it came from, the last first.
        let own = shop.line("SalesOrder", sold, 0);
        let back = |quantity: i64| {
            let lines = json!([{"line_id": own, "quantity": quantity}]);
            shop.run("SalesOrder", "take_back", sold, json!({"reason": "Sour", "lines": lines}));
        };
        back(3);
        back(1);
        assert_eq!(lies(shop, d.milk), ["LATE good 8", "LATE returned 2", "SOON returned 2"]);
        shop.holds();
    });
}

#[test]
fn a_lot_that_has_expired_is_not_used() {
    on_both(|shop| {
        let d = Dairy::open(shop);
        d.comes(shop, "OLD", 10, 1);
        d.comes(shop, "NEW", 10, 8);
        let first = shop.order(shop.customer("Ana d.o.o."), &[(8, d.milk, "2.00")]);
        let second = shop.order(shop.customer("Bor d.o.o."), &[(10, d.milk, "2.00")]);
        let third = shop.order(shop.customer("Cene d.o.o."), &[(2, d.milk, "2.00")]);
        shop.wait(1);
        // On its last day it may still go.
        let draft = shop.draft(third);
        let line = shop.line("Delivery", draft, 0);
        shop.run(
            "Delivery",
            "ship",
            draft,
            json!({"lines": [{"line_id": line, "quantity": 2, "lot": "OLD"}]}),
        );
        shop.wait(1);
        // Nobody has blocked it, and still it does not go.
        let draft = shop.draft(first);
        let line = shop.line("Delivery", draft, 0);
        let of = |lot: &str| json!({"lines": [{"line_id": line, "quantity": 8, "lot": lot}]});
        assert_eq!(
            field_refused(shop, "Delivery", "ship", draft, &of("OLD")),
            "stock.lot_expired lines/0/lot"
        );
        shop.ship(first, 8);
        assert_eq!(lies(shop, d.milk), ["NEW good 2", "OLD good 8"]);
        shop.refuses("Delivery", "ship", shop.draft(second), json!({}), "stock.not_enough");
        // The day's work: it is blocked at its value, who counted on it is short, and the plan buys anew.
        let before = shop.field("ProductStock", shop.ids("SELECT id FROM product_stock")[0], "value");
        celota::modules::daily(&shop.kernel, shop.today()).expect("the day's work");
        assert_eq!(lies(shop, d.milk), ["NEW good 2", "OLD blocked 8"]);
        assert_eq!(shop.field("ProductStock", shop.ids("SELECT id FROM product_stock")[0], "value"), before);
        assert_eq!(pegged(shop, second), ["short 8", "stock 2"]);
        assert_eq!(shop.proposed(), ["buy milk 8"]);
        let move_back = json!({"product_id": d.milk, "quantity": 8, "lot": "OLD", "from_condition": "blocked", "to_condition": "good",
            "from_location_id": shop.ids("SELECT id FROM location")[0], "to_location_id": shop.ids("SELECT id FROM location")[0]});
        shop.refuses("StockMove", "transfer", 0, move_back, "stock.lot_expired");
        shop.call(
            "StockMove",
            "scrap",
            json!({"product_id": d.milk, "quantity": 8, "lot": "OLD", "condition": "blocked", "reason": "Expired"}),
        );
        shop.books("count_difference 8.00");
        assert_eq!(celota::modules::daily(&shop.kernel, shop.today()).map_err(|e| e.to_string()), Ok(()));
    });
}

#[test]
fn lots_are_written_down_and_agree() {
    on_both(|shop| {
        let d = Dairy::open(shop);
        d.comes(shop, "A", 5, 4);
        let order = d.buys(shop, d.milk, 20);
        let line = shop.line("PurchaseOrder", order, 0);
        let of = |more: Json| {
            let mut row = json!({"line_id": line, "quantity": 2});
            for (name, value) in more.as_object().cloned().unwrap_or_default() {
                row[name] = value;
            }
            json!({"lines": [row]})
        };
        let other = of(json!({"lot": "A", "expires_on": shop.day(5)}));
        let refused = |body: &Json| field_refused(shop, "PurchaseOrder", "receive", order, body);
        assert_eq!(refused(&other), "stock.lot_other_expiry lines/0/expires_on");
        let past = of(json!({"lot": "B", "expires_on": shop.day(-1)}));
        assert_eq!(refused(&past), "stock.lot_expired lines/0/expires_on");
        shop.run("PurchaseOrder", "receive", order, of(json!({"lot": "A"})));
        // Two lots of one line; what is tracked and has no number gets one, and its date by the shelf life.
        let two = json!({"lines": [{"line_id": line, "quantity": 3, "lot": "C", "supplier_lot": "F-77"}, {"line_id": line, "quantity": 4}]});
        shop.run("PurchaseOrder", "receive", order, two);
        let numbered = shop.ids("SELECT id FROM lot WHERE lot LIKE '260302-%'");
        assert_eq!(numbered.len(), 1);
        assert_eq!(shop.field("Lot", numbered[0], "expires_on"), shop.day(10));
        assert_eq!(shop.field("Lot", lot(shop, "C"), "supplier_lot"), "F-77");
        assert_eq!(shop.field("Lot", lot(shop, "A"), "on_hand"), "7.0");
        // Cheese is a lot of its own, with its own date.
        let made =
            shop.create("WorkOrder", json!({"product_id": d.cheese, "quantity": 1, "due_on": shop.day(1)}));
        shop.run("WorkOrder", "release", made, json!({}));
        shop.run("WorkOrder", "complete", made, json!({"lot": "K1", "expires_on": shop.day(20)}));
        assert_eq!(shop.field("Lot", lot(shop, "K1"), "expires_on"), shop.day(20));
        assert_eq!(shop.field("Lot", lot(shop, "K1"), "made_on"), shop.day(0));
        assert_eq!(shop.field("Lot", lot(shop, "A"), "on_hand"), "0.0", "it expired first");
        let from = shop.ask("Product", "made_from", Some(d.cheese), json!({"lot": "K1"}));
        let lots: Vec<&str> =
            from["value"].as_array().into_iter().flatten().filter_map(|r| r["lot"].as_str()).collect();
        assert!(lots.contains(&"A") && lots.len() > 2, "{from:#}");
        // A recall: nobody uses it from now on, whoever waits is told, and it can be let go again.
        let sold = shop.order(shop.customer("Ana d.o.o."), &[(1, d.cheese, "20.00")]);
        assert_eq!(pegged(shop, sold), ["stock 1"]);
        shop.refuses("Lot", "hold", lot(shop, "K1"), json!({"reason": " "}), "kernel.required");
        shop.run("Lot", "hold", lot(shop, "K1"), json!({"reason": "Smells"}));
        assert_eq!(pegged(shop, sold), ["short 1"]);
        shop.run("Lot", "free", lot(shop, "K1"), json!({}));
        assert_eq!(pegged(shop, sold), ["stock 1"]);
        // A date that was wrong.
        shop.refuses("Lot", "amend", lot(shop, "K1"), json!({"potency_percent": -3}), "stock.potency");
        shop.run("Lot", "amend", lot(shop, "K1"), json!({"expires_on": shop.day(-1)}));
        assert_eq!(lies(shop, d.cheese), ["K1 blocked 1"]);
        shop.refuses("Lot", "free", lot(shop, "K1"), json!({}), "stock.lot_expired");
    });
}

#[test]
fn each_piece_has_its_number() {
    on_both(|shop| {
        let pump = shop.product("pump", "300.00", "100.00");
        shop.run("Product", "update", pump, json!({"tracked_by": "serial"}));
        let maker = shop.supplier("Pumps d.o.o.");
        let lines = json!([{"product_id": pump, "quantity": 5, "unit_price": "33.33"}]);
        let order = shop.create("PurchaseOrder", json!({"supplier_id": maker, "lines": lines}));
        shop.run("PurchaseOrder", "confirm", order, json!({}));
        let line = shop.line("PurchaseOrder", order, 0);
        let of = |quantity: f64, lot: &str| json!({"lines": [{"line_id": line, "quantity": quantity, "lot": lot}]});
        let refused = |body: &Json| field_refused(shop, "PurchaseOrder", "receive", order, body);
        assert_eq!(refused(&of(2.0, "P1")), "stock.serial_one lines/0/quantity");
        assert_eq!(refused(&of(1.5, "")), "stock.serial_one lines/0/quantity");
        assert_eq!(refused(&of(100_000.0, "")), "stock.serial_many lines/0/quantity");
        shop.run("PurchaseOrder", "receive", order, of(1.0, "P1"));
        assert_eq!(refused(&of(1.0, "P1")), "stock.serial_twice lines/0/lot");
        shop.run("PurchaseOrder", "receive", order, json!({}));
        assert_eq!(lies(shop, pump).len(), 5, "each by itself");
        shop.books("stock 166.65 | received_not_invoiced -166.65");
        let sold = shop.order(shop.customer("Ana d.o.o."), &[(2, pump, "300.00")]);
        shop.ship(sold, 2);
        assert_eq!(lies(shop, pump).len(), 3);
        shop.refuses("Product", "update", pump, json!({"shelf_life_days": 0}), "catalog.shelf_life");
    });
}

#[test]
fn what_is_promised_for_a_day_keeps_until_then() {
    on_both(|shop| {
        let d = Dairy::open(shop);
        d.comes(shop, "SOON", 10, 3);
        d.comes(shop, "LATE", 10, 9);
        let desk = |days: i64| {
            let asked = json!({"product_id": d.milk, "quantity": 12, "wanted_on": shop.day(days)});
            text(&shop.ask("SalesOrder", "line", None, asked), "/by").to_owned()
        };
        assert_eq!((desk(3).as_str(), desk(6).as_str()), ("stock", "offer"));
        // In six days ten are left: twelve cannot be held, and what nobody else can use stays free for today.
        let later = shop.sell("Ana d.o.o.", d.milk, 12, 6);
        assert_eq!(pegged(shop, later), ["short 2", "stock 10"]);
        let soon = shop.sell("Bor d.o.o.", d.milk, 4, 1);
        assert_eq!(pegged(shop, soon), ["stock 4"]);
        let sooner = shop.order(shop.customer("Cene d.o.o."), &[(8, d.milk, "2.00")]);
        assert_eq!(pegged(shop, sooner), ["short 2", "stock 6"]);
        // What comes is for whom it keeps.
        d.comes(shop, "FRESH", 3, 2);
        assert_eq!(pegged(shop, sooner), ["stock 8"]);
        assert_eq!(pegged(shop, later), ["short 2", "stock 10"], "one is left, and will not keep");
        // By hand another takes what keeps: who counted on it is short of as much.
        let draft = shop.draft(soon);
        let line = shop.line("Delivery", draft, 0);
        let of = |lot: &str| json!({"lines": [{"line_id": line, "quantity": 4, "lot": lot}]});
        shop.run("Delivery", "ship", draft, of("LATE"));
        assert_eq!(pegged(shop, later), ["short 6", "stock 6"]);
        shop.holds();
        // Another date of the lot, another day of the order.
        shop.run("Lot", "amend", lot(shop, "LATE"), json!({"expires_on": shop.day(5)}));
        assert_eq!(pegged(shop, later), ["short 12"]);
        shop.run("Lot", "amend", lot(shop, "LATE"), json!({"expires_on": shop.day(8)}));
        shop.run("SalesOrder", "reserve", later, json!({}));
        assert_eq!(pegged(shop, later), ["short 6", "stock 6"]);
    });
}

#[test]
fn a_transfer_that_waits_lets_go_what_will_not_keep() {
    on_both(|shop| {
        let d = Dairy::open(shop);
        d.comes(shop, "SOON", 10, 3);
        let there = shop.create("Warehouse", json!({"name": "Maribor", "locations": [{"name": "Shelf"}]}));
        let here = shop.ids("SELECT id FROM warehouse ORDER BY id")[0];
        let lines = json!([{"product_id": d.milk, "quantity": 6}]);
        let body = json!({"from_warehouse_id": here, "to_warehouse_id": there, "lines": lines});
        let order = shop.create("TransferOrder", body);
        shop.run("TransferOrder", "confirm", order, json!({}));
        assert_eq!(pegged(shop, order), ["stock 6"]);
        let on = json!({"ships_on": shop.day(4), "arrives_on": shop.day(5)});
        shop.run("TransferOrder", "reschedule", order, on);
        assert_eq!(pegged(shop, order), ["short 6"]);
    });
}

#[test]
fn a_lot_that_came_for_later_is_not_expected_any_more() {
    on_both(|shop| {
        let d = Dairy::open(shop);
        let later = shop.sell("Ana d.o.o.", d.milk, 8, 6);
        shop.run("SalesOrder", "buy_short", later, json!({}));
        let bought = shop.ids("SELECT id FROM purchase_order ORDER BY id DESC")[0];
        assert_eq!(pegged(shop, later), ["supply 8"]);
        let line = shop.line("PurchaseOrder", bought, 0);
        let lot = |name: &str, quantity: i64, expires: i64| json!({"line_id": line, "quantity": quantity, "lot": name, "expires_on": shop.day(expires)});
        let lines = json!([lot("SOUR", 5, 3), lot("GOOD", 3, 9)]);
        shop.run("PurchaseOrder", "receive", bought, json!({"lines": lines}));
        assert_eq!(pegged(shop, later), ["short 5", "stock 3"]);
        // Without its own date the goods would come by the shelf life of the product.
        let soon = shop.sell("Bor d.o.o.", d.milk, 5, 2);
        assert_eq!(pegged(shop, soon), ["stock 5"]);
    });
}

#[test]
fn the_plan_counts_on_nothing_that_has_expired() {
    on_both(|shop| {
        let d = Dairy::open(shop);
        d.comes(shop, "SOON", 10, 3);
        d.comes(shop, "LATE", 10, 9);
        assert_eq!(shop.promise(d.milk, 5), shop.day(0));
        // In six days ten are left: two more are bought, and ten of what is here are for nobody.
        shop.sell("Ana d.o.o.", d.milk, 12, 6);
        let plan = shop.plan();
        let expires: Vec<Json> = rows(&plan).into_iter().filter(|r| r["kind"] == "expires").collect();
        let said: Vec<String> = expires
            .iter()
            .map(|r| format!("{} {} {} {}", text(r, "/code"), r["quantity"], text(r, "/due_on"), r["amount"]))
            .collect();
        assert_eq!(said, [format!("milk 10.0 {} 10.0", shop.day(3))], "{plan:#}");
        assert_eq!(shop.proposed(), ["buy milk 2", "expires milk 10"]);
        let record = shop.ask("Product", "record", None, json!({"product_id": d.milk}));
        assert_eq!(record["expiring"].as_array().map(Vec::len), Some(2), "{record:#}");
    });
}

/// Ten hubs at 8.00 come on hold; the inspection of them.
fn hubs_on_hold(shop: &Shop) -> (i64, i64, i64) {
    let hub = shop.product("hub", "30.00", "8.00");
    let maker = shop.supplier("Pesta d.o.o.");
    let lines = json!([{"product_id": hub, "quantity": 10, "unit_price": "8.00"}]);
    let order = shop.create("PurchaseOrder", json!({"supplier_id": maker, "lines": lines}));
    shop.run("PurchaseOrder", "confirm", order, json!({}));
    shop.run("PurchaseOrder", "receive", order, json!({"blocked": true}));
    (hub, order, *shop.ids("SELECT MAX(id) FROM inspection").first().expect("an inspection"))
}

#[test]
fn rejected_goods_go_back_before_they_are_invoiced() {
    on_both(|shop| {
        let (hub, order, held) = hubs_on_hold(shop);
        shop.books("stock 80.00 | received_not_invoiced -80.00");
        let sold = shop.order(shop.customer("Ana d.o.o."), &[(8, hub, "30.00")]);
        shop.run("Inspection", "pass", held, json!({"quantity": 6}));
        assert_eq!(pegged(shop, sold), ["short 2", "stock 6"]);
        shop.refuses("Inspection", "return_goods", held, json!({"quantity": 1}), "kernel.required");
        shop.refuses(
            "Inspection",
            "return_goods",
            held,
            json!({"quantity": 5, "reason": "Rust"}),
            "stock.waits",
        );
        let later = json!({"quantity": 1, "reason": "Rust", "on": shop.day(1)});
        shop.refuses("Inspection", "return_goods", held, later, "stock.in_future");
        shop.run("Inspection", "reject", held, json!({"quantity": 3, "reason": "Rust"}));
        assert_eq!(shop.field("Inspection", held, "to_settle"), "3.0");
        let back = shop.run("Inspection", "return_goods", held, json!({})).result["receipt_id"]
            .as_i64()
            .expect("a paper");
        assert_eq!(
            (shop.field("Receipt", back, "kind"), shop.field("Inspection", held, "returned")),
            ("return".into(), "3.0".into())
        );
        shop.refuses("Receipt", "reverse", back, json!({}), "stock.return_stays");
        // What has not come is open again, and what is owed is what is here; who waits, waits for the supplier.
        assert_eq!(pegged(shop, sold), ["stock 6", "supply 2"]);
        shop.books("stock 56.00 | received_not_invoiced -56.00");
        assert_eq!(shop.field("PurchaseOrder", order, "to_receive"), "3.0");
        // The last one is rejected and scrapped in one.
        shop.run("Inspection", "scrap", held, json!({"reason": "Bent"}));
        shop.refuses("Inspection", "scrap", held, json!({}), "stock.waits");
        shop.books("stock 48.00 | count_difference 8.00 | received_not_invoiced -56.00");
        assert_eq!(shop.field("Inspection", held, "state"), "done");
        assert_eq!(lies(shop, hub), [" good 6"]);
        // The invoice is for what stays.
        shop.run("PurchaseOrder", "invoice", order, json!({"supplier_number": "R-1"}));
        shop.books("received_not_invoiced 0.00 | payable -68.32");
    });
}

#[test]
fn what_is_invoiced_and_goes_back_is_a_claim() {
    on_both(|shop| {
        let (hub, order, held) = hubs_on_hold(shop);
        let line = shop.line("PurchaseOrder", order, 0);
        let dearer = json!({"supplier_number": "R-1", "lines": [{"line_id": line, "unit_price": "9.00"}]});
        let invoice = shop.run("PurchaseOrder", "invoice", order, dearer).result["supplier_invoice_id"]
            .as_i64()
            .expect("an invoice");
        shop.books("stock 90.00 | received_not_invoiced 0.00 | payable -109.80");
        // Four go back for good: they came at 8.00.
        let body = json!({"quantity": 4, "reason": "Rust", "no_replacement": true});
        shop.run("Inspection", "return_goods", held, body);
        shop.books("stock 58.00 | received_not_invoiced 32.00");
        assert_eq!(shop.field("PurchaseOrder", order, "to_receive"), "0.0");
        assert_eq!(shop.field("PurchaseOrder", order, "to_invoice"), "-32.0");
        // One more is scrapped here and claimed.
        shop.run(
            "Inspection",
            "return_goods",
            held,
            json!({"quantity": 1, "reason": "Bent", "scrapped_here": true}),
        );
        shop.books("stock 50.00 | received_not_invoiced 40.00");
        assert_eq!(shop.field("PurchaseOrder", order, "to_receive"), "1.0", "it comes again");
        shop.holds();
        // The credit note: 5 at 9.00 with VAT of 22 percent. It settles the invoice as far as it goes.
        let credit = json!({"supplier_number": "D-1", "lines": [{"line_id": line, "unit_price": "9.00"}]});
        let credit = shop.run("PurchaseOrder", "invoice", order, credit).result["supplier_invoice_id"]
            .as_i64()
            .expect("a credit note");
        assert_eq!(shop.field("SupplierInvoice", credit, "gross"), "-54.9");
        assert_eq!(shop.field("SupplierInvoice", credit, "open"), "0.0");
        assert_eq!(shop.field("SupplierInvoice", invoice, "open"), "54.9");
        // What it gives back beyond what was booked is a difference of prices.
        shop.books("received_not_invoiced 0.00 | price_difference -5.00 | payable -54.90");
        // It was a mistake: everything is open again.
        shop.run("SupplierInvoice", "reverse", credit, json!({}));
        assert_eq!(shop.field("SupplierInvoice", invoice, "open"), "109.8");
        shop.books("received_not_invoiced 40.00 | payable -109.80 | price_difference 0.00");
        // Paid in full, the claim comes back as money.
        let pay = json!({"party_id": shop.field("PurchaseOrder", order, "supplier_id").parse::<i64>().ok(), "direction": "out",
            "amount": "109.80", "invoices": [{"supplier_invoice_id": invoice}]});
        shop.call("Payment", "pay", pay.clone());
        let credit = json!({"supplier_number": "D-2"});
        let credit = shop.run("PurchaseOrder", "invoice", order, credit).result["supplier_invoice_id"]
            .as_i64()
            .expect("a credit note");
        assert_eq!(shop.field("SupplierInvoice", credit, "open"), "-48.8");
        let mut refund = pay;
        refund["amount"] = json!("48.80");
        refund["invoices"] = json!([{"supplier_invoice_id": credit}]);
        shop.refuses("Payment", "pay", 0, refund.clone(), "invoicing.wrong_direction");
        refund["direction"] = json!("in");
        shop.call("Payment", "pay", refund);
        assert_eq!(shop.field("SupplierInvoice", credit, "open"), "0.0");
        shop.books("payable 0.00 | bank -61.00 | received_not_invoiced 0.00");
        assert_eq!(lies(shop, hub), [" blocked 5"]);
    });
}

/// A line of a bank statement: so much came in from somebody.
fn money_comes(shop: &Shop, name: &str, amount: &str, text: &str) -> i64 {
    let on = shop.day(0);
    let balance = |code: &str, sum: &str| {
        format!(
            "<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">{sum}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{on}</Dt></Dt></Bal>"
        )
    };
    let content = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt>
         <GrpHdr><MsgId>M</MsgId><CreDtTm>{on}T06:00:00</CreDtTm></GrpHdr><Stmt><Id>{text}</Id><ElctrncSeqNb>1</ElctrncSeqNb>
         <CreDtTm>{on}T06:00:00</CreDtTm><Acct><Id><IBAN>SI56020170014356205</IBAN></Id><Ccy>EUR</Ccy></Acct>{}{}
         <Ntry><Amt Ccy=\"EUR\">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{on}</Dt></BookgDt>
         <NtryDtls><TxDtls><Amt Ccy=\"EUR\">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><RltdPties><Dbtr><Pty><Nm>{name}</Nm></Pty></Dbtr></RltdPties>
         <RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>",
        balance("OPBD", "0.00"),
        balance("CLBD", amount)
    );
    shop.call("BankStatement", "import_camt", json!({"content": content}));
    shop.ids("SELECT MAX(id) FROM bank_line")[0]
}

#[test]
fn a_supplier_pays_back_and_the_bank_page_knows_what() {
    on_both(|shop| {
        let (_, order, held) = hubs_on_hold(shop);
        let supplier = shop.field("PurchaseOrder", order, "supplier_id").parse::<i64>().expect("an id");
        let id = |result: &Json| result["supplier_invoice_id"].as_i64().expect("an invoice");
        let invoice =
            id(&shop.run("PurchaseOrder", "invoice", order, json!({"supplier_number": "R-1"})).result);
        let pay = json!({"party_id": supplier, "direction": "out", "amount": "97.60", "invoices": [{"supplier_invoice_id": invoice}]});
        shop.call("Payment", "pay", pay);
        shop.run(
            "Inspection",
            "return_goods",
            held,
            json!({"quantity": 5, "reason": "Rust", "no_replacement": true}),
        );
        let credit =
            id(&shop.run("PurchaseOrder", "invoice", order, json!({"supplier_number": "DOB-77"})).result);
        assert_eq!(shop.field("SupplierInvoice", credit, "open"), "-48.8");
        let line = money_comes(shop, "PESTA D.O.O.", "48.80", "Vracilo DOB-77");
        let proposals = shop.ask("BankLine", "proposals", Some(line), json!({}));
        let first = &proposals["value"][0];
        assert_eq!(
            (text(first, "/kind"), &first["id"], text(first, "/number")),
            ("supplier_invoice", &json!(credit), "DOB-77"),
            "{proposals:#}"
        );
        assert_eq!(
            (first["open"].as_f64(), first["amount"].as_f64(), first["score"].as_i64()),
            (Some(48.8), Some(48.8), Some(100))
        );
        // Customers' documents and suppliers' are not paid as one.
        let ana = shop.customer("Ana d.o.o.");
        let lamp = shop.product("lamp", "10.00", "4.00");
        shop.stock(lamp, 1, "4.00");
        let sold = shop.order(ana, &[(1, lamp, "10.00")]);
        shop.ship(sold, 1);
        let both = json!({"lines": [{"supplier_invoice_id": credit, "amount": 40}, {"invoice_id": shop.invoices(sold)[0], "amount": 8.8}]});
        shop.refuses("BankLine", "match", line, both, "invoicing.one_side");
        shop.run("BankLine", "match", line, json!({"lines": [{"supplier_invoice_id": credit}]}));
        assert_eq!(shop.field("SupplierInvoice", credit, "open"), "0.0");
        shop.books("payable 0.00 | received_not_invoiced 0.00 | bank -48.80");
        shop.holds();
        // What is settled is proposed no more; taken back, it is again.
        let other = money_comes(shop, "PESTA D.O.O.", "48.80", "Se enkrat DOB-77");
        let proposed = |line: i64| rows(&shop.ask("BankLine", "proposals", Some(line), json!({}))).len();
        assert_eq!(proposed(other), 0);
        shop.run("BankLine", "unmatch", line, json!({}));
        assert_eq!(proposed(other), 1);
        // A part of it comes back first.
        let part = money_comes(shop, "PESTA D.O.O.", "20.00", "Del DOB-77");
        shop.run("BankLine", "match", part, json!({"lines": [{"supplier_invoice_id": credit}]}));
        assert_eq!(shop.field("SupplierInvoice", credit, "open"), "-28.8");
    });
}

#[test]
fn rejected_goods_are_made_good() {
    on_both(|shop| {
        let (hub, order, held) = hubs_on_hold(shop);
        let days = json!([{"weekday": "monday", "starts_at": "06:00", "ends_at": "14:00"}]);
        let week = shop.create("WorkCalendar", json!({"code": "ONE", "name": "One shift", "shifts": days}));
        let bench = shop.create(
            "WorkCenter",
            json!({"code": "B", "name": "Bench", "calendar_id": week, "hourly_cost": "30.00"}),
        );
        let sold = shop.order(shop.customer("Ana d.o.o."), &[(3, hub, "30.00")]);
        assert_eq!(pegged(shop, sold), ["short 3"]);
        let steps = json!([{"name": "Grind", "work_center_id": bench, "run_minutes": 6}]);
        let body = json!({"quantity": 4, "reason": "Burrs", "operations": steps, "due_on": shop.day(2)});
        let made = shop.run("Inspection", "rework", held, body).result["work_order_id"]
            .as_i64()
            .expect("a work order");
        assert_eq!(pegged(shop, sold), ["supply 3"], "who is short waits for them");
        shop.books("stock 48.00 | work_in_progress 32.00");
        assert_eq!(lies(shop, hub), [" blocked 6"]);
        let operation = shop.record("WorkOrder", made)["operations"][0]["id"].clone();
        shop.run(
            "WorkOrder",
            "report",
            made,
            json!({"operation_id": operation, "good": 3, "scrapped": 1, "minutes": 24, "reason": "Cracked"}),
        );
        shop.run("WorkOrder", "complete", made, json!({}));
        // Three carry what four and the hours have cost: 32.00 + 12.00.
        shop.books("stock 92.00 | work_in_progress 0.00");
        assert_eq!(lies(shop, hub), [" blocked 6", " good 3"]);
        assert_eq!(pegged(shop, sold), ["stock 3"]);
        shop.run("WorkOrder", "close", made, json!({}));
        shop.holds();
        // Later one of the good ones turns out to be bad: it is on hold again, by the receipt that brought it.
        let receipt = shop.ids("SELECT MIN(id) FROM receipt")[0];
        let line = shop.line("Receipt", receipt, 0);
        let body = json!({"line_id": line, "quantity": 1, "reason": "Squeaks"});
        shop.refuses("Receipt", "hold", receipt, body.clone(), "stock.came_fewer");
        shop.run("Inspection", "pass", held, json!({"quantity": 6}));
        shop.run("Receipt", "hold", receipt, body);
        assert_eq!(lies(shop, hub), [" blocked 1", " good 8"]);
        shop.run("PurchaseOrder", "close", order, json!({}));
        let second = shop.ids("SELECT MAX(id) FROM inspection")[0];
        shop.run("Inspection", "return_goods", second, json!({"reason": "Squeaks"}));
        assert_eq!(lies(shop, hub), [" good 8"]);
        let open =
            (shop.field("PurchaseOrder", order, "state"), shop.field("PurchaseOrder", order, "to_receive"));
        assert_eq!(open, ("confirmed".into(), "1.0".into()), "it is open again");
    });
}

/// Goods that came at a price, and the receipt that brought them.
fn came(shop: &Shop, product: i64, quantity: i64, price: &str) -> i64 {
    let maker = shop.supplier("Maker d.o.o.");
    let lines = json!([{"product_id": product, "quantity": quantity, "unit_price": price}]);
    let order = shop.create("PurchaseOrder", json!({"supplier_id": maker, "lines": lines}));
    shop.run("PurchaseOrder", "confirm", order, json!({}));
    let reply = shop.run("PurchaseOrder", "receive", order, json!({})).result;
    reply["receipt_id"].as_i64().expect("a receipt")
}

#[test]
fn freight_is_a_cost_of_the_goods() {
    on_both(|shop| {
        let (a, b) = (shop.product("A", "20.00", "8.00"), shop.product("B", "50.00", "24.00"));
        let fixed = shop.product("S", "20.00", "10.00");
        shop.run("Product", "update", fixed, json!({"costing": "standard"}));
        let (first, second) = (came(shop, a, 10, "8.00"), came(shop, b, 5, "24.00"));
        let third = came(shop, fixed, 10, "10.00");
        let sold = shop.order(shop.customer("Ana d.o.o."), &[(5, a, "20.00")]);
        shop.ship(sold, 5);
        shop.books("stock 260.00 | cost_of_goods 40.00");
        let carrier = shop.supplier("Carrier d.o.o.");
        let freight = |price: &str, by: &str, receipts: &[i64]| {
            let landings: Vec<Json> = receipts.iter().map(|r| json!({"receipt_id": r})).collect();
            let lines = json!([{"text": "Freight", "quantity": 1, "unit_price": price, "landed_by": by}]);
            json!({"supplier_id": carrier, "supplier_number": format!("F-{price}-{by}"), "lines": lines, "landings": landings})
        };
        // 100.00 by value: 80.00 to 120.00. Of A half is sold, so half of its 40.00 is cost.
        let invoice = shop.create("SupplierInvoice", freight("100.00", "value", &[first, second]));
        shop.run("SupplierInvoice", "post", invoice, json!({}));
        shop.books("stock 340.00 | cost_of_goods 60.00 | payable -122.00");
        let shares: Vec<f64> = shop.record("SupplierInvoice", invoice)["landed"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|l| l["amount"].as_f64())
            .collect();
        assert_eq!(shares, [40.0, 60.0]);
        shop.holds();
        // By quantity, to the cent: 10 and 5 pieces of 0.10 are 0.07 and 0.03; of the former 0.04 are in stock.
        let cents = shop.create("SupplierInvoice", freight("0.10", "quantity", &[first, second]));
        shop.run("SupplierInvoice", "post", cents, json!({}));
        shop.books("stock 340.07 | cost_of_goods 60.03");
        // What is valued at its standard stays there.
        let standard = shop.create("SupplierInvoice", freight("30.00", "value", &[third]));
        shop.run("SupplierInvoice", "post", standard, json!({}));
        shop.books("stock 340.07 | price_difference 30.00");
        // All of A is sold, and the first invoice was a mistake: what is still there is worth less, the rest is cost.
        let rest = shop.order(shop.customer("Bor d.o.o."), &[(5, a, "20.00")]);
        shop.ship(rest, 5);
        shop.books("stock 280.03 | cost_of_goods 120.07");
        shop.run("SupplierInvoice", "reverse", invoice, json!({}));
        shop.books("stock 220.03 | cost_of_goods 80.07");
        shop.holds();
        // What makes no sense is refused, with its place.
        let nothing = shop.create("SupplierInvoice", freight("7.00", "value", &[]));
        assert_eq!(
            field_refused(shop, "SupplierInvoice", "post", nothing, &json!({})),
            "invoicing.nothing_to_land_on landings"
        );
        let mut both = freight("8.00", "value", &[first]);
        both["lines"][0]["account_id"] = shop.ids("SELECT MIN(id) FROM account")[0].into();
        shop.refuses("SupplierInvoice", "create", 0, both, "invoicing.landed_only");
        shop.run("Receipt", "reverse", third, json!({}));
        let gone = shop.create("SupplierInvoice", freight("9.00", "value", &[third]));
        let told = field_refused(shop, "SupplierInvoice", "post", gone, &json!({}));
        assert_eq!(told, "invoicing.nothing_to_land_on landings/0/receipt_id");
    });
}

#[test]
fn what_is_no_cost_of_goods_says_nothing_of_them() {
    on_both(|shop| {
        let rent = shop.create("Account", json!({"code": "4190", "name": "Rent", "kind": "expense"}));
        assert_eq!(shop.field("Account", rent, "role"), "", "an account of no role");
        let lines = json!([{"text": "Rent", "unit_price": "100.00", "account_id": rent}]);
        let supplier = shop.supplier("Hall d.o.o.");
        let invoice = shop.create(
            "SupplierInvoice",
            json!({"supplier_id": supplier, "supplier_number": "N-1", "lines": lines}),
        );
        shop.run("SupplierInvoice", "post", invoice, json!({}));
        shop.books("payable -122.00 | stock 0.00");
    });
}

#[test]
fn what_an_operation_has_made_waits_for_its_inspection() {
    on_both(|shop| {
        let (part, thing) = (shop.product("part", "0", "5.00"), shop.product("thing", "90.00", "0"));
        let days = json!([{"weekday": "monday", "starts_at": "06:00", "ends_at": "14:00"}]);
        let week = shop.create("WorkCalendar", json!({"code": "ONE", "name": "One shift", "shifts": days}));
        let bench = shop.create(
            "WorkCenter",
            json!({"code": "B", "name": "Bench", "calendar_id": week, "hourly_cost": "30.00"}),
        );
        let steps = json!([{"name": "Weld", "work_center_id": bench, "run_minutes": 10, "inspect": true},
            {"name": "Paint", "work_center_id": bench, "run_minutes": 2, "inspect": true}]);
        let parts = json!([{"product_id": part, "quantity": 1}]);
        shop.create("Bill", json!({"product_id": thing, "components": parts, "operations": steps}));
        shop.stock(part, 10, "5.00");
        let order =
            shop.create("WorkOrder", json!({"product_id": thing, "quantity": 10, "due_on": shop.day(3)}));
        shop.run("WorkOrder", "release", order, json!({}));
        let operation = |n: usize| shop.record("WorkOrder", order)["operations"][n]["id"].clone();
        let of = |n: usize, name: &str, quantity: i64| {
            let mut body = json!({"operation_id": operation(n), "reason": "Pores"});
            body[name] = quantity.into();
            body
        };
        shop.run("WorkOrder", "report", order, of(0, "good", 10));
        assert_eq!(shop.field("WorkOrder", order, "to_inspect"), "10.0");
        shop.refuses("WorkOrder", "report", order, of(1, "good", 1), "production.more_than_came");
        shop.refuses("WorkOrder", "inspect", order, of(0, "passed", 11), "stock.waits");
        shop.refuses("WorkOrder", "inspect", order, of(0, "passed", -1), "production.below_zero");
        let silent = json!({"operation_id": operation(0), "scrapped": 1});
        shop.refuses("WorkOrder", "inspect", order, silent, "production.scrap_reason");
        // Seven pass, one is scrap, two are welded again and pass then.
        let seen = json!({"operation_id": operation(0), "scrapped": 1, "rework": 2, "reason": "Pores"});
        assert_eq!(shop.run("WorkOrder", "inspect", order, seen).result["passed"].as_f64(), Some(7.0));
        shop.refuses("WorkOrder", "inspect", order, of(0, "passed", 1), "stock.waits");
        let mut again = of(0, "good", 2);
        again["again"] = true.into();
        shop.run("WorkOrder", "report", order, again);
        shop.run("WorkOrder", "inspect", order, of(0, "passed", 2));
        shop.run("WorkOrder", "report", order, of(1, "good", 9));
        let all = json!({"quantity": 9});
        shop.refuses("WorkOrder", "complete", order, all.clone(), "production.not_inspected");
        shop.run("WorkOrder", "inspect", order, of(1, "passed", 9));
        shop.run("WorkOrder", "complete", order, all);
        assert_eq!(shop.field("WorkOrder", order, "state"), "completed");
        assert_eq!(lies(shop, thing), [" good 9"]);
        shop.run("WorkOrder", "close", order, json!({}));
        shop.books("work_in_progress 0.00");
    });
}

#[test]
fn of_a_weaker_lot_more_goes() {
    on_both(|shop| {
        let (enzyme, batch) = (shop.product("enzyme", "0", "1.00"), shop.product("batch", "90.00", "0"));
        shop.run("Product", "update", enzyme, json!({"tracked_by": "lot"}));
        let maker = shop.supplier("Enzymes d.o.o.");
        shop.offer(maker, enzyme, "1.00", 2);
        let parts = json!([{"product_id": enzyme, "quantity": 16, "by_potency": true}]);
        shop.create("Bill", json!({"product_id": batch, "components": parts}));
        let lines = json!([{"product_id": enzyme, "quantity": 20, "unit_price": "1.00"}]);
        let order = shop.create("PurchaseOrder", json!({"supplier_id": maker, "lines": lines}));
        shop.run("PurchaseOrder", "confirm", order, json!({}));
        let line = shop.line("PurchaseOrder", order, 0);
        let of = |lot: &str, potency: Json, days: i64| json!({"line_id": line, "quantity": 10, "lot": lot, "potency_percent": potency, "expires_on": shop.day(days)});
        let wrong = json!({"lines": [of("L1", json!(0), 20)]});
        assert_eq!(
            field_refused(shop, "PurchaseOrder", "receive", order, &wrong),
            "stock.potency lines/0/potency_percent"
        );
        shop.run(
            "PurchaseOrder",
            "receive",
            order,
            json!({"lines": [of("L1", json!(80), 20), of("L2", Json::Null, 40)]}),
        );
        // Ten at 80 percent and ten in full are eighteen: one batch can be made, and for a second fourteen are missing.
        shop.sell("Ana d.o.o.", batch, 2, 10);
        assert_eq!(shop.proposed(), ["buy enzyme 14", "make batch 2"]);
        // All of the weak lot does for eight, eight of the full one for the rest: eighteen go, for 18.00.
        let made =
            shop.create("WorkOrder", json!({"product_id": batch, "quantity": 1, "due_on": shop.day(3)}));
        shop.run("WorkOrder", "release", made, json!({}));
        shop.run("WorkOrder", "issue", made, json!({}));
        assert_eq!(lies(shop, enzyme), ["L2 good 2"]);
        let component = shop.record("WorkOrder", made)["components"][0].clone();
        assert_eq!((component["issued"].as_f64(), component["taken"].as_f64()), (Some(16.0), Some(18.0)));
        shop.books("work_in_progress 18.00 | stock 2.00");
        // Half of it comes back: half of what really went.
        let back = json!({"lines": [{"line_id": component["id"], "quantity": -8}]});
        shop.run("WorkOrder", "issue", made, back);
        assert_eq!(lies(shop, enzyme), ["L2 good 11"]);
        shop.books("work_in_progress 9.00 | stock 11.00");
        // A lot that somebody chooses goes by its own potency, rounded up to what the unit counts.
        shop.run("Lot", "amend", lot(shop, "L2"), json!({"potency_percent": 75}));
        let chosen = json!({"lines": [{"line_id": component["id"], "quantity": 7, "lot": "L2"}]});
        shop.run("WorkOrder", "issue", made, chosen);
        assert_eq!(lies(shop, enzyme), ["L2 good 1"]);
        shop.refuses("WorkOrder", "complete", made, json!({}), "stock.not_enough");
        let rest = json!({"reason": "It was enough", "lines": [{"line_id": component["id"], "quantity": 0, "is_all": true}]});
        shop.run("WorkOrder", "issue", made, rest);
        shop.run("WorkOrder", "complete", made, json!({}));
        shop.books("work_in_progress 0.00 | stock 20.00");
    });
}

#[test]
fn of_a_weaker_lot_more_is_held() {
    on_both(|shop| {
        let (enzyme, batch) = (shop.product("enzyme", "2.00", "1.00"), shop.product("batch", "90.00", "0"));
        shop.run("Product", "update", enzyme, json!({"tracked_by": "lot"}));
        let parts = json!([{"product_id": enzyme, "quantity": 16, "by_potency": true}]);
        shop.create("Bill", json!({"product_id": batch, "components": parts}));
        let maker = shop.supplier("Enzymes d.o.o.");
        let lines = json!([{"product_id": enzyme, "quantity": 20, "unit_price": "1.00"}]);
        let order = shop.create("PurchaseOrder", json!({"supplier_id": maker, "lines": lines}));
        shop.run("PurchaseOrder", "confirm", order, json!({}));
        let line = shop.line("PurchaseOrder", order, 0);
        let of = |lot: &str, potency: Json, days: i64| json!({"line_id": line, "quantity": 10, "lot": lot, "potency_percent": potency, "expires_on": shop.day(days)});
        let lots = json!({"lines": [of("L1", json!(80), 20), of("L2", Json::Null, 40)]});
        shop.run("PurchaseOrder", "receive", order, lots);
        // Eight are worth of the weak lot, and eight of the full one: eighteen of twenty are held, and two are free.
        let made =
            shop.create("WorkOrder", json!({"product_id": batch, "quantity": 1, "due_on": shop.day(3)}));
        shop.run("WorkOrder", "release", made, json!({}));
        assert_eq!(pegged(shop, made), ["stock 18"]);
        let sold = shop.order(shop.customer("Ana d.o.o."), &[(3, enzyme, "2.00")]);
        assert_eq!(pegged(shop, sold), ["short 1", "stock 2"]);
        // Half of it goes, of the weak lot; what is still held is what will still go.
        let component = shop.record("WorkOrder", made)["components"][0]["id"].clone();
        let some = json!({"lines": [{"line_id": component, "quantity": 8}]});
        shop.run("WorkOrder", "issue", made, some);
        assert_eq!(
            (pegged(shop, made), lies(shop, enzyme)),
            (vec!["stock 8".into()], vec!["L2 good 10".into()])
        );
        shop.holds();
        shop.run("WorkOrder", "complete", made, json!({}));
        assert_eq!(pegged(shop, made), Vec::<String>::new());
        assert_eq!(lies(shop, enzyme), ["L2 good 2"]);
        // A second one: what is not there is short at standard potency.
        let next =
            shop.create("WorkOrder", json!({"product_id": batch, "quantity": 1, "due_on": shop.day(3)}));
        shop.run("WorkOrder", "release", next, json!({}));
        assert_eq!(pegged(shop, next), ["short 16"], "the two that lie there are Ana's");
    });
}

#[test]
fn a_lot_from_before_lots_were_records_is_counted() {
    on_both(|shop| {
        let d = Dairy::open(shop);
        d.comes(shop, "OLD", 10, 8);
        d.comes(shop, "NEW", 5, 9);
        let delete = |tx: &mut store::Tx| -> kernel::Result<u64> {
            Ok(tx.execute("DELETE FROM lot WHERE lot = 'OLD'", &[])?)
        };
        shop.kernel.store.write(delete).unwrap_or_else(|e| panic!("{e}"));
        let breaches =
            shop.kernel.store.read(|tx| shop.kernel.registry.breaches(tx)).unwrap_or_else(|e| panic!("{e}"));
        let named: Vec<&str> =
            breaches.iter().filter(|(_, found)| !found.is_empty()).map(|(name, _)| *name).collect();
        assert_eq!(named, ["what lies there as a lot is written down"]);
        // What is there is what was thought: nothing moves, and the lot can be held from now on.
        let lines = json!([{"product_id": d.milk, "lot": "OLD", "counted": 10}, {"product_id": d.milk, "lot": "NEW", "counted": 5}]);
        let count = shop.create("StockCount", json!({"kind": "count", "lines": lines}));
        assert_eq!(shop.run("StockCount", "post", count, json!({})).result["differences"], json!(0));
        shop.holds();
        shop.run("Lot", "amend", lot(shop, "OLD"), json!({"expires_on": shop.day(4)}));
        shop.run("Lot", "hold", lot(shop, "OLD"), json!({"reason": "Smells"}));
        assert_eq!(lies(shop, d.milk), ["NEW good 5", "OLD blocked 10"]);
        assert_eq!(shop.ids("SELECT id FROM lot").len(), 2);
    });
}
