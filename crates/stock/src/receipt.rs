//! Receipts: goods and services come from a supplier, at order price against *received, not invoiced*.

use crate::inspection::Inspection;
use crate::level::Levels;
use crate::lot::{Coming, lots_of, register};
use crate::movement::{Condition, MoveKind, Moving, Paper, StockMove, apply};
use crate::warehouse::{first_location, warehouse_of};
use crate::{Location, Warehouse, peg};
use access::Company;
use catalog::{Product, products};
use kernel::{Choice, Context, Entity, Life, Origin, Ref, Result, life, refuse};
use ledger::{AccountRole, Draft, EntryKind, post};
use numbers::{Date, Decimal6, Money, allocate};
use parties::Party;
use std::collections::HashMap;

#[derive(Clone, Debug, Entity)]
#[entity(
    search = "number,supplier_note",
    list = "number,kind,state,supplier_id,received_on,supplier_note",
    number = "GR{year}-{n:05}",
    unique = "company_id,number",
    index = "order_id;supplier_id"
)]
pub struct Receipt {
    pub id: i64,
    pub company: Ref<Company>,
    pub number: Option<String>,
    pub kind: ReceiptKind,
    pub state: ReceiptState,
    pub supplier: Ref<Party>,
    pub received_on: Date,
    /// The number of the supplier's delivery note.
    pub supplier_note: String,
    pub order: Option<Origin>,
    pub location: Ref<Location>,
    #[lines]
    pub lines: Vec<ReceiptLine>,
}

/// What came back to the supplier, or is claimed from him, has quantities below zero, so that sums need no signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum ReceiptKind {
    Receipt,
    /// Goods that went back.
    Return,
    /// Goods that were scrapped here, and are claimed all the same.
    Claim,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum ReceiptState {
    Received,
    Reversed,
}

pub const LIFE: Life = life![received: reverse => reversed];

#[derive(Clone, Debug, Entity)]
#[entity(
    line_of = "Receipt",
    title = "text",
    list = "product_id,quantity,unit_price,net",
    index = "order_line_id;returns_id"
)]
pub struct ReceiptLine {
    pub id: i64,
    pub product: Ref<Product>,
    pub text: String,
    /// In the unit of the order line.
    #[field(quantity)]
    pub quantity: Decimal6,
    /// In the product's stock unit.
    #[field(quantity)]
    pub stock_quantity: Decimal6,
    pub unit_price: Decimal6,
    /// What it costs by the order, until the invoice is here.
    pub net: Money,
    /// What the stock has got for it: the standard, where the product is valued at it; nothing for services.
    pub value: Money,
    pub order_line: Option<Origin>,
    pub lot: String,
    /// On hold until it is inspected.
    pub blocked: bool,
    /// The line that goes back by this one.
    pub returns: Option<Ref<ReceiptLine>>,
    /// None for services.
    pub stock_move: Option<Ref<StockMove>>,
}

/// What arrives, as the purchase order knows it.
#[derive(Clone, Debug)]
pub struct Arrival {
    pub supplier: Ref<Party>,
    pub on: Date,
    pub supplier_note: String,
    pub order: Origin,
    /// Where it was ordered to; the firm's first warehouse where empty.
    pub warehouse: Option<Ref<Warehouse>>,
    /// A place there; its first one where empty.
    pub location: Option<Ref<Location>>,
    pub lines: Vec<Arriving>,
}

#[derive(Clone, Debug)]
pub struct Arriving {
    pub order_line: Origin,
    pub product: Ref<Product>,
    pub text: String,
    pub is_goods: bool,
    pub quantity: Decimal6,
    pub stock_quantity: Decimal6,
    pub unit_price: Decimal6,
    pub net: Money,
    /// Numbered where it is empty and the product is tracked.
    pub lot: String,
    /// By the product's shelf life where empty.
    pub expires_on: Option<Date>,
    /// The supplier's own number of the lot.
    pub supplier_lot: Option<String>,
    /// How much of it works, of what a full one would; 100 where empty.
    pub potency_percent: Option<Decimal6>,
    /// On hold until somebody has looked at it.
    pub blocked: bool,
    /// Where it was typed, before the names of its fields in a refusal.
    pub at: String,
}

