//! What a work order is, and how it comes to be.

mod cancel;
mod close;
mod coming;
mod complete;
mod fill;
mod firm;
mod inspect;
mod issue;
mod made_for;
mod release;
mod report;
mod reschedule;
mod rework;
mod substitute;
mod variance;

pub use coming::{Making, expected_supply};
pub use firm::{Planned, Times, order_firmly};
pub(crate) use inspect::{TO_INSPECT, WAITS};
pub use made_for::OrderLine;
pub(crate) use rework::rework;

use crate::Bill;
use crate::bill::HUNDRED;
use access::Company;
use catalog::{Product, ProductKind};
use equipment::WorkCenter;
use jiff::Timestamp;
use kernel::{Choice, Context, Entity, Life, Origin, Ref, Refusal, Result, life, refuse};
use ledger::{AccountRole, Draft, EntryKind};
use numbers::{Date, Decimal6, Money};
use people::Skill;
use stock::{Inspection, Location, Warehouse};

/// An order to our own shop floor.
#[derive(Clone, Debug, Entity)]
#[entity(
    search = "number,note",
    list = "number,state,product_id,quantity,completed,starts_on,due_on,short_lines",
    number = "WO{year}-{n:05}",
    unique = "company_id,number",
    index = "product_id;state,due_on;order_line_id"
)]
pub struct WorkOrder {
    pub id: i64,
    pub company: Ref<Company>,
    #[field(readonly)]
    pub number: Option<String>,
    pub product: Ref<Product>,
    /// The one that is valid on the first day where empty.
    pub bill: Option<Ref<Bill>>,
    #[field(quantity, default = "1000000")]
    pub quantity: Decimal6,
    #[field(readonly)]
    pub state: WorkOrderState,
    pub starts_on: Option<Date>,
    pub due_on: Option<Date>,
    /// Where components come from and the product goes; the first place where empty.
    pub location: Option<Ref<Location>>,
    /// The order that it is made for; for whoever needs it where empty.
    #[field(readonly)]
    pub order: Option<Origin>,
    /// The line of that order: what is made is that line's.
    #[field(readonly)]
    pub order_line: Option<Origin>,
    /// The number of its first unit; where some component goes by serial numbers, the next one where empty.
    pub first_serial: Option<i64>,
    #[field(long)]
    pub note: Option<String>,
    /// What is made and in stock.
    #[field(quantity, readonly)]
    pub completed: Decimal6,
    #[field(quantity, readonly)]
    pub scrapped: Decimal6,
    /// What is begun besides the quantity because operations do not yield all.
    #[field(quantity, readonly)]
    pub planned_scrap: Decimal6,
    /// The goods on hold that are made good by it.
    #[field(readonly)]
    pub rework: Option<Ref<Inspection>>,
    /// Whether the product is taken apart.
    #[field(readonly)]
    pub takes_apart: bool,
    /// What was taken up and not given yet: material and hours.
    #[field(readonly)]
    pub wip: Money,
    /// Of it, material.
    #[field(readonly)]
    pub wip_material: Money,
    /// Of it, hours of people and machines.
    #[field(readonly)]
    pub wip_labour: Money,
    /// What components and bought services have cost beyond their standard, when it was closed.
    #[field(readonly)]
    pub price_variance: Money,
    /// What was used beyond what the pieces take, when it was closed.
    #[field(readonly)]
    pub usage_variance: Money,
    /// What hours have cost beyond their standard rate.
    #[field(readonly)]
    pub rate_variance: Money,
    /// What was worked beyond what the pieces take.
    #[field(readonly)]
    pub efficiency_variance: Money,
    /// Set-up over another lot than the standard's.
    #[field(readonly)]
    pub lot_variance: Money,
    /// What was lost with scrap beyond what was planned.
    #[field(readonly)]
    pub yield_variance: Money,
    /// What the order's own recipe costs beyond the standard, and cents.
    #[field(readonly)]
    pub method_variance: Money,
    /// From before the start: shown and counted, outside stock and books.
    #[field(readonly)]
    pub history: bool,
    #[field(readonly)]
    pub source_key: Option<String>,
    #[lines]
    pub components: Vec<WorkOrderLine>,
    #[lines]
    pub operations: Vec<WorkOrderOperation>,
    #[lines]
    pub outputs: Vec<WorkOrderOutput>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum WorkOrderState {
    Planned,
    Firm,
    Released,
    Started,
    Completed,
    Closed,
    Cancelled,
}

pub const LIFE: Life = life![
    planned: firm => firm, release => released, reschedule => planned, cancel => cancelled, edit => planned;
    firm: release => released, reschedule => firm, cancel => cancelled;
    released: start => started, issue => released, report => started, report => completed, complete => started,
        outside_done => started, outside_done => completed, complete => completed, reserve => released, inspect => started, inspect => completed, reschedule => released, cancel => cancelled;
    started: report => started, report => completed, complete => started, complete => completed, issue => started,
        outside_done => started, outside_done => completed, start => started, inspect => started, inspect => completed, reserve => started, reschedule => started, close => closed, cancel => cancelled;
    completed: close => closed, issue => completed, report => completed, outside_done => completed
];

/// What goes into it.
#[derive(Clone, Debug, Entity)]
#[entity(
    line_of = "WorkOrder",
    title = "product_id",
    list = "product_id,quantity,pegged,issued",
    index = "product_id"
)]
pub struct WorkOrderLine {
    pub id: i64,
    pub position: i64,
    pub product: Ref<Product>,
    /// What the whole order takes.
    #[field(quantity)]
    pub quantity: Decimal6,
    /// It is counted at standard potency: more goes of a weaker lot.
    pub by_potency: bool,
    #[field(quantity, readonly)]
    pub issued: Decimal6,
    /// What has really left the stock for it, where it is counted at standard potency.
    #[field(quantity, readonly)]
    pub taken: Decimal6,
    /// What was issued has cost so much.
    #[field(readonly)]
    pub value: Money,
    /// Less was used than planned, and no more will be.
    #[field(readonly)]
    pub settled: bool,
    /// Why more or less was used than planned.
    #[field(readonly)]
    pub reason: String,
    /// The position of the operation that takes it; the first where empty.
    pub operation: Option<i64>,
    /// The line of the component in whose place it goes.
    #[field(readonly)]
    pub replaces: Option<Ref<WorkOrderLine>>,
    /// The serial numbers of the units that take it; all where empty.
    #[field(readonly)]
    pub from_serial: Option<i64>,
    #[field(readonly)]
    pub until_serial: Option<i64>,
}

