//! Deliveries: what leaves for a customer, and what comes back. Control passes with the shipment (IFRS 15.38), so
//! revenue and the cost of the goods are booked on that day, against *delivered, not invoiced*.

mod back;
mod ship;

pub use back::{Returning, accept_excess, reprice, take_back};
pub use ship::ship_now;

use crate::{Condition, Location, Warehouse, first_location};
use access::Company;
use catalog::{Product, TaxCode, Unit};
use kernel::{Choice, Context, Entity, Life, Origin, Ref, Refusal, Result, life, refuse};
use numbers::{Date, Decimal6, Money};
use parties::Party;

/// A paper that goes with the goods; for a service, the signed act.
#[derive(Clone, Debug, Entity)]
#[entity(
    set = "Deliveries",
    search = "number,address,tracking",
    list = "number,direction,state,customer_id,planned_on,shipped_on,net",
    number = "DN{year}-{n:05}",
    owner = "customer.responsible",
    unique = "company_id,number",
    index = "order_id;customer_id;state,planned_on"
)]
pub struct Delivery {
    pub id: i64,
    pub company: Ref<Company>,
    #[field(readonly)]
    pub number: Option<String>,
    #[field(readonly)]
    pub direction: Direction,
    #[field(readonly)]
    pub state: DeliveryState,
    pub customer: Ref<Party>,
    /// The document that it fulfils.
    #[field(readonly)]
    pub order: Option<Origin>,
    pub location: Option<Ref<Location>>,
    pub planned_on: Option<Date>,
    #[field(readonly)]
    pub shipped_on: Option<Date>,
    #[field(personal, long)]
    pub address: String,
    #[field(personal)]
    pub contact: String,
    pub carrier: String,
    pub tracking: String,
    #[field(long)]
    pub note: Option<String>,
    #[lines]
    pub lines: Vec<DeliveryLine>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum Direction {
    Out,
    Back,
    /// A service done, proven by a signed act.
    Act,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum DeliveryState {
    Draft,
    Shipped,
    Cancelled,
}

pub const LIFE: Life = life![draft: ship => shipped, cancel => cancelled, edit => draft];

/// A quantity of one product. What comes back is below zero, so that sums need no signs.
#[derive(Clone, Debug, Entity)]
#[entity(
    line_of = "Delivery",
    title = "text",
    list = "product_id,quantity,unit_id,lots,net,cost",
    index = "order_line_id;product_id;returns_id;part_of_id"
)]
pub struct DeliveryLine {
    pub id: i64,
    pub position: i64,
    pub product: Ref<Product>,
    pub text: String,
    /// In the unit of the line.
    #[field(quantity)]
    pub quantity: Decimal6,
    pub unit: Option<Ref<Unit>>,
    /// In the product's stock unit.
    #[field(quantity, readonly)]
    pub stock_quantity: Decimal6,
    /// What the order still wants, its tolerance included; more than that is excess.
    #[field(quantity, readonly)]
    pub wanted: Decimal6,
    /// The lot to take; what expires first where empty.
    pub lot: String,
    /// What was taken of each lot, as the paper says it.
    #[field(readonly)]
    pub lots: String,
    pub condition: Condition,
    #[field(readonly)]
    pub unit_price: Decimal6,
    #[field(readonly)]
    pub discount_percent: Decimal6,
    #[field(readonly)]
    pub tax_code: Option<Ref<TaxCode>>,
    /// Revenue of what was shipped.
    #[field(readonly)]
    pub net: Money,
    /// What the goods had cost.
    #[field(readonly)]
    pub cost: Money,
    #[field(readonly)]
    pub order_line: Option<Origin>,
    /// More than was ordered: not invoiced until it is accepted.
    #[field(readonly)]
    pub excess: bool,
    /// The line that comes back by this one.
    #[field(readonly)]
    pub returns: Option<Ref<DeliveryLine>>,
    /// The delivered kit of which this is a part that comes back by itself.
    #[field(readonly)]
    pub part_of: Option<Ref<DeliveryLine>>,
}

