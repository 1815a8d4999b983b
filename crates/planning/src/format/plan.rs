//! The neutral plan format `plan/1`.

use crate::explain::{Binds, Reason};
use crate::message::Message;
use crate::model::{DAY, Kind, Model, Seconds};
use crate::net::{Demand, LotRef, Supply};
use crate::plan::Plan;
use numbers::Rational;
use serde::{Serialize, Serializer};

#[derive(Serialize)]
struct File<'a> {
    format: &'static str,
    mode: &'static str,
    supplies: Vec<FileSupply<'a>>,
    orders: Vec<FileOrder<'a>>,
    messages: Vec<FileMessage<'a>>,
}

#[derive(Serialize)]
struct FileSupply<'a> {
    id: String,
    kind: &'static str,
    item: &'a str,
    qty: Quantity<'a>,
    start: Moment<'a>,
    end: Moment<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    operations: Vec<FileOperation<'a>>,
    pegs: Vec<FilePeg<'a>>,
}

#[derive(Serialize)]
struct FileOperation<'a> {
    seq: u32,
    resource: &'a str,
    start: Moment<'a>,
    end: Moment<'a>,
    /// Where it depends on what ran before.
    #[serde(skip_serializing_if = "Option::is_none")]
    setup_minutes: Option<f64>,
}

#[derive(Serialize)]
struct FilePeg<'a> {
    order: &'a str,
    qty: Quantity<'a>,
}

#[derive(Serialize)]
struct FileOrder<'a> {
    id: &'a str,
    date: Moment<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    from_stock: Vec<FromStock<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    late_because: Vec<FileReason<'a>>,
}

#[derive(Serialize)]
struct FromStock<'a> {
    qty: Quantity<'a>,
}

#[derive(Serialize)]
struct FileReason<'a> {
    kind: &'static str,
    id: &'a str,
    since: Moment<'a>,
    wait_minutes: i64,
}

#[derive(Serialize)]
struct FileMessage<'a> {
    kind: &'static str,
    supply: String,
    item: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<Moment<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    /// Customer orders that the supply serves.
    orders: Vec<&'a str>,
}

/// A whole number as a number, anything else as a text that loses nothing.
struct Quantity<'a>(&'a Rational);

impl Serialize for Quantity<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.ceil() {
            Ok(whole) if Rational::from(whole) == *self.0 => serializer.serialize_i64(whole),
            _ => serializer.collect_str(self.0),
        }
    }
}

/// A local instant, to the second.
struct Moment<'a>(&'a Model, Seconds);

impl Serialize for Moment<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (day, rest) = (self.1.div_euclid(DAY), self.1.rem_euclid(DAY));
        let date = self.0.start.plus_days(day).map_err(serde::ser::Error::custom)?;
        serializer.collect_str(&format_args!(
            "{date}T{:02}:{:02}:{:02}",
            rest / 3600,
            rest / 60 % 60,
            rest % 60
        ))
    }
}

/// Writes a plan of a model as its JSON text.
pub fn write(model: &Model, plan: &Plan) -> Result<String, serde_json::Error> {
    serde_json::to_string(&File {
        format: "plan/1",
        mode: if plan.finite { "constrained" } else { "unconstrained" },
        supplies: supplies(model, plan),
        orders: orders(model, plan),
        messages: plan.messages.iter().map(|m| message(model, plan, m)).collect(),
    })
}

fn lot_id(model: &Model, lot: LotRef) -> String {
    format!("{}/{}", model.items[lot.item as usize].id, lot.n + 1)
}

fn supplies<'a>(model: &'a Model, plan: &'a Plan) -> Vec<FileSupply<'a>> {
    let mut supplies = Vec::new();
    for (item, record) in plan.records.iter().enumerate() {
        let Some(method) = model.items[item].methods.first() else { continue };
        for (n, lot) in record.lots.iter().enumerate() {
            let lot_ref = LotRef { item: item as u32, n: n as u32 };
            let operations =
                lot.steps.iter().zip(&method.operations).map(|(step, operation)| FileOperation {
                    seq: operation.seq,
                    resource: &model.resources[step.resource as usize].id,
                    start: Moment(model, step.start),
                    end: Moment(model, step.end),
                    setup_minutes: operation.family.map(|_| step.setup as f64 / 60.0),
                });
            let pegs = plan.pegging.of_lot(lot_ref).iter();
            supplies.push(FileSupply {
                id: lot_id(model, lot_ref),
                kind: match method.kind {
                    Kind::Make => "make",
                    Kind::Buy => "buy",
                    Kind::Transfer => "transfer",
                },
                item: &model.items[item].id,
                qty: Quantity(&lot.qty),
                start: Moment(model, lot.start),
                end: Moment(model, lot.end),
                operations: operations.collect(),
                pegs: pegs
                    .map(|s| FilePeg { order: &model.orders[s.order as usize].id, qty: Quantity(&s.qty) })
                    .collect(),
            });
        }
    }
    supplies
}

