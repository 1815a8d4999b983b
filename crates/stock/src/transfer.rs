//! Transfer orders: goods of the firm go from one warehouse to another. They stay the firm's all the way, at what they
//! were worth: what has left is in the pool of the warehouse it goes to, in condition *transit*, where nobody can take
//! it until it is there.

mod arrive;
mod leave;

use crate::warehouse::{Warehouse, arrival, first_location, is_ours, warehouse_of};
use crate::{Demand, Expected, Location, peg};
use access::Company;
use catalog::{Product, ProductKind, products};
use kernel::{Choice, Context, Entity, Input, Life, Origin, Ref, Refusal, Result, life, refuse};
use numbers::{Date, Decimal6};
use serde_json::json;
use std::collections::BTreeMap;

/// An order to take goods from one warehouse to another.
#[derive(Clone, Debug, Entity)]
#[entity(
    search = "number,note",
    list = "number,state,from_warehouse_id,to_warehouse_id,ships_on,arrives_on",
    number = "TO{year}-{n:05}",
    unique = "company_id,number",
    index = "state,arrives_on;to_warehouse_id;from_warehouse_id"
)]
pub struct TransferOrder {
    pub id: i64,
    pub company: Ref<Company>,
    #[field(readonly)]
    pub number: Option<String>,
    #[field(readonly)]
    pub state: TransferState,
    pub from_warehouse: Ref<Warehouse>,
    pub to_warehouse: Ref<Warehouse>,
    /// Today where empty.
    pub ships_on: Option<Date>,
    /// As long after that as goods usually take where empty.
    pub arrives_on: Option<Date>,
    #[field(readonly)]
    pub shipped_on: Option<Date>,
    #[field(readonly)]
    pub received_on: Option<Date>,
    /// Where its goods are counted while they are on their way.
    #[field(readonly)]
    pub arrives_at: Option<Ref<Location>>,
    #[field(long)]
    pub note: Option<String>,
    #[lines]
    pub lines: Vec<TransferLine>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum TransferState {
    Draft,
    Confirmed,
    Shipped,
    Received,
    Cancelled,
}

pub const LIFE: Life = life![
    draft: confirm => confirmed, cancel => cancelled, edit => draft;
    confirmed: ship => shipped, reschedule => confirmed, cancel => cancelled;
    shipped: receive => shipped, receive => received, reschedule => shipped
];

#[derive(Clone, Debug, Entity)]
#[entity(
    line_of = "TransferOrder",
    title = "product_id",
    list = "product_id,quantity,lot,shipped,received,lost",
    index = "product_id"
)]
pub struct TransferLine {
    pub id: i64,
    #[field(readonly)]
    pub position: i64,
    pub product: Ref<Product>,
    /// In the product's stock unit.
    #[field(quantity, default = "1000000")]
    pub quantity: Decimal6,
    /// The oldest at the place where empty.
    pub lot: String,
    #[field(quantity, readonly)]
    pub shipped: Decimal6,
    #[field(quantity, readonly)]
    pub received: Decimal6,
    /// What did not come, and will not.
    #[field(quantity, readonly)]
    pub lost: Decimal6,
    /// Why it did not come.
    #[field(readonly)]
    pub reason: String,
}

impl TransferLine {
    /// What is on its way.
    fn under_way(&self) -> Result<Decimal6> {
        Ok(self.shipped.minus(self.received)?.minus(self.lost)?)
    }
}

#[derive(Debug, Input)]
pub struct Reschedule {
    pub ships_on: Option<Date>,
    pub arrives_on: Option<Date>,
}

