//! Counting, and the stock that a firm begins with.

use crate::level::Levels;
use crate::lot::{Coming, register, remember};
use crate::movement::{Condition, MoveKind, Moving, Paper, apply, post_difference};
use crate::{Location, default_location, peg, warehouse::warehouse_of};
use access::Company;
use catalog::{Product, ProductKind, TrackedBy, products};
use kernel::{Choice, Context, Entity, Life, Origin, Ref, Refusal, Result, life, refuse};
use ledger::{AccountRole, Draft, EntryKind, post};
use numbers::{Date, Decimal6, Money};
use serde_json::{Value as Json, json};

/// What somebody found on the shelf; as opening, what was there on the first day and what it was worth.
#[derive(Clone, Debug, Entity)]
#[entity(
    search = "number,note",
    list = "number,kind,state,counted_on,location_id",
    number = "SC{year}-{n:05}",
    unique = "company_id,number"
)]
pub struct StockCount {
    pub id: i64,
    pub company: Ref<Company>,
    #[field(readonly)]
    pub number: Option<String>,
    pub kind: CountKind,
    pub location: Option<Ref<Location>>,
    pub counted_on: Option<Date>,
    #[field(readonly)]
    pub state: CountState,
    pub note: Option<String>,
    #[lines]
    pub lines: Vec<CountLine>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum CountKind {
    Count,
    Opening,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum CountState {
    Draft,
    Posted,
}

pub const LIFE: Life = life![draft: fill => draft, post => posted, edit => draft];

#[derive(Clone, Debug, Entity)]
#[entity(line_of = "StockCount", title = "lot", list = "product_id,lot,condition,expected,counted")]
pub struct CountLine {
    pub id: i64,
    pub product: Ref<Product>,
    pub lot: String,
    pub condition: Condition,
    /// On hand when it was counted.
    #[field(quantity, readonly)]
    pub expected: Decimal6,
    #[field(quantity)]
    pub counted: Decimal6,
    /// Only for the opening stock.
    pub unit_cost: Option<Decimal6>,
    /// Of a lot that is not known; by the product's shelf life where empty.
    pub expires_on: Option<Date>,
}

impl StockCount {
    pub(crate) fn prepare(&mut self, _: Option<&Self>, cx: &mut Context) -> Result<()> {
        self.counted_on = self.counted_on.or_else(|| Some(cx.today()));
        if self.location.is_none() {
            self.location = Some(default_location(cx)?);
        }
        let mut faults = Vec::new();
        for (i, line) in self.lines.iter().enumerate() {
            line.condition.by_hand(&format!("lines/{i}/condition"))?;
            if line.counted.0 < 0 {
                faults.push(refuse("stock.quantity").field(format!("lines/{i}/counted")));
            }
            let same =
                |l: &CountLine| (l.product, &l.lot, l.condition) == (line.product, &line.lot, line.condition);
            if self.lines.iter().skip(i + 1).any(same) {
                faults.push(refuse("stock.counted_twice").field(format!("lines/{i}/product_id")));
            }
        }
        let known = products(self.lines.iter().map(|l| l.product), cx)?;
        for (i, line) in self.lines.iter().enumerate() {
            let kit = known.get(&line.product.id()).filter(|p| p.kind == ProductKind::Kit);
            faults.extend(kit.map(|kit| {
                refuse("stock.is_kit").field(format!("lines/{i}/product_id")).arg("product", &kit.name)
            }));
        }
        Refusal::all(faults)
    }

    /// Lists what should lie at the place, counted as expected, so that only differences are typed.
    pub(crate) fn fill(&mut self, (): (), cx: &mut Context) -> Result<()> {
        for (product, lot, condition, on_hand) in self.on_hand(cx)? {
            if !self.lines.iter().any(|l| (l.product.id(), &l.lot, l.condition) == (product, &lot, condition))
            {
                let product = Ref::new(product);
                self.lines.push(CountLine {
                    id: 0,
                    product,
                    lot,
                    condition,
                    expected: on_hand,
                    counted: on_hand,
                    unit_cost: None,
                    expires_on: None,
                });
            }
        }
        Ok(())
    }

    fn on_hand(&self, cx: &mut Context) -> Result<Vec<(i64, String, Condition, Decimal6)>> {
        let rows = cx.tx.query(
            "SELECT product_id, lot, condition, on_hand FROM stock_balance
             WHERE company_id = ? AND location_id = ? AND owner_id = 0 AND condition <> 'transit' AND on_hand <> 0 ORDER BY product_id, lot",
            &[self.company.into(), self.location.map(Ref::id).into()],
        )?;
        Ok(rows
            .iter()
            .filter_map(|r| {
                Some((r.int(0), r.text(1).to_owned(), Condition::of(r.text(2))?, Decimal6(r.int(3))))
            })
            .collect())
    }

    /// The lots of what was found are written down; what is tracked has one.
    fn found_lots(&self, moving: &[Moving], on: Date, cx: &mut Context) -> Result<Vec<Ref<Product>>> {
        let (known, mut faults) = (products(moving.iter().map(|m| m.product), cx)?, Vec::new());
        let mut coming = Vec::new();
        for (i, line) in self.lines.iter().enumerate() {
            let of = |m: &&Moving| m.line.as_ref().is_some_and(|l| l.id == line.id) && m.quantity.0 > 0;
            let Some(found) = moving.iter().find(of) else { continue };
            let tracked = known.get(&line.product.id()).map_or(TrackedBy::Nothing, |p| p.tracked_by);
            let at = format!("lines/{i}/");
            if tracked != TrackedBy::Nothing && line.lot.is_empty() {
                faults.push(refuse("stock.lot_wanted").field(format!("{at}lot")));
            }
            if tracked == TrackedBy::Serial && found.quantity > Decimal6::ONE {
                faults.push(refuse("stock.serial_one").field(format!("{at}counted")));
            }
            let blocked = line.condition != Condition::Good;
            coming.push(Coming {
                product: line.product,
                lot: line.lot.clone(),
                expires_on: line.expires_on,
                supplier_lot: None,
                potency_percent: None,
                blocked,
                at,
            });
        }
        Refusal::all(faults)?;
        let dated = register(&coming, on, false, cx)?;
        let counted = self.lines.iter().filter(|l| !l.lot.is_empty() && l.counted.0 > 0);
        remember(&counted.map(|l| (l.product, l.lot.as_str())).collect::<Vec<_>>(), cx)?;
        Ok(dated)
    }

    /// Books what differs; promises that can no longer be kept become short, the least urgent first.
    pub(crate) fn post(&mut self, (): (), cx: &mut Context) -> Result<Json> {
        let on = self.counted_on.unwrap_or_else(|| cx.today());
        let location = self.location.map_or_else(|| default_location(cx), Ok)?;
        let warehouse = warehouse_of(location, cx)?;
        let mut levels = Levels::lock(self.lines.iter().map(|l| l.product), warehouse, cx)?;
        let there = self.on_hand(cx)?;
        let mut moving = Vec::new();
        for line in &mut self.lines {
            let key = (line.product.id(), &line.lot, line.condition);
            let now = there.iter().find(|(p, l, c, _)| (*p, l, *c) == key);
            line.expected = now.map_or(Decimal6(0), |n| n.3);
            let opening = self.kind == CountKind::Opening;
            let quantity = if opening { line.counted } else { line.counted.minus(line.expected)? };
            if quantity.0 == 0 {
                continue;
            }
            let value = line
                .unit_cost
                .filter(|_| opening)
                .map(|c| Money::from_decimal(quantity.times(c)?))
                .transpose()?;
            moving.push(Moving {
                lot: line.lot.clone(),
                condition: line.condition,
                value,
                line: Some(Origin::of(line)),
                ..Moving::new(line.product, location, quantity)
            });
        }
        let dated = self.found_lots(&moving, on, cx)?;
        let document = Origin::of(self);
        let kind = if self.kind == CountKind::Opening { MoveKind::Opening } else { MoveKind::Count };
        let moved = apply(&Paper { on, kind, document: document.clone() }, &moving, &mut levels, cx)?;
        let mut draft = match self.kind {
            CountKind::Count => Draft::new(on, EntryKind::Stock, "", Some(document.clone())),
            CountKind::Opening => Draft::new(on, EntryKind::Opening, "", Some(document.clone())),
        };
        if self.kind == CountKind::Count {
            post_difference(&mut draft, &moved, cx)?;
        } else {
            for m in &moved {
                draft.add(AccountRole::Stock, m.value, None, None, cx)?;
                draft.add(AccountRole::Opening, m.value.negated()?, None, None, cx)?;
            }
        }
        let mut about = Vec::new();
        for m in &moving {
            if m.quantity.0 > 0 && m.condition == Condition::Good {
                about.extend(peg::arrived(&mut levels, (m.product, warehouse), None, m.quantity, cx)?);
            } else {
                peg::free_least_urgent(&mut levels, (m.product, warehouse), cx)?;
            }
        }
        levels.write(cx)?;
        peg::dates_known(&dated, cx)?;
        let entry = post(draft, cx)?;
        about.sort();
        about.dedup();
        cx.emit("stock.Counted", document, about)?;
        Ok(json!({"entry_id": entry, "differences": moving.len()}))
    }
}
