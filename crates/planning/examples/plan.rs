//! Plans a model of the neutral format: `cargo run --release -p planning --example plan -- MODEL.json [PLAN.json]`
#![expect(clippy::print_stdout, clippy::disallowed_methods, reason = "an example that is run by hand")]

use planning::format;
use planning::plan::{Options, plan};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut files = std::env::args().skip(1);
    let model = format::read(&std::fs::read_to_string(files.next().ok_or("a model is wanted")?)?)?;
    let begun = std::time::Instant::now();
    let plan = plan(&model, &Options::default())?;
    let lots: usize = plan.records.iter().map(|r| r.lots.len()).sum();
    let late = model.orders.iter().zip(&plan.done).filter(|(order, done)| **done > order.due).count();
    println!("{lots} planned orders, {late} of {} orders late, in {:?}", model.orders.len(), begun.elapsed());
    if let Some(file) = files.next() {
        std::fs::write(file, format::write(&model, &plan)?)?;
    }
    Ok(())
}