/// Books what has arrived: stock, value, what is owed without invoice; and holds it for who waits.
///
/// # Errors
/// `stock.in_future`, `stock.other_warehouse`, `ledger.locked`.
pub fn receive(arrival: Arrival, cx: &mut Context) -> Result<Receipt> {
    if arrival.on > cx.today() {
        return Err(refuse("stock.in_future").field("received_on").into());
    }
    let mut receipt = paper(arrival, cx)?;
    let (document, on) = (Origin::of(&receipt), receipt.received_on);
    let goods: Vec<&mut ReceiptLine> = receipt.lines.iter_mut().filter(|l| l.stock_move.is_some()).collect();
    let warehouse = warehouse_of(receipt.location, cx)?;
    let mut levels = Levels::lock(goods.iter().map(|l| l.product), warehouse, cx)?;
    let moving: Vec<Moving> = goods
        .iter()
        .map(|l| Moving {
            value: Some(l.value),
            lot: l.lot.clone(),
            condition: l.condition(),
            line: Some(Origin::of::<ReceiptLine>(l)),
            ..Moving::new(l.product, receipt.location, l.stock_quantity)
        })
        .collect();
    let moved =
        apply(&Paper { on, kind: MoveKind::Receipt, document: document.clone() }, &moving, &mut levels, cx)?;
    let mut about: Vec<Origin> = receipt.order.clone().into_iter().collect();
    for (line, moved) in goods.into_iter().zip(&moved) {
        line.stock_move = Some(Ref::new(moved.id));
        if line.blocked {
            continue;
        }
        about.extend(peg::arrived(
            &mut levels,
            (line.product, warehouse),
            line.order_line.as_ref(),
            line.stock_quantity,
            cx,
        )?);
    }
    levels.write(cx)?;
    cx.insert(&mut receipt)?;
    hold_blocked(&receipt, cx)?;
    book(&receipt, on, false, cx)?;
    about.sort();
    about.dedup();
    cx.emit("stock.Received", document, about)?;
    Ok(receipt)
}

fn paper(arrival: Arrival, cx: &mut Context) -> Result<Receipt> {
    let first = first_location(arrival.warehouse, cx)?;
    let location = arrival.location.unwrap_or(first);
    // Who waits for it waits where it was ordered to.
    if location != first && warehouse_of(location, cx)? != warehouse_of(first, cx)? {
        return Err(refuse("stock.other_warehouse").field("location_id").into());
    }
    let mut lines = Vec::with_capacity(arrival.lines.len());
    let known = products(arrival.lines.iter().map(|l| l.product), cx)?;
    for line in in_lots(arrival.lines, &known, arrival.on, cx)? {
        let value = match known.get(&line.product.id()).and_then(Product::fixed_cost) {
            _ if !line.is_goods => Money(0),
            Some(standard) => Money::from_decimal(line.stock_quantity.times(standard)?)?,
            None => line.net,
        };
        lines.push(ReceiptLine {
            id: cx.next_id()?,
            product: line.product,
            text: line.text,
            quantity: line.quantity,
            stock_quantity: line.stock_quantity,
            unit_price: line.unit_price,
            net: line.net,
            value,
            order_line: Some(line.order_line),
            lot: line.lot,
            blocked: line.blocked && line.is_goods,
            returns: None,
            // Goods get their move's id below.
            stock_move: line.is_goods.then_some(Ref::new(0)),
        });
    }
    Ok(Receipt {
        id: cx.next_id()?,
        company: Ref::new(cx.actor.company),
        number: None,
        kind: ReceiptKind::Receipt,
        state: ReceiptState::Received,
        supplier: arrival.supplier,
        received_on: arrival.on,
        supplier_note: arrival.supplier_note,
        order: Some(arrival.order),
        location,
        lines,
    })
}

/// What arrives, lot by lot, each with its share; the lots are written down.
fn in_lots(
    arriving: Vec<Arriving>,
    known: &HashMap<i64, Product>,
    on: Date,
    cx: &mut Context,
) -> Result<Vec<Arriving>> {
    let (mut out, mut coming) = (Vec::with_capacity(arriving.len()), Vec::new());
    for line in arriving {
        let Some(product) = known.get(&line.product.id()).filter(|_| line.is_goods) else {
            out.push(line);
            continue;
        };
        let lots = lots_of(product, &line.lot, line.stock_quantity, (on, &line.at), cx)?;
        let weights: Vec<i64> = lots.iter().map(|(_, quantity)| quantity.0).collect();
        let nets = allocate(line.net, &weights)?;
        let quantities = allocate(Money(line.quantity.0), &weights)?;
        for (((lot, stock_quantity), net), quantity) in lots.into_iter().zip(nets).zip(quantities) {
            coming.push(Coming {
                product: line.product,
                lot: lot.clone(),
                expires_on: line.expires_on,
                supplier_lot: line.supplier_lot.clone(),
                potency_percent: line.potency_percent,
                blocked: line.blocked,
                at: line.at.clone(),
            });
            out.push(Arriving { lot, stock_quantity, net, quantity: Decimal6(quantity.0), ..line.clone() });
        }
    }
    let dated = register(&coming, on, false, cx)?;
    peg::dates_known(&dated, cx)?;
    Ok(out)
}

