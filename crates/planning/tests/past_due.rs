//! What should have begun already is past due in a plan with capacity as in one without.
#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test stops at what should not happen")]

use numbers::Rational;
use planning::message::Message;
use planning::model::{DAY, Model};
use planning::net::LotRef;
use planning::plan::{Options, plan};

/// A pump of a shaft that is bought in six days; each pump holds the bench for eight hours, three shifts a day.
fn model(orders: &str) -> Model {
    let text = format!(
        r#"{{"format": "planning-model/1", "start": "2027-01-04",
        "calendars": [{{"id": "c", "week": [[0,0,1440],[1,0,1440],[2,0,1440],[3,0,1440],[4,0,1440],[5,0,1440],[6,0,1440]], "closed": []}}],
        "resources": [{{"id": "bench", "capacity": 1, "calendar": "c"}}],
        "items": [{{"id": "pump", "kind": "make"}}, {{"id": "shaft", "kind": "buy", "lead_time": 6}}],
        "boms": [{{"item": "pump", "components": [{{"item": "shaft", "qty": 1}}]}}],
        "routings": [{{"item": "pump", "operations": [{{"seq": 10, "resource": "bench", "setup": 0, "run": 480}}]}}],
        "supplies": [], "orders": [{orders}]}}"#
    );
    let mut model = planning::format::read(&text).expect("a model");
    model.items[1].methods[0].lead_days = 6;
    model
}

/// The items of planned orders that are past due, and of those that are to be released today.
fn said(model: &Model, finite: bool) -> (Vec<u32>, Vec<u32>) {
    let made = plan(model, &Options { finite, ..Options::default() }).expect("a plan");
    let of = |find: fn(&Message) -> Option<LotRef>| {
        made.messages.iter().filter_map(find).map(|lot| lot.item).collect()
    };
    (
        of(|m| if let Message::PastDue(lot) = m { Some(*lot) } else { None }),
        of(|m| if let Message::Release(lot) = m { Some(*lot) } else { None }),
    )
}

#[test]
fn what_should_have_begun_is_past_due_with_and_without_capacity() {
    // Shafts for the third day should have been ordered four days ago; the pump can still begin on the second.
    let late = model(r#"{"id": "o", "item": "pump", "qty": 1, "priority": 3, "due": "2027-01-07"}"#);
    assert_eq!((said(&late, false), said(&late, true)), ((vec![1], vec![]), (vec![1], vec![])));
    // Due today, the pump itself should have begun yesterday.
    let today = model(r#"{"id": "o", "item": "pump", "qty": 1, "priority": 3, "due": "2027-01-04"}"#);
    let both = |(mut past, release): (Vec<u32>, Vec<u32>)| {
        past.sort_unstable();
        (past, release)
    };
    assert_eq!(both(said(&today, false)), (vec![0, 1], vec![]));
    assert_eq!(both(said(&today, true)), (vec![0, 1], vec![]));
    // In time by a few hours.
    let fits = model(r#"{"id": "o", "item": "pump", "qty": 1, "priority": 3, "due": "2027-01-11"}"#);
    assert_eq!((said(&fits, false).0, said(&fits, true).0), (vec![], vec![]));
}

#[test]
fn what_is_late_for_want_of_capacity_alone_is_not() {
    // Forty pumps take thirteen days of the bench, and may take ten; the shafts lie there.
    let orders: Vec<String> = (0..40)
        .map(|n| format!(r#"{{"id": "o{n}", "item": "pump", "qty": 1, "priority": 3, "due": "2027-01-14"}}"#))
        .collect();
    let mut model = model(&orders.join(","));
    model.items[0].lot.maximum = Some(Rational::ONE);
    model.items[1].on_hand = Rational::from(40);
    let made = plan(&model, &Options::default()).expect("a plan");
    assert!(made.done.iter().any(|done| *done > 10 * DAY), "some are late");
    assert_eq!(said(&model, true).0, Vec::<u32>::new());
    // A safety time that is used up is not past due.
    model.orders.truncate(1);
    model.items[0].safety_days = 12;
    assert_eq!((said(&model, true).0, said(&model, false).0), (vec![], vec![]));
    model.orders[0].due = 0;
    assert_eq!(said(&model, true).0, vec![0]);
}
