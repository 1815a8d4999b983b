//! Making things: what they are made of and how, the orders to the shop floor, and what they cost.
//!
//! A work order takes material out of stock at average cost and hours at the work centers' rates into *work in
//! progress*, and gives them to what it completes: the goods carry what they have really cost. What no product has
//! taken when the order is closed is a variance, by its cause. Each command posts one balanced entry.

mod bill;
mod genealogy;
mod invariants;
mod job_card;
mod oee;
mod order;
mod recipe;
mod roll_up;
mod serials;
mod structure;
mod where_used;

pub use bill::{Bill, BillKind, BillLine, BillOperation, BillOutput, BillSubstitute, Engineered, engineer};
pub use job_card::JobCard;
pub use order::{
    Making, OperationState, OrderLine, Planned, Times, WorkOrder, WorkOrderLine, WorkOrderOperation,
    WorkOrderOutput, WorkOrderState, expected_supply, order_firmly,
};
pub use recipe::{Need, Output, Recipe, Recipes, Step, Substitute, Way};

use catalog::Product;
use equipment::WorkCenter;
use kernel::{Kind, Module};
use stock::Inspection;

/// What is still to be made of an order.
const TO_MAKE: &str = "CASE WHEN {t}.state IN ('planned','firm','released','started') THEN CASE
    WHEN {t}.scrapped <= {t}.planned_scrap AND {t}.quantity > {t}.completed THEN {t}.quantity - {t}.completed
    WHEN {t}.quantity + {t}.planned_scrap > {t}.completed + {t}.scrapped
        THEN {t}.quantity + {t}.planned_scrap - {t}.completed - {t}.scrapped
    ELSE 0 END ELSE 0 END";

/// Components that nothing is known to bring.
const SHORT_LINES: &str =
    "SELECT COUNT(DISTINCT p.demand_id) FROM peg p JOIN work_order_line l ON l.id = p.demand_id
    WHERE l.parent_id = {t}.id AND p.kind = 'short'";

/// Operations that others are to do and nobody was asked for yet.
const TO_ORDER_OUTSIDE: &str = "SELECT COUNT(*) FROM work_order_operation o
    WHERE o.parent_id = {t}.id AND o.outside_id IS NOT NULL AND o.state <> 'done' AND NOT EXISTS (
        SELECT 1 FROM purchase_order_line l JOIN purchase_order p ON p.id = l.parent_id
        WHERE l.operation_id = o.id AND p.state IN ('confirmed', 'closed'))";

/// The module's list.
#[must_use]
pub fn module() -> Module {
    let module = Module::new("production", include_str!("../locale/en.json"), include_str!("../locale/sl.json"))
        .entity::<Bill>()
        .computed(
            "name",
            Kind::Text,
            "SELECT d.name || ' (' || CAST({t}.revision AS TEXT) || ')' FROM product d WHERE d.id = {t}.product_id",
        )
        .prepare::<Bill>(Bill::prepare)
        .command::<Bill, _, _>("revise", Bill::revise)
        .is_final()
        .command::<Bill, _, _>("release", Bill::release)
        .set_command::<Bill, _, _>("enter", bill::enter)
        .set_command::<Bill, _, _>("take_back", bill::take_back)
        .query::<Bill, _>("impact", bill::impact)
        .entity::<BillLine>()
        .entity::<BillOperation>()
        .entity::<BillOutput>()
        .entity::<BillSubstitute>()
        .query::<Product, _>("cost_roll_up", roll_up::cost_roll_up)
        .query::<Product, _>("structure", structure::structure)
        .query::<Product, _>("where_used", where_used::where_used)
        .query::<Product, _>("made_from", genealogy::made_from)
        .query::<Product, _>("went_into", genealogy::went_into)
        .query::<WorkCenter, _>("oee", oee::oee)
        .events(&[
            "production.Engineered",
            "production.Released",
            "production.Started",
            "production.Completed",
            "production.Closed",
            "production.Cancelled",
        ])
        .area("production", &["WorkOrder", "Bill", "JobCard"]);
    invariants::add(orders(module))
}

/// Orders to the shop floor in the module's list, and what goods on hold may become there.
fn orders(module: Module) -> Module {
    module
        .entity::<WorkOrder>()
        .life(order::LIFE)
        .computed("to_make", Kind::Quantity, TO_MAKE)
        .computed("to_order_outside", Kind::Integer, TO_ORDER_OUTSIDE)
        .computed("to_inspect", Kind::Quantity, order::TO_INSPECT)
        .computed("short_lines", Kind::Integer, SHORT_LINES)
        .prepare::<WorkOrder>(WorkOrder::prepare)
        .command::<WorkOrder, _, _>("firm", WorkOrder::firm)
        .command::<WorkOrder, _, _>("release", WorkOrder::release)
        .command::<WorkOrder, _, _>("reserve", WorkOrder::reserve)
        .command::<WorkOrder, _, _>("start", WorkOrder::start)
        .command::<WorkOrder, _, _>("issue", WorkOrder::issue)
        .is_final()
        .command::<WorkOrder, _, _>("report", WorkOrder::report)
        .is_final()
        .command::<WorkOrder, _, _>("inspect", WorkOrder::inspect)
        .is_final()
        .command::<WorkOrder, _, _>("outside_done", WorkOrder::outside_done)
        .is_final()
        .command::<WorkOrder, _, _>("complete", WorkOrder::complete)
        .is_final()
        .command::<WorkOrder, _, _>("close", WorkOrder::close)
        .is_final()
        .command::<WorkOrder, _, _>("reschedule", WorkOrder::reschedule)
        .command::<WorkOrder, _, _>("cancel", WorkOrder::cancel)
        .entity::<WorkOrderLine>()
        .computed(
            "pegged",
            Kind::Quantity,
            "SELECT CAST(COALESCE(SUM(p.quantity), 0) AS BIGINT) FROM peg p WHERE p.demand_id = {t}.id AND p.kind = 'stock'",
        )
        .entity::<WorkOrderOperation>()
        .computed("waits", Kind::Quantity, order::WAITS)
        .entity::<WorkOrderOutput>()
        .closed::<JobCard>()
        .computed("name", Kind::Text, "SELECT o.name FROM work_order_operation o WHERE o.id = {t}.operation_id")
        .command::<Inspection, _, _>("rework", order::rework)
        .is_final()
}
