//! What a month that begins asks for.

use crate::Forecast;
use kernel::{Actor, Call, Entity, Error, Kernel, Result};
use numbers::Date;

/// Makes the forecasts anew of each company whose last ones are of an earlier month; the first ones, where something
/// that is planned by a forecast was ordered. What people have set stays. Whoever else does the same at that moment
/// (another node) makes the same figures.
///
/// # Errors
/// The database's.
pub fn monthly(kernel: &Kernel) -> Result<()> {
    let zone = jiff::tz::TimeZone::system();
    let this = Date::from((kernel.clock)().to_zoned_datetime(zone).date()).first_of_month();
    let waiting = kernel.store.read(|tx| -> Result<Vec<i64>> {
        let rows = tx.query(
            "SELECT c.id FROM company c WHERE EXISTS (
                SELECT 1 FROM product p WHERE p.planned_by = 'forecast' AND p.kind = 'goods' AND p.archived = 0 AND (
                    EXISTS (SELECT 1 FROM forecast f WHERE f.company_id = c.id AND f.product_id = p.id)
                    OR EXISTS (SELECT 1 FROM sales_order_line l JOIN sales_order o ON o.id = l.parent_id
                        WHERE l.product_id = p.id AND o.company_id = c.id AND o.state IN ('confirmed', 'closed'))))
             AND COALESCE((SELECT MAX(f.made_on) FROM forecast f WHERE f.company_id = c.id), -1000000) < ? ORDER BY c.id",
            &[this.days().into()],
        )?;
        Ok(rows.iter().map(|r| r.int(0)).collect())
    })?;
    for company in waiting {
        let call = Call { entity: Forecast::NAME.into(), command: "make".into(), ..Call::default() };
        match kernel.run(&Actor::program(company), &call) {
            // A company that cannot have one keeps no other from it.
            Ok(_) | Err(Error::Refused(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
