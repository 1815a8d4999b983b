//! Bottleneck first: the busiest resource is given its work in the order of the due dates as if it were the only one that is
//! ever full, and all others follow it (the drum of E. M. Goldratt and J. Cox, The Goal (1984)).

use crate::model::Seconds;
use crate::network::{Doing, Network};
use crate::schedule::{Floor, Placed, Schedule};
use crate::shop::Shop;

/// All tasks in the order in which they would start, given such an order by due dates in which sources come first; the
/// schedule is overwritten.
pub fn bottleneck_first<'m>(
    shop: &Shop<'m>,
    network: &Network<'m>,
    floor: &mut Floor<'_, 'm>,
    by_due: &[u32],
    now: &mut Schedule,
) -> Vec<u32> {
    let drum = busiest(shop, network);
    floor.pass(network, by_due, now, |floor, task, from, last| match network.tasks[task].doing {
        Doing::Work(operation, work @ 1..) if operation.resources.first() != drum.as_ref() => {
            let clock = shop.usual_clock(operation);
            let (start, end) = clock.stretch(clock.worked(from), work);
            Placed { start: start.max(from), end: end.max(from), ..Placed::default() }
        }
        doing => floor.early_until(doing, from, last),
    });
    now.by_start(network)
}

/// The resource with the most work for the time that it has until the last order is due.
fn busiest(shop: &Shop<'_>, network: &Network<'_>) -> Option<usize> {
    let mut load = vec![0; shop.model.resources.len()];
    for task in &network.tasks {
        if let Doing::Work(operation, work) = task.doing
            && let Some(resource) = operation.resources.first()
        {
            load[*resource] += work;
        }
    }
    let until = shop.model.orders.iter().map(|order| order.due).max()?;
    let share = |resource: usize, work: Seconds| {
        let time = shop.clock(resource).worked(until) * i64::from(shop.model.resources[resource].capacity);
        work as f64 / time.max(1) as f64
    };
    let shares = load.into_iter().enumerate().map(|(resource, work)| (resource, share(resource, work)));
    shares.max_by(|a, b| a.1.total_cmp(&b.1)).map(|(resource, _)| resource)
}
