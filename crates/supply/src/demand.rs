//! What is wanted, and by whom: orders, our own work orders, maintenance, quotes that hold softly, offers that are likely,
//! and what is expected that nobody has ordered yet.

use crate::model::Records;
use crate::outlook::Outlooks;
use catalog::Environment;
use kernel::Result;
use numbers::{Date, Decimal6, Rational};
use planning::demand::divide;
use planning::model::Order;
use std::collections::{HashMap, HashSet};
use store::Tx;

/// Of everything that was ordered; 1 is what a person puts first.
pub(crate) const ORDERED: u8 = 3;
/// A quote gives way to what is ordered.
const QUOTED: u8 = 4;
/// What nobody has ordered gives way to everything.
const EXPECTED: u8 = 5;

/// Months whose forecast is wanted week by week; of a later month it is wanted when that begins.
pub(crate) const WEEKLY_MONTHS: usize = 2;

/// Why something is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wants {
    /// An order, a customer's or our own.
    Order,
    /// A quote that holds it until it lapses.
    Quote,
    /// A quote that is likely enough to be counted on.
    Likely,
    /// Nobody yet: a forecast.
    Forecast,
}

/// A line that wants something.
#[derive(Clone, Debug)]
pub(crate) struct Demand {
    pub wants: Wants,
    pub line: i64,
    pub document_entity: String,
    pub document: i64,
    pub number: String,
    /// Whoever it is for; an own work order is for nobody by itself.
    pub party: Option<(i64, String)>,
    /// What the line is worth, in minor units.
    pub net: i64,
    /// When the customer was told that it comes.
    pub promised: Option<Date>,
    /// When it is wanted; the model wants what is past due today.
    pub due_on: Date,
}

/// What the lines of some demands, given by their places, are worth in all: a line counts once, however many parts of a
/// kit it waits for.
pub(crate) fn worth<'p>(demands: &[Demand], places: impl IntoIterator<Item = &'p usize>) -> i64 {
    let mut seen = HashSet::new();
    let own = places.into_iter().filter_map(|n| demands.get(*n)).filter(|d| seen.insert(d.line));
    own.fold(0, |sum, demand| sum.saturating_add(demand.net))
}

/// On which days what is expected of a month is wanted: never in the past.
fn days(month: Date, today: Date, weekly: bool) -> Result<Vec<Date>> {
    let (mut day, last) = (month.max(today), month.last_of_month());
    let mut days = vec![day];
    while weekly && day.plus_days(7)? <= last {
        day = day.plus_days(7)?;
        days.push(day);
    }
    Ok(days)
}

impl Records {
    /// Reads all that is wanted.
    pub fn wanted(&mut self, company: i64, tx: &mut Tx) -> Result<()> {
        self.pegged(company, tx)?;
        self.counted_on(company, tx)?;
        self.spare_parts(company, tx)?;
        self.quoted(company, tx)?;
        let outlooks = Outlooks::read(company, self.model.start, tx)?;
        self.likely(&outlooks);
        self.expected(&outlooks)
    }

    /// Lines with kits want several products: each has its own name in the model.
    pub(crate) fn tell_parts_apart(&mut self) {
        let mut seen = HashSet::new();
        for (demand, order) in self.demands.iter().zip(&mut self.model.orders) {
            if demand.wants != Wants::Forecast && !seen.insert(demand.line) {
                order.id = format!("{} {}", demand.line, order.item);
            }
        }
    }

    /// What is offered and counted in full, as if it were ordered.
    fn likely(&mut self, outlooks: &Outlooks) {
        for one in &outlooks.likely {
            let Some(item) = self.place_in(one.product, one.warehouse) else { continue };
            self.model.orders.push(Order {
                id: one.line.to_string(),
                item,
                qty: Rational::from(one.quantity),
                due: self.at(one.on.days()).max(0),
                priority: QUOTED,
            });
            self.demands.push(Demand {
                wants: Wants::Likely,
                line: one.line,
                document_entity: "SalesOrder".into(),
                document: one.order,
                number: one.number.clone(),
                party: Some(one.customer.clone()),
                net: one.net,
                promised: None,
                due_on: one.on,
            });
        }
    }

    /// What orders have left of the forecasts, and what offers are expected to bring.
    fn expected(&mut self, outlooks: &Outlooks) -> Result<()> {
        let of: HashMap<(i64, Date), (i64, i64)> = outlooks
            .expectations
            .all()
            .iter()
            .filter_map(|one| Some(((one.product?, one.month), (one.forecast, one.line))))
            .collect();
        for (product, outlook) in outlooks.of.iter().filter(|(_, outlook)| outlook.by_forecast) {
            let Some(item) = self.place(*product) else { continue };
            let step = self.products[item].step.clone();
            let assembled = self.products[item].environment == Environment::AssembleToOrder;
            for (n, month) in outlooks.months.iter().enumerate() {
                let Some((forecast, line)) = of.get(&(*product, *month)).copied() else { continue };
                let quantity = &outlook.left[n] + &outlook.expected[n];
                let days = days(*month, self.model.start, n < WEEKLY_MONTHS)?;
                let even = vec![Rational::ONE; days.len()];
                for (day, qty) in days.iter().zip(divide(&quantity, &even, &step)) {
                    if !qty.is_positive() {
                        continue;
                    }
                    // What is assembled to order waits as its components (two-level master scheduling).
                    let parts = if assembled { self.one_level(item, *day, &qty) } else { vec![(item, qty)] };
                    for (part, qty) in parts {
                        self.push_expected(part, (forecast, line), *month, *day, qty);
                    }
                }
            }
        }
        Ok(())
    }

