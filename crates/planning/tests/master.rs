//! The master schedule against textbooks, and the load of random plans counted minute by minute.
#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test stops at what should not happen")]

mod random;

use numbers::Rational;
use planning::master::{
    Made, Need, Profiles, available_to_promise, load_profile, master_schedule, projected_available,
    rough_cut, standard_lot,
};
use planning::model::{DAY, LotPolicy, LotRule, Seconds};
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
    let per = |resource, hours| Need { resource, before: 0, per: hours };
    let a = [per(0, 0.05), per(1, 0.7), per(2, 0.2)];
    let b = [per(0, 1.3), per(1, 0.55)];
    let (made_a, made_b) = ([33.0, 40.0, 30.0, 37.0], [17.0, 13.0, 25.0, 27.0]);
    let both = schedule(&a, &made_a).chain(schedule(&b, &made_b));
    let cut = rough_cut(both, &[0, 1, 2, 3, 4], 3);
    let tenth = |hours: &f64| (hours * 1e6).round() / 1e6;
    let hours: Vec<Vec<f64>> = cut.load.iter().map(|load| load.iter().map(tenth).collect()).collect();
    assert_eq!(hours, [[23.75, 18.9, 34.0, 36.95], [32.45, 35.15, 34.75, 40.75], [6.6, 8.0, 6.0, 7.4]]);
    // Their totals by overall factors, 0.95 and 1.85 hours a piece: 62.80, 62.05, 74.75 and 85.10.
    let totals: Vec<f64> = (0..4).map(|n| tenth(&cut.load.iter().map(|load| load[n]).sum())).collect();
    assert_eq!(totals, [62.8, 62.05, 74.75, 85.1]);
    // Two periods in a bucket, and nothing of the last.
    assert_eq!(
        rough_cut(schedule(&a, &made_a), &[0, 2, 3], 3).load[1].iter().map(tenth).collect::<Vec<_>>(),
        [51.1, 21.0]
    );
    // Work a period before falls a period earlier, and what the first period needed is past.
    let early = [Need { before: 1, ..per(0, 1.0) }];
    let cut = rough_cut(schedule(&early, &made_a), &[0, 1, 2, 3, 4], 1);
    assert_eq!((cut.load, cut.past), (vec![vec![40.0, 30.0, 37.0, 0.0]], vec![33.0]));
}

fn schedule<'b>(bill: &'b [Need], made: &'b [f64]) -> impl Iterator<Item = Made<'b>> {
    made.iter().zip(0..).map(move |(qty, period)| Made { bill, period, qty: *qty })
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
    let profiles = Profiles::new(&shop);
    let bill = |qty: i64, length: Seconds| {
        profiles.of(0, &Rational::from(qty), 21 * DAY, length).expect("a bill").bill
    };
    assert_eq!(
        bill(10, 7 * DAY),
        [Need { resource: 0, before: 0, per: 2160.0 }, Need { resource: 1, before: 0, per: 720.0 }]
    );
    let offsets = |bill: &[Need]| bill.iter().map(|need| need.before).collect::<Vec<_>>();
    assert_eq!(offsets(&bill(10, DAY)), [0, 6]);
    // A hundred take 51 hours, so that their shafts are there two days before, and ready for six days of journey.
    let large = bill(100, DAY);
    assert_eq!((offsets(&large), large[0].per), (vec![0, 8], 1836.0));
    assert!(profiles.of(7, &Rational::ONE, 0, DAY).is_err());
    assert!(profiles.of(0, &Rational::ZERO, 0, DAY).is_err());
}

/// Of what is made a hundred at once, one takes a hundredth of the set-up; two benches of which one has twice the units
/// share the work by that; and a way that counts from a day on has a profile of its own.
#[test]
fn a_profile_shares_out_set_ups_and_machines() {
    let text = r#"{"format": "planning-model/1", "start": "2027-01-04",
        "calendars": [{"id": "c", "week": [[0,0,1440],[1,0,1440],[2,0,1440],[3,0,1440],[4,0,1440],[5,0,1440],[6,0,1440]], "closed": []}],
        "resources": [{"id": "one", "capacity": 1, "calendar": "c"}, {"id": "two", "capacity": 2, "calendar": "c"}],
        "items": [{"id": "bolt", "kind": "make"}], "boms": [],
        "routings": [{"item": "bolt", "operations": [{"seq": 10, "resource": "one", "setup": 50, "run": 1}]}],
        "supplies": [], "orders": []}"#;
    let mut model = planning::format::read(text).expect("a model");
    model.items[0].lot.minimum = Rational::from(100);
    model.items[0].methods[0].operations[0].resources = vec![0, 1];
    model.items[0].methods[0].until = Some(30 * DAY);
    let mut later = model.items[0].methods[0].clone();
    (later.from, later.until) = (Some(30 * DAY), None);
    later.operations[0].resources = vec![1];
    model.items[0].methods.push(later);
    let shop = Shop::new(&model).expect("a shop");
    let of = |due: Seconds| Profiles::new(&shop).of(0, &Rational::from(4), due, DAY).expect("a profile");
    // 150 minutes for a hundred: 90 seconds for one.
    let now = of(20 * DAY);
    assert_eq!(now.holds, Seconds::MIN..30 * DAY);
    let pers: Vec<(usize, i64)> = now.bill.iter().map(|n| (n.resource, n.per.round() as i64)).collect();
    assert_eq!(pers, [(0, 30), (1, 60)]);
    let then = of(40 * DAY);
    assert_eq!((then.holds, then.bill.len(), then.bill[0].resource), (30 * DAY..Seconds::MAX, 1, 1));
    // What is put together by weeks is one lot a week.
    let weekly = LotRule { policy: LotPolicy::PeriodOrderQuantity { days: 7 }, ..LotRule::default() };
    let wanted: Vec<(Seconds, Rational)> = [0, 3, 8].map(|day| (day * DAY, Rational::from(6))).into();
    assert_eq!(standard_lot(&weekly, &wanted), Ok(Rational::from(9)));
    assert_eq!(standard_lot(&LotRule::default(), &wanted), Ok(Rational::from(6)));
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