impl TransferOrder {
    pub(crate) fn prepare(&mut self, before: Option<&Self>, cx: &mut Context) -> Result<()> {
        if before.is_some_and(|b| b.state != TransferState::Draft) {
            return Ok(());
        }
        let mut faults = Vec::new();
        for (name, warehouse) in [("from", self.from_warehouse), ("to", self.to_warehouse)] {
            if !is_ours(warehouse, cx)? {
                faults.push(refuse("stock.no_warehouse").field(format!("{name}_warehouse_id")));
            }
        }
        if self.from_warehouse == self.to_warehouse {
            faults.push(refuse("stock.same_warehouse").field("to_warehouse_id"));
        }
        Refusal::all(faults)?;
        let today = cx.today();
        let ships_on = *self.ships_on.get_or_insert(today);
        if self.arrives_on.is_none() {
            self.arrives_on = Some(arrival((self.from_warehouse, self.to_warehouse), ships_on, cx)?);
        }
        let known = products(self.lines.iter().map(|l| l.product), cx)?;
        let mut faults = self.in_order();
        for (i, line) in self.lines.iter_mut().enumerate() {
            line.position = i64::try_from(i).unwrap_or(i64::MAX - 1) + 1;
            if line.quantity.0 <= 0 {
                faults.push(refuse("stock.quantity").field(format!("lines/{i}/quantity")));
            }
            if known.get(&line.product.id()).is_some_and(|p| p.kind != ProductKind::Goods) {
                faults.push(refuse("stock.not_goods").field(format!("lines/{i}/product_id")));
            }
        }
        Refusal::all(faults)
    }

    fn in_order(&self) -> Vec<Refusal> {
        let before = self.arrives_on < self.ships_on;
        before.then(|| refuse("stock.arrives_before").field("arrives_on")).into_iter().collect()
    }

    /// It will be done: the goods are held where they are, and who is short of them where they go expects them.
    pub(crate) fn confirm(&mut self, (): (), cx: &mut Context) -> Result<()> {
        if self.lines.is_empty() {
            return Err(refuse("stock.no_lines").field("lines").into());
        }
        peg::reserve(&self.demands(cx), true, cx)?;
        self.expect(|line| Ok(line.quantity), cx)?;
        cx.emit("stock.TransferConfirmed", Origin::of(self), vec![])
    }

    /// What is wanted of the warehouse from which it goes.
    fn demands(&self, cx: &Context) -> Vec<Demand> {
        let due = self.ships_on.unwrap_or_else(|| cx.today());
        let document = Origin::of(self);
        let demand = |line: &TransferLine| Demand {
            line: Origin::of(line),
            document: document.clone(),
            product: line.product,
            warehouse: Some(self.from_warehouse),
            quantity: line.quantity,
            due,
        };
        self.lines.iter().map(demand).collect()
    }

    /// Whoever is short in the warehouse to which it goes expects so much of it.
    fn expect(&self, of: impl Fn(&TransferLine) -> Result<Decimal6>, cx: &mut Context) -> Result<()> {
        let supply = Origin::of(self);
        let mut coming: BTreeMap<i64, Decimal6> = BTreeMap::new();
        for line in &self.lines {
            let sum = coming.entry(line.product.id()).or_default();
            *sum = sum.plus(of(line)?)?;
        }
        let expected = coming.into_iter().map(|(product, quantity)| Expected {
            product: Ref::new(product),
            warehouse: Some(self.to_warehouse),
            supply: supply.clone(),
            quantity,
        });
        peg::expect(&expected.collect::<Vec<_>>(), cx)
    }

    /// Another day; what has left can only arrive on another.
    pub(crate) fn reschedule(&mut self, input: Reschedule, cx: &mut Context) -> Result<()> {
        let was = json!({"ships_on": self.ships_on.map(|d| d.to_string()), "arrives_on": self.arrives_on.map(|d| d.to_string())});
        if input.ships_on.is_some() && self.state == TransferState::Shipped {
            return Err(refuse("stock.shipped_already").field("ships_on").into());
        }
        let today = cx.today();
        for (name, on) in [("ships_on", input.ships_on), ("arrives_on", input.arrives_on)] {
            if on.is_some_and(|on| on < today) {
                return Err(refuse("stock.in_the_past").field(name).into());
            }
        }
        self.ships_on = input.ships_on.or(self.ships_on);
        self.arrives_on = input.arrives_on.or(self.arrives_on);
        Refusal::all(self.in_order())?;
        if let Some(due) = input.ships_on {
            peg::wanted_on(self.lines.iter().map(|l| l.id), due, cx)?;
        }
        if self.state == TransferState::Confirmed {
            cx.undo_by(Self::NAME, self.id, "reschedule", was);
        }
        cx.emit("stock.TransferRescheduled", Origin::of(self), vec![])
    }

