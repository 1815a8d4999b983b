//! Why an order has cost more than the standard of what it made.
//!
//! The classic split: each cause is a difference of one factor at the standard of the other (APICS, *cost variances*).
//! Price: (real - standard price) × used. Usage: (used - allowed for what went through) × standard price. Rate:
//! (real - standard rate) × worked. Efficiency: (worked - allowed for what went through) × standard rate. Lot: set-up of
//! this order less what the standard gives so many good ones of it. Yield: what went through and was lost beyond the
//! planned part. Method: what is left, which is the recipe of this order against the one that the standard was rolled up
//! from, and cents; so the causes add up to what is left in the work.

use super::{WorkOrder, WorkOrderLine, WorkOrderOperation};
use catalog::products;
use kernel::{Context, Result};
use numbers::{Decimal6, Money, Rational};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Variances {
    pub price: Money,
    pub usage: Money,
    pub rate: Money,
    pub efficiency: Money,
    pub lot: Money,
    pub yields: Money,
    pub method: Money,
}

/// A component: its standard price, what was used and what it cost, what the whole order wants, and the part of the pieces
/// that have gone through where it is taken.
#[derive(Clone, Debug)]
struct Used {
    standard: Decimal6,
    used: Decimal6,
    cost: Money,
    planned: Decimal6,
    through: Rational,
}

/// An operation: the standard of its hour (of a piece where it is bought), what it took, what was planned.
#[derive(Clone, Copy, Debug)]
struct Worked {
    standard: Decimal6,
    is_bought: bool,
    minutes: Decimal6,
    cost: Money,
    setup_minutes: Decimal6,
    run_minutes: Decimal6,
    through: Decimal6,
    planned: Decimal6,
}

/// What an order has made of what was to be made.
#[derive(Clone, Copy, Debug)]
struct Made {
    quantity: Decimal6,
    good: Decimal6,
    /// Over which the standard spreads set-up.
    lot: Decimal6,
}

impl WorkOrder {
    /// What is left in the work of a product that is valued at its standard, by cause.
    pub(super) fn variances(&self, lot: Decimal6, cx: &mut Context) -> Result<Variances> {
        let services = self.operations.iter().filter_map(|o| o.outside);
        let known = products(self.components.iter().map(|l| l.product).chain(services), cx)?;
        let standard = |id: i64| known.get(&id).map_or(Decimal6::ZERO, |p| p.standard_cost);
        let mut used = Vec::with_capacity(self.components.len());
        for line in &self.components {
            used.push(line.used(standard(line.product.id()), self.taken(line)?));
        }
        let mut worked = Vec::with_capacity(self.operations.len());
        for operation in &self.operations {
            let rate = match operation.outside {
                Some(service) => standard(service.id()),
                None => cx.read(operation.work_center)?.standard_rate(),
            };
            worked.push(operation.worked(rate)?);
        }
        let made = Made {
            quantity: self.quantity,
            good: self.completed,
            lot: if lot.0 > 0 { lot } else { Decimal6::ONE },
        };
        by_cause(made, &used, &worked, self.wip)
    }
}

impl WorkOrderLine {
    fn used(&self, standard: Decimal6, through: Rational) -> Used {
        Used { standard, used: self.issued, cost: self.value, planned: self.quantity, through }
    }
}

impl WorkOrderOperation {
    fn worked(&self, standard: Decimal6) -> Result<Worked> {
        Ok(Worked {
            standard,
            is_bought: self.outside.is_some(),
            minutes: self.minutes,
            cost: self.cost,
            setup_minutes: self.setup_minutes,
            run_minutes: self.run_minutes,
            through: self.good.plus(self.scrapped)?,
            planned: self.quantity,
        })
    }
}

