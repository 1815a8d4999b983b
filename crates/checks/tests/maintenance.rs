//! Stories of upkeep: due by the calendar or by the hours that a machine runs, counted on by the plan, done with spare
//! parts out of stock.

use checks::{Shop, Workshop, on_both, rows, text};
use serde_json::{Value as Json, json};

/// A saw that ran so many hours today, an hour a day over four weeks, with a blade that three days' lead time bring.
struct Saw {
    w: Workshop,
    blade: i64,
}

impl Saw {
    fn that_ran(shop: &Shop, hours: i64) -> Self {
        let w = Workshop::open(shop);
        shop.stock(w.screw, 101, "0.10");
        let jig = shop.product("jig", "0", "0");
        let cut = json!([{"name": "Cut", "work_center_id": w.saw, "run_minutes": 1}]);
        let parts = json!([{"product_id": w.screw, "quantity": 1}]);
        shop.create("Bill", json!({"product_id": jig, "components": parts, "operations": cut}));
        let order =
            shop.create("WorkOrder", json!({"product_id": jig, "quantity": 1, "due_on": shop.day(1)}));
        shop.run("WorkOrder", "release", order, json!({}));
        let record = shop.record("WorkOrder", order);
        let operation = record.pointer("/operations/0/id").and_then(Json::as_i64);
        let said = json!({"operation_id": operation, "good": 1, "minutes": hours * 60});
        shop.run("WorkOrder", "report", order, said);
        shop.run("WorkOrder", "complete", order, json!({}));
        shop.run("WorkOrder", "close", order, json!({}));
        let blade = shop.product("blade", "0", "25.00");
        let tools = shop.supplier("Tools d.o.o.");
        shop.offer(tools, blade, "25.00", 3);
        Self { w, blade }
    }

    fn plan(&self, shop: &Shop, more: &Json) -> i64 {
        let mut body = json!({"name": "New blade", "work_center_id": self.w.saw, "minutes": 1440,
            "last_done_on": shop.day(-1), "parts": [{"product_id": self.blade, "quantity": 2}]});
        if let (Some(body), Some(more)) = (body.as_object_mut(), more.as_object()) {
            body.extend(more.clone());
        }
        shop.create("Maintenance", body)
    }
}

fn due(shop: &Shop) -> Vec<Json> {
    rows(&shop.ask("Maintenance", "due", None, json!({})))
}

/// Where the promise stands, and whether it says that the saw does.
fn promise(shop: &Shop, w: &Workshop) -> (String, bool) {
    let said = shop.ask("Product", "promise", None, json!({"product_id": w.table, "quantity": 1}));
    let because = said["because"].as_array().cloned().unwrap_or_default();
    let stands = because.iter().any(|b| text(b, "/kind") == "down" && text(b, "/name") == "saw");
    (text(&said, "/on").to_owned(), stands)
}

#[test]
fn what_is_due_by_the_meter_moves_the_promise_and_buys_its_parts() {
    on_both(|shop| {
        let saw = Saw::that_ran(shop, 28);
        let (free, stands) = promise(shop, &saw.w);
        assert!(!stands, "the saw runs");
        assert_eq!(shop.proposed(), Vec::<String>::new());

        let plan = saw.plan(shop, &json!({"every_hours": 33}));
        assert_eq!(shop.field("Maintenance", plan, "hours_since"), "28.0");
        let one = due(shop).remove(0);
        assert_eq!((text(&one, "/due_on"), text(&one, "/by")), (shop.day(5).as_str(), "meter"), "{one:#}");
        assert_eq!((one["hours_a_day"].as_f64(), one["parts"][0]["free"].as_f64()), (Some(1.0), Some(0.0)));

        // The fifth day is a Saturday: it stands from Monday on for 24 open hours, three days of one shift.
        let (later, stands) = promise(shop, &saw.w);
        assert!(stands, "the promise says that the saw stands");
        assert_eq!((free.as_str(), later.as_str()), ("2026-03-10", "2026-03-13"));
        let board = shop.ask("Product", "board", None, json!({"work_center_id": saw.w.saw}));
        let down = &board["resources"][0]["down"][0];
        assert_eq!(text(down, "/document/entity"), "Maintenance", "{board:#}");
        assert_eq!(down["document"]["id"], plan);

        // Blades are bought in time, for nobody.
        assert_eq!(shop.proposed(), ["buy blade 2"]);
        let buy = rows(&shop.plan()).remove(0);
        assert_eq!((text(&buy, "/due_on"), text(&buy, "/start_on")), ("2026-03-09", "2026-03-06"));
        assert_eq!(buy["orders"], json!([]));
        shop.accept(&shop.plan());
        assert_eq!(shop.proposed(), Vec::<String>::new(), "they are on order");

        // Somebody plans it for the days before: the saw is free when the boards are there.
        let stop = json!({"work_center_id": saw.w.saw, "kind": "maintenance", "reason": "Blade",
            "starts_at": "2026-03-04T06:00:00Z", "ends_at": "2026-03-06T14:00:00Z"});
        shop.create("Downtime", stop);
        assert_eq!(promise(shop, &saw.w), (free, false));
        shop.holds();
    });
}

