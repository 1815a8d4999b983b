//! Forecasts against published figures.
//!
//! Data and figures of R. J. Hyndman and G. Athanasopoulos, Forecasting: Principles and Practice (chapter on exponential
//! smoothing: oil of Saudi Arabia, air passengers and visitors' nights of Australia), computed by their R packages `fpp`,
//! `fpp2` and `forecast` (`ses`, `holt`, `hw`, `accuracy`, `croston`); the last digits as other programs publish them to
//! be tested with (statsmodels, `results/exponential_smoothing_*.csv`).
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at what should not happen"
)]

use planning::forecast::methods::{Family, Method, State, Weights, smooth, starting_state};
use planning::forecast::{Season, Settings, Unusable, forecast, naive_error, season_of};
use proptest::prelude::*;

/// Oil of Saudi Arabia, millions of tonnes, 1996 to 2013.
const OIL: [f64; 18] = [
    445.3641, 453.1950, 454.4096, 422.3789, 456.0371, 440.3866, 425.1944, 486.2052, 500.4291, 521.2759,
    508.9476, 488.8889, 509.8706, 456.7229, 473.8166, 525.9509, 549.8338, 542.3405,
];

/// Air passengers of Australia, millions, 1990 to 2004.
const AIR: [f64; 15] = [
    17.553400, 21.860100, 23.886600, 26.929300, 26.888500, 28.831400, 30.075100, 30.953500, 30.185700,
    31.579700, 32.577569, 33.477398, 39.021581, 41.386432, 41.596552,
];

/// Nights of international visitors to Australia, millions, by quarter, 2005 to 2010.
const VISITORS: [f64; 24] = [
    41.727458, 24.041850, 32.328103, 37.328708, 46.213153, 29.346326, 36.482910, 42.977719, 48.901525,
    31.180221, 37.717881, 40.420211, 51.206863, 31.887228, 40.978263, 43.772491, 55.558567, 33.850915,
    42.076383, 45.642292, 59.766780, 35.191877, 44.319737, 47.913736,
];

fn near(found: &[f64], expected: &[f64], by: f64) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() < by, "{found} for {expected}");
    }
}

fn weights(alpha: f64, beta: Option<f64>, gamma: f64, phi: f64, season: usize) -> Weights {
    Weights { alpha, beta, gamma, phi, season }
}

#[test]
fn simple_smoothing_as_published() {
    let given = weights(0.8338901, None, 0.0, 1.0, 1);
    let (ahead, state) = smooth(&OIL, given, &State { level: 446.5867935, slope: 0.0, seasons: Vec::new() });
    let published = [
        446.5868, 445.5672, 451.9280, 453.9974, 427.6311, 451.3186, 442.2025, 428.0196, 476.5400, 496.4609,
        517.1539, 510.3108, 492.4472, 506.9764, 465.0705, 472.3638, 517.0495, 544.3880,
    ];
    near(&ahead, &published, 0.0002);
    near(&state.forecast(1.0, 2), &[542.6806, 542.6806], 0.0002);
    // The weight and the first level are found again.
    let Some(Method::Smoothing(found)) = Family::Simple.fit(&OIL, 1) else { panic!("a weight") };
    assert!((found.alpha - 0.8339).abs() < 0.003, "{found:?}");
    // R's search stops a little off: with its weight, no first level has less error than ours.
    let squares = |start: &State| {
        OIL.iter().zip(smooth(&OIL, given, start).0).map(|(y, f)| (y - f) * (y - f)).sum::<f64>()
    };
    let (ours, rs) =
        (starting_state(&OIL, given), State { level: 446.5867935, slope: 0.0, seasons: Vec::new() });
    assert!(
        (ours.level - rs.level).abs() < 0.02
            && squares(&ours) <= squares(&rs)
            && squares(&rs) < squares(&ours) + 0.01
    );
    assert!((Method::Smoothing(found).forecast(&OIL, 1)[0] - 542.6806).abs() < 0.05);
    // Mean absolute error 22.2587, scaled 0.9256774.
    let absolute: f64 = OIL.iter().zip(&ahead).map(|(y, f)| (y - f).abs()).sum::<f64>() / 18.0;
    assert!((absolute - 22.2587).abs() < 0.0001 && (absolute / naive_error(&OIL) - 0.9256774).abs() < 1e-5);
}

