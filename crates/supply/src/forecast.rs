//! What is expected to be wanted of a product, month by month: by statistics, and by people who know better.

use crate::outlook::{Expectations, clash};
use access::Company;
use catalog::{Product, ProductGroup};
use kernel::{Choice, Context, Entity, Held, Input, Ref, Result, Value, refuse};
use numbers::{Date, Decimal6, Rational};
use planning::demand::quantities;
use planning::forecast::methods::Family;
use planning::forecast::{Forecast as Made, Settings, forecast};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// The expectation of a product, or of a group of products.
#[derive(Clone, Debug, Entity)]
#[entity(
    list = "product_id,group_id,method,deviation,mase,history_months,made_on",
    title = "name",
    index = "company_id,product_id;group_id"
)]
pub struct Forecast {
    pub id: i64,
    pub company: Ref<Company>,
    pub product: Option<Ref<Product>>,
    pub group: Option<Ref<ProductGroup>>,
    /// The method that would have been best.
    pub method: Option<ForecastMethod>,
    /// Months after which demand comes round.
    pub season: Option<i64>,
    /// Months that were learnt from.
    pub history_months: i64,
    /// Root of the mean squared error of a month.
    #[field(quantity)]
    pub deviation: Option<Decimal6>,
    /// Mean absolute error against that of the naive method; below 1 is better.
    pub mase: Option<Decimal6>,
    pub made_on: Date,
    #[lines]
    pub months: Vec<ForecastMonth>,
}

#[derive(Clone, Debug, Entity)]
#[entity(line_of = "Forecast", title = "month", list = "month,statistical,adjusted,reason,deviation")]
pub struct ForecastMonth {
    pub id: i64,
    /// Its first day.
    pub month: Date,
    #[field(quantity)]
    pub statistical: Decimal6,
    /// What a person expects instead.
    #[field(quantity)]
    pub adjusted: Option<Decimal6>,
    pub reason: Option<String>,
    /// Root of the mean squared error of all months up to this one together.
    #[field(quantity)]
    pub deviation: Decimal6,
}

/// The methods, as [`Family`] has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum ForecastMethod {
    Naive,
    SeasonalNaive,
    MovingAverage,
    Simple,
    Trend,
    DampedTrend,
    HoltWinters,
    DampedHoltWinters,
    Croston,
    SyntetosBoylan,
    TeunterSyntetosBabai,
}

impl From<Family> for ForecastMethod {
    fn from(family: Family) -> Self {
        match family {
            Family::Naive => Self::Naive,
            Family::SeasonalNaive => Self::SeasonalNaive,
            Family::MovingAverage => Self::MovingAverage,
            Family::Simple => Self::Simple,
            Family::Trend => Self::Trend,
            Family::DampedTrend => Self::DampedTrend,
            Family::HoltWinters => Self::HoltWinters,
            Family::DampedHoltWinters => Self::DampedHoltWinters,
            Family::Croston => Self::Croston,
            Family::SyntetosBoylan => Self::SyntetosBoylan,
            Family::TeunterSyntetosBabai => Self::TeunterSyntetosBabai,
        }
    }
}

/// Months ahead that are forecast.
pub(crate) const AHEAD: i32 = 12;
/// Months back that are learnt from.
const BACK: i32 = 48;

#[derive(Debug, Input)]
pub struct Make {
    /// All that are planned by a forecast where empty.
    pub product: Option<Ref<Product>>,
}

/// A product that is planned by a forecast.
struct Planned {
    id: i64,
    group: Option<i64>,
    step: Rational,
}

