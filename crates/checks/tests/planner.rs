//! The planner's story: what an order needs is proposed, accepted, bought and made, and everybody knows when.

use checks::{Workshop, on_both, rows, text};
use serde_json::{Value as Json, json};

#[test]
fn what_an_order_needs_is_proposed_and_accepted() {
    on_both(|shop| {
        let w = Workshop::open(shop);
        shop.stock(w.screw, 10, "0.10");
        shop.sell("Ana d.o.o.", w.table, 4, 30);
        let before = shop.plan();
        assert_eq!(shop.proposed(), ["buy board 12", "buy screw 22", "make table 4", "make top 4"]);
        for row in &rows(&before) {
            assert_eq!(row["at_stake"].as_f64(), Some(1600.0), "each of them is for Ana's order: {row:#}");
            assert_eq!(text(row, "/orders/0/party"), "Ana d.o.o.");
            assert_eq!(row.pointer("/orders/0/late"), Some(&json!(false)));
        }
        assert_eq!(before["late"], json!([]));

        let made = shop.accept(&before);
        assert_eq!(made["purchase_order_ids"].as_array().map(Vec::len), Some(2), "one each supplier: {made}");
        assert_eq!(made["work_order_ids"].as_array().map(Vec::len), Some(2));
        shop.holds();
        let after = shop.plan();
        assert_eq!(shop.proposed(), Vec::<String>::new(), "all of it is on order now: {after:#}");
        // Somebody who still has the old page before them orders nothing of it twice.
        let orders = shop.ids("SELECT COUNT(*) FROM purchase_order")[0]
            + shop.ids("SELECT COUNT(*) FROM work_order")[0];
        for kind in ["buy", "make"] {
            let row = rows(&before).into_iter().find(|r| text(r, "/kind") == kind).unwrap_or_default();
            let line =
                json!({"product_id": row["product_id"], "quantity": row["quantity"], "make": kind == "make"});
            shop.refuses("Product", "accept", 0, json!({"lines": [line]}), "supply.plan_changed");
        }
        let now = shop.ids("SELECT COUNT(*) FROM purchase_order")[0]
            + shop.ids("SELECT COUNT(*) FROM work_order")[0];
        assert_eq!(now, orders);
        // The time that the plan gave the saw is held for the work order.
        let saw = shop.ids(&format!(
            "SELECT id FROM work_order_operation WHERE work_center_id = {} AND starts_at IS NOT NULL",
            w.saw
        ));
        assert_eq!(saw.len(), 1);
    });
}

#[test]
fn a_record_is_the_classic_grid() {
    on_both(|shop| {
        let w = Workshop::open(shop);
        shop.stock(w.board, 5, "12.00");
        shop.sell("Ana d.o.o.", w.table, 4, 30);
        let record = shop.ask("Product", "record", None, json!({"product_id": w.board, "bucket_days": 366}));
        assert_eq!(record["on_hand"].as_f64(), Some(5.0));
        let column = &record["value"][0];
        let figure = |name: &str| column[name].as_f64();
        // Four tops take twelve boards; five are there, seven are planned, none is left.
        assert_eq!(
            (figure("gross"), figure("planned"), figure("on_hand")),
            (Some(12.0), Some(7.0), Some(0.0))
        );
        let supplies = record["supplies"].as_array().cloned().unwrap_or_default();
        let served: Vec<(&str, f64)> = supplies
            .iter()
            .map(|s| {
                (text(s, "/kind"), s.pointer("/orders/0/quantity").and_then(Json::as_f64).unwrap_or(0.0))
            })
            .collect();
        assert_eq!(served, [("on_hand", 5.0), ("planned", 7.0)], "pegged to Ana's order, to the board");
    });
}

