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

fn lot(shop: &Shop, name: &str) -> i64 {
    shop.ids(&format!("SELECT id FROM lot WHERE lot = '{name}'"))[0]
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
        assert_eq!(shop.lies(d.milk), ["LATE good 8"]);
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
        assert_eq!(shop.lies(d.milk), ["LATE good 8", "LATE returned 2", "SOON returned 2"]);
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
            shop.field_refused("Delivery", "ship", draft, &of("OLD")),
            "stock.lot_expired lines/0/lot"
        );
        shop.ship(first, 8);
        assert_eq!(shop.lies(d.milk), ["NEW good 2", "OLD good 8"]);
        shop.refuses("Delivery", "ship", shop.draft(second), json!({}), "stock.not_enough");
        // The day's work: it is blocked at its value, who counted on it is short, and the plan buys anew.
        let before = shop.field("ProductStock", shop.ids("SELECT id FROM product_stock")[0], "value");
        celota::modules::daily(&shop.kernel, shop.today()).expect("the day's work");
        assert_eq!(shop.lies(d.milk), ["NEW good 2", "OLD blocked 8"]);
        assert_eq!(shop.field("ProductStock", shop.ids("SELECT id FROM product_stock")[0], "value"), before);
        assert_eq!(shop.pegged(second), ["short 8", "stock 2"]);
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
        let refused = |body: &Json| shop.field_refused("PurchaseOrder", "receive", order, body);
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
        assert_eq!(shop.pegged(sold), ["stock 1"]);
        shop.refuses("Lot", "hold", lot(shop, "K1"), json!({"reason": " "}), "kernel.required");
        shop.run("Lot", "hold", lot(shop, "K1"), json!({"reason": "Smells"}));
        assert_eq!(shop.pegged(sold), ["short 1"]);
        shop.run("Lot", "free", lot(shop, "K1"), json!({}));
        assert_eq!(shop.pegged(sold), ["stock 1"]);
        // A date that was wrong.
        shop.refuses("Lot", "amend", lot(shop, "K1"), json!({"potency_percent": -3}), "stock.potency");
        shop.run("Lot", "amend", lot(shop, "K1"), json!({"expires_on": shop.day(-1)}));
        assert_eq!(shop.lies(d.cheese), ["K1 blocked 1"]);
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
        let refused = |body: &Json| shop.field_refused("PurchaseOrder", "receive", order, body);
        assert_eq!(refused(&of(2.0, "P1")), "stock.serial_one lines/0/quantity");
        assert_eq!(refused(&of(1.5, "")), "stock.serial_one lines/0/quantity");
        assert_eq!(refused(&of(100_000.0, "")), "stock.serial_many lines/0/quantity");
        shop.run("PurchaseOrder", "receive", order, of(1.0, "P1"));
        assert_eq!(refused(&of(1.0, "P1")), "stock.serial_twice lines/0/lot");
        shop.run("PurchaseOrder", "receive", order, json!({}));
        assert_eq!(shop.lies(pump).len(), 5, "each by itself");
        shop.books("stock 166.65 | received_not_invoiced -166.65");
        let sold = shop.order(shop.customer("Ana d.o.o."), &[(2, pump, "300.00")]);
        shop.ship(sold, 2);
        assert_eq!(shop.lies(pump).len(), 3);
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
        assert_eq!(shop.pegged(later), ["short 2", "stock 10"]);
        let soon = shop.sell("Bor d.o.o.", d.milk, 4, 1);
        assert_eq!(shop.pegged(soon), ["stock 4"]);
        let sooner = shop.order(shop.customer("Cene d.o.o."), &[(8, d.milk, "2.00")]);
        assert_eq!(shop.pegged(sooner), ["short 2", "stock 6"]);
        // What comes is for whom it keeps.
        d.comes(shop, "FRESH", 3, 2);
        assert_eq!(shop.pegged(sooner), ["stock 8"]);
        assert_eq!(shop.pegged(later), ["short 2", "stock 10"], "one is left, and will not keep");
        // By hand another takes what keeps: who counted on it is short of as much.
        let draft = shop.draft(soon);
        let line = shop.line("Delivery", draft, 0);
        let of = |lot: &str| json!({"lines": [{"line_id": line, "quantity": 4, "lot": lot}]});
        shop.run("Delivery", "ship", draft, of("LATE"));
        assert_eq!(shop.pegged(later), ["short 6", "stock 6"]);
        shop.holds();
        // Another date of the lot, another day of the order.
        shop.run("Lot", "amend", lot(shop, "LATE"), json!({"expires_on": shop.day(5)}));
        assert_eq!(shop.pegged(later), ["short 12"]);
        shop.run("Lot", "amend", lot(shop, "LATE"), json!({"expires_on": shop.day(8)}));
        shop.run("SalesOrder", "reserve", later, json!({}));
        assert_eq!(shop.pegged(later), ["short 6", "stock 6"]);
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
        assert_eq!(shop.pegged(order), ["stock 6"]);
        let on = json!({"ships_on": shop.day(4), "arrives_on": shop.day(5)});
        shop.run("TransferOrder", "reschedule", order, on);
        assert_eq!(shop.pegged(order), ["short 6"]);
    });
}