/// Forecasts the coming months from what was ordered in the months that are over, each product by the method that would
/// have been best. What people have set stays.
pub(crate) fn make(input: Make, cx: &mut Context) -> Result<Json> {
    let (company, this) = (cx.actor.company, cx.today().first_of_month());
    let products = planned(input.product, cx)?;
    if products.is_empty() {
        return Err(refuse("supply.no_forecast").field("product_id").into());
    }
    let ids: Vec<i64> = products.iter().map(|p| p.id).collect();
    let mut histories = histories(&ids, this, company, cx)?;
    let mut known: BTreeMap<(Option<i64>, Option<i64>), Held<Forecast>> = BTreeMap::new();
    for held in cx.hold_all::<Forecast>("company_id = ?", &[company.into()])? {
        known.insert((held.product.map(Ref::id), held.group.map(Ref::id)), held);
    }
    let mut fresh: Vec<Forecast> = Vec::new();
    let (mut without, mut groups) = (0, BTreeMap::<i64, Vec<Decimal6>>::new());
    for product in &products {
        let history = histories.remove(&product.id).unwrap_or_default();
        let made = forecast(&history, AHEAD as usize, &Settings::default()).ok();
        without += i64::from(made.is_none());
        let before = known.get(&(Some(product.id), None)).map(|held| held.months.clone());
        let mut now = Forecast::of(Some(product.id), None, history.len(), cx);
        now.learnt(made.as_ref(), &product.step, this, &before.unwrap_or_default())?;
        if let Some(group) = product.group.filter(|_| input.product.is_none()) {
            let sums: &mut Vec<Decimal6> = groups.entry(group).or_default();
            sums.resize(now.months.len(), Decimal6(0));
            for (sum, month) in sums.iter_mut().zip(&now.months) {
                *sum = sum.plus(month.statistical)?;
            }
        }
        put(now, &mut known, &mut fresh);
    }
    for (group, sums) in groups {
        let before = known.get(&(None, Some(group))).map(|held| held.months.clone());
        let mut now = Forecast::of(None, Some(group), 0, cx);
        now.learnt(None, &Rational::ZERO, this, &before.unwrap_or_default())?;
        now.months.iter_mut().zip(sums).for_each(|(month, sum)| month.statistical = sum);
        put(now, &mut known, &mut fresh);
    }
    known.into_values().try_for_each(|held| cx.save(held))?;
    cx.insert_all(&mut fresh)?;
    let count = products.len() as i64;
    cx.effect("supply.forecast_made", vec![("count", count.to_string()), ("without", without.to_string())]);
    Ok(json!({"made": count, "without_history": without}))
}

/// Puts what was learnt into the record that is, or makes one.
fn put(
    now: Forecast,
    known: &mut BTreeMap<(Option<i64>, Option<i64>), Held<Forecast>>,
    fresh: &mut Vec<Forecast>,
) {
    match known.get_mut(&(now.product.map(Ref::id), now.group.map(Ref::id))) {
        Some(held) => **held = Forecast { id: held.id, ..now },
        None => fresh.push(now),
    }
}

fn planned(product: Option<Ref<Product>>, cx: &mut Context) -> Result<Vec<Planned>> {
    let only = product.map_or(0, Ref::id);
    let rows = cx.tx.query(
        "SELECT p.id, p.group_id, u.decimals FROM product p JOIN unit u ON u.id = p.unit_id
         WHERE p.planned_by = 'forecast' AND p.kind = 'goods' AND p.archived = 0 AND (CAST(? AS BIGINT) = 0 OR p.id = ?) ORDER BY p.id",
        &[only.into(), only.into()],
    )?;
    Ok(rows
        .iter()
        .map(|r| Planned { id: r.int(0), group: r.get(1).as_int(), step: crate::item::step(0, r.int(2)) })
        .collect())
}

/// What was ordered of each product in each month that is over, from its first order on.
fn histories(ids: &[i64], this: Date, company: i64, cx: &mut Context) -> Result<BTreeMap<i64, Vec<f64>>> {
    let mut sums: BTreeMap<i64, BTreeMap<Date, f64>> = BTreeMap::new();
    for (product, day, quantity) in sales::wanted_by_day(ids, this.plus_months(-BACK)?, company, cx.tx)? {
        if day < this {
            let of_month: &mut f64 =
                sums.entry(product).or_default().entry(day.first_of_month()).or_default();
            *of_month += quantity.0 as f64 / 1e6;
        }
    }
    let mut out = BTreeMap::new();
    for (product, months) in sums {
        let (mut history, mut month) = (Vec::new(), months.keys().next().copied().unwrap_or(this));
        while month < this {
            history.push(months.get(&month).copied().unwrap_or(0.0).max(0.0));
            month = month.plus_months(1)?;
        }
        out.insert(product, history);
    }
    Ok(out)
}

impl Forecast {
    fn of(product: Option<i64>, group: Option<i64>, history: usize, cx: &Context) -> Self {
        Self {
            id: 0,
            company: Ref::new(cx.actor.company),
            product: product.map(Ref::new),
            group: group.map(Ref::new),
            method: None,
            season: None,
            history_months: history as i64,
            deviation: None,
            mase: None,
            made_on: cx.today(),
            months: Vec::new(),
        }
    }

