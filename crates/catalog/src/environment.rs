//! How a firm answers an order for a product: from the shelf, or by making it then.

use crate::{LotSizing, PlannedBy, Product, ProductKind};
use kernel::{Choice, Refusal, refuse};

/// The manufacturing environment (APICS Dictionary): how far a product is made before somebody orders it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum Environment {
    /// It lies on the shelf when the order comes.
    MakeToStock,
    /// It is made for each order, and of nothing that was made for it before.
    MakeToOrder,
    /// It is put together for each order, of components that lie there by its forecast.
    AssembleToOrder,
    /// It is drawn for each order first, and made by a bill of its own.
    EngineerToOrder,
}

impl Environment {
    /// Whether each order has lots of its own.
    #[must_use]
    pub fn is_to_order(self) -> bool {
        self != Self::MakeToStock
    }
}

/// Ten years of working days.
const LONGEST_ENGINEERING: i64 = 2_500;

impl Product {
    /// What is made to order is made for nobody else: nothing else may ask for it.
    pub(crate) fn faults_of_environment(&self) -> Vec<Refusal> {
        let mut faults = Vec::new();
        if self.engineering_days.is_some_and(|days| !(0..=LONGEST_ENGINEERING).contains(&days)) {
            faults.push(refuse("catalog.engineering_days").field("engineering_days"));
        } else if self.engineering_days.is_some() && self.environment != Environment::EngineerToOrder {
            faults.push(refuse("catalog.not_engineered").field("engineering_days"));
        }
        if !self.environment.is_to_order() {
            return faults;
        }
        if self.planned_by == PlannedBy::Forecast && self.environment != Environment::AssembleToOrder {
            faults.push(refuse("catalog.no_forecast_to_order").field("planned_by"));
        }
        let service = self.service_level_percent.unwrap_or_default();
        for (field, value) in [
            ("safety_stock", self.safety_stock),
            ("lot_minimum", self.lot_minimum),
            ("service_level_percent", service),
        ] {
            if value.0 > 0 {
                faults.push(refuse("catalog.nothing_for_stock").field(field));
            }
        }
        if self.lot_sizing != LotSizing::LotForLot {
            faults.push(refuse("catalog.nothing_for_stock").field("lot_sizing"));
        }
        faults
    }

    /// After its contents have said what it is.
    pub(crate) fn fault_of_kind(&self) -> Option<Refusal> {
        let made = self.kind == ProductKind::Goods || !self.environment.is_to_order();
        (!made).then(|| refuse("catalog.goods_to_order").field("environment"))
    }
}