#[test]
fn a_lot_that_came_for_later_is_not_expected_any_more() {
    on_both(|shop| {
        let d = Dairy::open(shop);
        let later = shop.sell("Ana d.o.o.", d.milk, 8, 6);
        shop.run("SalesOrder", "buy_short", later, json!({}));
        let bought = shop.ids("SELECT id FROM purchase_order ORDER BY id DESC")[0];
        assert_eq!(shop.pegged(later), ["supply 8"]);
        let line = shop.line("PurchaseOrder", bought, 0);
        let lot = |name: &str, quantity: i64, expires: i64| json!({"line_id": line, "quantity": quantity, "lot": name, "expires_on": shop.day(expires)});
        let lines = json!([lot("SOUR", 5, 3), lot("GOOD", 3, 9)]);
        shop.run("PurchaseOrder", "receive", bought, json!({"lines": lines}));
        assert_eq!(shop.pegged(later), ["short 5", "stock 3"]);
        // Without its own date the goods would come by the shelf life of the product.
        let soon = shop.sell("Bor d.o.o.", d.milk, 5, 2);
        assert_eq!(shop.pegged(soon), ["stock 5"]);
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
            shop.field_refused("PurchaseOrder", "receive", order, &wrong),
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
        assert_eq!(shop.lies(enzyme), ["L2 good 2"]);
        let component = shop.record("WorkOrder", made)["components"][0].clone();
        assert_eq!((component["issued"].as_f64(), component["taken"].as_f64()), (Some(16.0), Some(18.0)));
        shop.books("work_in_progress 18.00 | stock 2.00");
        // Half of it comes back: half of what really went.
        let back = json!({"lines": [{"line_id": component["id"], "quantity": -8}]});
        shop.run("WorkOrder", "issue", made, back);
        assert_eq!(shop.lies(enzyme), ["L2 good 11"]);
        shop.books("work_in_progress 9.00 | stock 11.00");
        // A lot that somebody chooses goes by its own potency, rounded up to what the unit counts.
        shop.run("Lot", "amend", lot(shop, "L2"), json!({"potency_percent": 75}));
        let chosen = json!({"lines": [{"line_id": component["id"], "quantity": 7, "lot": "L2"}]});
        shop.run("WorkOrder", "issue", made, chosen);
        assert_eq!(shop.lies(enzyme), ["L2 good 1"]);
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
        assert_eq!(shop.pegged(made), ["stock 18"]);
        let sold = shop.order(shop.customer("Ana d.o.o."), &[(3, enzyme, "2.00")]);
        assert_eq!(shop.pegged(sold), ["short 1", "stock 2"]);
        // Half of it goes, of the weak lot; what is still held is what will still go.
        let component = shop.record("WorkOrder", made)["components"][0]["id"].clone();
        let some = json!({"lines": [{"line_id": component, "quantity": 8}]});
        shop.run("WorkOrder", "issue", made, some);
        assert_eq!(
            (shop.pegged(made), shop.lies(enzyme)),
            (vec!["stock 8".into()], vec!["L2 good 10".into()])
        );
        shop.holds();
        shop.run("WorkOrder", "complete", made, json!({}));
        assert_eq!(shop.pegged(made), Vec::<String>::new());
        assert_eq!(shop.lies(enzyme), ["L2 good 2"]);
        // A second one: what is not there is short at standard potency.
        let next =
            shop.create("WorkOrder", json!({"product_id": batch, "quantity": 1, "due_on": shop.day(3)}));
        shop.run("WorkOrder", "release", next, json!({}));
        assert_eq!(shop.pegged(next), ["short 16"], "the two that lie there are Ana's");
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
        assert_eq!(shop.lies(d.milk), ["NEW good 5", "OLD blocked 10"]);
        assert_eq!(shop.ids("SELECT id FROM lot").len(), 2);
    });
}
