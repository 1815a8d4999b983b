//! What must always be true of production.

use kernel::Module;

pub(crate) fn add(module: Module) -> Module {
    values(quantities(module))
}

fn quantities(module: Module) -> Module {
    module
        .check_sql(
            "what was issued has left the stock",
            "WorkOrderLine",
            "SELECT l.id, 'issued ' || CAST(l.issued AS TEXT) || ', moves ' || CAST(COALESCE(m.quantity, 0) AS TEXT)
             FROM work_order_line l LEFT JOIN (
                SELECT line_id, CAST(-SUM(quantity) AS BIGINT) AS quantity FROM stock_move WHERE kind = 'issue' GROUP BY line_id) m
             ON m.line_id = l.id WHERE CASE WHEN l.by_potency = 1 THEN l.taken ELSE l.issued END <> COALESCE(m.quantity, 0)",
        )
        .check_sql(
            "what was completed has come into stock",
            "WorkOrder",
            "SELECT w.id, 'completed ' || CAST(w.completed AS TEXT) || ', moves ' || CAST(COALESCE(m.quantity, 0) AS TEXT)
             FROM work_order w LEFT JOIN (
                SELECT document_id, CAST(SUM(quantity) AS BIGINT) AS quantity FROM stock_move
                WHERE kind = 'production' AND line_id = document_id GROUP BY document_id) m
             ON m.document_id = w.id WHERE w.history = 0 AND CASE WHEN w.takes_apart = 1 THEN 0 ELSE w.completed END <> COALESCE(m.quantity, 0)",
        )
        .check_sql(
            "what came besides has come into stock",
            "WorkOrderOutput",
            "SELECT o.id, 'completed ' || CAST(o.completed AS TEXT) || ', moves ' || CAST(COALESCE(m.quantity, 0) AS TEXT)
                || ', value ' || CAST(o.value AS TEXT) || ', entries ' || CAST(COALESCE(m.value, 0) AS TEXT)
             FROM work_order_output o LEFT JOIN (
                SELECT s.line_id, CAST(SUM(s.quantity) AS BIGINT) AS quantity, CAST(SUM(COALESCE(v.amount, 0)) AS BIGINT) AS value
                FROM stock_move s LEFT JOIN value_entry v ON v.stock_move_id = s.id AND v.kind = 'estimate'
                WHERE s.kind = 'production' AND s.line_id <> s.document_id GROUP BY s.line_id) m
             ON m.line_id = o.id WHERE o.completed <> COALESCE(m.quantity, 0) OR o.value <> COALESCE(m.value, 0)",
        )
        .check_sql(
            "a work order that has ended waits for nothing",
            "WorkOrder",
            "SELECT w.id, 'peg ' || CAST(p.id AS TEXT) FROM peg p JOIN work_order w ON w.id = p.document_id WHERE w.state IN ('closed','cancelled')
             UNION ALL
             SELECT w.id, 'peg ' || CAST(p.id AS TEXT) FROM peg p JOIN work_order w ON w.id = p.supply_id WHERE w.state IN ('closed','cancelled')",
        )
        .check_sql(
            "what is made by the bill of an order line is made for that line",
            "WorkOrder",
            "SELECT w.id, 'bill ' || CAST(b.id AS TEXT) FROM work_order w JOIN bill b ON b.id = w.bill_id
             WHERE b.order_line_id IS NOT NULL AND (w.order_line_id IS NULL OR w.order_line_id <> b.order_line_id)",
        )
        .check_sql(
            "what is made for one order line is expected by no other",
            "WorkOrder",
            "SELECT w.id, 'peg ' || CAST(p.id AS TEXT) FROM work_order w JOIN peg p ON p.supply_id = w.id
             WHERE w.order_line_id IS NOT NULL AND p.product_id = w.product_id AND p.demand_id <> w.order_line_id",
        )
        .check_sql(
            "what an operation has done is what its job cards say",
            "WorkOrderOperation",
            "SELECT o.id, o.name || ': good ' || CAST(o.good AS TEXT) || ', cards ' || CAST(COALESCE(j.good, 0) AS TEXT)
                || ', to do again ' || CAST(o.rework AS TEXT) || ', cards ' || CAST(COALESCE(j.rework, 0) AS TEXT)
             FROM work_order_operation o JOIN work_order w ON w.id = o.parent_id LEFT JOIN (
                SELECT operation_id, CAST(SUM(good) AS BIGINT) AS good, CAST(SUM(scrapped) AS BIGINT) AS scrapped,
                    CAST(SUM(rework) AS BIGINT) AS rework, CAST(SUM(minutes) AS BIGINT) AS minutes, CAST(SUM(cost) AS BIGINT) AS cost
                FROM job_card GROUP BY operation_id) j ON j.operation_id = o.id
             WHERE w.history = 0 AND (o.good <> COALESCE(j.good, 0) OR o.scrapped <> COALESCE(j.scrapped, 0) OR o.rework <> COALESCE(j.rework, 0)
                OR o.minutes <> COALESCE(j.minutes, 0) OR o.cost <> COALESCE(j.cost, 0) OR o.rework < 0)",
        )
}

fn values(module: Module) -> Module {
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
            "what a work order took up is in what it gave, in progress or a variance",
            "WorkOrder",
            "SELECT w.id, 'took up ' || CAST(t.taken AS TEXT) || ', gave ' || CAST(COALESCE(g.given, 0) AS TEXT) || ', has '
                || CAST(w.wip AS TEXT) || ', variances ' || CAST(w.variances AS TEXT)
             FROM (SELECT id, wip, price_variance + usage_variance + rate_variance + efficiency_variance + lot_variance
                    + yield_variance + method_variance AS variances FROM work_order WHERE history = 0) w
             JOIN (SELECT parent_id, CAST(SUM(amount) AS BIGINT) AS taken FROM (
                    SELECT parent_id, value AS amount FROM work_order_line
                    UNION ALL SELECT parent_id, cost AS amount FROM work_order_operation) i GROUP BY parent_id) t ON t.parent_id = w.id
             LEFT JOIN (SELECT s.document_id, CAST(SUM(v.amount) AS BIGINT) AS given FROM stock_move s
                    JOIN value_entry v ON v.stock_move_id = s.id AND v.kind = 'estimate'
                    WHERE s.kind = 'production' GROUP BY s.document_id) g ON g.document_id = w.id
             WHERE t.taken <> COALESCE(g.given, 0) + w.wip + w.variances",
        )
        .check_sql(
            "the accounts of variances are those of closed work orders",
            "Company",
            "SELECT c.id, 'accounts ' || CAST(COALESCE(l.amount, 0) AS TEXT) || ', orders ' || CAST(COALESCE(w.amount, 0) AS TEXT)
             FROM company c LEFT JOIN (
                SELECT a.company_id, CAST(SUM(l.amount) AS BIGINT) AS amount FROM entry_line l
                JOIN account a ON a.id = l.account_id JOIN entry e ON e.id = l.parent_id
                WHERE e.kind = 'production' AND a.role IN ('production_price_variance','usage_variance','rate_variance',
                    'efficiency_variance','lot_variance','yield_variance','method_variance') GROUP BY a.company_id) l ON l.company_id = c.id
             LEFT JOIN (SELECT company_id, CAST(SUM(price_variance + usage_variance + rate_variance + efficiency_variance
                    + lot_variance + yield_variance + method_variance) AS BIGINT) AS amount FROM work_order GROUP BY company_id) w
             ON w.company_id = c.id WHERE COALESCE(l.amount, 0) <> COALESCE(w.amount, 0)",
        )
}
