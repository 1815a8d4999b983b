//! Exact quantities of any depth: what a bill explodes into is never rounded on the way.

use crate::{Decimal6, Factor, NumberError};
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive, Zero};
use std::cmp::Ordering;
use std::fmt;
use std::num::NonZeroI64;
use std::ops::{Add, AddAssign, Mul, Neg, Sub, SubAssign};
use std::str::FromStr;

/// A rational number in lowest terms: 16 bytes while both parts fit 64 bits, which is nearly always, and exact beyond
/// (128 bits overflow at the seventh level of 0.0085525).
///
/// ```
/// # use numbers::Rational;
/// let per: Rational = "0.0085525".parse().expect("a number");
/// assert_eq!(&Rational::from(1_000_000) * &per, "8552.5".parse().expect("a number"));
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Rational(Form);

/// One number has one form: `Large` only where `Small` cannot hold it, so that equality is that of the parts.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Form {
    Small(i64, NonZeroI64),
    Large(Box<BigRational>),
}

const UNIT: NonZeroI64 = NonZeroI64::new(1).unwrap();

impl Rational {
    /// Nothing.
    pub const ZERO: Self = Self(Form::Small(0, UNIT));
    /// One.
    pub const ONE: Self = Self(Form::Small(1, UNIT));

    /// `numerator / denominator`, in lowest terms.
    pub fn new(numerator: i64, denominator: i64) -> Result<Self, NumberError> {
        if denominator == 0 {
            return Err(NumberError::ZeroDenominator);
        }
        Ok(Self::reduced(numerator.into(), denominator.into()))
    }

    /// Nothing is there.
    pub fn is_zero(&self) -> bool {
        matches!(self.0, Form::Small(0, _))
    }

    /// More than nothing.
    pub fn is_positive(&self) -> bool {
        match &self.0 {
            Form::Small(numerator, _) => *numerator > 0,
            Form::Large(large) => large.is_positive(),
        }
    }

    /// Less than nothing.
    pub fn is_negative(&self) -> bool {
        !self.is_zero() && !self.is_positive()
    }

    /// The quotient; by zero there is none.
    pub fn over(&self, other: &Self) -> Result<Self, NumberError> {
        if other.is_zero() {
            return Err(NumberError::ZeroDenominator);
        }
        if let (Form::Small(a, b), Form::Small(c, d)) = (&self.0, &other.0) {
            return Ok(Self::reduced(
                i128::from(*a) * i128::from(d.get()),
                i128::from(b.get()) * i128::from(*c),
            ));
        }
        Ok(Self::large(self.big() / other.big()))
    }

    /// The smallest whole number of steps that is not less, times the step: how lots are rounded up.
    /// A step of zero or less changes nothing.
    pub fn up_to_multiple(&self, step: &Self) -> Self {
        if !step.is_positive() {
            return self.clone();
        }
        if let (Form::Small(a, UNIT), Form::Small(s, UNIT)) = (&self.0, &step.0) {
            let steps = a.div_euclid(*s) + i64::from(a.rem_euclid(*s) != 0);
            if let Some(product) = steps.checked_mul(*s) {
                return Self::from(product);
            }
        }
        Self::large((self.big() / step.big()).ceil() * step.big())
    }

    /// The smallest whole number that is not less, where it fits.
    pub fn ceil(&self) -> Result<i64, NumberError> {
        match &self.0 {
            Form::Small(numerator, denominator) => {
                let d = denominator.get();
                Ok(numerator.div_euclid(d) + i64::from(numerator.rem_euclid(d) != 0))
            }
            Form::Large(large) => large.ceil().to_integer().to_i64().ok_or(NumberError::Overflow),
        }
    }

    /// Rounded once, half away from zero, to so many decimals: the physical step.
    pub fn round(&self, decimals: u32) -> Result<Decimal6, NumberError> {
        crate::round_quantity(Decimal6::ONE, &self.big(), decimals)
    }

    /// For charts and scores, where the last digit does not matter.
    pub fn to_f64(&self) -> f64 {
        match &self.0 {
            Form::Small(numerator, denominator) => *numerator as f64 / denominator.get() as f64,
            Form::Large(large) => large.to_f64().unwrap_or(f64::NAN),
        }
    }

    /// The smaller of both.
    pub fn at_most(&self, other: &Self) -> Self {
        if self <= other { self.clone() } else { other.clone() }
    }

    /// The larger of both.
    pub fn at_least(&self, other: &Self) -> Self {
        if self >= other { self.clone() } else { other.clone() }
    }