#[test]
fn a_promise_is_true_and_says_what_binds() {
    on_both(|shop| {
        let w = Workshop::open(shop);
        shop.stock(w.screw, 100, "0.10");
        let ask = |quantity: i64| {
            shop.ask("Product", "promise", None, json!({"product_id": w.table, "quantity": quantity}))
        };
        let one = ask(1);
        // Boards come on the fifth day; then 45 minutes at the saw and an hour on the bench.
        let fifth = shop.today().plus_days(5).unwrap_or_else(|e| panic!("{e}")).to_string();
        assert!(text(&one, "/on") >= fifth.as_str(), "{one:#}");
        assert_eq!(text(&one, "/because/0/kind"), "lead_time", "{one:#}");
        assert_eq!(text(&one, "/because/0/name"), "board");
        assert!(text(&one, "/sooner/0/on") < text(&one, "/on"));
        // The machine is down when it would be needed.
        let down = |from: i64, to: i64| {
            let at = |days: i64| {
                format!(
                    "{}T00:00:00Z",
                    shop.today().plus_days(days).map(|d| d.to_string()).unwrap_or_default()
                )
            };
            json!({"work_center_id": w.saw, "kind": "maintenance", "starts_at": at(from), "ends_at": at(to), "reason": "Blade"})
        };
        shop.create("Downtime", down(3, 20));
        let later = ask(1);
        assert!(text(&later, "/on") > text(&one, "/on"), "{later:#}");
    });
}

#[test]
fn a_late_supplier_hits_the_right_customers() {
    on_both(|shop| {
        let w = Workshop::open(shop);
        shop.stock(w.screw, 1000, "0.10");
        let ana = shop.sell("Ana d.o.o.", w.table, 4, 12);
        shop.sell("Bor d.o.o.", w.screw, 5, 12);
        let made = shop.accept(&shop.plan());
        let order = made["purchase_order_ids"][0].as_i64().unwrap_or_else(|| panic!("{made}"));
        assert_eq!(shop.plan()["late"], json!([]));
        let week_later = shop.today().plus_days(19).map(|d| d.to_string()).unwrap_or_default();
        shop.run("PurchaseOrder", "reschedule", order, json!({"expected_on": week_later}));
        let hit = shop.plan();
        let kinds: Vec<String> =
            rows(&hit).iter().map(|r| format!("{} {}", text(r, "/kind"), text(r, "/code"))).collect();
        assert!(kinds.contains(&"expedite board".to_owned()), "{hit:#}");
        let expedite = rows(&hit).into_iter().find(|r| text(r, "/kind") == "expedite").unwrap_or_default();
        assert_eq!(
            expedite.pointer("/orders/0/id"),
            Some(&json!(ana)),
            "Ana's order hangs on it, Bor's does not"
        );
        assert_eq!(expedite["orders"].as_array().map(Vec::len), Some(1));
        let past = shop.today().plus_days(-1).map(|d| d.to_string()).unwrap_or_default();
        shop.refuses(
            "PurchaseOrder",
            "reschedule",
            order,
            json!({"expected_on": past}),
            "purchasing.in_the_past",
        );
    });
}

#[test]
fn the_highest_revision_of_a_bill_is_planned() {
    on_both(|shop| {
        let w = Workshop::open(shop);
        let first = shop.ids(&format!("SELECT id FROM bill WHERE product_id = {}", w.top))[0];
        let thrifty = json!({"product_id": w.top, "revision": 2, "components": [{"product_id": w.board, "quantity": 2}]});
        shop.create("Bill", thrifty);
        // However often the older one is edited.
        shop.run("Bill", "update", first, json!({"valid_from": "2020-01-01"}));
        shop.sell("Ana d.o.o.", w.table, 4, 30);
        assert!(shop.proposed().contains(&"buy board 8".to_owned()), "two boards each, not three");
    });
}

/// A machine alone makes nothing: somebody who can work at it must be there.
#[test]
fn who_is_away_makes_nothing() {
    on_both(|shop| {
        let w = Workshop::open(shop);
        let alone = shop.promise(w.table, 1);
        let skill = shop.create("Skill", json!({"code": "saw", "name": "Sawing"}));
        shop.run("WorkCenter", "update", w.saw, json!({"skill_id": skill}));
        assert_eq!(shop.promise(w.table, 1), alone, "where nobody is known, nobody is asked for");
        let person = shop.create("Party", json!({"name": "Ana Novak", "kind": "person"}));
        let ana = shop.create(
            "Employee",
            json!({"party_id": person, "calendar_id": w.week, "skills": [{"skill_id": skill}]}),
        );
        assert_eq!(shop.promise(w.table, 1), alone, "she works when the saw does");
        let back = shop.today().plus_days(40).map(|d| d.to_string()).unwrap_or_default();
        let today = shop.today().to_string();
        shop.create("Absence", json!({"employee_id": ana, "kind": "leave", "from_on": today, "to_on": back}));
        assert!(shop.promise(w.table, 1) > back, "{} is before {back}", shop.promise(w.table, 1));
    });
}

