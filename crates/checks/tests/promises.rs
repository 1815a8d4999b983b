//! A promise is kept: what the order desk shows while lines are typed is what the confirmed order says, and what the
//! plan says of it.

use checks::{Shop, Workshop, on_both, rows, text};
use serde_json::json;

/// What the desk shows for lines that are typed one below the other.
fn shown(shop: &Shop, lines: &[(i64, i64, Option<i64>)]) -> Vec<String> {
    let said = |(product, quantity, in_days): &(i64, i64, Option<i64>)| {
        format!("{product}~{quantity}~{}", in_days.map(|days| shop.day(days)).unwrap_or_default())
    };
    let lines = lines.iter().map(said).collect::<Vec<_>>().join("!");
    let answer = shop.ask("Product", "promises", None, json!({"lines": lines}));
    rows(&answer).iter().map(|row| text(row, "/on").to_owned()).collect()
}

/// When the plan brings an order's lines of a product.
fn planned(shop: &Shop, product: i64, order: i64) -> Vec<String> {
    let record = shop.ask("Product", "record", None, json!({"product_id": product}));
    let supplies = record["supplies"].as_array().cloned().unwrap_or_default();
    let mut days: Vec<(i64, String)> = supplies
        .iter()
        .flat_map(|s| s["orders"].as_array().cloned().unwrap_or_default())
        .filter(|o| o["id"] == json!(order))
        .map(|o| (o["line_id"].as_i64().unwrap_or_default(), text(&o, "/comes_on").to_owned()))
        .collect();
    days.sort();
    days.dedup();
    days.into_iter().map(|(_, day)| day).collect()
}

#[test]
fn the_confirmed_order_says_what_was_shown_and_the_plan_says_the_same() {
    on_both(|shop| {
        let w = Workshop::open(shop);
        shop.stock(w.screw, 1000, "0.10");
        let desk = shown(shop, &[(w.table, 2, None)]);
        assert!(desk[0] > shop.day(5), "boards take five days: {desk:?}");
        let ana = shop.draft_order("Ana d.o.o.", w.table, 2, None);
        assert_eq!(shop.field("SalesOrder", ana, "promised_on"), "", "a draft promises nothing yet");
        shop.run("SalesOrder", "quote", ana, json!({}));
        assert_eq!(shop.field("SalesOrder", ana, "promised_on"), desk[0], "the quote says it");
        let reply = shop.run("SalesOrder", "confirm", ana, json!({}));
        assert_eq!(reply.result["promised_on"], json!(desk[0]));
        assert!(reply.effects.iter().all(|e| !e.contains('?')), "{:?}", reply.effects);
        let record = shop.record("SalesOrder", ana);
        assert_eq!(
            (text(&record, "/promised_on"), text(&record, "/lines/0/promised_on")),
            (&*desk[0], &*desk[0])
        );
        assert_eq!(planned(shop, w.table, ana), desk);
        // The next customer waits behind Ana, and is told so.
        let next = shown(shop, &[(w.table, 40, None)]);
        assert!(next[0] > desk[0], "{next:?}");
        let bor = shop.draft_order("Bor d.o.o.", w.table, 40, None);
        shop.run("SalesOrder", "confirm", bor, json!({}));
        assert_eq!(shop.field("SalesOrder", bor, "promised_on"), next[0]);
        assert_eq!((planned(shop, w.table, ana), planned(shop, w.table, bor)), (desk, next));
        assert_eq!(shop.plan()["late"], json!([]));
    });
}

#[test]
fn lines_of_one_order_do_not_promise_the_same_hours_twice() {
    on_both(|shop| {
        let w = Workshop::open(shop);
        shop.stock(w.screw, 1000, "0.10");
        let desk = shown(shop, &[(w.table, 20, None), (w.table, 20, None)]);
        assert!(desk[1] > desk[0], "twenty hours of the bench for the one, then for the other: {desk:?}");
        let lines = json!([{"product_id": w.table, "quantity": 20}, {"product_id": w.table, "quantity": 20}]);
        let order =
            shop.create("SalesOrder", json!({"customer_id": shop.customer("Ana d.o.o."), "lines": lines}));
        shop.run("SalesOrder", "confirm", order, json!({}));
        let record = shop.record("SalesOrder", order);
        let said = [text(&record, "/lines/0/promised_on"), text(&record, "/lines/1/promised_on")];
        assert_eq!(said, [&*desk[0], &*desk[1]]);
        assert_eq!(text(&record, "/promised_on"), desk[1], "the order is there with its last line");
    });
}

/// A day that is wished for is promised where it can be kept, and what can be kept where it cannot.
#[test]
fn a_wish_is_promised_where_it_can_be_kept() {
    on_both(|shop| {
        let w = Workshop::open(shop);
        shop.stock(w.screw, 1000, "0.10");
        let desk = shown(shop, &[(w.table, 1, Some(60)), (w.table, 1, Some(2))]);
        assert_eq!(desk[0], shop.day(60));
        assert!(desk[1] > shop.day(5));
        let early = shop.sell("Ana d.o.o.", w.table, 1, 2);
        assert_eq!(shop.field("SalesOrder", early, "promised_on"), desk[1]);
        assert_eq!(planned(shop, w.table, early), [desk[1].clone()]);
        let late = shop.plan()["late"].clone();
        assert_eq!(late[0]["id"], json!(early), "she has wished for it sooner: {late:#}");
        assert_eq!(late[0]["promised_on"], json!(desk[1]));
        let easy = shop.sell("Bor d.o.o.", w.table, 1, 60);
        assert_eq!(shop.field("SalesOrder", easy, "promised_on"), desk[0]);
    });
}

