//! Delivering without a draft, services by their signed act, and goods that come back.

use super::{SalesOrder, SalesOrderLine};
use catalog::{Product, ProductKind, products};
use kernel::{Context, Input, Origin, Ref, Refusal, Result, Value, refuse};
use numbers::{Date, Decimal6};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, HashMap};
use stock::{Direction, Returning, ship_now, take_back};

#[derive(Debug, Input)]
pub struct Deliver {
    pub shipped_on: Option<Date>,
    /// Without lines, everything that is open.
    #[lines]
    pub lines: Vec<Part>,
}

#[derive(Debug, Input)]
pub struct SignAct {
    pub signed_on: Option<Date>,
    #[lines]
    pub lines: Vec<Part>,
}

#[derive(Clone, Debug, Input)]
pub struct Part {
    pub line: Ref<SalesOrderLine>,
    #[field(quantity)]
    pub quantity: Decimal6,
}

#[derive(Debug, Input)]
pub struct TakeBack {
    pub reason: String,
    pub returned_on: Option<Date>,
    #[lines]
    pub lines: Vec<BackPart>,
}

#[derive(Clone, Debug, Input)]
pub struct BackPart {
    pub line: Ref<SalesOrderLine>,
    #[field(quantity)]
    pub quantity: Decimal6,
    /// Of a kit, the part that comes back by itself, in its stock unit; whole kits where empty.
    pub product: Option<Ref<Product>>,
    /// What is given back for one of that part: agreed with the customer, 0 where another goes out in its place.
    pub unit_price: Option<Decimal6>,
}

impl SalesOrder {
    /// Goods leave at once, as over the counter.
    pub(crate) fn deliver(&mut self, input: Deliver, cx: &mut Context) -> Result<Json> {
        self.leave(ProductKind::Goods, Direction::Out, &input.lines, input.shipped_on, cx)
    }

    /// The customer has signed that a service was done.
    pub(crate) fn sign_act(&mut self, input: SignAct, cx: &mut Context) -> Result<Json> {
        self.leave(ProductKind::Service, Direction::Act, &input.lines, input.signed_on, cx)
    }

    fn leave(
        &mut self,
        kind: ProductKind,
        direction: Direction,
        parts: &[Part],
        on: Option<Date>,
        cx: &mut Context,
    ) -> Result<Json> {
        let open = self.open(cx)?;
        let known = products(self.lines.iter().filter_map(|l| l.product), cx)?;
        let quantities = self.quantities(kind, parts, &open, &known)?;
        if quantities.is_empty() {
            return Err(refuse("sales.nothing_open").field("lines").into());
        }
        let plan = self.plan_of(&quantities, &open, &known, cx)?;
        let id = ship_now(plan, direction, on, cx)?;
        // The draft, if there is one, shrinks by what has gone.
        self.peg(cx)?;
        Ok(json!({"delivery_id": id}))
    }

    fn quantities(
        &self,
        kind: ProductKind,
        parts: &[Part],
        open: &HashMap<i64, Decimal6>,
        known: &HashMap<i64, Product>,
    ) -> Result<HashMap<i64, Decimal6>> {
        let of_kind = |line: &SalesOrderLine| {
            let own = line.product.and_then(|p| known.get(&p.id())).map(|p| p.kind);
            // Kits leave as goods do.
            own == Some(kind) || (own, kind) == (Some(ProductKind::Kit), ProductKind::Goods)
        };
        if parts.is_empty() {
            let lines = self.lines.iter().filter(|l| of_kind(l));
            return Ok(lines
                .filter_map(|l| open.get(&l.id).filter(|q| q.0 > 0).map(|q| (l.id, *q)))
                .collect());
        }
        let mut faults = Vec::new();
        let mut out = HashMap::new();
        for (i, part) in parts.iter().enumerate() {
            match self.lines.iter().find(|l| l.id == part.line.id()) {
                Some(line) if of_kind(line) && part.quantity.0 > 0 => {
                    out.insert(line.id, part.quantity);
                }
                Some(line) if of_kind(line) => {
                    faults.push(refuse("sales.quantity").field(format!("lines/{i}/quantity")))
                }
                _ => faults.push(refuse("sales.not_on_order").field(format!("lines/{i}/line_id"))),
            }
        }
        Refusal::all(faults)?;
        Ok(out)
    }

