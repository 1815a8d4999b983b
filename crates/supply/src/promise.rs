//! What can be promised: the earliest true dates of what a customer asks for, beside all that is planned.

use crate::desk::{because, binds, decimal, stocked};
use crate::kept::{Kept, kept};
use crate::sooner::Costs;
use catalog::{Kits, Product};
use kernel::{Input, Reader, Ref, Result, refuse};
use numbers::{Date, Decimal6, Rational};
use planning::model::DAY;
use planning::promise::{Promise, Request};
use serde_json::{Value as Json, json};
use stock::Warehouse;

#[derive(Debug, Input)]
pub struct Asked {
    pub product: Ref<Product>,
    #[field(quantity)]
    pub quantity: Option<Decimal6>,
    pub wanted_on: Option<Date>,
    /// From where it would be shipped; the firm's first where empty.
    pub warehouse: Option<Ref<Warehouse>>,
}

/// The earliest true date of so much of a product beside all that is planned, what it takes, and what would help.
pub(crate) fn promise(input: Asked, reader: &mut Reader) -> Result<Json> {
    let description = reader.registry.entity("Product")?;
    reader.visible(&description, input.product.id())?;
    reader.needs(&[("Peg", &["quantity", "due"]), ("ProductStock", &["free"])])?;
    let kept = kept(reader)?;
    let quantity = input.quantity.unwrap_or(Decimal6::ONE);
    if quantity.0 <= 0 {
        return Err(refuse("supply.quantity").field("quantity").into());
    }
    let place = (input.product.id(), input.warehouse.map(Ref::id));
    let requests = requests(&kept, place, quantity, input.wanted_on, reader)?;
    let (mut resident, mut holds, mut promised) = (kept.resident(), Vec::new(), Vec::new());
    for request in requests {
        promised.push((resident.promise(&request), request.clone()));
        holds.push(resident.reserve(&request).1);
    }
    holds.into_iter().rev().for_each(|hold| resident.release(hold));
    drop(resident);
    let Some((promise, request)) = together(promised) else {
        return Err(refuse("supply.not_planned").field("product_id").into());
    };
    let costs = Costs::read(&kept, std::iter::once(&promise), reader)?;
    told(&kept, &costs, &promise, &request)
}

fn request(kept: &Kept, item: usize, quantity: Decimal6, wanted_on: Option<Date>) -> Request {
    let due = wanted_on.map_or(0, |on| (on.days() - kept.records.model.start.days()) * DAY).max(0);
    Request { item, qty: Rational::from(quantity), due }
}

/// What is asked of the plan for a product in a warehouse: it, or each part of a kit; nothing where one of them is not planned.
fn requests(
    kept: &Kept,
    (product, warehouse): (i64, Option<i64>),
    quantity: Decimal6,
    wanted_on: Option<Date>,
    reader: &mut Reader,
) -> Result<Vec<Request>> {
    if let Some(item) = kept.records.place_in(product, warehouse) {
        return Ok(vec![request(kept, item, quantity, wanted_on)]);
    }
    let kits = Kits::among(vec![product], reader.tx)?;
    if !kits.has(product) {
        return Ok(Vec::new());
    }
    let goods = kits.goods(Ref::new(product), quantity)?;
    let of = |(part, quantity): &(Ref<Product>, Decimal6)| {
        Some(request(kept, kept.records.place_in(part.id(), warehouse)?, *quantity, wanted_on))
    };
    Ok(goods.iter().map(of).collect::<Option<_>>().unwrap_or_default())
}

/// A kit is there when the last of its parts is, for the reasons that this one has.
fn together(promised: Vec<(Promise, Request)>) -> Option<(Promise, Request)> {
    let mut lots = Vec::new();
    promised.iter().for_each(|(promise, _)| lots.extend(promise.lots.iter().cloned()));
    let last = promised.into_iter().max_by_key(|(promise, _)| (promise.at.is_none(), promise.at));
    last.map(|(promise, request)| (Promise { lots, ..promise }, request))
}

