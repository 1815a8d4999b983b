//! The trial balance of a million entry lines.

use crate::firm::Firm;
use crate::report::{Better, Report};
use crate::{fill, p95, scaled};
use kernel::Result;
use serde_json::json;
use store::Value;

pub fn run(firm: &Firm, report: &mut Report) {
    // What the chains have posted is folded as the job would.
    while ledger::fold(&firm.kernel).expect("folding") > 0 {}
    fill::entries(firm, scaled(1_000_000));
    firm.analyse();
    let today = fill::today(firm);
    let month = numbers::Date::from_days(today).expect("today").first_of_month().days();
    let kept = |_| {
        let sql = "SELECT s.account_id, CAST(SUM(s.amount) AS BIGINT) FROM (SELECT account_id, amount FROM account_month WHERE month < ?
             UNION ALL SELECT account_id, amount FROM account_day WHERE day >= ? AND day <= ?) s GROUP BY s.account_id";
        let params = [month, month, today].map(Value::Int);
        firm.kernel.store.read(|tx| -> Result<_> { Ok(tx.query(sql, &params)?) }).expect("sums");
    };
    // What was filled last is still being written out.
    p95(300, |_| balance(firm, today));
    p95(300, kept);
    let (own, floor) = (p95(200, |_| balance(firm, today)), p95(200, kept));
    report.ratio(firm.name("trial"), "ms p95", (own, floor), 2.0, Better::Lower);
    let past = p95(200, |n| balance(firm, today - i64::try_from(n * 5).unwrap_or_default()));
    report.value(firm.name("trial.past"), "ms p95", past, 10.0, Better::Lower);
}

pub fn balance(firm: &Firm, day: i64) {
    let on = numbers::Date::from_days(day).expect("a day").to_string();
    let query = firm.kernel.registry.query("Account", "trial_balance").expect("a query");
    let body = json!({"on": on}).as_object().cloned().unwrap_or_default();
    let input = kernel::json::input_from_json(&query.input, &body, "").expect("input");
    firm.kernel.read(&firm.actor, |r| query.ask(r, None, input)).expect("a trial balance");
}
