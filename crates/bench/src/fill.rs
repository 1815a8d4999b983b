//! Large tables by set-based SQL, the same on both databases. Ids lie far above those that commands draw.

use crate::firm::Firm;
use kernel::search::fold;
use store::Value;

/// Where ids of filled rows begin, by table.
pub const PARTIES: i64 = 4_000_000_000;
pub const ORDERS: i64 = 5_000_000_000;
pub const ENTRIES: i64 = 6_000_000_000;
pub const LINES: i64 = 7_000_000_000;

/// `n(i)` counts from one number to another.
fn counting(from: i64, to: i64) -> String {
    format!(
        "WITH RECURSIVE n(i) AS (SELECT CAST({from} AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < {to})"
    )
}

const HEADS: [&str; 10] = ["Ko", "Ma", "Bre", "Sta", "Žu", "Hri", "Pla", "Ga", "Ve", "Zo"];
const MIDDLES: [&str; 10] = ["va", "li", "re", "no", "ri", "tu", "si", "mo", "ne", "da"];
const TAILS: [&str; 10] = ["č", "nik", "k", "c", "šek", "r", "n", "vec", "lj", "ž"];

/// The n-th of a thousand words.
pub fn word(n: usize) -> String {
    let part = |parts: &[&'static str; 10], at: usize| parts.get(at % 10).copied().unwrap_or_default();
    format!("{}{}{}", part(&HEADS, n), part(&MIDDLES, n / 10), part(&TAILS, n / 100))
}

/// Customers of two words each, with their search rows.
pub fn parties(firm: &Firm, count: i64) {
    firm.batch("CREATE TABLE bench_word (id BIGINT PRIMARY KEY, word TEXT NOT NULL, folded TEXT NOT NULL)");
    firm.write(|tx| {
        let rows: Vec<Vec<Value>> = (0..1_000)
            .zip(0_i64..)
            .map(|(n, id)| vec![id.into(), word(n).into(), fold(&word(n)).into()])
            .collect();
        Ok(tx.insert("bench_word", &["id", "word", "folded"], &rows)?)
    });
    let count_up = counting(1, count);
    let words = "JOIN bench_word a ON a.id = n.i % 1000 JOIN bench_word b ON b.id = (n.i / 1000) % 1000";
    firm.batch(&format!(
        "INSERT INTO party (id, version, number, kind, name, is_customer, is_supplier, is_employee, payment_days, billing,
            over_delivery_percent, archived) {count_up}
         SELECT {PARTIES} + n.i, 1, 'F' || n.i, 'organisation', a.word || ' ' || b.word || ' d.o.o.', 1, 0, 0, 30, 'by_delivery', 0, 0
         FROM n {words}"
    ));
    // An index is built faster than it is kept while a million rows come.
    let postgres = firm.database == "postgres";
    if postgres {
        firm.batch("DROP INDEX search_trigrams");
    }
    firm.batch(&format!(
        "INSERT INTO search (id, entity, title, note, folded) {count_up}
         SELECT {PARTIES} + n.i, 'Party', a.word || ' ' || b.word || ' d.o.o.', 'F' || n.i,
            'f' || n.i || ' ' || a.folded || ' ' || b.folded || ' d.o.o.' FROM n {words}"
    ));
    firm.batch(if postgres {
        kernel::search::POSTGRES
    } else {
        "INSERT INTO search_text (rowid, folded) SELECT id, folded FROM search WHERE id > 4000000000"
    });
}

/// Orders over seven years in every state.
pub fn orders(firm: &Firm, from: i64, to: i64) {
    let (company, today) = (firm.actor.company, today(firm));
    firm.batch(&format!(
        "INSERT INTO sales_order (id, version, company_id, number, customer_id, state, ordered_on, promised_on, currency, net, tax, gross,
            cost, history, reserved) {}
         SELECT {ORDERS} + n.i, 1, {company}, 'F' || n.i, {PARTIES} + 1 + n.i % 1000,
            CASE n.i % 10 WHEN 0 THEN 'draft' WHEN 1 THEN 'quoted' WHEN 2 THEN 'cancelled' WHEN 3 THEN 'confirmed' ELSE 'closed' END,
            {today} - (n.i * 7919) % 2500, {today} - (n.i * 7919) % 2500 + 7, 'EUR', n.i % 100000, n.i % 22000, n.i % 122000, n.i % 50000, 1, 0
         FROM n",
        counting(from, to)
    ));
}

pub fn today(firm: &Firm) -> i64 {
    (firm.kernel.clock)().as_second() / 86_400
}

/// Entries of five lines over three years, all in the kept sums.
pub fn entries(firm: &Firm, lines: i64) {
    let (company, today, entries) = (firm.actor.company, today(firm), lines / 5);
    firm.batch(&format!(
        "INSERT INTO entry (id, version, company_id, number, posted_on, kind, text, folded) {}
         SELECT {ENTRIES} + n.i, 1, {company}, 'F' || n.i, {today} - (n.i * 7919) % 1095, 'journal', 'filled', 1 FROM n",
        counting(1, entries)
    ));
    let accounts =
        firm.ids(&format!("SELECT id FROM account WHERE company_id = {company} ORDER BY code LIMIT 15"));
    let account: String =
        accounts.iter().enumerate().map(|(at, id)| format!("WHEN {at} THEN CAST({id} AS BIGINT) ")).collect();
    firm.batch(&format!(
        "INSERT INTO entry_line (id, parent_id, account_id, amount, text) {}
         SELECT {LINES} + n.i, {ENTRIES} + 1 + (n.i - 1) / 5, CASE n.i % {} {account}END,
            ((n.i - 1) / 5 % 1000 + 1) * CASE n.i % 5 WHEN 0 THEN -4 ELSE 1 END, 'filled' FROM n",
        counting(1, entries * 5),
        accounts.len(),
    ));
    firm.batch("CREATE TABLE bench_day (id BIGINT PRIMARY KEY, month BIGINT NOT NULL)");
    firm.write(move |tx| {
        let month = |day| numbers::Date::from_days(day).map(|d| d.first_of_month().days());
        let rows: Vec<Vec<Value>> = (today - 1_100..=today)
            .map(|day| Ok(vec![day.into(), month(day)?.into()]))
            .collect::<kernel::Result<_>>()?;
        Ok(tx.insert("bench_day", &["id", "month"], &rows)?)
    });
    for (table, column, by) in [("account_day", "day", "e.posted_on"), ("account_month", "month", "d.month")]
    {
        firm.batch(&format!(
            "INSERT INTO {table} (id, account_id, {column}, amount)
             SELECT MIN(l.id) + CASE '{column}' WHEN 'day' THEN 0 ELSE 100000000 END, l.account_id, {by}, CAST(SUM(l.amount) AS BIGINT)
             FROM entry_line l JOIN entry e ON e.id = l.parent_id JOIN bench_day d ON d.id = e.posted_on WHERE e.id > {ENTRIES}
             GROUP BY l.account_id, {by}
             ON CONFLICT (account_id, {column}) DO UPDATE SET amount = {table}.amount + excluded.amount"
        ));
    }
}
