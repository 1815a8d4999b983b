//! Rejected goods go back to the supplier, or are claimed from him: the order is open for as many again, unless nobody
//! wants them any more.

use crate::{PurchaseOrder, PurchaseOrderState};
use catalog::Product;
use kernel::{Context, Error, Input, Origin, Result, refuse};
use numbers::{Date, Decimal6};
use serde_json::{Value as Json, json};
use stock::{Back, Expected, Inspection, Receipt, send_back};

#[derive(Debug, Input)]
pub struct ReturnGoods {
    /// All that was rejected and is still here where empty; where nothing was, all that waits.
    #[field(quantity)]
    pub quantity: Option<Decimal6>,
    /// Needed where it was not rejected before.
    pub reason: Option<String>,
    /// Today where empty.
    pub on: Option<Date>,
    /// The supplier does not want it back: it is scrapped here, and claimed all the same.
    pub scrapped_here: Option<bool>,
    /// Nothing comes in its place: the supplier gives the money back.
    pub no_replacement: Option<bool>,
}

pub(crate) fn return_goods(
    inspection: &mut Inspection,
    input: ReturnGoods,
    cx: &mut Context,
) -> Result<Json> {
    let quantity = inspection.settle(input.quantity, input.reason, cx)?;
    let is_claim = input.scrapped_here == Some(true);
    let becomes = if is_claim { &mut inspection.scrapped } else { &mut inspection.returned };
    *becomes = becomes.plus(quantity)?;
    let on = input.on.unwrap_or_else(|| cx.today());
    let paper = send_back(inspection, &Back { quantity, on, is_claim }, cx)?;
    if let Some(order) = paper.order.clone().filter(|o| o.entity == <PurchaseOrder as kernel::Entity>::NAME) {
        again(&paper, order.id, input.no_replacement == Some(true), cx)?;
    }
    Ok(json!({"receipt_id": paper.id}))
}

/// The order wants as many again, or gives them up.
fn again(paper: &Receipt, order: i64, no_replacement: bool, cx: &mut Context) -> Result<()> {
    let mut order = cx.hold::<PurchaseOrder>(order)?;
    for back in &paper.lines {
        let line = order.lines.iter_mut().find(|l| Some(l.id) == back.order_line.as_ref().map(|o| o.id));
        let line = line.ok_or_else(|| Error::from(refuse("purchasing.no_such_line")))?;
        if no_replacement {
            line.given_up = line.given_up.minus(back.quantity)?;
        }
    }
    if !no_replacement && order.state == PurchaseOrderState::Closed {
        order.state = PurchaseOrderState::Confirmed;
    }
    let open = order.open(cx)?;
    let mut expected = Vec::new();
    for back in paper.lines.iter().filter(|_| !no_replacement) {
        let line = order.lines.iter().find(|l| Some(l.id) == back.order_line.as_ref().map(|o| o.id));
        if let Some(line) = line.filter(|l| open.get(&l.id).is_some_and(|q| q.0 > 0)) {
            let product = cx.read::<Product>(line.product)?;
            let open = open.get(&line.id).copied().unwrap_or_default();
            let quantity = product.in_stock_unit(line.unit, open)?;
            let (warehouse, supply) = (order.warehouse, Origin::of(line));
            expected.push(Expected { product: line.product, warehouse, supply, quantity });
        }
    }
    stock::expect(&expected, cx)?;
    let of = Origin::of::<PurchaseOrder>(&order);
    cx.save(order)?;
    cx.emit("purchasing.Returned", of, vec![Origin::of(paper)])
}
