//! A product as a tree: the lines of its bills, level by level, as they are written.

use super::{Known, Recipes, within};
use crate::bill::{BillKind, HUNDRED, exact_need};
use crate::serials::{Range, Span};
use kernel::{Result, refuse};
use numbers::{Date, Decimal6, Rational};

/// A line of some bill, with what it comes to for the quantity of the product at the top.
#[derive(Debug)]
pub(crate) struct Node {
    /// 0 is the product itself.
    pub level: usize,
    /// Where it is written: bill and line; 0 for the product itself.
    pub on: (i64, i64),
    /// Whether it counts on the day that is asked about, for some of the units that come next.
    pub counts: bool,
    pub what: What,
}

#[derive(Debug)]
pub(crate) enum What {
    Component(Part),
    Operation(Work),
}

#[derive(Debug)]
pub(crate) struct Part {
    pub product: i64,
    /// For one batch of what it goes into.
    pub quantity: Decimal6,
    pub scrap_percent: Decimal6,
    /// The position of the operation that takes it.
    pub operation: Option<i64>,
    pub dates: (Option<Date>, Option<Date>),
    pub serials: Range,
    pub substitutes: Vec<i64>,
    pub need: Rational,
    /// The bill by which it is made itself.
    pub own: Option<Own>,
}

#[derive(Debug)]
pub(crate) struct Own {
    pub bill: i64,
    pub revision: i64,
    pub version: i64,
    pub kind: BillKind,
    pub batch: Decimal6,
    /// The part of the costs that what comes besides carries.
    pub shares_percent: Decimal6,
}

#[derive(Debug)]
pub(crate) struct Work {
    pub position: i64,
    pub name: String,
    pub work_center: i64,
    pub setup_minutes: Decimal6,
    pub run_minutes: Decimal6,
    pub yield_percent: Decimal6,
    pub outside: Option<i64>,
    /// How many go through it.
    pub through: Rational,
}

impl Work {
    /// Set-up, then each piece.
    pub fn minutes(&self) -> Rational {
        &Rational::from(self.setup_minutes) + &(&Rational::from(self.run_minutes) * &self.through)
    }
}

impl Recipes {
    /// All lines below a product, each component before its own, by a bill that was chosen for the top or the one that
    /// is nearest to `quantity`. What does not count on the day is there, too, and needs nothing. Figures are those of
    /// [`Recipes::recipe_near`], with phantoms as levels of their own.
    ///
    /// # Errors
    /// `production.loop`, figures beyond all measure.
    pub(crate) fn structure(
        &self,
        product: i64,
        bill: Option<i64>,
        on: Date,
        quantity: &Rational,
    ) -> Result<Vec<Node>> {
        let chosen = bill.and_then(|id| self.bills.get(&id)).or_else(|| self.nearest(product, on, quantity));
        let top = Part {
            product,
            quantity: Decimal6::ONE,
            scrap_percent: Decimal6::ZERO,
            operation: None,
            dates: (None, None),
            serials: (None, None),
            substitutes: Vec::new(),
            need: quantity.clone(),
            own: chosen.map(Known::as_own).transpose()?,
        };
        let mut out = vec![Node { level: 0, on: (0, 0), counts: true, what: What::Component(top) }];
        if let Some(bill) = chosen {
            let units = Span::new(self.next_serial(product), quantity);
            self.descend(bill, on, (quantity, &units), &mut vec![product], &mut out)?;
        }
        Ok(out)
    }

    fn descend(
        &self,
        bill: &Known,
        on: Date,
        (units, numbers): (&Rational, &Span),
        path: &mut Vec<i64>,
        out: &mut Vec<Node>,
    ) -> Result<()> {
        let level = path.len();
        for line in &bill.lines {
            let part = numbers.part(line.serials)?;
            let counts = within(&line.dates, &on) && part.is_positive();
            let at = bill.step_of(line.operation);
            let need = exact_need(&(units * &part), bill.batch, line.quantity, line.scrap_percent)?;
            let need = if counts { need.over(&bill.yield_from(at)?)? } else { Rational::ZERO };
            let own = self.nearest(line.product, on, &need).filter(|_| counts);
            if own.is_some() && path.contains(&line.product) {
                return Err(refuse("production.loop").arg("items", line.product).into());
            }
            let part = Part {
                product: line.product,
                quantity: line.quantity,
                scrap_percent: line.scrap_percent,
                operation: line.operation,
                dates: line.dates,
                serials: line.serials,
                substitutes: bill.substitutes_of(line.product).into_iter().map(|s| s.product).collect(),
                need: need.clone(),
                own: own.map(Known::as_own).transpose()?,
            };
            out.push(Node { level, on: (bill.id, line.id), counts, what: What::Component(part) });
            if let Some(own) = own {
                path.push(line.product);
                // A phantom goes by the numbers of what it goes into, all else by its own.
                let numbers = match own.kind {
                    BillKind::Phantom => numbers.within(line.serials),
                    _ => Span::new(self.next_serial(line.product), &need),
                };
                self.descend(own, on, (&need, &numbers), path, out)?;
                path.pop();
            }
        }
        for (at, operation) in bill.operations.iter().enumerate() {
            let work = Work {
                position: operation.position,
                name: operation.name.clone(),
                work_center: operation.work_center,
                setup_minutes: operation.setup_minutes,
                run_minutes: operation.run_minutes,
                yield_percent: operation.yield_percent,
                outside: operation.outside,
                through: units.over(&bill.yield_from(at)?)?,
            };
            out.push(Node { level, on: (bill.id, operation.id), counts: true, what: What::Operation(work) });
        }
        Ok(())
    }
}

impl Known {
    fn as_own(&self) -> Result<Own> {
        let shares = Decimal6::sum(self.outputs.iter().map(|o| o.cost_share_percent))?;
        Ok(Own {
            bill: self.id,
            revision: self.revision,
            version: self.version,
            kind: self.kind,
            batch: self.batch,
            shares_percent: shares.min(HUNDRED),
        })
    }
}
