//! Demand: what is to be planned for, out of forecasts, orders, what people know better, and what is offered but not
//! yet ordered.
//!
//! Quantities are exact: what is divided adds up again. Terms are those of the APICS Dictionary (*forecast consumption*,
//! *demand time fence*, *safety stock*, *order point*).

use numbers::Rational;

/// A forecast as quantities: multiples of a step (of a millionth where it is zero), each value rounded so that the sum up
/// to it is the nearest to the sum of the forecast up to it: four times 0.4 pieces are 0, 1, 0 and 1, and not nothing.
pub fn quantities(forecast: &[f64], step: &Rational) -> Vec<Rational> {
    let millionth = Rational::new(1, 1_000_000).unwrap_or_default();
    let step = if step.is_positive() { step } else { &millionth };
    let half = step * &Rational::new(1, 2).unwrap_or_default();
    let (mut sum, mut given) = (Rational::ZERO, Rational::ZERO);
    forecast
        .iter()
        .map(|value| {
            // What is no number, or below zero, becomes nothing; what does not fit, the largest that does.
            sum += &(&Rational::from((value.max(0.0) * 1e6).round() as i64) * &millionth);
            let up_to_here = (&sum - &half).up_to_multiple(step);
            let qty = &up_to_here - &given;
            given = up_to_here;
            qty
        })
        .collect()
}

/// How far from its own period an order may take a forecast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Periods back.
    pub backward: usize,
    /// Periods ahead.
    pub forward: usize,
}

/// What a forecast and orders come to, by period.
#[derive(Clone, Debug, PartialEq)]
pub struct Consumed {
    /// What is left of the forecast: still expected, beside the orders.
    pub forecast: Vec<Rational>,
    /// What is ordered above any forecast within reach (*abnormal demand*, if it is much).
    pub above: Vec<Rational>,
    /// What is to be planned for: the orders and what is left of the forecast.
    pub demand: Vec<Rational>,
}

/// Lets orders take the forecast that they make true: first all of them in their own period, then, period by period,
/// what is left of them backward, the nearest first, and then forward. So the order of a period never takes from
/// another what that period's own orders make true.
///
/// Both lists start with the same period; a shorter one is nothing from there on.
pub fn consume(forecast: &[Rational], orders: &[Rational], window: Window) -> Consumed {
    let count = forecast.len().max(orders.len());
    let padded =
        |list: &[Rational]| (0..count).map(|n| list.get(n).cloned().unwrap_or_default()).collect::<Vec<_>>();
    let (mut left, mut above) = (padded(forecast), padded(orders));
    let mut take = |above: &mut Rational, from: usize| {
        let part = above.at_most(&left[from]);
        if part.is_positive() {
            *above -= &part;
            left[from] -= &part;
        }
    };
    for (period, above) in above.iter_mut().enumerate() {
        take(above, period);
    }
    for (period, above) in above.iter_mut().enumerate() {
        let back = (period.saturating_sub(window.backward)..period).rev();
        let ahead = period + 1..count.min(period.saturating_add(window.forward).saturating_add(1));
        for other in back.chain(ahead) {
            take(above, other);
        }
    }
    let demand = left.iter().zip(padded(orders)).map(|(left, ordered)| left + &ordered).collect();
    Consumed { forecast: left, above, demand }
}

/// Why overrides cannot all hold.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Conflict {
    /// A node names itself or one that comes after it as its parent, or an override a node that is not there.
    #[error("node {0} is not below a node that comes before it")]
    Node(usize),
    /// What is set below a node is more than what is set for it.
    #[error("node {node}: {below} is set below it, {set} for it")]
    Below {
        /// Which node.
        node: usize,
        /// What is set below.
        below: Rational,
        /// What is set for it.
        set: Rational,
    },
    /// Two quantities are set for one node, or one below nothing.
    #[error("node {0} is set twice, or below zero")]
    Set(usize),
}