    fn reduced(numerator: i128, denominator: i128) -> Self {
        let divisor = gcd(numerator.unsigned_abs(), denominator.unsigned_abs());
        // The divisor of two products of 64 bits fits, and is zero for no denominator that is allowed.
        let divisor = i128::try_from(divisor).unwrap_or(1).max(1) * denominator.signum();
        let (numerator, denominator) = (numerator / divisor, denominator / divisor);
        let small =
            i64::try_from(numerator).ok().zip(i64::try_from(denominator).ok().and_then(NonZeroI64::new));
        match small {
            Some((numerator, denominator)) => Self(Form::Small(numerator, denominator)),
            None => Self(Form::Large(Box::new(BigRational::new(numerator.into(), denominator.into())))),
        }
    }

    fn large(number: BigRational) -> Self {
        let small = number.numer().to_i64().zip(number.denom().to_i64().and_then(NonZeroI64::new));
        match small {
            Some((numerator, denominator)) => Self(Form::Small(numerator, denominator)),
            None => Self(Form::Large(Box::new(number))),
        }
    }

    fn big(&self) -> BigRational {
        match &self.0 {
            Form::Small(numerator, denominator) => {
                BigRational::new_raw((*numerator).into(), denominator.get().into())
            }
            Form::Large(large) => (**large).clone(),
        }
    }
}

/// Euclid's algorithm; most divisors of business are one, and seen at once.
fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        if let (Ok(mut x), Ok(mut y)) = (u64::try_from(a), u64::try_from(b)) {
            // 64 bits divide several times faster than 128.
            while y != 0 {
                (x, y) = (y, x % y);
            }
            return x.into();
        }
        (a, b) = (b, a % b);
    }
    a
}

impl Default for Rational {
    fn default() -> Self {
        Self::ZERO
    }
}

impl From<i64> for Rational {
    fn from(whole: i64) -> Self {
        Self(Form::Small(whole, UNIT))
    }
}

impl From<Decimal6> for Rational {
    fn from(decimal: Decimal6) -> Self {
        Self::reduced(decimal.0.into(), Decimal6::SCALE.into())
    }
}

impl From<Factor> for Rational {
    fn from(factor: Factor) -> Self {
        Self::reduced(factor.numerator().into(), factor.denominator().into())
    }
}

impl Add for &Rational {
    type Output = Rational;
    fn add(self, other: Self) -> Rational {
        match (&self.0, &other.0) {
            (Form::Small(a, b), Form::Small(c, d)) => {
                if let (UNIT, UNIT, Some(sum)) = (*b, *d, a.checked_add(*c)) {
                    return Rational::from(sum);
                }
                let (a, b, c, d) = (i128::from(*a), i128::from(b.get()), i128::from(*c), i128::from(d.get()));
                Rational::reduced(a * d + c * b, b * d)
            }
            _ => Rational::large(self.big() + other.big()),
        }
    }
}

impl Neg for &Rational {
    type Output = Rational;
    fn neg(self) -> Rational {
        match &self.0 {
            Form::Small(a, b) => Rational::reduced(-i128::from(*a), b.get().into()),
            Form::Large(large) => Rational::large(-(**large).clone()),
        }
    }
}

impl Sub for &Rational {
    type Output = Rational;
    fn sub(self, other: Self) -> Rational {
        if let (Form::Small(a, UNIT), Form::Small(c, UNIT)) = (&self.0, &other.0)
            && let Some(difference) = a.checked_sub(*c)
        {
            return Rational::from(difference);
        }
        self + &-other
    }
}

impl Mul for &Rational {
    type Output = Rational;
    fn mul(self, other: Self) -> Rational {
        match (&self.0, &other.0) {
            (Form::Small(a, b), Form::Small(c, d)) => {
                if let (UNIT, UNIT, Some(product)) = (*b, *d, a.checked_mul(*c)) {
                    return Rational::from(product);
                }
                Rational::reduced(i128::from(*a) * i128::from(*c), i128::from(b.get()) * i128::from(d.get()))
            }
            _ => Rational::large(self.big() * other.big()),
        }
    }
}

impl AddAssign<&Rational> for Rational {
    fn add_assign(&mut self, other: &Rational) {
        *self = &*self + other;
    }
}

impl SubAssign<&Rational> for Rational {
    fn sub_assign(&mut self, other: &Rational) {
        *self = &*self - other;
    }
}

impl Ord for Rational {
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.0, &other.0) {
            (Form::Small(a, b), Form::Small(c, d)) if b == d => a.cmp(c),
            (Form::Small(a, b), Form::Small(c, d)) => {
                (i128::from(*a) * i128::from(d.get())).cmp(&(i128::from(*c) * i128::from(b.get())))
            }
            _ => self.big().cmp(&other.big()),
        }
    }
}

