//! The books: accounts, balanced entries that are never edited, taxes, locks, and the statements read from them.
//!
//! Lines carry the dimensions: account, `party` (who owes) and `customer` (whose profit), so that the sum over all
//! customers and what is attributed to nobody is the net result.

mod account;
mod entry;
mod ground;
mod lock;
mod report;
mod sums;
mod tax;

pub use account::{Account, AccountKind, AccountRole};
pub use entry::{Draft, Entry, EntryKind, EntryLine, post, reverse};
pub use ground::{chart, tax_codes};
pub use lock::{Lock, LockKind, first_open_day, require_open};
pub use report::profit_of;
pub use sums::fold;
pub use tax::{Direction, TaxRecord, Taxed, record_tax};

use kernel::{Kind, Module};

/// The module's list.
#[must_use]
pub fn module() -> Module {
    Module::new("ledger", include_str!("../locale/en.json"), include_str!("../locale/sl.json"))
        .entity::<Account>()
        .set_query::<Account, _>("trial_balance", report::trial_balance)
        .set_query::<Account, _>("profit_and_loss", report::profit_and_loss)
        .set_query::<Account, _>("balance_sheet", report::balance_sheet)
        .closed::<Entry>()
        .computed("total", Kind::Money, "SELECT CAST(COALESCE(SUM(l.amount), 0) AS BIGINT) FROM entry_line l WHERE l.parent_id = {t}.id AND l.amount > 0")
        .set_command::<Entry, _, _>("post_journal", entry::post_journal)
        .is_final()
        .command::<Entry, _, _>("reverse", entry::reverse_command)
        .is_final()
        .closed::<EntryLine>()
        .computed("debit", Kind::Money, "CASE WHEN {t}.amount > 0 THEN {t}.amount END")
        .computed("credit", Kind::Money, "CASE WHEN {t}.amount < 0 THEN -{t}.amount END")
        .computed("posted_on", Kind::Date, "SELECT e.posted_on FROM entry e WHERE e.id = {t}.parent_id")
        .closed::<TaxRecord>()
        .set_query::<TaxRecord, _>("vat_return", tax::vat_return)
        .entity::<Lock>()
        .events(&["ledger.Posted", "ledger.Reversed"])
        .table("account_day", "id account_id day amount", &[("account_id,day", true)])
        .table("account_month", "id account_id month amount", &[("account_id,month", true)])
        .check_sql(
            "every ledger entry balances",
            "Entry",
            "SELECT l.parent_id, 'the lines add up to ' || CAST(SUM(l.amount) AS TEXT) FROM entry_line l GROUP BY l.parent_id HAVING SUM(l.amount) <> 0",
        )
        .check("kept sums equal their entries", sums::check)
        .area("finance", &["Account", "Entry", "TaxRecord", "Lock"])
}
