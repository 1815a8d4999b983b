//! Two warehouses: what is where, what goes from one to the other, and what the plan makes of it.
#![expect(clippy::expect_used, reason = "tests stop at what should not happen")]

use checks::{Shop, Workshop, on_both, rows, text};
use kernel::rights::{Access, Rows};
use kernel::{Actor, Call, Error, Rights};
use numbers::{Date, Rational};
use planning::model::{Calendar, Component, DAY, Item, Kind, LotRule, Method, Model, Order, Receipt};
use planning::plan::{Options, plan};
use serde_json::{Value as Json, json};
use std::collections::HashSet;
use std::sync::Arc;

/// The firm's first warehouse and a second one, supplied from it in two working days.
struct Two {
    first: i64,
    second: i64,
    /// The first location of the second one.
    shelf: i64,
}

impl Two {
    fn open(shop: &Shop) -> Self {
        let first = shop.ids("SELECT MIN(id) FROM warehouse")[0];
        let body = json!({"code": "W2", "name": "Maribor", "supplied_from_id": first, "transfer_days": 2,
            "locations": [{"code": "A", "name": "Regal"}]});
        let second = shop.create("Warehouse", body);
        let shelf = shop.ids(&format!("SELECT MIN(id) FROM location WHERE parent_id = {second}"))[0];
        Self { first, second, shelf }
    }

    /// An order that is shipped from the second one, confirmed.
    fn order(&self, shop: &Shop, customer: i64, (quantity, product): (i64, i64), due: Option<String>) -> i64 {
        let body = json!({"customer_id": customer, "warehouse_id": self.second, "requested_on": due,
            "lines": [{"product_id": product, "quantity": quantity, "unit_price": "10.00"}]});
        let order = shop.create("SalesOrder", body);
        shop.run("SalesOrder", "confirm", order, json!({}));
        order
    }
}

/// What a warehouse has of a product: on hand, usable, held, and what it is worth.
fn stock(shop: &Shop, product: i64, warehouse: i64) -> String {
    let of = |column: &str| {
        let sql = format!(
            "SELECT {column} FROM product_stock WHERE product_id = {product} AND warehouse_id = {warehouse}"
        );
        shop.ids(&sql).first().copied().unwrap_or(0)
    };
    let whole = |column| of(column) / 1_000_000;
    format!(
        "{}, {} usable, {} held, {} cents",
        whole("on_hand"),
        whole("usable"),
        whole("pegged"),
        of("value")
    )
}

fn rows_of(ids: &Json) -> Vec<i64> {
    ids.as_array().into_iter().flatten().filter_map(Json::as_i64).collect()
}

fn day(shop: &Shop, days: i64) -> String {
    shop.today().plus_days(days).map(|d| d.to_string()).unwrap_or_default()
}

/// A date of expiry counts where the lot lies: what is there when it is needed is fetched, and what is not used is said.
#[test]
fn what_expires_in_a_warehouse_is_not_counted_on_there() {
    on_both(|shop| {
        let two = Two::open(shop);
        let milk = shop.product("milk", "2.00", "1.00");
        shop.run("Product", "update", milk, json!({"tracked_by": "lot"}));
        let body = json!({"kind": "opening", "location_id": two.shelf,
            "lines": [{"product_id": milk, "lot": "M1", "counted": 10, "unit_cost": "1.00", "expires_on": day(shop, 5)}]});
        let count = shop.create("StockCount", body);
        shop.run("StockCount", "post", count, json!({}));
        let ana = shop.create("Party", json!({"name": "Ana d.o.o.", "is_customer": true,
            "addresses": [{"kind": "office", "street": "Cesta", "house_number": "5", "postal_code": "2000", "town": "Maribor"}]}));
        two.order(shop, ana, (4, milk), Some(day(shop, 12)));
        let plan = shop.plan();
        let expires = plan["value"].as_array().into_iter().flatten().filter(|row| row["kind"] == "expires");
        let said: Vec<String> =
            expires.map(|row| format!("{} {}", row["quantity"], row["expires_on"])).collect();
        assert_eq!(said.len(), 1, "ten expire before anybody needs them: {plan:#}");
    });
}