/// The split, exact until each figure is rounded to cents.
fn by_cause(made: Made, used: &[Used], worked: &[Worked], left: Money) -> Result<Variances> {
    let zero = || Rational::ZERO;
    let (mut price, mut usage, mut yields) = (zero(), zero(), zero());
    let (mut rate, mut efficiency, mut lot) = (zero(), zero(), zero());
    let good = part(made.good, made.quantity)?;
    for one in used {
        let standard = Rational::from(one.standard);
        let (taken, planned) = (Rational::from(one.used), Rational::from(one.planned));
        price += &(&amount(one.cost)? - &(&taken * &standard));
        usage += &(&(&taken - &(&one.through * &planned)) * &standard);
        yields += &(&(&(&one.through - &good) * &planned) * &standard);
    }
    for one in worked {
        let (pieces, planned) = (Rational::from(one.through), &good * &Rational::from(one.planned));
        let lost = &pieces - &planned;
        if one.is_bought {
            let standard = Rational::from(one.standard);
            price += &(&amount(one.cost)? - &(&pieces * &standard));
            yields += &(&lost * &standard);
            continue;
        }
        let standard = Rational::from(one.standard).over(&Rational::from(60))?;
        let (minutes, run) = (Rational::from(one.minutes), Rational::from(one.run_minutes));
        let setup = Rational::from(one.setup_minutes);
        rate += &(&amount(one.cost)? - &(&minutes * &standard));
        // What was never begun was never set up.
        let begun = one.through.0 > 0 || one.minutes.0 > 0;
        let own = if begun { setup.clone() } else { zero() };
        efficiency += &(&(&minutes - &(&own + &(&pieces * &run))) * &standard);
        yields += &(&(&lost * &run) * &standard);
        lot += &(&(&own - &(&setup * &part(made.good, made.lot)?)) * &standard);
    }
    let cents = |exact: &Rational| -> Result<Money> { Ok(Money::from_decimal(exact.round(2)?)?) };
    let mut found = Variances {
        price: cents(&price)?,
        usage: cents(&usage)?,
        rate: cents(&rate)?,
        efficiency: cents(&efficiency)?,
        lot: cents(&lot)?,
        yields: cents(&yields)?,
        method: Money(0),
    };
    let named = [found.price, found.usage, found.rate, found.efficiency, found.lot, found.yields].into_iter();
    found.method = left.minus(Money::sum(named)?)?;
    Ok(found)
}

fn part(of: Decimal6, all: Decimal6) -> Result<Rational> {
    Ok(Rational::from(of).over(&Rational::from(all))?)
}

fn amount(money: Money) -> Result<Rational> {
    Ok(Rational::from(money.to_decimal()?))
}

#[cfg(test)]
mod tests {
    use super::{Made, Used, Variances, Worked, by_cause};
    use numbers::{Decimal6, Money, Rational};

    fn number(text: &str) -> Decimal6 {
        text.parse().unwrap_or_else(|e| panic!("{text}: {e}"))
    }

    /// Worked by hand. Standard of one: 2 kg at 5.00 and 6 minutes at 40.00 an hour with 30 minutes of set-up over a lot
    /// of 60: 10.00 + 4.00 + 0.3333 = 14.3333, taken as 14.34. Order of 50, none of it planned as scrap; 48 good, 2 scrap.
    /// Material: 104 kg for 540.80. Hours: 345 minutes at 42.00.
    #[test]
    fn each_cause_by_hand() {
        let made = Made { quantity: number("50"), good: number("48"), lot: number("60") };
        let material = Used {
            standard: number("5"),
            used: number("104"),
            cost: Money(54_080),
            planned: number("100"),
            through: Rational::ONE,
        };
        let hours = Worked {
            standard: number("40"),
            is_bought: false,
            minutes: number("345"),
            cost: Money(24_150),
            setup_minutes: number("30"),
            run_minutes: number("6"),
            through: number("50"),
            planned: number("50"),
        };
        // 540.80 + 241.50 - 48 × 14.34 = 782.30 - 688.32
        let left = Money(9_398);
        let found = by_cause(made, &[material], &[hours], left).unwrap_or_else(|e| panic!("{e}"));
        let expected = Variances {
            // 540.80 - 104 × 5.00
            price: Money(2_080),
            // (104 - 100) × 5.00
            usage: Money(2_000),
            // 241.50 - 345 × 40 / 60
            rate: Money(1_150),
            // (345 - 30 - 300) × 40 / 60
            efficiency: Money(1_000),
            // (30 - 30 × 48 / 60) × 40 / 60
            lot: Money(400),
            // Two pieces: 4 kg × 5.00 and 12 minutes × 40 / 60
            yields: Money(2_800),
            // 48 × (14.3333 - 14.34) = -0.32
            method: Money(-32),
        };
        assert_eq!(found, expected);
    }
}
