//! Money: amounts, line nets, VAT, and sharing an amount out without losing a cent.

use crate::{Decimal6, NumberError, divide, format_scaled, parse_scaled};
use std::{fmt, str::FromStr};

/// An amount in whole minor units (cents). Its currency stands once, on the document.
///
/// ```
/// # use numbers::Money;
/// assert_eq!("1240.00".parse(), Ok(Money(124_000)));
/// assert_eq!(Money(-5).to_string(), "-0.05");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(pub i64);

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// The sum, or an error where it does not fit.
    pub fn plus(self, other: Self) -> Result<Self, NumberError> {
        self.0.checked_add(other.0).map(Self).ok_or(NumberError::Overflow)
    }

    /// The difference, or an error where it does not fit.
    pub fn minus(self, other: Self) -> Result<Self, NumberError> {
        self.0.checked_sub(other.0).map(Self).ok_or(NumberError::Overflow)
    }

    /// The opposite amount.
    pub fn negated(self) -> Result<Self, NumberError> {
        self.0.checked_neg().map(Self).ok_or(NumberError::Overflow)
    }

    /// The sum of many, or an error where it does not fit.
    pub fn sum(amounts: impl IntoIterator<Item = Self>) -> Result<Self, NumberError> {
        amounts.into_iter().try_fold(Self::ZERO, Self::plus)
    }

    /// The same amount as a decimal, for calculations with quantities.
    pub fn to_decimal(self) -> Result<Decimal6, NumberError> {
        self.0.checked_mul(10_000).map(Decimal6).ok_or(NumberError::Overflow)
    }

    /// A decimal rounded once to cents.
    pub fn from_decimal(decimal: Decimal6) -> Result<Self, NumberError> {
        Self::from_i128(divide(i128::from(decimal.0), 10_000)?)
    }

    fn from_i128(minor: i128) -> Result<Self, NumberError> {
        i64::try_from(minor).map(Self).map_err(|_| NumberError::Overflow)
    }
}

impl FromStr for Money {
    type Err = NumberError;
    fn from_str(text: &str) -> Result<Self, NumberError> {
        parse_scaled(text, 2).map(Self)
    }
}

impl fmt::Display for Money {
    /// Always with two decimals: `1240.00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format_scaled(self.0, 2))
    }
}

const HUNDRED_PERCENT: i128 = 100 * Decimal6::SCALE as i128;

/// A line's net amount: quantity × price less the discount, rounded once to cents.
/// EN 16931 BT-131; its rule BR-DEC-23 allows the result two decimals, and a price more.
pub fn line_net(
    quantity: Decimal6,
    unit_price: Decimal6,
    discount_percent: Decimal6,
) -> Result<Money, NumberError> {
    let left = HUNDRED_PERCENT - i128::from(discount_percent.0);
    if !(0..=HUNDRED_PERCENT).contains(&left) {
        return Err(NumberError::Discount);
    }
    let exact = (i128::from(quantity.0) * i128::from(unit_price.0)).checked_mul(left);
    // Scales: 10⁻⁶ · 10⁻⁶ · (10⁻⁶ of a percent = 10⁻⁸), and a cent is 10⁻².
    Money::from_i128(divide(exact.ok_or(NumberError::Overflow)?, 10i128.pow(6 + 6 + 8 - 2))?)
}

/// VAT on the base of one category, rounded once to cents (EN 16931 BR-CO-17: BT-117 = BT-116 × BT-119 / 100).
pub fn vat(base: Money, rate_percent: Decimal6) -> Result<Money, NumberError> {
    let exact = i128::from(base.0) * i128::from(check_rate(rate_percent)?);
    Money::from_i128(divide(exact, HUNDRED_PERCENT)?)
}

/// The net amount within a gross one. Its VAT is the difference, so that both add up to what was paid.
pub fn gross_to_net(gross: Money, rate_percent: Decimal6) -> Result<Money, NumberError> {
    let exact = i128::from(gross.0) * HUNDRED_PERCENT;
    Money::from_i128(divide(exact, HUNDRED_PERCENT + i128::from(check_rate(rate_percent)?))?)
}

fn check_rate(rate_percent: Decimal6) -> Result<i64, NumberError> {
    if rate_percent.0 < 0 { Err(NumberError::Rate) } else { Ok(rate_percent.0) }
}

/// One row of a document's VAT breakdown (EN 16931 BG-23).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CategoryTotal<K> {
    /// What makes the category: a tax code, or category and rate.
    pub category: K,
    /// Percent.
    pub rate: Decimal6,
    /// Sum of the line nets (BT-116).
    pub base: Money,
    /// VAT on that sum (BT-117).
    pub tax: Money,
}

/// The VAT breakdown of a document: VAT is rounded once per category and rate on the sum of line nets, never
/// per line (EN 16931 BR-CO-14, BR-CO-17, BR-S-08). Categories stand in the order of their first line.
pub fn round_per_category<K: PartialEq>(
    lines: impl IntoIterator<Item = (K, Decimal6, Money)>,
) -> Result<Vec<CategoryTotal<K>>, NumberError> {
    let mut totals: Vec<CategoryTotal<K>> = Vec::new();
    for (category, rate, net) in lines {
        match totals.iter_mut().find(|t| t.category == category && t.rate == rate) {
            Some(total) => total.base = total.base.plus(net)?,
            None => totals.push(CategoryTotal { category, rate, base: net, tax: Money::ZERO }),
        }
    }
    for total in &mut totals {
        total.tax = vat(total.base, total.rate)?;
    }
    Ok(totals)
}

/// Shares an amount by weights so that the parts add up to it exactly. Each part is cut down to whole cents, and
/// the cents left over go to the largest remainders, the earlier first among equals.
pub fn allocate(total: Money, weights: &[i64]) -> Result<Vec<Money>, NumberError> {
    let sum: i128 = weights.iter().map(|&w| i128::from(w)).sum();
    if sum <= 0 || weights.iter().any(|&w| w < 0) {
        return Err(NumberError::Weights);
    }
    let magnitude = i128::from(total.0).abs();
    let sign = i128::from(total.0.signum());
    let shares = weights.iter().map(|&w| magnitude * i128::from(w));
    let mut parts: Vec<i128> = shares.clone().map(|share| share / sum).collect();
    let mut by_remainder: Vec<(i128, &mut i128)> = shares.map(|s| s % sum).zip(parts.iter_mut()).collect();
    by_remainder.sort_by_key(|(remainder, _)| std::cmp::Reverse(*remainder));
    let mut left = magnitude - by_remainder.iter().map(|(_, part)| **part).sum::<i128>();
    for (_, part) in by_remainder {
        if left == 0 {
            break;
        }
        *part += 1;
        left -= 1;
    }
    parts.into_iter().map(|part| Money::from_i128(part * sign)).collect()
}