/// Somebody who is ill, or goods that nobody has looked at yet, say at once which customer they hit.
#[test]
fn who_is_away_and_what_is_on_hold_says_whom_it_hits() {
    on_both(|shop| {
        let w = Workshop::open(shop);
        shop.stock(w.screw, 100, "0.10");
        let skill = shop.create("Skill", json!({"code": "saw", "name": "Sawing"}));
        shop.run("WorkCenter", "update", w.saw, json!({"skill_id": skill}));
        let person = shop.create("Party", json!({"name": "Ana Novak", "kind": "person"}));
        let employee = json!({"party_id": person, "calendar_id": w.week, "skills": [{"skill_id": skill}]});
        let ana = shop.create("Employee", employee);
        let order = shop.sell("Bor d.o.o.", w.table, 1, 12);
        let hits = |about: &str, id: i64, days: i64| {
            let asked = json!({"about": about, "id": id, "days": days});
            shop.ask("Product", "hurts", None, asked)["late"].as_array().is_some_and(|late| {
                late.iter().any(|row| row["id"] == json!(order) && row["party"] == json!("Bor d.o.o."))
            })
        };
        assert!(!hits("Employee", ana, 1), "a day is no matter");
        assert!(hits("Employee", ana, 30));
        let absence =
            json!({"employee_id": ana, "kind": "sick", "from_on": shop.day(0), "to_on": shop.day(30)});
        let absence = shop.create("Absence", absence);
        assert!(hits("Absence", absence, 0), "recorded, it says so by itself");
        shop.run("Absence", "delete", absence, json!({}));

        // Boards have come for an order that is due before others could; they are on hold.
        let timber =
            shop.ids(&format!("SELECT supplier_id FROM supplier_price WHERE product_id = {}", w.board))[0];
        let lines = json!([{"product_id": w.board, "quantity": 3}]);
        let purchase = shop.create("PurchaseOrder", json!({"supplier_id": timber, "lines": lines}));
        shop.run("PurchaseOrder", "confirm", purchase, json!({}));
        shop.run("PurchaseOrder", "receive", purchase, json!({"blocked": true}));
        let inspection = shop.ids("SELECT id FROM inspection")[0];
        assert!(!hits("Inspection", inspection, 0), "others come in time for Bor");
        let order = shop.sell("Cene d.o.o.", w.table, 1, 4);
        let held = shop.ask("Product", "hurts", None, json!({"about": "Inspection", "id": inspection}));
        assert_eq!(
            (&held["late"][0]["id"], &held["late"][0]["party"]),
            (&json!(order), &json!("Cene d.o.o.")),
            "{held:#}"
        );
        shop.run("Inspection", "pass", inspection, json!({}));
        let free = shop.ask("Product", "hurts", None, json!({"about": "Inspection", "id": inspection}));
        assert_eq!(free["late"], json!([]), "nothing of it is on hold any more");
        shop.holds();
    });
}

/// What lies there is used up in the other's place, and the rest is bought.
#[test]
fn a_substitute_is_used_up_before_boards_are_bought() {
    on_both(|shop| {
        let w = Workshop::open(shop);
        let plank = shop.product("plank", "0", "15.00");
        shop.stock(plank, 4, "15.00");
        let bill = shop.ids(&format!("SELECT id FROM bill WHERE product_id = {}", w.top));
        let substitute = json!([{"product_id": w.board, "substitute_id": plank, "ratio": 2, "priority": 1}]);
        shop.run("Bill", "update", bill[0], json!({"substitutes": substitute}));
        shop.sell("Ana d.o.o.", w.table, 4, 30);
        // Four planks do for two of the twelve boards.
        assert_eq!(shop.proposed(), ["buy board 10", "buy screw 32", "make table 4", "make top 4"]);
    });
}

