//! What must always be true of production.

use kernel::Module;

pub(crate) fn add(module: Module) -> Module {
    module
        .check_sql(
            "work in progress is what open work orders hold",
            "Company",
            "SELECT c.id, 'account ' || CAST(COALESCE(l.amount, 0) AS TEXT) || ', orders ' || CAST(COALESCE(w.wip, 0) AS TEXT)
             FROM company c LEFT JOIN (
                SELECT a.company_id, CAST(SUM(l.amount) AS BIGINT) AS amount FROM entry_line l
                JOIN account a ON a.id = l.account_id WHERE a.role = 'work_in_progress' GROUP BY a.company_id) l ON l.company_id = c.id
             LEFT JOIN (SELECT company_id, CAST(SUM(wip) AS BIGINT) AS wip FROM work_order GROUP BY company_id) w
             ON w.company_id = c.id WHERE COALESCE(l.amount, 0) <> COALESCE(w.wip, 0)",
        )
        .check_sql(
            "a work order that has ended holds nothing",
            "WorkOrder",
            "SELECT id, 'wip ' || CAST(wip AS TEXT) FROM work_order
             WHERE wip <> wip_material + wip_labour
                OR (state IN ('planned','firm','closed','cancelled') AND (wip <> 0 OR wip_material <> 0 OR wip_labour <> 0))",
        )
        .check_sql(
            "what was issued has left the stock",
            "WorkOrderLine",
            "SELECT l.id, 'issued ' || CAST(l.issued AS TEXT) || ', moves ' || CAST(COALESCE(m.quantity, 0) AS TEXT)
             FROM work_order_line l LEFT JOIN (
                SELECT line_id, CAST(-SUM(quantity) AS BIGINT) AS quantity FROM stock_move WHERE kind = 'issue' GROUP BY line_id) m
             ON m.line_id = l.id WHERE l.issued <> COALESCE(m.quantity, 0)",
        )
        .check_sql(
            "what was completed has come into stock",
            "WorkOrder",
            "SELECT w.id, 'completed ' || CAST(w.completed AS TEXT) || ', moves ' || CAST(COALESCE(m.quantity, 0) AS TEXT)
             FROM work_order w LEFT JOIN (
                SELECT document_id, CAST(SUM(quantity) AS BIGINT) AS quantity FROM stock_move WHERE kind = 'production' GROUP BY document_id) m
             ON m.document_id = w.id WHERE w.completed <> COALESCE(m.quantity, 0)",
        )
        .check_sql(
            "a work order that has ended waits for nothing",
            "WorkOrder",
            "SELECT w.id, 'peg ' || CAST(p.id AS TEXT) FROM peg p JOIN work_order w ON w.id = p.document_id WHERE w.state IN ('closed','cancelled')
             UNION ALL
             SELECT w.id, 'peg ' || CAST(p.id AS TEXT) FROM peg p JOIN work_order w ON w.id = p.supply_id WHERE w.state IN ('closed','cancelled')",
        )
}
