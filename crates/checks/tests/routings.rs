//! Stories of routings: how an operation's waits, its overlap, its tool and its recipe count in the date that is promised.

use checks::{Shop, Workshop, on_both};
use serde_json::{Value as Json, json};

/// A plate that goes from the saw to the bench, half an hour at each; the second operation or the first says more.
fn plate(shop: &Shop, w: &Workshop, first: Json, second: Json) -> i64 {
    let code = format!("plate{}", shop.ids("SELECT COUNT(*) FROM product")[0]);
    let plate = shop.product(&code, "10.00", "0");
    let operation = |name: &str, center: i64, more: Json| {
        let mut body = json!({"name": name, "work_center_id": center, "run_minutes": 30});
        if let (Some(body), Json::Object(more)) = (body.as_object_mut(), more) {
            body.extend(more);
        }
        body
    };
    let operations = [operation("Saw", w.saw, first), operation("Polish", w.bench, second)];
    shop.create("Bill", json!({"product_id": plate, "operations": operations}));
    plate
}

/// It is Monday, eight o'clock; there is work until two. Ten plates leave the saw at one.
#[test]
fn waits_and_overlap_count_in_the_date() {
    on_both(|shop| {
        let w = Workshop::open(shop);
        let promise = |first: Json, second: Json| shop.promise(plate(shop, &w, first, second), 10);
        let plain = promise(json!({}), json!({}));
        assert_eq!(plain, shop.day(2), "one hour at the bench today, four tomorrow");
        assert_eq!(
            promise(json!({"transfer_quantity": 1}), json!({})),
            shop.day(1),
            "each goes on when it is sawn"
        );
        let two_days = 2 * 24 * 60;
        assert!(promise(json!({}), json!({"queue_minutes": two_days})) > plain, "it lies before the bench");
        assert!(
            promise(json!({"move_minutes": two_days}), json!({})) > plain,
            "it is on its way to the bench"
        );
    });
}

/// Two machines, and one tool that both need.
#[test]
fn a_tool_is_in_one_place_at_a_time() {
    on_both(|shop| {
        let w = Workshop::open(shop);
        let tool = json!({"code": "JIG", "name": "Jig", "calendar_id": w.week, "hourly_cost": 0});
        let jig = shop.create("WorkCenter", tool);
        let one = |center: i64, tool: Option<i64>| {
            let code = format!("part{}", shop.ids("SELECT COUNT(*) FROM product")[0]);
            let part = shop.product(&code, "400.00", "0");
            let operation =
                json!({"name": "Clamp", "work_center_id": center, "run_minutes": 30, "tool_id": tool});
            shop.create("Bill", json!({"product_id": part, "operations": [operation]}));
            part
        };
        let (sawn, free, clamped) = (one(w.saw, Some(jig)), one(w.bench, None), one(w.bench, Some(jig)));
        let alone = shop.promise(clamped, 4);
        // Half an hour each: the saw has the jig for two days and a half, and the bench stands free.
        shop.sell("Ana d.o.o.", sawn, 40, 1);
        assert_eq!(shop.promise(free, 4), alone);
        assert!(shop.promise(clamped, 4) > alone, "the jig is at the saw");
    });
}

/// A small batch is stirred by hand, a large one in the kettle: less is lost there.
#[test]
fn a_recipe_is_for_batches_of_its_size() {
    on_both(|shop| {
        let w = Workshop::open(shop);
        let (jam, plums) = (shop.product("jam", "5.00", "0"), shop.product("plums", "0", "1.00"));
        let fruit = shop.supplier("Orchard");
        shop.offer(fruit, plums, "1.00", 1);
        let recipe = |revision: i64, plums_each: &str, sizes: Json| {
            let mut body = json!({"product_id": jam, "revision": revision, "components": [{"product_id": plums, "quantity": plums_each}],
                "operations": [{"name": "Boil", "work_center_id": w.bench, "run_minutes": 1}]});
            if let (Some(body), Json::Object(sizes)) = (body.as_object_mut(), sizes) {
                body.extend(sizes);
            }
            shop.create("Bill", body);
        };
        recipe(1, "1.5", json!({"lot_to": 20}));
        recipe(2, "1.25", json!({"lot_from": 21}));
        let takes = |quantity: i64| {
            let order = shop.create("WorkOrder", json!({"product_id": jam, "quantity": quantity}));
            let takes =
                shop.record("WorkOrder", order).pointer("/components/0/quantity").and_then(Json::as_f64);
            shop.run("WorkOrder", "cancel", order, json!({}));
            takes
        };
        assert_eq!((takes(20), takes(40)), (Some(30.0), Some(50.0)));
        // The plan reckons with the batch that it proposes.
        shop.sell("Ana d.o.o.", jam, 20, 20);
        assert!(shop.proposed().contains(&"buy plums 30".to_owned()), "{:?}", shop.proposed());
        shop.sell("Bor d.o.o.", jam, 40, 40);
        let proposed = shop.proposed();
        assert!(
            proposed.contains(&"make jam 40".to_owned()) && proposed.contains(&"buy plums 50".to_owned()),
            "{proposed:?}"
        );
    });
}
