//! Bills from the database, many at once.

use super::{Given, Known, Line, Operation, Recipes, Replacing};
use crate::bill::BillKind;
use kernel::{Choice, Error, Result, Value, rows::among};
use numbers::{Date, Decimal6, Rational};
use std::collections::HashSet;
use store::{Row, Tx};

/// How far down bills are read.
#[derive(Clone, Copy, PartialEq)]
enum Depth {
    Phantoms,
    Everything,
}

impl Recipes {
    /// The bills of these products, and of the phantoms that go into them over all levels.
    ///
    /// # Errors
    /// The database's.
    pub fn of(products: &[i64], company: i64, tx: &mut Tx) -> Result<Self> {
        Self::down(products, company, Depth::Phantoms, tx)
    }

    /// The bills of these products, and of all that goes into them over all levels.
    ///
    /// # Errors
    /// The database's.
    pub fn below(products: &[i64], company: i64, tx: &mut Tx) -> Result<Self> {
        Self::down(products, company, Depth::Everything, tx)
    }

    /// All bills of a company; of those for orders, the ones that somebody still waits for.
    ///
    /// # Errors
    /// The database's.
    pub fn all(company: i64, tx: &mut Tx) -> Result<Self> {
        let mut all = Self::default();
        let own =
            "company_id = ? AND (order_line_id IS NULL OR order_line_id IN (SELECT demand_id FROM peg))";
        all.load(own, &format!("parent_id IN (SELECT id FROM bill WHERE {own})"), &[company.into()], tx)?;
        all.number(company, tx)?;
        Ok(all)
    }

    /// The bill that was drawn for a line of an order, and whether it is released.
    #[must_use]
    pub fn of_order(&self, product: i64, line: i64) -> Option<(i64, bool)> {
        let bills = self.of_product.get(&product)?.iter().filter_map(|id| self.bills.get(id));
        let mut own = bills.filter(|bill| bill.order_line == Some(line) && !bill.archived);
        own.next().map(|bill| (bill.id, bill.is_released))
    }

