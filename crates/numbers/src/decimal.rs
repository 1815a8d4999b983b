//! Unit prices, quantities and percentages: whole millionths.

use crate::{NumberError, divide, format_scaled, parse_scaled};
use std::{fmt, str::FromStr};

/// A decimal number of at most six decimals, kept as whole millionths.
///
/// ```
/// # use numbers::Decimal6;
/// assert_eq!("2024.9940".parse(), Ok(Decimal6(2_024_994_000)));
/// assert_eq!(Decimal6(2_024_994_000).to_string(), "2024.994");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimal6(pub i64);

impl Decimal6 {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// One.
    pub const ONE: Self = Self(Self::SCALE);
    /// Millionths in one.
    pub const SCALE: i64 = 1_000_000;

    /// A whole number.
    pub fn from_whole(whole: i64) -> Result<Self, NumberError> {
        whole.checked_mul(Self::SCALE).map(Self).ok_or(NumberError::Overflow)
    }

    /// The sum, or an error where it does not fit.
    pub fn plus(self, other: Self) -> Result<Self, NumberError> {
        self.0.checked_add(other.0).map(Self).ok_or(NumberError::Overflow)
    }

    /// The difference, or an error where it does not fit.
    pub fn minus(self, other: Self) -> Result<Self, NumberError> {
        self.0.checked_sub(other.0).map(Self).ok_or(NumberError::Overflow)
    }

    /// The opposite number.
    pub fn negated(self) -> Result<Self, NumberError> {
        self.0.checked_neg().map(Self).ok_or(NumberError::Overflow)
    }

    /// The product, rounded once to six decimals.
    pub fn times(self, other: Self) -> Result<Self, NumberError> {
        let product = i128::from(self.0) * i128::from(other.0);
        Self::from_i128(divide(product, i128::from(Self::SCALE))?)
    }

    /// The quotient, rounded once to six decimals.
    pub fn over(self, other: Self) -> Result<Self, NumberError> {
        Self::from_i128(divide(i128::from(self.0) * i128::from(Self::SCALE), i128::from(other.0))?)
    }

    /// The sum of many, or an error where it does not fit.
    pub fn sum(numbers: impl IntoIterator<Item = Self>) -> Result<Self, NumberError> {
        numbers.into_iter().try_fold(Self::ZERO, Self::plus)
    }

    /// Rounded to so many decimals (six or more change nothing).
    pub fn round(self, decimals: u32) -> Result<Self, NumberError> {
        let step = 10i128.pow(6u32.saturating_sub(decimals));
        Self::from_i128(divide(i128::from(self.0), step)? * step)
    }

    /// Nothing is left after so many decimals.
    pub fn fits(self, decimals: u32) -> bool {
        self.0 % 10i64.pow(6u32.saturating_sub(decimals)) == 0
    }

    pub(crate) fn from_i128(millionths: i128) -> Result<Self, NumberError> {
        i64::try_from(millionths).map(Self).map_err(|_| NumberError::Overflow)
    }
}

impl FromStr for Decimal6 {
    type Err = NumberError;
    fn from_str(text: &str) -> Result<Self, NumberError> {
        parse_scaled(text, 6).map(Self)
    }
}

impl fmt::Display for Decimal6 {
    /// Without zeros at the end: `5`, `0.5`, `2024.994`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format_scaled(self.0, 6);
        f.pad(text.trim_end_matches('0').trim_end_matches('.'))
    }
}
