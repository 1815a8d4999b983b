//! Effectivity by serial number: which of the units that are made take a line of a bill.
//!
//! Units are numbered one after the other. An order's first number is typed or follows the last of all orders before it
//! that were not given up, so its units have the numbers `first`, `first + 1`, …: a line with a range counts for those of
//! them that are within it, and with dates only while the day is within them as well.

use kernel::{Refusal, Result, refuse};
use numbers::{Decimal6, Rational};

/// The first and the last number for which something counts; for all of them where empty.
pub(crate) type Range = (Option<i64>, Option<i64>);

/// What both ranges allow.
pub(crate) fn both(a: Range, b: Range) -> Range {
    let later = |a: Option<i64>, b: Option<i64>| a.into_iter().chain(b).max();
    let earlier = |a: Option<i64>, b: Option<i64>| a.into_iter().chain(b).min();
    (later(a.0, b.0), earlier(a.1, b.1))
}

/// Faults of a range that is typed.
pub(crate) fn fault((from, until): Range) -> Option<Refusal> {
    let wrong = from.is_some_and(|n| n < 1)
        || until.is_some_and(|n| n < 1)
        || matches!((from, until), (Some(from), Some(until)) if until < from);
    wrong.then(|| refuse("production.serial_range"))
}

/// Units that follow one another: from the first to before the end. A part of a unit is a part of its number.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Span {
    from: Rational,
    end: Rational,
}

impl Span {
    pub fn new(first: i64, units: &Rational) -> Self {
        let from = Rational::from(first);
        let end = &from + units;
        Self { from, end }
    }

    /// Those of them that are within a range; none has no length.
    pub fn within(&self, (from, until): Range) -> Self {
        let start = from.map_or(self.from.clone(), |n| Rational::from(n).at_least(&self.from));
        let end = until.map_or(self.end.clone(), |n| Rational::from(n.saturating_add(1)).at_most(&self.end));
        Self { end: end.at_least(&start), from: start }
    }

    pub fn units(&self) -> Rational {
        &self.end - &self.from
    }

    /// The part of these units that is within a range.
    ///
    /// # Errors
    /// Figures beyond all measure.
    pub fn part(&self, range: Range) -> Result<Rational> {
        let all = self.units();
        if range == (None, None) || !all.is_positive() {
            return Ok(Rational::ONE);
        }
        Ok(self.within(range).units().over(&all)?)
    }
}

/// Of an order for so many from a number on, of which so large a part is through: the part of what a line takes in all that
/// its units have taken, the lowest numbers first.
///
/// # Errors
/// Figures beyond all measure.
pub(crate) fn taken(
    first: Option<i64>,
    quantity: Decimal6,
    range: Range,
    through: Rational,
) -> Result<Rational> {
    let Some(first) = first.filter(|_| range != (None, None)) else { return Ok(through) };
    let quantity = Rational::from(quantity);
    let all = Span::new(first, &quantity).within(range).units();
    if !all.is_positive() {
        return Ok(through);
    }
    let so_far = Span::new(first, &(&quantity * &through)).within(range).units();
    Ok(so_far.over(&all)?)
}

#[cfg(test)]
mod tests {
    use super::{Span, both, taken};
    use numbers::{Decimal6, Rational};

    fn exact(text: &str) -> Rational {
        text.parse().unwrap_or_else(|e| panic!("{text}: {e}"))
    }

    #[test]
    fn the_part_within_a_range() {
        // Numbers 8 to 12, of which 8, 9 and 10 are up to 10.
        let five = Span::new(8, &exact("5"));
        let part = |range| five.part(range).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(part((None, Some(10))), exact("3/5"));
        assert_eq!(part((Some(11), None)), exact("2/5"));
        assert_eq!(part((Some(13), None)), exact("0"));
        assert_eq!(part((None, Some(7))), exact("0"));
        assert_eq!(part((Some(9), Some(9))), exact("1/5"));
        assert_eq!(part((None, None)), exact("1"));
        assert_eq!(both((Some(3), None), (Some(5), Some(9))), (Some(5), Some(9)));
    }

    #[test]
    fn the_lowest_numbers_are_through_first() {
        // Four of ten are through: those up to 11 of the numbers 8 to 17.
        let of = |range| {
            taken(Some(8), Decimal6(10_000_000), range, exact("2/5")).unwrap_or_else(|e| panic!("{e}"))
        };
        assert_eq!(of((None, Some(10))), exact("1"));
        assert_eq!(of((Some(11), None)), exact("1/7"));
        assert_eq!(of((None, None)), exact("2/5"));
    }
}
