//! The master schedule against textbooks, and the load of random plans counted minute by minute.
#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test stops at what should not happen")]

mod random;

use numbers::Rational;
use planning::master::{
    Need, available_to_promise, bill_of_resources, load_profile, master_schedule, projected_available,
    rough_cut,
};
use planning::model::{DAY, Seconds};
use planning::plan::{Options, plan};
use planning::shop::Shop;
use proptest::prelude::*;
use random::{Dice, model};

fn whole(list: &[i64]) -> Vec<Rational> {
    list.iter().map(|n| Rational::from(*n)).collect()
}

/// The pumps of W. J. Stevenson, Operations Management (chapter on aggregate planning and master scheduling): 64 on
/// hand, lots of 70, made when the stock would fall below zero.
#[test]
fn the_pumps_as_published() {
    let forecast = whole(&[30, 30, 30, 30, 40, 40, 40, 40]);
    let orders = whole(&[33, 20, 10, 4, 2, 0, 0, 0]);
    let on_hand = Rational::from(64);
    let made = master_schedule(&on_hand, &forecast, &orders, 0, &Rational::from(70), &Rational::ZERO);
    assert_eq!(made, whole(&[0, 0, 70, 0, 70, 0, 70, 70]));
    let stock = projected_available(&on_hand, &made, &forecast, &orders, 0);
    assert_eq!(stock, whole(&[31, 1, 41, 11, 41, 1, 31, 61]));
    let available = available_to_promise(&on_hand, &made, &orders);
    assert_eq!(available.discrete, whole(&[11, 0, 56, 0, 68, 0, 70, 70]));
    assert_eq!(available.cumulative, whole(&[11, 11, 67, 67, 135, 135, 205, 275]));
    // Before a fence of two periods only what is ordered counts: 64 − 33 − 20.
    assert_eq!(projected_available(&on_hand, &[], &forecast, &orders, 2)[..3], whole(&[31, 11, -19]));
}

/// An order that its receipt does not cover takes what the receipts before it have left.
#[test]
fn nothing_is_promised_twice() {
    let made =
        available_to_promise(&Rational::from(10), &whole(&[0, 20, 0, 20, 20]), &whole(&[5, 5, 0, 30, 25]));
    // By themselves 5, 15, −10, −5: the last takes 5 of 15, the one before it 10.
    assert_eq!(made.discrete, whole(&[5, 0, 0, 0, 0]));
    assert_eq!(made.cumulative, whole(&[5, 5, 5, 5, 5]));
    let oversold = available_to_promise(&Rational::ZERO, &whole(&[10]), &whole(&[4, 0, 9]));
    assert_eq!(oversold.discrete, whole(&[-3, 0, 0]));
}

/// Capacity bills of Vollmann, Berry and Whybark (their products A and B on work centres 100, 200 and 300).
#[test]
fn capacity_bills_as_published() {
    let per = |resource, hundredths| Need {
        resource,
        before: 0,
        per: Rational::new(hundredths, 100).expect("hours"),
    };
    let a = [per(0, 5), per(1, 70), per(2, 20)];
    let b = [per(0, 130), per(1, 55)];
    let (made_a, made_b) = (whole(&[33, 40, 30, 37]), whole(&[17, 13, 25, 27]));
    let cut = rough_cut(&[(&a, &made_a), (&b, &made_b)], 3);
    let hours: Vec<Vec<f64>> =
        cut.load.iter().map(|load| load.iter().map(Rational::to_f64).collect()).collect();
    assert_eq!(hours, [[23.75, 18.9, 34.0, 36.95], [32.45, 35.15, 34.75, 40.75], [6.6, 8.0, 6.0, 7.4]]);
    // Their totals by overall factors, 0.95 and 1.85 hours a piece: 62.80, 62.05, 74.75 and 85.10.
    let totals: Vec<Rational> = (0..4).map(|n| cut.load.iter().map(|load| load[n].clone()).sum()).collect();
    assert_eq!(totals.iter().map(Rational::to_f64).collect::<Vec<_>>(), [62.8, 62.05, 74.75, 85.1]);
    // Work a period before falls a period earlier, and what the first period needed is past.
    let early = [Need { before: 1, ..per(0, 100) }];
    let cut = rough_cut(&[(&early, &made_a)], 1);
    assert_eq!((cut.load, cut.past), (vec![whole(&[40, 30, 37, 0])], whole(&[33])));
}