#[test]
fn goods_on_their_way_stay_the_firms() {
    on_both(|shop| {
        let two = Two::open(shop);
        let bolt = shop.product("bolt", "10.00", "4.00");
        // Dearer than their standard, which is thus no value of anything.
        shop.stock(bolt, 10, "4.10");
        let ana = shop.customer("Ana d.o.o.");
        let order = two.order(shop, ana, (6, bolt), None);
        assert_eq!(
            stock(shop, bolt, two.first),
            "10, 10 usable, 0 held, 4100 cents",
            "nothing of it is Maribor's"
        );
        assert_eq!(shop.ids("SELECT quantity FROM peg WHERE kind = 'short'"), [6_000_000]);

        let body = json!({"from_warehouse_id": two.first, "to_warehouse_id": two.second,
            "lines": [{"product_id": bolt, "quantity": 7}]});
        let transfer = shop.create("TransferOrder", body);
        assert_eq!(
            shop.field("TransferOrder", transfer, "arrives_on"),
            day(shop, 2),
            "Monday and two working days"
        );
        shop.run("TransferOrder", "confirm", transfer, json!({}));
        assert_eq!(stock(shop, bolt, two.first), "10, 10 usable, 7 held, 4100 cents");
        assert_eq!(
            shop.ids("SELECT quantity FROM peg WHERE kind = 'supply'"),
            [6_000_000],
            "Ana expects them"
        );

        shop.run("TransferOrder", "ship", transfer, json!({}));
        assert_eq!(stock(shop, bolt, two.first), "3, 3 usable, 0 held, 1230 cents");
        assert_eq!(
            stock(shop, bolt, two.second),
            "7, 0 usable, 0 held, 2870 cents",
            "on their way, and worth what they were"
        );
        shop.books("stock 41.00 | opening -41.00 | count_difference 0.00");
        shop.holds();
        let scrap = json!({"product_id": bolt, "quantity": 1, "location_id": two.shelf, "condition": "transit", "reason": "?"});
        shop.refuses("StockMove", "scrap", 0, scrap, "stock.in_transit");
        shop.refuses("TransferOrder", "cancel", transfer, json!({}), "kernel.illegal_step");

        // One piece is lost on the way; a reason is wanted.
        let line = shop.line("TransferOrder", transfer, 0);
        let lines = json!([{"line_id": line, "quantity": 6, "lost": 1}]);
        shop.refuses("TransferOrder", "receive", transfer, json!({"lines": lines}), "kernel.required");
        shop.wait(2);
        let body = json!({"lines": lines, "reason": "The box was open"});
        shop.run("TransferOrder", "receive", transfer, body);
        assert_eq!(shop.field("TransferOrder", transfer, "state"), "received");
        assert_eq!(stock(shop, bolt, two.second), "6, 6 usable, 6 held, 2460 cents", "Ana holds them");
        shop.books("stock 36.90 | opening -41.00 | count_difference 4.10");
        shop.holds();

        shop.run("SalesOrder", "reserve", order, json!({}));
        let delivery = shop.draft(order);
        assert_eq!(shop.field("Delivery", delivery, "location_id"), two.shelf.to_string());
        shop.run("Delivery", "ship", delivery, json!({}));
        assert_eq!(stock(shop, bolt, two.second), "0, 0 usable, 0 held, 0 cents");
        shop.books("stock 12.30 | cost_of_goods 24.60");
    });
}

/// `transfer bolt 5 Maribor 2026-03-09 2026-03-11`, and so on, in the order of the alphabet.
fn proposed(shop: &Shop) -> Vec<String> {
    let said = |r: &Json| {
        let quantity = r["quantity"].as_f64().unwrap_or(0.0);
        let (kind, code) = (text(r, "/kind"), text(r, "/code"));
        format!(
            "{kind} {code} {quantity} {} {} {}",
            text(r, "/warehouse"),
            text(r, "/start_on"),
            text(r, "/due_on")
        )
    };
    let mut said: Vec<String> =
        rows(&shop.plan()).iter().filter(|r| !r["start_on"].is_null()).map(said).collect();
    said.sort();
    said
}

/// Three bolts in the first warehouse, more of them in five days; Maribor fetches from there in two working days.
fn with_bolts(shop: &Shop) -> (Two, i64) {
    Workshop::open(shop);
    let two = Two::open(shop);
    let bolt = shop.product("bolt", "10.00", "4.00");
    shop.run("Product", "update", bolt, json!({"safety_stock": 1}));
    shop.stock(bolt, 4, "4.00");
    shop.offer(shop.supplier("Bolts d.o.o."), bolt, "4.00", 5);
    (two, bolt)
}

#[test]
fn the_plan_fetches_what_another_warehouse_has() {
    on_both(|shop| {
        let (two, bolt) = with_bolts(shop);
        let asked = |quantity: i64| {
            let asked = json!({"product_id": bolt, "quantity": quantity, "warehouse_id": two.second});
            text(&shop.ask("Product", "promise", None, asked), "/on").to_owned()
        };
        assert_eq!(shop.promise(bolt, 3), shop.day(0), "here they are");
        assert_eq!(asked(3), "2026-03-04", "there in two working days");
        assert_eq!(asked(6), "2026-03-11", "five days to come, and from Monday two working days");
        // What the desk shows of a line: nothing there, and who has some.
        let line = json!({"product_id": bolt, "quantity": 3, "warehouse_id": two.second});
        let line = shop.ask("SalesOrder", "line", None, line);
        assert_eq!(
            (line["free"].as_f64(), line["elsewhere"][0]["free"].as_f64()),
            (Some(0.0), Some(4.0)),
            "{line:#}"
        );

        let ana = shop.customer("Ana d.o.o.");
        let order = two.order(shop, ana, (6, bolt), None);
        assert_eq!(shop.field("SalesOrder", order, "promised_on"), "2026-03-11");
        let mine = [
            "buy bolt 3 Main warehouse 2026-03-04 2026-03-09",
            "transfer bolt 6 Maribor 2026-03-09 2026-03-11",
        ];
        assert_eq!(proposed(shop), mine);
        let transfer = shop.plan()["value"]
            .as_array()
            .and_then(|rows| rows.iter().find(|r| r["kind"] == "transfer").cloned());
        let transfer = transfer.expect("a proposal");
        assert_eq!(transfer["orders"][0]["id"], json!(order), "it is for Ana");

        let made = shop.accept(&shop.plan());
        let transfer = made["transfer_order_ids"][0].as_i64().expect("a transfer order");
        let purchase = made["purchase_order_ids"][0].as_i64().expect("a purchase order");
        assert_eq!(shop.field("TransferOrder", transfer, "state"), "confirmed");
        assert_eq!(shop.field("TransferOrder", transfer, "ships_on"), "2026-03-09");
        assert_eq!(shop.field("TransferOrder", transfer, "arrives_on"), "2026-03-11");
        assert_eq!(proposed(shop), Vec::<String>::new());
        // The item's page in Maribor: it comes by the transfer, for Ana; and below it hangs what was bought for it.
        let asked = json!({"product_id": bolt, "warehouse_id": two.second});
        let record = shop.ask("Product", "record", None, asked.clone());
        assert_eq!(text(&record, "/supplies/0/document/entity"), "TransferOrder", "{record:#}");
        assert_eq!(text(&record, "/warehouses/1/warehouse"), "Maribor");
        let tree = shop.ask("Product", "pegging", None, asked);
        let below: Vec<&str> =
            tree["value"][0]["down"].as_array().expect("rows").iter().map(|r| text(r, "/kind")).collect();
        assert!(below.contains(&"receipt"), "{tree:#}");
        let first = shop.ask("Product", "pegging", None, json!({"product_id": bolt}));
        let up = first
            .pointer("/value")
            .and_then(Json::as_array)
            .expect("rows")
            .iter()
            .find(|r| r["kind"] == "receipt");
        assert_eq!(up.expect("the purchase")["up"][0]["up"][0]["document"]["id"], json!(order), "{first:#}");

        // Late goods, and whom they hit: the purchase through the transfer, and the transfer by itself.
        let late = |about: &str, id: i64, days: i64| {
            let hit = shop.ask("Product", "hurts", None, json!({"about": about, "id": id, "days": days}));
            hit["late"].as_array().is_some_and(|l| l.iter().any(|row| row["id"] == json!(order)))
        };
        assert!(late("TransferOrder", transfer, 3));
        shop.run("PurchaseOrder", "receive", purchase, json!({}));
        shop.refuses(
            "TransferOrder",
            "reschedule",
            transfer,
            json!({"arrives_on": "2026-03-01"}),
            "stock.in_the_past",
        );
        shop.run(
            "TransferOrder",
            "reschedule",
            transfer,
            json!({"ships_on": shop.day(0), "arrives_on": shop.day(2)}),
        );
        assert_eq!(
            shop.ids("SELECT MIN(due) FROM peg WHERE demand_entity = 'TransferLine'"),
            [shop.today().days()]
        );
        shop.run("TransferOrder", "ship", transfer, json!({}));
        shop.wait(2);
        shop.run("TransferOrder", "receive", transfer, json!({}));
        assert_eq!(stock(shop, bolt, two.second), "6, 6 usable, 6 held, 2400 cents");
        assert_eq!(
            stock(shop, bolt, two.first),
            "1, 1 usable, 0 held, 400 cents",
            "the safety stock is the first one's"
        );
        assert_eq!(proposed(shop), Vec::<String>::new());
    });
}

