//! The planner's pages: load, the board and its moves, the pegging tree, and what hurts.

use checks::{Shop, Workshop, on_both, rows};
use serde_json::{Value as Json, json};

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// The workshop, with everything on the shelf, and Ana who wants four tables on the thirtieth day. The tops are ordered
/// from the saw, where they take half an hour and a quarter for each: an hour and a half.
struct Ordered {
    table: i64,
    top: i64,
    board: i64,
    screw: i64,
    saw: i64,
    bench: i64,
    /// What makes the four tops.
    tops: i64,
    ana: i64,
}

fn workshop(shop: &Shop) -> Ordered {
    let Workshop { table, top, board, screw, saw, bench, .. } = Workshop::that_trims(shop);
    shop.stock(board, 12, "12.00");
    shop.stock(screw, 100, "0.10");
    let ana = shop.sell("Ana d.o.o.", table, 4, 30);
    let plan = shop.plan();
    let lot = rows(&plan).into_iter().find(|r| r["code"] == "top").unwrap_or_else(|| panic!("{plan:#}"));
    let line = json!({"product_id": top, "quantity": 4, "make": true, "start_on": lot["start_on"], "due_on": lot["due_on"]});
    let made = shop.call("Product", "accept", json!({"lines": [line]}));
    let tops = made["work_order_ids"][0].as_i64().unwrap_or_else(|| panic!("{made}"));
    Ordered { table, top, board, screw, saw, bench, tops, ana }
}

fn board(shop: &Shop) -> Json {
    shop.ask("Product", "board", None, json!({"days": 60}))
}

/// What is on the board under a name, first what begins first.
fn named(board: &Json, name: &str) -> Json {
    let all = board["operations"].as_array().cloned().unwrap_or_default();
    all.into_iter().find(|o| o["name"] == name).unwrap_or_else(|| panic!("no {name} in {board:#}"))
}

fn moved(shop: &Shop, body: Json) -> Json {
    shop.ask("Product", "moved", None, body)
}

/// The seconds on the wall of the first Monday at least so many days from now, at midnight.
fn monday(shop: &Shop, days: i64) -> i64 {
    let day = shop.today().days() + days;
    // 1970-01-05 was a Monday.
    (day + (4 - day).rem_euclid(7)) * DAY
}

fn code(answer: &Json) -> &str {
    answer["no"]["code"].as_str().unwrap_or_default()
}

#[test]
fn a_move_says_whom_it_makes_late_before_it_is_made() {
    on_both(|shop| {
        let w = workshop(shop);
        let saw = named(&board(shop), "Saw");
        assert_eq!(saw["kind"], "firm");
        assert_eq!(
            saw["to"].as_i64().zip(saw["from"].as_i64()).map(|(to, from)| to - from),
            Some(3 * HOUR / 2)
        );
        assert_eq!(saw["orders"].as_array().map(Vec::len), Some(1), "for Ana, through the tables");
        let operation = saw["operation_id"].clone();
        // A week after the tables are due.
        let late = monday(shop, 37) + 6 * HOUR;
        let says = moved(shop, json!({"operation_id": operation, "at": late}));
        assert_eq!((&says["from"], &says["to"]), (&json!(late), &json!(late + 3 * HOUR / 2)));
        assert_eq!(says["late"][0]["id"], json!(w.ana), "{says:#}");
        assert_eq!(says["late"].as_array().map(Vec::len), Some(1));
        // Tops on Monday, tables mounted after them: four hours, and an hour at the saw; there when Tuesday begins.
        let comes = shop
            .today()
            .plus_days(late / DAY - shop.today().days() + 1)
            .map(|d| d.to_string())
            .unwrap_or_default();
        assert_eq!(says["late"][0]["comes_on"], json!(comes), "{says:#}");
        assert!(says["moves"].as_i64() > Some(0), "the tables move with it");
        // An hour earlier hurts nobody; done, it stays there, and is taken back.
        let before = saw["from"].as_i64().unwrap_or_default();
        let day = before.div_euclid(DAY) * DAY;
        let sooner = (before - HOUR).max(day + 6 * HOUR);
        let says = moved(shop, json!({"operation_id": operation, "at": sooner}));
        assert_eq!(says["late"], json!([]), "{says:#}");
        let call = &says["call"];
        let reply = shop.run("WorkOrder", "reschedule", w.tops, call["body"].clone());
        assert_eq!(named(&board(shop), "Saw")["from"], json!(sooner));
        assert!(reply.undo.is_some());
        shop.holds();
    });
}

