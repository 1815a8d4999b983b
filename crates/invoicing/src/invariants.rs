//! What must always be true of invoices and payments.

use kernel::Module;

pub(crate) fn add(module: Module) -> Module {
    landed(module)
        .check_sql(
            "receivables equal the open invoices",
            "Company",
            "SELECT c.id, 'account ' || CAST(COALESCE(l.amount, 0) AS TEXT) || ', documents ' || CAST(COALESCE(d.amount, 0) AS TEXT)
             FROM company c LEFT JOIN (
                SELECT a.company_id, CAST(SUM(l.amount) AS BIGINT) AS amount FROM entry_line l JOIN account a ON a.id = l.account_id
                JOIN entry e ON e.id = l.parent_id
                WHERE a.role = 'receivable' AND (e.source_entity IS NOT NULL OR e.reverses_id IS NOT NULL) AND e.kind <> 'opening'
                GROUP BY a.company_id) l ON l.company_id = c.id
             LEFT JOIN (
                SELECT s.company_id, CAST(SUM(s.amount) AS BIGINT) AS amount FROM (
                    SELECT company_id, CASE kind WHEN 'credit_note' THEN -gross ELSE gross END AS amount
                        FROM invoice WHERE state = 'posted'
                    UNION ALL SELECT company_id, CASE direction WHEN 'in' THEN -amount ELSE amount END
                        FROM payment WHERE state = 'posted' AND side = 'customer'
                    UNION ALL SELECT company_id, -amount FROM allocation WHERE kind = 'write_off') s GROUP BY s.company_id) d
             ON d.company_id = c.id WHERE COALESCE(l.amount, 0) <> COALESCE(d.amount, 0)",
        )
        .check_sql(
            "delivered, not invoiced equals its open lines",
            "Company",
            "SELECT c.id, 'account ' || CAST(COALESCE(l.amount, 0) AS TEXT) || ', lines ' || CAST(COALESCE(d.amount, 0) AS TEXT)
             FROM company c LEFT JOIN (
                SELECT a.company_id, CAST(SUM(l.amount) AS BIGINT) AS amount FROM entry_line l JOIN account a ON a.id = l.account_id
                WHERE a.role = 'delivered_not_invoiced' GROUP BY a.company_id) l ON l.company_id = c.id
             LEFT JOIN (
                SELECT s.company_id, CAST(SUM(s.amount) AS BIGINT) AS amount FROM (
                    SELECT d.company_id, l.net AS amount FROM delivery d JOIN delivery_line l ON l.parent_id = d.id WHERE d.state = 'shipped'
                    UNION ALL SELECT v.company_id, CASE v.kind WHEN 'credit_note' THEN n.net ELSE -n.net END
                        FROM invoice v JOIN invoice_line n ON n.parent_id = v.id
                        WHERE v.state = 'posted' AND n.delivery_line_id IS NOT NULL) s GROUP BY s.company_id) d
             ON d.company_id = c.id WHERE COALESCE(l.amount, 0) <> COALESCE(d.amount, 0)",
        )
        .check_sql(
            "received, not invoiced equals its open lines",
            "Company",
            "SELECT c.id, 'account ' || CAST(COALESCE(l.amount, 0) AS TEXT) || ', lines ' || CAST(COALESCE(d.amount, 0) AS TEXT)
             FROM company c LEFT JOIN (
                SELECT a.company_id, CAST(SUM(-l.amount) AS BIGINT) AS amount FROM entry_line l JOIN account a ON a.id = l.account_id
                WHERE a.role = 'received_not_invoiced' GROUP BY a.company_id) l ON l.company_id = c.id
             LEFT JOIN (
                SELECT s.company_id, CAST(SUM(s.amount) AS BIGINT) AS amount FROM (
                    SELECT r.company_id, l.net AS amount FROM receipt r JOIN receipt_line l ON l.parent_id = r.id WHERE r.state = 'received'
                    UNION ALL SELECT v.company_id, -n.expected FROM supplier_invoice v JOIN supplier_invoice_line n ON n.parent_id = v.id
                        WHERE v.state = 'posted' AND n.receipt_line_id IS NOT NULL) s GROUP BY s.company_id) d
             ON d.company_id = c.id WHERE COALESCE(l.amount, 0) <> COALESCE(d.amount, 0)",
        )
        .check_sql(
            "nothing is paid more than it is",
            "Invoice",
            "SELECT i.id, i.number FROM invoice i WHERE i.state = 'posted' AND i.gross <
                COALESCE((SELECT SUM(a.amount) FROM allocation a WHERE a.invoice_id = i.id), 0)
                + COALESCE((SELECT SUM(a.amount) FROM allocation a WHERE a.credit_id = i.id), 0)
             UNION ALL SELECT p.id, COALESCE(p.number, '') FROM payment p WHERE p.amount <
                COALESCE((SELECT SUM(a.amount) FROM allocation a WHERE a.payment_id = p.id), 0)",
        )
        .check_sql(
            "numbers of invoices have no gap",
            "Invoice",
            "SELECT MIN(i.id), i.company_id || '/' || SUBSTR(i.number, 1, 4) || ': ' || CAST(COUNT(*) AS TEXT) || ' of ' || CAST(s.next AS TEXT)
             FROM invoice i JOIN series s ON s.name = 'Invoice/' || CAST(i.company_id AS TEXT) || '/1/1/' || SUBSTR(i.number, 1, 4)
             WHERE i.state = 'posted' GROUP BY i.company_id, SUBSTR(i.number, 1, 4), s.next
             HAVING COUNT(*) <> s.next OR COUNT(DISTINCT i.number) <> s.next",
        )
        .check_sql(
            "a posted invoice is the sum of its lines",
            "Invoice",
            "SELECT i.id, i.number FROM invoice i WHERE i.state = 'posted' AND (i.net + i.tax <> i.gross
                OR i.net <> (SELECT COALESCE(SUM(l.net), 0) FROM invoice_line l WHERE l.parent_id = i.id)
                OR i.tax <> (SELECT COALESCE(SUM(t.tax), 0) FROM invoice_tax t WHERE t.parent_id = i.id))",
        )
}

