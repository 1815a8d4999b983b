//! Three kinds of locks, apart from each other: VAT periods, stock days, ledger periods.

use access::Company;
use kernel::{Choice, Context, Entity, Ref, Result, refuse};
use numbers::Date;
use std::collections::HashMap;

/// Nothing of this kind is posted on or before the day.
#[derive(Clone, Debug, Entity)]
#[entity(title = "kind", list = "kind,until_day", unique = "company_id,kind")]
pub struct Lock {
    pub id: i64,
    pub company: Ref<Company>,
    pub kind: LockKind,
    pub until_day: Date,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum LockKind {
    Vat,
    Stock,
    Ledger,
}

fn locked_until(kind: LockKind, cx: &mut Context) -> Result<Option<Date>> {
    let locks = cx.memo::<Lock, HashMap<String, i64>>(|cx| {
        let sql = "SELECT kind, until_day FROM lock WHERE company_id = ?";
        let rows = cx.tx.query(sql, &[cx.actor.company.into()])?;
        Ok(rows.iter().map(|r| (r.text(0).to_owned(), r.int(1))).collect())
    })?;
    Ok(locks.get(kind.word()).map(|day| Date::from_days(*day)).transpose()?)
}

/// # Errors
/// `ledger.locked`, with the first day that is open.
pub fn require_open(kind: LockKind, on: Date, cx: &mut Context) -> Result<()> {
    match locked_until(kind, cx)? {
        Some(until) if on <= until => Err(refuse("ledger.locked")
            .field("posted_on")
            .arg("day", on)
            .arg("kind", kind.word())
            .arg("first", until.plus_days(1)?)
            .into()),
        _ => Ok(()),
    }
}

/// The day itself, or the first one that is still open: a difference that belongs to a closed day goes there.
///
/// # Errors
/// The database's.
pub fn first_open_day(kind: LockKind, on: Date, cx: &mut Context) -> Result<Date> {
    match locked_until(kind, cx)? {
        Some(until) if on <= until => Ok(until.plus_days(1)?),
        _ => Ok(on),
    }
}
