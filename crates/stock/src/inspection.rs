//! Goods on hold until somebody has looked at them.

mod settle;

pub use settle::{Back, send_back};
use settle::{hold, scrap};

use crate::level::Levels;
use crate::lot::lot_fault;
use crate::movement::{Condition, Place, shift};
use crate::{Location, Receipt, ReceiptLine, peg, warehouse::warehouse_of};
use access::Company;
use catalog::Product;
use kernel::{
    Choice, Context, Entity, Input, Kind, Life, Module, Origin, Ref, Refusal, Result, life, refuse,
};
use numbers::{Date, Decimal6};

/// What came and is on hold.
#[derive(Clone, Debug, Entity)]
#[entity(
    search = "number,lot,reason",
    list = "number,state,product_id,lot,quantity,passed,rejected,to_settle,receipt_id",
    number = "QI{year}-{n:05}",
    unique = "company_id,number",
    index = "receipt_id;product_id"
)]
pub struct Inspection {
    pub id: i64,
    pub company: Ref<Company>,
    pub number: Option<String>,
    pub state: InspectionState,
    pub receipt: Ref<Receipt>,
    pub receipt_line: Option<Ref<ReceiptLine>>,
    /// Who waits for that line is helped when the goods pass.
    pub order_line: Option<Origin>,
    pub product: Ref<Product>,
    pub location: Ref<Location>,
    pub lot: String,
    /// In the product's stock unit.
    #[field(quantity)]
    pub quantity: Decimal6,
    #[field(quantity)]
    pub passed: Decimal6,
    #[field(quantity)]
    pub rejected: Decimal6,
    /// Of what was rejected, what went back to the supplier.
    #[field(quantity)]
    pub returned: Decimal6,
    /// Of it, what is made good by a work order.
    #[field(quantity)]
    pub reworked: Decimal6,
    /// Of it, what was written off.
    #[field(quantity)]
    pub scrapped: Decimal6,
    pub inspected_on: Option<Date>,
    /// Why something was rejected.
    pub reason: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum InspectionState {
    Waiting,
    Done,
}

pub const LIFE: Life = life![
    waiting: pass => waiting, pass => done, reject => waiting, reject => done, return_goods => waiting, return_goods => done,
        rework => waiting, rework => done, scrap => waiting, scrap => done;
    done: return_goods => done, rework => done, scrap => done
];
/// What was rejected and is still here.
const TO_SETTLE: &str = "{t}.rejected - {t}.returned - {t}.reworked - {t}.scrapped";

/// Inspections in the module's list.
pub(crate) fn add(module: Module) -> Module {
    module
        .closed::<Inspection>()
        .life(LIFE)
        .computed("to_settle", Kind::Quantity, TO_SETTLE)
        .command::<Inspection, _, _>("pass", Inspection::pass)
        .is_final()
        .command::<Inspection, _, _>("reject", Inspection::reject)
        .is_final()
        .command::<Inspection, _, _>("scrap", scrap)
        .is_final()
        .command::<Receipt, _, _>("hold", hold)
        .events(&["stock.SentBack"])
        .check_sql(
            "what became of rejected goods was rejected before",
            "Inspection",
            "SELECT id, 'rejected ' || CAST(rejected AS TEXT) || ' of ' || CAST(quantity AS TEXT) FROM inspection
             WHERE passed + rejected > quantity OR returned + reworked + scrapped > rejected
                OR passed < 0 OR rejected < 0 OR returned < 0 OR reworked < 0 OR scrapped < 0",
        )
        .check_sql(
            "no more goes back than has come",
            "ReceiptLine",
            "SELECT l.id, 'came ' || CAST(l.stock_quantity AS TEXT) || ', went ' || CAST(b.quantity AS TEXT)
             FROM receipt_line l JOIN (
                SELECT returns_id, -CAST(SUM(stock_quantity) AS BIGINT) AS quantity, -CAST(SUM(net) AS BIGINT) AS net
                FROM receipt_line WHERE returns_id IS NOT NULL GROUP BY returns_id) b ON b.returns_id = l.id
             WHERE b.quantity > l.stock_quantity OR (b.quantity = l.stock_quantity AND b.net <> l.net)",
        )
}

#[derive(Debug, Input)]
pub struct Pass {
    /// All that is left where empty.
    #[field(quantity)]
    pub quantity: Option<Decimal6>,
}

#[derive(Debug, Input)]
pub struct Reject {
    /// All that is left where empty.
    #[field(quantity)]
    pub quantity: Option<Decimal6>,
    pub reason: String,
}

impl Inspection {
    /// All that came by a line waits where it arrived.
    pub(crate) fn waiting(receipt: &Receipt, line: &ReceiptLine) -> Self {
        Self {
            id: 0,
            company: receipt.company,
            number: None,
            state: InspectionState::Waiting,
            receipt: Ref::new(receipt.id),
            receipt_line: Some(Ref::new(line.id)),
            order_line: line.order_line.clone(),
            product: line.product,
            location: receipt.location,
            lot: line.lot.clone(),
            quantity: line.stock_quantity,
            passed: Decimal6(0),
            rejected: Decimal6(0),
            returned: Decimal6(0),
            reworked: Decimal6(0),
            scrapped: Decimal6(0),
            inspected_on: None,
            reason: String::new(),
        }
    }