/// What it gives besides the product, or what the product comes apart into.
#[derive(Clone, Debug, Entity)]
#[entity(
    line_of = "WorkOrder",
    title = "product_id",
    list = "product_id,quantity,completed,cost_share_percent,value",
    index = "product_id"
)]
pub struct WorkOrderOutput {
    pub id: i64,
    pub position: i64,
    pub product: Ref<Product>,
    /// What the whole order gives.
    #[field(quantity)]
    pub quantity: Decimal6,
    /// The part of the costs that it carries.
    pub cost_share_percent: Decimal6,
    #[field(quantity, readonly)]
    pub completed: Decimal6,
    /// What is in stock was given so much.
    #[field(readonly)]
    pub value: Money,
}

/// What is done to it, one after the other.
#[derive(Clone, Debug, Entity)]
#[entity(
    line_of = "WorkOrder",
    title = "name",
    list = "position,name,work_center_id,starts_at,ends_at,state,good,waits,scrapped,rework,minutes",
    index = "work_center_id,state"
)]
pub struct WorkOrderOperation {
    pub id: i64,
    pub position: i64,
    pub name: String,
    pub work_center: Ref<WorkCenter>,
    pub setup_minutes: Decimal6,
    /// For one unit.
    pub run_minutes: Decimal6,
    /// So many are begun.
    #[field(quantity)]
    pub quantity: Decimal6,
    /// What lies before it begins, by the clock.
    pub queue_minutes: Decimal6,
    /// What passes by the clock before the next may begin.
    pub move_minutes: Decimal6,
    /// The next may begin when so many are through; when all are where empty.
    #[field(quantity)]
    pub transfer_quantity: Option<Decimal6>,
    /// The work center's where empty.
    pub skill: Option<Ref<Skill>>,
    /// A second resource that is held at the same time.
    pub tool: Option<Ref<WorkCenter>>,
    /// Work of one family needs no set-up in between.
    pub setup_family: Option<String>,
    /// The service that is bought for each unit, where somebody else does it.
    pub outside: Option<Ref<Product>>,
    /// What is good after it waits until somebody has looked at it.
    pub inspect: bool,
    /// Of what is good, what has passed.
    #[field(quantity, readonly)]
    pub passed: Decimal6,
    /// When it is planned.
    pub starts_at: Option<Timestamp>,
    pub ends_at: Option<Timestamp>,
    #[field(readonly)]
    pub state: OperationState,
    #[field(quantity, readonly)]
    pub good: Decimal6,
    #[field(quantity, readonly)]
    pub scrapped: Decimal6,
    /// Neither good nor scrap: to be done again.
    #[field(quantity, readonly)]
    pub rework: Decimal6,
    /// What it really took.
    #[field(readonly)]
    pub minutes: Decimal6,
    /// What those minutes have cost.
    #[field(readonly)]
    pub cost: Money,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum OperationState {
    Waiting,
    Started,
    Done,
}

impl WorkOrder {
    pub(crate) fn prepare(&mut self, before: Option<&Self>, cx: &mut Context) -> Result<()> {
        let begun = |b: &Self| !matches!(b.state, WorkOrderState::Planned | WorkOrderState::Firm);
        if self.history || before.is_some_and(begun) {
            return Ok(());
        }
        let (starts_on, due_on) = self.days(cx.today());
        let mut faults = Vec::new();
        if self.quantity.0 <= 0 {
            faults.push(refuse("production.quantity").field("quantity"));
        }
        if due_on < starts_on {
            faults.push(refuse("production.ends_before").field("due_on"));
        }
        if cx.read(self.product)?.kind != ProductKind::Goods {
            faults.push(refuse("production.not_goods").field("product_id"));
        }
        Refusal::all(faults)?;
        let other_product = before.is_some_and(|b| b.product != self.product);
        if other_product && before.is_some_and(|b| b.bill == self.bill) {
            (self.bill, self.first_serial) = (None, None);
            (self.order, self.order_line) = (None, None);
        }
        if before.is_none_or(|b| b.bill != self.bill) {
            self.follow_bill(cx)?;
        }
        let other = other_product
            || before.is_some_and(|b| {
                (b.quantity, b.bill, b.first_serial) != (self.quantity, self.bill, self.first_serial)
            });
        let untouched = before.is_some_and(|b| self.same_lines(b));
        let empty = self.components.is_empty() && self.operations.is_empty();
        if (before.is_none() && empty) || (other && untouched) {
            self.fill(starts_on, cx)?;
        } else if other {
            // What was written by hand is begun as it was written.
            self.planned_scrap = Decimal6::ZERO;
            let old =
                |id: i64| before.and_then(|b| b.operations.iter().find(|o| o.id == id)).map(|o| o.quantity);
            let quantity = self.quantity;
            for operation in self.operations.iter_mut().filter(|o| old(o.id) == Some(o.quantity)) {
                operation.quantity = quantity;
            }
        }
        self.may_be_numbered(cx)?;
        self.validate()
    }