#[test]
fn trends_as_published() {
    let holt = weights(0.8, Some(0.2), 0.0, 1.0, 1);
    let (ahead, state) = smooth(&AIR, holt, &State { level: 17.5534, slope: 4.3067, seasons: Vec::new() });
    near(&ahead[..5], &[21.8601, 22.032368, 25.48461872, 27.5405858688, 30.288133559552], 1e-9);
    near(&[state.level, state.slope], &[41.9204136723546, 1.83655481832638], 1e-9);
    near(&state.forecast(1.0, 3), &[43.756968490681, 45.5935233090074, 47.4300781273338], 1e-9);
    // R's beta is alpha × β*.
    let damped = weights(0.8, Some(0.25), 0.0, 0.850219271948577, 1);
    let (ahead, state) = smooth(
        &AIR,
        damped,
        &State { level: 13.9648223911759, slope: 4.50545211897653, seasons: Vec::new() },
    );
    near(&ahead[..3], &[17.7954446115713, 20.817519558963, 24.5629274647867], 1e-9);
    near(&state.forecast(damped.phi, 3), &[42.875514259192, 43.8182460735025, 44.6197748303083], 1e-9);
    // Free to choose, R comes to a mean squared error of 2.57690608962874 with a damped trend.
    let Some(Method::Smoothing(found)) = Family::DampedTrend.fit(&AIR, 1) else { panic!("weights") };
    let (ahead, _) = smooth(&AIR, found, &starting_state(&AIR, found));
    let mse = AIR.iter().zip(ahead).map(|(y, f)| (y - f) * (y - f)).sum::<f64>() / 15.0;
    assert!(mse <= 2.5770, "{mse} by {found:?}");
}

#[test]
fn seasons_as_published() {
    let given =
        weights(0.362500481843614, Some(0.0754341632786649 / 0.362500481843614), 0.63749564203014, 1.0, 4);
    // R names the season of the last quarter first.
    let seasons = vec![9.426449184105, -9.46755384381316, -2.02739592581295, 2.0685005855211];
    let (ahead, state) =
        smooth(&VISITORS, given, &State { level: 31.6429376250105, slope: 1.00282356207448, seasons });
    near(&ahead[..4], &[42.0722103711899, 24.0300518980141, 32.4521940690361, 37.471454237456], 1e-6);
    near(&ahead[20..], &[56.791056085213, 36.806357499685, 44.9603000101059, 48.3606012327523], 1e-6);
    near(
        &state.forecast(1.0, 5),
        &[61.2650423365003, 37.071590862526, 46.3496222476879, 50.0719004541517, 63.4232050585459],
        1e-6,
    );
    // Free to choose, R comes to mean squared errors of 2.5009729964717 and, with a damped trend, 2.16866690046988.
    for (family, published) in
        [(Family::HoltWinters, 2.5009729964717), (Family::DampedHoltWinters, 2.16866690046988)]
    {
        let Some(Method::Smoothing(found)) = family.fit(&VISITORS, 4) else { panic!("weights") };
        let (ahead, _) = smooth(&VISITORS, found, &starting_state(&VISITORS, found));
        let mse = VISITORS.iter().zip(ahead).map(|(y, f)| (y - f) * (y - f)).sum::<f64>() / 24.0;
        assert!(mse <= published, "{mse} by {found:?}");
    }
    assert_eq!(season_of(&VISITORS), Some(4));
    let chosen = forecast(&VISITORS, 4, &Settings::default()).expect("a forecast");
    assert_eq!(chosen.season, Some(4));
    assert!(chosen.error.as_ref().and_then(|e| e.mase).expect("an error") < 0.3, "{chosen:?}");
    near(&chosen.values, &[61.3, 37.1, 46.3, 50.1], 4.0);
}

/// R's `croston` on the same demands; by hand for the others.
#[test]
fn intermittent_demand() {
    let demand = [0.0, 0.0, 5.0, 0.0, 0.0, 3.0, 0.0, 0.0, 0.0, 7.0, 0.0, 0.0, 4.0, 0.0, 0.0];
    let croston = Method::Croston { alpha: 0.1, corrected: false };
    near(&croston.forecast(&demand, 2), &[1.5915857605177997; 2], 1e-12);
    let corrected = Method::Croston { alpha: 0.1, corrected: true };
    near(&corrected.forecast(&demand, 1), &[0.95 * 1.5915857605177997], 1e-12);
    near(
        &croston.forecast(&[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0], 1),
        &[0.09090909090909091],
        1e-12,
    );
    // Half by half: size 4, then 4 → 6; probability 1/2, 1/4, then (1/4 + 1)/2, and half of it with nothing wanted.
    let tsb = Method::Tsb { alpha: 0.5, beta: 0.5 };
    near(&tsb.forecast(&[0.0, 4.0, 0.0, 8.0], 1), &[6.0 * 0.625], 1e-12);
    near(&tsb.forecast(&[0.0, 4.0, 0.0, 8.0, 0.0], 1), &[6.0 * 0.3125], 1e-12);
}