    /// It is good: who waits for it holds it from now on.
    pub(crate) fn pass(&mut self, input: Pass, cx: &mut Context) -> Result<()> {
        let quantity = self.looked_at(input.quantity, cx)?;
        let fault = lot_fault(self.product, &self.lot, (cx.today(), "lot"), cx)?;
        Refusal::all(fault.into_iter().collect())?;
        self.passed = self.passed.plus(quantity)?;
        let warehouse = warehouse_of(self.location, cx)?;
        let mut levels = Levels::lock([self.product], warehouse, cx)?;
        let document = Origin::of(self);
        let place = |condition| Place { location: self.location, condition };
        let goods = (self.product, self.lot.as_str(), quantity);
        let (from, to) = (place(Condition::Blocked), place(Condition::Good));
        shift(goods, from, to, (cx.today(), document.clone()), &mut levels, cx)?;
        let mut about =
            peg::arrived(&mut levels, (self.product, warehouse), self.order_line.as_ref(), quantity, cx)?;
        levels.write(cx)?;
        self.perhaps_done()?;
        about.push(Origin::new(Receipt::NAME, self.receipt.id()));
        cx.emit("stock.Freed", document, about)
    }

    /// It is not: it stays on hold, to be returned or scrapped, and who waits for it is short again.
    pub(crate) fn reject(&mut self, input: Reject, cx: &mut Context) -> Result<()> {
        self.turn_down(input.quantity, input.reason, cx)
    }

    fn turn_down(&mut self, quantity: Option<Decimal6>, reason: String, cx: &mut Context) -> Result<()> {
        if reason.trim().is_empty() {
            return Err(refuse("kernel.required").field("reason").into());
        }
        let quantity = self.looked_at(quantity, cx)?;
        self.rejected = self.rejected.plus(quantity)?;
        self.reason = reason;
        self.perhaps_done()?;
        match &self.order_line {
            Some(line) => peg::supply_lost(&[line.id], cx),
            None => Ok(()),
        }
    }

    /// How much of what waits is meant.
    fn looked_at(&mut self, given: Option<Decimal6>, cx: &mut Context) -> Result<Decimal6> {
        let waits = self.quantity.minus(self.passed)?.minus(self.rejected)?;
        let quantity = given.unwrap_or(waits);
        if quantity.0 <= 0 || quantity > waits {
            return Err(refuse("stock.waits").field("quantity").arg("waits", waits).into());
        }
        self.inspected_on = Some(cx.today());
        Ok(quantity)
    }

    fn perhaps_done(&mut self) -> Result<()> {
        if self.passed.plus(self.rejected)? == self.quantity {
            self.state = InspectionState::Done;
        }
        Ok(())
    }
}