/// One period of a forecast: a hierarchy (all, group, item) of which some nodes are set by hand. `parents` names each
/// node's parent, which comes before it; `base` is each node's forecast, of which only those of the lowest nodes count;
/// `set` is what people have set for nodes on any level.
///
/// The lowest word holds: a set node keeps its quantity, the rest of a set parent is divided among what is below it and
/// not set, in proportion to the forecast (equally where all of that is zero). Where there is nothing that is not set,
/// what is set below must make up the parent. Gives each node's quantity; every parent is the sum of its children,
/// exactly. With a `step` above zero, parts are multiples of it, as [`divide`] makes them.
pub fn disaggregate(
    parents: &[Option<usize>],
    base: &[Rational],
    set: &[(usize, Rational)],
    step: &Rational,
) -> Result<Vec<Rational>, Conflict> {
    let count = parents.len();
    let mut fixed: Vec<Option<&Rational>> = vec![None; count];
    for (node, qty) in set {
        match fixed.get_mut(*node) {
            None => return Err(Conflict::Node(*node)),
            Some(place) if place.is_some() || qty.is_negative() => return Err(Conflict::Set(*node)),
            Some(place) => *place = Some(qty),
        }
    }
    // Of each node the nearest set node above it, or itself.
    let mut ruler: Vec<Option<usize>> = vec![None; count];
    let mut lowest = vec![true; count];
    for (node, parent) in parents.iter().enumerate() {
        if let Some(parent) = parent {
            if *parent >= node {
                return Err(Conflict::Node(node));
            }
            lowest[*parent] = false;
        }
        ruler[node] =
            if fixed[node].is_some() { Some(node) } else { parent.and_then(|parent| ruler[parent]) };
    }
    let value = |node: usize| base.get(node).cloned().unwrap_or_default();
    let mut result: Vec<Rational> =
        (0..count).map(|n| if lowest[n] { value(n) } else { Rational::ZERO }).collect();
    let mut below = vec![Rational::ZERO; count];
    let mut free: Vec<Vec<usize>> = vec![Vec::new(); count];
    for node in 0..count {
        if let (Some(qty), Some(above)) = (fixed[node], parents[node].and_then(|parent| ruler[parent])) {
            below[above] += qty;
        }
        if let (true, Some(ruler)) = (lowest[node], ruler[node]) {
            free[ruler].push(node);
        }
    }
    for (node, qty) in fixed.iter().enumerate().filter_map(|(node, qty)| Some((node, (*qty)?))) {
        let rest = qty - &below[node];
        if rest.is_negative() || free[node].is_empty() && !rest.is_zero() {
            return Err(Conflict::Below { node, below: below[node].clone(), set: qty.clone() });
        }
        let weights: Vec<Rational> = free[node].iter().map(|n| value(*n).at_least(&Rational::ZERO)).collect();
        for (place, part) in free[node].iter().zip(divide(&rest, &weights, step)) {
            result[*place] = part;
        }
    }
    for node in (0..count).rev() {
        if let Some(parent) = parents[node] {
            let part = result[node].clone();
            result[parent] += &part;
        }
    }
    Ok(result)
}

/// Divides a quantity in proportion to weights, equally where they are all zero: exactly, or with a `step` above zero in
/// multiples of it by largest remainders (Hamilton's method), of equal ones the first. The parts add up to the quantity
/// in any case (without weights there are none): what it has beyond a multiple of the step comes to the last part that
/// gets any. No weight is below zero.
pub fn divide(qty: &Rational, weights: &[Rational], step: &Rational) -> Vec<Rational> {
    let total: Rational = weights.iter().cloned().sum();
    let equally = vec![Rational::ONE; weights.len()];
    let (weights, total) = if total.is_positive() {
        (weights, total)
    } else {
        (equally.as_slice(), Rational::from(weights.len() as i64))
    };
    let share = |weight: &Rational| (qty * weight).over(&total).unwrap_or_default();
    let exact: Vec<Rational> = weights.iter().map(share).collect();
    if !step.is_positive() {
        return exact;
    }
    // Rounded down: up to the next multiple, and one back where that is more.
    let down = |qty: &Rational| {
        let up = qty.up_to_multiple(step);
        if up > *qty { &up - step } else { up }
    };
    let mut parts: Vec<Rational> = exact.iter().map(&down).collect();
    let mut left = qty - &parts.iter().cloned().sum();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    let remainder: Vec<Rational> = exact.iter().zip(&parts).map(|(exact, part)| exact - part).collect();
    order.sort_by(|a, b| remainder[*b].cmp(&remainder[*a]));
    for place in order {
        if !left.is_positive() {
            break;
        }
        let more = left.at_most(step);
        parts[place] += &more;
        left -= &more;
    }
    parts
}

/// Something that is offered and not yet ordered.
#[derive(Clone, Debug, PartialEq)]
pub struct Opportunity {
    /// In which period it would be wanted, counted from 0.
    pub period: usize,
    /// How much.
    pub qty: Rational,
    /// How likely it is: 0 to 1; what is outside is taken as the nearer of both.
    pub probability: Rational,
}

/// What opportunities come to.
#[derive(Clone, Debug, PartialEq)]
pub struct Pipeline {
    /// Those that are likely enough to be planned in full, as if they were ordered; by their place in the list.
    pub certain: Vec<usize>,
    /// Of the others, the expected quantity in each period.
    pub expected: Vec<Rational>,
    /// The variance of that quantity, each opportunity being won or lost by itself: Σ p (1 − p) q².
    pub variance: Vec<Rational>,
}

/// The open pipeline by probability, over so many periods; later ones are not counted. An opportunity counts as an order
/// from the probability `certain` on, because half an order is never delivered: it comes in full or not at all.
pub fn pipeline(opportunities: &[Opportunity], certain: &Rational, periods: usize) -> Pipeline {
    let nothing = vec![Rational::ZERO; periods];
    let mut result = Pipeline { certain: Vec::new(), expected: nothing.clone(), variance: nothing };
    for (place, one) in opportunities.iter().enumerate().filter(|(_, one)| one.period < periods) {
        let probability = one.probability.at_least(&Rational::ZERO).at_most(&Rational::ONE);
        if probability >= *certain {
            result.certain.push(place);
            continue;
        }
        let expected = &probability * &one.qty;
        result.variance[one.period] += &(&(&expected * &one.qty) * &(&Rational::ONE - &probability));
        result.expected[one.period] += &expected;
    }
    result
}

