//! What if: what is put together beside the real plan, what of it is taken over, whom a rush order pushes aside, and what
//! is bought from whom in which month.

use checks::{Shop, Workshop, on_both, rows, text};
use serde_json::{Value as Json, json};

fn scenario(shop: &Shop, changes: &str) -> Json {
    shop.ask("Product", "scenario", None, json!({"changes": changes}))
}

/// `Ana d.o.o. 2026-04-01 → 2026-04-09 late`, of the orders whose dates would be others.
fn moved(answer: &Json) -> Vec<String> {
    let orders = answer["orders"].as_array().cloned().unwrap_or_default();
    let said = |o: &Json| {
        let late = if o["late"] == json!(true) { "late" } else { "in time" };
        format!("{} {} → {} {late}", text(o, "/party"), text(o, "/was_on"), text(o, "/comes_on"))
    };
    orders.iter().map(said).collect()
}

fn both<'a>(answer: &'a Json, figure: &str) -> (&'a Json, &'a Json) {
    (&answer[figure]["before"], &answer[figure]["after"])
}

#[test]
fn a_supplier_who_is_late_is_seen_before_and_taken_over() {
    on_both(|shop| {
        let w = Workshop::open(shop);
        shop.stock(w.screw, 1000, "0.10");
        shop.sell("Ana d.o.o.", w.table, 4, 12);
        shop.sell("Bor d.o.o.", w.screw, 5, 12);
        // The boards are ordered; who will make tops and tables of them is not said yet.
        let buy = rows(&shop.plan()).into_iter().filter(|r| r["kind"] == "buy").collect::<Vec<_>>();
        let made = shop.accept(&json!({"value": buy}));
        let boards = made["purchase_order_ids"][0].as_i64().expect("boards are ordered");
        // Too late to buy others: those would come in five days.
        shop.wait(8);
        let real = shop.plan();
        let same = scenario(shop, &format!("late~{boards}~0"));
        assert_eq!((&same["same"], moved(&same)), (&json!(true), vec![]));
        let late = scenario(shop, &format!("late~{boards}~14"));
        assert_eq!(both(&late, "late"), (&json!(0), &json!(1)), "{late:#}");
        assert_eq!(late["at_stake"]["after"].as_f64(), Some(1600.0), "what Ana's tables are worth");
        let orders = moved(&late);
        assert_eq!(orders.len(), 1, "Bor's screws lie here: {orders:?}");
        assert!(orders[0].starts_with("Ana d.o.o.") && orders[0].ends_with("late"), "{orders:?}");
        // Only looked at.
        assert_eq!(shop.plan(), real);
        // Taken over, it is what the scenario has said.
        let expected = shop.record("PurchaseOrder", boards)["expected_on"].as_str().map(str::to_owned);
        let expected: numbers::Date = expected.and_then(|day| day.parse().ok()).expect("a day");
        let later = expected.plus_days(14).expect("a day").to_string();
        shop.run("PurchaseOrder", "reschedule", boards, json!({"expected_on": later}));
        let plan = shop.plan();
        assert_eq!(plan["late"][0]["party"], "Ana d.o.o.");
        assert_eq!(plan["late"].as_array().map(Vec::len), Some(1));
        assert_eq!(scenario(shop, &format!("late~{boards}~0"))["same"], json!(true));
    });
}

#[test]
fn a_bigger_order_takes_its_hours_and_materials() {
    on_both(|shop| {
        let w = Workshop::open(shop);
        shop.stock(w.screw, 10_000, "0.10");
        shop.stock(w.board, 1000, "12.00");
        let ana = shop.sell("Ana d.o.o.", w.table, 4, 3);
        shop.sell("Bor d.o.o.", w.table, 4, 4);
        assert_eq!(shop.plan()["late"], json!([]));
        let bigger = scenario(shop, &format!("bigger~{ana}~10"));
        // Forty hours of the bench instead of four: the week is full.
        let bench = bigger["load"].as_array().cloned().unwrap_or_default();
        let bench = bench.iter().find(|l| l["name"] == "bench").cloned().expect("the bench does more");
        assert_eq!((bench["before"].as_f64(), bench["after"].as_f64()), (Some(8.0), Some(44.0)));
        assert!(both(&bigger, "late").1.as_i64() >= Some(1), "{bigger:#}");
        // Two sentences about one order are both heard; with one more bench, nobody waits longer.
        let first = scenario(shop, &format!("bigger~{ana}~10!first~{ana}"));
        assert_eq!(first["load"], bigger["load"], "{first:#}");
        let twice = scenario(shop, &format!("bigger~{ana}~2!bigger~{ana}~5"));
        assert_eq!(twice["load"], bigger["load"]);
        let helped = scenario(shop, &format!("bigger~{ana}~10!shift~{}", w.bench));
        let days = |answer: &Json| moved(answer).iter().filter(|o| o.ends_with("late")).count();
        assert!(days(&helped) <= days(&bigger), "{helped:#}");
        // The same with both at work around the clock for a week.
        let longer = |center: i64| format!("overtime~{center}~{}~{}~16", shop.day(0), shop.day(6));
        let (saw, bench) = (longer(w.saw), longer(w.bench));
        let longer = scenario(shop, &format!("bigger~{ana}~10!{saw}!{bench}"));
        assert!(days(&longer) < days(&bigger), "{longer:#}");
        assert_eq!(longer["load"], bigger["load"], "it does no more, but sooner");
        // A new order among them, and what cannot be read.
        let more = scenario(shop, &format!("order~{}~2~{}", w.table, shop.day(30)));
        assert_eq!(
            (&more["added"][0]["product"], &more["added"][0]["late"]),
            (&json!("table"), &json!(false))
        );
        for unclear in ["bigger~x~2", "bigger~1~0", "fly~1", "overtime~1~2026-01-01~2029-01-01~2"] {
            let refused = shop.kernel.read(&shop.actor, |reader| {
                let query = reader.registry.query("Product", "scenario").expect("a query");
                let body = json!({"changes": unclear}).as_object().cloned().unwrap_or_default();
                let input = kernel::json::input_from_json(&query.input, &body, "").expect("fitting input");
                query.ask(reader, None, input)
            });
            let code = refused.err().and_then(|e| e.refusal().map(|r| r.code.to_string()));
            assert!(code.is_some(), "{unclear} was understood");
        }
    });
}

