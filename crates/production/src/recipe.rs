//! A bill as it counts on a day and for a quantity: one answer for work orders, the plan and costs.

mod load;
mod structure;
mod ways;

use crate::bill::{BillKind, HUNDRED, exact_need};
use crate::serials::{Range, Span, both};
use kernel::{Result, refuse};
use numbers::{Date, Decimal6, Rational};
use std::collections::HashMap;
pub(crate) use structure::{Node, Own, Part, What, Work};

/// The bills of some products with what they need to be read, whatever their dates and lots. Loaded by a handful of
/// statements; what is asked of it is pure.
///
/// - [`Recipes::of`] has the bills of these products and the phantoms below them: what a work order needs.
/// - [`Recipes::below`] has all levels below them: what a roll-up needs.
/// - [`Recipes::all`] has the company's: what a plan needs.
#[derive(Debug, Default)]
pub struct Recipes {
    bills: HashMap<i64, Known>,
    /// By product, the highest revision first.
    of_product: HashMap<i64, Vec<i64>>,
    /// The number of the next unit of a product, where units are numbered.
    next_serial: HashMap<i64, i64>,
}

/// What a quantity of good products takes, is done to it, and gives besides: all exact.
///
/// - A component counts while the day is within its dates, and for the units whose serial numbers are within its range: by
///   those that come next, where an order has not got its own. A phantom's lines go by the numbers of what it goes into.
/// - A phantom that is valid that day is replaced by its own components, over all levels; its operations come before
///   those of what it goes into. Stock of a phantom is not looked at.
/// - An operation that yields less than 100 % is begun with more, and so are those before it; components that it or an
///   earlier one takes are needed for what is begun.
/// - Scrap of a component is lost before it is used ([`exact_need`]).
#[derive(Clone, Debug)]
pub struct Recipe {
    pub bill: i64,
    pub product: i64,
    pub kind: BillKind,
    /// So many are begun that the quantity is good.
    pub begun: Rational,
    pub components: Vec<Need>,
    pub steps: Vec<Step>,
    pub outputs: Vec<Output>,
    /// The number of the first unit, where some line goes by serial numbers.
    pub first_serial: Option<i64>,
}

/// A bill for some days and lots.
#[derive(Clone, Debug)]
pub struct Way {
    pub bill: i64,
    pub from: Date,
    /// The last day.
    pub until: Option<Date>,
    /// The smallest and the largest lot.
    pub lots: (Option<Rational>, Option<Rational>),
}

/// A component that a recipe takes.
#[derive(Clone, Debug)]
pub struct Need {
    pub product: i64,
    /// For the whole quantity.
    pub quantity: Rational,
    /// At standard potency.
    pub by_potency: bool,
    /// The step that takes it, as an index; none where the recipe has none.
    pub step: Option<usize>,
    /// What may go instead, the first choice first.
    pub substitutes: Vec<Substitute>,
    /// For which serial numbers.
    pub(crate) serials: Range,
}

#[derive(Clone, Debug)]
pub struct Substitute {
    pub product: i64,
    /// How much of it does for one of the component.
    pub ratio: Rational,
}

/// An operation that a recipe goes through, one after the other.
#[derive(Clone, Debug)]
pub struct Step {
    pub name: String,
    pub work_center: i64,
    pub setup_minutes: Decimal6,
    /// For one of the pieces.
    pub run_minutes: Rational,
    /// How many are begun here, counted in products of the order also where the step is a phantom's.
    pub pieces: Rational,
    /// How many of its own product (a phantom's, the order's) one piece is.
    pub units: Rational,
    pub queue_minutes: Decimal6,
    pub move_minutes: Decimal6,
    /// In pieces.
    pub transfer_quantity: Option<Rational>,
    pub skill: Option<i64>,
    pub tool: Option<i64>,
    pub setup_family: Option<String>,
    /// What is good after it waits until it has passed.
    pub inspect: bool,
    pub outside: Option<i64>,
}

impl Step {
    /// What it takes a work center: set-up, then each piece.
    #[must_use]
    pub fn minutes(&self) -> Rational {
        &Rational::from(self.setup_minutes) + &(&self.run_minutes * &self.pieces)
    }
}

/// What a recipe gives besides its product; the parts, where the product is taken apart.
#[derive(Clone, Debug)]
pub struct Output {
    pub product: i64,
    pub quantity: Rational,
    pub cost_share_percent: Decimal6,
}

