//! The planner's desk, in its first form: what is short, and buy it.

mod short;

use kernel::Module;
use purchasing::PurchaseOrder;
use sales::SalesOrder;

/// The module's list.
#[must_use]
pub fn module() -> Module {
    Module::new("supply", include_str!("../locale/en.json"), include_str!("../locale/sl.json"))
        .set_query::<PurchaseOrder, _>("short", short::short)
        .set_command::<PurchaseOrder, _, _>("buy", short::buy)
        .command::<SalesOrder, _, _>("buy_short", short::buy_short)
}
