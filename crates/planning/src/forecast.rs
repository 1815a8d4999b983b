//! Forecasts: from what was wanted in each period to what will be, by the method that would have been best.
//!
//! Every method forecasts from several points of the past what came after them (*rolling origin*: L. J. Tashman,
//! Out-of-sample tests of forecasting accuracy, IJF 16 (2000)), its parameters fitted each time to what was known then;
//! the one with the smallest mean squared error is taken. Squared, because a plan needs the mean: the absolute error is
//! smallest for the median, which for an item wanted now and then is nothing at all.
//!
//! Which errors were made says how safe the forecast is. They are kept for each lead and for the sum over the first
//! leads, since the errors of following periods are not independent (D. Prak, R. Teunter and A. Syntetos, On the
//! calculation of safety stocks when demand is forecasted, EJOR 256 (2017)).

pub mod methods;

use methods::{Family, Method};

/// How many periods a season has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Season {
    /// There is none.
    None,
    /// So many, 2 or more.
    Periods(usize),
    /// Whatever the history shows.
    Find,
}

/// How to forecast.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The season.
    pub season: Season,
    /// From how many points of the past each method is tried, the last ones.
    pub origins: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { season: Season::Find, origins: 12 }
    }
}

/// What will be wanted, and how that is known. All figures are in the unit of the history.
#[derive(Clone, Debug, PartialEq)]
pub struct Forecast {
    /// One value for each of the coming periods, none below zero.
    pub values: Vec<f64>,
    /// By which method, with which parameters.
    pub method: Method,
    /// The season that was given or found.
    pub season: Option<usize>,
    /// How wrong the method would have been; none where the history is too short to try it.
    pub error: Option<Error>,
    /// Every method that was tried, in the order of [`Family::ALL`].
    pub trials: Vec<(Family, Error)>,
}

/// How wrong forecasts were.
#[derive(Clone, Debug, PartialEq)]
pub struct Error {
    /// Mean absolute error.
    pub mae: f64,
    /// The same, scaled by that of the naive method one period ahead over the whole history (R. J. Hyndman and A. B.
    /// Koehler, Another look at measures of forecast accuracy, IJF 22 (2006)): below 1 is better than naive. None where
    /// nothing ever changed.
    pub mase: Option<f64>,
    /// Mean of forecast less actual: above zero, too much was forecast.
    pub bias: f64,
    /// Root of the mean squared error: what the standard deviation is, when there is no bias.
    pub deviation: f64,
    /// The same for each lead: the first is one period ahead.
    pub by_lead: Vec<f64>,
    /// The same of the sum over the first one, two, three … periods.
    pub cumulative: Vec<f64>,
}

impl Error {
    /// The standard deviation of the error of the demand over so many periods. Beyond what was tried, and between whole
    /// periods, it grows with the root of the time.
    pub fn over(&self, periods: f64) -> f64 {
        let whole = (periods.max(0.0) as usize).clamp(1, self.cumulative.len().max(1));
        let known = self.cumulative.get(whole - 1).copied().unwrap_or(self.deviation);
        known * (periods.max(0.0) / whole as f64).sqrt()
    }
}

/// Why a history cannot be forecast.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// Nothing is known.
    #[error("the history has no period")]
    Empty,
    /// A period, counted from 0, is no number, or below zero.
    #[error("period {0} of the history is no demand")]
    NoDemand(usize),
    /// A season has 2 periods or more.
    #[error("a season has two periods or more")]
    Season,
}

/// The mean absolute change from period to period: what [`Error::mase`] is scaled by.
pub fn naive_error(history: &[f64]) -> f64 {
    let changes = history.windows(2).map(|pair| (pair[1] - pair[0]).abs());
    changes.sum::<f64>() / history.len().saturating_sub(1).max(1) as f64
}

/// Forecasts so many periods, by the method that would have been best.
pub fn forecast(history: &[f64], periods: usize, settings: &Settings) -> Result<Forecast, Unusable> {
    if history.is_empty() {
        return Err(Unusable::Empty);
    }
    if let Some(period) = history.iter().position(|y| !y.is_finite() || *y < 0.0) {
        return Err(Unusable::NoDemand(period));
    }
    let season = match settings.season {
        Season::None => None,
        Season::Periods(season) if season < 2 => return Err(Unusable::Season),
        Season::Periods(season) => Some(season),
        Season::Find => season_of(history),
    };
    let origins = origins(history.len(), season, settings.origins);
    let mut trials: Vec<(Family, Error)> = Vec::new();
    for family in Family::ALL {
        if let Some(error) = back_test(family, history, season.unwrap_or(1), origins.clone(), periods.max(1))
        {
            trials.push((family, error));
        }
    }
    let better = |best: Option<usize>, n: usize| match best {
        Some(best) if trials[best].1.deviation <= trials[n].1.deviation => Some(best),
        _ => Some(n),
    };
    let chosen = (0..trials.len()).fold(None, better).map(|n| trials[n].clone());
    let fitted = chosen.as_ref().and_then(|(family, _)| family.fit(history, season.unwrap_or(1)));
    let method = fitted.unwrap_or(Method::Naive);
    let values = method.forecast(history, periods);
    Ok(Forecast { values, method, season, error: chosen.map(|(_, error)| error), trials })
}

