//! What a product says about how it is planned: its stock, how much is made or bought at once, and when it must be there.

use catalog::LotSizing;
use kernel::Choice;
use numbers::{Decimal6, Rational};
use planning::lots::Rule;
use planning::model::{DAY, Item, LotPolicy, LotRule};
use store::Row;

/// The periods of a lot sizing that weighs costs, where the product does not say.
const WEEK: u32 = 7;

/// An item that nothing is known about but its product. The row begins with id, code, name, safety stock, smallest lot,
/// multiple, standard cost, decimals of the unit, usable, on hand, value; from the thirteenth on it says how lots are sized.
pub(crate) fn item(row: &Row) -> Item {
    let decimal = |n| Rational::from(Decimal6(row.int(n)));
    let on_hand = row.int(8).max(0);
    let cost = if row.int(9) > 0 {
        row.int(10) as f64 / 100.0 / (row.int(9) as f64 / 1e6)
    } else {
        row.int(6) as f64 / 1e6
    };
    Item {
        id: row.text(1).to_owned(),
        on_hand: Rational::from(Decimal6(on_hand)),
        safety_stock: decimal(3),
        safety_days: days(row, 19).unwrap_or(0),
        fence: i64::from(days(row, 20).unwrap_or(0)) * DAY,
        lot: LotRule {
            policy: policy(row, cost),
            minimum: decimal(4),
            multiple: step(row.int(5), row.int(7)),
            maximum: (row.int(18) > 0).then(|| decimal(18)),
        },
        cost,
        ..Item::default()
    }
}

fn policy(row: &Row, cost: f64) -> LotPolicy {
    let period = days(row, 15).unwrap_or(WEEK).max(1);
    let rule = match LotSizing::of(row.text(13)).unwrap_or(LotSizing::LotForLot) {
        LotSizing::LotForLot => return LotPolicy::LotForLot,
        LotSizing::FixedOrderQuantity => return LotPolicy::Fixed(Rational::from(Decimal6(row.int(14)))),
        LotSizing::PeriodOrderQuantity => return LotPolicy::PeriodOrderQuantity { days: period },
        LotSizing::EconomicOrderQuantity => Rule::EconomicOrderQuantity,
        LotSizing::SilverMeal => Rule::SilverMeal,
        LotSizing::LeastUnitCost => Rule::LeastUnitCost,
        LotSizing::WagnerWhitin => Rule::WagnerWhitin,
    };
    let percent_a_year = row.int(17) as f64 / 1e6;
    LotPolicy::Cost {
        rule,
        setup: row.int(16) as f64 / 1e6,
        holding: cost * percent_a_year / 100.0 * f64::from(period) / 365.0,
        days: period,
    }
}

fn days(row: &Row, column: usize) -> Option<u32> {
    row.get(column).as_int().and_then(|days| u32::try_from(days).ok())
}

/// The multiple of lots: what the product says, else what its unit can count.
pub(crate) fn step(multiple: i64, decimals: i64) -> Rational {
    let millionths =
        if multiple > 0 { multiple } else { 10i64.pow(6 - u32::try_from(decimals.clamp(0, 6)).unwrap_or(0)) };
    Rational::from(Decimal6(millionths))
}
