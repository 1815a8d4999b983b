//! `celota plan`: plans a model that lies in a file, without a database.

use kernel::{Result, refuse};
use planning::model::{DAY, Fault};
use planning::plan::{Options, Plan, plan};
use serde_json::{Value as Json, json};
use std::path::Path;

/// Plans a file of the neutral format; writes the plan where it is asked for, and says how good it is.
pub fn run(model: &Path, constrained: bool, out: Option<&Path>) -> Result<Json> {
    let file = model.display().to_string();
    let text = std::fs::read_to_string(model)
        .map_err(|e| refuse("celota.file").field("model").arg("file", &file).arg("what", e))?;
    let fault =
        |fault: Fault| refuse("celota.not_a_model").field("model").arg("file", &file).arg("what", fault);
    let model = planning::format::read(&text).map_err(fault)?;
    let made = plan(&model, &Options { finite: constrained, ..Options::default() }).map_err(fault)?;
    if let Some(out) = out {
        let unwritable =
            |what: String| refuse("celota.file").field("out").arg("file", out.display()).arg("what", what);
        let text = planning::format::write(&model, &made).map_err(|e| unwritable(e.to_string()))?;
        std::fs::write(out, text).map_err(|e| unwritable(e.to_string()))?;
    }
    Ok(summary(&model, &made))
}

fn summary(model: &planning::model::Model, made: &Plan) -> Json {
    let supplies: usize = made.records.iter().map(|r| r.lots.len()).sum();
    let late: Vec<i64> = model
        .orders
        .iter()
        .zip(&made.done)
        .map(|(order, done)| done - order.due)
        .filter(|late| *late > 0)
        .collect();
    let days = late.iter().sum::<i64>() / DAY;
    let started = made.records.iter().flat_map(|r| &r.lots).filter(|lot| lot.start < 0).count();
    let text = format!(
        "{supplies} planned orders for {} orders: {} late, {days} days in all; {started} should have started already; {} messages.",
        model.orders.len(),
        late.len(),
        made.messages.len()
    );
    json!({"text": text, "supplies": supplies, "orders": model.orders.len(), "late": late.len(), "days_late": days,
        "started_in_the_past": started, "messages": made.messages.len()})
}
