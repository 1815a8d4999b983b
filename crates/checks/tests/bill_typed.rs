//! Stories of a bill that is typed: line by line, what is missing made on the way, all of it or nothing.

use checks::{Shop, on_both};
use kernel::rights::{Access, Rows};
use kernel::{Actor, Call, Error, Refusal, Rights};
use serde_json::{Value as Json, json};
use std::collections::HashSet;
use std::sync::Arc;

fn bench(shop: &Shop) -> i64 {
    let hours: Vec<Json> = ["monday", "tuesday", "wednesday", "thursday", "friday"]
        .iter()
        .map(|d| json!({"weekday": d, "starts_at": "06:00", "ends_at": "14:00"}))
        .collect();
    let week = shop.create("WorkCalendar", json!({"code": "ONE", "name": "One shift", "shifts": hours}));
    let bench = json!({"code": "bench", "name": "Bench", "calendar_id": week, "hourly_cost": 30});
    shop.create("WorkCenter", bench)
}

fn id(json: &Json, at: &str) -> i64 {
    json.pointer(at).and_then(Json::as_i64).unwrap_or_else(|| panic!("{at} in {json:#}"))
}

fn number(json: &Json, at: &str) -> f64 {
    json.pointer(at).and_then(Json::as_f64).unwrap_or_else(|| panic!("{at} in {json:#}"))
}

fn count(shop: &Shop, table: &str) -> i64 {
    shop.ids(&format!("SELECT COUNT(*) FROM {table}")).first().copied().unwrap_or_default()
}

fn refusal(shop: &Shop, body: &Json) -> Refusal {
    match shop.try_run("Bill", "enter", None, body) {
        Err(Error::Refused(refusal)) => *refusal,
        other => panic!("not refused: {other:?}"),
    }
}

fn refused(shop: &Shop, body: &Json) -> String {
    let refusal = refusal(shop, body);
    format!("{} {}", refusal.code, refusal.field.unwrap_or_default())
}

/// Level, what, quantity or minutes as written, in all for one, cost.
fn tree(shop: &Shop, product: i64, body: Json) -> Vec<String> {
    let structure = shop.ask("Product", "structure", Some(product), body);
    let rows = structure["value"].as_array().cloned().unwrap_or_default();
    rows.iter()
        .map(|r| {
            let text = |name: &str| r[name].as_str().unwrap_or_default().to_owned();
            let level = id(r, "/level");
            if r["kind"] == "operation" {
                let (setup, run) = (number(r, "/setup_minutes"), number(r, "/run_minutes"));
                format!(
                    "{level} @{} {} {setup}+{run} = {} {}",
                    text("work_center"),
                    text("name"),
                    number(r, "/minutes"),
                    r["cost"]
                )
            } else {
                format!(
                    "{level} {} {} = {} {}",
                    text("product"),
                    number(r, "/quantity"),
                    number(r, "/each"),
                    r["cost"]
                )
            }
        })
        .collect()
}