#[test]
fn what_is_short_is_fetched_from_the_warehouse_that_supplies() {
    on_both(|shop| {
        let (two, bolt) = with_bolts(shop);
        let sooner = two.order(shop, shop.customer("Bor d.o.o."), (1, bolt), Some(shop.day(1)));
        let order = two.order(shop, shop.customer("Ana d.o.o."), (6, bolt), Some(shop.day(20)));
        let lacks = shop.ask("SalesOrder", "shortages", Some(order), json!({}));
        let first = json!({"id": two.first, "supplier": null});
        assert_eq!(
            json!({"id": lacks["value"][0]["from_warehouse_id"], "supplier": lacks["value"][0]["supplier_id"]}),
            first
        );
        let all = shop.ask("PurchaseOrder", "short", None, json!({}));
        assert_eq!(
            (text(&all, "/value/0/from_warehouse"), &all["value"][0]["supplier"]),
            ("Main warehouse", &Json::Null)
        );
        let made = shop.run("SalesOrder", "buy_short", order, json!({})).result;
        // Four lie there and go at once; two are bought to there, and go when they have come.
        let transfers: Vec<i64> = rows_of(&made["transfer_order_ids"]);
        let said = |id: i64| {
            let order = shop.record("TransferOrder", id);
            assert_eq!(
                (&order["from_warehouse_id"], &order["to_warehouse_id"]),
                (&json!(two.first), &json!(two.second))
            );
            let quantity = order["lines"][0]["quantity"].clone();
            format!(
                "{} {quantity} {} {}",
                text(&order, "/state"),
                text(&order, "/ships_on"),
                text(&order, "/arrives_on")
            )
        };
        let said: Vec<String> = transfers.iter().map(|id| said(*id)).collect();
        assert_eq!(said, ["confirmed 4.0 2026-03-02 2026-03-04", "confirmed 2.0 2026-03-07 2026-03-10"]);
        let bought = rows_of(&made["purchase_order_ids"])[0];
        assert_eq!(shop.field("PurchaseOrder", bought, "warehouse_id"), two.first.to_string());
        let held = |order: i64| {
            let sql = format!(
                "SELECT CAST(SUM(quantity) AS BIGINT) FROM peg WHERE document_id = {order} AND kind = "
            );
            ["stock", "supply", "short"].map(|kind| {
                shop.ids(&format!("{sql}'{kind}' HAVING COUNT(*) > 0")).first().map_or(0, |q| q / 1_000_000)
            })
        };
        assert_eq!(held(order), [0, 6, 0], "for whom it was ordered, though another waits longer");
        assert_eq!((held(transfers[0]), held(transfers[1]), held(sooner)), ([4, 0, 0], [0, 2, 0], [0, 0, 1]));
        shop.run("PurchaseOrder", "receive", bought, json!({}));
        assert_eq!(held(transfers[1]), [2, 0, 0]);
        for transfer in transfers {
            shop.run("TransferOrder", "ship", transfer, json!({}));
            shop.run("TransferOrder", "receive", transfer, json!({}));
        }
        assert_eq!(held(order), [6, 0, 0]);
        // All that is short, and one that names a supplier: he brings it there.
        let line = json!({"product_id": bolt, "warehouse_id": two.second});
        let made = shop.call("PurchaseOrder", "buy", json!({"lines": [line]}));
        assert_eq!(
            (rows_of(&made["transfer_order_ids"]).len(), rows_of(&made["purchase_order_ids"]).len()),
            (1, 1)
        );
        let third = two.order(shop, shop.customer("Cene d.o.o."), (2, bolt), None);
        let supplier = shop.ids("SELECT supplier_id FROM supplier_price")[0];
        let line = json!({"product_id": bolt, "warehouse_id": two.second, "supplier_id": supplier});
        let made = shop.call("PurchaseOrder", "buy", json!({"lines": [line]}));
        let direct = rows_of(&made["purchase_order_ids"])[0];
        assert_eq!(shop.field("PurchaseOrder", direct, "warehouse_id"), two.second.to_string());
        assert_eq!(held(third), [0, 2, 0]);
    });
}

