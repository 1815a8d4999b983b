//! Trial balance, profit and loss, balance sheet, and the profit of one customer.

use crate::sums::{BALANCES, balances_on};
use kernel::{Input, Reader, Result, json::to_json};
use kernel::{Kind, Value};
use numbers::Date;
use serde_json::{Value as Json, json};
use std::collections::HashMap;

#[derive(Debug, Input)]
pub struct On {
    pub on: Option<Date>,
}

#[derive(Debug, Input)]
pub struct Period {
    pub from_day: Option<Date>,
    pub to_day: Option<Date>,
}

struct Row {
    id: i64,
    code: String,
    name: String,
    kind: String,
    amount: i64,
}

/// The books as a whole are for who sees every entry.
const BOOKS: [(&str, &[&str]); 1] = [("Entry", &["posted_on", "amount", "account_id"])];

fn money(amount: i64) -> Json {
    to_json(Kind::Money, &Value::Int(amount))
}

fn rows(reader: &mut Reader, on: Date) -> Result<Vec<Row>> {
    let company = reader.actor.company;
    let rows = reader.tx.query(
        &format!(
            "SELECT a.id, a.code, a.name, a.kind, b.amount FROM ({BALANCES}) b JOIN account a ON a.id = b.account_id
             WHERE a.company_id = ? ORDER BY a.code"
        ),
        &balances_on(on).into_iter().chain([company.into()]).collect::<Vec<_>>(),
    )?;
    Ok(rows
        .iter()
        .map(|r| Row {
            id: r.int(0),
            code: r.text(1).into(),
            name: r.text(2).into(),
            kind: r.text(3).into(),
            amount: r.int(4),
        })
        .collect())
}

/// Balances of all accounts at the end of a day.
pub(crate) fn trial_balance(input: On, reader: &mut Reader) -> Result<Json> {
    reader.needs(&BOOKS)?;
    let on = input.on.unwrap_or_else(|| reader.today());
    let rows = rows(reader, on)?;
    let moved: Vec<&Row> = rows.iter().filter(|r| r.amount != 0).collect();
    let debit: i64 = moved.iter().map(|r| r.amount.max(0)).sum();
    let credit: i64 = moved.iter().map(|r| (-r.amount).max(0)).sum();
    let shown: Vec<Json> = moved
        .iter()
        .map(|r| {
            json!({"account_id": r.id, "code": r.code, "name": r.name, "kind": r.kind,
                   "debit": money(r.amount.max(0)), "credit": money((-r.amount).max(0)), "balance": money(r.amount)})
        })
        .collect();
    Ok(json!({"on": on.to_string(), "value": shown, "debit": money(debit), "credit": money(credit)}))
}

/// Income and expense of a period; by default the year so far.
pub(crate) fn profit_and_loss(input: Period, reader: &mut Reader) -> Result<Json> {
    reader.needs(&BOOKS)?;
    let to = input.to_day.unwrap_or_else(|| reader.today());
    let from = input.from_day.map_or_else(|| Date::new(to.year(), 1, 1), Ok)?;
    let before: HashMap<i64, i64> =
        rows(reader, from.plus_days(-1)?)?.iter().map(|r| (r.id, r.amount)).collect();
    let mut sides: HashMap<&str, (Vec<Json>, i64)> = HashMap::new();
    for row in rows(reader, to)? {
        let side = match row.kind.as_str() {
            "income" => "income",
            "expense" => "expense",
            _ => continue,
        };
        // Income stands on the credit side; both are shown above zero.
        let change = row.amount - before.get(&row.id).copied().unwrap_or_default();
        let shown = if side == "income" { -change } else { change };
        if shown != 0 {
            let (lines, total) = sides.entry(side).or_default();
            lines.push(
                json!({"account_id": row.id, "code": row.code, "name": row.name, "amount": money(shown)}),
            );
            *total += shown;
        }
    }
    let (income, earned) = sides.remove("income").unwrap_or_default();
    let (expense, spent) = sides.remove("expense").unwrap_or_default();
    Ok(json!({"from": from.to_string(), "to": to.to_string(), "income": income, "expense": expense,
              "total_income": money(earned), "total_expense": money(spent), "result": money(earned - spent)}))
}

/// What is owned, owed and left at the end of a day; the result not yet carried forward is part of equity.
pub(crate) fn balance_sheet(input: On, reader: &mut Reader) -> Result<Json> {
    reader.needs(&BOOKS)?;
    let on = input.on.unwrap_or_else(|| reader.today());
    let (mut assets, mut claims) = (Vec::new(), Vec::new());
    let (mut owned, mut owed, mut result) = (0, 0, 0);
    for row in rows(reader, on)?.into_iter().filter(|r| r.amount != 0) {
        let line = |amount: i64| json!({"account_id": row.id, "code": row.code, "name": row.name, "amount": money(amount)});
        match row.kind.as_str() {
            "asset" => {
                assets.push(line(row.amount));
                owned += row.amount;
            }
            "liability" | "equity" => {
                claims.push(line(-row.amount));
                owed -= row.amount;
            }
            _ => result -= row.amount,
        }
    }
    Ok(json!({"on": on.to_string(), "assets": assets, "claims": claims, "result": money(result),
              "total_assets": money(owned), "total_claims": money(owed + result)}))
}

/// Revenue and profit of a customer by year, from the ledger to the cent.
///
/// # Errors
/// The database's.
pub fn profit_of(reader: &mut Reader, customers: &[i64]) -> Result<Vec<(i16, i64, i64)>> {
    let company = reader.actor.company;
    let sql = format!(
        "SELECT e.posted_on, a.kind, CAST(SUM(l.amount) AS BIGINT) FROM entry_line l JOIN entry e ON e.id = l.parent_id
         JOIN account a ON a.id = l.account_id
         WHERE l.customer_id {} AND a.kind IN ('income','expense') AND e.company_id = ? GROUP BY e.posted_on, a.kind",
        kernel::rows::among(customers.len())
    );
    let params: Vec<Value> = customers.iter().map(|c| Value::Int(*c)).chain([company.into()]).collect();
    let lines = reader.tx.query(&sql, &params)?;
    let mut years: Vec<(i16, i64, i64)> = Vec::new();
    for line in lines {
        let year = Date::from_days(line.int(0))?.year();
        let place = match years.iter_mut().find(|y| y.0 == year) {
            Some(place) => place,
            None => {
                years.push((year, 0, 0));
                let Some(last) = years.last_mut() else { continue };
                last
            }
        };
        if line.text(1) == "income" {
            place.1 -= line.int(2);
        }
        place.2 -= line.int(2);
    }
    years.sort_unstable();
    Ok(years)
}