fn landed(module: Module) -> Module {
    module
        .check_sql(
            "landed costs are shared out whole",
            "SupplierInvoice",
            "SELECT v.id, 'lines ' || CAST(l.net AS TEXT) || ', shares ' || CAST(COALESCE(c.amount, 0) AS TEXT) FROM supplier_invoice v
             JOIN (SELECT parent_id, CAST(SUM(net) AS BIGINT) AS net FROM supplier_invoice_line WHERE landed_by IS NOT NULL GROUP BY parent_id) l
                ON l.parent_id = v.id
             LEFT JOIN (SELECT parent_id, CAST(SUM(amount) AS BIGINT) AS amount FROM landed_cost GROUP BY parent_id) c ON c.parent_id = v.id
             WHERE v.state = 'posted' AND l.net <> COALESCE(c.amount, 0)",
        )
        .check_sql(
            "what stock has got of landed costs is in its value",
            "Company",
            "SELECT c.id, 'shares ' || CAST(COALESCE(s.amount, 0) AS TEXT) || ', values ' || CAST(COALESCE(v.amount, 0) AS TEXT) FROM company c
             LEFT JOIN (SELECT i.company_id, CAST(SUM(l.in_stock) AS BIGINT) AS amount FROM landed_cost l
                JOIN supplier_invoice i ON i.id = l.parent_id GROUP BY i.company_id) s ON s.company_id = c.id
             LEFT JOIN (SELECT company_id, CAST(SUM(amount) AS BIGINT) AS amount FROM value_entry WHERE kind = 'landed_cost'
                GROUP BY company_id) v ON v.company_id = c.id
             WHERE COALESCE(s.amount, 0) <> COALESCE(v.amount, 0)",
        )
        .check_sql(
            "a supplier's invoice is settled for what it is",
            "SupplierInvoice",
            "SELECT v.id, COALESCE(v.number, '') FROM supplier_invoice v
             WHERE v.state = 'posted' AND ABS(v.gross) < COALESCE((SELECT SUM(a.amount) FROM allocation a
                WHERE a.supplier_invoice_id = v.id OR a.supplier_credit_id = v.id), 0)",
        )
}