impl ReceiptLine {
    fn condition(&self) -> Condition {
        if self.blocked { Condition::Blocked } else { Condition::Good }
    }
}

/// What is on hold waits for its inspection.
fn hold_blocked(receipt: &Receipt, cx: &mut Context) -> Result<()> {
    let blocked = receipt.lines.iter().filter(|l| l.blocked);
    let mut inspections: Vec<Inspection> = blocked.map(|line| Inspection::waiting(receipt, line)).collect();
    cx.insert_all(&mut inspections)
}

pub(crate) fn book(receipt: &Receipt, on: Date, reversed: bool, cx: &mut Context) -> Result<()> {
    let text = receipt.number.clone().unwrap_or_default();
    let kind = if reversed { EntryKind::Reversal } else { EntryKind::Receipt };
    let mut draft = Draft::new(on, kind, &text, Some(Origin::of(receipt)));
    for line in &receipt.lines {
        let signed = |amount: Money| if reversed { amount.negated() } else { Ok(amount) };
        let (net, value) = (signed(line.net)?, signed(line.value)?);
        draft.add(AccountRole::Stock, value, None, None, cx)?;
        // Beyond the standard it is a difference of prices at once.
        let role = match line.stock_move {
            Some(_) => AccountRole::PriceDifference,
            None => AccountRole::PurchasedServices,
        };
        draft.add(role, net.minus(value)?, None, None, cx)?;
        draft.add(AccountRole::ReceivedNotInvoiced, net.negated()?, Some(receipt.supplier), None, cx)?;
    }
    post(draft, cx).map(|_| ())
}

impl Receipt {
    /// Takes a receipt back that was a mistake, as long as the goods are there. Whether it is invoiced already is
    /// for the caller to know.
    ///
    /// # Errors
    /// `stock.not_enough`, `ledger.locked`.
    pub fn reverse(&mut self, on: Date, cx: &mut Context) -> Result<()> {
        if self.kind != ReceiptKind::Receipt {
            return Err(refuse("stock.return_stays").into());
        }
        let document = Origin::of(self);
        self.forget_inspections(cx)?;
        let goods: Vec<&ReceiptLine> = self.lines.iter().filter(|l| l.stock_move.is_some()).collect();
        let warehouse = warehouse_of(self.location, cx)?;
        let mut levels = Levels::lock(goods.iter().map(|l| l.product), warehouse, cx)?;
        let moving = goods
            .iter()
            .map(|l| {
                Ok(Moving {
                    value: Some(l.value.negated()?),
                    lot: l.lot.clone(),
                    condition: l.condition(),
                    line: Some(Origin::of::<ReceiptLine>(l)),
                    ..Moving::new(l.product, self.location, l.stock_quantity.negated()?)
                })
            })
            .collect::<Result<Vec<_>>>()?;
        let products: Vec<Ref<Product>> = goods.iter().map(|l| l.product).collect();
        let paper = Paper { on, kind: MoveKind::Reversal, document: document.clone() };
        let moved = apply(&paper, &moving, &mut levels, cx)?;
        for product in products {
            peg::free_least_urgent(&mut levels, (product, warehouse), cx)?;
        }
        levels.write(cx)?;
        book(self, on, true, cx)?;
        // Taken out at its own price, the rest of the pool may be left with a value and no goods.
        let mut draft = Draft::new(on, EntryKind::Stock, "", Some(document.clone()));
        for left_over in moved.iter().map(|m| m.left_over) {
            draft.add(AccountRole::PriceDifference, left_over, None, None, cx)?;
            draft.add(AccountRole::Stock, left_over.negated()?, None, None, cx)?;
        }
        post(draft, cx)?;
        cx.emit("stock.ReceiptReversed", document, self.order.clone().into_iter().collect())
    }

    /// Inspections that nobody has begun go with their receipt.
    fn forget_inspections(&self, cx: &mut Context) -> Result<()> {
        let inspections = cx.hold_all::<Inspection>("receipt_id = ?", &[self.id.into()])?;
        if inspections.iter().any(|i| i.passed.0 != 0 || i.rejected.0 != 0) {
            return Err(refuse("stock.inspected_already").into());
        }
        cx.delete_all(inspections)
    }
}