/// From which points of the past to forecast: half of the history, three periods and two seasons are learnt from first,
/// as far as that leaves anything to be tried on.
fn origins(length: usize, season: Option<usize>, most: usize) -> std::ops::Range<usize> {
    let learnt = (length / 2).max(3);
    let first = match season {
        Some(season) if learnt / 2 < season && season <= length.saturating_sub(3) / 2 => {
            learnt.max(2 * season)
        }
        _ => learnt,
    };
    first.max(length.saturating_sub(most.max(1)))..length
}

/// The errors of a family of methods from all origins; none where it cannot be fitted at one of them, since only what
/// was tried on the same can be compared.
fn back_test(
    family: Family,
    history: &[f64],
    season: usize,
    origins: std::ops::Range<usize>,
    periods: usize,
) -> Option<Error> {
    let mut errors: Vec<Vec<f64>> = Vec::new();
    for origin in origins {
        let (known, coming) = history.split_at(origin);
        let method = family.fit(known, season)?;
        let leads = coming.len().min(periods);
        errors.push(method.forecast(known, leads).iter().zip(coming).map(|(f, y)| f - y).collect());
    }
    measure(&errors, naive_error(history))
}

/// The measures of errors (forecast less actual) from several origins, each with its leads in order.
fn measure(errors: &[Vec<f64>], scale: f64) -> Option<Error> {
    let root = |squares: &[f64]| (squares.iter().sum::<f64>() / squares.len() as f64).sqrt();
    let all: Vec<f64> = errors.iter().flatten().copied().collect();
    if all.is_empty() {
        return None;
    }
    let leads = errors.iter().map(Vec::len).max().unwrap_or(0);
    let (mut by_lead, mut cumulative) = (Vec::new(), Vec::new());
    for lead in 0..leads {
        let reached = errors.iter().filter(|errors| errors.len() > lead);
        by_lead.push(root(&reached.clone().map(|errors| errors[lead] * errors[lead]).collect::<Vec<_>>()));
        let sums = reached.map(|errors| errors[..=lead].iter().sum::<f64>());
        cumulative.push(root(&sums.map(|sum| sum * sum).collect::<Vec<_>>()));
    }
    let mae = all.iter().map(|e| e.abs()).sum::<f64>() / all.len() as f64;
    let bias = all.iter().sum::<f64>() / all.len() as f64;
    let deviation = root(&all.iter().map(|e| e * e).collect::<Vec<_>>());
    Some(Error { mae, mase: (scale > 0.0).then(|| mae / scale), bias, deviation, by_lead, cumulative })
}

/// The season that a history shows in three turns or more: the lag at which what is left without its straight trend is
/// most like itself, if that is a peak, and higher than of pure chance one lag in twenty would be (G. E. P. Box and G. M.
/// Jenkins, Time Series Analysis (1970), 2.1.6). With so many lags one may well be found where there is none: whether it
/// helps is for the methods to show.
pub fn season_of(history: &[f64]) -> Option<usize> {
    let count = history.len();
    let middle = (count as f64 - 1.0) / 2.0;
    let mean = history.iter().sum::<f64>() / count.max(1) as f64;
    let spread: f64 = (0..count).map(|n| (n as f64 - middle).powi(2)).sum();
    let slope = if count < 2 {
        0.0
    } else {
        history.iter().enumerate().map(|(n, y)| (n as f64 - middle) * (y - mean)).sum::<f64>() / spread
    };
    let left: Vec<f64> =
        history.iter().enumerate().map(|(n, y)| y - mean - slope * (n as f64 - middle)).collect();
    let variance: f64 = left.iter().map(|x| x * x).sum();
    if variance <= 1e-12 * history.iter().map(|y| y * y).sum::<f64>() {
        return None;
    }
    let like =
        |lag: usize| left.iter().zip(left.iter().skip(lag)).map(|(a, b)| a * b).sum::<f64>() / variance;
    let most = (count / 3).min(60);
    let likeness: Vec<f64> = (0..=most + 1).map(like).collect();
    let mut best: Option<(f64, usize)> = None;
    let bound = 1.645 / (count as f64).sqrt();
    for lag in 2..=most {
        let now = likeness[lag];
        let peak = now > likeness[lag - 1] && now >= likeness[lag + 1];
        if peak && now > bound && best.is_none_or(|(best, _)| now > best) {
            best = Some((now, lag));
        }
    }
    best.map(|(_, lag)| lag)
}