#[test]
fn what_is_fetched_may_come_from_further_back() {
    on_both(|shop| {
        let (two, bolt) = with_bolts(shop);
        let body = json!({"code": "W3", "name": "Ptuj", "supplied_from_id": two.second, "transfer_days": 1,
            "locations": [{"code": "A", "name": "Regal"}]});
        let third = shop.create("Warehouse", body);
        let lines = json!([{"product_id": bolt, "quantity": 3, "unit_price": "10.00"}]);
        let body = json!({"customer_id": shop.customer("Ana d.o.o."), "warehouse_id": third, "lines": lines});
        let order = shop.create("SalesOrder", body);
        shop.run("SalesOrder", "confirm", order, json!({}));
        let made = shop.run("SalesOrder", "buy_short", order, json!({})).result;
        let transfers = rows_of(&made["transfer_order_ids"]);
        let leaves: Vec<String> =
            transfers.iter().map(|id| shop.field("TransferOrder", *id, "ships_on")).collect();
        assert_eq!(leaves, ["2026-03-04", "2026-03-02"], "to Ptuj when it has come to Maribor");
        assert!(rows_of(&made["purchase_order_ids"]).is_empty());
        for transfer in transfers.into_iter().rev() {
            shop.run("TransferOrder", "ship", transfer, json!({}));
            shop.run("TransferOrder", "receive", transfer, json!({}));
        }
        assert_eq!(stock(shop, bolt, third), "3, 3 usable, 3 held, 1200 cents");
    });
}

#[test]
fn a_story_names_what_it_refers_to() {
    on_both(|shop| {
        let two = Two::open(shop);
        let bolt = shop.product("bolt", "10.00", "4.00");
        shop.stock(bolt, 4, "4.00");
        let order = shop.order(shop.customer("Ana d.o.o."), &[(4, bolt, "10.00")]);
        let draft = shop.draft(order);
        shop.run("Delivery", "update", draft, json!({"location_id": two.shelf}));
        let told = |actor: &Actor| -> Json {
            let story =
                shop.kernel.read(actor, |r| r.story("Delivery", draft)).unwrap_or_else(|e| panic!("{e}"));
            let changes = story.iter().flat_map(|e| e["changes"].as_array().cloned().unwrap_or_default());
            changes.into_iter().find(|c| c["field"] == "location_id").unwrap_or_default()
        };
        let first = shop.ids("SELECT MIN(id) FROM location")[0];
        let told_to = told(&shop.actor);
        assert_eq!((&told_to["before"], &told_to["after"]), (&json!(first), &json!(two.shelf)));
        assert_eq!(text(&told_to, "/after_title"), "Regal", "{told_to:#}");
        assert!(!text(&told_to, "/before_title").is_empty());
        // Who sees no warehouses is told the number, which says nothing.
        let clerk = somebody(shop, &[("Delivery", false, "all")]);
        assert_eq!((&told(&clerk)["after"], &told(&clerk)["after_title"]), (&json!(two.shelf), &Json::Null));
    });
}

#[test]
fn what_if_a_transfer_comes_later() {
    on_both(|shop| {
        Workshop::open(shop);
        let two = Two::open(shop);
        // More of it takes twenty days: what is on its way is all that there will be.
        let bolt = shop.product("bolt", "10.00", "4.00");
        shop.offer(shop.supplier("Bolts d.o.o."), bolt, "4.00", 20);
        shop.stock(bolt, 4, "4.00");
        let order = two.order(shop, shop.customer("Ana d.o.o."), (4, bolt), Some(shop.day(4)));
        let made = shop.accept(&shop.plan());
        let transfer = made["transfer_order_ids"][0].as_i64().expect("a transfer order");
        shop.run(
            "TransferOrder",
            "reschedule",
            transfer,
            json!({"ships_on": shop.day(0), "arrives_on": shop.day(2)}),
        );
        shop.run("TransferOrder", "ship", transfer, json!({}));
        let what_if = |days: i64| {
            let changes = json!({"changes": format!("transfer~{transfer}~{days}")});
            shop.ask("Product", "scenario", None, changes)
        };
        assert_eq!(what_if(0)["same"], json!(true));
        let slips = what_if(3);
        assert_eq!(
            (&slips["orders"][0]["id"], &slips["orders"][0]["late"]),
            (&json!(order), &json!(true)),
            "{slips:#}"
        );
        // Taken over, it is what the scenario has said.
        shop.run("TransferOrder", "reschedule", transfer, json!({"arrives_on": shop.day(5)}));
        assert_eq!(what_if(0)["late"], json!({"before": 1, "after": 1}));
        // What is under way is sooner than anything that could be bought and fetched: the plan waits for it.
        let plan = shop.plan();
        assert_eq!(text(&plan, "/late/0/comes_on"), shop.day(5), "{plan:#}");
        assert_eq!(proposed(shop), Vec::<String>::new());
        let told = rows(&plan).into_iter().find(|row| text(row, "/kind") == "expedite").expect("a message");
        assert_eq!((&told["document"]["id"], &told["orders"][0]["id"]), (&json!(transfer), &json!(order)));
    });
}