/// It is four in the afternoon, and the shift ended at two: of four hours of overtime two are left, of two none.
#[test]
fn overtime_today_opens_only_what_is_left_of_today() {
    on_both(|shop| {
        let w = Workshop::open(shop);
        shop.stock(w.screw, 8, "0.10");
        shop.stock(w.top, 1, "1.00");
        shop.wait_hours(8);
        shop.sell("Ana d.o.o.", w.table, 1, 1);
        let late = |hours: i64| {
            let today = shop.day(0);
            scenario(shop, &format!("overtime~{}~{today}~{today}~{hours}", w.bench))["late"].clone()
        };
        assert_eq!(late(2), json!({"before": 1, "after": 1}), "from two to four is over");
        assert_eq!(late(4), json!({"before": 1, "after": 0}));
    });
}

/// A customer calls and wants it at once: before it is promised one sees who would wait.
#[test]
fn a_rush_order_says_whom_it_pushes_aside() {
    on_both(|shop| {
        let w = Workshop::open(shop);
        shop.stock(w.screw, 10_000, "0.10");
        shop.stock(w.board, 1000, "12.00");
        let ana = shop.sell("Ana d.o.o.", w.table, 30, 7);
        assert_eq!(shop.plan()["late"], json!([]));
        let real = shop.plan();
        let rush =
            |order: i64| shop.ask("Product", "hurts", None, json!({"about": "SalesOrder", "id": order}));
        let small = rush(shop.draft_order("Bor d.o.o.", w.table, 1, Some(60)));
        assert_eq!(
            (&small["late"], small["at_stake"].as_f64()),
            (&json!([]), Some(0.0)),
            "there is time for that"
        );
        let large = shop.draft_order("Bor d.o.o.", w.table, 24, Some(3));
        let hit = rush(large);
        assert_eq!(hit["late"][0]["id"], json!(ana), "{hit:#}");
        assert_eq!(hit["at_stake"].as_f64(), Some(12_000.0), "thirty tables at four hundred");
        assert!(
            text(&hit, "/on") > shop.day(2).as_str() && text(&hit, "/on") < text(&hit, "/late/0/comes_on"),
            "{hit:#}"
        );
        assert_eq!(shop.plan(), real, "only asked");
        // A quote that holds its tables is not counted twice.
        shop.run("SalesOrder", "quote", large, json!({}));
        shop.run("SalesOrder", "reserve", large, json!({}));
        assert_eq!(rush(large)["on"], hit["on"]);
        // Who has confirmed is no question any more.
        shop.run("SalesOrder", "confirm", large, json!({}));
        assert_eq!(rush(large)["late"], json!([]));
    });
}

#[test]
fn what_is_bought_stands_by_supplier_and_month() {
    on_both(|shop| {
        let w = Workshop::open(shop);
        shop.sell("Ana d.o.o.", w.table, 4, 10);
        shop.sell("Bor d.o.o.", w.table, 2, 75);
        let plan = || shop.ask("Product", "purchases", None, json!({"months": 4}));
        let amounts = |answer: &Json, supplier: &str, kind: &str| -> Vec<f64> {
            let row = rows(answer).into_iter().find(|r| r["supplier"] == supplier).unwrap_or(Json::Null);
            let cells = row["cells"].as_array().cloned().unwrap_or_default();
            cells.iter().map(|c| c[kind].as_f64().unwrap_or(0.0)).collect()
        };
        let before = plan();
        assert_eq!(before["months"], json!(["2026-03", "2026-04", "2026-05", "2026-06"]));
        // Twelve boards in March, six in May, at twelve; eight screws a table at ten cents.
        assert_eq!(amounts(&before, "Timber d.o.o.", "planned_amount"), [144.0, 0.0, 72.0, 0.0]);
        assert_eq!(amounts(&before, "Screws d.o.o.", "planned_amount"), [3.2, 0.0, 1.6, 0.0]);
        assert_eq!(text(&before, "/value/0/supplier"), "Timber d.o.o.", "the dearest first");
        let boards = &before["value"][0]["products"][0];
        assert_eq!((text(boards, "/code"), boards["total"].as_f64()), ("board", Some(216.0)));
        // What is agreed to is ordered, and planned no more.
        let due = rows(&shop.plan()).into_iter().filter(|r| text(r, "/due_on") < "2026-04");
        shop.accept(&json!({"value": due.collect::<Vec<_>>()}));
        let after = plan();
        assert_eq!(amounts(&after, "Timber d.o.o.", "ordered_amount"), [144.0, 0.0, 0.0, 0.0]);
        assert_eq!(amounts(&after, "Timber d.o.o.", "planned_amount"), [0.0, 0.0, 72.0, 0.0]);
    });
}
