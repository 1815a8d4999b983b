//! An order becomes firm, and many that are planned at once.

use super::fill::decimals_of;
use super::{OrderLine, WorkOrder, WorkOrderState};
use crate::recipe::Recipes;
use equipment::WorkCenter;
use jiff::Timestamp;
use kernel::json::to_json;
use kernel::{Context, Entity, Kind, Origin, Ref, Result, Value, refuse};
use numbers::{Date, Decimal6, Rational};
use serde_json::json;
use std::collections::HashMap;
use stock::{Expected, Location, MadeFor};

/// A work order as a plan has it.
#[derive(Clone, Debug)]
pub struct Planned {
    pub product: i64,
    pub quantity: Decimal6,
    /// Where it is made; the first place where empty.
    pub location: Option<Ref<Location>>,
    pub starts_on: Option<Date>,
    pub due_on: Option<Date>,
    /// The line of an order that it is made for.
    pub made_for: Option<OrderLine>,
    /// Operations of its routing, counted from zero, that have their times already.
    pub operations: Vec<(usize, Times)>,
}

/// When and where an operation is done.
#[derive(Clone, Debug)]
pub struct Times {
    /// Its own where empty.
    pub work_center: Option<Ref<WorkCenter>>,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    /// A person has said so.
    pub by_hand: bool,
}

/// Writes work orders that are firm at once: a thousand are a handful of statements.
///
/// # Errors
/// `production.no_bill`, `production.no_operation`, and what a work order refuses.
pub fn order_firmly(planned: &[Planned], cx: &mut Context) -> Result<Vec<i64>> {
    let description = cx.registry.entity(WorkOrder::NAME)?;
    cx.may_run(&description, "firm")?;
    let products: Vec<i64> = planned.iter().map(|one| one.product).collect();
    // All of them at once, for the checks that follow.
    catalog::products(products.iter().copied().map(Ref::new), cx)?;
    let recipes = Recipes::of(&products, cx.actor.company, cx.tx)?;
    // The numbers of units that are numbered go on from order to order.
    let mut next: HashMap<i64, i64> = HashMap::new();
    let (mut orders, mut ways) = (Vec::with_capacity(planned.len()), Vec::with_capacity(planned.len()));
    for one in planned {
        let body = json!({
            "product_id": one.product, "quantity": to_json(Kind::Quantity, &Value::Int(one.quantity.0)),
            "location_id": one.location.map(Ref::id), "starts_on": one.starts_on.map(|d| d.to_string()), "due_on": one.due_on.map(|d| d.to_string()),
        });
        let mut order: WorkOrder = cx.begin(body.as_object().unwrap_or(&serde_json::Map::new()))?;
        let (on, _) = order.days(cx.today());
        let first = next.get(&one.product).copied();
        let of = (order.product, one.made_for.as_ref());
        let way = recipes.for_order(of, on, &Rational::from(one.quantity), first, cx)?;
        if let Some(OrderLine { order: document, line }) = one.made_for.clone() {
            (order.order, order.order_line) = (Some(document), Some(line));
        }
        if let Some(first) = way.first_serial {
            next.insert(one.product, first.saturating_add(one.quantity.0 / Decimal6::SCALE));
        }
        orders.push(order);
        ways.push(way);
    }
    let decimals = decimals_of(ways.iter().flat_map(|way| way.stocked()), cx)?;
    for ((order, way), one) in orders.iter_mut().zip(&ways).zip(planned) {
        order.fill_by(way, &decimals)?;
        for (step, times) in &one.operations {
            let Some(operation) = order.operations.get_mut(*step) else {
                // The plan may have counted on another revision; a person means what they see.
                if times.by_hand {
                    return Err(refuse("production.no_operation").field("operations").into());
                }
                continue;
            };
            if times.ends_at < times.starts_at {
                return Err(refuse("production.ends_before").field("operations").into());
            }
            operation.work_center = times.work_center.unwrap_or(operation.work_center);
            (operation.starts_at, operation.ends_at) = (Some(times.starts_at), Some(times.ends_at));
        }
        order.settle(cx)?;
        order.state = WorkOrderState::Firm;
    }
    cx.insert_all(&mut orders)?;
    let (mut coming, mut made_for) = (Vec::with_capacity(orders.len()), MadeFor::new());
    for order in &orders {
        coming.extend(order.coming(order.quantity, cx)?);
        made_for.extend(order.made_for());
    }
    stock::expect_for(&coming, &made_for, cx)?;
    Ok(orders.iter().map(|order| order.id).collect())
}

impl WorkOrder {
    /// It will be made: whoever is short of the product expects it from here.
    pub(crate) fn firm(&mut self, (): (), cx: &mut Context) -> Result<()> {
        self.settle(cx)?;
        self.expect_supply(self.quantity, cx)
    }

    /// From here on its place stays the same, whichever is the usual one later.
    pub(super) fn settle(&mut self, cx: &mut Context) -> Result<()> {
        if self.location.is_none() {
            self.location = stock::usual(cx)?.map(|(_, location)| location);
        }
        Ok(())
    }

    /// Whoever is short of what it gives expects it from here. Its outputs are those of an order for `planned`.
    pub(super) fn expect_supply(&self, planned: Decimal6, cx: &mut Context) -> Result<()> {
        stock::expect_for(&self.coming(planned, cx)?, &self.made_for(), cx)
    }

    fn coming(&self, planned: Decimal6, cx: &mut Context) -> Result<Vec<Expected>> {
        let warehouse = self.warehouse(cx)?;
        let coming = |product, quantity| Expected { product, warehouse, supply: Origin::of(self), quantity };
        let mut all = Vec::with_capacity(1);
        if !self.takes_apart {
            all.push(coming(self.product, self.to_make()?));
        }
        let part = Rational::from(self.quantity).over(&Rational::from(planned))?;
        for output in &self.outputs {
            let open = (&part * &Rational::from(output.quantity)).round(6)?.minus(output.completed)?;
            all.push(coming(output.product, open.max(Decimal6::ZERO)));
        }
        Ok(all)
    }
}