#[test]
fn a_place_that_is_not_free_says_why() {
    on_both(|shop| {
        let w = workshop(shop);
        let saw = named(&board(shop), "Saw");
        let operation = saw["operation_id"].clone();
        let to = |at: i64| moved(shop, json!({"operation_id": operation, "at": at}));
        assert_eq!(code(&to(monday(shop, 10) - DAY + 8 * HOUR)), "supply.closed", "a Sunday");
        assert_eq!(code(&to(shop.today().days() * DAY - DAY)), "supply.in_the_past");
        let elsewhere = moved(shop, json!({"operation_id": operation, "work_center_id": w.bench}));
        assert_eq!(code(&elsewhere), "supply.no_alternate");
        // Another work order holds the saw on a Monday.
        let other = shop.create("WorkOrder", json!({"product_id": w.top, "quantity": 4}));
        shop.run("WorkOrder", "firm", other, json!({}));
        let unplaced = board(shop)["unplaced"][0].clone();
        assert_eq!(unplaced["document"]["id"], json!(other));
        let free = moved(shop, json!({"operation_id": unplaced["operation_id"]}));
        assert!(free["from"].is_i64(), "as soon as there is room: {free:#}");
        let monday = monday(shop, 3) + 6 * HOUR;
        let there = moved(shop, json!({"operation_id": unplaced["operation_id"], "at": monday}));
        shop.run("WorkOrder", "reschedule", other, there["call"]["body"].clone());
        let taken = to(monday + HOUR);
        assert_eq!(code(&taken), "supply.taken", "{taken:#}");
        // Two operations of one order, the second before the first.
        let tables = shop.create("WorkOrder", json!({"product_id": w.table, "quantity": 1}));
        shop.run("WorkOrder", "firm", tables, json!({}));
        let mount = unplaced_named(shop, "Mount");
        let there = moved(shop, json!({"operation_id": mount, "at": monday + 7 * DAY}));
        shop.run("WorkOrder", "reschedule", tables, there["call"]["body"].clone());
        let trim = moved(shop, json!({"operation_id": unplaced_named(shop, "Trim"), "at": monday + 7 * DAY}));
        assert_eq!(code(&trim), "supply.before_previous");
        // The plan that was seen is not the plan any more.
        let mount = named(&board(shop), "Mount");
        let gone = json!({"product_id": w.table, "lot": 0, "step": 0, "was": mount["from"].as_i64().unwrap_or(0) + 1});
        assert_eq!(code(&moved(shop, gone)), "supply.plan_changed");
        shop.run("WorkOrder", "release", other, json!({}));
        shop.run("WorkOrder", "start", other, json!({"operation_id": unplaced["operation_id"]}));
        let begun = moved(shop, json!({"operation_id": unplaced["operation_id"], "at": monday}));
        assert_eq!(code(&begun), "supply.work_begun");
    });
}

fn unplaced_named(shop: &Shop, name: &str) -> Json {
    let all = board(shop)["unplaced"].as_array().cloned().unwrap_or_default();
    all.into_iter().find(|o| o["name"] == name).map(|o| o["operation_id"].clone()).unwrap_or_default()
}

#[test]
fn a_proposal_is_accepted_where_it_is_put() {
    on_both(|shop| {
        let w = workshop(shop);
        let mount = named(&board(shop), "Mount");
        assert_eq!(mount["kind"], "planned");
        let at = monday(shop, 20) + 8 * HOUR;
        let held = |at: i64| {
            moved(
                shop,
                json!({"product_id": w.table, "lot": mount["lot"], "step": mount["step"], "was": mount["from"], "at": at}),
            )
        };
        // Its tops come only later: they lie at the end of what Ana allows.
        let tops = named(&board(shop), "Saw")["to"].as_i64().unwrap_or(0);
        let early = monday(shop, 3) + 6 * HOUR;
        if early < tops {
            assert_eq!(code(&held(early)), "supply.no_material");
        }
        let says = held(at.max(tops.div_euclid(DAY) * DAY + DAY + 8 * HOUR));
        let from = says["from"].clone();
        let made = shop.call("Product", "accept", says["call"]["body"].clone());
        let order = made["work_order_ids"][0].as_i64().unwrap_or_else(|| panic!("{says:#} {made:#}"));
        let now = named(&board(shop), "Mount");
        assert_eq!((&now["from"], &now["document"]["id"]), (&from, &json!(order)));
        assert_eq!(now["kind"], "firm");
        shop.holds();
    });
}