/// A bill as it is stored.
#[derive(Debug)]
struct Known {
    id: i64,
    product: i64,
    revision: i64,
    version: i64,
    kind: BillKind,
    batch: Decimal6,
    dates: (Option<Date>, Option<Date>),
    lots: (Option<Rational>, Option<Rational>),
    archived: bool,
    /// The order line that it is drawn for: the standard where empty.
    order_line: Option<i64>,
    /// Whether that may be made by it.
    is_released: bool,
    lines: Vec<Line>,
    operations: Vec<Operation>,
    outputs: Vec<Given>,
    substitutes: Vec<Replacing>,
}

#[derive(Debug)]
struct Line {
    id: i64,
    product: i64,
    quantity: Decimal6,
    by_potency: bool,
    scrap_percent: Decimal6,
    operation: Option<i64>,
    dates: (Option<Date>, Option<Date>),
    serials: Range,
}

#[derive(Debug)]
struct Operation {
    id: i64,
    position: i64,
    name: String,
    work_center: i64,
    setup_minutes: Decimal6,
    run_minutes: Decimal6,
    queue_minutes: Decimal6,
    move_minutes: Decimal6,
    transfer_quantity: Option<Decimal6>,
    yield_percent: Decimal6,
    skill: Option<i64>,
    tool: Option<i64>,
    setup_family: Option<String>,
    inspect: bool,
    outside: Option<i64>,
}

#[derive(Debug)]
struct Given {
    product: i64,
    quantity: Decimal6,
    cost_share_percent: Decimal6,
}

#[derive(Debug)]
struct Replacing {
    component: i64,
    product: i64,
    ratio: Decimal6,
}

fn within<T: PartialOrd>((from, to): &(Option<T>, Option<T>), it: &T) -> bool {
    from.as_ref().is_none_or(|from| from <= it) && to.as_ref().is_none_or(|to| it <= to)
}

impl Recipes {
    /// The bill by which `quantity` of a product is made on a day: the highest revision that is valid then for a lot of
    /// that size.
    #[must_use]
    pub fn bill(&self, product: i64, on: Date, quantity: &Rational) -> Option<i64> {
        self.valid(product, on, quantity).map(|bill| bill.id)
    }

    fn valid(&self, product: i64, on: Date, quantity: &Rational) -> Option<&Known> {
        let bills = self.of_product.get(&product)?.iter().filter_map(|id| self.bills.get(id));
        let mut made = bills.filter(|b| b.makes());
        made.find(|b| within(&b.dates, &on) && within(&b.lots, quantity))
    }

    /// What making `quantity` of a product takes on a day; none where no bill is valid.
    ///
    /// # Errors
    /// `production.loop`, figures beyond all measure.
    pub fn recipe(&self, product: i64, on: Date, quantity: &Rational) -> Result<Option<Recipe>> {
        self.valid(product, on, quantity).map(|bill| self.read(bill, on, quantity)).transpose()
    }

    /// As [`Recipes::recipe`] where the size of a lot is not decided yet: by the bill for the lots that are nearest to
    /// `quantity`, where none is for that very size.
    ///
    /// # Errors
    /// As there.
    pub fn recipe_near(&self, product: i64, on: Date, quantity: &Rational) -> Result<Option<Recipe>> {
        self.nearest(product, on, quantity).map(|bill| self.read(bill, on, quantity)).transpose()
    }

    /// The highest revision that is valid on a day, of those for the lots that are nearest to a quantity.
    fn nearest(&self, product: i64, on: Date, quantity: &Rational) -> Option<&Known> {
        let bills = self.of_product.get(&product).into_iter().flatten().filter_map(|id| self.bills.get(id));
        let made = bills.filter(|b| b.makes() && within(&b.dates, &on));
        // The highest revision comes first, and the first of equals is taken.
        made.min_by_key(|b| b.distance(quantity))
    }

    /// The id of [`Recipes::nearest`].
    pub(crate) fn nearest_bill(&self, product: i64, on: Date, quantity: &Rational) -> Option<i64> {
        self.nearest(product, on, quantity).map(|bill| bill.id)
    }

    /// As [`Recipes::recipe`] by a bill that was chosen, whether it is valid or not; its lines and phantoms count by
    /// the day. The product may be taken apart by it.
    ///
    /// # Errors
    /// As there.
    pub fn by_bill(&self, bill: i64, on: Date, quantity: &Rational) -> Result<Option<Recipe>> {
        self.bills.get(&bill).map(|bill| self.read(bill, on, quantity)).transpose()
    }

