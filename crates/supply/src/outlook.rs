//! What is to be expected beside what is ordered: forecasts that orders use up, and what is offered.

use crate::forecast::{AHEAD, DemandRule};
use crate::pipeline::{Offered, offered};
use kernel::{Refusal, Result, refuse};
use numbers::{Date, Decimal6, Rational};
use planning::demand::{Conflict, Opportunity, Window, consume, disaggregate, pipeline};
use std::collections::{BTreeMap, HashMap};
use store::Tx;

/// What forecasts say of the months ahead, before anything is divided.
pub(crate) struct Expectations(Vec<Expectation>);

/// A month of a forecast.
#[derive(Clone, Debug)]
pub(crate) struct Expectation {
    pub forecast: i64,
    pub line: i64,
    pub product: Option<i64>,
    pub group: Option<i64>,
    pub month: Date,
    pub statistical: Decimal6,
    pub adjusted: Option<Decimal6>,
    pub reason: Option<String>,
    pub deviation: Decimal6,
    decimals: i64,
}

impl Expectations {
    pub fn read(company: i64, from: Date, tx: &mut Tx) -> Result<Self> {
        let rows = tx.query(
            "SELECT f.id, f.product_id, COALESCE(f.group_id, p.group_id), m.month, m.statistical, m.adjusted, m.reason,
                    m.deviation, u.decimals, m.id
             FROM forecast f JOIN forecast_month m ON m.parent_id = f.id
             LEFT JOIN product p ON p.id = f.product_id LEFT JOIN unit u ON u.id = p.unit_id
             WHERE f.company_id = ? AND m.month >= ? AND (p.id IS NULL OR (p.planned_by = 'forecast' AND p.archived = 0))
             ORDER BY f.id, m.month",
            &[company.into(), from.days().into()],
        )?;
        let mut out = Vec::with_capacity(rows.len());
        for r in &rows {
            out.push(Expectation {
                forecast: r.int(0),
                line: r.int(9),
                product: r.get(1).as_int(),
                group: r.get(2).as_int(),
                month: Date::from_days(r.int(3))?,
                statistical: Decimal6(r.int(4)),
                adjusted: r.get(5).as_int().map(Decimal6),
                reason: r.get(6).as_text().map(ToOwned::to_owned),
                deviation: Decimal6(r.int(7)),
                decimals: r.get(8).as_int().unwrap_or(0),
            });
        }
        Ok(Self(out))
    }

    pub fn all(&self) -> &[Expectation] {
        &self.0
    }

    /// As if a person had set this.
    pub fn set(&mut self, forecast: i64, month: Date, quantity: Option<Decimal6>) {
        for one in self.0.iter_mut().filter(|one| one.forecast == forecast && one.month == month) {
            one.adjusted = quantity;
        }
    }

    /// What is expected of each product in a month: what is set for a group is divided among its products.
    pub fn of_month(&self, month: Date) -> std::result::Result<HashMap<i64, Rational>, Conflict> {
        let (groups, products): (Vec<&Expectation>, Vec<&Expectation>) =
            self.0.iter().filter(|one| one.month == month).partition(|one| one.product.is_none());
        let place = |group: i64| groups.iter().position(|one| one.group == Some(group));
        let parents: Vec<Option<usize>> =
            groups.iter().map(|_| None).chain(products.iter().map(|one| one.group.and_then(place))).collect();
        let nodes: Vec<&Expectation> = groups.iter().chain(&products).copied().collect();
        let base: Vec<Rational> = nodes.iter().map(|one| Rational::from(one.statistical)).collect();
        let set: Vec<(usize, Rational)> = nodes
            .iter()
            .enumerate()
            .filter_map(|(n, one)| Some((n, Rational::from(one.adjusted?))))
            .collect();
        let decimals = products.iter().map(|one| one.decimals).max().unwrap_or(0);
        let parts = disaggregate(&parents, &base, &set, &crate::item::step(0, decimals))?;
        let own = nodes.iter().zip(parts).filter_map(|(one, part)| Some((one.product?, part)));
        Ok(own.collect())
    }
}

/// Why what was set cannot hold.
pub(crate) fn clash(conflict: Conflict) -> Refusal {
    let said = |qty: &Rational| qty.round(6).map(|q| q.to_string()).unwrap_or_default();
    match conflict {
        Conflict::Below { below, set, .. } => {
            refuse("supply.set_below").arg("below", said(&below)).arg("set", said(&set))
        }
        other => refuse("supply.model").arg("what", other),
    }
}

