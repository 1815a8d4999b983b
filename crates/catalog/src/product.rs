//! Products and units.

use crate::{Environment, KitPart, Kits, LotSizing, TaxCode};
use kernel::{Choice, Context, Entity, Error, Ref, Refusal, Result, refuse};
use numbers::{Decimal6, Factor};
use std::collections::HashMap;

/// A unit of measure; its code is UN/ECE Recommendation 20's.
#[derive(Clone, Debug, Entity)]
#[entity(search = "name,code", list = "code,name,decimals", unique = "code")]
pub struct Unit {
    pub id: i64,
    pub code: String,
    pub name: String,
    /// Decimals that the unit is counted in: 0 for pieces.
    pub decimals: i64,
}

/// Products that are looked at together.
#[derive(Clone, Debug, Entity)]
#[entity(search = "name,code", list = "code,name", unique = "code")]
pub struct ProductGroup {
    pub id: i64,
    pub code: String,
    pub name: String,
}

/// Something bought or sold.
#[derive(Clone, Debug, Entity)]
#[entity(
    search = "code,name",
    list = "code,name,kind,list_price,unit_id",
    title = "name",
    unique = "code",
    index = "name;source_key"
)]
pub struct Product {
    pub id: i64,
    pub code: String,
    pub name: String,
    #[field(long)]
    pub description: Option<String>,
    pub kind: ProductKind,
    /// Stock is counted in it.
    pub unit: Ref<Unit>,
    pub tax_code: Option<Ref<TaxCode>>,
    pub list_price: Decimal6,
    /// What it costs where nothing has been received yet.
    pub standard_cost: Decimal6,
    /// At what it is valued where it is made.
    pub costing: Costing,
    /// The lot over which the standard cost spreads set-up; 1 where 0.
    #[field(quantity)]
    pub costing_lot: Decimal6,
    pub is_bought: bool,
    pub is_sold: bool,
    pub group: Option<Ref<ProductGroup>>,
    /// How an order for it is answered.
    pub environment: Environment,
    /// Working days from an order until its bill is drawn, before anything is bought or made by it.
    pub engineering_days: Option<i64>,
    /// What it is made or bought for.
    pub planned_by: PlannedBy,
    /// How much is made or bought at once.
    pub lot_sizing: LotSizing,
    /// The fixed order quantity.
    #[field(quantity)]
    pub lot_quantity: Decimal6,
    /// Days for which one lot is enough; the periods of the techniques that weigh costs, a week where empty.
    pub lot_days: Option<i64>,
    /// What one more lot costs: an order, a delivery, a set-up.
    pub ordering_cost: Decimal6,
    /// What it costs to hold one for a year, in percent of what it is worth.
    pub holding_cost_percent: Decimal6,
    /// The least that is worth making or buying at once; 0 for any.
    #[field(quantity)]
    pub lot_minimum: Decimal6,
    /// It comes in multiples of so many; 0 for any.
    #[field(quantity)]
    pub lot_multiple: Decimal6,
    /// The most that can be made or bought at once, more is another lot; 0 for any.
    #[field(quantity)]
    pub lot_maximum: Decimal6,
    /// What should always be left.
    #[field(quantity)]
    pub safety_stock: Decimal6,
    /// How often stock should last until more comes; the safety stock can be set by it.
    pub service_level_percent: Option<Decimal6>,
    /// Safety time: days that it is there before it is needed.
    pub safety_days: Option<i64>,
    /// The planning time fence: within so many days nothing new is planned to be there; a person writes such orders.
    pub planning_fence_days: Option<i64>,
    /// Whether each lot or each piece of it is known by its number.
    pub tracked_by: TrackedBy,
    /// Days that it keeps after it was made or received; for ever where empty.
    pub shelf_life_days: Option<i64>,
    pub archived: bool,
    #[field(readonly)]
    pub source_key: Option<String>,
    #[lines]
    pub conversions: Vec<Conversion>,
    /// What it comes apart into when it is delivered; a product that has any is a kit.
    #[lines]
    pub contents: Vec<KitPart>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum ProductKind {
    /// Kept in stock.
    Goods,
    /// Sold as one, stocked as its parts.
    Kit,
    /// Delivered by a signed act.
    Service,
    /// A line of text on a document.
    Text,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum Costing {
    /// What was made has cost what it has really cost.
    Average,
    /// It has cost the standard; the rest is a variance.
    Standard,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum PlannedBy {
    /// For what is ordered.
    Orders,
    /// For what is expected as well: it is there when the order comes.
    Forecast,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum TrackedBy {
    /// Lots may be named, and need not be.
    Nothing,
    /// Everything that comes is of a named lot.
    Lot,
    /// Each piece has a number of its own.
    Serial,
}

/// One of `unit` is numerator/denominator stock units, exactly.
#[derive(Clone, Debug, Entity)]
#[entity(line_of = "Product", title = "unit_id")]
pub struct Conversion {
    pub id: i64,
    pub unit: Ref<Unit>,
    pub numerator: i64,
    #[field(default = "1")]
    pub denominator: i64,
}

/// A hundred years.
const LONGEST_SHELF_LIFE: i64 = 36_525;

impl Product {
    pub(crate) fn prepare(&mut self, before: Option<&Self>, cx: &mut Context) -> Result<()> {
        let mut faults = Vec::new();
        if self.name.trim().is_empty() {
            faults.push(refuse("kernel.required").field("name"));
        }
        if self.code.trim().is_empty() {
            faults.push(refuse("kernel.required").field("code"));
        }
        for (field, value) in [
            ("lot_minimum", self.lot_minimum),
            ("lot_multiple", self.lot_multiple),
            ("lot_quantity", self.lot_quantity),
            ("lot_maximum", self.lot_maximum),
            ("ordering_cost", self.ordering_cost),
            ("holding_cost_percent", self.holding_cost_percent),
            ("safety_stock", self.safety_stock),
            ("costing_lot", self.costing_lot),
        ] {
            if value.0 < 0 {
                faults.push(refuse("catalog.below_zero").field(field));
            }
        }
        if self.service_level_percent.is_some_and(|level| level.0 < 0 || level.0 >= 100_000_000) {
            faults.push(refuse("catalog.service_level").field("service_level_percent"));
        }
        if self.shelf_life_days.is_some_and(|days| !(1..=LONGEST_SHELF_LIFE).contains(&days)) {
            faults.push(refuse("catalog.shelf_life").field("shelf_life_days"));
        }
        for (i, c) in self.conversions.iter().enumerate() {
            if c.numerator <= 0 || c.denominator <= 0 {
                faults.push(refuse("catalog.conversion").field(format!("conversions/{i}/numerator")));
            }
        }
        faults.extend(self.faults_of_lot_size());
        faults.extend(self.faults_of_environment());
        Refusal::all(faults)?;
        self.pack(before, cx)?;
        Refusal::all(self.fault_of_kind().into_iter().collect())
    }
}

impl Product {
    /// A quantity entered in `unit`, in the product's stock unit, exactly up to the sixth decimal.
    ///
    /// # Errors
    /// `catalog.no_conversion`.
    pub fn in_stock_unit(&self, unit: Option<Ref<Unit>>, quantity: Decimal6) -> Result<Decimal6> {
        Ok(self.factor(unit)?.map_or(Ok(quantity), |f| f.apply(quantity, 6))?)
    }

    /// What one costs by decision, where it is valued so.
    #[must_use]
    pub fn fixed_cost(&self) -> Option<Decimal6> {
        (self.costing == Costing::Standard).then_some(self.standard_cost)
    }

    /// The other way: what a stock quantity is in `unit`.
    ///
    /// # Errors
    /// `catalog.no_conversion`.
    pub fn in_unit(&self, unit: Option<Ref<Unit>>, stock_quantity: Decimal6) -> Result<Decimal6> {
        match self.factor(unit)? {
            None => Ok(stock_quantity),
            Some(factor) => Ok(factor.inverse()?.apply(stock_quantity, 6)?),
        }
    }

    fn factor(&self, unit: Option<Ref<Unit>>) -> Result<Option<Factor>> {
        let Some(unit) = unit.filter(|u| *u != self.unit) else { return Ok(None) };
        let conversion = self.conversions.iter().find(|c| c.unit == unit).ok_or_else(|| {
            Error::from(refuse("catalog.no_conversion").field("unit_id").arg("product", &self.name))
        })?;
        Ok(Some(Factor::new(conversion.numerator, conversion.denominator)?))
    }
}

/// Products of an order by id, with those that the kits among them come apart into.
///
/// # Errors
/// The database's.
pub fn products_and_parts(
    ids: impl IntoIterator<Item = Ref<Product>>,
    cx: &mut Context,
) -> Result<(HashMap<i64, Product>, Kits)> {
    let mut known = products(ids, cx)?;
    let kits = Kits::of(known.values(), cx.tx)?;
    let goods: Vec<Ref<Product>> =
        kits.all_goods().filter(|p| !known.contains_key(p)).map(Ref::new).collect();
    if !goods.is_empty() {
        known.extend(products(goods, cx)?);
    }
    Ok((known, kits))
}

/// Products by id with their units, all in one reading; what kits contain is asked of [`Kits`].
///
/// # Errors
/// The database's.
pub fn products(
    ids: impl IntoIterator<Item = Ref<Product>>,
    cx: &mut Context,
) -> Result<HashMap<i64, Product>> {
    let mut ids: Vec<i64> = ids.into_iter().map(Ref::id).collect();
    ids.sort_unstable();
    ids.dedup();
    Ok(cx.read_all_with::<Product>(&ids, &["conversions"])?.into_iter().map(|p| (p.id, p)).collect())
}
