//! Entries: balanced, numbered without gap, never edited. A mistake is reversed by another entry.

use crate::account::{Account, AccountRole, ByRole, accounts_by_role};
use crate::lock::{LockKind, require_open};
use access::Company;
use kernel::{Choice, Context, Entity, Error, Input, Origin, Ref, Refusal, Result, Value, refuse};
use numbers::{Date, Money};
use parties::Party;
use serde_json::{Value as Json, json};
use std::sync::Arc;

/// A posting.
#[derive(Clone, Debug, Entity)]
#[entity(
    set = "Entries",
    search = "number,text",
    list = "number,posted_on,kind,text,total",
    number = "",
    index = "company_id,posted_on;source_id;folded"
)]
pub struct Entry {
    pub id: i64,
    pub company: Ref<Company>,
    pub number: String,
    pub posted_on: Date,
    pub kind: EntryKind,
    pub text: String,
    /// The document that it follows from.
    pub source: Option<Origin>,
    pub reverses: Option<Ref<Entry>>,
    /// Whether it is in the kept sums already.
    #[field(readonly)]
    pub folded: bool,
    #[lines]
    pub lines: Vec<EntryLine>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum EntryKind {
    Journal,
    Opening,
    Receipt,
    Delivery,
    Invoice,
    SupplierInvoice,
    Payment,
    Stock,
    Reversal,
    Production,
}

/// One side of a posting: debit is positive.
#[derive(Clone, Debug, Entity)]
#[entity(
    line_of = "Entry",
    title = "text",
    list = "posted_on,account_id,debit,credit,party_id,customer_id,text",
    index = "account_id;party_id;customer_id"
)]
pub struct EntryLine {
    pub id: i64,
    pub account: Ref<Account>,
    /// In the company's currency; debit above zero.
    pub amount: Money,
    /// Who owes or is owed.
    pub party: Option<Ref<Party>>,
    /// Whose profit it is.
    pub customer: Option<Ref<Party>>,
    pub text: String,
}

/// An entry being put together by a command of a document.
#[derive(Debug)]
pub struct Draft {
    pub on: Date,
    pub kind: EntryKind,
    pub text: String,
    pub source: Option<Origin>,
    pub lines: Vec<EntryLine>,
    roles: Option<Arc<ByRole>>,
}

impl Draft {
    #[must_use]
    pub fn new(on: Date, kind: EntryKind, text: &str, source: Option<Origin>) -> Self {
        Self { on, kind, text: text.to_owned(), source, lines: Vec::new(), roles: None }
    }

    /// A line on the account with this role; nothing for an amount of zero.
    ///
    /// # Errors
    /// `ledger.no_account`.
    pub fn add(
        &mut self,
        role: AccountRole,
        amount: Money,
        party: Option<Ref<Party>>,
        customer: Option<Ref<Party>>,
        cx: &mut Context,
    ) -> Result<()> {
        if amount.0 == 0 {
            return Ok(());
        }
        let roles = match &self.roles {
            Some(roles) => roles,
            None => self.roles.insert(accounts_by_role(cx)?),
        };
        let account = roles.get(&role).copied();
        let account =
            account.ok_or_else(|| Error::from(refuse("ledger.no_account").arg("role", role.word())))?;
        self.on_account(account, amount, party, customer)
    }

    /// A line on an account; lines of the same dimensions are one.
    ///
    /// # Errors
    /// When the sum is beyond all measure.
    pub fn on_account(
        &mut self,
        account: Ref<Account>,
        amount: Money,
        party: Option<Ref<Party>>,
        customer: Option<Ref<Party>>,
    ) -> Result<()> {
        let same = |l: &&mut EntryLine| l.account == account && l.party == party && l.customer == customer;
        match self.lines.iter_mut().find(same) {
            Some(line) => line.amount = line.amount.plus(amount)?,
            None => self.lines.push(EntryLine {
                id: 0,
                account,
                amount,
                party,
                customer,
                text: self.text.clone(),
            }),
        }
        Ok(())
    }
}

/// Posts a draft; nothing where it has come to nothing.
///
/// # Errors
/// `ledger.unbalanced`, `ledger.locked`.
pub fn post(mut draft: Draft, cx: &mut Context) -> Result<Option<i64>> {
    draft.lines.retain(|l| l.amount.0 != 0);
    if draft.lines.is_empty() {
        return Ok(None);
    }
    let sum = Money::sum(draft.lines.iter().map(|l| l.amount))?;
    if sum.0 != 0 {
        return Err(refuse("ledger.unbalanced").field("lines").arg("difference", sum).into());
    }
    require_open(LockKind::Ledger, draft.on, cx)?;
    let mut entry = Entry {
        id: 0,
        company: Ref::new(cx.actor.company),
        number: String::new(),
        posted_on: draft.on,
        kind: draft.kind,
        text: draft.text,
        source: draft.source,
        reverses: None,
        folded: false,
        lines: draft.lines,
    };
    insert(&mut entry, cx)?;
    Ok(Some(entry.id))
}

