//! Maintenance that is to come: when it keeps its machine, and the spare parts that it takes.

use crate::demand::{Demand, ORDERED, Wants};
use crate::model::{Centers, Records};
use kernel::Result;
use numbers::{Date, Decimal6, Rational};
use planning::clock::Clock;
use planning::model::{DAY, Order, Seconds};
use std::collections::HashMap;
use store::Tx;

/// A downtime so near to the day on which maintenance is due is taken to be for it.
const NEAR: Seconds = 7 * DAY;

/// The next time of a maintenance.
#[derive(Clone, Debug)]
pub(crate) struct Upkeep {
    pub maintenance: i64,
    pub name: String,
    pub resource: usize,
    /// When its parts must be there.
    pub at: Seconds,
    /// From when to when its machine stands; nothing where a person has recorded a downtime for it.
    pub window: Option<(Seconds, Seconds)>,
}

impl Records {
    /// Machines, and what is a part of them, stand for the next time of each maintenance: from the first open hour of the day on which it is due, for
    /// as many open hours as it takes.
    pub fn maintained(&mut self, company: i64, today: Date, centers: &Centers, tx: &mut Tx) -> Result<()> {
        let recorded = self.recorded(company, tx)?;
        for due in equipment::due(company, today, tx)? {
            let (Some((on, _)), Some((resource, _))) = (due.on, centers.get(&due.work_center)) else {
                continue;
            };
            let day = self.at(on.days()).max(0);
            let near = |at: &&Seconds| (**at - day).abs() <= NEAR;
            let mut upkeep = Upkeep {
                maintenance: due.maintenance,
                name: due.name,
                resource: *resource,
                at: day,
                window: None,
            };
            if let Some(at) = recorded.get(&due.work_center).and_then(|all| all.iter().find(near)) {
                upkeep.at = (*at).max(0);
            } else if let Some((from, to)) = self.stands(*resource, day, due.minutes) {
                self.stands_still(*resource, from, to);
                (upkeep.at, upkeep.window) = (from, Some((from, to)));
            }
            self.upkeep.push(upkeep);
        }
        Ok(())
    }

    /// When maintenance is recorded as downtime and nobody has said yet that it was done, by work center.
    fn recorded(&self, company: i64, tx: &mut Tx) -> Result<HashMap<i64, Vec<Seconds>>> {
        let rows = tx.query(
            "SELECT work_center_id, starts_at FROM downtime WHERE company_id = ? AND kind = 'maintenance'
             AND id NOT IN (SELECT downtime_id FROM maintenance_record) ORDER BY starts_at, id",
            &[company.into()],
        )?;
        let mut out: HashMap<i64, Vec<Seconds>> = HashMap::new();
        for r in &rows {
            out.entry(r.int(0)).or_default().push(self.moment(r.int(1)));
        }
        Ok(out)
    }

    /// So many open minutes of a machine from a day on, beside its other downtimes; nothing where it never works, which
    /// the plan itself says.
    fn stands(&self, resource: usize, day: Seconds, minutes: Decimal6) -> Option<(Seconds, Seconds)> {
        let resource = self.model.resources.get(resource)?;
        let calendar = self.model.calendars.get(resource.calendar)?;
        // A month of room behind it: the calendar may be closed when it is due.
        let clock = Clock::new(calendar, &resource.down, self.model.start, 0, day / DAY + 31).ok()?;
        let work = clock.worked(day);
        let takes = (minutes.0 / 1_000_000).saturating_mul(60) + minutes.0 % 1_000_000 * 60 / 1_000_000;
        Some((clock.start_of(work), clock.end_of(work.saturating_add(takes.max(1)))))
    }

    /// Spare parts are wanted when the machine stands, for nobody: they are there in time.
    pub fn spare_parts(&mut self, company: i64, tx: &mut Tx) -> Result<()> {
        let rows = tx.query(
            "SELECT l.id, l.product_id, l.quantity, l.parent_id FROM maintenance_part l JOIN maintenance m ON m.id = l.parent_id
             WHERE m.company_id = ? ORDER BY l.id",
            &[company.into()],
        )?;
        for upkeep in self.upkeep.clone() {
            for r in rows.iter().filter(|r| r.int(3) == upkeep.maintenance) {
                let Some(item) = self.place(r.int(1)) else { continue };
                self.model.orders.push(Order {
                    id: r.int(0).to_string(),
                    item,
                    qty: Rational::from(Decimal6(r.int(2))),
                    // Goods are there when their day begins.
                    due: upkeep.at.div_euclid(DAY) * DAY,
                    priority: ORDERED,
                });
                self.demands.push(Demand {
                    wants: Wants::Order,
                    line: r.int(0),
                    document_entity: "Maintenance".into(),
                    document: upkeep.maintenance,
                    number: upkeep.name.clone(),
                    party: None,
                    net: 0,
                    promised: None,
                    due_on: self.model.start.plus_days(upkeep.at.div_euclid(DAY))?,
                });
            }
        }
        Ok(())
    }
}
