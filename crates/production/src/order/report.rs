//! The job cards of the shop floor: what was begun, what was done, and how long it took.

use super::{OperationState, WorkOrder, WorkOrderOperation, WorkOrderState};
use crate::JobCard;
use equipment::WorkCenter;
use kernel::{Context, Error, Input, Origin, Ref, Refusal, Result, refuse};
use ledger::post;
use numbers::{Date, Decimal6, Money, Rational};
use serde_json::{Value as Json, json};

#[derive(Debug, Input)]
pub struct Start {
    /// The order alone where empty.
    pub operation: Option<Ref<WorkOrderOperation>>,
}

#[derive(Debug, Input)]
pub struct Report {
    pub operation: Ref<WorkOrderOperation>,
    #[field(quantity)]
    pub good: Option<Decimal6>,
    #[field(quantity)]
    pub scrapped: Option<Decimal6>,
    /// Neither good nor scrap: to be done again here.
    #[field(quantity)]
    pub rework: Option<Decimal6>,
    /// What is reported was to be done again.
    pub again: Option<bool>,
    /// Which machine of the planned group did it; the planned one where empty.
    pub work_center: Option<Ref<WorkCenter>>,
    /// What the plan says where empty.
    pub minutes: Option<Decimal6>,
    /// Why something was scrapped, or must be done again.
    pub reason: Option<String>,
    /// Today where empty.
    pub on: Option<Date>,
}

/// What somebody else has done to some pieces.
#[derive(Debug, Input)]
pub struct OutsideDone {
    pub operation: Ref<WorkOrderOperation>,
    #[field(quantity)]
    pub quantity: Option<Decimal6>,
    #[field(quantity)]
    pub scrapped: Option<Decimal6>,
    /// What the service costs; a better figure later comes without a quantity, as the difference.
    pub cost: Money,
    pub reason: Option<String>,
    /// Today where empty.
    pub on: Option<Date>,
}

/// What a report says, however it came.
struct Reported {
    operation: Ref<WorkOrderOperation>,
    work_center: Ref<WorkCenter>,
    good: Decimal6,
    scrapped: Decimal6,
    rework: Decimal6,
    again: bool,
    minutes: Option<Decimal6>,
    /// None for the minutes at the work center's rate.
    cost: Option<Money>,
    reason: String,
    on: Date,
}

impl WorkOrder {
    /// Somebody has begun.
    pub(crate) fn start(&mut self, input: Start, cx: &mut Context) -> Result<()> {
        if let Some(id) = input.operation {
            let operation = self.operation(id, "operation_id")?;
            if operation.state != OperationState::Waiting {
                let name = operation.name.clone();
                return Err(refuse("production.begun").field("operation_id").arg("operation", name).into());
            }
            operation.state = OperationState::Started;
        } else if self.state == WorkOrderState::Started {
            return Err(refuse("production.begun_already").field("operation_id").into());
        }
        self.begun(cx)
    }

    /// Says once that work has begun.
    pub(super) fn begun(&mut self, cx: &mut Context) -> Result<()> {
        if self.state != WorkOrderState::Released {
            return Ok(());
        }
        self.state = WorkOrderState::Started;
        cx.emit("production.Started", Origin::of(self), vec![])
    }

    pub(super) fn operation(
        &mut self,
        id: Ref<WorkOrderOperation>,
        field: &str,
    ) -> Result<&mut WorkOrderOperation> {
        let found = self.operations.iter_mut().find(|o| o.id == id.id());
        found.ok_or_else(|| Error::from(refuse("production.no_operation").field(field)))
    }

    /// So many are good after this operation, so many scrap, so many to be done again, and it took so long.
    pub(crate) fn report(&mut self, input: Report, cx: &mut Context) -> Result<Json> {
        let operation = self.operation(input.operation, "operation_id")?;
        if operation.outside.is_some() {
            return Err(refuse("production.done_outside").field("operation_id").into());
        }
        let planned = operation.work_center;
        let work_center = input.work_center.unwrap_or(planned);
        if !WorkCenter::is_within(work_center, planned, cx)? {
            let name = cx.read(planned)?.name;
            return Err(refuse("production.other_center")
                .field("work_center_id")
                .arg("planned", name)
                .into());
        }
        let reported = Reported {
            operation: input.operation,
            work_center,
            good: input.good.unwrap_or_default(),
            scrapped: input.scrapped.unwrap_or_default(),
            rework: input.rework.unwrap_or_default(),
            again: input.again == Some(true),
            minutes: input.minutes,
            cost: None,
            reason: input.reason.filter(|r| !r.trim().is_empty()).unwrap_or_default(),
            on: input.on.unwrap_or_else(|| cx.today()),
        };
        self.record(reported, cx)
    }

    /// Somebody else has done it: the service is received, and what it costs goes into the work. The material is in it
    /// already.
    pub(crate) fn outside_done(&mut self, input: OutsideDone, cx: &mut Context) -> Result<Json> {
        let operation = self.operation(input.operation, "operation_id")?;
        if operation.outside.is_none() {
            return Err(refuse("production.done_inside").field("operation_id").into());
        }
        let reported = Reported {
            operation: input.operation,
            work_center: operation.work_center,
            good: input.quantity.unwrap_or_default(),
            scrapped: input.scrapped.unwrap_or_default(),
            rework: Decimal6::ZERO,
            again: false,
            minutes: Some(Decimal6::ZERO),
            cost: Some(input.cost),
            reason: input.reason.filter(|r| !r.trim().is_empty()).unwrap_or_default(),
            on: input.on.unwrap_or_else(|| cx.today()),
        };
        self.record(reported, cx)
    }