    fn down(products: &[i64], company: i64, depth: Depth, tx: &mut Tx) -> Result<Self> {
        let mut all = Self::default();
        let mut known: HashSet<i64> = products.iter().copied().collect();
        let mut level: Vec<i64> = known.iter().copied().collect();
        level.sort_unstable();
        let mut phantoms = "";
        while !level.is_empty() {
            let mut next = Vec::new();
            for chunk in level.chunks(500) {
                let among = among(chunk.len());
                let own = format!("company_id = ? AND product_id {among} {phantoms}");
                let params: Vec<Value> =
                    std::iter::once(company).chain(chunk.iter().copied()).map(Value::Int).collect();
                let lines = format!("parent_id IN (SELECT id FROM bill WHERE {own})");
                for component in all.load(&own, &lines, &params, tx)? {
                    if known.insert(component) {
                        next.push(component);
                    }
                }
            }
            if depth == Depth::Phantoms {
                // The highest valid revision decides: where one is a phantom's, all of the product are looked at.
                phantoms = "AND EXISTS (SELECT 1 FROM bill p WHERE p.product_id = bill.product_id
                    AND p.company_id = bill.company_id AND p.kind = 'phantom')";
            }
            next.sort_unstable();
            level = next;
        }
        all.number(company, tx)?;
        Ok(all)
    }

    /// Adds bills by a condition on them, and their parts by one on those. Answers the components.
    fn load(&mut self, bills: &str, parts: &str, params: &[Value], tx: &mut Tx) -> Result<Vec<i64>> {
        let sql = format!(
            "SELECT id, product_id, kind, batch, valid_from, valid_to, lot_from, lot_to, archived, revision, version, order_line_id, released_on FROM bill
             WHERE {bills} ORDER BY product_id, revision DESC"
        );
        let found = tx.query(&sql, params)?;
        if found.is_empty() {
            return Ok(Vec::new());
        }
        for r in found {
            let bill = known(&r)?;
            self.of_product.entry(bill.product).or_default().push(bill.id);
            self.bills.insert(bill.id, bill);
        }
        let mut components = Vec::new();
        let sql = format!(
            "SELECT parent_id, product_id, quantity, scrap_percent, operation, valid_from, valid_to, id, by_potency,
                from_serial, until_serial FROM bill_line
             WHERE {parts} ORDER BY parent_id, position"
        );
        for r in tx.query(&sql, params)? {
            components.push(r.int(1));
            self.part(&r, |bill, r| {
                let (quantity, scrap_percent) = (Decimal6(r.int(2)), Decimal6(r.int(3)));
                let (operation, dates) = (r.get(4).as_int(), (day(r, 5)?, day(r, 6)?));
                let (id, product) = (r.int(7), r.int(1));
                let (by_potency, serials) = (r.int(8) != 0, (r.get(9).as_int(), r.get(10).as_int()));
                bill.lines.push(Line {
                    id,
                    product,
                    quantity,
                    by_potency,
                    scrap_percent,
                    operation,
                    dates,
                    serials,
                });
                Ok(())
            })?;
        }
        self.load_operations(parts, params, tx)?;
        let sql = format!(
            "SELECT parent_id, product_id, quantity, cost_share_percent FROM bill_output WHERE {parts} ORDER BY parent_id, position"
        );
        for r in tx.query(&sql, params)? {
            self.part(&r, |bill, r| {
                let (quantity, cost_share_percent) = (Decimal6(r.int(2)), Decimal6(r.int(3)));
                bill.outputs.push(Given { product: r.int(1), quantity, cost_share_percent });
                Ok(())
            })?;
        }
        let sql = format!(
            "SELECT parent_id, product_id, substitute_id, ratio FROM bill_substitute WHERE {parts} ORDER BY parent_id, priority, id"
        );
        for r in tx.query(&sql, params)? {
            self.part(&r, |bill, r| {
                let ratio = Decimal6(r.int(3));
                bill.substitutes.push(Replacing { component: r.int(1), product: r.int(2), ratio });
                Ok(())
            })?;
        }
        Ok(components)
    }

    /// Reads which units come next, where some line goes by their numbers.
    fn number(&mut self, company: i64, tx: &mut Tx) -> Result<()> {
        let by_serial = |line: &Line| line.serials != (None, None);
        if !self.bills.values().flat_map(|bill| &bill.lines).any(by_serial) {
            return Ok(());
        }
        let rows = tx.query(
            "SELECT product_id, MAX(first_serial + quantity / 1000000) FROM work_order
             WHERE company_id = ? AND first_serial IS NOT NULL AND state <> 'cancelled' GROUP BY product_id",
            &[company.into()],
        )?;
        self.next_serial = rows.iter().map(|r| (r.int(0), r.int(1))).collect();
        Ok(())
    }

    fn load_operations(&mut self, parts: &str, params: &[Value], tx: &mut Tx) -> Result<()> {
        let sql = format!(
            "SELECT parent_id, position, name, work_center_id, setup_minutes, run_minutes, queue_minutes, move_minutes,
                transfer_quantity, yield_percent, skill_id, tool_id, setup_family, outside_id, id, inspect
             FROM bill_operation WHERE {parts} ORDER BY parent_id, position"
        );
        for r in tx.query(&sql, params)? {
            self.part(&r, |bill, r| {
                bill.operations.push(Operation {
                    id: r.int(14),
                    position: r.int(1),
                    name: r.text(2).to_owned(),
                    work_center: r.int(3),
                    setup_minutes: Decimal6(r.int(4)),
                    run_minutes: Decimal6(r.int(5)),
                    queue_minutes: Decimal6(r.int(6)),
                    move_minutes: Decimal6(r.int(7)),
                    transfer_quantity: r.get(8).as_int().map(Decimal6),
                    yield_percent: Decimal6(r.int(9)),
                    skill: r.get(10).as_int(),
                    tool: r.get(11).as_int(),
                    setup_family: r.get(12).as_text().map(ToOwned::to_owned),
                    inspect: r.int(15) != 0,
                    outside: r.get(13).as_int(),
                });
                Ok(())
            })?;
        }
        Ok(())
    }

    fn part(&mut self, row: &Row, add: impl FnOnce(&mut Known, &Row) -> Result<()>) -> Result<()> {
        self.bills.get_mut(&row.int(0)).map_or(Ok(()), |bill| add(bill, row))
    }
}

fn known(r: &Row) -> Result<Known> {
    let unknown = || Error::corrupt("an unknown kind of bill is stored");
    Ok(Known {
        id: r.int(0),
        product: r.int(1),
        kind: BillKind::of(r.text(2)).ok_or_else(unknown)?,
        batch: Decimal6(r.int(3)),
        dates: (day(r, 4)?, day(r, 5)?),
        lots: (lot(r, 6), lot(r, 7)),
        archived: r.int(8) != 0,
        revision: r.int(9),
        version: r.int(10),
        order_line: r.get(11).as_int(),
        is_released: r.get(12).as_int().is_some(),
        lines: Vec::new(),
        operations: Vec::new(),
        outputs: Vec::new(),
        substitutes: Vec::new(),
    })
}

fn day(r: &Row, at: usize) -> Result<Option<Date>> {
    Ok(r.get(at).as_int().map(Date::from_days).transpose()?)
}

fn lot(r: &Row, at: usize) -> Option<Rational> {
    r.get(at).as_int().map(|q| Rational::from(Decimal6(q)))
}
