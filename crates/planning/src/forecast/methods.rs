//! The methods themselves: each reads a history and says what comes next.
//!
//! Sources: C. C. Holt, Forecasting seasonals and trends by exponentially weighted moving averages (1957, reprinted IJF
//! 20, 2004); P. R. Winters, Management Science 6 (1960); E. S. Gardner and E. McKenzie, Forecasting trends in time
//! series, Management Science 31 (1985: the damped trend); J. D. Croston, Forecasting and stock control for intermittent
//! demands, ORQ 23 (1972); A. A. Syntetos and J. E. Boylan, IJF 21 (2005: SBA); R. H. Teunter, A. A. Syntetos and M. Z.
//! Babai, EJOR 214 (2011: TSB). Notation of R. J. Hyndman and G. Athanasopoulos, Forecasting: Principles and Practice,
//! chapter 8.

/// A method with its parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Method {
    /// What was last comes again.
    Naive,
    /// What was a season ago comes again.
    SeasonalNaive {
        /// Periods in a season.
        season: usize,
    },
    /// The mean of the last periods.
    MovingAverage {
        /// How many.
        periods: usize,
    },
    /// Exponential smoothing: of a level, of a trend where `beta` or a starting slope is allowed, of a season.
    Smoothing(Weights),
    /// Size and interval of demands, smoothed apart.
    Croston {
        /// Weight of the last demand.
        alpha: f64,
        /// The correction of Syntetos and Boylan, without which the forecast is too high.
        corrected: bool,
    },
    /// Size and probability of a demand, smoothed apart; the probability falls with every period without demand, so
    /// that an item that dies out is noticed (Teunter, Syntetos and Babai).
    Tsb {
        /// Weight of the last size.
        alpha: f64,
        /// Weight of whether there was a demand in the last period.
        beta: f64,
    },
}

/// What exponential smoothing weighs the last error with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weights {
    /// For the level: 0 to 1.
    pub alpha: f64,
    /// For the slope, of what the level moved (β* of the textbook): 0 to 1; none without a trend.
    pub beta: Option<f64>,
    /// For the season: 0 to 1 − alpha.
    pub gamma: f64,
    /// How much of the slope is left a period later: 1 keeps it, less damps it.
    pub phi: f64,
    /// Periods in a season; 1 without one.
    pub season: usize,
}

/// What exponential smoothing knows after a period.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// Level.
    pub level: f64,
    /// Change of the level per period.
    pub slope: f64,
    /// What each of the coming periods of a season is above the level; empty without a season.
    pub seasons: Vec<f64>,
}

/// The kinds of method that are tried, the simplest first: of equals the first is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// See [`Method::Naive`].
    Naive,
    /// See [`Method::SeasonalNaive`].
    SeasonalNaive,
    /// See [`Method::MovingAverage`].
    MovingAverage,
    /// Simple exponential smoothing: a level alone.
    Simple,
    /// Holt's linear trend.
    Trend,
    /// Holt's trend, damped.
    DampedTrend,
    /// Holt and Winters, additive.
    HoltWinters,
    /// The same with a damped trend.
    DampedHoltWinters,
    /// Croston's own.
    Croston,
    /// Croston's, corrected by Syntetos and Boylan.
    SyntetosBoylan,
    /// Teunter, Syntetos and Babai.
    TeunterSyntetosBabai,
}