#[test]
fn a_cart_of_two_levels_is_typed_and_made() {
    on_both(|shop| {
        let bench = bench(shop);
        let (rim, frame) = (shop.product("rim", "0", "4.00"), shop.product("frame", "0", "20.00"));
        let begun = shop.call("Bill", "enter", json!({"name": "Cart"}));
        let (cart, bill) = (id(&begun, "/product_id"), id(&begun, "/bill_id"));
        let product = shop.record("Product", cart);
        assert_eq!((product["code"].as_str(), product["is_sold"].as_bool()), (Some("CART"), Some(true)));
        // The same name is the same product, and its bill is found.
        assert_eq!(id(&shop.call("Bill", "enter", json!({"name": "cart"})), "/bill_id"), bill);

        // A component that is not there yet is made; its own bill begins with what is typed below it.
        let line = json!({"bill_id": bill, "product_id": cart, "components": [{"name": "Wheel set", "quantity": 2}]});
        let wheels = id(&shop.call("Bill", "enter", line), "/component_ids/0");
        let below = json!({"product_id": wheels, "components": [{"product_id": rim, "quantity": 2, "scrap_percent": 20}],
            "operations": [{"name": "Lace", "work_center_id": bench, "setup_minutes": 5, "run_minutes": 20}]});
        let below = shop.call("Bill", "enter", below);
        assert_eq!(below["is_new"], true);
        let rest = json!({"bill_id": bill, "product_id": cart, "components": [{"product_id": frame}],
            "operations": [{"work_center_id": bench, "setup_minutes": 10, "run_minutes": 30}]});
        shop.call("Bill", "enter", rest);
        // 4 rims are in 2 sets, 5 are taken; 5 + 2 × 20 and 10 + 30 minutes at 30.00.
        let typed = [
            "0 Cart 1 = 1 82.5",
            "1 Wheel set 2 = 2 42.5",
            "2 rim 2 = 5 20.0",
            "2 @Bench Lace 5+20 = 45 22.5",
            "1 frame 1 = 1 20.0",
            "1 @Bench Bench 10+30 = 40 20.0",
        ];
        assert_eq!(tree(shop, cart, json!({})), typed);
        let structure = shop.ask("Product", "structure", Some(cart), json!({"bill_id": bill}));
        assert_eq!((number(&structure, "/minutes"), number(&structure, "/cost")), (85.0, 82.5));
        assert_eq!((number(&structure, "/material"), number(&structure, "/labour")), (40.0, 42.5));
        assert_eq!(id(&structure, "/value/1/own/bill_id"), id(&below, "/bill_id"));
        assert_eq!((id(&structure, "/value/0/used_in"), id(&structure, "/value/2/used_in")), (0, 1));
        // It is what the roll-up says, also where set-up is spread over ten.
        for lot in [1, 10] {
            let rolled = shop.ask("Product", "cost_roll_up", Some(cart), json!({"quantity": lot}));
            let structure = shop.ask("Product", "structure", Some(cart), json!({"quantity": lot}));
            assert_eq!(number(&structure, "/cost"), number(&rolled, "/unit"), "{structure:#}");
        }

        // Made: the wheel sets by an order of their own.
        shop.stock(rim, 5, "4.00");
        shop.stock(frame, 1, "20.00");
        for (product, quantity) in [(wheels, 2), (cart, 1)] {
            let body = json!({"product_id": product, "quantity": quantity, "due_on": "2026-03-10"});
            let order = shop.create("WorkOrder", body);
            shop.run("WorkOrder", "release", order, json!({}));
            let operation = id(&shop.record("WorkOrder", order), "/operations/0/id");
            shop.run("WorkOrder", "report", order, json!({"operation_id": operation, "good": quantity}));
            shop.run("WorkOrder", "complete", order, json!({}));
            shop.run("WorkOrder", "close", order, json!({}));
        }
        assert_eq!(shop.on_hand(cart), "1");
        shop.holds();
    });
}