/// Whoever makes something for the shelf agrees to what that takes, and not to what customers wait for.
#[test]
fn what_a_work_order_takes_is_proposed_by_itself() {
    on_both(|shop| {
        let w = Workshop::open(shop);
        shop.stock(w.screw, 100, "0.10");
        shop.sell("Ana d.o.o.", w.table, 4, 30);
        let tops = |work_order: Option<i64>| {
            let plan = shop.ask("Product", "plan", None, json!({"days": 400, "work_order_id": work_order}));
            let made =
                rows(&plan).into_iter().filter(|r| text(r, "/kind") == "make" && text(r, "/code") == "top");
            made.map(|r| r["quantity"].as_f64().unwrap_or(0.0)).collect::<Vec<_>>()
        };
        let body = json!({"product_id": w.table, "quantity": 3, "due_on": shop.day(20)});
        let order = shop.create("WorkOrder", body);
        shop.run("WorkOrder", "firm", order, json!({}));
        // The three are Ana's, as somebody has to make hers: one more is made for her, out of a top of its own.
        assert_eq!((tops(None), tops(Some(order))), (vec![3.0, 1.0], vec![3.0]));
        let other = shop.create("WorkOrder", json!({"product_id": w.top, "quantity": 2}));
        shop.run("WorkOrder", "firm", other, json!({}));
        let boards = |work_order: i64| {
            let plan = shop.ask("Product", "plan", None, json!({"days": 400, "work_order_id": work_order}));
            rows(&plan).iter().map(|r| format!("{} {}", text(r, "/code"), r["quantity"])).collect::<Vec<_>>()
        };
        assert_eq!(boards(other), ["board 6.0"]);
    });
}

/// A licence that runs out in ten days is good for ten days.
#[test]
fn a_skill_counts_until_it_ends() {
    on_both(|shop| {
        let w = Workshop::open(shop);
        let (alone, many) = (shop.promise(w.table, 1), shop.promise(w.table, 140));
        assert!(many < shop.day(40));
        let skill = shop.create("Skill", json!({"code": "saw", "name": "Sawing"}));
        shop.run("WorkCenter", "update", w.saw, json!({"skill_id": skill}));
        let person = |name: &str, until: Option<String>| {
            let party = shop.create("Party", json!({"name": name, "kind": "person"}));
            let skills = json!([{"skill_id": skill, "valid_until": until}]);
            shop.create("Employee", json!({"party_id": party, "calendar_id": w.week, "skills": skills}))
        };
        let ana = person("Ana Novak", None);
        let away =
            json!({"employee_id": ana, "kind": "leave", "from_on": shop.day(0), "to_on": shop.day(40)});
        shop.create("Absence", away);
        assert!(shop.promise(w.table, 1) > shop.day(40), "only Ana can, and she is away");
        let bor = person("Bor Kos", Some(shop.day(10)));
        assert_eq!(shop.promise(w.table, 1), alone, "Bor can for ten days, and it takes less");
        assert!(
            shop.promise(w.table, 140) > shop.day(40),
            "for so many it takes more: the rest waits for Ana"
        );
        shop.run(
            "Employee",
            "update",
            bor,
            json!({"skills": [{"skill_id": skill, "valid_until": shop.day(2)}]}),
        );
        assert!(shop.promise(w.table, 1) > shop.day(40), "boards come after five days");
    });
}

/// What is on order says when it comes too early, when it is too much, and when nobody waits for it any more.
#[test]
fn what_is_ordered_too_early_too_much_or_for_nobody_says_so() {
    on_both(|shop| {
        let w = Workshop::open(shop);
        let order = shop.sell("Bor d.o.o.", w.screw, 10, 30);
        let made = shop.accept(&shop.plan());
        let purchase = made["purchase_order_ids"][0].as_i64().unwrap_or_else(|| panic!("{made}"));
        let said = || {
            let told = rows(&shop.plan()).into_iter().map(|row| {
                assert_eq!(row.pointer("/document/id"), Some(&json!(purchase)), "{row:#}");
                format!("{} {} {}", text(&row, "/kind"), row["by"], row["to"])
            });
            told.collect::<Vec<_>>()
        };
        assert_eq!(said(), Vec::<String>::new(), "it comes when it is wanted");
        shop.run("PurchaseOrder", "reschedule", purchase, json!({"expected_on": shop.day(5)}));
        assert_eq!(said(), [format!("defer null \"{}\"", shop.day(30))]);
        let line = shop.line("SalesOrder", order, 0);
        shop.run("SalesOrder", "amend", order, json!({"lines": [{"line_id": line, "quantity": 6}]}));
        assert_eq!(said(), [format!("defer null \"{}\"", shop.day(30)), "decrease 4.0 null".to_owned()]);
        shop.run("SalesOrder", "cancel", order, json!({}));
        assert_eq!(said(), ["cancel null null"]);
        shop.run("PurchaseOrder", "cancel", purchase, json!({}));
        assert_eq!(said(), Vec::<String>::new());
        shop.holds();
    });
}

