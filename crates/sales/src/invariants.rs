//! What must always be true of orders.

use kernel::Module;

pub(crate) fn add(module: Module) -> Module {
    // The pegs of a kit are those of its parts. Of kits in kits only the goods beside them are looked at, and of lines in
    // another unit nothing: what they are in goods is exact fractions, which SQL does not have.
    module.check_sql(
        "what an order waits for is pegged",
        "SalesOrder",
        "WITH wanted AS (
            SELECT o.id AS id, l.id AS line, p.id AS product, p.kind AS kind, l.quantity - l.waived AS quantity,
                COALESCE((SELECT CAST(SUM(d.quantity) AS BIGINT) FROM delivery_line d JOIN delivery v ON v.id = d.parent_id
                    WHERE d.order_line_id = l.id AND v.state = 'shipped'), 0) AS delivered
            FROM sales_order_line l JOIN sales_order o ON o.id = l.parent_id JOIN product p ON p.id = l.product_id
            WHERE o.state = 'confirmed' AND o.history = 0 AND (l.unit_id IS NULL OR l.unit_id = p.unit_id)),
         still AS (
            SELECT id, line, product, kind, CASE WHEN quantity > delivered THEN quantity - delivered ELSE 0 END AS quantity FROM wanted),
         goods AS (
            SELECT id, line, product, quantity FROM still WHERE kind = 'goods'
            UNION ALL
            SELECT s.id, s.line, k.product_id, CAST(SUM(s.quantity / 1000000 * k.quantity) AS BIGINT)
            FROM still s JOIN kit_part k ON k.parent_id = s.product JOIN product d ON d.id = k.product_id
            WHERE d.kind = 'goods' AND NOT EXISTS (
                SELECT 1 FROM kit_part m JOIN product q ON q.id = m.product_id WHERE m.parent_id = s.product AND q.kind = 'kit')
            GROUP BY s.id, s.line, k.product_id),
         held AS (
            SELECT demand_id, product_id, CAST(SUM(quantity) AS BIGINT) AS quantity FROM peg GROUP BY demand_id, product_id)
         SELECT g.id, 'line ' || CAST(g.line AS TEXT) || ', product ' || CAST(g.product AS TEXT) || ': open '
            || CAST(g.quantity AS TEXT) || ', pegs ' || CAST(COALESCE(h.quantity, 0) AS TEXT)
         FROM goods g LEFT JOIN held h ON h.demand_id = g.line AND h.product_id = g.product
         WHERE g.quantity <> COALESCE(h.quantity, 0)",
    )
}
