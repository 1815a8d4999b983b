//! Demand: what orders leave of a forecast, what people set, what is offered, what is kept for safety.
#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test stops at what should not happen")]

use numbers::Rational;
use planning::demand::{
    Conflict, Opportunity, Window, consume, disaggregate, divide, lead_time_deviation, normal_quantile,
    pipeline, quantities, reorder_point, safety_stock,
};
use proptest::prelude::*;

fn whole(list: &[i64]) -> Vec<Rational> {
    list.iter().map(|n| Rational::from(*n)).collect()
}

fn sum(list: &[Rational]) -> Rational {
    list.iter().cloned().sum()
}

#[test]
fn forecasts_become_pieces() {
    assert_eq!(quantities(&[0.4, 0.4, 0.4, 0.4], &Rational::ONE), whole(&[0, 1, 0, 1]));
    assert_eq!(quantities(&[12.34, f64::NAN, -1.0, 13.66], &Rational::from(5)), whole(&[10, 0, 0, 15]));
    let exact = quantities(&[0.25, 1.0 / 3.0], &Rational::ZERO);
    assert_eq!(exact.iter().map(ToString::to_string).collect::<Vec<_>>(), ["0.25", "0.333333"]);
}

#[test]
fn orders_take_their_forecast() {
    let none = Window { backward: 0, forward: 0 };
    let kept = consume(&whole(&[100, 100, 100]), &whole(&[40, 130]), none);
    assert_eq!(kept.forecast, whole(&[60, 0, 100]));
    assert_eq!(kept.above, whole(&[0, 30, 0]));
    assert_eq!(kept.demand, whole(&[100, 130, 100]));
    // 90 too much in the third period: 60 from the second, 20 from the first, then 10 from the fourth.
    let window = Window { backward: 2, forward: 1 };
    let kept = consume(&whole(&[50, 60, 40, 80]), &whole(&[30, 0, 130, 0]), window);
    assert_eq!(kept.forecast, whole(&[0, 0, 0, 70]));
    assert_eq!(kept.demand, whole(&[30, 0, 130, 70]));
    assert_eq!(sum(&kept.above), Rational::ZERO);
    // The second period's own order comes before the first's excess.
    let kept = consume(&whole(&[10, 10]), &whole(&[15, 10]), Window { backward: 1, forward: 1 });
    assert_eq!((kept.above, kept.forecast), (whole(&[5, 0]), whole(&[0, 0])));
}

/// Total (0), groups 1 and 2, items 3 and 4 in group 1, item 5 in group 2 and item 6.
const TREE: [Option<usize>; 7] = [None, Some(0), Some(0), Some(1), Some(1), Some(2), Some(2)];

#[test]
fn the_lowest_word_holds() {
    let base = whole(&[0, 0, 0, 30, 10, 40, 20]);
    let made = |set: &[(usize, i64)], step: i64| {
        let set: Vec<(usize, Rational)> =
            set.iter().map(|(node, qty)| (*node, Rational::from(*qty))).collect();
        disaggregate(&TREE, &base, &set, &Rational::from(step))
    };
    assert_eq!(made(&[], 0), Ok(whole(&[100, 40, 60, 30, 10, 40, 20])));
    assert_eq!(made(&[(0, 200)], 0), Ok(whole(&[200, 80, 120, 60, 20, 80, 40])));
    assert_eq!(made(&[(0, 200), (3, 90), (2, 30)], 0), Ok(whole(&[200, 170, 30, 90, 80, 20, 10])));
    // 100 by 3 : 1 : 4 : 2 less what is set for the first: 70 by 1 : 4 : 2, and then in sevens.
    assert_eq!(made(&[(0, 100), (3, 30)], 0), Ok(whole(&[100, 40, 60, 30, 10, 40, 20])));
    // 50 by 3 : 1 : 4 : 2 in whole tens: 15, 5, 20, 10, the first remainder first.
    assert_eq!(made(&[(0, 50)], 10), Ok(whole(&[50, 20, 30, 20, 0, 20, 10])));
    let too_much = Conflict::Below { node: 1, below: Rational::from(50), set: Rational::from(40) };
    assert_eq!(made(&[(1, 40), (3, 50)], 0), Err(too_much));
    let too_little = Conflict::Below { node: 1, below: Rational::from(30), set: Rational::from(40) };
    assert_eq!(made(&[(1, 40), (3, 10), (4, 20)], 0), Err(too_little));
    assert_eq!(made(&[(3, 1), (3, 2)], 0), Err(Conflict::Set(3)));
    assert_eq!(made(&[(9, 1)], 0), Err(Conflict::Node(9)));
    assert_eq!(disaggregate(&[Some(0)], &base, &[], &Rational::ZERO), Err(Conflict::Node(0)));
    // Nothing forecast: equally.
    assert_eq!(
        disaggregate(&TREE, &[], &[(2, Rational::from(7))], &Rational::ONE).map(|all| all[5..].to_vec()),
        Ok(whole(&[4, 3]))
    );
}

