//! Plans a model of the neutral format: `cargo run --release -p planning --example plan -- MODEL.json [PLAN.json]`
#![expect(clippy::print_stdout, reason = "an example that is run by hand")]

use planning::format;
use planning::message::Message;
use planning::model::DAY;
use planning::plan::{Options, plan};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut files = std::env::args().skip(1);
    let model = format::read(&std::fs::read_to_string(files.next().ok_or("a model is wanted")?)?)?;
    let begun = std::time::Instant::now();
    let plan = plan(&model, &Options::default())?;
    let lots: usize = plan.records.iter().map(|r| r.lots.len()).sum();
    let late = model.orders.iter().zip(&plan.done).filter(|(order, done)| **done > order.due).count();
    println!("{lots} planned orders, {late} of {} orders late, in {:?}", model.orders.len(), begun.elapsed());
    let steps = plan.records.iter().flat_map(|r| &r.lots).flat_map(|lot| &lot.steps);
    println!("{} hours of set-up", steps.map(|step| step.setup).sum::<i64>() / 3600);
    for message in &plan.messages {
        if let Message::Expires { item, qty, at, .. } = message {
            let item = model.items.get(*item as usize).ok_or("an item is wanted")?;
            println!("{qty} of {} expire on {}", item.id, model.start.plus_days(at.div_euclid(DAY))?);
        }
    }
    if let Some(file) = files.next() {
        std::fs::write(file, format::write(&model, &plan)?)?;
    }
    Ok(())
}
