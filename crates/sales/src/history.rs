//! What was and is ordered, day by day: the history that forecasts learn from, and the orders that use them up.

use catalog::Kits;
use kernel::{Ref, Result, Value};
use numbers::{Date, Decimal6, Factor};
use std::collections::HashSet;
use store::Tx;

/// What customers have ordered of these products from a day on, in their stock units: for the day that was wished for,
/// else the one that was promised, else the one on which it was ordered. Orders from before the start count.
///
/// # Errors
/// The database's.
pub fn wanted_by_day(
    products: &[i64],
    from: Date,
    company: i64,
    tx: &mut Tx,
) -> Result<Vec<(i64, Date, Decimal6)>> {
    const DAY: &str = "COALESCE(o.requested_on, l.promised_on, o.ordered_on)";
    /// Nobody orders further ahead: what is older needs not be looked at.
    const AHEAD_DAYS: i64 = 731;
    // Who has ordered a kit has ordered its parts.
    let kits = Kits::all(tx)?;
    let mut asked: Vec<i64> = products.to_vec();
    asked.extend(products.iter().flat_map(|part| kits.with(*part).map(|(kit, _)| kit)));
    asked.sort_unstable();
    asked.dedup();
    let wanted: HashSet<i64> = products.iter().copied().collect();
    let mut out = Vec::new();
    for chunk in asked.chunks(500) {
        let sql = format!(
            "SELECT l.product_id, {DAY}, CAST(SUM(l.quantity - l.waived) AS BIGINT), c.numerator, c.denominator
             FROM sales_order_line l JOIN sales_order o ON o.id = l.parent_id JOIN product p ON p.id = l.product_id
             LEFT JOIN conversion c ON c.parent_id = p.id AND c.unit_id = l.unit_id AND l.unit_id <> p.unit_id
             WHERE o.company_id = ? AND o.state IN ('confirmed', 'closed') AND o.ordered_on >= ? AND {DAY} >= ?
               AND l.product_id {}
             GROUP BY l.product_id, {DAY}, c.numerator, c.denominator ORDER BY 1, 2",
            kernel::rows::among(chunk.len())
        );
        let params: Vec<Value> = [company, from.days() - AHEAD_DAYS, from.days()]
            .into_iter()
            .chain(chunk.iter().copied())
            .map(Value::Int)
            .collect();
        for r in tx.query(&sql, &params)? {
            let quantity = Decimal6(r.int(2));
            let factor = r.get(3).as_int().zip(r.get(4).as_int());
            let quantity = factor.map_or(Ok(quantity), |(n, d)| Factor::new(n, d)?.apply(quantity, 6))?;
            let day = Date::from_days(r.int(1))?;
            let goods = kits.goods(Ref::new(r.int(0)), quantity)?;
            let goods = goods.into_iter().filter(|(part, _)| wanted.contains(&part.id()));
            out.extend(goods.map(|(part, quantity)| (part.id(), day, quantity)));
        }
    }
    Ok(out)
}