    /// Goods come back: the latest delivery of each line first.
    pub(crate) fn take_back(&mut self, input: TakeBack, cx: &mut Context) -> Result<Json> {
        let mut by_delivery: BTreeMap<i64, Vec<Returning>> = BTreeMap::new();
        for (i, part) in input.lines.iter().enumerate() {
            let mut left = part.quantity;
            let Some(own) = self.lines.iter_mut().find(|l| l.id == part.line.id()) else {
                return Err(refuse("sales.not_on_order").field(format!("lines/{i}/line_id")).into());
            };
            if part.unit_price.is_some() != part.product.is_some() {
                let code =
                    if part.product.is_some() { "sales.part_price" } else { "sales.back_at_its_price" };
                return Err(refuse(code).field(format!("lines/{i}/unit_price")).into());
            }
            for (delivery, line, returnable, excess) in returnable(part, cx)? {
                let quantity = left.min(returnable);
                if quantity.0 <= 0 {
                    continue;
                }
                left = left.minus(quantity)?;
                // At the price that holds now: a change of it was charged or given back when it was made.
                by_delivery.entry(delivery).or_default().push(Returning {
                    line: Ref::new(line),
                    quantity,
                    unit_price: part.unit_price.or(own.unit_price).unwrap_or_default(),
                    discount_percent: if part.product.is_some() { Decimal6(0) } else { own.discount_percent },
                    part: part.product,
                });
                // What was ordered, delivered and came back is not to be delivered again; a kit that lacks a part stays
                // with the customer.
                if !excess && part.product.is_none() {
                    own.waived = own.waived.plus(quantity)?;
                }
            }
            if left.0 > 0 || part.quantity.0 <= 0 {
                return Err(refuse("sales.more_than_delivered").field(format!("lines/{i}/quantity")).into());
            }
        }
        let on = input.returned_on.unwrap_or_else(|| cx.today());
        let mut ids = Vec::new();
        for (delivery, returning) in by_delivery {
            ids.push(take_back(Ref::new(delivery), &returning, on, &input.reason, cx)?);
        }
        if ids.is_empty() {
            return Err(refuse("sales.nothing_open").field("lines").into());
        }
        cx.emit("sales.Returned", Origin::of(self), vec![])?;
        Ok(json!({"delivery_ids": ids}))
    }
}

/// Delivery, delivery line, what of it has not come back yet, and whether it was too much; excess first, then the
/// latest. Of a kit of which a part came back only the whole ones; of a part, where the kit was ordered.
fn returnable(part: &BackPart, cx: &mut Context) -> Result<Vec<(i64, i64, Decimal6, bool)>> {
    let rows = cx.tx.query(
        "SELECT d.parent_id, d.id, d.quantity + COALESCE((SELECT CAST(SUM(b.quantity) AS BIGINT) FROM delivery_line b WHERE b.returns_id = d.id), 0), d.excess,
            (SELECT COUNT(*) FROM delivery_line b WHERE b.part_of_id = d.id)
         FROM delivery_line d JOIN delivery v ON v.id = d.parent_id
         WHERE d.order_line_id = ? AND v.state = 'shipped' AND d.quantity > 0 ORDER BY d.excess DESC, d.id DESC",
        &[Value::Int(part.line.id())],
    )?;
    let mut out = Vec::with_capacity(rows.len());
    for r in &rows {
        let (line, mut left, excess) = (Ref::new(r.int(1)), Decimal6(r.int(2)), r.int(3) != 0);
        match part.product {
            Some(_) if excess => continue,
            Some(product) => left = stock::left_of(line, cx)?.part(product)?,
            None if r.int(4) > 0 => left = left.min(stock::left_of(line, cx)?.whole()?),
            None => {}
        }
        out.push((r.int(0), r.int(1), left, excess));
    }
    Ok(out)
}