#[test]
fn offers_by_their_probability() {
    let offer = |period, qty, percent| Opportunity {
        period,
        qty: Rational::from(qty),
        probability: Rational::new(percent, 100).expect("a share"),
    };
    let offers = [offer(0, 100, 25), offer(0, 40, 50), offer(1, 300, 90), offer(7, 1, 50)];
    let made = pipeline(&offers, &Rational::new(9, 10).expect("a share"), 2);
    assert_eq!(made.certain, [2]);
    assert_eq!(made.expected, whole(&[45, 0]));
    // 100² × 3/16 + 40² / 4.
    assert_eq!(made.variance, whole(&[1875 + 400, 0]));
}

/// The checks that Wichura's paper gives for PPND16, and a table of safety factors as every textbook has it.
#[test]
fn normal_quantiles_as_published() {
    for (probability, z) in [
        (0.25, -0.674_489_750_196_081_7),
        (0.001, -3.090_232_306_167_814),
        (1e-20, -9.262_340_089_798_408),
        // Where its three quotients meet (Python's statistics.NormalDist).
        (0.6, 0.253_347_103_135_799_8),
        (0.925, 1.439_531_470_938_456),
        (0.0751, -1.438_825_392_752_539_8),
        (1e-10, -6.361_340_902_404_056),
        (1e-12, -7.034_483_825_301_132),
        (1e-100, -21.273_453_560_965_32),
    ] {
        assert!((normal_quantile(probability) - z).abs() < 1e-14 * z.abs() * 10.0, "{probability}");
    }
    let table = [
        (0.5, 0.0),
        (0.75, 0.67),
        (0.8, 0.84),
        (0.8413, 1.0),
        (0.9, 1.28),
        (0.95, 1.645),
        (0.975, 1.96),
        (0.98, 2.05),
        (0.99, 2.33),
        (0.995, 2.576),
        (0.9986, 2.99),
        (0.999, 3.09),
        (0.9999, 3.72),
    ];
    for (probability, z) in table {
        assert!(
            (normal_quantile(probability) - z).abs() < 0.006,
            "{probability}: {}",
            normal_quantile(probability)
        );
        assert!((normal_quantile(1.0 - probability) + normal_quantile(probability)).abs() < 1e-9);
    }
    assert_eq!(normal_quantile(1.0), f64::INFINITY);
    assert_eq!(normal_quantile(0.0), f64::NEG_INFINITY);
    assert!(normal_quantile(1.5).is_nan() && normal_quantile(f64::NAN).is_nan());
}

/// By hand: 25 a week ± 4, a lead time of 9 weeks ± 1: √(9 · 16 + 625) = √769 = 27.73; at 95 % 1.6449 × 27.73 = 45.61.
#[test]
fn safety_stock_by_hand() {
    let deviation = lead_time_deviation(25.0, 4.0, 9.0, 1.0);
    assert!((deviation - 27.7308).abs() < 1e-4);
    let safety = safety_stock(0.95, deviation).expect("a stock");
    assert!((safety - 45.6132).abs() < 1e-3, "{safety}");
    assert!((reorder_point(25.0, 9.0, safety) - 270.6132).abs() < 1e-3);
    assert_eq!(lead_time_deviation(25.0, 4.0, 9.0, 0.0), 12.0);
    assert_eq!(
        (safety_stock(0.3, 5.0), safety_stock(1.0, 5.0), safety_stock(0.9, f64::NAN)),
        (Some(0.0), None, None)
    );
}