    fn push_expected(
        &mut self,
        item: usize,
        (forecast, line): (i64, i64),
        month: Date,
        day: Date,
        qty: Rational,
    ) {
        let due = self.at(day.days()).max(0);
        self.model.orders.push(Order {
            id: format!("{line} {day} {item}"),
            item,
            qty,
            due,
            priority: EXPECTED,
        });
        self.demands.push(Demand {
            wants: Wants::Forecast,
            line,
            document_entity: "Forecast".into(),
            document: forecast,
            number: format!("{}/{}", month.month(), month.year()),
            party: None,
            net: 0,
            promised: None,
            due_on: day,
        });
    }

    /// Pegs always add up to what is demanded.
    fn pegged(&mut self, company: i64, tx: &mut Tx) -> Result<()> {
        let rows = tx.query(
            "SELECT g.demand_entity, g.demand_id, g.document_entity, g.document_id, g.product_id, MIN(g.due), CAST(SUM(g.quantity) AS BIGINT),
                    COALESCE(o.number, w.number, t.number), c.id, c.name, l.net, l.promised_on, g.warehouse_id
             FROM peg g LEFT JOIN sales_order o ON g.document_entity = 'SalesOrder' AND o.id = g.document_id
             LEFT JOIN work_order w ON g.document_entity = 'WorkOrder' AND w.id = g.document_id
             LEFT JOIN transfer_order t ON g.document_entity = 'TransferOrder' AND t.id = g.document_id
             LEFT JOIN party c ON c.id = o.customer_id LEFT JOIN sales_order_line l ON g.demand_entity = 'SalesOrderLine' AND l.id = g.demand_id
             WHERE g.company_id = ?
             GROUP BY g.demand_entity, g.demand_id, g.document_entity, g.document_id, g.product_id, o.number, w.number, t.number, c.id, c.name, l.net, l.promised_on, g.warehouse_id
             ORDER BY MIN(g.due), g.demand_id",
            &[company.into()],
        )?;
        for r in &rows {
            let Some(item) = self.place_in(r.int(4), Some(r.int(12))) else { continue };
            self.model.orders.push(Order {
                id: r.int(1).to_string(),
                item,
                qty: Rational::from(Decimal6(r.int(6))),
                // Due on a day: to be there when it begins.
                due: self.at(r.int(5)).max(0),
                priority: ORDERED,
            });
            self.demands.push(Demand {
                wants: Wants::Order,
                line: r.int(1),
                document_entity: r.text(2).into(),
                document: r.int(3),
                number: r.get(7).as_text().unwrap_or_default().into(),
                party: r.get(8).as_int().map(|id| (id, r.text(9).to_owned())),
                net: r.get(10).as_int().unwrap_or(0),
                promised: r.get(11).as_int().map(Date::from_days).transpose()?,
                due_on: Date::from_days(r.int(5))?,
            });
        }
        Ok(())
    }

    /// What firm work orders will take: they have no pegs before they are released, but they count on it.
    fn counted_on(&mut self, company: i64, tx: &mut Tx) -> Result<()> {
        let rows = tx.query(
            "SELECT l.id, w.id, w.number, l.product_id, l.quantity - l.issued, COALESCE(w.starts_on, w.due_on), p.parent_id
             FROM work_order_line l JOIN work_order w ON w.id = l.parent_id LEFT JOIN location p ON p.id = w.location_id
             WHERE w.company_id = ? AND w.state = 'firm' ORDER BY 6, l.id",
            &[company.into()],
        )?;
        for r in rows.iter().filter(|r| r.int(4) > 0) {
            let Some(item) = self.place_in(r.int(3), r.get(6).as_int()) else { continue };
            self.model.orders.push(Order {
                id: r.int(0).to_string(),
                item,
                qty: Rational::from(Decimal6(r.int(4))),
                due: r.get(5).as_int().map_or(0, |day| self.at(day)).max(0),
                priority: ORDERED,
            });
            self.demands.push(Demand {
                wants: Wants::Order,
                line: r.int(0),
                document_entity: "WorkOrder".into(),
                document: r.int(1),
                number: r.get(2).as_text().unwrap_or_default().into(),
                party: None,
                net: 0,
                promised: None,
                due_on: r.get(5).as_int().map_or(Ok(self.model.start), Date::from_days)?,
            });
        }
        Ok(())
    }

    /// What quotes hold.
    fn quoted(&mut self, company: i64, tx: &mut Tx) -> Result<()> {
        for one in sales::reserved(company, self.model.start, tx)? {
            let Some(item) = self.place_in(one.product, Some(one.warehouse)) else { continue };
            self.model.orders.push(Order {
                id: one.line.to_string(),
                item,
                qty: Rational::from(one.quantity),
                due: one.due.map_or(0, |due| self.at(due.days())).max(0),
                priority: QUOTED,
            });
            self.demands.push(Demand {
                wants: Wants::Quote,
                line: one.line,
                document_entity: "SalesOrder".into(),
                document: one.order,
                number: one.number,
                party: Some(one.customer),
                net: one.net,
                promised: one.promised_on,
                due_on: one.due.unwrap_or(self.model.start),
            });
        }
        Ok(())
    }
}
