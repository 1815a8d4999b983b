//! Goods that were rejected are made good: a work order takes them from where they are on hold, and gives good ones.

use super::issue::Going;
use super::{OperationState, WorkOrder, WorkOrderLine, WorkOrderOperation, WorkOrderState};
use equipment::WorkCenter;
use kernel::{Context, Input, Origin, Ref, Result, refuse};
use ledger::post;
use numbers::{Date, Decimal6, Money};
use serde_json::{Value as Json, json};
use stock::Inspection;

#[derive(Debug, Input)]
pub struct Rework {
    /// All that was rejected and is still here where empty; where nothing was, all that waits.
    #[field(quantity)]
    pub quantity: Option<Decimal6>,
    /// Needed where it was not rejected before.
    pub reason: Option<String>,
    pub due_on: Option<Date>,
    /// What is done to it; it is only looked through where empty.
    #[lines]
    pub operations: Vec<ReworkStep>,
}

#[derive(Debug, Input)]
pub struct ReworkStep {
    pub name: String,
    pub work_center: Ref<WorkCenter>,
    pub setup_minutes: Option<Decimal6>,
    /// For one.
    pub run_minutes: Option<Decimal6>,
    /// What is good after it waits until somebody has looked at it.
    pub inspect: Option<bool>,
}

/// Begins a work order that makes goods on hold good. They go into the work at once, at what they are worth.
pub(crate) fn rework(inspection: &mut Inspection, input: Rework, cx: &mut Context) -> Result<Json> {
    let quantity = inspection.settle(input.quantity, input.reason, cx)?;
    inspection.reworked = inspection.reworked.plus(quantity)?;
    let (today, due_on) = (cx.today(), input.due_on.unwrap_or_else(|| cx.today()));
    if due_on < today {
        return Err(refuse("production.ends_before").field("due_on").into());
    }
    let mut order = begun(inspection, quantity, (today, due_on), input.operations);
    let id = cx.insert(&mut order)?.id();
    let mut order = cx.hold::<WorkOrder>(id)?;
    let lot = Some(inspection.lot.clone());
    let going: Vec<Going> = order
        .components
        .iter()
        .map(|line| Going { line: line.id, quantity: line.quantity, lot: lot.clone() })
        .collect();
    let reason = inspection.reason.clone();
    let mut draft = order.draft(today, Some(reason.as_str()).filter(|r| !r.is_empty()));
    order.consume(&going, today, &mut draft, cx)?;
    post(draft, cx)?;
    order.expect_supply(order.quantity, cx)?;
    let of = Origin::of::<WorkOrder>(&order);
    cx.save(order)?;
    cx.emit("production.Released", of, vec![Origin::of(inspection)])?;
    Ok(json!({"work_order_id": id}))
}

impl WorkOrder {
    /// Whether a component is what it makes good.
    pub(super) fn takes_from_hold(&self, line: &WorkOrderLine) -> bool {
        self.rework.is_some() && line.product == self.product
    }

    /// The lot of what is completed: as typed; what is made good stays the lot that it was.
    pub(super) fn own_lot(&self, typed: Option<String>, cx: &mut Context) -> Result<Option<String>> {
        match (typed.filter(|l| !l.trim().is_empty()), self.rework) {
            (None, Some(inspection)) => Ok(Some(cx.read(inspection)?.lot)),
            (typed, _) => Ok(typed),
        }
    }
}

fn begun(
    inspection: &Inspection,
    quantity: Decimal6,
    (starts_on, due_on): (Date, Date),
    steps: Vec<ReworkStep>,
) -> WorkOrder {
    let taken = WorkOrderLine {
        id: 0,
        position: 0,
        product: inspection.product,
        quantity,
        by_potency: false,
        issued: Decimal6(0),
        taken: Decimal6(0),
        value: Money(0),
        settled: false,
        reason: String::new(),
        operation: None,
        replaces: None,
        from_serial: None,
        until_serial: None,
    };
    WorkOrder {
        id: 0,
        company: inspection.company,
        number: None,
        product: inspection.product,
        bill: None,
        quantity,
        first_serial: None,
        state: WorkOrderState::Released,
        starts_on: Some(starts_on),
        due_on: Some(due_on),
        location: Some(inspection.location),
        order: None,
        order_line: None,
        note: Some(inspection.reason.clone()).filter(|r| !r.is_empty()),
        completed: Decimal6(0),
        scrapped: Decimal6(0),
        planned_scrap: Decimal6(0),
        rework: Some(Ref::new(inspection.id)),
        takes_apart: false,
        wip: Money(0),
        wip_material: Money(0),
        wip_labour: Money(0),
        price_variance: Money(0),
        usage_variance: Money(0),
        rate_variance: Money(0),
        efficiency_variance: Money(0),
        lot_variance: Money(0),
        yield_variance: Money(0),
        method_variance: Money(0),
        history: false,
        source_key: None,
        components: vec![taken],
        operations: steps.into_iter().map(|step| step.operation(quantity)).collect(),
        outputs: Vec::new(),
    }
}

impl ReworkStep {
    fn operation(self, quantity: Decimal6) -> WorkOrderOperation {
        WorkOrderOperation {
            id: 0,
            position: 0,
            name: self.name,
            work_center: self.work_center,
            setup_minutes: self.setup_minutes.unwrap_or_default(),
            run_minutes: self.run_minutes.unwrap_or_default(),
            quantity,
            queue_minutes: Decimal6(0),
            move_minutes: Decimal6(0),
            transfer_quantity: None,
            skill: None,
            tool: None,
            setup_family: None,
            inspect: self.inspect == Some(true),
            passed: Decimal6(0),
            outside: None,
            starts_at: None,
            ends_at: None,
            state: OperationState::Waiting,
            good: Decimal6(0),
            scrapped: Decimal6(0),
            rework: Decimal6(0),
            minutes: Decimal6(0),
            cost: Money(0),
        }
    }
}