#[test]
fn what_is_done_takes_its_parts_and_counts_anew() {
    on_both(|shop| {
        let saw = Saw::that_ran(shop, 28);
        let plan = saw.plan(shop, &json!({"every_days": 7, "every_hours": 100}));
        let one = due(shop).remove(0);
        assert_eq!((text(&one, "/due_on"), text(&one, "/by")), (shop.day(6).as_str(), "calendar"));
        assert_eq!(shop.field("Maintenance", plan, "due_on"), shop.day(6));
        shop.wait(8);
        assert_eq!(due(shop)[0]["overdue_days"], 2);
        shop.refuses("Maintenance", "done", plan, json!({}), "stock.not_enough");
        shop.stock(saw.blade, 5, "25.00");
        shop.refuses("Maintenance", "done", plan, json!({"on": shop.day(1)}), "equipment.done_in_future");
        shop.refuses("Maintenance", "done", plan, json!({"on": shop.day(-10)}), "equipment.done_since");
        shop.refuses("Maintenance", "done", plan, json!({"minutes": 0}), "equipment.duration");

        let done = shop.run("Maintenance", "done", plan, json!({"minutes": 90})).result;
        shop.books("spare_parts 50.00");
        let value = shop.ids(&format!("SELECT value FROM product_stock WHERE product_id = {}", saw.blade));
        assert_eq!(value, [7_500], "three are left");
        assert_eq!(shop.field("Maintenance", plan, "last_done_on"), shop.today().to_string());
        assert_eq!(shop.field("Maintenance", plan, "hours_since"), "0.0");
        let id = |name: &str| done[name].as_i64().unwrap_or_else(|| panic!("{name} in {done}"));
        let record = shop.record("MaintenanceRecord", id("maintenance_record_id"));
        assert_eq!(
            (record["cost"].as_f64(), record["hours"].as_f64()),
            (Some(50.0), Some(28.0)),
            "{record:#}"
        );
        let stood = shop.record("Downtime", id("downtime_id"));
        assert_eq!(text(&stood, "/starts_at"), "2026-03-10T06:30:00Z");
        assert_eq!(
            (text(&stood, "/ends_at"), text(&stood, "/kind")),
            ("2026-03-10T08:00:00Z", "maintenance")
        );
        assert_eq!(text(&due(shop)[0], "/due_on"), shop.day(7));
        shop.refuses("Maintenance", "done", plan, json!({}), "equipment.done_since");
        shop.refuses("Downtime", "delete", id("downtime_id"), json!({}), "kernel.in_use");
        shop.holds();

        // The next time, what was planned for the day is what was done, and one blade was enough.
        shop.wait(3);
        let planned = json!({"work_center_id": saw.w.saw, "kind": "maintenance", "reason": "Blade",
            "starts_at": "2026-03-13T06:00:00Z", "ends_at": "2026-03-13T14:00:00Z"});
        let planned = shop.create("Downtime", planned);
        let one = json!({"minutes": 60, "parts": [{"product_id": saw.blade, "quantity": 1}]});
        let done = shop.run("Maintenance", "done", plan, one).result;
        assert_eq!(done["downtime_id"], planned);
        assert_eq!(text(&shop.record("Downtime", planned), "/ends_at"), "2026-03-13T07:00:00Z");
        shop.books("spare_parts 75.00");
        // Nothing was used at all.
        shop.wait(3);
        let none = json!({"parts": [{"product_id": saw.blade, "quantity": 0}]});
        let done = shop.run("Maintenance", "done", plan, none).result;
        assert_eq!(done["entry_id"], Json::Null);
        shop.books("spare_parts 75.00");
    });
}