impl Family {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Naive,
        Self::SeasonalNaive,
        Self::MovingAverage,
        Self::Simple,
        Self::Trend,
        Self::DampedTrend,
        Self::HoltWinters,
        Self::DampedHoltWinters,
        Self::Croston,
        Self::SyntetosBoylan,
        Self::TeunterSyntetosBabai,
    ];

    /// How many periods it takes to fit.
    pub fn needs(self, season: usize) -> usize {
        match self {
            Self::Naive | Self::Simple => 1,
            Self::MovingAverage | Self::Croston | Self::SyntetosBoylan | Self::TeunterSyntetosBabai => 2,
            Self::Trend | Self::DampedTrend => 4,
            Self::SeasonalNaive => season,
            Self::HoltWinters | Self::DampedHoltWinters => season.saturating_mul(2),
        }
    }

    /// The parameters with the smallest sum of squared errors, each period forecast from those before it. None where
    /// the history is too short, or is not of the kind that the family is for.
    pub fn fit(self, history: &[f64], season: usize) -> Option<Method> {
        let intermittent = history.contains(&0.0) && history.iter().any(|y| *y > 0.0);
        if history.len() < self.needs(season).max(1) {
            return None;
        }
        let smoothing = |beta, phi, season| {
            Some(Method::Smoothing(best_weights(
                history,
                Weights { alpha: 0.3, beta, gamma: 0.0, phi, season },
            )))
        };
        match self {
            Self::Naive => Some(Method::Naive),
            Self::SeasonalNaive => (season > 1).then_some(Method::SeasonalNaive { season }),
            Self::MovingAverage => {
                let most = (history.len() - 1).min(12);
                // Judged on the same periods, whatever their number.
                least((2..=most).map(|periods| Method::MovingAverage { periods }), |m| {
                    m.squared_error(history, most)
                })
            }
            Self::Simple => smoothing(None, 1.0, 1),
            Self::Trend => smoothing(Some(0.1), 1.0, 1),
            Self::DampedTrend => smoothing(Some(0.1), 0.9, 1),
            Self::HoltWinters | Self::DampedHoltWinters if season < 2 => None,
            Self::HoltWinters => smoothing(Some(0.1), 1.0, season),
            Self::DampedHoltWinters => smoothing(Some(0.1), 0.9, season),
            Self::Croston | Self::SyntetosBoylan => {
                let corrected = self == Self::SyntetosBoylan;
                let methods = (1..=20).map(|n| Method::Croston { alpha: f64::from(n) / 40.0, corrected });
                intermittent.then(|| least(methods, |m| m.squared_error(history, 1)))?
            }
            Self::TeunterSyntetosBabai => {
                let grid = |n: i32| f64::from(n) / 40.0;
                let methods = (1..=20).step_by(2).flat_map(|a| {
                    (1..=20).step_by(2).map(move |b| Method::Tsb { alpha: grid(a), beta: grid(b) })
                });
                intermittent.then(|| least(methods, |m| m.squared_error(history, 1)))?
            }
        }
    }
}

impl Method {
    /// What comes in the next periods; at least nothing, for no demand is below zero.
    pub fn forecast(&self, history: &[f64], periods: usize) -> Vec<f64> {
        let last = history.last().copied().unwrap_or(0.0);
        let mut values: Vec<f64> = match *self {
            Self::Naive => vec![last; periods],
            Self::SeasonalNaive { season } => {
                let from = history.len().saturating_sub(season);
                (0..periods).map(|n| history.get(from + n % season.max(1)).copied().unwrap_or(last)).collect()
            }
            Self::MovingAverage { periods: count } => {
                let tail = &history[history.len().saturating_sub(count)..];
                vec![tail.iter().sum::<f64>() / tail.len().max(1) as f64; periods]
            }
            Self::Smoothing(weights) => {
                let (_, state) = smooth(history, weights, &starting_state(history, weights));
                state.forecast(weights.phi, periods)
            }
            Self::Croston { alpha, corrected } => {
                vec![*croston(history, alpha, corrected).last().unwrap_or(&0.0); periods]
            }
            Self::Tsb { alpha, beta } => vec![*tsb(history, alpha, beta).last().unwrap_or(&0.0); periods],
        };
        values.iter_mut().for_each(|value| *value = value.max(0.0));
        values
    }

    /// Squared errors of the forecasts of one period ahead, from a period on.
    fn squared_error(&self, history: &[f64], from: usize) -> f64 {
        let ahead: Vec<f64> = match *self {
            Self::Croston { alpha, corrected } => croston(history, alpha, corrected),
            Self::Tsb { alpha, beta } => tsb(history, alpha, beta),
            _ => (0..history.len()).map(|n| self.forecast(&history[..n], 1)[0]).collect(),
        };
        history.iter().zip(ahead).skip(from).map(|(y, f)| (y - f) * (y - f)).sum()
    }
}

impl State {
    /// What comes next by this state.
    pub fn forecast(&self, phi: f64, periods: usize) -> Vec<f64> {
        let (mut at, mut slope) = (self.level, self.slope);
        (0..periods)
            .map(|n| {
                slope *= phi;
                at += slope;
                at + self.seasons.get(n % self.seasons.len().max(1)).copied().unwrap_or(0.0)
            })
            .collect()
    }
}

