//! What must always be true of stock.

use kernel::Module;

pub(crate) fn add(module: Module) -> Module {
    by_warehouse(of_lots(of_kits(module)))
        .check_sql(
            "a stock balance is the sum of its moves",
            "StockBalance",
            "SELECT COALESCE(b.id, 0), 'product ' || CAST(COALESCE(m.product_id, b.product_id) AS TEXT) || ': balance '
                || CAST(COALESCE(b.on_hand, 0) AS TEXT) || ', moves ' || CAST(COALESCE(m.quantity, 0) AS TEXT)
             FROM stock_balance b FULL JOIN (
                SELECT company_id, product_id, location_id, lot, owner_id, condition, CAST(SUM(quantity) AS BIGINT) AS quantity
                FROM stock_move GROUP BY company_id, product_id, location_id, lot, owner_id, condition) m
             ON m.company_id = b.company_id AND m.product_id = b.product_id AND m.location_id = b.location_id
                AND m.lot = b.lot AND m.owner_id = b.owner_id AND m.condition = b.condition
             WHERE COALESCE(b.on_hand, 0) <> COALESCE(m.quantity, 0)",
        )
        .check_sql(
            "no stock balance is below zero at any date",
            "StockBalance",
            "SELECT id, 'product ' || CAST(product_id AS TEXT) || ' on day ' || CAST(moved_on AS TEXT) || ': ' || CAST(running AS TEXT) FROM (
                SELECT MIN(id) AS id, product_id, moved_on, SUM(SUM(quantity)) OVER (
                    PARTITION BY company_id, product_id, location_id, lot, owner_id, condition ORDER BY moved_on) AS running
                FROM stock_move GROUP BY company_id, product_id, location_id, lot, owner_id, condition, moved_on) d
             WHERE running < 0",
        )
        .check_sql(
            "a product's stock is the sum of its balances",
            "ProductStock",
            "SELECT s.id, 'kept ' || CAST(s.on_hand AS TEXT) || ' and ' || CAST(s.usable AS TEXT) || ' usable, balances '
                || CAST(COALESCE(b.on_hand, 0) AS TEXT) || ' and ' || CAST(COALESCE(b.usable, 0) AS TEXT)
             FROM product_stock s LEFT JOIN (
                SELECT b.company_id, b.product_id, l.parent_id AS warehouse_id, CAST(SUM(b.on_hand) AS BIGINT) AS on_hand,
                    CAST(SUM(CASE WHEN b.condition = 'good' THEN b.on_hand ELSE 0 END) AS BIGINT) AS usable
                FROM stock_balance b JOIN location l ON l.id = b.location_id WHERE b.owner_id = 0
                GROUP BY b.company_id, b.product_id, l.parent_id) b
             ON b.company_id = s.company_id AND b.product_id = s.product_id AND b.warehouse_id = s.warehouse_id
             WHERE s.on_hand <> COALESCE(b.on_hand, 0) OR s.usable <> COALESCE(b.usable, 0)",
        )
        .check_sql(
            "stock value is the sum of its value entries",
            "ProductStock",
            "SELECT s.id, 'kept ' || CAST(s.value AS TEXT) || ', entries ' || CAST(COALESCE(v.amount, 0) AS TEXT)
             FROM product_stock s LEFT JOIN (
                SELECT company_id, product_id, warehouse_id, CAST(SUM(amount) AS BIGINT) AS amount FROM value_entry
                GROUP BY company_id, product_id, warehouse_id) v
             ON v.company_id = s.company_id AND v.product_id = s.product_id AND v.warehouse_id = s.warehouse_id
             WHERE s.value <> COALESCE(v.amount, 0)",
        )
        .check_sql(
            "where there is no stock there is no value",
            "ProductStock",
            "SELECT id, 'value ' || CAST(value AS TEXT) FROM product_stock WHERE (on_hand = 0 AND value <> 0) OR value < 0",
        )
        .check_sql(
            "the stock account is the value of the stock",
            "Company",
            "SELECT c.id, 'account ' || CAST(COALESCE(l.amount, 0) AS TEXT) || ', stock ' || CAST(COALESCE(s.value, 0) AS TEXT)
             FROM company c LEFT JOIN (
                SELECT a.company_id, CAST(SUM(l.amount) AS BIGINT) AS amount FROM entry_line l
                JOIN account a ON a.id = l.account_id WHERE a.role = 'stock' GROUP BY a.company_id) l ON l.company_id = c.id
             LEFT JOIN (SELECT company_id, CAST(SUM(value) AS BIGINT) AS value FROM product_stock GROUP BY company_id) s
             ON s.company_id = c.id WHERE COALESCE(l.amount, 0) <> COALESCE(s.value, 0)",
        )
}