/// What is being made comes a day late, what it is made of three weeks later: it is waited for, and nothing new is proposed.
#[test]
fn what_comes_a_little_late_is_sooner_than_anything_new() {
    on_both(|shop| {
        Workshop::open(shop);
        let (shelf, oak) = (shop.product("shelf", "90.00", "0"), shop.product("oak", "0", "20.00"));
        shop.create("Bill", json!({"product_id": shelf, "components": [{"product_id": oak, "quantity": 1}]}));
        shop.offer(shop.supplier("Oak d.o.o."), oak, "20.00", 20);
        shop.stock(oak, 10, "20.00");
        let work =
            shop.create("WorkOrder", json!({"product_id": shelf, "quantity": 10, "due_on": shop.day(4)}));
        for step in ["firm", "release", "issue"] {
            shop.run("WorkOrder", step, work, json!({}));
        }
        assert_eq!((shop.promise(shelf, 10), shop.promise(shelf, 11)), (shop.day(4), shop.day(20)));
        let ana = shop.sell("Ana d.o.o.", shelf, 10, 3);
        let plan = shop.plan();
        let (late, told) = (&plan["late"][0], rows(&plan));
        assert_eq!((text(late, "/comes_on"), text(late, "/because/0/kind")), (&*shop.day(4), "material"));
        assert_eq!(late["because"][0]["document"]["id"], json!(work), "{plan:#}");
        assert_eq!(shop.proposed(), ["expedite shelf 10"], "nothing new");
        assert_eq!((&told[0]["document"]["id"], text(&told[0], "/to")), (&json!(work), &*shop.day(3)));
        assert_eq!(told[0]["orders"][0]["id"], json!(ana), "{plan:#}");
        // For one more the receipt does not do: that is new, and so is its oak.
        shop.sell("Bor d.o.o.", shelf, 1, 3);
        assert_eq!(shop.proposed(), ["buy oak 1", "expedite shelf 10", "make shelf 1"]);
        shop.stock(oak, 9, "20.00");
        // Oak for all that Bor wants, and not for Ana's: his is made at once.
        assert_eq!(shop.proposed(), ["expedite shelf 10", "make shelf 1"]);
        assert_eq!(shop.plan()["late"].as_array().map(Vec::len), Some(1), "{:#}", shop.plan());
    });
}

/// What is wanted a day after a delivery could come with it; what is wanted weeks later could not.
#[test]
fn what_is_wanted_soon_after_a_delivery_could_come_with_it() {
    on_both(|shop| {
        let w = Workshop::open(shop);
        shop.sell("Bor d.o.o.", w.screw, 10, 30);
        let made = shop.accept(&shop.plan());
        let purchase = made["purchase_order_ids"][0].as_i64().unwrap_or_else(|| panic!("{made}"));
        let more = || {
            let increase = rows(&shop.plan()).into_iter().filter(|row| text(row, "/kind") == "increase");
            let told = increase.map(|row| {
                assert_eq!(row.pointer("/document/id"), Some(&json!(purchase)), "{row:#}");
                assert_eq!(row["orders"].as_array().map(Vec::len), Some(2), "both customers: {row:#}");
                row["by"].to_string()
            });
            told.collect::<Vec<_>>()
        };
        assert_eq!(more(), Vec::<String>::new());
        shop.sell("Ana d.o.o.", w.screw, 7, 50);
        assert_eq!(more(), Vec::<String>::new(), "three weeks later is another delivery");
        shop.sell("Cilka d.o.o.", w.screw, 4, 31);
        assert_eq!(more(), ["4.0"]);
        assert!(shop.proposed().contains(&"buy screw 4".to_owned()), "or it is bought by itself");
    });
}

