//! Another time, another machine, another quantity.

use super::{WorkOrder, WorkOrderOperation, WorkOrderState};
use equipment::WorkCenter;
use jiff::Timestamp;
use kernel::{Context, Entity, Input, Ref, Refusal, Result, refuse};
use numbers::{Date, Decimal6};
use serde_json::{Value as Json, json};

#[derive(Debug, Input)]
pub struct Reschedule {
    pub starts_on: Option<Date>,
    pub due_on: Option<Date>,
    /// Before the release only.
    #[field(quantity)]
    pub quantity: Option<Decimal6>,
    #[lines]
    pub operations: Vec<RescheduledOperation>,
}

#[derive(Debug, Input)]
pub struct RescheduledOperation {
    pub operation: Ref<WorkOrderOperation>,
    pub work_center: Option<Ref<WorkCenter>>,
    pub starts_at: Option<Timestamp>,
    pub ends_at: Option<Timestamp>,
}

impl WorkOrder {
    /// Moves the order or its operations; what is not named stays.
    pub(crate) fn reschedule(&mut self, input: Reschedule, cx: &mut Context) -> Result<()> {
        let was = self.when(&input);
        self.starts_on = input.starts_on.or(self.starts_on);
        self.due_on = input.due_on.or(self.due_on);
        let mut faults = Vec::new();
        if self.due_on < self.starts_on {
            faults.push(refuse("production.ends_before").field("due_on"));
        }
        for (i, moved) in input.operations.iter().enumerate() {
            let Some(operation) = self.operations.iter_mut().find(|o| o.id == moved.operation.id()) else {
                faults.push(refuse("production.no_operation").field(format!("operations/{i}/operation_id")));
                continue;
            };
            operation.work_center = moved.work_center.unwrap_or(operation.work_center);
            operation.starts_at = moved.starts_at.or(operation.starts_at);
            operation.ends_at = moved.ends_at.or(operation.ends_at);
            if matches!((operation.starts_at, operation.ends_at), (Some(from), Some(to)) if to < from) {
                faults.push(refuse("production.ends_before").field(format!("operations/{i}/ends_at")));
            }
        }
        let planned = matches!(self.state, WorkOrderState::Planned | WorkOrderState::Firm);
        if input.quantity.is_some() && !planned {
            faults.push(refuse("production.released_already").field("quantity"));
        }
        Refusal::all(faults)?;
        if let Some(was) = was {
            cx.undo_by(Self::NAME, self.id, "reschedule", was);
        }
        let Some(quantity) = input.quantity.filter(|q| *q != self.quantity) else { return Ok(()) };
        // Its lines follow the quantity when it is saved.
        let before = std::mem::replace(&mut self.quantity, quantity);
        if self.state == WorkOrderState::Firm {
            if quantity < before {
                stock::supply_lost(&[self.id], cx)?;
            }
            self.expect_supply(before, cx)?;
        }
        Ok(())
    }

    /// How it is before it is moved, as the command that brings it back; nothing where a time is given for the first
    /// time, or the quantity is another.
    fn when(&self, input: &Reschedule) -> Option<Json> {
        if input.quantity.is_some_and(|quantity| quantity != self.quantity) {
            return None;
        }
        let moved = |o: &&WorkOrderOperation| input.operations.iter().any(|m| m.operation.id() == o.id);
        let operations = self.operations.iter().filter(moved).map(|o| {
            let (from, to) = o.starts_at.zip(o.ends_at)?;
            Some(json!({"operation_id": o.id, "work_center_id": o.work_center.id(), "starts_at": from.to_string(), "ends_at": to.to_string()}))
        });
        let operations: Vec<Json> = operations.collect::<Option<_>>()?;
        let day = |on: Option<Date>| on.map(|on| on.to_string());
        Some(json!({"starts_on": day(self.starts_on), "due_on": day(self.due_on), "operations": operations}))
    }
}
