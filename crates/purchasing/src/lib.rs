//! Buying: what suppliers offer, what is ordered from them, what has come.

mod offer;
mod order;
mod returns;

pub use offer::{Offer, SupplierPrice, best_offers, quicker_offers};
pub use order::{OpenLine, PurchaseOrder, PurchaseOrderLine, PurchaseOrderState, open_lines};

use kernel::{Kind, Module};
use stock::Inspection;

/// What has come for an order line, in the unit of the line.
const RECEIVED: &str = "COALESCE((SELECT CAST(SUM(r.quantity) AS BIGINT) FROM receipt_line r JOIN receipt g ON g.id = r.parent_id
    WHERE r.order_line_id = {t}.id AND g.state = 'received'), 0)";
/// What of it a posted supplier's invoice names.
const INVOICED: &str = "COALESCE((SELECT CAST(SUM(r.quantity) AS BIGINT) FROM receipt_line r JOIN receipt g ON g.id = r.parent_id
    WHERE r.order_line_id = {t}.id AND g.state = 'received' AND EXISTS (
        SELECT 1 FROM supplier_invoice_line n JOIN supplier_invoice v ON v.id = n.parent_id
        WHERE n.receipt_line_id = r.id AND v.state = 'posted')), 0)";

/// The module's list.
#[must_use]
pub fn module() -> Module {
    let to_receive = format!(
        "CASE WHEN {{t}}.state = 'confirmed' THEN (SELECT CAST(COALESCE(SUM(CASE WHEN l.quantity - l.given_up > {r} THEN l.quantity - l.given_up - {r} ELSE 0 END), 0) AS BIGINT)
            FROM purchase_order_line l WHERE l.parent_id = {{t}}.id AND l.waived = 0) ELSE 0 END",
        r = RECEIVED.replace("{t}", "l")
    );
    let to_pay = format!(
        "SELECT CAST(COALESCE(SUM(v.gross - ({})), 0) AS BIGINT)
         FROM supplier_invoice v WHERE v.order_id = {{t}}.id AND v.state = 'posted'",
        invoicing::SUPPLIER_PAID.replace("{t}", "v")
    );
    Module::new("purchasing", include_str!("../locale/en.json"), include_str!("../locale/sl.json"))
        .entity::<SupplierPrice>()
        .prepare::<SupplierPrice>(SupplierPrice::prepare)
        .entity::<PurchaseOrder>()
        .life(order::LIFE)
        .computed("to_receive", Kind::Quantity, &to_receive)
        .computed(
            "to_invoice",
            Kind::Money,
            "SELECT CAST(COALESCE(SUM(r.net), 0) AS BIGINT) FROM receipt g JOIN receipt_line r ON r.parent_id = g.id
             WHERE g.order_id = {t}.id AND g.state = 'received' AND NOT EXISTS (
                SELECT 1 FROM supplier_invoice_line n JOIN supplier_invoice v ON v.id = n.parent_id
                WHERE n.receipt_line_id = r.id AND v.state = 'posted')",
        )
        .computed(
            "to_pay",
            Kind::Money,
            &to_pay,
        )
        .prepare::<PurchaseOrder>(PurchaseOrder::prepare)
        .command::<PurchaseOrder, _, _>("confirm", PurchaseOrder::confirm)
        .command::<PurchaseOrder, _, _>("receive", PurchaseOrder::receive)
        .is_final()
        .command::<PurchaseOrder, _, _>("invoice", PurchaseOrder::invoice)
        .is_final()
        .command::<PurchaseOrder, _, _>("waive", PurchaseOrder::waive)
        .command::<PurchaseOrder, _, _>("close", PurchaseOrder::close)
        .command::<PurchaseOrder, _, _>("cancel", PurchaseOrder::cancel)
        .command::<PurchaseOrder, _, _>("send", PurchaseOrder::send)
        .command::<PurchaseOrder, _, _>("reschedule", PurchaseOrder::reschedule)
        .command::<Inspection, _, _>("return_goods", returns::return_goods)
        .is_final()
        .entity::<PurchaseOrderLine>()
        .computed("received", Kind::Quantity, RECEIVED)
        .computed("invoiced", Kind::Quantity, INVOICED)
        .check_sql(
            "what is expected of a purchase order comes to where it is wanted",
            "PurchaseOrder",
            "SELECT o.id, 'product ' || CAST(p.product_id AS TEXT) || ': wanted in warehouse ' || CAST(p.warehouse_id AS TEXT)
                || ', ordered to ' || CAST(o.warehouse_id AS TEXT)
             FROM peg p JOIN purchase_order_line l ON l.id = p.supply_id JOIN purchase_order o ON o.id = l.parent_id
             WHERE p.kind = 'supply' AND p.supply_entity = 'PurchaseOrderLine' AND o.warehouse_id <> p.warehouse_id",
        )
        .events(&[
            "purchasing.Confirmed",
            "purchasing.Rescheduled",
            "purchasing.Received",
            "purchasing.Invoiced",
            "purchasing.Returned",
            "purchasing.Waived",
            "purchasing.Closed",
            "purchasing.Cancelled",
        ])
        .area("purchasing", &["PurchaseOrder", "SupplierPrice"])
}