/// What must be true warehouse by warehouse.
fn by_warehouse(module: Module) -> Module {
    module
        .check_sql(
            "what is promised is on hand",
            "ProductStock",
            "SELECT s.id, 'pegged ' || CAST(s.pegged AS TEXT) || ', usable ' || CAST(s.usable AS TEXT) || ', pegs '
                || CAST(COALESCE(p.quantity, 0) AS TEXT)
             FROM product_stock s LEFT JOIN (
                SELECT company_id, product_id, warehouse_id, CAST(SUM(quantity) AS BIGINT) AS quantity FROM peg WHERE kind = 'stock'
                GROUP BY company_id, product_id, warehouse_id) p
             ON p.company_id = s.company_id AND p.product_id = s.product_id AND p.warehouse_id = s.warehouse_id
             WHERE s.pegged > s.usable OR s.pegged <> COALESCE(p.quantity, 0)",
        )
        .check_sql(
            "goods, pegs and values are in a warehouse that is guarded",
            "ProductStock",
            "SELECT u.id, u.what || ' of product ' || CAST(u.product_id AS TEXT) || ' in warehouse ' || CAST(u.warehouse_id AS TEXT)
             FROM (SELECT MIN(b.id) AS id, 'stock' AS what, b.company_id, b.product_id, l.parent_id AS warehouse_id
                   FROM stock_balance b JOIN location l ON l.id = b.location_id WHERE b.on_hand <> 0
                   GROUP BY b.company_id, b.product_id, l.parent_id
                   UNION ALL SELECT MIN(id), 'a peg', company_id, product_id, warehouse_id FROM peg WHERE kind = 'stock'
                   GROUP BY company_id, product_id, warehouse_id
                   UNION ALL SELECT MIN(id), 'a value', company_id, product_id, warehouse_id FROM value_entry
                   GROUP BY company_id, product_id, warehouse_id) u
             WHERE NOT EXISTS (SELECT 1 FROM product_stock s WHERE s.company_id = u.company_id AND s.product_id = u.product_id
                AND s.warehouse_id = u.warehouse_id)",
        )
        .check_sql(
            "what is expected of a transfer order comes to where it is wanted, and no more of it",
            "TransferOrder",
            "SELECT o.id, 'product ' || CAST(p.product_id AS TEXT) || ': expected ' || CAST(p.quantity AS TEXT) || ' in warehouse '
                || CAST(p.warehouse_id AS TEXT) || ', coming ' || CAST(COALESCE(l.quantity, 0) AS TEXT) || ' to '
                || CAST(o.to_warehouse_id AS TEXT)
             FROM (SELECT supply_id, product_id, warehouse_id, CAST(SUM(quantity) AS BIGINT) AS quantity FROM peg
                   WHERE kind = 'supply' AND supply_entity = 'TransferOrder' GROUP BY supply_id, product_id, warehouse_id) p
             JOIN transfer_order o ON o.id = p.supply_id
             LEFT JOIN (SELECT l.parent_id, l.product_id, CAST(SUM(CASE t.state WHEN 'confirmed' THEN l.quantity
                   WHEN 'shipped' THEN l.shipped - l.received - l.lost ELSE 0 END) AS BIGINT) AS quantity
                   FROM transfer_line l JOIN transfer_order t ON t.id = l.parent_id GROUP BY l.parent_id, l.product_id) l
             ON l.parent_id = o.id AND l.product_id = p.product_id
             WHERE p.warehouse_id <> o.to_warehouse_id OR p.quantity > COALESCE(l.quantity, 0)",
        )
        .check_sql(
            "what is in transit is what transfer orders have under way",
            "TransferOrder",
            "SELECT COALESCE(t.id, 0), 'product ' || CAST(COALESCE(t.product_id, b.product_id) AS TEXT) || ': in transit '
                || CAST(COALESCE(b.quantity, 0) AS TEXT) || ', under way ' || CAST(COALESCE(t.quantity, 0) AS TEXT)
             FROM (SELECT product_id, location_id, lot, CAST(SUM(on_hand) AS BIGINT) AS quantity FROM stock_balance
                   WHERE condition = 'transit' AND on_hand <> 0 GROUP BY product_id, location_id, lot) b
             FULL JOIN (SELECT MIN(o.id) AS id, l.product_id, o.arrives_at_id AS location_id, l.lot,
                   CAST(SUM(l.shipped - l.received - l.lost) AS BIGINT) AS quantity FROM transfer_line l
                   JOIN transfer_order o ON o.id = l.parent_id WHERE l.shipped - l.received - l.lost <> 0
                   GROUP BY l.product_id, o.arrives_at_id, l.lot) t
             ON t.product_id = b.product_id AND t.location_id = b.location_id AND t.lot = b.lot
             WHERE COALESCE(b.quantity, 0) <> COALESCE(t.quantity, 0)",
        )
}