/// The same by hand: what the records make is that model, lot by lot.
#[test]
fn the_firms_model_is_the_one_made_by_hand() {
    on_both(|shop| {
        let (two, bolt) = with_bolts(shop);
        let ana = shop.customer("Ana d.o.o.");
        two.order(shop, ana, (6, bolt), Some(shop.day(16)));
        let body = json!({"customer_id": ana, "requested_on": shop.day(9), "lines": [{"product_id": bolt, "quantity": 2}]});
        let here = shop.create("SalesOrder", body);
        shop.run("SalesOrder", "confirm", here, json!({}));
        let lines = json!([{"product_id": bolt, "quantity": 1}]);
        let body = json!({"from_warehouse_id": two.first, "to_warehouse_id": two.second, "arrives_on": shop.day(4), "lines": lines});
        let transfer = shop.create("TransferOrder", body);
        shop.run("TransferOrder", "confirm", transfer, json!({}));

        let day = (360, 840);
        let week = [vec![day], vec![day], vec![day], vec![day], vec![day], Vec::new(), Vec::new()];
        let whole = |n: i64| Rational::from(n);
        let piece = LotRule { multiple: whole(1), ..LotRule::default() };
        let buy = Method { kind: Kind::Buy, lead_days: 5, ..Method::default() };
        let fetch = Method {
            kind: Kind::Transfer,
            components: vec![Component { item: 0, per: whole(1), ..Component::default() }],
            lead_days: 2,
            lead_calendar: Some(0),
            ..Method::default()
        };
        let order = |id: &str, item, qty, days: i64| Order {
            id: id.into(),
            item,
            qty: whole(qty),
            due: days * DAY,
            priority: 3,
        };
        let model = Model {
            start: shop.today(),
            calendars: vec![Calendar { id: "ONE".into(), week, exceptions: Vec::new() }],
            resources: Vec::new(),
            items: vec![
                Item {
                    id: "bolt".into(),
                    on_hand: whole(4),
                    safety_stock: whole(1),
                    lot: piece.clone(),
                    methods: vec![buy],
                    ..Item::default()
                },
                Item { id: "bolt Maribor".into(), lot: piece, methods: vec![fetch], ..Item::default() },
            ],
            receipts: vec![Receipt { id: "TO".into(), item: 1, qty: whole(1), at: 4 * DAY }],
            taken: Vec::new(),
            orders: vec![order("TO", 0, 1, 0), order("here", 0, 2, 9), order("there", 1, 6, 16)],
        };
        let made = plan(&model, &Options { passes: 16, ..Options::default() }).expect("a plan");
        let on =
            |at: i64| shop.today().plus_days(at.div_euclid(DAY)).map(|d: Date| d.to_string()).expect("a day");
        let mut by_hand: Vec<String> = Vec::new();
        for (item, name) in [(0, "buy bolt {} Main warehouse"), (1, "transfer bolt {} Maribor")] {
            for lot in &made.records[item].lots {
                let quantity = lot.qty.round(0).expect("a number");
                let quantity = quantity.to_string().trim_end_matches(".0").to_owned();
                by_hand.push(format!("{} {} {}", name.replace("{}", &quantity), on(lot.start), on(lot.end)));
            }
        }
        by_hand.sort();
        assert_eq!(by_hand.len(), 2, "{by_hand:?}");
        assert_eq!(proposed(shop), by_hand);
    });
}

#[test]
fn a_warehouse_that_nobody_supplies_buys_and_makes_for_itself() {
    on_both(|shop| {
        let w = Workshop::open(shop);
        let two = Two::open(shop);
        shop.run("Warehouse", "update", two.second, json!({"supplied_from_id": null}));
        let ana = shop.customer("Ana d.o.o.");
        two.order(shop, ana, (2, w.table), Some(shop.day(40)));
        let kinds: Vec<String> = rows(&shop.plan())
            .iter()
            .map(|r| format!("{} {} {}", text(r, "/kind"), text(r, "/code"), text(r, "/warehouse")))
            .collect();
        assert_eq!(kinds.len(), 4, "{kinds:?}");
        assert!(kinds.iter().all(|k| k.ends_with("Maribor")), "{kinds:?}");
        let made = shop.accept(&shop.plan());
        let orders = made["work_order_ids"].as_array().cloned().unwrap_or_default();
        for order in &orders {
            let order = order.as_i64().expect("an id");
            assert_eq!(shop.field("WorkOrder", order, "location_id"), two.shelf.to_string());
        }
        let rack = shop.create(
            "Warehouse",
            json!({"code": "W3", "name": "Celje", "locations": [{"code": "A", "name": "Regal"}]}),
        );
        let rack = shop.ids(&format!("SELECT MIN(id) FROM location WHERE parent_id = {rack}"))[0];
        for purchase in made["purchase_order_ids"].as_array().cloned().unwrap_or_default() {
            let purchase = purchase.as_i64().expect("an id");
            assert_eq!(shop.field("PurchaseOrder", purchase, "warehouse_id"), two.second.to_string());
            shop.refuses(
                "PurchaseOrder",
                "receive",
                purchase,
                json!({"location_id": rack}),
                "stock.other_warehouse",
            );
            shop.run("PurchaseOrder", "receive", purchase, json!({}));
        }
        assert_eq!(stock(shop, w.board, two.second), "6, 6 usable, 0 held, 7200 cents");
        // Tops first, then tables: components are taken in Maribor, and the goods come there, for Ana.
        for product in [w.top, w.table] {
            let order = shop.ids(&format!("SELECT id FROM work_order WHERE product_id = {product}"))[0];
            shop.run("WorkOrder", "release", order, json!({}));
            let record = shop.record("WorkOrder", order);
            for operation in record["operations"].as_array().cloned().unwrap_or_default() {
                let body = json!({"operation_id": operation["id"], "good": 2, "minutes": 10});
                shop.run("WorkOrder", "report", order, body);
            }
            if shop.field("WorkOrder", order, "completed") == "0.0" {
                shop.run("WorkOrder", "complete", order, json!({}));
            }
        }
        assert!(
            stock(shop, w.table, two.second).starts_with("2, 2 usable, 2 held"),
            "{}",
            stock(shop, w.table, two.second)
        );
        assert_eq!(stock(shop, w.table, two.first), "0, 0 usable, 0 held, 0 cents");
    });
}

