//! Selling: a quote and the order it becomes are one record. What was delivered, invoiced and paid is derived from
//! deliveries, invoices and allocations, never set.

mod desk;
mod history;
mod invariants;
mod order;
mod promise;
mod reservation;

pub use desk::Availability;
pub use history::wanted_by_day;
pub use order::{SalesOrder, SalesOrderLine, SalesOrderState};
pub use reservation::{Reserved, reserved};

use kernel::{Kind, Module};

/// What was delivered of an order line and not returned, in its unit.
const DELIVERED: &str = "COALESCE((SELECT CAST(SUM(d.quantity) AS BIGINT) FROM delivery_line d JOIN delivery v ON v.id = d.parent_id
    WHERE d.order_line_id = {t}.id AND v.state = 'shipped'), 0)";
/// Delivered lines that are not (or no longer) on a posted invoice; what came too much, and of that came back, is on none.
const UNINVOICED: &str = "FROM delivery v JOIN delivery_line d ON d.parent_id = v.id
    WHERE v.order_id = {t}.id AND v.state = 'shipped' AND d.excess = 0 AND d.quantity <> COALESCE((
        SELECT CAST(SUM(CASE i.kind WHEN 'credit_note' THEN -n.quantity ELSE n.quantity END) AS BIGINT)
        FROM invoice_line n JOIN invoice i ON i.id = n.parent_id WHERE n.delivery_line_id = d.id AND i.state = 'posted'), 0)
    AND (d.part_of_id IS NULL OR d.net <> 0)
    AND NOT EXISTS (SELECT 1 FROM delivery_line o WHERE o.id = d.returns_id AND o.excess = 1)";
/// What of the invoices of an order is not settled; credit notes count below zero.
const TO_PAY: &str = "SELECT CAST(COALESCE(SUM(CASE i.kind WHEN 'credit_note' THEN -1 ELSE 1 END * (i.gross
    - COALESCE((SELECT SUM(a.amount) FROM allocation a WHERE a.invoice_id = i.id), 0)
    - COALESCE((SELECT SUM(a.amount) FROM allocation a WHERE a.credit_id = i.id), 0))), 0) AS BIGINT)
    FROM invoice i WHERE i.order_id = {t}.id AND i.state = 'posted'";

/// What it cost is not known of an order from before the start.
const MARGIN: &str = "CASE WHEN {t}.history = 0 THEN {t}.net - {t}.cost END";

/// What of a delivered line has not come back.
const KEPT: &str =
    "d.quantity + COALESCE((SELECT SUM(b.quantity) FROM delivery_line b WHERE b.returns_id = d.id), 0)";

/// The sum of something over what has left; what has come back is a line below zero.
fn of_shipped(what: &str) -> String {
    format!(
        "SELECT CAST(COALESCE(SUM({what}), 0) AS BIGINT) FROM delivery v JOIN delivery_line d ON d.parent_id = v.id
         WHERE v.order_id = {{t}}.id AND v.state = 'shipped'"
    )
}

/// When the first invoice is due that is not paid.
const PAY_BY: &str = "SELECT MIN(i.due_on) FROM invoice i WHERE i.order_id = {t}.id AND i.state = 'posted' AND i.kind = 'invoice'
    AND i.gross > COALESCE((SELECT SUM(a.amount) FROM allocation a WHERE a.invoice_id = i.id), 0)";

/// A line of an order from before the start: nothing of it is to be delivered.
const HISTORY: &str = "(SELECT o.history FROM sales_order o WHERE o.id = {t}.parent_id) = 1";