    /// Nothing has left, and nothing will.
    pub(crate) fn cancel(&mut self, (): (), cx: &mut Context) -> Result<()> {
        let lines: Vec<Origin> = self.lines.iter().map(Origin::of).collect();
        peg::release(&lines, cx)?;
        peg::supply_lost(&[self.id], cx)?;
        cx.emit("stock.TransferCancelled", Origin::of(self), vec![])
    }

    /// What becomes of a line, for who is asked whether to go on.
    fn tell(
        &self,
        what: &'static str,
        product: Ref<Product>,
        quantity: Decimal6,
        cx: &mut Context,
    ) -> Result<()> {
        if quantity.0 > 0 {
            let warehouse = cx.head(self.to_warehouse)?.name;
            let (product, quantity) = (cx.head(product)?.name, quantity.to_string());
            cx.effect(what, vec![("quantity", quantity), ("product", product), ("warehouse", warehouse)]);
        }
        Ok(())
    }

    /// A place that was named, or the first one, in one of its warehouses.
    fn place(
        given: Option<Ref<Location>>,
        warehouse: Ref<Warehouse>,
        cx: &mut Context,
    ) -> Result<Ref<Location>> {
        let Some(location) = given else { return first_location(Some(warehouse), cx) };
        if warehouse_of(location, cx)? != warehouse {
            return Err(refuse("stock.other_warehouse").field("location_id").into());
        }
        Ok(location)
    }
}

/// What a transfer order is still to bring.
#[derive(Clone, Debug)]
pub struct Coming {
    pub order: i64,
    pub line: i64,
    pub number: String,
    pub product: i64,
    pub from_warehouse: i64,
    pub to_warehouse: i64,
    /// In the product's stock unit.
    pub quantity: Decimal6,
    pub arrives_on: Date,
}

/// All that is to come to a company's warehouses from one another, first what comes first; of some products only where
/// they are given.
///
/// # Errors
/// The database's.
pub fn transfers_coming(products: Option<&[i64]>, company: i64, tx: &mut store::Tx) -> Result<Vec<Coming>> {
    let mut out = Vec::new();
    for (named, ids) in kernel::rows::named_or_all("l.product_id", products) {
        let sql = format!(
            "SELECT o.id, l.id, o.number, l.product_id, o.from_warehouse_id, o.to_warehouse_id, o.arrives_on,
                    CASE o.state WHEN 'confirmed' THEN l.quantity ELSE l.shipped - l.received - l.lost END
             FROM transfer_line l JOIN transfer_order o ON o.id = l.parent_id
             WHERE o.company_id = ? AND o.state IN ('confirmed', 'shipped') AND {named} ORDER BY 7, l.id"
        );
        let params: Vec<kernel::Value> = std::iter::once(company.into()).chain(ids).collect();
        for r in tx.query(&sql, &params)?.iter().filter(|r| r.int(7) > 0) {
            out.push(Coming {
                order: r.int(0),
                line: r.int(1),
                number: r.get(2).as_text().unwrap_or_default().to_owned(),
                product: r.int(3),
                from_warehouse: r.int(4),
                to_warehouse: r.int(5),
                quantity: Decimal6(r.int(7)),
                arrives_on: Date::from_days(r.int(6))?,
            });
        }
    }
    Ok(out)
}
