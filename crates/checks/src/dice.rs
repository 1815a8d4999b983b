//! Chance that comes again with its seed.

/// Numbers that look random and are the same for the same seed (Knuth's MMIX generator).
pub struct Dice(pub u64);

impl Dice {
    /// A number from 0 to below `sides`.
    pub fn throw(&mut self, sides: u64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from((self.0 >> 33) % sides).unwrap_or_default()
    }

    /// One of these, if there is any.
    pub fn one_of<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        let n = u64::try_from(from.len()).unwrap_or_default();
        if n == 0 { None } else { from.get(usize::try_from(self.throw(n)).unwrap_or_default()) }
    }
}