    /// As [`Recipes::by_bill`], or without one as [`Recipes::recipe`], for units that begin with a number.
    ///
    /// # Errors
    /// As there.
    pub(crate) fn numbered(
        &self,
        (product, bill): (i64, Option<i64>),
        on: Date,
        quantity: &Rational,
        first: Option<i64>,
    ) -> Result<Option<Recipe>> {
        let known = match bill {
            Some(bill) => self.bills.get(&bill),
            None => self.valid(product, on, quantity),
        };
        known.map(|bill| self.read_from(bill, on, quantity, first)).transpose()
    }

    /// The number of the next unit of a product.
    pub(crate) fn next_serial(&self, product: i64) -> i64 {
        self.next_serial.get(&product).copied().unwrap_or(1)
    }

    /// Products (with services) and work centers that the bills name.
    pub(crate) fn named(&self) -> (Vec<i64>, Vec<i64>) {
        let mut products: Vec<i64> = self.of_product.keys().copied().collect();
        let mut centers = Vec::new();
        for bill in self.bills.values() {
            products.extend(bill.lines.iter().map(|l| l.product));
            products.extend(bill.operations.iter().filter_map(|o| o.outside));
            centers.extend(bill.operations.iter().map(|o| o.work_center));
        }
        for ids in [&mut products, &mut centers] {
            ids.sort_unstable();
            ids.dedup();
        }
        (products, centers)
    }

    fn read(&self, bill: &Known, on: Date, quantity: &Rational) -> Result<Recipe> {
        self.read_from(bill, on, quantity, None)
    }

    fn read_from(&self, bill: &Known, on: Date, quantity: &Rational, first: Option<i64>) -> Result<Recipe> {
        let mut recipe = Recipe {
            bill: bill.id,
            product: bill.product,
            kind: bill.kind,
            begun: quantity.clone(),
            components: Vec::new(),
            steps: Vec::new(),
            outputs: Vec::new(),
            first_serial: None,
        };
        if bill.kind == BillKind::Disassembly {
            bill.take_apart(on, quantity, &mut recipe)?;
            return Ok(recipe);
        }
        recipe.begun = quantity.over(&bill.yield_from(0)?)?;
        for output in &bill.outputs {
            let quantity = exact_need(quantity, bill.batch, output.quantity, Decimal6::ZERO)?;
            let cost_share_percent = output.cost_share_percent;
            recipe.outputs.push(Output { product: output.product, quantity, cost_share_percent });
        }
        let begun = recipe.begun.clone();
        let first = first.unwrap_or_else(|| self.next_serial(bill.product));
        let mut path =
            Path { products: vec![bill.product], serials: (None, None), first, units: quantity.clone() };
        self.explode(bill, on, quantity, &begun, &mut path, &mut recipe)?;
        Ok(recipe)
    }

    /// Adds what `units` of a bill's product take: phantoms first, then its own steps and components. `pieces` are
    /// begun of the order's product.
    fn explode(
        &self,
        bill: &Known,
        on: Date,
        units: &Rational,
        pieces: &Rational,
        path: &mut Path,
        out: &mut Recipe,
    ) -> Result<()> {
        let is_order = path.products.len() == 1;
        let mut own = Vec::new();
        for line in bill.lines.iter().filter(|l| within(&l.dates, &on)) {
            let at = bill.step_of(line.operation);
            let part = path.part(line.serials)?;
            if line.serials != (None, None) {
                out.first_serial = Some(path.first);
            }
            if part.is_zero() {
                continue;
            }
            let need = exact_need(&(units * &part), bill.batch, line.quantity, line.scrap_percent)?;
            let need = need.over(&bill.yield_from(at)?)?;
            let serials = both(path.serials, line.serials);
            match self.valid(line.product, on, &need).filter(|b| b.kind == BillKind::Phantom) {
                Some(_) if path.products.contains(&line.product) => {
                    return Err(refuse("production.loop").arg("items", line.product).into());
                }
                Some(phantom) => {
                    path.products.push(line.product);
                    let above = std::mem::replace(&mut path.serials, serials);
                    self.explode(phantom, on, &need, pieces, path, out)?;
                    path.serials = above;
                    path.products.pop();
                }
                None => own.push((line, need, at, serials)),
            }
        }
        let first = out.steps.len();
        for (at, operation) in bill.operations.iter().enumerate() {
            let through = units.over(&bill.yield_from(at)?)?;
            // A phantom's losses are in its units: it goes through with what the order begins.
            let pieces = if is_order { through.clone() } else { pieces.clone() };
            out.steps.push(operation.step(&through.over(&pieces)?, pieces)?);
        }
        for (line, quantity, at, serials) in own {
            let (product, by_potency) = (line.product, line.by_potency);
            let step = (!bill.operations.is_empty()).then_some(first + at);
            let substitutes = bill.substitutes_of(product);
            out.components.push(Need { product, quantity, by_potency, step, substitutes, serials });
        }
        Ok(())
    }
}