/// The normal quantile: the *z* below which a standard normal value lies with that probability; infinite at 0 and 1, not
/// a number outside. M. J. Wichura, Algorithm AS 241, Applied Statistics 37 (1988), routine PPND16: to about 16 digits.
pub fn normal_quantile(probability: f64) -> f64 {
    let q = probability - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180625 - q * q;
        return q * polynomial(&CENTRE.0, r) / polynomial(&CENTRE.1, r);
    }
    if !(0.0..=1.0).contains(&probability) {
        return f64::NAN;
    }
    let tail = probability.min(1.0 - probability);
    if tail == 0.0 {
        return q.signum() * f64::INFINITY;
    }
    let r = (-tail.ln()).sqrt();
    let (r, (above, below)) = if r <= 5.0 { (r - 1.6, &SIDE) } else { (r - 5.0, &TAIL) };
    q.signum() * polynomial(above, r) / polynomial(below, r)
}

/// By Horner's rule, the coefficient of the highest power first.
fn polynomial(coefficients: &[f64; 8], x: f64) -> f64 {
    coefficients.iter().fold(0.0, |sum, coefficient| sum * x + coefficient)
}

/// Coefficients above and below the line, of the highest power first.
type Quotient = ([f64; 8], [f64; 8]);

const CENTRE: Quotient = (
    [
        2.509_080_928_730_122_6e3,
        3.343_057_558_358_813e4,
        6.726_577_092_700_87e4,
        4.592_195_393_154_987e4,
        1.373_169_376_550_946e4,
        1.971_590_950_306_551_4e3,
        1.331_416_678_917_843_9e2,
        3.387_132_872_796_366_5,
    ],
    [
        5.226_495_278_852_854e3,
        2.872_908_573_572_194_4e4,
        3.930_789_580_009_271e4,
        2.121_379_430_158_659_5e4,
        5.394_196_021_424_751e3,
        6.871_870_074_920_579e2,
        4.231_333_070_160_091e1,
        1.0,
    ],
);

const SIDE: Quotient = (
    [
        7.745_450_142_783_414e-4,
        0.022_723_844_989_269_184,
        2.417_807_251_774_506e-1,
        1.270_458_252_452_368_4,
        3.647_848_324_763_204_5,
        5.769_497_221_460_691,
        4.630_337_846_156_546,
        1.423_437_110_749_683_5,
    ],
    [
        1.050_750_071_644_416_9e-9,
        5.475_938_084_995_345e-4,
        1.519_866_656_361_645_7e-2,
        1.481_039_764_274_800_8e-1,
        6.897_673_349_851e-1,
        1.676_384_830_183_803_8,
        2.053_191_626_637_759,
        1.0,
    ],
);

const TAIL: Quotient = (
    [
        2.010_334_399_292_288_1e-07,
        2.711_555_568_743_487_6e-5,
        1.242_660_947_388_078_3e-3,
        0.026_532_189_526_576_124,
        0.296_560_571_828_504_87,
        1.784_826_539_917_291_3,
        5.463_784_911_164_114,
        6.657_904_643_501_103,
    ],
    [
        2.044_263_103_389_939_7e-15,
        1.421_511_758_316_446e-7,
        1.846_318_317_510_054_8e-05,
        7.868_691_311_456_133e-4,
        1.487_536_129_085_061_5e-2,
        1.369_298_809_227_358e-1,
        5.998_322_065_558_88e-1,
        1.0,
    ],
);

/// The standard deviation of the demand over a lead time that itself varies: of a demand per period with its deviation,
/// and a lead time in periods with its own, independent of one another (E. A. Silver, D. F. Pyke and D. J. Thomas,
/// Inventory and Production Management in Supply Chains, 4th ed. (2017), 6.10: σ² = L σ_d² + d² σ_L²).
pub fn lead_time_deviation(demand: f64, demand_deviation: f64, lead: f64, lead_deviation: f64) -> f64 {
    (lead.max(0.0) * demand_deviation * demand_deviation + (demand * lead_deviation).powi(2)).sqrt()
}

/// Safety stock for a *cycle service level*: the probability that no order goes short while a replenishment is awaited,
/// given the standard deviation of the error of the demand over the lead time: that of
/// [`Error::over`](crate::forecast::Error::over), or [`lead_time_deviation`]. Nothing at a level of one half or less; none
/// where no stock is enough: at a level of 1, or with a deviation that is no number.
pub fn safety_stock(service_level: f64, deviation: f64) -> Option<f64> {
    let stock = normal_quantile(service_level).max(0.0) * deviation;
    (stock.is_finite() && (0.0..1.0).contains(&service_level)).then_some(stock)
}

/// The order point: when stock and what is on order fall to it, it is time to order. What is wanted during the lead time,
/// and the safety stock.
pub fn reorder_point(demand: f64, lead: f64, safety_stock: f64) -> f64 {
    demand * lead + safety_stock
}
