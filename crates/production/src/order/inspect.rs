//! Inspection on an operation: what is good after it goes on when somebody has looked at it.

use super::{OperationState, WorkOrder, WorkOrderOperation, WorkOrderState};
use crate::JobCard;
use kernel::{Context, Input, Kind, Origin, Ref, Refusal, Result, refuse};
use numbers::{Decimal6, Money};
use serde_json::{Value as Json, json};

#[derive(Debug, Input)]
pub struct Inspect {
    pub operation: Ref<WorkOrderOperation>,
    /// All that waits and is not named below where empty.
    #[field(quantity)]
    pub passed: Option<Decimal6>,
    #[field(quantity)]
    pub scrapped: Option<Decimal6>,
    /// To be done again at this operation.
    #[field(quantity)]
    pub rework: Option<Decimal6>,
    /// Why something did not pass.
    pub reason: Option<String>,
}

/// What of an operation waits to be looked at.
pub(crate) const WAITS: &str = "CASE WHEN {t}.inspect = 1 THEN {t}.good - {t}.passed ELSE 0 END";
/// The same of a whole order.
pub(crate) const TO_INSPECT: &str =
    "COALESCE((SELECT CAST(SUM(o.good - o.passed) AS BIGINT) FROM work_order_operation o
    WHERE o.parent_id = {t}.id AND o.inspect = 1 AND {t}.state IN ('released','started')), 0)";

impl WorkOrderOperation {
    /// What may go on from here.
    pub(super) fn through(&self) -> Decimal6 {
        if self.inspect { self.passed } else { self.good }
    }

    /// What is good and waits to be looked at.
    pub(super) fn waits(&self) -> Result<Decimal6> {
        if self.inspect { Ok(self.good.minus(self.passed)?) } else { Ok(Decimal6::ZERO) }
    }
}

impl WorkOrder {
    /// So many pass, so many are scrap after all, so many are to be done again.
    pub(crate) fn inspect(&mut self, input: Inspect, cx: &mut Context) -> Result<Json> {
        let operation = self.operation(input.operation, "operation_id")?;
        let waits = operation.waits()?;
        let (scrapped, rework) = (input.scrapped.unwrap_or_default(), input.rework.unwrap_or_default());
        let turned_down = scrapped.plus(rework)?;
        let passed = match input.passed {
            Some(passed) => passed,
            None => waits.minus(turned_down)?.max(Decimal6::ZERO),
        };
        let reason = input.reason.filter(|r| !r.trim().is_empty()).unwrap_or_default();
        let mut faults = Vec::new();
        for (name, value) in [("passed", passed), ("scrapped", scrapped), ("rework", rework)] {
            if value.0 < 0 {
                faults.push(refuse("production.below_zero").field(name));
            }
        }
        let all = passed.plus(turned_down)?;
        if all > waits || all.0 == 0 {
            faults.push(refuse("stock.waits").field("passed").arg("waits", waits));
        }
        if turned_down.0 > 0 && reason.is_empty() {
            faults.push(refuse("production.scrap_reason").field("reason"));
        }
        Refusal::all(faults)?;
        operation.passed = operation.passed.plus(passed)?;
        operation.good = operation.good.minus(turned_down)?;
        operation.scrapped = operation.scrapped.plus(scrapped)?;
        operation.rework = operation.rework.plus(rework)?;
        if rework.0 > 0 {
            operation.state = OperationState::Started;
        }
        let work_center = operation.work_center;
        self.scrapped = self.scrapped.plus(scrapped)?;
        self.mark_done()?;
        if turned_down.0 > 0 {
            // What was reported good was not: the cards say so, without another minute.
            let mut card = JobCard {
                id: 0,
                company: self.company,
                work_order: Ref::new(self.id),
                operation: input.operation,
                work_center,
                worked_on: cx.today(),
                recorded_at: cx.now(),
                good: turned_down.negated()?,
                scrapped,
                rework,
                minutes: Decimal6::ZERO,
                cost: Money(0),
                reason,
            };
            cx.insert(&mut card)?;
        }
        self.begun(cx)?;
        if self.state == WorkOrderState::Started && self.perhaps_completed(cx)? {
            cx.emit("production.Completed", Origin::of(self), vec![])?;
        }
        Ok(json!({"passed": kernel::json::to_json(Kind::Quantity, &kernel::Value::Int(passed.0))}))
    }
}