#[test]
fn what_is_typed_is_made_whole_or_not_at_all() {
    on_both(|shop| {
        let bench = bench(shop);
        let table = id(&shop.call("Bill", "enter", json!({"name": "Table"})), "/product_id");
        shop.call("Bill", "enter", json!({"product_id": table, "components": [{"name": "Top"}]}));
        let (products, bills) = (count(shop, "product"), count(shop, "bill"));
        let on = |components: Json, operations: Json| json!({"product_id": table, "components": components, "operations": operations});
        // A leg and its own leg: the second line is refused, so the first leaves nothing behind.
        let wrong = on(json!([{"name": "Leg"}, {"name": "Foot", "scrap_percent": 100}]), json!([]));
        assert_eq!(refused(shop, &wrong), "production.scrap_percent components/1/scrap_percent");
        assert_eq!((count(shop, "product"), count(shop, "bill")), (products, bills));
        for (body, said) in [
            (json!({"components": [{"name": "Leg"}]}), "production.which_product product_id"),
            (on(json!([{"quantity": 2}]), json!([])), "production.which_product components/0/product_id"),
            (
                on(json!([{"name": "Leg", "quantity": 0}]), json!([])),
                "production.quantity components/0/quantity",
            ),
            (on(json!([{"product_id": table}]), json!([])), "production.loop components"),
            (
                on(json!([]), json!([{"work_center_id": bench}])),
                "production.no_minutes operations/0/run_minutes",
            ),
            (
                on(json!([]), json!([{"work_center_id": bench, "run_minutes": -1}])),
                "production.minutes operations/0/run_minutes",
            ),
            (
                on(json!([]), json!([{"work_center_id": table, "run_minutes": 1}])),
                "production.no_work_center operations/0/work_center_id",
            ),
        ] {
            assert_eq!(refused(shop, &body), said, "{body}");
        }
        // A loop is named: the top is not made of a table.
        let top = shop.ids("SELECT id FROM product WHERE name = 'Top'")[0];
        let closed = json!({"product_id": top, "components": [{"product_id": table}]});
        let named = refusal(shop, &closed);
        assert_eq!(named.code, "production.loop");
        assert!(named.args.iter().any(|(_, items)| items == "Top → Table → Top"), "{named}");
        // A bill of something else, and one that is not there.
        let bill = shop.ids(&format!("SELECT id FROM bill WHERE product_id = {table}"))[0];
        let other = json!({"product_id": top, "bill_id": bill, "components": [{"name": "Leg"}]});
        assert_eq!(refused(shop, &other), "production.other_bill bill_id");
        assert_eq!((count(shop, "product"), count(shop, "bill")), (products, bills));
    });
}

#[test]
fn what_was_typed_is_taken_back() {
    on_both(|shop| {
        let bench = bench(shop);
        let (products, bills) = (count(shop, "product"), count(shop, "bill"));
        let undo = |reply: kernel::Reply| {
            let token = reply.undo.and_then(|t| t.parse().ok()).expect("it can be taken back");
            shop.kernel.undo(&shop.actor, token).unwrap_or_else(|e| panic!("{e}"));
        };
        let enter =
            |body: Json| shop.try_run("Bill", "enter", None, &body).unwrap_or_else(|e| panic!("{body}: {e}"));
        // The first line of a product that was not there: nothing of it stays.
        undo(enter(json!({"name": "Lamp", "components": [{"name": "Shade"}]})));
        assert_eq!((count(shop, "product"), count(shop, "bill")), (products, bills));
        // Another line: the bill stays as it was.
        let lamp = enter(json!({"name": "Lamp", "components": [{"name": "Shade"}]})).result;
        let (lamp, bill) = (id(&lamp, "/product_id"), id(&lamp, "/bill_id"));
        undo(enter(json!({"product_id": lamp, "components": [{"name": "Bulb"}]})));
        let work = json!([{"work_center_id": bench, "run_minutes": 3}]);
        undo(enter(json!({"product_id": lamp, "operations": work})));
        assert_eq!(tree(shop, lamp, json!({})).len(), 2);
        assert_eq!((count(shop, "product"), count(shop, "bill")), (products + 2, bills + 1));
        // What somebody else has taken into use since stays.
        let reply = enter(json!({"product_id": lamp, "components": [{"name": "Cable"}]}));
        let cable = id(&reply.result, "/component_ids/0");
        enter(json!({"name": "Radio", "components": [{"product_id": cable}]}));
        undo(reply);
        assert_eq!(shop.record("Product", cable)["name"], "Cable");
        assert_eq!(shop.record("Bill", bill)["components"].as_array().map(Vec::len), Some(1));
    });
}