fn orders<'a>(model: &'a Model, plan: &'a Plan) -> Vec<FileOrder<'a>> {
    let mut orders: Vec<FileOrder<'a>> = model
        .orders
        .iter()
        .zip(&plan.done)
        .zip(&plan.late_because)
        .map(|((order, done), reasons)| FileOrder {
            id: &order.id,
            date: Moment(model, *done),
            from_stock: Vec::new(),
            late_because: reasons.iter().map(|reason| file_reason(model, reason)).collect(),
        })
        .collect();
    for peg in plan.records.iter().flat_map(|record| &record.pegs) {
        if let (Demand::Order(order), Supply::OnHand | Supply::Receipt(_)) = (peg.demand, peg.supply) {
            orders[order as usize].from_stock.push(FromStock { qty: Quantity(&peg.qty) });
        }
    }
    orders
}

fn file_reason<'a>(model: &'a Model, reason: &Reason) -> FileReason<'a> {
    let (kind, id) = match reason.binds {
        Binds::Resource(n) | Binds::Down(n) => ("resource", &model.resources[n as usize].id),
        Binds::Receipt(n) => ("material", &model.receipts[n as usize].id),
        Binds::LeadTime(n) | Binds::Making(n) | Binds::Fence(n) => ("lead_time", &model.items[n as usize].id),
    };
    FileReason { kind, id, since: Moment(model, reason.since), wait_minutes: reason.wait / 60 }
}

fn message<'a>(model: &'a Model, plan: &'a Plan, message: &Message) -> FileMessage<'a> {
    let (kind, about, to, by) = match message {
        Message::Release(lot) => ("release", Err(*lot), None, None),
        Message::PastDue(lot) => ("past_due", Err(*lot), None, None),
        Message::Expedite { receipt, to, .. } => ("expedite", Ok(*receipt), Some(*to), None),
        Message::Defer { receipt, to } => ("defer", Ok(*receipt), Some(*to), None),
        Message::Decrease { receipt, by } => ("decrease", Ok(*receipt), None, Some(by)),
        Message::Increase { receipt, by, .. } => ("increase", Ok(*receipt), None, Some(by)),
        Message::Cancel { receipt } => ("cancel", Ok(*receipt), None, None),
        Message::Expires { item, supply, qty, at, .. } => {
            return expires(model, plan, *item, *supply, qty, *at);
        }
    };
    let (supply, item, mut orders): (String, usize, Vec<u32>) = match about {
        Ok(receipt) => {
            let one = &model.receipts[receipt as usize];
            (one.id.clone(), one.item, plan.pegging.of_receipt(model, receipt).map(|s| s.order).collect())
        }
        Err(lot) => (
            lot_id(model, lot),
            lot.item as usize,
            plan.pegging.of_lot(lot).iter().map(|s| s.order).collect(),
        ),
    };
    if let Message::Expedite { instead: Some(lot), .. } | Message::Increase { instead: lot, .. } = message {
        orders.extend(plan.pegging.of_lot(*lot).iter().map(|s| s.order));
    }
    orders.sort_unstable();
    orders.dedup();
    FileMessage {
        kind,
        supply,
        item: &model.items[item].id,
        to: to.map(|at| Moment(model, at)),
        by: by.map(ToString::to_string),
        orders: orders.iter().map(|n| model.orders[*n as usize].id.as_str()).collect(),
    }
}

/// What expires of a receipt, of a lot, of its own item or of one that brings it beside, or of what is on hand.
fn expires<'a>(
    model: &'a Model,
    plan: &'a Plan,
    item: u32,
    supply: Supply,
    qty: &Rational,
    at: Seconds,
) -> FileMessage<'a> {
    let shares = plan.pegging.of_item(item as usize).iter().filter(|share| share.supply == supply);
    let mut orders: Vec<&str> = shares.map(|share| model.orders[share.order as usize].id.as_str()).collect();
    orders.dedup();
    FileMessage {
        kind: "expires",
        supply: match supply {
            Supply::OnHand => "on hand".to_owned(),
            Supply::Receipt(n) => model.receipts[n as usize].id.clone(),
            Supply::Lot(n) => lot_id(model, LotRef { item, n }),
            Supply::Beside(lot) => lot_id(model, lot),
        },
        item: &model.items[item as usize].id,
        to: Some(Moment(model, at)),
        by: Some(qty.to_string()),
        orders,
    }
}