#[test]
fn what_an_invoice_costs_more_follows_the_goods() {
    on_both(|shop| {
        let two = Two::open(shop);
        let bolt = shop.product("bolt", "10.00", "4.00");
        let supplier = shop.supplier("Bolts d.o.o.");
        let lines = json!([{"product_id": bolt, "quantity": 10, "unit_price": "4.00"}]);
        let purchase = shop.create("PurchaseOrder", json!({"supplier_id": supplier, "lines": lines}));
        shop.run("PurchaseOrder", "confirm", purchase, json!({}));
        shop.run("PurchaseOrder", "receive", purchase, json!({}));
        let shelf = shop.ids(&format!("SELECT MIN(id) FROM location WHERE parent_id = {}", two.first))[0];
        let body = json!({"product_id": bolt, "quantity": 6, "from_location_id": shelf, "to_location_id": two.shelf});
        shop.call("StockMove", "transfer", body);
        assert_eq!(stock(shop, bolt, two.second), "6, 6 usable, 0 held, 2400 cents");
        let line = shop.line("PurchaseOrder", purchase, 0);
        let dearer = json!({"supplier_number": "A1", "lines": [{"line_id": line, "unit_price": "5.00"}]});
        shop.run("PurchaseOrder", "invoice", purchase, dearer);
        assert_eq!(stock(shop, bolt, two.first), "4, 4 usable, 0 held, 2000 cents");
        assert_eq!(stock(shop, bolt, two.second), "6, 6 usable, 0 held, 3000 cents");
        shop.books("stock 50.00 | price_difference 0.00");
        // A standard is one for the firm: what lies in each warehouse comes to it.
        shop.run("Product", "update", bolt, json!({"costing": "standard"}));
        shop.run("Product", "revalue", bolt, json!({"standard_cost": "6.00"}));
        assert_eq!(stock(shop, bolt, two.second), "6, 6 usable, 0 held, 3600 cents");
        shop.books("stock 60.00 | price_difference -10.00");
    });
}

#[test]
fn lots_go_the_oldest_first_and_arrive_as_they_left() {
    on_both(|shop| {
        let two = Two::open(shop);
        let glue = shop.product("glue", "10.00", "4.00");
        for (lot, quantity) in [("L1", 2), ("L2", 5)] {
            let lines = json!([{"product_id": glue, "lot": lot, "counted": quantity, "unit_cost": "4.00"}]);
            let count = shop.create("StockCount", json!({"kind": "opening", "lines": lines}));
            shop.run("StockCount", "post", count, json!({}));
        }
        let body = json!({"from_warehouse_id": two.first, "to_warehouse_id": two.second,
            "lines": [{"product_id": glue, "quantity": 4}]});
        let transfer = shop.create("TransferOrder", body);
        shop.run("TransferOrder", "confirm", transfer, json!({}));
        // One of four stays behind: nobody expects it any more.
        let line = shop.line("TransferOrder", transfer, 0);
        shop.run("TransferOrder", "ship", transfer, json!({"lines": [{"line_id": line, "quantity": 3}]}));
        let lots: Vec<String> = shop.record("TransferOrder", transfer)["lines"]
            .as_array()
            .expect("lines")
            .iter()
            .map(|l| format!("{} {}", text(l, "/lot"), l["shipped"].as_f64().unwrap_or(0.0)))
            .collect();
        assert_eq!(lots, ["L1 2", "L2 1"]);
        shop.holds();
        // Half of it to-day, the rest is still under way.
        let line = shop.line("TransferOrder", transfer, 0);
        shop.run("TransferOrder", "receive", transfer, json!({"lines": [{"line_id": line, "quantity": 2}]}));
        assert_eq!(shop.field("TransferOrder", transfer, "state"), "shipped");
        assert_eq!(stock(shop, glue, two.second), "3, 2 usable, 0 held, 1200 cents");
        shop.run("TransferOrder", "receive", transfer, json!({}));
        assert_eq!(shop.field("TransferOrder", transfer, "state"), "received");
        let there = "SELECT on_hand FROM stock_balance WHERE condition = 'good' AND on_hand <> 0 ORDER BY location_id, lot";
        assert_eq!(shop.ids(there), [4_000_000, 2_000_000, 1_000_000]);
    });
}

/// Somebody with these rights: on an entity, whether it may be written, and which commands may be run.
fn somebody(shop: &Shop, grants: &[(&str, bool, &str)]) -> Actor {
    let mut rights = Rights::new(0, Vec::new());
    for (entity, write, commands) in grants {
        let commands: HashSet<String> = commands.split_whitespace().map(ToOwned::to_owned).collect();
        rights.grant(entity, Access { rows: Rows::All, write: *write, commands, hidden: HashSet::new() });
    }
    Actor { rights: Arc::new(rights), ..shop.actor.clone() }
}