/// A delivery to be, as the order knows it.
#[derive(Clone, Debug)]
pub struct Plan {
    pub order: Origin,
    pub customer: Ref<Party>,
    /// From where it is shipped; the firm's first where empty.
    pub warehouse: Option<Ref<Warehouse>>,
    pub planned_on: Date,
    pub address: String,
    pub contact: String,
    pub lines: Vec<PlannedLine>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct PlannedLine {
    pub order_line: Origin,
    pub product: Ref<Product>,
    pub text: String,
    pub quantity: Decimal6,
    pub unit: Option<Ref<Unit>>,
    /// The same in the product's stock unit.
    pub stock_quantity: Decimal6,
    pub wanted: Decimal6,
    pub unit_price: Decimal6,
    pub discount_percent: Decimal6,
    pub tax_code: Option<Ref<TaxCode>>,
}

impl PlannedLine {
    pub(crate) fn line(self, position: i64) -> Result<DeliveryLine> {
        Ok(DeliveryLine {
            id: 0,
            position,
            net: numbers::line_net(self.quantity, self.unit_price, self.discount_percent)?,
            product: self.product,
            text: self.text,
            quantity: self.quantity,
            unit: self.unit,
            stock_quantity: self.stock_quantity,
            wanted: self.wanted,
            lot: String::new(),
            lots: String::new(),
            condition: Condition::Good,
            unit_price: self.unit_price,
            discount_percent: self.discount_percent,
            tax_code: self.tax_code,
            cost: Money(0),
            order_line: Some(self.order_line),
            excess: false,
            returns: None,
            part_of: None,
        })
    }
}

impl Plan {
    pub(crate) fn paper(self, direction: Direction, cx: &mut Context) -> Result<Delivery> {
        let location =
            if direction == Direction::Act { None } else { Some(first_location(self.warehouse, cx)?) };
        let lines = self.lines.into_iter().zip(1..).map(|(l, n)| l.line(n)).collect::<Result<_>>()?;
        Ok(Delivery {
            id: 0,
            company: Ref::new(cx.actor.company),
            number: None,
            direction,
            state: DeliveryState::Draft,
            customer: self.customer,
            order: Some(self.order),
            location,
            planned_on: Some(self.planned_on),
            shipped_on: None,
            address: self.address,
            contact: self.contact,
            carrier: String::new(),
            tracking: String::new(),
            note: None,
            lines,
        })
    }
}

/// Draft deliveries of orders that have none yet; none for an order of which nothing can be shipped.
///
/// # Errors
/// `stock.no_warehouse`.
pub fn plan_first(plans: Vec<Plan>, cx: &mut Context) -> Result<()> {
    let mut papers = Vec::with_capacity(plans.len());
    for plan in plans.into_iter().filter(|p| !p.lines.is_empty()) {
        papers.push(plan.paper(Direction::Out, cx)?);
    }
    cx.insert_all(&mut papers)
}

/// Brings the draft delivery of an order up to what can be shipped: made, changed, or given up where nothing can.
///
/// # Errors
/// `stock.no_warehouse`.
pub fn plan(plan: Plan, cx: &mut Context) -> Result<()> {
    let draft = "order_id = ? AND state = 'draft' AND direction = 'out'";
    let known = cx.hold_all::<Delivery>(draft, &[plan.order.id.into()])?.into_iter().next();
    match known {
        None => plan_first(vec![plan], cx),
        Some(mut held) if plan.lines.is_empty() => {
            held.state = DeliveryState::Cancelled;
            cx.save(held)
        }
        Some(mut held) => {
            held.planned_on = Some(plan.planned_on);
            let mut lines = Vec::with_capacity(plan.lines.len());
            for (planned, position) in plan.lines.into_iter().zip(1..) {
                let known = held.lines.iter().find(|l| l.order_line.as_ref() == Some(&planned.order_line));
                let (id, lot) = known.map_or((0, String::new()), |l| (l.id, l.lot.clone()));
                lines.push(DeliveryLine { id, lot, ..planned.line(position)? });
            }
            held.lines = lines;
            cx.save(held)
        }
    }
}

impl Delivery {
    pub(crate) fn prepare(&mut self, _: Option<&Self>, _: &mut Context) -> Result<()> {
        let mut faults = Vec::new();
        for (i, line) in self.lines.iter_mut().enumerate() {
            line.condition.by_hand(&format!("lines/{i}/condition"))?;
            line.position = i64::try_from(i).unwrap_or(i64::MAX - 1) + 1;
            if line.quantity.0 < 0 && self.direction != Direction::Back {
                faults.push(refuse("stock.quantity").field(format!("lines/{i}/quantity")));
            }
        }
        Refusal::all(faults)
    }

    /// Gives the paper up; what it would have brought stays open.
    pub(crate) fn cancel(&mut self, (): (), _: &mut Context) -> Result<()> {
        Ok(())
    }
}