proptest! {
    /// Unit by unit, as one would with counters on a table.
    #[test]
    fn consumption_unit_by_unit(
        forecast in prop::collection::vec(0i64..12, 1..9),
        orders in prop::collection::vec(0i64..20, 0..9),
        backward in 0usize..4,
        forward in 0usize..4,
    ) {
        let found = consume(&whole(&forecast), &whole(&orders), Window { backward, forward });
        let count = forecast.len().max(orders.len());
        let mut left = forecast.clone();
        left.resize(count, 0);
        let mut above = vec![0; count];
        let mut homeless = Vec::new();
        for (period, qty) in orders.iter().enumerate() {
            for _ in 0..*qty {
                if left[period] > 0 { left[period] -= 1 } else { homeless.push(period) }
            }
        }
        for period in homeless {
            let mut near: Vec<usize> = (0..count).filter(|p| *p < period && period - p <= backward || *p > period && p - period <= forward).collect();
            near.sort_by_key(|p| (*p > period, p.abs_diff(period)));
            match near.into_iter().find(|p| left[*p] > 0) {
                Some(place) => left[place] -= 1,
                None => above[period] += 1,
            }
        }
        prop_assert_eq!(&found.forecast, &whole(&left));
        prop_assert_eq!(&found.above, &whole(&above));
        // What is planned for is the forecast, or more where more was ordered.
        prop_assert_eq!(sum(&found.demand), &sum(&whole(&forecast)) + &sum(&found.above));
    }

    /// Parts add up exactly, are whole steps, and none is a step or more away from its share.
    #[test]
    fn parts_add_up(above in 0i64..10_000, below in 1i64..9, weights in prop::collection::vec(0i64..50, 1..9), step in 0i64..7) {
        let qty = Rational::new(above, below).expect("not zero");
        let step = Rational::from(step);
        let parts = divide(&qty, &whole(&weights), &step);
        prop_assert_eq!(&sum(&parts), &qty);
        let total: i64 = weights.iter().sum();
        let broken = parts.iter().filter(|part| part.up_to_multiple(&step) != **part).count();
        prop_assert!(broken <= 1);
        for (part, weight) in parts.iter().zip(&weights) {
            let (weight, total) = if total == 0 { (1, weights.len() as i64) } else { (*weight, total) };
            let share = &qty * &Rational::new(weight, total).expect("not zero");
            let off = if *part > share { part - &share } else { &share - part };
            prop_assert!(!part.is_negative() && (off.is_zero() || off < step), "{} for {}", part, share);
        }
    }

    /// Whatever is set, parents are the sums of their children, and what is set holds.
    #[test]
    fn hierarchies_add_up(shape in prop::collection::vec(0usize..1000, 1..20), base in prop::collection::vec(0i64..50, 20), marks in prop::collection::vec((0usize..20, 0i64..300), 0..4), step in 0i64..3) {
        let parents: Vec<Option<usize>> = shape.iter().enumerate().map(|(n, p)| (n > 0 && p % 5 > 0).then(|| p % n.max(1))).collect();
        let set: Vec<(usize, Rational)> = marks.iter().map(|(node, qty)| (*node % parents.len(), Rational::from(*qty))).collect();
        if let Ok(all) = disaggregate(&parents, &whole(&base), &set, &Rational::from(step)) {
            for node in 0..parents.len() {
                let children: Vec<Rational> = (0..parents.len()).filter(|n| parents[*n] == Some(node)).map(|n| all[n].clone()).collect();
                prop_assert!(children.is_empty() || sum(&children) == all[node]);
                prop_assert!(!all[node].is_negative());
            }
            prop_assert!(set.iter().all(|(node, qty)| all[*node] == *qty));
        }
    }
}