#[test]
fn a_plan_says_how_often_and_how_long() {
    on_both(|shop| {
        let w = Workshop::open(shop);
        let refuses = |more: Json, code: &str, field: &str| {
            let mut body = json!({"name": "Oil", "work_center_id": w.saw, "minutes": 30});
            if let (Some(body), Some(more)) = (body.as_object_mut(), more.as_object()) {
                body.extend(more.clone());
            }
            match shop.try_run("Maintenance", "create", None, &body) {
                Err(kernel::Error::Refused(refusal)) => {
                    assert_eq!((refusal.code, refusal.field.as_deref()), (code, Some(field)));
                }
                other => panic!("{code}: {other:?}"),
            }
        };
        refuses(json!({}), "equipment.no_interval", "every_days");
        refuses(json!({"every_days": 0}), "equipment.interval", "every_days");
        refuses(json!({"every_hours": -1}), "equipment.interval", "every_hours");
        refuses(json!({"every_days": 7, "minutes": 0}), "equipment.duration", "minutes");
        refuses(
            json!({"every_days": 7, "last_done_on": shop.day(1)}),
            "equipment.done_in_future",
            "last_done_on",
        );
        let none = json!({"every_days": 7, "parts": [{"product_id": w.screw, "quantity": 0}]});
        refuses(none, "equipment.part_quantity", "parts/0/quantity");
        let service = shop.product("service", "0", "0");
        shop.run("Product", "update", service, json!({"kind": "service"}));
        let service = json!({"every_days": 7, "parts": [{"product_id": service, "quantity": 1}]});
        refuses(service, "equipment.not_goods", "parts/0/product_id");
        // It counts from the day on which it is entered; what never runs is not worn.
        let oil = json!({"name": "Oil", "work_center_id": w.saw, "minutes": 30, "every_hours": 10});
        shop.create("Maintenance", oil);
        let one = due(shop).remove(0);
        assert_eq!(
            (&one["due_on"], text(&one, "/last_done_on")),
            (&Json::Null, shop.today().to_string().as_str())
        );
    });
}

#[test]
fn a_line_that_is_looked_after_stands_with_all_its_machines() {
    on_both(|shop| {
        let w = Workshop::open(shop);
        shop.stock(w.screw, 100, "0.10");
        let group = |name: &str, parent: Option<i64>| {
            let body = json!({"code": name, "name": name, "calendar_id": w.week, "parent_id": parent});
            shop.create("WorkCenter", body)
        };
        let hall = group("hall", None);
        let line = group("line", Some(hall));
        shop.run("WorkCenter", "update", w.saw, json!({"parent_id": line}));
        let (free, stands) = promise(shop, &w);
        assert!(!stands);
        let overhaul = json!({"name": "Overhaul", "work_center_id": hall, "minutes": 1440, "every_days": 5,
            "last_done_on": shop.day(0)});
        let plan = shop.create("Maintenance", overhaul);
        let down_at_the_saw = || {
            let board = shop.ask("Product", "board", None, json!({"work_center_id": w.saw}));
            board["resources"][0]["down"].as_array().cloned().unwrap_or_default()
        };
        let (later, stands) = promise(shop, &w);
        assert!(stands && later > free, "the saw is in the hall that stands: {free}, {later}");
        let down = down_at_the_saw();
        assert_eq!((down.len(), &down[0]["document"]["id"]), (1, &json!(plan)), "{down:#?}");
        shop.run("Maintenance", "update", plan, json!({"archived": true}));
        assert_eq!((promise(shop, &w).0, down_at_the_saw().len()), (free.clone(), 0));
        // The same of a breakdown, and of what would be if it stood.
        let order = shop.sell("Bor d.o.o.", w.table, 1, 12);
        let hits = |about: &str, id: i64| {
            let asked = json!({"about": about, "id": id, "days": 30});
            let late =
                shop.ask("Product", "hurts", None, asked)["late"].as_array().cloned().unwrap_or_default();
            late.iter().any(|row| row["id"] == json!(order))
        };
        assert!(hits("WorkCenter", hall));
        let body = json!({"work_center_id": line, "kind": "breakdown", "reason": "Power", "starts_at": "2026-03-04T06:00:00Z"});
        let breakdown = shop.create("Downtime", body);
        assert!(promise(shop, &w).0 > free);
        assert_eq!(down_at_the_saw().len(), 1);
        shop.run("Downtime", "end", breakdown, json!({"ends_at": "2026-04-03T06:00:00Z"}));
        assert!(hits("Downtime", breakdown));
    });
}
