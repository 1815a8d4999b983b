//! Lot-sizing rules over periods: what is wanted in each, what one more lot costs, what a unit in stock costs.
//!
//! Each returns for every period what is received at its start. Sources: E. A. Silver and H. C. Meal, A heuristic for
//! selecting lot size quantities, Production and Inventory Management 14 (1973); H. M. Wagner and T. M. Whitin,
//! Dynamic version of the economic lot size model, Management Science 5 (1958); F. W. Harris, How many parts to make at
//! once, Factory 10 (1913).

/// A rule that weighs set-ups against stock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// As many periods as lower the cost per period.
    SilverMeal,
    /// As many periods as lower the cost per unit.
    LeastUnitCost,
    /// The cheapest plan of all.
    WagnerWhitin,
    /// Harris's quantity for the average demand, received whenever stock would run out.
    EconomicOrderQuantity,
}

/// Which periods are made at once: for each lot the first period and how many periods it covers, first to last.
/// A lot starts where there is a demand; periods without one are covered by the lot before them.
pub fn cover(rule: Rule, demand: &[f64], setup: f64, holding: f64) -> Vec<(usize, usize)> {
    let first = demand.iter().position(|d| *d > 0.0).unwrap_or(demand.len());
    match rule {
        Rule::SilverMeal => greedily(demand, first, |periods, cost, _| cost / periods, setup, holding),
        Rule::LeastUnitCost => greedily(demand, first, |_, cost, units| cost / units, setup, holding),
        Rule::WagnerWhitin => wagner_whitin(demand, first, setup, holding),
        Rule::EconomicOrderQuantity => economic(demand, first, setup, holding),
    }
}

/// Harris's economic order quantity for a demand per period.
pub fn economic_order_quantity(demand_per_period: f64, setup: f64, holding: f64) -> f64 {
    if holding <= 0.0 { f64::INFINITY } else { (2.0 * demand_per_period * setup / holding).sqrt() }
}

/// What a plan costs: set-ups, and stock at the end of each period.
pub fn cost(plan: &[f64], demand: &[f64], setup: f64, holding: f64) -> f64 {
    let mut stock = 0.0;
    plan.iter().zip(demand).fold(0.0, |cost, (received, wanted)| {
        stock += received - wanted;
        cost + if *received > 0.0 { setup } else { 0.0 } + stock * holding
    })
}

/// Extends a lot by one period after another for as long as the measure falls.
fn greedily(
    demand: &[f64],
    first: usize,
    measure: impl Fn(f64, f64, f64) -> f64,
    setup: f64,
    holding: f64,
) -> Vec<(usize, usize)> {
    let mut lots = Vec::new();
    let mut start = first;
    while start < demand.len() {
        let (mut total, mut units, mut periods, mut best) = (setup, 0.0, 0usize, f64::INFINITY);
        for wanted in demand.iter().skip(start) {
            total += holding * periods as f64 * wanted;
            units += wanted;
            let now = measure((periods + 1) as f64, total, units);
            // A period without demand costs nothing more and ends no lot.
            if now > best && *wanted > 0.0 {
                break;
            }
            best = now.min(best);
            periods += 1;
        }
        lots.push((start, periods));
        start += periods;
    }
    lots
}

/// The shortest path from each period to the end; a lot covers whole periods in some optimal plan (Wagner and Whitin,
/// theorem 2).
fn wagner_whitin(demand: &[f64], first: usize, setup: f64, holding: f64) -> Vec<(usize, usize)> {
    let count = demand.len();
    let mut best = vec![(0.0, 0usize); count + 1];
    for start in (first..count).rev() {
        best[start] = (f64::INFINITY, count);
        let mut total = setup;
        for end in start + 1..=count {
            total += holding * (end - 1 - start) as f64 * demand[end - 1];
            if total >= best[start].0 {
                // What is held only grows: no longer lot can be cheaper than one that already is dearer by itself.
                break;
            }
            // A lot that starts where nothing is wanted would stand a period too early.
            let starts_well = end == count || demand[end] > 0.0;
            if starts_well && total + best[end].0 < best[start].0 {
                best[start] = (total + best[end].0, end);
            }
        }
    }
    let mut lots = Vec::new();
    let mut start = first;
    while start < count {
        let end = best[start].1;
        lots.push((start, end - start));
        start = end;
    }
    lots
}

/// As many whole periods as come nearest to the economic order quantity.
fn economic(demand: &[f64], first: usize, setup: f64, holding: f64) -> Vec<(usize, usize)> {
    let average = demand.iter().sum::<f64>() / demand.len().max(1) as f64;
    let quantity = economic_order_quantity(average, setup, holding);
    let mut lots = Vec::new();
    let mut start = first;
    while start < demand.len() {
        let (mut sum, mut periods) = (0.0, 0usize);
        for wanted in demand.iter().skip(start) {
            let next = sum + wanted;
            if periods > 0 && *wanted > 0.0 && (next - quantity).abs() > (sum - quantity).abs() {
                break;
            }
            sum = next;
            periods += 1;
        }
        lots.push((start, periods));
        start += periods;
    }
    lots
}
