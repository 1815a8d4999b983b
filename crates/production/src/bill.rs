//! What a product is made of, and how.

mod engineer;
mod enter;
mod loops;
mod revise;
mod valid;

pub use engineer::{Engineered, engineer};
pub(crate) use enter::{enter, take_back};
pub(crate) use revise::impact;

use crate::serials::Range;
use access::Company;
use catalog::Product;
use equipment::WorkCenter;
use kernel::{Choice, Context, Entity, Origin, Ref, Refusal, Result, refuse};
use numbers::{Date, Decimal6, Rational};
use people::Skill;

/// A recipe: what goes into one batch, and the operations that it goes through.
#[derive(Clone, Debug, Entity)]
#[entity(
    list = "product_id,revision,kind,batch,valid_from,valid_to",
    title = "name",
    unique = "company_id,product_id,revision",
    index = "order_line_id"
)]
pub struct Bill {
    pub id: i64,
    pub company: Ref<Company>,
    pub product: Ref<Product>,
    /// The highest valid one is what is made.
    #[field(default = "1")]
    pub revision: i64,
    pub kind: BillKind,
    /// What one batch gives.
    #[field(quantity, default = "1000000")]
    pub batch: Decimal6,
    pub valid_from: Option<Date>,
    pub valid_to: Option<Date>,
    /// It is the recipe for orders of at least so many; of any size where empty.
    #[field(quantity)]
    pub lot_from: Option<Decimal6>,
    /// And of at most so many.
    #[field(quantity)]
    pub lot_to: Option<Decimal6>,
    pub archived: bool,
    /// The order that it is drawn for: nothing else is made by it.
    #[field(readonly)]
    pub order: Option<Origin>,
    /// The line of that order.
    #[field(readonly)]
    pub order_line: Option<Origin>,
    /// From when on the order is made by it.
    #[field(readonly)]
    pub released_on: Option<Date>,
    #[lines]
    pub components: Vec<BillLine>,
    #[lines]
    pub operations: Vec<BillOperation>,
    #[lines]
    pub outputs: Vec<BillOutput>,
    #[lines]
    pub substitutes: Vec<BillSubstitute>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum BillKind {
    /// The product is made by an order of its own.
    Make,
    /// Never an order of its own where it is a component: its parts and operations are those of what it goes into.
    Phantom,
    /// The other way: the product is taken apart into the components.
    Disassembly,
}

#[derive(Clone, Debug, Entity)]
#[entity(
    line_of = "Bill",
    title = "product_id",
    list = "product_id,quantity,scrap_percent,operation",
    index = "product_id"
)]
pub struct BillLine {
    pub id: i64,
    pub position: i64,
    pub product: Ref<Product>,
    /// For one batch.
    #[field(quantity)]
    pub quantity: Decimal6,
    /// It is counted at standard potency: more goes of a weaker lot.
    pub by_potency: bool,
    /// What of it is lost on the way.
    pub scrap_percent: Decimal6,
    /// The position of the operation that takes it; the first where empty.
    pub operation: Option<i64>,
    pub valid_from: Option<Date>,
    pub valid_to: Option<Date>,
    /// The first serial number that takes it; every one where empty. Dates hold besides.
    pub from_serial: Option<i64>,
    /// The last one.
    pub until_serial: Option<i64>,
}

impl BillLine {
    pub(crate) fn serials(&self) -> Range {
        (self.from_serial, self.until_serial)
    }
}

/// What a batch gives besides the product: a co-product or a by-product.
#[derive(Clone, Debug, Entity)]
#[entity(
    line_of = "Bill",
    title = "product_id",
    list = "product_id,quantity,cost_share_percent",
    index = "product_id"
)]
pub struct BillOutput {
    pub id: i64,
    pub position: i64,
    pub product: Ref<Product>,
    /// Of one batch.
    #[field(quantity)]
    pub quantity: Decimal6,
    /// The part of the costs that it carries; what the outputs leave is the product's.
    pub cost_share_percent: Decimal6,
}

/// What may be taken instead of a component.
#[derive(Clone, Debug, Entity)]
#[entity(
    line_of = "Bill",
    title = "substitute_id",
    list = "product_id,substitute_id,ratio,priority",
    index = "substitute_id"
)]
pub struct BillSubstitute {
    pub id: i64,
    /// The component.
    pub product: Ref<Product>,
    pub substitute: Ref<Product>,
    /// How much of the substitute does for one of the component.
    #[field(default = "1000000")]
    pub ratio: Decimal6,
    /// The lowest is taken first.
    #[field(default = "1")]
    pub priority: i64,
}