#[test]
fn what_is_plain_is_seen() {
    let settings = Settings::default();
    let line: Vec<f64> = (0..24).map(|n| 10.0 + 3.0 * f64::from(n)).collect();
    let found = forecast(&line, 3, &settings).expect("a forecast");
    near(&found.values, &[82.0, 85.0, 88.0], 0.01);
    // The naive method always says 3, 6 and 9 too little.
    let naive = &found.trials.iter().find(|(family, _)| *family == Family::Naive).expect("it was tried").1;
    near(&naive.by_lead, &[3.0, 6.0, 9.0], 1e-9);
    near(&naive.cumulative, &[3.0, 9.0, 18.0], 1e-9);
    near(&[naive.over(2.0), naive.over(12.0), naive.over(0.25)], &[9.0, 36.0, 1.5], 1e-9);
    // Ten times all three, once two and once one.
    near(
        &[naive.bias, naive.mae, naive.mase.expect("it changes")],
        &[-192.0 / 33.0, 192.0 / 33.0, 64.0 / 33.0],
        1e-9,
    );
    let wave: Vec<f64> = (0..36).map(|n| [10.0, 20.0, 60.0, 30.0, 5.0, 1.0][n % 6]).collect();
    let found = forecast(&wave, 6, &settings).expect("a forecast");
    assert_eq!((found.season, found.method), (Some(6), Method::SeasonalNaive { season: 6 }));
    near(&found.values, &wave[..6], 1e-9);
    // Three years by month, with noise of a fifth of the swing.
    let months: Vec<f64> = (0..36)
        .map(|n| {
            100.0 + 40.0 * (f64::from(n) * std::f64::consts::TAU / 12.0).sin() + f64::from(n * n * 7 % 17 - 8)
        })
        .collect();
    assert_eq!(season_of(&months), Some(12));
    let flat = forecast(&[7.0; 9], 2, &settings).expect("a forecast");
    assert_eq!((flat.method, flat.values, flat.season), (Method::Naive, vec![7.0, 7.0], None));
    assert_eq!(flat.error.expect("an error").mase, None, "nothing ever changed");
    // Wanted in one period of four: the forecast is the mean and not the median, which is nothing.
    let rare: Vec<f64> = (0..48)
        .map(|n| if [3, 5, 12, 13, 20, 25, 27, 34, 36, 41, 44, 47].contains(&n) { 8.0 } else { 0.0 })
        .collect();
    let found = forecast(&rare, 4, &Settings { season: Season::None, ..settings }).expect("a forecast");
    assert!(found.values.iter().all(|value| (1.0..3.2).contains(value)), "{found:?}");
}

#[test]
fn what_cannot_be_forecast_says_why() {
    let settings = Settings::default();
    assert_eq!(forecast(&[], 1, &settings), Err(Unusable::Empty));
    assert_eq!(forecast(&[1.0, f64::NAN], 1, &settings), Err(Unusable::NoDemand(1)));
    assert_eq!(forecast(&[-1.0], 1, &settings), Err(Unusable::NoDemand(0)));
    assert_eq!(
        forecast(&[1.0], 1, &Settings { season: Season::Periods(1), ..settings }),
        Err(Unusable::Season)
    );
    // A season that no history is long enough for does no harm, nor does a horizon of nothing.
    let longest = Settings { season: Season::Periods(usize::MAX), origins: usize::MAX };
    assert!(forecast(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 0, &longest).expect("a forecast").values.is_empty());
    let short = forecast(&[4.0], 2, &settings).expect("a forecast");
    assert_eq!((short.values, short.error), (vec![4.0, 4.0], None));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Whatever the history: as many values as asked for, none below zero, the best of what was tried; the same again.
    #[test]
    fn forecasts_hold(history in prop::collection::vec(0u8..90, 1..40), periods in 1usize..8, rare in any::<bool>()) {
        let history: Vec<f64> = history.into_iter().map(|y| if rare && y < 60 { 0.0 } else { f64::from(y) }).collect();
        let found = forecast(&history, periods, &Settings::default()).expect("a forecast");
        prop_assert_eq!(found.values.len(), periods);
        prop_assert!(found.values.iter().all(|value| value.is_finite() && *value >= 0.0));
        if let Some(error) = &found.error {
            prop_assert!(found.trials.iter().all(|(_, other)| other.deviation >= error.deviation));
            prop_assert!(error.deviation >= error.mae - 1e-9 && error.mae >= error.bias.abs() - 1e-9);
            prop_assert!((error.over(1.0) - error.by_lead[0]).abs() < 1e-9);
        }
        prop_assert_eq!(&found, &forecast(&history, periods, &Settings::default()).expect("a forecast"));
        // The naive method's back-test, counted plainly.
        if let Some((_, naive)) = found.trials.iter().find(|(family, _)| *family == Family::Naive) {
            let season = found.season.filter(|s| history.len() / 2 < 2 * s && 2 * s + 3 <= history.len()).map_or(3, |s| 2 * s);
            let first = season.max(if found.season.is_some_and(|s| season == 2 * s) { 0 } else { history.len() / 2 }).max(history.len().saturating_sub(12));
            let mut errors = Vec::new();
            for at in first..history.len() {
                errors.extend((at..history.len().min(at + periods)).map(|t| (history[at - 1] - history[t]).abs()));
            }
            prop_assert!((naive.mae - errors.iter().sum::<f64>() / errors.len() as f64).abs() < 1e-9);
        }
    }
}