#[test]
fn load_is_what_is_held_of_what_is_open() {
    on_both(|shop| {
        let w = workshop(shop);
        let load = shop.ask("Product", "load", None, json!({"bucket_days": 7, "count": 8}));
        let center =
            |id: i64| rows(&load).into_iter().find(|r| r["work_center_id"] == json!(id)).unwrap_or_default();
        let sum = |id: i64, what: &str| -> f64 {
            let buckets = center(id)["buckets"].as_array().cloned().unwrap_or_default();
            buckets.iter().filter_map(|b| b[what].as_f64()).sum()
        };
        assert!((sum(w.saw, "firm") - 1.5).abs() < 1e-9, "four tops");
        assert!((sum(w.saw, "planned") - 1.0).abs() < 1e-9, "four tables trimmed");
        assert!((sum(w.bench, "planned") - 4.0).abs() < 1e-9, "four tables mounted");
        assert_eq!(center(w.saw)["buckets"][1]["capacity"], json!(40.0), "five days of eight hours");
        shop.run("WorkOrder", "release", w.tops, json!({}));
        let monday = monday(shop, 7);
        let at =
            |seconds: i64| jiff::Timestamp::from_second(seconds).map(|t| t.to_string()).unwrap_or_default();
        let down = json!({"work_center_id": w.bench, "kind": "maintenance", "starts_at": at(monday), "ends_at": at(monday + DAY), "reason": "Oil"});
        shop.create("Downtime", down);
        let load = shop.ask("Product", "load", None, json!({"bucket_days": 7, "count": 8}));
        let center =
            |id: i64| rows(&load).into_iter().find(|r| r["work_center_id"] == json!(id)).unwrap_or_default();
        let sum = |id: i64, what: &str| -> f64 {
            let buckets = center(id)["buckets"].as_array().cloned().unwrap_or_default();
            buckets.iter().filter_map(|b| b[what].as_f64()).sum()
        };
        assert!((sum(w.saw, "released") - 1.5).abs() < 1e-9);
        assert!((sum(w.saw, "firm")).abs() < 1e-9);
        assert!((sum(w.bench, "down") - 8.0).abs() < 1e-9, "one shift: {load:#}");
    });
}

#[test]
fn the_tree_leads_to_the_customer_and_to_the_material() {
    on_both(|shop| {
        let w = workshop(shop);
        let tree = shop.ask("Product", "pegging", None, json!({"product_id": w.top}));
        let supply = &rows(&tree)[0];
        assert_eq!((&supply["kind"], &supply["document"]["id"]), (&json!("receipt"), &json!(w.tops)));
        // Up: the planned tables, then Ana. Down: twelve boards from the shelf.
        assert_eq!(supply["up"][0]["code"], "table");
        assert_eq!(supply["up"][0]["up"][0]["party"], "Ana d.o.o.");
        let boards = &supply["down"][0];
        assert_eq!((&boards["kind"], boards["quantity"].as_f64()), (&json!("on_hand"), Some(12.0)));
        assert_eq!(boards["product_id"], json!(w.board));
        let tree = shop.ask("Product", "pegging", None, json!({"product_id": w.screw}));
        assert_eq!(rows(&tree)[0]["up"][0]["quantity"].as_f64(), Some(32.0), "eight for each of four");
    });
}

#[test]
fn what_slips_or_stands_hits_the_right_customer() {
    on_both(|shop| {
        let w = workshop(shop);
        let ask = |about: &str, id: i64, days: i64| {
            shop.ask("Product", "hurts", None, json!({"about": about, "id": id, "days": days}))
        };
        let nobody = ask("WorkOrder", w.tops, 0);
        assert_eq!(
            (&nobody["late"], &nobody["reached"]),
            (&json!([]), &json!(1)),
            "Ana hangs on it, in time"
        );
        let late = ask("WorkOrder", w.tops, 40);
        assert_eq!(late["late"][0]["id"], json!(w.ana), "{late:#}");
        assert_eq!(late["at_stake"].as_f64(), Some(1600.0));
        let stands = ask("WorkCenter", w.bench, 60);
        assert_eq!(stands["late"][0]["id"], json!(w.ana), "{stands:#}");
        // Recorded, it says the same by itself; over, it hits nobody.
        let day =
            |days: i64| shop.today().plus_days(days).map(|d| format!("{d}T00:00:00Z")).unwrap_or_default();
        let body = json!({"work_center_id": w.saw, "kind": "maintenance", "starts_at": day(0), "ends_at": day(60), "reason": "Fire"});
        let fire = shop.create("Downtime", body);
        let hit = ask("Downtime", fire, 0);
        assert_eq!(
            hit["late"]
                .as_array()
                .and_then(|l| l.iter().find(|r| r["id"] == json!(w.ana)))
                .map(|r| &r["party"]),
            Some(&json!("Ana d.o.o.")),
            "{hit:#}"
        );
        let lost = ask("Product", w.board, 0);
        assert!(lost["reached"].as_i64() > Some(0), "{lost:#}");
    });
}
