//! What an earlier date would cost, as far as the records know it: hours on the machine that is full, at what an hour of
//! it costs; or what a supplier asks more who is quicker.

use crate::desk::money;
use crate::kept::Kept;
use kernel::{Reader, Result};
use numbers::{Decimal6, Money, Rational};
use planning::explain::Binds;
use planning::promise::Promise;
use purchasing::{Offer, quicker_offers};
use serde_json::{Map, Value as Json, json};
use std::collections::HashMap;

/// What is known of hours and of quicker suppliers.
#[derive(Debug, Default)]
pub(crate) struct Costs {
    /// What an hour of each work center costs.
    hourly: HashMap<i64, Decimal6>,
    /// For products that bind by their lead time the cheapest offer that takes less.
    quicker: HashMap<i64, Offer>,
}

impl Costs {
    /// Reads what these promises ask for. Within a command nobody looks at it.
    pub fn read<'p>(
        kept: &Kept,
        promises: impl Iterator<Item = &'p Promise>,
        reader: &mut Reader,
    ) -> Result<Self> {
        let mut costs = Self::default();
        if reader.tx.sees_own_changes() {
            return Ok(costs);
        }
        let (mut full, mut than) = (false, HashMap::new());
        for (binds, _) in promises.flat_map(|promise| &promise.sooner) {
            match binds {
                Binds::Resource(_) => full = true,
                Binds::LeadTime(item) => {
                    let product = kept.records.products[*item as usize].id;
                    than.extend(kept.records.offers.get(&product).map(|now| (product, now.lead_time_days)));
                }
                _ => {}
            }
        }
        let company = reader.actor.company;
        if full && reader.needs(&[("WorkCenter", &["hourly_cost"])]).is_ok() {
            let sql = "SELECT id, hourly_cost FROM work_center WHERE company_id = ?";
            let rows = reader.tx.query(sql, &[company.into()])?;
            costs.hourly = rows.iter().map(|r| (r.int(0), Decimal6(r.int(1)))).collect();
        }
        if !than.is_empty() && reader.needs(&[("SupplierPrice", &["price"])]).is_ok() {
            costs.quicker = quicker_offers(&than, kept.records.model.start, company, reader.tx)?;
        }
        Ok(costs)
    }

    /// What it takes and costs that something does not bind; nothing where nobody knows.
    pub fn of(&self, kept: &Kept, promise: &Promise, binds: Binds) -> Result<Map<String, Json>> {
        let told = match binds {
            Binds::Resource(resource) => self.hours(kept, promise, resource as usize)?,
            Binds::LeadTime(item) => self.supplier(kept, promise, item as usize)?,
            _ => None,
        };
        Ok(match told {
            Some(Json::Object(told)) => told,
            _ => Map::new(),
        })
    }

    /// The hours that the promise takes of a machine.
    fn hours(&self, kept: &Kept, promise: &Promise, resource: usize) -> Result<Option<Json>> {
        let center = kept.records.centers.get(resource);
        let Some(hourly) = center.and_then(|center| self.hourly.get(center)) else { return Ok(None) };
        let mut seconds = Rational::from(0);
        for lot in &promise.lots {
            let Some(method) = kept.records.model.items[lot.item].methods.get(lot.method as usize) else {
                continue;
            };
            for operation in method.operations.iter().filter(|o| o.resources.contains(&resource)) {
                seconds = &(&seconds + &Rational::from(operation.setup)) + &(&operation.run * &lot.qty);
            }
        }
        let hours = seconds.over(&Rational::from(3600))?;
        let cost = Money::from_decimal((&hours * &Rational::from(*hourly)).round(2)?)?;
        let tenths = (hours.to_f64() * 10.0).ceil() / 10.0;
        Ok(Some(json!({"cost": money(cost), "takes_hours": tenths})))
    }

    /// Who brings it sooner, and for how much more.
    fn supplier(&self, kept: &Kept, promise: &Promise, item: usize) -> Result<Option<Json>> {
        let product = kept.records.products[item].id;
        let (now, quicker) = (kept.records.offers.get(&product), self.quicker.get(&product));
        let Some((now, quicker)) = now.zip(quicker) else { return Ok(None) };
        let wanted: Rational = promise.lots.iter().filter(|l| l.item == item).map(|l| l.qty.clone()).sum();
        let asks =
            |offer: &Offer| &wanted.at_least(&Rational::from(offer.minimum)) * &Rational::from(offer.price);
        let more = Rational::from(0).at_least(&(&asks(quicker) - &asks(now)));
        let cost = Money::from_decimal(more.round(2)?)?;
        Ok(Some(
            json!({"cost": money(cost), "supplier": quicker.supplier_name, "days": quicker.lead_time_days}),
        ))
    }
}