#[test]
fn a_revision_is_typed_on_while_the_old_one_counts() {
    on_both(|shop| {
        let begun = shop.call("Bill", "enter", json!({"name": "Chair", "components": [{"name": "Seat"}]}));
        let (chair, old) = (id(&begun, "/product_id"), id(&begun, "/bill_id"));
        let next = shop.run("Bill", "revise", old, json!({"valid_from": "2026-06-01"})).result;
        let next = id(&next, "/bill_id");
        shop.call(
            "Bill",
            "enter",
            json!({"product_id": chair, "bill_id": next, "components": [{"name": "Cushion"}]}),
        );
        assert_eq!(tree(shop, chair, json!({})).len(), 2, "today's");
        assert_eq!(tree(shop, chair, json!({"bill_id": next})).len(), 3);
        assert_eq!(tree(shop, chair, json!({"on": "2026-06-02"})).len(), 3);
        let foreign = shop.kernel.read(&shop.actor, |reader| {
            let query = reader.registry.query("Product", "structure").expect("a query");
            let input = kernel::json::input_from_json(
                &query.input,
                json!({"bill_id": 1}).as_object().expect("an object"),
                "",
            );
            query.ask(reader, Some(chair), input.expect("an input"))
        });
        assert!(matches!(foreign, Err(Error::Refused(r)) if r.code == "production.other_bill"));
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
fn who_may_not_write_bills_or_products_types_none() {
    on_both(|shop| {
        let chair = id(&shop.call("Bill", "enter", json!({"name": "Chair"})), "/product_id");
        let seat = shop.product("seat", "0", "0");
        let tries = |actor: &Actor, body: Json| {
            let body = body.as_object().cloned().unwrap_or_default();
            let call = Call { entity: "Bill".into(), command: "enter".into(), body, ..Call::default() };
            match shop.kernel.run(actor, &call) {
                Ok(_) => "done".to_owned(),
                Err(Error::Refused(refusal)) => refusal.code.to_owned(),
                Err(error) => panic!("{error}"),
            }
        };
        let line = json!({"product_id": chair, "components": [{"product_id": seat}]});
        let new = json!({"product_id": chair, "components": [{"name": "Cushion"}]});
        let before = count(shop, "product");
        let reader = somebody(shop, &[("Bill", false, ""), ("Product", false, "")]);
        assert_eq!(tries(&reader, line.clone()), "kernel.forbidden");
        // The command alone is not enough: it writes bills, and products.
        let runs = somebody(shop, &[("Bill", false, "enter"), ("Product", true, "")]);
        assert_eq!(tries(&runs, line.clone()), "kernel.forbidden");
        let drafts =
            somebody(shop, &[("Bill", true, "enter"), ("Product", false, ""), ("WorkCenter", false, "")]);
        assert_eq!(tries(&drafts, new.clone()), "kernel.forbidden");
        assert_eq!(count(shop, "product"), before);
        assert_eq!(tries(&drafts, line), "done");
        let draws = somebody(shop, &[("Bill", true, "enter"), ("Product", true, ""), ("Unit", false, "")]);
        assert_eq!(tries(&draws, new), "done");
    });
}

#[test]
fn who_does_not_see_costs_sees_the_tree_without_them() {
    on_both(|shop| {
        let rim = shop.product("rim", "0", "4.00");
        let line = json!({"name": "Cart", "components": [{"product_id": rim, "quantity": 4}]});
        let cart = id(&shop.call("Bill", "enter", line), "/product_id");
        let asks = |hidden: &[&str]| {
            let mut rights = Rights::new(0, Vec::new());
            let access = |hidden: HashSet<String>| Access {
                rows: Rows::All,
                write: false,
                commands: HashSet::new(),
                hidden,
            };
            rights.grant("*", access(HashSet::new()));
            rights.grant("Product", access(hidden.iter().map(|h| (*h).to_owned()).collect()));
            let actor = Actor { rights: Arc::new(rights), ..shop.actor.clone() };
            let query = shop.kernel.registry.query("Product", "structure").expect("a query");
            let input = kernel::json::input_from_json(&query.input, &serde_json::Map::new(), "");
            shop.kernel.read(&actor, |r| query.ask(r, Some(cart), input.expect("an input")))
        };
        let seen = asks(&[]).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!((number(&seen, "/cost"), number(&seen, "/value/1/cost")), (16.0, 16.0));
        let hidden = asks(&["standard_cost"]).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!((&hidden["cost"], &hidden["value"][1]["cost"]), (&Json::Null, &Json::Null));
        assert_eq!(number(&hidden, "/value/1/each"), 4.0);
        let nameless = asks(&["name"]);
        assert!(matches!(nameless, Err(Error::Refused(r)) if r.code == "kernel.forbidden"));
    });
}