#[derive(Clone, Debug, Entity)]
#[entity(
    line_of = "Bill",
    title = "name",
    list = "position,name,work_center_id,setup_minutes,run_minutes,yield_percent",
    index = "work_center_id"
)]
pub struct BillOperation {
    pub id: i64,
    pub position: i64,
    pub name: String,
    pub work_center: Ref<WorkCenter>,
    pub setup_minutes: Decimal6,
    /// For one unit.
    pub run_minutes: Decimal6,
    /// What lies before it begins, by the clock.
    pub queue_minutes: Decimal6,
    /// What passes by the clock before the next may begin.
    pub move_minutes: Decimal6,
    /// The next may begin when so many are through; when all are where empty.
    #[field(quantity)]
    pub transfer_quantity: Option<Decimal6>,
    /// The good part of what goes through.
    #[field(default = "100000000")]
    pub yield_percent: Decimal6,
    /// The work center's where empty.
    pub skill: Option<Ref<Skill>>,
    /// A second resource that is held at the same time.
    pub tool: Option<Ref<WorkCenter>>,
    /// Work of one family needs no set-up in between.
    pub setup_family: Option<String>,
    /// The service that is bought for each unit, where somebody else does it.
    pub outside: Option<Ref<Product>>,
    /// What is good after it waits until somebody has looked at it.
    pub inspect: bool,
}

pub(crate) const HUNDRED: Decimal6 = Decimal6(100 * Decimal6::SCALE);

/// What `quantity` of a product takes of a component, exactly: scrap is lost before it is used.
///
/// # Errors
/// A batch of nothing, or scrap of everything.
pub(crate) fn exact_need(
    quantity: &Rational,
    batch: Decimal6,
    for_batch: Decimal6,
    scrap_percent: Decimal6,
) -> Result<Rational> {
    let batches = quantity.over(&Rational::from(batch))?;
    let used = &batches * &Rational::from(for_batch);
    let kept = Rational::from(HUNDRED.minus(scrap_percent)?).over(&Rational::from(HUNDRED))?;
    Ok(used.over(&kept)?)
}

/// Rounded up once, to what the unit can be counted in.
pub(crate) fn up_to(exact: &Rational, decimals: i64) -> Result<Decimal6> {
    let decimals = u32::try_from(decimals.clamp(0, 6)).unwrap_or(6);
    let step = Rational::new(10i64.pow(6 - decimals), Decimal6::SCALE)?;
    Ok(exact.up_to_multiple(&step).round(6)?)
}

impl Bill {
    pub(crate) fn prepare(&mut self, before: Option<&Self>, cx: &mut Context) -> Result<()> {
        let mut faults = Vec::new();
        if self.batch.0 <= 0 {
            faults.push(refuse("production.batch").field("batch"));
        }
        if matches!((self.valid_from, self.valid_to), (Some(from), Some(to)) if to < from) {
            faults.push(refuse("production.ends_before").field("valid_to"));
        }
        if matches!((self.lot_from, self.lot_to), (Some(from), Some(to)) if to < from)
            || [self.lot_from, self.lot_to].into_iter().flatten().any(|lot| lot.0 <= 0)
        {
            faults.push(refuse("production.lots").field("lot_to"));
        }
        faults.extend(self.faults_of_operations());
        if let Some(before) = before {
            self.follow_operations(before);
        }
        faults.extend(self.faults_of_components());
        faults.extend(self.faults_of_outputs()?);
        faults.extend(self.faults_of_substitutes());
        faults.extend(self.faults_of_products(cx)?);
        Refusal::all(faults)?;
        // What is taken apart is made of its parts by its other bills.
        if self.archived || self.kind == BillKind::Disassembly { Ok(()) } else { self.no_loop(cx) }
    }
}

#[cfg(test)]
mod tests {
    use super::{exact_need, up_to};
    use numbers::{Decimal6, Rational};

    fn need(quantity: &str, batch: &str, of: &str, scrap: &str, decimals: i64) -> String {
        let number = |t: &str| t.parse::<Decimal6>().unwrap_or_default();
        let exact = exact_need(&Rational::from(number(quantity)), number(batch), number(of), number(scrap));
        exact.and_then(|e| up_to(&e, decimals)).map_or_else(|e| e.to_string(), |d| d.to_string())
    }

    #[test]
    fn a_component_is_rounded_up_once() {
        assert_eq!(need("1", "1", "362.15", "0", 2), "362.15");
        assert_eq!(need("1000000", "1000", "8.5525", "0", 1), "8552.5");
        assert_eq!(need("970", "453.592292", "453.592292", "0", 0), "970");
        assert_eq!(need("3", "7", "1", "0", 3), "0.429");
        assert_eq!(need("10", "1", "1", "5", 0), "11");
        assert_eq!(need("10", "1", "2", "0", 0), "20");
        assert_eq!(need("19", "1", "1", "5", 0), "20");
    }
}