#[test]
fn who_may_not_and_what_makes_no_sense_is_refused() {
    on_both(|shop| {
        let two = Two::open(shop);
        let bolt = shop.product("bolt", "10.00", "4.00");
        let work = shop.product("work", "10.00", "4.00");
        shop.run("Product", "update", work, json!({"kind": "service"}));
        shop.stock(bolt, 5, "4.00");
        let order = |from: i64, to: i64, lines: Json| json!({"from_warehouse_id": from, "to_warehouse_id": to, "lines": lines});
        let one = json!([{"product_id": bolt, "quantity": 1}]);
        let create = |body: Json, code| shop.refuses("TransferOrder", "create", 0, body, code);
        create(order(two.first, two.first, one.clone()), "stock.same_warehouse");
        create(order(two.first, two.second, json!([{"product_id": bolt, "quantity": 0}])), "stock.quantity");
        create(order(two.first, two.second, json!([{"product_id": bolt, "quantity": -1}])), "stock.quantity");
        create(order(two.first, two.second, json!([{"product_id": work, "quantity": 1}])), "stock.not_goods");
        let mut early = order(two.first, two.second, one.clone());
        early["ships_on"] = shop.day(3).into();
        early["arrives_on"] = shop.day(2).into();
        create(early, "stock.arrives_before");
        // A warehouse without a place, and one of another company.
        let empty = shop.create("Warehouse", json!({"code": "W9", "name": "Empty"}));
        create(order(two.first, empty, one.clone()), "stock.no_warehouse");
        let other = shop.create("Company", json!({"name": "Other d.o.o.", "currency": "EUR"}));
        let body = json!({"code": "X", "name": "Theirs", "locations": [{"code": "A", "name": "A"}]});
        let body = body.as_object().cloned().unwrap_or_default();
        let call = Call { entity: "Warehouse".into(), command: "create".into(), body, ..Call::default() };
        let theirs = shop.kernel.run(&Actor::program(other), &call).expect("a warehouse of theirs").id;
        create(order(two.first, theirs, one.clone()), "stock.no_warehouse");
        let place = shop.ids(&format!("SELECT MIN(id) FROM location WHERE parent_id = {theirs}"))[0];
        let away = json!({"product_id": bolt, "quantity": 1, "from_location_id": two.shelf, "to_location_id": place});
        shop.refuses("StockMove", "transfer", 0, away, "stock.no_place");
        shop.refuses(
            "Warehouse",
            "update",
            two.second,
            json!({"supplied_from_id": theirs}),
            "stock.no_warehouse",
        );
        let sale = |warehouse: i64| json!({"customer_id": shop.customer("Ana d.o.o."), "warehouse_id": warehouse, "lines": one});
        shop.refuses("SalesOrder", "create", 0, sale(empty), "stock.no_warehouse");

        let none = shop.create("TransferOrder", order(two.first, two.second, json!([])));
        shop.refuses("TransferOrder", "confirm", none, json!({}), "stock.no_lines");
        let six = shop.create(
            "TransferOrder",
            order(two.first, two.second, json!([{"product_id": bolt, "quantity": 6}])),
        );
        shop.refuses("TransferOrder", "ship", six, json!({}), "kernel.illegal_step");
        shop.run("TransferOrder", "confirm", six, json!({}));
        shop.refuses("TransferOrder", "ship", six, json!({}), "stock.not_enough");
        let line = shop.line("TransferOrder", six, 0);
        let ship =
            |lines: Json, code| shop.refuses("TransferOrder", "ship", six, json!({"lines": lines}), code);
        ship(json!([{"line_id": line, "quantity": 7}]), "stock.more_than_ordered");
        ship(json!([{"line_id": line, "quantity": 2}, {"line_id": line, "quantity": 2}]), "stock.quantity");
        ship(json!([{"line_id": two.shelf, "quantity": 1}]), "stock.not_on_paper");
        ship(json!([{"line_id": line, "quantity": 0}]), "stock.nothing_to_ship");
        shop.refuses(
            "TransferOrder",
            "ship",
            six,
            json!({"location_id": two.shelf}),
            "stock.other_warehouse",
        );
        shop.refuses("TransferOrder", "ship", six, json!({"shipped_on": shop.day(1)}), "stock.in_future");
        shop.run("TransferOrder", "ship", six, json!({"lines": [{"line_id": line, "quantity": 5}]}));
        let receive = |body: Json, code| shop.refuses("TransferOrder", "receive", six, body, code);
        receive(json!({"lines": [{"line_id": line, "quantity": 6}]}), "stock.more_than_under_way");
        receive(
            json!({"lines": [{"line_id": line, "quantity": 4, "lost": 2}], "reason": "?"}),
            "stock.more_than_under_way",
        );
        receive(
            json!({"lines": [{"line_id": line, "quantity": 5, "lost": -1}], "reason": "?"}),
            "stock.quantity",
        );
        receive(json!({"lines": [{"line_id": line, "quantity": 0}]}), "stock.nothing_to_receive");
        shop.refuses(
            "TransferOrder",
            "reschedule",
            six,
            json!({"ships_on": shop.day(1)}),
            "stock.shipped_already",
        );
        // What is on its way is nobody's to count, move or sell.
        let first = shop.ids(&format!("SELECT MIN(id) FROM location WHERE parent_id = {}", two.first))[0];
        let back = json!({"product_id": bolt, "quantity": 1, "from_location_id": two.shelf, "to_location_id": first, "from_condition": "transit"});
        shop.refuses("StockMove", "transfer", 0, back, "stock.in_transit");
        let counted = json!({"location_id": two.shelf, "lines": [{"product_id": bolt, "counted": 0, "condition": "transit"}]});
        shop.refuses("StockCount", "create", 0, counted, "stock.in_transit");
        shop.refuses("Warehouse", "update", two.second, json!({"archived": true}), "stock.not_empty");

        // Who supplies whom never goes round in a circle.
        shop.refuses(
            "Warehouse",
            "update",
            two.first,
            json!({"supplied_from_id": two.second}),
            "stock.supplied_in_a_circle",
        );
        shop.refuses(
            "Warehouse",
            "update",
            two.first,
            json!({"supplied_from_id": two.first}),
            "stock.supplied_in_a_circle",
        );
        shop.refuses("Warehouse", "update", two.second, json!({"transfer_days": -1}), "stock.transfer_days");
        shop.refuses(
            "Warehouse",
            "update",
            two.second,
            json!({"transfer_days": 99_999}),
            "stock.transfer_days",
        );

        // Who only reads ships nothing, and whom the command was given without writing does.
        let tries = |actor: &Actor| {
            let call = Call {
                entity: "TransferOrder".into(),
                command: "receive".into(),
                id: Some(six),
                ..Call::default()
            };
            match shop.kernel.run(actor, &call) {
                Ok(_) => "done".to_owned(),
                Err(Error::Refused(refusal)) => refusal.code.to_owned(),
                Err(error) => panic!("{error}"),
            }
        };
        assert_eq!(tries(&somebody(shop, &[("TransferOrder", false, "")])), "kernel.forbidden");
        assert_eq!(tries(&somebody(shop, &[("Delivery", true, "receive")])), "kernel.forbidden");
        assert_eq!(tries(&somebody(shop, &[("TransferOrder", false, "receive")])), "done");
        assert_eq!(stock(shop, bolt, two.second), "5, 5 usable, 0 held, 2000 cents");
    });
}