/// Exponential smoothing in its error-correction form (Hyndman and Athanasopoulos, 8.5): from a state before the first
/// period, the forecast of each period from those before it, and the state after the last.
pub fn smooth(history: &[f64], weights: Weights, start: &State) -> (Vec<f64>, State) {
    let Weights { alpha, beta, gamma, phi, .. } = weights;
    let mut state = start.clone();
    let mut turn = 0;
    let mut ahead = Vec::with_capacity(history.len());
    for y in history {
        let slope = phi * state.slope;
        let season = state.seasons.get(turn).copied().unwrap_or(0.0);
        let expected = state.level + slope + season;
        let error = y - expected;
        ahead.push(expected);
        state.level += slope + alpha * error;
        state.slope = slope + alpha * beta.unwrap_or(0.0) * error;
        if let Some(season) = state.seasons.get_mut(turn) {
            *season += gamma * error;
            turn = (turn + 1) % state.seasons.len();
        }
    }
    state.seasons.rotate_left(turn);
    (ahead, state)
}

/// The state before the first period: its season by smoothing the history backwards, from what classical decomposition
/// finds; its level and slope those with the smallest sum of squared errors. The errors are linear in both, so that two
/// more runs over nothing tell.
pub fn starting_state(history: &[f64], weights: Weights) -> State {
    let seasons = backcast(history, weights);
    let nothing = vec![0.0; history.len()];
    let unit = |level, slope| smooth(&nothing, weights, &State { level, slope, seasons: Vec::new() }).0;
    let by_level = unit(1.0, 0.0);
    let by_slope = if weights.beta.is_some() { unit(0.0, 1.0) } else { Vec::new() };
    let (without, _) = smooth(history, weights, &State { level: 0.0, slope: 0.0, seasons: seasons.clone() });
    let errors: Vec<f64> = history.iter().zip(&without).map(|(y, f)| y - f).collect();
    let sum = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let (ll, ls, ss) = (sum(&by_level, &by_level), sum(&by_level, &by_slope), sum(&by_slope, &by_slope));
    let (le, se) = (sum(&by_level, &errors), sum(&by_slope, &errors));
    let determinant = ll * ss - ls * ls;
    let (level, slope) = if determinant > 1e-9 * ll * ss {
        ((le * ss - se * ls) / determinant, (se * ll - le * ls) / determinant)
    } else {
        (if ll > 0.0 { le / ll } else { 0.0 }, 0.0)
    };
    State { level, slope, seasons }
}

/// The season before the first period, as the same weights learn it from the last period back (I. Svetunkov, Forecasting
/// and Analytics with ADAM (2023), 11.4: a season that changes is at the start what it was there, not on average).
fn backcast(history: &[f64], weights: Weights) -> Vec<f64> {
    let indices = seasonal_indices(history, weights.season);
    let count = history.len();
    if indices.is_empty() || weights.gamma == 0.0 {
        return indices;
    }
    let back: Vec<f64> = history.iter().rev().copied().collect();
    let seasons = (0..weights.season).map(|n| indices[(count - 1 - n) % weights.season]).collect();
    let tail = &back[..weights.season];
    let level = tail.iter().sum::<f64>() / tail.len() as f64;
    let (_, state) = smooth(&back, weights, &State { level, slope: 0.0, seasons });
    let mean = state.seasons.iter().sum::<f64>() / weights.season as f64;
    state.seasons.iter().rev().map(|season| season - mean).collect()
}

/// What each period of a season is above the trend, on average: classical additive decomposition (Hyndman and
/// Athanasopoulos, 3.4). They add up to nothing.
fn seasonal_indices(history: &[f64], season: usize) -> Vec<f64> {
    if season < 2 || history.len() / 2 < season {
        return Vec::new();
    }
    let half = season / 2;
    let mut sums = vec![(0.0, 0usize); season];
    for at in half..history.len() - half {
        let mut window: f64 = history[at - half..=at + half].iter().sum();
        if season.is_multiple_of(2) {
            window -= (history[at - half] + history[at + half]) / 2.0;
        }
        sums[at % season].0 += history[at] - window / season as f64;
        sums[at % season].1 += 1;
    }
    let means: Vec<f64> = sums.iter().map(|(sum, count)| sum / (*count).max(1) as f64).collect();
    let mean = means.iter().sum::<f64>() / season as f64;
    means.iter().map(|index| index - mean).collect()
}