    /// First and last day; what is not said is today, or the other.
    fn days(&mut self, today: Date) -> (Date, Date) {
        let starts_on = *self.starts_on.get_or_insert(self.due_on.map_or(today, |due| due.min(today)));
        (starts_on, *self.due_on.get_or_insert(starts_on))
    }

    fn same_lines(&self, before: &Self) -> bool {
        let parts = |o: &Self| o.components.iter().map(|c| (c.id, c.product, c.quantity)).collect::<Vec<_>>();
        let steps = |o: &Self| {
            o.operations
                .iter()
                .map(|o| (o.id, o.work_center, o.setup_minutes, o.run_minutes))
                .collect::<Vec<_>>()
        };
        let besides = |o: &Self| o.outputs.iter().map(|o| (o.id, o.product, o.quantity)).collect::<Vec<_>>();
        parts(self) == parts(before) && steps(self) == steps(before) && besides(self) == besides(before)
    }

    fn validate(&mut self) -> Result<()> {
        let mut faults = Vec::new();
        for (i, (line, position)) in self.components.iter_mut().zip((10..).step_by(10)).enumerate() {
            line.position = position;
            if line.quantity.0 <= 0 {
                faults.push(refuse("production.quantity").field(format!("components/{i}/quantity")));
            }
            if line.product == self.product && !self.takes_apart && self.rework.is_none() {
                faults.push(refuse("production.of_itself").field(format!("components/{i}/product_id")));
            }
        }
        for (i, (operation, position)) in self.operations.iter_mut().zip((10..).step_by(10)).enumerate() {
            operation.position = position;
            if operation.quantity.0 <= 0 {
                operation.quantity = self.quantity;
            }
            let waits = [operation.queue_minutes, operation.move_minutes];
            let works = [operation.setup_minutes, operation.run_minutes];
            if works.into_iter().chain(waits).any(|minutes| minutes.0 < 0) {
                faults.push(refuse("production.minutes").field(format!("operations/{i}/run_minutes")));
            }
        }
        let mut shares = Decimal6::ZERO;
        for (i, (output, position)) in self.outputs.iter_mut().zip((10..).step_by(10)).enumerate() {
            output.position = position;
            shares = shares.plus(output.cost_share_percent)?;
            if output.quantity.0 < 0 || output.cost_share_percent.0 < 0 {
                faults.push(refuse("production.below_zero").field(format!("outputs/{i}/quantity")));
            }
            if output.product == self.product {
                faults.push(refuse("production.gives_itself").field(format!("outputs/{i}/product_id")));
            }
        }
        if shares > HUNDRED {
            faults.push(refuse("production.cost_shares").field("outputs").arg("sum", shares));
        }
        Refusal::all(faults)
    }

