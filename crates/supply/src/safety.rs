//! Safety stock by the service level that is wanted and the error that the forecast makes over the lead time.

use crate::desk::quantity;
use crate::model::Records;
use crate::outlook::Expectations;
use catalog::Product;
use kernel::{Context, Entity, Input, Ref, Result, refuse};
use numbers::{Decimal6, Rational};
use planning::demand::safety_stock;
use planning::forecast::Error;
use planning::model::{DAY, Kind, Seconds};
use planning::net::backward;
use planning::shop::Shop;
use serde_json::{Value as Json, json};

#[derive(Debug, Input)]
pub struct Asked {
    /// All that have a service level and a forecast where empty.
    pub product: Option<Ref<Product>>,
}

/// Days of a month, on average.
const MONTH_DAYS: f64 = 365.25 / 12.0;

/// Sets the safety stock of products that say how often stock should last, and says what has changed.
pub(crate) fn set_safety_stock(input: Asked, cx: &mut Context) -> Result<Json> {
    let (company, today) = (cx.actor.company, cx.today());
    let only = input.product.map_or(0, Ref::id);
    let rows = cx.tx.query(
        "SELECT id, service_level_percent FROM product WHERE service_level_percent IS NOT NULL AND planned_by = 'forecast'
         AND archived = 0 AND (CAST(? AS BIGINT) = 0 OR id = ?) ORDER BY id",
        &[only.into(), only.into()],
    )?;
    let levels: Vec<(i64, f64)> = rows.iter().map(|r| (r.int(0), r.int(1) as f64 / 1e8)).collect();
    let records = Records::read(company, today, 0, cx.tx)?;
    let expectations = Expectations::read(company, today.first_of_month(), cx.tx)?;
    let shop = Shop::new(&records.model).map_err(|e| refuse("supply.model").arg("what", e))?;
    let mut changed = Vec::new();
    let mut asked = 0;
    for (product, level) in levels {
        let months: Vec<_> = expectations.all().iter().filter(|one| one.product == Some(product)).collect();
        let (Some(item), Some(first)) = (records.place(product), months.first()) else { continue };
        asked += 1;
        let days = lead_days(&records, &shop, item, first.statistical);
        let spread: Vec<f64> = months.iter().map(|one| one.deviation.0 as f64 / 1e6).collect();
        let stock = safety_stock(level, error(spread).over(days / MONTH_DAYS)).unwrap_or(0.0);
        let exact = Rational::from(Decimal6((stock * 1e6).round() as i64));
        let stock = exact.up_to_multiple(&records.products[item].step).round(6)?;
        let mut held = cx.hold::<Product>(product)?;
        let before = held.safety_stock;
        if before == stock {
            continue;
        }
        held.safety_stock = stock;
        let name = held.name.clone();
        cx.save(held)?;
        let told = vec![("product", name), ("before", before.to_string()), ("after", stock.to_string())];
        cx.effect("supply.safety_set", told);
        changed.push(
            json!({"product_id": product, "before": quantity(Some(before)), "after": quantity(Some(stock)),
            "lead_time_days": (days * 10.0).round() / 10.0}),
        );
    }
    if asked == 0 {
        return Err(refuse("supply.no_service_level").field("product_id").into());
    }
    if let [one] = changed.as_slice() {
        let back = json!({"safety_stock": one["before"]});
        cx.undo_by(Product::NAME, one["product_id"].as_i64().unwrap_or(0), "update", back);
    }
    Ok(json!({"changed": changed, "asked": asked}))
}

/// The error of the months together, as it was kept.
fn error(cumulative: Vec<f64>) -> Error {
    let deviation = cumulative.first().copied().unwrap_or(0.0);
    Error { mae: 0.0, mase: None, bias: 0.0, deviation, by_lead: Vec::new(), cumulative }
}

/// What is bought takes its supplier's days; what is made, its routing for what a week takes, with its queues.
fn lead_days(records: &Records, shop: &Shop<'_>, item: usize, month: Decimal6) -> f64 {
    /// Far enough ahead that nothing begins before the plan does.
    const END: Seconds = 300 * DAY;
    let one = &records.model.items[item];
    match one.methods.first() {
        None => 0.0,
        Some(method) if method.kind == Kind::Buy => f64::from(method.lead_days),
        Some(_) => {
            let week = Rational::from(Decimal6(month.0 / 4)).at_least(&one.lot.minimum);
            let lot = week.at_least(&records.products[item].step).up_to_multiple(&one.lot.multiple);
            let made = backward(shop, item as u32, lot, END);
            (made.end - made.start) as f64 / DAY as f64
        }
    }
}