#[test]
fn who_does_not_see_warehouses_is_told_of_none() {
    on_both(|shop| {
        let two = Two::open(shop);
        let bolt = shop.product("bolt", "10.00", "4.00");
        shop.stock(bolt, 5, "4.00");
        two.order(shop, shop.customer("Ana d.o.o."), (9, bolt), None);
        let asks = |entity: &str, name: &str, body: Json, hidden: &[&str]| {
            let mut rights = Rights::new(0, Vec::new());
            let access = |hidden: HashSet<String>| Access {
                rows: Rows::All,
                write: false,
                commands: HashSet::new(),
                hidden,
            };
            rights.grant("*", access(HashSet::new()));
            rights.grant("Warehouse", access(hidden.iter().map(|h| (*h).to_owned()).collect()));
            let actor = Actor { rights: Arc::new(rights), ..shop.actor.clone() };
            let query = shop.kernel.registry.query(entity, name).expect("a query");
            let body = body.as_object().cloned().unwrap_or_default();
            let input = kernel::json::input_from_json(&query.input, &body, "").expect("an input");
            shop.kernel.read(&actor, |r| query.ask(r, None, input))
        };
        let line = json!({"product_id": bolt, "quantity": 1, "warehouse_id": two.second});
        let desk = |hidden: &[&str]| {
            asks("SalesOrder", "line", line.clone(), hidden).expect("an answer")["elsewhere"].clone()
        };
        assert_eq!(desk(&[])[0]["warehouse"], "Main warehouse");
        assert_eq!(desk(&["name"]), json!([]));
        for (entity, name, body) in [
            ("Product", "plan", json!({})),
            ("Product", "pegging", json!({"product_id": bolt})),
            ("PurchaseOrder", "short", json!({})),
        ] {
            assert!(asks(entity, name, body.clone(), &[]).is_ok(), "{name}");
            let hidden = asks(entity, name, body, &["name"]);
            assert!(matches!(hidden, Err(Error::Refused(r)) if r.code == "kernel.forbidden"), "{name}");
        }
    });
}

/// What was agreed to stays where it was; what is new goes where things go now.
#[test]
fn the_usual_warehouse_may_become_another() {
    on_both(|shop| {
        let two = Two::open(shop);
        let bolt = shop.product("bolt", "10.00", "4.00");
        shop.stock(bolt, 5, "4.00");
        let ana = shop.customer("Ana d.o.o.");
        let before = shop.order(ana, &[(7, bolt, "10.00")]);
        shop.run("Warehouse", "update", two.second, json!({"is_default": true}));
        shop.stock(bolt, 4, "4.00");
        assert_eq!(stock(shop, bolt, two.second), "4, 4 usable, 0 held, 1600 cents");
        let after = shop.order(ana, &[(3, bolt, "10.00")]);
        assert_eq!(stock(shop, bolt, two.second), "4, 4 usable, 3 held, 1600 cents");
        shop.run("SalesOrder", "reserve", before, json!({}));
        assert_eq!(stock(shop, bolt, two.first), "5, 5 usable, 5 held, 2000 cents");
        assert_eq!(shop.field("SalesOrder", before, "warehouse_id"), two.first.to_string());
        assert_eq!(shop.field("SalesOrder", after, "warehouse_id"), two.second.to_string());
        shop.run("Delivery", "ship", shop.draft(before), json!({}));
        shop.run("Delivery", "ship", shop.draft(after), json!({}));
        assert_eq!(stock(shop, bolt, two.first), "0, 0 usable, 0 held, 0 cents");
        assert_eq!(stock(shop, bolt, two.second), "1, 1 usable, 0 held, 400 cents");
    });
}