fn insert(entry: &mut Entry, cx: &mut Context) -> Result<()> {
    cx.insert(entry)?;
    let year = entry.posted_on.year();
    let series = format!("Entry/{}/{year}", entry.company.id());
    cx.number::<Entry>(entry.id, series, "GL{year}-{n:06}", year)?;
    let about = entry.source.clone().into_iter().collect();
    cx.emit("ledger.Posted", Origin::of(entry), about)
}

/// A journal entry by hand.
#[derive(Debug, Input)]
pub struct Journal {
    pub posted_on: Option<Date>,
    pub text: String,
    pub opening: Option<bool>,
    #[lines]
    pub lines: Vec<JournalLine>,
}

#[derive(Debug, Input)]
pub struct JournalLine {
    pub account: Ref<Account>,
    pub debit: Option<Money>,
    pub credit: Option<Money>,
    pub party: Option<Ref<Party>>,
    pub customer: Option<Ref<Party>>,
    pub text: Option<String>,
}

/// Posts what a person wrote; opening balances, too.
pub(crate) fn post_journal(input: Journal, cx: &mut Context) -> Result<Json> {
    let kind = if input.opening == Some(true) { EntryKind::Opening } else { EntryKind::Journal };
    let on = input.posted_on.unwrap_or_else(|| cx.today());
    let mut draft = Draft::new(on, kind, &input.text, None);
    let mut faults = Vec::new();
    for (i, line) in input.lines.into_iter().enumerate() {
        let amount = line.debit.unwrap_or(Money(0)).minus(line.credit.unwrap_or(Money(0)))?;
        let both = line.debit.is_some_and(|d| d.0 != 0) && line.credit.is_some_and(|c| c.0 != 0);
        if amount.0 == 0 || both {
            faults.push(refuse("ledger.debit_or_credit").field(format!("lines/{i}/debit")));
        }
        let known = cx.tx.first(
            "SELECT id FROM account WHERE id = ? AND company_id = ?",
            &[line.account.into(), cx.actor.company.into()],
        )?;
        if known.is_none() {
            let at = format!("lines/{i}/account_id");
            faults.push(
                refuse("kernel.no_such_record")
                    .field(at)
                    .arg("entity", "Account")
                    .arg("id", line.account.id()),
            );
        }
        let text = line.text.unwrap_or_else(|| input.text.clone());
        draft.lines.push(EntryLine {
            id: 0,
            account: line.account,
            amount,
            party: line.party,
            customer: line.customer,
            text,
        });
    }
    Refusal::all(faults)?;
    match post(draft, cx)? {
        Some(id) => Ok(json!({"id": id})),
        None => Err(refuse("ledger.empty").field("lines").into()),
    }
}

#[derive(Debug, Input)]
pub struct Reverse {
    pub posted_on: Option<Date>,
}

/// Takes a manual entry back by another. Entries of documents are reversed with their document.
pub(crate) fn reverse_command(entry: &mut Entry, input: Reverse, cx: &mut Context) -> Result<Json> {
    if !matches!(entry.kind, EntryKind::Journal | EntryKind::Opening) {
        return Err(refuse("ledger.of_document").into());
    }
    let on = input.posted_on.unwrap_or_else(|| cx.today());
    Ok(json!({"entry_id": reverse(entry, on, cx)?}))
}

/// Posts the opposite of an entry.
///
/// # Errors
/// `ledger.reversed`, `ledger.locked`.
pub fn reverse(entry: &Entry, on: Date, cx: &mut Context) -> Result<i64> {
    let known = cx.tx.first("SELECT number FROM entry WHERE reverses_id = ?", &[Value::Int(entry.id)])?;
    if let Some(known) = known {
        return Err(refuse("ledger.reversed").arg("number", known.text(0)).into());
    }
    require_open(LockKind::Ledger, on, cx)?;
    let mut opposite = entry.clone();
    opposite.id = 0;
    opposite.number = String::new();
    opposite.posted_on = on;
    opposite.kind = EntryKind::Reversal;
    opposite.reverses = Some(Ref::new(entry.id));
    opposite.folded = false;
    for line in &mut opposite.lines {
        line.id = 0;
        line.amount = line.amount.negated()?;
    }
    insert(&mut opposite, cx)?;
    cx.emit("ledger.Reversed", Origin::of(entry), vec![])?;
    Ok(opposite.id)
}