/// What expires is not promised for later.
fn of_lots(module: Module) -> Module {
    module
        .check_sql(
            "what is promised is still usable on its day",
            "ProductStock",
            "SELECT s.id, 'after day ' || CAST(e.last AS TEXT) || ' ' || CAST(e.gone AS TEXT) || ' will have expired, held until then '
                || CAST(e.held AS TEXT) || ', free ' || CAST(s.usable - s.pegged AS TEXT)
             FROM product_stock s JOIN (
                SELECT d.company_id, d.product_id, d.warehouse_id, d.last, CAST(SUM(b.on_hand) AS BIGINT) AS gone,
                    COALESCE((SELECT CAST(SUM(p.quantity) AS BIGINT) FROM peg p WHERE p.company_id = d.company_id
                        AND p.product_id = d.product_id AND p.warehouse_id = d.warehouse_id AND p.kind = 'stock' AND p.due <= d.last), 0) AS held
                FROM (SELECT DISTINCT b.company_id, b.product_id, p.parent_id AS warehouse_id, l.expires_on AS last FROM stock_balance b
                    JOIN lot l ON l.company_id = b.company_id AND l.product_id = b.product_id AND l.lot = b.lot
                    JOIN location p ON p.id = b.location_id
                    WHERE b.owner_id = 0 AND b.condition = 'good' AND b.on_hand > 0 AND l.expires_on IS NOT NULL) d
                JOIN stock_balance b ON b.company_id = d.company_id AND b.product_id = d.product_id AND b.owner_id = 0 AND b.condition = 'good'
                JOIN location p ON p.id = b.location_id AND p.parent_id = d.warehouse_id
                JOIN lot l ON l.company_id = b.company_id AND l.product_id = b.product_id AND l.lot = b.lot AND l.expires_on <= d.last
                GROUP BY d.company_id, d.product_id, d.warehouse_id, d.last) e
             ON e.company_id = s.company_id AND e.product_id = s.product_id AND e.warehouse_id = s.warehouse_id
             WHERE e.gone - e.held > s.usable - s.pegged",
        )
        .check_sql(
            "what lies there as a lot is written down",
            "StockBalance",
            "SELECT b.id, 'lot ' || b.lot || ' of product ' || CAST(b.product_id AS TEXT) || ': count it'
             FROM stock_balance b WHERE b.lot <> '' AND b.on_hand <> 0 AND NOT EXISTS (
                SELECT 1 FROM lot l WHERE l.company_id = b.company_id AND l.product_id = b.product_id AND l.lot = b.lot)",
        )
        .check_sql(
            "where lots lie is known",
            "ProductStock",
            "SELECT s.id, 'lot ' || b.lot FROM product_stock s
             JOIN stock_balance b ON b.company_id = s.company_id AND b.product_id = s.product_id AND b.lot <> ''
             JOIN location l ON l.id = b.location_id AND l.parent_id = s.warehouse_id WHERE s.has_lots = 0",
        )
}

/// What is sold as one has no stock of its own.
fn of_kits(module: Module) -> Module {
    module.check_sql(
        "a kit is stocked as its parts, and leaves as them",
        "Product",
        "SELECT p.id, 'on hand ' || CAST(s.on_hand AS TEXT) || ', pegged ' || CAST(s.pegged AS TEXT)
         FROM product p JOIN product_stock s ON s.product_id = p.id WHERE p.kind = 'kit' AND (s.on_hand <> 0 OR s.pegged <> 0)
         UNION ALL
         SELECT p.id, 'delivery line ' || CAST(l.id AS TEXT) || ' has moved nothing'
         FROM delivery_line l JOIN delivery d ON d.id = l.parent_id JOIN product p ON p.id = l.product_id
         WHERE p.kind = 'kit' AND d.state = 'shipped' AND NOT EXISTS (SELECT 1 FROM stock_move m WHERE m.line_id = l.id)",
    )
}