/// What is on hand goes as before, and a plan that cannot be made keeps nobody from selling.
#[test]
fn without_a_plan_one_still_sells() {
    on_both(|shop| {
        let w = Workshop::open(shop);
        shop.stock(w.screw, 8, "0.10");
        let there = shop.draft_order("Ana d.o.o.", w.screw, 8, None);
        shop.run("SalesOrder", "confirm", there, json!({}));
        assert_eq!(shop.field("SalesOrder", there, "promised_on"), shop.day(0));
        // Nobody knows when the bench works.
        shop.run("WorkCalendar", "update", w.week, json!({"shifts": []}));
        let order = shop.draft_order("Ana d.o.o.", w.table, 1, None);
        shop.run("SalesOrder", "confirm", order, json!({}));
        assert_eq!(shop.field("SalesOrder", order, "state"), "confirmed");
        assert_eq!(shop.field("SalesOrder", order, "promised_on"), "", "nobody can say");
    });
}

/// However many lines an order has, and however many orders are confirmed at once.
#[test]
fn an_order_of_many_lines_is_promised_as_one_of_few() {
    on_both(|shop| {
        let w = Workshop::open(shop);
        shop.stock(w.screw, 1000, "0.10");
        let lines: Vec<_> = (0..80).map(|_| json!({"product_id": w.table, "quantity": 1})).collect();
        let customer = shop.customer("Ana d.o.o.");
        let order = shop.create("SalesOrder", json!({"customer_id": customer, "lines": lines}));
        assert_eq!(shown(shop, &[(w.table, 1, None); 80]).len(), 80);
        shop.run("SalesOrder", "confirm", order, json!({}));
        assert!(shop.field("SalesOrder", order, "promised_on") > shop.day(5), "boards take five days");
    });
}

/// What could have been made this morning is not promised in the evening.
#[test]
fn the_hours_that_are_over_make_nothing() {
    on_both(|shop| {
        let w = Workshop::open(shop);
        shop.stock(w.screw, 100, "0.10");
        shop.stock(w.board, 100, "12.00");
        assert_eq!(shop.promise(w.table, 1), shop.day(1), "made today, it is there tomorrow");
        shop.wait_hours(12);
        assert_eq!(shop.promise(w.table, 1), shop.day(2), "they have gone home");
        let table = shop.sell("Ana d.o.o.", w.table, 1, 30);
        assert_eq!(shop.field("SalesOrder", table, "promised_on"), shop.day(30));
        let plan = shop.plan();
        assert!(
            rows(&plan).iter().all(|row| text(row, "/start_on") > &*shop.today().to_string()),
            "{plan:#}"
        );
    });
}

/// Who writes a calendar and has not come to its hours, or takes a machine out of use for ever, keeps nobody from planning.
#[test]
fn what_is_half_written_keeps_nobody_from_planning() {
    on_both(|shop| {
        let w = Workshop::open(shop);
        let before = shop.promise(w.table, 1);
        shop.create("WorkCalendar", json!({"code": "NIGHT", "name": "Night shift"}));
        assert_eq!(shop.promise(w.table, 1), before);
        let week = json!({"code": "old", "name": "Old saw", "calendar_id": w.week, "hourly_cost": 20});
        let old = shop.create("WorkCenter", week);
        let gone = json!({"work_center_id": old, "kind": "maintenance", "starts_at": "2020-01-01T00:00:00Z",
            "ends_at": "2099-12-31T00:00:00Z", "reason": "Sold"});
        shop.create("Downtime", gone);
        assert_eq!(shop.promise(w.table, 1), before);
        // A slip of the finger: a hundred thousand million tables.
        let many = shop.create("WorkOrder", json!({"product_id": w.table, "quantity": 99_999_999_999_i64}));
        shop.run("WorkOrder", "firm", many, json!({}));
        assert!(!shop.proposed().is_empty());
        assert!(!rows(&shop.ask("Product", "purchases", None, json!({}))).is_empty());
    });
}

/// Sooner has its price: a dearer supplier, or hours on a machine that is full.
#[test]
fn what_would_be_sooner_says_what_it_costs() {
    on_both(|shop| {
        let w = Workshop::open(shop);
        shop.stock(w.screw, 1000, "0.10");
        let ask = || shop.ask("Product", "promise", None, json!({"product_id": w.table, "quantity": 2}));
        let told = ask();
        assert_eq!(
            (text(&told, "/sooner/0/name"), told.pointer("/sooner/0/cost")),
            ("board", None),
            "{told:#}"
        );
        // Six boards at 14.50 instead of 12.00; who is dearer still, or slower, is not asked.
        for (name, price, days) in
            [("Express d.o.o.", "14.50", 1), ("Taxi d.o.o.", "20.00", 1), ("Slow d.o.o.", "13.00", 9)]
        {
            shop.offer(shop.supplier(name), w.board, price, days);
        }
        let told = ask();
        assert_eq!(text(&told, "/sooner/0/supplier"), "Express d.o.o.", "{told:#}");
        assert_eq!(
            (told["sooner"][0]["cost"].as_f64(), told["sooner"][0]["days"].as_i64()),
            (Some(15.0), Some(1))
        );
        // With boards on the shelf, the saw is full of what others have ordered.
        shop.stock(w.board, 1000, "12.00");
        shop.sell("Ana d.o.o.", w.table, 90, 1);
        let told = ask();
        let saw = told["sooner"].as_array().and_then(|all| all.iter().find(|s| s["name"] == json!("saw")));
        // Half an hour and twice a quarter, at 30.00.
        let figures = saw.map(|s| (s["cost"].as_f64(), s["takes_hours"].as_f64()));
        assert_eq!(figures, Some((Some(30.0), Some(1.0))), "{told:#}");
    });
}