    fn record(&mut self, reported: Reported, cx: &mut Context) -> Result<Json> {
        self.check_report(&reported)?;
        let Reported { good, scrapped, rework, again, on, reason, .. } = reported;
        if on > cx.today() {
            return Err(refuse("stock.in_future").field("on").into());
        }
        let operation = self.operation(reported.operation, "operation_id")?;
        let pieces = good.plus(scrapped)?;
        let minutes = match reported.minutes {
            Some(minutes) => minutes,
            None => operation.planned_minutes(pieces.plus(rework)?)?,
        };
        let cost = match reported.cost {
            Some(cost) => cost,
            None => cost_of(minutes, cx.read(reported.work_center)?.hourly_cost)?,
        };
        let rework = if again { pieces.negated()? } else { rework };
        let operation = self.operation(reported.operation, "operation_id")?;
        operation.good = operation.good.plus(good)?;
        operation.scrapped = operation.scrapped.plus(scrapped)?;
        operation.rework = operation.rework.plus(rework)?;
        operation.minutes = operation.minutes.plus(minutes)?;
        operation.cost = operation.cost.plus(cost)?;
        operation.state = OperationState::Started;
        self.scrapped = self.scrapped.plus(scrapped)?;
        self.mark_done()?;
        let mut draft = self.draft(on, Some(&reason).filter(|r| !r.is_empty()).map(String::as_str));
        self.take_labour(cost, &mut draft, cx)?;
        let entry = post(draft, cx)?;
        let mut card = JobCard {
            id: 0,
            company: self.company,
            work_order: Ref::new(self.id),
            operation: reported.operation,
            work_center: reported.work_center,
            worked_on: on,
            recorded_at: cx.now(),
            good,
            scrapped,
            rework,
            minutes,
            cost,
            reason,
        };
        cx.insert(&mut card)?;
        self.begun(cx)?;
        if self.state == WorkOrderState::Started && self.perhaps_completed(cx)? {
            cx.emit("production.Completed", Origin::of(self), vec![])?;
        }
        Ok(json!({"job_card_id": card.id, "entry_id": entry}))
    }

    fn check_report(&self, reported: &Reported) -> Result<()> {
        let mut faults = Vec::new();
        let Reported { good, scrapped, rework, again, .. } = *reported;
        for (name, value) in [("good", good), ("scrapped", scrapped), ("rework", rework)] {
            if value.0 < 0 {
                faults.push(refuse("production.below_zero").field(name));
            }
        }
        let minutes = reported.minutes.unwrap_or_default();
        if minutes.0 < 0 {
            faults.push(refuse("production.minutes").field("minutes"));
        }
        let pieces = good.plus(scrapped)?.plus(rework)?;
        if pieces.0 == 0 && minutes.0 == 0 && reported.cost.unwrap_or_default().0 == 0 {
            faults.push(refuse("production.nothing_reported").field("good"));
        }
        if (scrapped.0 > 0 || rework.0 > 0) && reported.reason.is_empty() {
            faults.push(refuse("production.scrap_reason").field("reason"));
        }
        if pieces.0 > 0 && self.state == WorkOrderState::Completed {
            faults.push(refuse("production.completed_already").field("good"));
        }
        let at = self.operations.iter().position(|o| o.id == reported.operation.id());
        let operation = at.and_then(|at| self.operations.get(at));
        let again_left = operation.map_or(Decimal6::ZERO, |o| o.rework);
        if again && (rework.0 > 0 || pieces > again_left) {
            faults.push(refuse("production.more_than_again").field("good").arg("left", again_left));
        }
        if let Some(operation) = operation.filter(|_| !again)
            && let Some(earlier) =
                at.and_then(|at| at.checked_sub(1)).and_then(|before| self.operations.get(before))
            && earlier.state != OperationState::Waiting
        {
            let taken = operation.good.plus(operation.scrapped)?.plus(operation.rework)?;
            let came = earlier.through().minus(taken)?;
            if pieces > came {
                faults.push(refuse("production.more_than_came").field("good").arg("came", came));
            }
        }
        Refusal::all(faults)
    }

    /// An operation is done when nothing more can come to it.
    pub(super) fn mark_done(&mut self) -> Result<()> {
        let mut comes = self.begun_quantity()?;
        for operation in &mut self.operations {
            let through = operation.good.plus(operation.scrapped)?;
            if operation.state != OperationState::Waiting && through >= comes {
                operation.state = OperationState::Done;
            }
            comes = comes.minus(operation.scrapped)?;
        }
        Ok(())
    }

    /// Where all is made or scrapped, nothing more comes.
    pub(super) fn perhaps_completed(&mut self, cx: &mut Context) -> Result<bool> {
        if self.left()?.0 > 0 {
            return Ok(false);
        }
        self.state = WorkOrderState::Completed;
        self.let_go(cx)?;
        Ok(true)
    }
}

impl WorkOrderOperation {
    /// Set-up with the first pieces, then what each takes.
    fn planned_minutes(&self, pieces: Decimal6) -> Result<Decimal6> {
        let run = pieces.times(self.run_minutes)?;
        let first = self.good.0 == 0 && self.scrapped.0 == 0 && self.minutes.0 == 0;
        Ok(if first { run.plus(self.setup_minutes)? } else { run })
    }
}

/// Minutes at an hourly cost, rounded once to cents.
fn cost_of(minutes: Decimal6, hourly_cost: Decimal6) -> Result<Money> {
    let exact = &Rational::from(minutes) * &Rational::from(hourly_cost);
    Ok(Money::from_decimal(exact.over(&Rational::from(60))?.round(2)?)?)
}
