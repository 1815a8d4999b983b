//! Numbers of business: money, exact quantities, conversions, dates, and the check digits on papers.
//!
//! Everything here is pure: no database, no clock, no language. A float never occurs. Whatever does not fit
//! is a [`NumberError`], never a wrapped or silently rounded figure. Rounding is always half away from zero
//! and happens once, where the rule says so:
//! - a line's net amount, from quantity, price and discount: [`line_net`];
//! - VAT once per category on the sum of line nets: [`vat`], [`round_per_category`];
//! - a quantity at the physical step, to its unit's precision: [`Factor::apply`], [`round_quantity`].

mod decimal;
mod factor;
mod iban;
mod money;
mod rational;
mod reference;
mod tax_number;
mod time;

pub use decimal::Decimal6;
pub use factor::{Factor, explode, round_quantity};
pub use iban::{check_iban, group_by_four};
pub use money::{CategoryTotal, Money, allocate, gross_to_net, line_net, round_per_category, vat};
pub use rational::Rational;
pub use reference::{check_reference, make_rf, make_si00, make_si12};
pub use tax_number::check_slovenian_tax_number;
pub use time::{Date, Instant};

/// Why a number, date or reference could not be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// The result is larger than the type holds.
    #[error("the number is too large")]
    Overflow,
    /// The text is not a number in the form `-1234.56`.
    #[error("not a number")]
    NotANumber,
    /// More decimals than the type keeps; nothing is rounded silently.
    #[error("more than {0} decimals")]
    TooManyDecimals(u32),
    /// Discounts lie between 0 and 100 percent.
    #[error("a discount lies between 0 and 100 percent")]
    Discount,
    /// A tax rate is zero or more.
    #[error("a rate cannot be negative")]
    Rate,
    /// Weights must not be negative, and at least one must be above zero.
    #[error("weights must be zero or more, and not all zero")]
    Weights,
    /// A conversion needs a denominator other than zero.
    #[error("a factor cannot have the denominator zero")]
    ZeroDenominator,
    /// Not a calendar date in the form `2026-11-24`, or outside the calendar.
    #[error("not a date")]
    NotADate,
    /// Not an instant in the form `2026-11-24T14:00:00Z`, or outside the calendar.
    #[error("not an instant")]
    NotAnInstant,
    /// Wrong characters or length for the kind of identifier.
    #[error("wrong form")]
    Form,
    /// The form is right, a digit is mistyped.
    #[error("the check digit does not fit: a digit is mistyped")]
    CheckDigit,
}

/// `numerator / denominator`, rounded half away from zero. EN 16931 asks for two decimals (BR-DEC rules) and leaves
/// the method open; this one keeps a credit note the mirror of its invoice.
pub(crate) fn divide(numerator: i128, denominator: i128) -> Result<i128, NumberError> {
    let quotient = numerator.checked_div(denominator).ok_or(NumberError::ZeroDenominator)?;
    let remainder = numerator.checked_rem(denominator).ok_or(NumberError::ZeroDenominator)?;
    // Twice the remainder reaches the denominator: compared without doubling, which could overflow.
    if remainder.unsigned_abs() < denominator.unsigned_abs() - remainder.unsigned_abs() {
        return Ok(quotient);
    }
    quotient.checked_add(numerator.signum() * denominator.signum()).ok_or(NumberError::Overflow)
}

/// Reads `-1234.56` into whole units of 10⁻ᵈᵉᶜⁱᵐᵃˡˢ. Zeros beyond the last kept decimal lose nothing and are allowed.
pub(crate) fn parse_scaled(text: &str, decimals: u32) -> Result<i64, NumberError> {
    let text = text.trim();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) || digits.ends_with('.') {
        return Err(NumberError::NotANumber);
    }
    let kept = fraction.len().min(decimals as usize);
    let (kept, rest) = fraction.split_at(kept);
    if rest.bytes().any(|b| b != b'0') {
        return Err(NumberError::TooManyDecimals(decimals));
    }
    let padding = std::iter::repeat_n(b'0', decimals as usize - kept.len());
    let mut value: i128 = 0;
    for byte in whole.bytes().chain(kept.bytes()).chain(padding) {
        value = value
            .checked_mul(10)
            .and_then(|v| v.checked_add(i128::from(byte - b'0')))
            .ok_or(NumberError::Overflow)?;
    }
    i64::try_from(if negative { -value } else { value }).map_err(|_| NumberError::Overflow)
}

/// Writes whole units of 10⁻ᵈᵉᶜⁱᵐᵃˡˢ with all their decimals: `-1234.56`.
pub(crate) fn format_scaled(value: i64, decimals: u32) -> String {
    let scale = 10u64.pow(decimals);
    let sign = if value < 0 { "-" } else { "" };
    let magnitude = value.unsigned_abs();
    format!("{sign}{}.{:0width$}", magnitude / scale, magnitude % scale, width = decimals as usize)
}
