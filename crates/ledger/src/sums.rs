//! Kept sums. Posting inserts lines only; a job folds them into sums by day and month in one transaction, and
//! reads add what is not folded yet. So there is no hot row, and any date is a few rows away.

use kernel::{Breach, Kernel, Result};
use numbers::Date;
use store::{Tx, Value};

/// Entries of one turn.
const TURN: i64 = 5_000;

/// The first day of a day's month, in days.
pub(crate) fn month_of(day: i64) -> Result<i64> {
    Ok(Date::from_days(day)?.first_of_month().days())
}

/// Folds entries that are not in the sums yet; answers how many there were.
///
/// # Errors
/// The database's.
pub fn fold(kernel: &Kernel) -> Result<usize> {
    kernel.store.write(|tx| {
        let lock = tx.for_update();
        let ids = tx.query(&format!("SELECT id FROM entry WHERE folded = 0 ORDER BY id LIMIT ?{lock}"), &[TURN.into()])?;
        let (Some(first), Some(last)) = (ids.first(), ids.last()) else { return Ok(0) };
        let range = [first.get(0).clone(), last.get(0).clone()];
        let rows = tx.query(
            "SELECT l.account_id, e.posted_on, CAST(SUM(l.amount) AS BIGINT) FROM entry_line l JOIN entry e ON e.id = l.parent_id
             WHERE e.folded = 0 AND e.id BETWEEN ? AND ? GROUP BY l.account_id, e.posted_on ORDER BY 1, 2",
            &range,
        )?;
        for row in &rows {
            add(tx, "account_day", "day", row.int(0), row.int(1), row.int(2))?;
            add(tx, "account_month", "month", row.int(0), month_of(row.int(1))?, row.int(2))?;
        }
        tx.execute("UPDATE entry SET folded = 1 WHERE folded = 0 AND id BETWEEN ? AND ?", &range)?;
        Ok(ids.len())
    })
}

fn add(tx: &mut Tx, table: &str, column: &str, account: i64, at: i64, amount: i64) -> Result<()> {
    let id = tx.next_id()?;
    tx.execute(
        &format!(
            "INSERT INTO {table} (id, account_id, {column}, amount) VALUES (?, ?, ?, ?)
             ON CONFLICT (account_id, {column}) DO UPDATE SET amount = {table}.amount + excluded.amount"
        ),
        &[id.into(), account.into(), at.into(), amount.into()],
    )?;
    Ok(())
}

/// Balances at the end of a day, by account that ever moved: whole months, the days since, and what is not folded yet.
pub(crate) const BALANCES: &str = "SELECT s.account_id, CAST(SUM(s.amount) AS BIGINT) AS amount FROM (
        SELECT account_id, amount FROM account_month WHERE month < ?
        UNION ALL SELECT account_id, amount FROM account_day WHERE day >= ? AND day <= ?
        UNION ALL SELECT l.account_id, l.amount FROM entry e JOIN entry_line l ON l.parent_id = e.id
                  WHERE e.folded = 0 AND e.posted_on <= ?
    ) s GROUP BY s.account_id";

/// What [`BALANCES`] asks for.
pub(crate) fn balances_on(on: Date) -> [Value; 4] {
    let month = on.first_of_month().days();
    [month, month, on.days(), on.days()].map(Value::Int)
}

/// Sums by month equal the lines that are folded.
pub(crate) fn check(tx: &mut Tx) -> Result<Vec<Breach>> {
    let mut found = Vec::new();
    for table in ["account_day", "account_month"] {
        let rows = tx.query(
            &format!(
                "SELECT a.id, COALESCE(s.kept, 0), COALESCE(l.made, 0) FROM account a
                 LEFT JOIN (SELECT account_id, CAST(SUM(amount) AS BIGINT) AS kept FROM {table} GROUP BY account_id) s ON s.account_id = a.id
                 LEFT JOIN (SELECT l.account_id, CAST(SUM(l.amount) AS BIGINT) AS made FROM entry_line l
                            JOIN entry e ON e.id = l.parent_id WHERE e.folded = 1 GROUP BY l.account_id) l ON l.account_id = a.id
                 WHERE COALESCE(s.kept, 0) <> COALESCE(l.made, 0)"
            ),
            &[],
        )?;
        found.extend(rows.iter().map(|r| Breach {
            entity: "Account".into(),
            id: r.int(0),
            what: format!("{table} keeps {}, the entries make {}", r.int(1), r.int(2)),
        }));
    }
    Ok(found)
}