/// Searches the weights: a coarse grid, then steps that are halved when none of them helps (Hooke and Jeeves, JACM 8,
/// 1961). A damped trend searches its damping between 0.8 and 0.98, as is usual: below, there is hardly a trend.
fn best_weights(history: &[f64], form: Weights) -> Weights {
    let cost = |weights: Weights| -> f64 {
        let (ahead, _) = smooth(history, weights, &starting_state(history, weights));
        history.iter().zip(ahead).map(|(y, f)| (y - f) * (y - f)).sum()
    };
    let (trend, seasonal, damped) = (form.beta.is_some(), form.season > 1, form.phi < 1.0);
    let betas: &[f64] = if trend { &[0.0, 0.1, 0.4] } else { &[0.0] };
    let gammas: &[f64] = if seasonal { &[0.0, 0.1, 0.4] } else { &[0.0] };
    let mut best = (f64::INFINITY, form);
    for alpha in [0.0, 0.1, 0.3, 0.6, 0.9] {
        for beta in betas {
            for gamma in gammas.iter().filter(|gamma| alpha + **gamma <= 1.0) {
                let weights = Weights { alpha, beta: trend.then_some(*beta), gamma: *gamma, ..form };
                let now = cost(weights);
                if now < best.0 {
                    best = (now, weights);
                }
            }
        }
    }
    let mut step = 0.1;
    while step > 0.002 {
        let mut moved = false;
        for part in 0..4 {
            for by in [step, -step] {
                let mut next = best.1;
                match part {
                    0 => next.alpha = (next.alpha + by).clamp(0.0, 1.0 - next.gamma),
                    1 if trend => next.beta = next.beta.map(|beta| (beta + by).clamp(0.0, 1.0)),
                    2 if seasonal => next.gamma = (next.gamma + by).clamp(0.0, 1.0 - next.alpha),
                    3 if damped => next.phi = (next.phi + by / 2.0).clamp(0.8, 0.98),
                    _ => continue,
                }
                let now = cost(next);
                if now < best.0 * (1.0 - 1e-9) {
                    best = (now, next);
                    moved = true;
                }
            }
        }
        if !moved {
            step /= 2.0;
        }
    }
    best.1
}

/// Croston's forecasts of each period from those before it, and of the next: smoothed size over smoothed interval,
/// both from the first demand on, whose interval counts from the beginning. Before it, nothing.
fn croston(history: &[f64], alpha: f64, corrected: bool) -> Vec<f64> {
    let factor = if corrected { 1.0 - alpha / 2.0 } else { 1.0 };
    let mut known: Option<(f64, f64)> = None;
    let mut interval = 0.0;
    let mut ahead = vec![0.0];
    for y in history {
        interval += 1.0;
        if *y > 0.0 {
            known = Some(match known {
                None => (*y, interval),
                Some((size, gap)) => (size + alpha * (y - size), gap + alpha * (interval - gap)),
            });
            interval = 0.0;
        }
        ahead.push(known.map_or(0.0, |(size, gap)| factor * size / gap));
    }
    ahead
}

/// The same by Teunter, Syntetos and Babai: size times probability. The probability starts as the share of periods up
/// to the first demand that have one.
fn tsb(history: &[f64], alpha: f64, beta: f64) -> Vec<f64> {
    let mut known: Option<(f64, f64)> = None;
    let mut ahead = vec![0.0];
    for (n, y) in history.iter().enumerate() {
        let there = *y > 0.0;
        known = match known {
            None => there.then(|| (*y, 1.0 / (n + 1) as f64)),
            Some((size, chance)) if there => {
                Some((size + alpha * (y - size), chance + beta * (1.0 - chance)))
            }
            Some((size, chance)) => Some((size, chance * (1.0 - beta))),
        };
        ahead.push(known.map_or(0.0, |(size, chance)| size * chance));
    }
    ahead
}

/// The first of those with the smallest cost.
fn least(methods: impl Iterator<Item = Method>, cost: impl Fn(&Method) -> f64) -> Option<Method> {
    let mut best: Option<(f64, Method)> = None;
    for method in methods {
        let now = cost(&method);
        if best.as_ref().is_none_or(|(least, _)| now < *least) {
            best = Some((now, method));
        }
    }
    best.map(|(_, method)| method)
}