fn told(kept: &Kept, costs: &Costs, promise: &Promise, request: &Request) -> Result<Json> {
    let sooner = promise.sooner.iter().map(|(what, at)| {
        let mut row = binds(kept, *what);
        if let Some(row) = row.as_object_mut() {
            row.insert("on".into(), kept.comes_on(*at)?.to_string().into());
            row.extend(costs.of(kept, promise, *what)?);
        }
        Ok(row)
    });
    let stocked_lots = promise.lots.iter().filter(|lot| kept.records.products[lot.item].is_stocked());
    let takes = stocked_lots.map(|lot| {
        let product = &kept.records.products[lot.item];
        Ok(json!({"product_id": product.id, "product": product.label(), "quantity": decimal(stocked(&lot.qty)?),
            "start_on": kept.day(lot.start)?.to_string(), "due_on": kept.ends_on(lot.item, lot.end)?.to_string()}))
    });
    Ok(json!({
        "on": promise.at.filter(|at| !kept.records.is_never(*at)).map(|at| kept.comes_on(at)).transpose()?.map(|d| d.to_string()),
        "late": promise.at.is_none_or(|at| at > request.due),
        "takes": takes.collect::<Result<Vec<_>>>()?,
        "because": because(kept, &promise.because)?,
        "sooner": sooner.collect::<Result<Vec<_>>>()?,
    }))
}

#[derive(Debug, Input)]
pub struct AllAsked {
    /// Lines with `!` between them, the parts of each with `~`: product, quantity in its stock unit, the day on which it
    /// is wanted, the line of the quote that it is, and the warehouse from which it would be shipped; what is not known
    /// stays empty.
    #[field(long)]
    pub lines: String,
}

/// Lines that are promised at once: more of them nobody writes.
const MOST: usize = 5_000;

/// The same for lines that come one after the other: each sees what those before it take. Nothing for a product that is
/// not planned.
pub(crate) fn promises(input: AllAsked, reader: &mut Reader) -> Result<Json> {
    let unclear = || refuse("supply.promises").field("lines");
    let description = reader.registry.entity("Product")?;
    reader.needs(&[("Peg", &["quantity", "due"]), ("ProductStock", &["free"])])?;
    let kept = kept(reader)?;
    let mut requests = Vec::new();
    for line in input.lines.split('!').filter(|s| !s.is_empty()).take(MOST) {
        let parts: Vec<&str> = line.split('~').collect();
        let part = |n: usize| parts.get(n).copied().unwrap_or_default();
        let product: i64 = part(0).parse().map_err(|_| unclear())?;
        let quantity: Decimal6 = part(1).parse().map_err(|_| unclear())?;
        let wanted_on = Some(part(2)).filter(|day| !day.is_empty());
        let wanted_on: Option<Date> = wanted_on.map(str::parse).transpose().map_err(|_| unclear())?;
        reader.visible(&description, product)?;
        let warehouse: Option<i64> = part(4).parse().ok();
        let own: Option<i64> = part(3).parse().ok();
        let parts = if quantity.0 > 0 {
            self::requests(&kept, (product, warehouse), quantity, wanted_on, reader)?
        } else {
            Vec::new()
        };
        let of_line = |request: &Request| {
            let product = |item: usize| kept.records.products[item].id;
            let orders = kept.records.demands.iter().zip(&kept.records.model.orders).enumerate();
            let mine =
                orders.filter(|(_, (d, o))| Some(d.line) == own && product(o.item) == product(request.item));
            // Where a part of it lies there, the rest is what it waits for.
            mine.map(|(n, _)| n).max_by_key(|n| kept.plan.done[*n])
        };
        requests.push(parts.into_iter().map(|one| (of_line(&one), one)).collect::<Vec<_>>());
    }
    let (mut resident, mut holds) = (kept.resident(), Vec::with_capacity(requests.len()));
    let mut promised = Vec::with_capacity(requests.len());
    for line in requests {
        let mut of_line = Vec::with_capacity(line.len());
        for (own, request) in line {
            if let Some(n) = own {
                // It has its place in the plan already.
                let (at, because) = (Some(kept.plan.done[n]), kept.plan.late_because[n].clone());
                let planned = Promise { at, lots: Vec::new(), because, sooner: Vec::new() };
                of_line.push((planned, request));
            } else {
                of_line.push((resident.promise(&request), request.clone()));
                holds.push(resident.reserve(&request).1);
            }
        }
        promised.push(together(of_line));
    }
    holds.into_iter().rev().for_each(|hold| resident.release(hold));
    drop(resident);
    let costs = Costs::read(&kept, promised.iter().flatten().map(|(promise, _)| promise), reader)?;
    let rows = promised.iter().map(|one| match one {
        Some((promise, request)) => told(&kept, &costs, promise, request),
        None => Ok(Json::Null),
    });
    Ok(json!({"value": rows.collect::<Result<Vec<_>>>()?}))
}
