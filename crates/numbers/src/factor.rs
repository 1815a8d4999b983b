//! Conversions of units and amounts in bills: exact until the physical step.

use crate::{Decimal6, NumberError, divide};
use num_bigint::BigInt;
use num_rational::{BigRational, Ratio};
use num_traits::{Signed, ToPrimitive};

/// An exact ratio: a box is 12/1 pieces, a bill takes 17105/2000000 of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Factor {
    numerator: i64,
    denominator: i64,
}

impl Factor {
    /// The ratio in lowest terms, its denominator positive.
    pub fn new(numerator: i64, denominator: i64) -> Result<Self, NumberError> {
        if denominator == 0 {
            return Err(NumberError::ZeroDenominator);
        }
        let ratio = Ratio::new(i128::from(numerator), i128::from(denominator));
        let part = |value: &i128| i64::try_from(*value).map_err(|_| NumberError::Overflow);
        Ok(Self { numerator: part(ratio.numer())?, denominator: part(ratio.denom())? })
    }

    /// A decimal as a ratio, without loss: 0.0085525 has seven decimals and needs [`Factor::new`].
    pub fn from_decimal(decimal: Decimal6) -> Result<Self, NumberError> {
        Self::new(decimal.0, Decimal6::SCALE)
    }

    /// Above the line.
    pub fn numerator(self) -> i64 {
        self.numerator
    }

    /// Below the line; never zero or negative.
    pub fn denominator(self) -> i64 {
        self.denominator
    }

    /// The way back.
    pub fn inverse(self) -> Result<Self, NumberError> {
        Self::new(self.denominator, self.numerator)
    }

    /// The quantity converted and rounded once to the target unit's precision (decimals, at most six).
    /// For a chain of conversions use [`explode`] and [`round_quantity`], so that only its end is rounded.
    pub fn apply(self, quantity: Decimal6, precision: u32) -> Result<Decimal6, NumberError> {
        let step = 10i128.pow(6u32.saturating_sub(precision));
        let exact = i128::from(quantity.0) * i128::from(self.numerator);
        let divisor = i128::from(self.denominator) * step;
        let steps = divide(exact, divisor)?;
        Decimal6::from_i128(steps.checked_mul(step).ok_or(NumberError::Overflow)?)
    }

    fn ratio(self) -> BigRational {
        BigRational::new(self.numerator.into(), self.denominator.into())
    }
}

/// The product of a whole path of factors, exact at any depth (128 bits overflow at the seventh level of 0.0085525).
pub fn explode(path: &[Factor]) -> BigRational {
    path.iter().fold(BigRational::from_integer(BigInt::from(1)), |product, factor| product * factor.ratio())
}

/// The physical step: quantity × exact ratio, rounded once, half away from zero, to the unit's precision.
pub fn round_quantity(
    quantity: Decimal6,
    ratio: &BigRational,
    precision: u32,
) -> Result<Decimal6, NumberError> {
    let step = BigInt::from(10i64.pow(6u32.saturating_sub(precision)));
    let steps = ratio * BigInt::from(quantity.0) / &step;
    let half = BigRational::new(BigInt::from(1), BigInt::from(2));
    let magnitude = (steps.abs() + half).floor().to_integer() * step;
    let millionths = if steps.is_negative() { -magnitude } else { magnitude };
    millionths.to_i64().map(Decimal6).ok_or(NumberError::Overflow)
}
