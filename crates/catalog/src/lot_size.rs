//! How much of a product is made or bought at once, and how long before it is needed.

use crate::Product;
use kernel::{Choice, Refusal, refuse};

/// The lot-sizing technique (APICS Dictionary): how needs are put together into one lot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum LotSizing {
    /// Each need by itself.
    LotForLot,
    /// Always the same quantity, as often as it takes.
    FixedOrderQuantity,
    /// What is needed in so many days.
    PeriodOrderQuantity,
    /// The quantity of F. W. Harris (1913), in whole periods.
    EconomicOrderQuantity,
    /// As many periods as lower the cost per period.
    SilverMeal,
    /// As many periods as lower the cost per unit.
    LeastUnitCost,
    /// The cheapest of all plans.
    WagnerWhitin,
}

impl LotSizing {
    /// Whether it weighs the cost of one more lot against that of stock.
    #[must_use]
    pub fn weighs_costs(self) -> bool {
        !matches!(self, Self::LotForLot | Self::FixedOrderQuantity | Self::PeriodOrderQuantity)
    }
}

/// Ten years.
const LONGEST: i64 = 3_660;

impl Product {
    /// Each technique needs its own figures.
    pub(crate) fn faults_of_lot_size(&self) -> Vec<Refusal> {
        let mut faults = Vec::new();
        let sizing = self.lot_sizing;
        if sizing == LotSizing::FixedOrderQuantity && self.lot_quantity.0 <= 0 {
            faults.push(refuse("catalog.lot_quantity").field("lot_quantity"));
        }
        if sizing == LotSizing::PeriodOrderQuantity && self.lot_days.is_none() {
            faults.push(refuse("catalog.lot_days").field("lot_days"));
        }
        if sizing.weighs_costs() {
            for (field, value) in
                [("ordering_cost", self.ordering_cost), ("holding_cost_percent", self.holding_cost_percent)]
            {
                if value.0 <= 0 {
                    faults.push(refuse("catalog.lot_costs").field(field));
                }
            }
        }
        if self.lot_maximum.0 > 0 && self.lot_maximum < self.lot_minimum {
            faults.push(refuse("catalog.lot_maximum").field("lot_maximum"));
        }
        for (field, days, least) in [
            ("lot_days", self.lot_days, 1),
            ("safety_days", self.safety_days, 0),
            ("planning_fence_days", self.planning_fence_days, 0),
        ] {
            if days.is_some_and(|days| !(least..=LONGEST).contains(&days)) {
                faults.push(refuse("catalog.days").field(field));
            }
        }
        faults
    }
}