/// What is to be expected of a product, by month.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outlook {
    /// The forecast, with what people have set.
    pub forecast: Vec<Rational>,
    /// What is ordered or held by quotes, delivered or not.
    pub ordered: Vec<Rational>,
    /// What is offered and likely enough to count in full.
    pub likely: Vec<Rational>,
    /// Of what else is offered, the expected quantity.
    pub expected: Vec<Rational>,
    /// What of the forecast nobody has made true yet.
    pub left: Vec<Rational>,
    /// By a forecast; else by orders alone.
    pub by_forecast: bool,
}

impl Outlook {
    /// Nothing, in so many months.
    pub fn none(months: usize) -> Self {
        let nothing = vec![Rational::ZERO; months];
        Self {
            forecast: nothing.clone(),
            ordered: nothing.clone(),
            likely: nothing.clone(),
            expected: nothing.clone(),
            left: nothing,
            by_forecast: false,
        }
    }
}

/// What is to be expected, of all products that anything is expected of.
pub(crate) struct Outlooks {
    pub months: Vec<Date>,
    pub expectations: Expectations,
    pub of: BTreeMap<i64, Outlook>,
    /// Lines of quotes that are counted in full.
    pub likely: Vec<Offered>,
}

impl Outlooks {
    pub fn read(company: i64, today: Date, tx: &mut Tx) -> Result<Self> {
        let this = today.first_of_month();
        let months = (0..AHEAD).map(|n| Ok(this.plus_months(n)?)).collect::<Result<Vec<_>>>()?;
        let (certain, backward, forward) = DemandRule::of(company, tx)?;
        let expectations = Expectations::read(company, this, tx)?;
        let mut outlooks = Self { months, expectations, of: BTreeMap::new(), likely: Vec::new() };
        outlooks.forecast();
        outlooks.ordered(company, today, tx)?;
        outlooks.offered(offered(company, today, tx)?, certain)?;
        for outlook in outlooks.of.values_mut() {
            let made_true: Vec<Rational> = (0..outlook.ordered.len())
                .map(|n| &(&outlook.ordered[n] + &outlook.likely[n]) + &outlook.expected[n])
                .collect();
            outlook.left = consume(&outlook.forecast, &made_true, Window { backward, forward }).forecast;
        }
        Ok(outlooks)
    }

    fn of(&mut self, product: i64) -> &mut Outlook {
        let months = self.months.len();
        self.of.entry(product).or_insert_with(|| Outlook::none(months))
    }

    /// Which of the months a day is in; a day that is over counts for none.
    fn month(&self, day: Date) -> Option<usize> {
        let first = day.first_of_month();
        self.months.iter().position(|month| *month == first)
    }

    fn forecast(&mut self) {
        let products: Vec<i64> = self.expectations.all().iter().filter_map(|one| one.product).collect();
        products.into_iter().for_each(|product| self.of(product).by_forecast = true);
        for n in 0..self.months.len() {
            // What contradicts itself was refused when it was set; a product that changed its group since may make it
            // so, and then the statistics count.
            let of_month = self.expectations.of_month(self.months[n]).unwrap_or_default();
            for (product, quantity) in of_month {
                self.of(product).forecast[n] = quantity;
            }
        }
    }

    fn ordered(&mut self, company: i64, today: Date, tx: &mut Tx) -> Result<()> {
        let products: Vec<i64> = self.of.keys().copied().collect();
        let mut ordered = sales::wanted_by_day(&products, today.first_of_month(), company, tx)?;
        for held in sales::reserved(company, today, tx)? {
            ordered.push((held.product, held.due.unwrap_or(today).max(today), held.quantity));
        }
        for (product, day, quantity) in ordered {
            if let (Some(n), Some(outlook)) = (self.month(day), self.of.get_mut(&product)) {
                outlook.ordered[n] += &Rational::from(quantity);
            }
        }
        Ok(())
    }

    fn offered(&mut self, offered: Vec<Offered>, certain: i64) -> Result<()> {
        let mut of_product: BTreeMap<i64, Vec<Offered>> = BTreeMap::new();
        for one in offered {
            of_product.entry(one.product).or_default().push(one);
        }
        let percent = |n: i64| Rational::new(n, 100);
        for (product, offered) in of_product {
            let mut opportunities = Vec::with_capacity(offered.len());
            for one in &offered {
                let period = self.month(one.on).unwrap_or(usize::MAX);
                let (qty, probability) = (Rational::from(one.quantity), percent(one.probability)?);
                opportunities.push(Opportunity { period, qty, probability });
            }
            let found = pipeline(&opportunities, &percent(certain)?, self.months.len());
            let outlook = self.of(product);
            for place in &found.certain {
                outlook.likely[opportunities[*place].period] += &opportunities[*place].qty;
            }
            outlook.expected = found.expected;
            self.likely.extend(found.certain.into_iter().map(|place| offered[place].clone()));
        }
        Ok(())
    }
}