/// A product of two levels on the neutral format: 10 pieces need 60 + 10 · 30 minutes here, 20 parts 20 · 6 there, a
/// week before, where their lead time of six days has them.
#[test]
fn a_bill_of_resources_by_hand() {
    let text = r#"{"format": "planning-model/1", "start": "2027-01-04",
        "calendars": [{"id": "c", "week": [[0,0,1440],[1,0,1440],[2,0,1440],[3,0,1440],[4,0,1440],[5,0,1440],[6,0,1440]], "closed": []}],
        "resources": [{"id": "assembly", "capacity": 1, "calendar": "c"}, {"id": "lathe", "capacity": 1, "calendar": "c"}],
        "items": [{"id": "pump", "kind": "make"}, {"id": "shaft", "kind": "make"}],
        "boms": [{"item": "pump", "components": [{"item": "shaft", "qty": 2}]}],
        "routings": [{"item": "pump", "operations": [{"seq": 10, "resource": "assembly", "setup": 60, "run": 30}]},
                     {"item": "shaft", "operations": [{"seq": 10, "resource": "lathe", "setup": 0, "run": 6}]}],
        "supplies": [], "orders": []}"#;
    let mut model = planning::format::read(text).expect("a model");
    model.items[1].methods[0].lead_days = 6;
    let shop = Shop::new(&model).expect("a shop");
    let bill = bill_of_resources(&shop, 0, &Rational::from(10), 21 * DAY, 7 * DAY).expect("a bill");
    assert_eq!(
        bill,
        [
            Need { resource: 0, before: 0, per: Rational::from(36 * 60) },
            Need { resource: 1, before: 0, per: Rational::from(12 * 60) },
        ]
    );
    let daily = bill_of_resources(&shop, 0, &Rational::from(10), 21 * DAY, DAY).expect("a bill");
    assert_eq!(daily.iter().map(|need| need.before).collect::<Vec<_>>(), [0, 6]);
    // A hundred take 51 hours, so that their shafts are there two days before, and ready for six days of journey.
    let large = bill_of_resources(&shop, 0, &Rational::from(100), 21 * DAY, DAY).expect("a bill");
    assert_eq!(large.iter().map(|need| need.before).collect::<Vec<_>>(), [0, 8]);
    assert_eq!(large[0].per, Rational::new(51 * 3600, 100).expect("seconds"));
    assert!(bill_of_resources(&shop, 7, &Rational::ONE, 0, DAY).is_err());
    assert!(bill_of_resources(&shop, 0, &Rational::ZERO, 0, DAY).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(30))]

    /// Everything promised, each order still finds its quantity: what is left over of all receipts until a period is
    /// never less than what may be promised for it.
    #[test]
    fn promises_can_be_kept(on_hand in 0i64..50, receipts in prop::collection::vec(0i64..40, 1..10), orders in prop::collection::vec(0i64..30, 1..10)) {
        let found = available_to_promise(&Rational::from(on_hand), &whole(&receipts), &whole(&orders));
        let count = receipts.len().max(orders.len());
        let at = |list: &[i64], n: usize| list.get(n).copied().unwrap_or(0);
        let mut stock = on_hand;
        let stocks: Vec<i64> = (0..count).map(|n| { stock += at(&receipts, n) - at(&orders, n); stock }).collect();
        for n in 0..count {
            // The most that can go out in a period without any later stock falling below zero.
            let most = stocks[n..].iter().min().copied().unwrap_or(0);
            prop_assert!(found.cumulative[n] <= Rational::from(most) || most < 0);
            // It is all of it, where the next receipt comes in the period after.
            if n + 1 == count { prop_assert_eq!(&found.cumulative[n], &Rational::from(stocks[n])); }
        }
        if stocks.iter().all(|stock| *stock >= 0) {
            prop_assert!(found.discrete.iter().all(|left| !left.is_negative()));
        }
    }

    /// Minute by minute: a period's load is the open minutes in which operations hold a unit.
    #[test]
    fn loads_as_counted(seed in any::<u64>(), finite in any::<bool>()) {
        let model = model(&mut Dice(seed));
        let plan = plan(&model, &Options { finite, passes: 4, ..Options::default() }).expect("a plan");
        let shop = Shop::new(&model).expect("a shop");
        let bounds: Vec<Seconds> = vec![0, 7 * DAY, 7 * DAY + 3600 * 9, 20 * DAY];
        let found = load_profile(&shop, &plan, &bounds);
        for (n, resource) in model.resources.iter().enumerate() {
            let open = |second: Seconds| {
                let calendar = &model.calendars[resource.calendar];
                let date = model.start.plus_days(second.div_euclid(DAY)).expect("a date");
                let weekday = usize::try_from(second.div_euclid(DAY).rem_euclid(7)).expect("a weekday");
                let shifts = calendar.exceptions.iter().find(|(d, _)| *d == date).map_or(&calendar.week[weekday], |(_, s)| s);
                let minute = u32::try_from(second.rem_euclid(DAY) / 60).expect("a minute");
                shifts.iter().any(|(from, to)| *from <= minute && minute < *to)
                    && !resource.down.iter().any(|(from, to)| *from <= second && second < *to)
            };
            let held: Vec<(Seconds, Seconds)> = plan.records.iter().flat_map(|r| &r.lots).flat_map(|l| &l.steps)
                .filter(|s| s.resource as usize == n).map(|s| (s.start, s.end)).collect();
            let taken: Vec<(Seconds, Seconds)> = model.taken.iter().filter(|t| t.resource == n).map(|t| (t.from, t.to)).collect();
            for (period, pair) in bounds.windows(2).enumerate() {
                let minutes: Vec<Seconds> = (pair[0]..pair[1]).step_by(60).filter(|s| open(*s)).collect();
                let count = |spans: &[(Seconds, Seconds)]| minutes.iter().map(|m| spans.iter().filter(|(a, b)| a <= m && m < b).count() as i64).sum::<i64>() * 60;
                let load = found[n][period];
                prop_assert_eq!(load.open, minutes.len() as i64 * 60 * i64::from(resource.capacity));
                prop_assert_eq!(load.planned, count(&held), "{} {}", &resource.id, period);
                prop_assert_eq!(load.taken, count(&taken));
            }
        }
    }
}
