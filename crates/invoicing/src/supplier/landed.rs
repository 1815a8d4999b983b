//! Landed costs: freight, customs and insurance are costs of the goods that came (IAS 2.10-11), whoever invoices them.
//! Each received line gets its share: what is still in stock of it is worth more, the rest has cost more already.

use super::SupplierInvoice;
use catalog::products;
use kernel::{Choice, Context, Entity, Ref, Refusal, Result, Value, refuse};
use ledger::{AccountRole, Draft};
use numbers::{Date, Money, allocate};
use stock::{Receipt, ReceiptKind, ReceiptLine, ReceiptState, ValueKind, value_difference};

/// By what a cost is shared out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum LandedBy {
    Value,
    /// In the products' stock units.
    Quantity,
}

/// Goods that a landed cost belongs to.
#[derive(Clone, Debug, Entity)]
#[entity(line_of = "SupplierInvoice", title = "receipt_id", index = "receipt_id")]
pub struct Landing {
    pub id: i64,
    pub receipt: Ref<Receipt>,
    /// One line of it only; all its goods where empty.
    pub receipt_line: Option<Ref<ReceiptLine>>,
}

/// The share of a received line in a landed cost.
#[derive(Clone, Debug, Entity)]
#[entity(
    line_of = "SupplierInvoice",
    title = "receipt_line_id",
    list = "receipt_line_id,amount,in_stock",
    index = "receipt_line_id"
)]
pub struct LandedCost {
    pub id: i64,
    pub receipt_line: Ref<ReceiptLine>,
    pub amount: Money,
    /// Of it, what the stock is worth more; what was taken back with the invoice is off it again.
    pub in_stock: Money,
}

/// A received line with what of it has stayed, by value and by quantity.
struct Target {
    line: ReceiptLine,
    net: i64,
    quantity: i64,
}

impl SupplierInvoice {
    /// Shares out what is a cost of goods that came.
    pub(super) fn land(&mut self, on: Date, draft: &mut Draft, cx: &mut Context) -> Result<()> {
        self.landed.clear();
        let costs: Vec<(usize, Money, LandedBy)> =
            self.lines.iter().enumerate().filter_map(|(i, l)| Some((i, l.net, l.landed_by?))).collect();
        if costs.is_empty() {
            return Ok(());
        }
        let targets = self.targets(cx)?;
        for (i, net, by) in costs {
            let weights: Vec<i64> = targets
                .iter()
                .map(|t| if by == LandedBy::Value { t.net } else { t.quantity })
                .map(|weight| weight.max(0))
                .collect();
            if weights.iter().all(|w| *w == 0) {
                return Err(refuse("invoicing.nothing_to_land_on")
                    .field(format!("lines/{i}/landed_by"))
                    .into());
            }
            for (target, amount) in targets.iter().zip(allocate(net, &weights)?) {
                if amount.0 != 0 {
                    let in_stock = put(&target.line, amount, on, draft, cx)?;
                    let receipt_line = Ref::new(target.line.id);
                    self.landed.push(LandedCost { id: cx.next_id()?, receipt_line, amount, in_stock });
                }
            }
        }
        Ok(())
    }

    /// Takes landed costs off again, from what is still there.
    pub(super) fn take_off(&mut self, on: Date, draft: &mut Draft, cx: &mut Context) -> Result<()> {
        let ids: Vec<i64> = self.landed.iter().map(|l| l.receipt_line.id()).collect();
        let lines = lines(&ids, cx)?;
        for landed in &mut self.landed {
            let Some(line) = lines.iter().find(|l| l.id == landed.receipt_line.id()) else { continue };
            let in_stock = put(line, landed.amount.negated()?, on, draft, cx)?;
            landed.in_stock = landed.in_stock.plus(in_stock)?;
        }
        Ok(())
    }

    fn targets(&self, cx: &mut Context) -> Result<Vec<Target>> {
        let (mut found, mut faults) = (Vec::<Target>::new(), Vec::new());
        for (i, landing) in self.landings.iter().enumerate() {
            let receipt = cx.read(landing.receipt)?;
            let came = receipt.company == self.company
                && receipt.kind == ReceiptKind::Receipt
                && receipt.state == ReceiptState::Received;
            let meant: Vec<ReceiptLine> = receipt
                .lines
                .into_iter()
                .filter(|l| came && l.stock_move.is_some())
                .filter(|l| landing.receipt_line.is_none_or(|only| only.id() == l.id))
                .collect();
            if meant.is_empty() {
                faults.push(refuse("invoicing.nothing_to_land_on").field(format!("landings/{i}/receipt_id")));
            }
            for line in meant {
                if !found.iter().any(|t| t.line.id == line.id) {
                    found.push(Target { net: line.net.0, quantity: line.stock_quantity.0, line });
                }
            }
        }
        if self.landings.is_empty() {
            faults.push(refuse("invoicing.nothing_to_land_on").field("landings"));
        }
        Refusal::all(faults)?;
        gone(&mut found, cx)?;
        Ok(found)
    }
}

/// What went back to the supplier costs nothing.
fn gone(targets: &mut [Target], cx: &mut Context) -> Result<()> {
    let ids: Vec<Value> = targets.iter().map(|t| t.line.id.into()).collect();
    for chunk in ids.chunks(500) {
        let sql = format!(
            "SELECT returns_id, CAST(SUM(net) AS BIGINT), CAST(SUM(stock_quantity) AS BIGINT) FROM receipt_line
             WHERE returns_id {} GROUP BY returns_id",
            kernel::rows::among(chunk.len())
        );
        for r in cx.tx.query(&sql, chunk)? {
            // Below zero, as all that goes back.
            if let Some(target) = targets.iter_mut().find(|t| t.line.id == r.int(0)) {
                target.net += r.int(1);
                target.quantity += r.int(2);
            }
        }
    }
    Ok(())
}

fn lines(ids: &[i64], cx: &mut Context) -> Result<Vec<ReceiptLine>> {
    let mut out = Vec::with_capacity(ids.len());
    let ids: Vec<Value> = ids.iter().copied().map(Value::Int).collect();
    for chunk in ids.chunks(500) {
        out.extend(cx.find::<ReceiptLine>(&format!("id {}", kernel::rows::among(chunk.len())), chunk)?);
    }
    Ok(out)
}

/// A received line has cost so much more. Answers what of it the stock has got; the rest is cost of goods, or a
/// difference of prices where the product is valued at its standard.
fn put(line: &ReceiptLine, amount: Money, on: Date, draft: &mut Draft, cx: &mut Context) -> Result<Money> {
    let Some(stock_move) = line.stock_move else { return Ok(Money(0)) };
    let (in_stock, rest) = value_difference(stock_move, amount, ValueKind::LandedCost, on, cx)?;
    draft.add(AccountRole::Stock, in_stock, None, None, cx)?;
    let standard = products([line.product], cx)?.values().any(|p| p.fixed_cost().is_some());
    let role = if standard { AccountRole::PriceDifference } else { AccountRole::CostOfGoods };
    draft.add(role, rest, None, None, cx)?;
    Ok(in_stock)
}