/// The module's list.
#[must_use]
pub fn module() -> Module {
    let delivered = DELIVERED.replace("{t}", "l");
    let to_deliver = format!(
        "CASE WHEN {{t}}.state = 'confirmed' THEN (SELECT CAST(COALESCE(SUM(CASE WHEN l.quantity - l.waived > {delivered}
            THEN l.quantity - l.waived - {delivered} ELSE 0 END), 0) AS BIGINT)
            FROM sales_order_line l WHERE l.parent_id = {{t}}.id AND l.product_id IS NOT NULL) ELSE 0 END"
    );
    let module = Module::new("sales", include_str!("../locale/en.json"), include_str!("../locale/sl.json"))
        .entity::<SalesOrder>()
        .life(order::LIFE)
        .computed("to_deliver", Kind::Quantity, &to_deliver)
        .computed("to_invoice", Kind::Money, &format!("SELECT CAST(COALESCE(SUM(d.net), 0) AS BIGINT) {UNINVOICED}"))
        .computed("to_pay", Kind::Money, TO_PAY)
        .computed(
            "ready_to_ship",
            Kind::Bool,
            "EXISTS (SELECT 1 FROM delivery v WHERE v.order_id = {t}.id AND v.state = 'draft')",
        )
        .computed(
            "draft_delivery",
            Kind::Integer,
            "SELECT MIN(v.id) FROM delivery v WHERE v.order_id = {t}.id AND v.state = 'draft'",
        )
        .computed("pay_by", Kind::Date, PAY_BY)
        .computed("excess", Kind::Quantity, &(of_shipped(KEPT) + " AND d.excess = 1"))
        .computed("margin", Kind::Money, MARGIN)
        .computed("delivered_net", Kind::Money, &of_shipped("d.net"))
        .computed("delivered_margin", Kind::Money, &of_shipped("d.net - d.cost"))
        .prepare::<SalesOrder>(SalesOrder::prepare)
        .command::<SalesOrder, _, _>("quote", SalesOrder::quote)
        .slice_command::<SalesOrder, _, _>("confirm", SalesOrder::confirm)
        .command::<SalesOrder, _, _>("reserve", SalesOrder::reserve)
        .command::<SalesOrder, _, _>("release_reservation", SalesOrder::release_reservation)
        .command::<SalesOrder, _, _>("deliver", SalesOrder::deliver)
        .is_final()
        .command::<SalesOrder, _, _>("sign_act", SalesOrder::sign_act)
        .is_final()
        .command::<SalesOrder, _, _>("amend", SalesOrder::amend)
        .command::<SalesOrder, _, _>("accept_excess", SalesOrder::accept_excess)
        .command::<SalesOrder, _, _>("waive", SalesOrder::waive)
        .command::<SalesOrder, _, _>("take_back", SalesOrder::take_back)
        .is_final()
        .command::<SalesOrder, _, _>("invoice", SalesOrder::invoice)
        .is_final()
        .command::<SalesOrder, _, _>("close", SalesOrder::close)
        .command::<SalesOrder, _, _>("cancel", SalesOrder::cancel)
        .command::<SalesOrder, _, _>("send", SalesOrder::send)
        .set_query::<SalesOrder, _>("line", desk::line)
        .query::<SalesOrder, _>("readiness", desk::readiness)
        .query::<SalesOrder, _>("shortages", desk::shortages)
        .entity::<SalesOrderLine>()
        .computed("delivered", Kind::Quantity, DELIVERED)
        .computed(
            "to_deliver",
            Kind::Quantity,
            &format!("CASE WHEN {HISTORY} OR {{t}}.product_id IS NULL OR {{t}}.quantity - {{t}}.waived <= {DELIVERED} THEN 0 ELSE {{t}}.quantity - {{t}}.waived - {DELIVERED} END"),
        )
        .computed(
            "pegged",
            Kind::Quantity,
            // What is held for a kit is held of each of its parts, and no number of kits.
            "CASE WHEN (SELECT d.kind FROM product d WHERE d.id = {t}.product_id) = 'kit' THEN NULL
             ELSE COALESCE((SELECT CAST(SUM(p.quantity) AS BIGINT) FROM peg p WHERE p.demand_id = {t}.id AND p.kind = 'stock'), 0) END",
        )
        .events(&[
            "sales.Quoted",
            "sales.Confirmed",
            "sales.Amended",
            "sales.Waived",
            "sales.Returned",
            "sales.Closed",
            "sales.Cancelled",
        ])
        .area("sales", &["SalesOrder"]);
    invariants::add(module)
}