impl PartialOrd for Rational {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl std::iter::Sum for Rational {
    fn sum<I: Iterator<Item = Self>>(numbers: I) -> Self {
        numbers.fold(Self::ZERO, |sum, number| &sum + &number)
    }
}

impl FromStr for Rational {
    type Err = NumberError;
    /// `12`, `-0.0085525`, `2.5e-3` (as JSON writes small numbers), or `3/4`.
    fn from_str(text: &str) -> Result<Self, NumberError> {
        let text = text.trim();
        if let Some((above, below)) = text.split_once('/') {
            return above.parse::<Self>()?.over(&below.parse()?);
        }
        let (digits, exponent) = match text.split_once(['e', 'E']) {
            Some((digits, exponent)) => {
                (digits, exponent.parse::<i32>().map_err(|_| NumberError::NotANumber)?)
            }
            None => (text, 0),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let unsigned = whole.strip_prefix(['-', '+']).unwrap_or(whole);
        let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        // A bound on the exponent keeps a hostile text from asking for a number of a gigabyte.
        if unsigned.is_empty() || !all_digits(unsigned) || !all_digits(fraction) || exponent.abs() > 300 {
            return Err(NumberError::NotANumber);
        }
        let whole: BigInt = format!("{whole}{fraction}").parse().map_err(|_| NumberError::NotANumber)?;
        let places = exponent - i32::try_from(fraction.len()).map_err(|_| NumberError::Overflow)?;
        let power = BigInt::from(10).pow(places.unsigned_abs());
        Ok(Self::large(if places < 0 {
            BigRational::new(whole, power)
        } else {
            BigRational::from_integer(whole * power)
        }))
    }
}

impl fmt::Display for Rational {
    /// A decimal where it ends (`8552.5`), else a fraction (`1/3`).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Form::Small(whole, UNIT) = self.0 {
            return write!(f, "{whole}");
        }
        let big = self.big();
        let (mut rest, mut twos, mut fives) = (big.denom().clone(), 0u32, 0u32);
        for (prime, count) in [(2u8, &mut twos), (5, &mut fives)] {
            while (&rest % prime).is_zero() {
                rest /= prime;
                *count += 1;
            }
        }
        let places = twos.max(fives);
        if rest != BigInt::from(1) {
            return write!(f, "{}/{}", big.numer(), big.denom());
        }
        let digits = (big.abs() * BigInt::from(10).pow(places)).to_integer().to_string();
        let width = usize::try_from(places).unwrap_or(0);
        let digits = format!("{digits:0>least$}", least = width + 1);
        let (whole, fraction) = digits.split_at(digits.len() - width);
        let sign = if big.is_negative() { "-" } else { "" };
        if fraction.is_empty() { write!(f, "{sign}{whole}") } else { write!(f, "{sign}{whole}.{fraction}") }
    }
}

impl fmt::Debug for Rational {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::expect_used, reason = "a test stops at what should not happen")]
    use super::*;
    use proptest::prelude::*;

    fn number(text: &str) -> Rational {
        text.parse().expect("a number")
    }

    #[test]
    fn twelve_levels_deep_and_back() {
        let per = number("0.0085525");
        let mut quantity = Rational::from(1_000_000);
        for _ in 0..12 {
            quantity = &quantity * &per;
        }
        for _ in 0..12 {
            quantity = quantity.over(&per).expect("not zero");
        }
        assert_eq!(quantity, Rational::from(1_000_000));
        let weight = number("0.453592292");
        assert_eq!(number("970").over(&weight).map(|pieces| &pieces * &weight), Ok(Rational::from(970)));
        assert_eq!(std::mem::size_of::<Rational>(), 16);
    }

    #[test]
    fn texts() {
        for text in ["0", "-7", "8552.5", "1/3", "-0.0085525", "123456789012345678901234567890.5"] {
            assert_eq!(number(text).to_string(), text);
        }
        assert_eq!(number("2.5e-3"), number("1/400"));
        for text in ["", "-", "1/0", "a", "1.2.3", "1e999"] {
            assert!(text.parse::<Rational>().is_err(), "{text}");
        }
    }

    proptest! {
        /// Against num-rational alone, with parts so large that both forms and the step between them occur.
        #[test]
        fn as_the_library_says(a in any::<i64>(), b in 1i64.., c in any::<i64>(), d in 1i64.., step in 1i64..1000) {
            let (x, y) = (Rational::new(a, b).expect("not zero"), Rational::new(c, d).expect("not zero"));
            let (p, q) = (BigRational::new(a.into(), b.into()), BigRational::new(c.into(), d.into()));
            prop_assert_eq!((&x + &y).big(), &p + &q);
            prop_assert_eq!((&x - &y).big(), &p - &q);
            prop_assert_eq!((&x * &y).big(), &p * &q);
            prop_assert_eq!(x.cmp(&y), p.cmp(&q));
            prop_assert_eq!(&(&x + &y) - &y, x.clone());
            if c != 0 { prop_assert_eq!(x.over(&y).expect("not zero").big(), &p / &q); }
            let step = Rational::from(step);
            let up = x.up_to_multiple(&step);
            prop_assert!(up >= x && &up - &step < x && up.over(&step).expect("not zero").big().is_integer());
        }
    }
}