    /// The months ahead, with what people had set for them.
    fn learnt(
        &mut self,
        made: Option<&Made>,
        step: &Rational,
        this: Date,
        set: &[ForecastMonth],
    ) -> Result<()> {
        let values = made.map(|made| quantities(&made.values, step)).unwrap_or_default();
        let error = made.and_then(|made| made.error.as_ref());
        let by = |family: &Family| ForecastMethod::from(*family);
        let best = error.and_then(|error| made?.trials.iter().find(|(_, tried)| tried == error));
        self.method = best.map(|(family, _)| by(family)).or(made.map(|_| ForecastMethod::Naive));
        self.season = made.and_then(|made| made.season).map(|season| season as i64);
        self.deviation = error.map(|error| decimal(error.deviation));
        self.mase = error.and_then(|error| error.mase).map(decimal);
        for n in 0..AHEAD {
            let month = this.plus_months(n)?;
            let before = set.iter().find(|one| one.month == month);
            let spread = error.map_or(0.0, |error| error.over(f64::from(n) + 1.0));
            self.months.push(ForecastMonth {
                id: 0,
                month,
                statistical: values.get(n as usize).map_or(Ok(Decimal6(0)), |qty| qty.round(6))?,
                adjusted: before.and_then(|one| one.adjusted),
                reason: before.and_then(|one| one.reason.clone()),
                deviation: decimal(spread),
            });
        }
        Ok(())
    }

    /// A person expects something else of a month, and says why; without a quantity the statistics count again.
    pub(crate) fn adjust(&mut self, input: Adjust, cx: &mut Context) -> Result<Json> {
        let month = input.month.first_of_month();
        let line = self.months.iter_mut().find(|one| one.month == month);
        let line = line.ok_or_else(|| refuse("supply.no_month").field("month").arg("month", month))?;
        if input.quantity.is_some_and(|quantity| quantity.0 < 0) {
            return Err(refuse("supply.below_zero").field("quantity").into());
        }
        let reason = input.reason.map(|reason| reason.trim().to_owned()).filter(|reason| !reason.is_empty());
        if input.quantity.is_some() && reason.is_none() {
            return Err(refuse("supply.reason").field("reason").into());
        }
        let before = json!({"month": month.to_string(), "quantity": crate::desk::quantity(line.adjusted), "reason": line.reason});
        (line.adjusted, line.reason) = (input.quantity, reason.filter(|_| input.quantity.is_some()));
        let mut all = Expectations::read(cx.actor.company, month, cx.tx)?;
        all.set(self.id, month, input.quantity);
        if let Err(conflict) = all.of_month(month) {
            return Err(clash(conflict).field("quantity").into());
        }
        cx.undo_by(Self::NAME, self.id, "adjust", before);
        Ok(json!({"month": month.to_string()}))
    }
}

#[derive(Debug, Input)]
pub struct Adjust {
    /// Any day of it.
    pub month: Date,
    #[field(quantity)]
    pub quantity: Option<Decimal6>,
    pub reason: Option<String>,
}

/// What is no number becomes nothing.
fn decimal(value: f64) -> Decimal6 {
    Decimal6((value * 1e6).round() as i64)
}

/// How a firm lets orders and offers count beside its forecasts.
#[derive(Clone, Debug, Entity)]
#[entity(
    set = "DemandRules",
    list = "certain_percent,backward_months,forward_months",
    title = "company_id",
    unique = "company_id"
)]
pub struct DemandRule {
    pub id: i64,
    pub company: Ref<Company>,
    /// What is at least so likely is planned in full.
    #[field(default = "80")]
    pub certain_percent: i64,
    /// An order takes the forecast of so many months before its own.
    #[field(default = "1")]
    pub backward_months: i64,
    /// Then of so many months after it.
    #[field(default = "1")]
    pub forward_months: i64,
}

impl DemandRule {
    pub(crate) fn prepare(&mut self, _: Option<&Self>, _: &mut Context) -> Result<()> {
        if !(0..=100).contains(&self.certain_percent) {
            return Err(refuse("supply.percent").field("certain_percent").into());
        }
        for (field, value) in
            [("backward_months", self.backward_months), ("forward_months", self.forward_months)]
        {
            if !(0..=i64::from(AHEAD)).contains(&value) {
                return Err(refuse("supply.window").field(field).into());
            }
        }
        Ok(())
    }

    /// The firm's own, or what is usual.
    pub fn of(company: i64, tx: &mut store::Tx) -> Result<(i64, usize, usize)> {
        let sql =
            "SELECT certain_percent, backward_months, forward_months FROM demand_rule WHERE company_id = ?";
        let row = tx.first(sql, &[Value::Int(company)])?;
        let months = |n: i64| usize::try_from(n).unwrap_or(0);
        Ok(row.map_or((80, 1, 1), |r| (r.int(0), months(r.int(1)), months(r.int(2)))))
    }
}