/// The way down to a phantom: through which products, and for which of the units.
struct Path {
    products: Vec<i64>,
    serials: Range,
    /// The number of the first unit, and how many there are.
    first: i64,
    units: Rational,
}

impl Path {
    /// The part of the units that have come this far for which a line counts.
    fn part(&self, serials: Range) -> Result<Rational> {
        Span::new(self.first, &self.units).within(self.serials).part(serials)
    }
}

impl Known {
    fn makes(&self) -> bool {
        !self.archived && self.kind != BillKind::Disassembly && self.order_line.is_none()
    }

    /// How far a quantity is from its lots.
    fn distance(&self, quantity: &Rational) -> Rational {
        let below = self.lots.0.as_ref().filter(|from| *from > quantity).map(|from| from - quantity);
        let above = self.lots.1.as_ref().filter(|to| *to < quantity).map(|to| quantity - to);
        below.or(above).unwrap_or_default()
    }

    /// The good part of what is begun at an operation, over it and all after it.
    fn yield_from(&self, at: usize) -> Result<Rational> {
        let mut good = Rational::ONE;
        for operation in self.operations.iter().skip(at) {
            good = &good * &Rational::from(operation.yield_percent).over(&Rational::from(HUNDRED))?;
        }
        Ok(good)
    }

    /// The operation at a position, as an index; the first where empty or gone.
    fn step_of(&self, position: Option<i64>) -> usize {
        position.and_then(|p| self.operations.iter().position(|o| o.position == p)).unwrap_or(0)
    }

    fn substitutes_of(&self, product: i64) -> Vec<Substitute> {
        let of = self.substitutes.iter().filter(|s| s.component == product);
        of.map(|s| Substitute { product: s.product, ratio: Rational::from(s.ratio) }).collect()
    }

    /// The product goes in, its parts come out as far as they are not lost.
    fn take_apart(&self, on: Date, quantity: &Rational, out: &mut Recipe) -> Result<()> {
        let step = (!self.operations.is_empty()).then_some(0);
        let quantity = quantity.clone();
        for operation in &self.operations {
            out.steps.push(operation.step(&Rational::ONE, quantity.clone())?);
        }
        for line in self.lines.iter().filter(|l| within(&l.dates, &on)) {
            let batches = quantity.over(&Rational::from(self.batch))?;
            let kept = Rational::from(HUNDRED.minus(line.scrap_percent)?).over(&Rational::from(HUNDRED))?;
            let quantity = &(&batches * &Rational::from(line.quantity)) * &kept;
            out.outputs.push(Output { product: line.product, quantity, cost_share_percent: Decimal6::ZERO });
        }
        let (product, substitutes, serials) = (self.product, Vec::new(), (None, None));
        out.components.push(Need { product, quantity, by_potency: false, step, substitutes, serials });
        Ok(())
    }
}

impl Operation {
    fn step(&self, units: &Rational, pieces: Rational) -> Result<Step> {
        let transfer = self.transfer_quantity.map(|q| Rational::from(q).over(units)).transpose()?;
        Ok(Step {
            name: self.name.clone(),
            work_center: self.work_center,
            setup_minutes: self.setup_minutes,
            run_minutes: units * &Rational::from(self.run_minutes),
            pieces,
            units: units.clone(),
            queue_minutes: self.queue_minutes,
            move_minutes: self.move_minutes,
            transfer_quantity: transfer,
            skill: self.skill,
            tool: self.tool,
            setup_family: self.setup_family.clone(),
            inspect: self.inspect,
            outside: self.outside,
        })
    }
}

#[cfg(test)]
mod tests;
