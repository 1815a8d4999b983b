//! In how many ways a bill counts over time.

use super::{Known, Recipes, Way};
use kernel::Result;
use numbers::Date;

impl Recipes {
    /// The ways in which a product is made from a day on, the highest revision first, each for the days and the lots
    /// for which its bill and all of its lines stay the same.
    ///
    /// # Errors
    /// Days beyond the calendar.
    pub fn ways(&self, product: i64, from: Date) -> Result<Vec<Way>> {
        let mut ways = Vec::new();
        let bills = self.of_product.get(&product).into_iter().flatten().filter_map(|id| self.bills.get(id));
        for bill in bills.filter(|bill| bill.makes() && bill.dates.1.is_none_or(|last| last >= from)) {
            bill.ways(from, &mut ways)?;
        }
        Ok(ways)
    }

    /// The same of one bill, whoever it is for.
    ///
    /// # Errors
    /// As there.
    pub fn ways_of_bill(&self, bill: i64, from: Date) -> Result<Vec<Way>> {
        let mut ways = Vec::new();
        self.bills.get(&bill).map_or(Ok(()), |bill| bill.ways(from, &mut ways))?;
        Ok(ways)
    }
}

impl Known {
    fn ways(&self, from: Date, ways: &mut Vec<Way>) -> Result<()> {
        let mut from = self.dates.0.map_or(from, |first| first.max(from));
        let mut cuts = Vec::new();
        for line in &self.lines {
            cuts.extend(line.dates.0);
            cuts.extend(line.dates.1.map(|last| last.plus_days(1)).transpose()?);
        }
        cuts.retain(|cut| *cut > from && self.dates.1.is_none_or(|last| *cut <= last));
        cuts.sort_unstable();
        cuts.dedup();
        for cut in cuts {
            let until = Some(cut.plus_days(-1)?);
            ways.push(Way { bill: self.id, from, until, lots: self.lots.clone() });
            from = cut;
        }
        ways.push(Way { bill: self.id, from, until: self.dates.1, lots: self.lots.clone() });
        Ok(())
    }
}