/// What was accepted by mistake is taken back by one key: all of it, or nothing of it when one order has gone on.
#[test]
fn accepted_proposals_are_taken_back_together() {
    on_both(|shop| {
        let w = Workshop::open(shop);
        shop.sell("Ana d.o.o.", w.table, 4, 30);
        let before = shop.proposed();
        let accept = || {
            let lines: Vec<Json> = rows(&shop.plan())
                .iter()
                .map(|r| json!({"product_id": r["product_id"], "quantity": r["quantity"], "make": text(r, "/kind") == "make",
                    "start_on": r["start_on"], "due_on": r["due_on"]}))
                .collect();
            let reply = shop.try_run("Product", "accept", None, &json!({"lines": lines}));
            let reply = reply.unwrap_or_else(|e| panic!("{e}"));
            let token: i64 = reply.undo.as_deref().and_then(|t| t.parse().ok()).unwrap_or_default();
            (reply.result, token)
        };
        let (_, token) = accept();
        assert_eq!(shop.proposed(), Vec::<String>::new());
        shop.kernel.undo(&shop.actor, token).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(shop.proposed(), before);
        shop.holds();
        let (made, token) = accept();
        let purchase = made["purchase_order_ids"][0].as_i64().unwrap_or_default();
        shop.run("PurchaseOrder", "receive", purchase, json!({}));
        assert!(shop.kernel.undo(&shop.actor, token).is_err(), "goods of it have come");
        let open = shop.ids("SELECT COUNT(*) FROM work_order WHERE state = 'firm'");
        assert_eq!(open, [2], "nothing of it is taken back");
        shop.holds();
    });
}

/// A calendar that has lost its shifts stops what goes by it, and nobody else.
#[test]
fn a_calendar_without_shifts_stops_its_own_work_alone() {
    on_both(|shop| {
        let w = Workshop::open(shop);
        shop.stock(w.screw, 100, "0.10");
        let stool = shop.product("stool", "90.00", "0");
        let sit = json!({"name": "Mount", "work_center_id": w.bench, "run_minutes": 60});
        shop.create("Bill", json!({"product_id": stool, "components": [{"product_id": w.screw, "quantity": 4}], "operations": [sit]}));
        shop.sell("Ana d.o.o.", w.table, 4, 30);
        shop.sell("Bor d.o.o.", stool, 2, 30);
        assert_eq!(shop.plan()["late"], json!([]));
        let stools = shop.promise(stool, 1);
        // The saw goes by another calendar, of which nobody has said yet when there is work.
        let night = shop.create("WorkCalendar", json!({"code": "NIGHT", "name": "Night shift"}));
        shop.run("WorkCenter", "update", w.saw, json!({"calendar_id": night}));
        let plan = shop.plan();
        let late = plan["late"].as_array().cloned().unwrap_or_default();
        assert_eq!(late.len(), 1, "{plan:#}");
        assert_eq!((text(&late[0], "/party"), &late[0]["never"]), ("Ana d.o.o.", &json!(true)));
        let because = (text(&late[0], "/because/0/kind"), text(&late[0], "/because/0/name"));
        assert_eq!(because, ("no_shifts", "NIGHT"), "{late:#?}");
        assert!(shop.proposed().contains(&"make stool 2".to_owned()), "{plan:#}");
        assert_eq!(shop.promise(stool, 1), stools);
        // No date is promised for what it would make, and why is said.
        let table = shop.ask("Product", "promise", None, json!({"product_id": w.table, "quantity": 1}));
        assert_eq!((&table["on"], text(&table, "/because/0/name")), (&Json::Null, "NIGHT"), "{table:#}");
        // Load and board show that it is closed; the rough cut, that what is wanted does not fit.
        let of_saw = |answer: &Json, list: &str| {
            let all = answer[list].as_array().cloned().unwrap_or_default();
            all.into_iter().find(|r| r["work_center_id"] == json!(w.saw)).unwrap_or_default()
        };
        let load = of_saw(&shop.ask("Product", "load", None, json!({"count": 3})), "value");
        let sum = |what: &str| -> f64 {
            load["buckets"].as_array().into_iter().flatten().filter_map(|b| b[what].as_f64()).sum()
        };
        assert_eq!([sum("capacity"), sum("down"), sum("planned")], [0.0, 0.0, 0.0]);
        let board = shop.ask("Product", "board", None, json!({"days": 7}));
        let closed = of_saw(&board, "resources")["closed"].clone();
        assert_eq!(closed, json!([[board["from"], board["to"]]]));
        // With shifts it is as it was.
        let week = json!([{"weekday": "monday", "starts_at": "06:00", "ends_at": "14:00"}]);
        shop.run("WorkCalendar", "update", night, json!({"shifts": week}));
        assert_eq!(shop.plan()["late"], json!([]), "Mondays are enough");
        shop.holds();
    });
}
