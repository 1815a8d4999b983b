//! The warehouse: what is where, what it is worth, who it is promised to, and the papers by which it comes and goes.
//!
//! Quantity is moves, value is entries: a move carries a quantity, its value is the sum of append-only value
//! entries. Goods are valued at the moving average of a company's product (IAS 2.25); where nothing is left, no
//! value is left. Nothing is ever below zero, at no date. What a paper does to stock and what it does to the books
//! is one command.

mod count;
mod delivery;
mod inspection;
mod invariants;
mod kit;
mod level;
mod lot;
mod movement;
mod peg;
mod production;
mod receipt;
mod revalue;
mod transfer;
mod warehouse;

pub use count::{CountKind, CountLine, StockCount};
pub use delivery::{
    Delivery, DeliveryLine, DeliveryState, Direction, Plan, PlannedLine, Returning, accept_excess, plan,
    plan_first, reprice, ship_now, take_back,
};
pub use inspection::{Back, Inspection, InspectionState, send_back};
pub use kit::{LeftOf, left_of};
pub use level::{ProductStock, StockBalance, Within, elsewhere, free_of};
pub use lot::{Lot, Wanting, expired, lot_fault, would_go};
pub use movement::{Condition, MoveKind, StockMove, ValueEntry, ValueKind};
pub use peg::{
    Demand, Expected, Keeping, KeptFree, MadeFor, Peg, PegKind, Pegged, expect, expect_for, promise, release,
    reserve, reserve_beside, supply_lost,
};
pub use production::{Issued, Issuing, Made, issue, of_standard, produce};
pub use receipt::{Arrival, Arriving, Receipt, ReceiptKind, ReceiptLine, ReceiptState, receive};
pub use revalue::value_difference;
pub use transfer::{Coming, TransferLine, TransferOrder, TransferState, transfers_coming};
pub use warehouse::{
    HOME, Location, Warehouse, arrival, default_location, first_location, home, usual, warehouse_of,
};

use catalog::Product;
use kernel::{Kind, Module};

/// What stands under *Warehouse* in the navigation.
const AREA: [&str; 9] = [
    "Delivery",
    "Receipt",
    "TransferOrder",
    "ProductStock",
    "Lot",
    "StockMove",
    "StockCount",
    "Inspection",
    "Warehouse",
];

/// The module's list.
#[must_use]
pub fn module() -> Module {
    let module = Module::new("stock", include_str!("../locale/en.json"), include_str!("../locale/sl.json"))
        .closed::<ProductStock>()
        .computed("free", Kind::Quantity, "{t}.usable - {t}.pegged")
        .computed(
            "average_cost",
            Kind::Decimal,
            // Cents by millionths of a unit, as millionths of a currency unit.
            "CASE WHEN {t}.on_hand > 0 THEN CAST(1.0 * {t}.value * 10000000000 / {t}.on_hand AS BIGINT) END",
        )
        .command::<Product, _, _>("revalue", revalue::revalue)
        .is_final()
        .closed::<StockBalance>()
        .closed::<StockMove>()
        .set_command::<StockMove, _, _>("transfer", movement::transfer)
        .set_command::<StockMove, _, _>("scrap", movement::scrap)
        .is_final()
        .closed::<ValueEntry>()
        .closed::<Peg>()
        .entity::<Delivery>()
        .life(delivery::LIFE)
        .computed(
            "net",
            Kind::Money,
            &format!("SELECT {} FROM delivery_line l WHERE l.parent_id = {{t}}.id", sum("l.net")),
        )
        .computed(
            "cost",
            Kind::Money,
            &format!("SELECT {} FROM delivery_line l WHERE l.parent_id = {{t}}.id", sum("l.cost")),
        )
        .prepare::<Delivery>(Delivery::prepare)
        .command::<Delivery, _, _>("ship", Delivery::ship)
        .is_final()
        .command::<Delivery, _, _>("cancel", Delivery::cancel)
        .entity::<DeliveryLine>()
        .closed::<Receipt>()
        .life(receipt::LIFE)
        .closed::<ReceiptLine>()
        .entity::<StockCount>()
        .life(count::LIFE)
        .prepare::<StockCount>(StockCount::prepare)
        .command::<StockCount, _, _>("fill", StockCount::fill)
        .command::<StockCount, _, _>("post", StockCount::post)
        .is_final()
        .entity::<CountLine>()
        .events(&[
            "stock.Shipped",
            "stock.Returned",
            "stock.Received",
            "stock.ReceiptReversed",
            "stock.Counted",
            "stock.Unpegged",
            "stock.Freed",
        ])
        .area("warehouse", &AREA);
    invariants::add(inspection::add(lot::add(warehouses(module))))
}

/// Warehouses, and what goes from one to another.
fn warehouses(module: Module) -> Module {
    module
        .entity::<Warehouse>()
        .prepare::<Warehouse>(Warehouse::prepare)
        .entity::<Location>()
        .entity::<TransferOrder>()
        .life(transfer::LIFE)
        .prepare::<TransferOrder>(TransferOrder::prepare)
        .command::<TransferOrder, _, _>("confirm", TransferOrder::confirm)
        .command::<TransferOrder, _, _>("ship", TransferOrder::ship)
        .is_final()
        .command::<TransferOrder, _, _>("receive", TransferOrder::receive)
        .is_final()
        .command::<TransferOrder, _, _>("reschedule", TransferOrder::reschedule)
        .command::<TransferOrder, _, _>("cancel", TransferOrder::cancel)
        .entity::<TransferLine>()
        .events(&[
            "stock.TransferConfirmed",
            "stock.TransferShipped",
            "stock.TransferReceived",
            "stock.TransferRescheduled",
            "stock.TransferCancelled",
        ])
}

fn sum(column: &str) -> String {
    format!("CAST(COALESCE(SUM({column}), 0) AS BIGINT)")
}