    /// What is still to come of it.
    fn to_make(&self) -> Result<Decimal6> {
        let lost = self.scrapped.minus(self.planned_scrap)?.max(Decimal6(0));
        Ok(self.quantity.minus(self.completed)?.minus(lost)?.max(Decimal6(0)))
    }

    /// So many are begun.
    fn begun_quantity(&self) -> Result<Decimal6> {
        Ok(self.quantity.plus(self.planned_scrap)?)
    }

    /// What is not through yet, neither good in stock nor scrap.
    fn left(&self) -> Result<Decimal6> {
        Ok(self.begun_quantity()?.minus(self.completed)?.minus(self.scrapped)?.max(Decimal6(0)))
    }

    /// In which warehouse it is made; the firm's first where empty.
    fn warehouse(&self, cx: &mut Context) -> Result<Option<Ref<Warehouse>>> {
        self.location.map(|location| stock::warehouse_of(location, cx)).transpose()
    }

    /// The entry of one command, to which its parts add lines.
    fn draft(&self, on: Date, reason: Option<&str>) -> Draft {
        let number = self.number.clone().unwrap_or_default();
        let text = reason.map_or_else(|| number.clone(), |r| format!("{number}: {r}"));
        Draft::new(on, EntryKind::Production, &text, Some(Origin::of(self)))
    }

    /// Takes up material, or gives it back.
    fn take_material(&mut self, cost: Money, draft: &mut Draft, cx: &mut Context) -> Result<()> {
        self.wip_material = self.wip_material.plus(cost)?;
        draft.add(AccountRole::Stock, cost.negated()?, None, None, cx)?;
        self.weigh(cost, draft, cx)
    }

    /// Takes up hours.
    fn take_labour(&mut self, cost: Money, draft: &mut Draft, cx: &mut Context) -> Result<()> {
        self.wip_labour = self.wip_labour.plus(cost)?;
        draft.add(AccountRole::AbsorbedLabour, cost.negated()?, None, None, cx)?;
        self.weigh(cost, draft, cx)
    }

    fn weigh(&mut self, change: Money, draft: &mut Draft, cx: &mut Context) -> Result<()> {
        self.wip = self.wip_material.plus(self.wip_labour)?;
        draft.add(AccountRole::WorkInProgress, change, None, None, cx)
    }

    /// Nothing more comes, and nothing more is wanted: its pegs are given up on both sides.
    fn let_go(&self, cx: &mut Context) -> Result<()> {
        let lines: Vec<Origin> = self.components.iter().map(Origin::of).collect();
        stock::release(&lines, cx)?;
        stock::supply_lost(&[self.id], cx)
    }
}

impl WorkOrderLine {
    /// What is still to be issued.
    fn open(&self) -> Result<Decimal6> {
        if self.settled {
            return Ok(Decimal6(0));
        }
        Ok(self.quantity.minus(self.issued)?.max(Decimal6(0)))
    }
}
