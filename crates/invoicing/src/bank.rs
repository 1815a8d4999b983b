//! The bank's view: statements read in, each line matched to what it pays. *Paid* follows from here.

mod matching;

pub(crate) use matching::proposals;

use crate::payment::{self, PaymentDirection, Share};
use crate::{allocation, invoice::Invoice, supplier::SupplierInvoice};
use access::Company;
use files::camt053;
use kernel::{Choice, Context, Entity, Error, Input, Life, Origin, Ref, Result, life, refuse};
use ledger::{Account, AccountRole, Draft, EntryKind, post};
use numbers::{Date, Money};
use parties::Party;
use serde_json::{Value as Json, json};

/// A statement as the bank sent it.
#[derive(Clone, Debug, Entity)]
#[entity(
    search = "number,iban",
    list = "statement_on,number,iban,opening,closing,unmatched",
    unique = "company_id,iban,statement_key"
)]
pub struct BankStatement {
    pub id: i64,
    pub company: Ref<Company>,
    pub iban: String,
    pub number: String,
    /// The bank's identification: the same statement is read once.
    pub statement_key: String,
    pub statement_on: Date,
    pub currency: String,
    pub opening: Money,
    pub closing: Money,
}

/// One movement on the account.
#[derive(Clone, Debug, Entity)]
#[entity(
    search = "party_name,reference,text",
    list = "booked_on,party_name,text,amount,state",
    title = "party_name",
    index = "statement_id;company_id,state,booked_on;payment_id"
)]
pub struct BankLine {
    pub id: i64,
    pub company: Ref<Company>,
    pub statement: Ref<BankStatement>,
    pub booked_on: Date,
    /// Above zero: money came in.
    pub amount: Money,
    pub party_name: String,
    #[field(personal)]
    pub iban: Option<String>,
    pub reference: Option<String>,
    pub text: String,
    pub state: BankLineState,
    pub payment: Option<Ref<payment::Payment>>,
    /// The entry of a line that is no payment: fees, interest.
    pub entry: Option<Ref<ledger::Entry>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum BankLineState {
    Open,
    Matched,
    Booked,
}

pub const LIFE: Life = life![open: match => matched, post_to_account => booked; matched: unmatch => open; booked: unmatch => open];

#[derive(Debug, Input)]
pub struct ImportCamt {
    /// The text of a camt.053 file.
    #[field(long)]
    pub content: String,
}

/// Reads a statement in. Money is booked when its line is matched; a file that contradicts itself is refused whole.
pub(crate) fn import_camt(input: ImportCamt, cx: &mut Context) -> Result<Json> {
    let own = cx.read(Ref::<Company>::new(cx.actor.company))?;
    let (mut read, mut known, mut lines) = (Vec::new(), 0, 0);
    for statement in camt053::read(&input.content)? {
        if own.iban.as_deref().is_some_and(|i| i.replace(' ', "") != statement.iban) {
            return Err(refuse("invoicing.not_our_account")
                .field("content")
                .arg("iban", &statement.iban)
                .into());
        }
        if statement.currency != own.currency {
            return Err(refuse("invoicing.currency").field("content").arg("currency", &own.currency).into());
        }
        let key = format!("{}/{}", statement.id, statement.closing_on);
        let before = cx.tx.first(
            "SELECT id FROM bank_statement WHERE company_id = ? AND iban = ? AND statement_key = ?",
            &[cx.actor.company.into(), statement.iban.as_str().into(), key.as_str().into()],
        )?;
        if before.is_some() {
            known += 1;
            continue;
        }
        lines += write(&statement, key, &mut read, cx)?;
    }
    Ok(json!({"statements": read, "lines": lines, "known": known}))
}

fn write(
    statement: &camt053::Statement,
    key: String,
    read: &mut Vec<i64>,
    cx: &mut Context,
) -> Result<usize> {
    let mut row = BankStatement {
        id: 0,
        company: Ref::new(cx.actor.company),
        iban: statement.iban.clone(),
        number: statement.number.clone(),
        statement_key: key,
        statement_on: statement.closing_on,
        currency: statement.currency.clone(),
        opening: statement.opening,
        closing: statement.closing,
    };
    cx.insert(&mut row)?;
    read.push(row.id);
    let mut lines: Vec<BankLine> = statement
        .booked()
        .map(|e| BankLine {
            id: 0,
            company: row.company,
            statement: Ref::new(row.id),
            booked_on: e.booked_on.unwrap_or(statement.closing_on),
            amount: e.amount,
            party_name: e.counterparty_name.clone().unwrap_or_default(),
            iban: e.counterparty_iban.clone(),
            reference: e.reference.clone(),
            text: e.remittance.clone(),
            state: BankLineState::Open,
            payment: None,
            entry: None,
        })
        .collect();
    cx.insert_all(&mut lines)?;
    Ok(lines.len())
}

#[derive(Debug, Input)]
pub struct Match {
    /// Who paid; taken from the first document where empty.
    pub party: Option<Ref<Party>>,
    /// Drops what is left of the invoice when it is small.
    pub write_off: Option<bool>,
    #[lines]
    pub lines: Vec<Share>,
}

#[derive(Debug, Input)]
pub struct ToAccount {
    pub account: Ref<Account>,
    pub text: Option<String>,
}

impl BankLine {
    /// Books the money and says what it pays; more than that stands on account of who paid.
    pub(crate) fn match_to(&mut self, input: Match, cx: &mut Context) -> Result<Json> {
        let direction = if self.amount.0 > 0 { PaymentDirection::In } else { PaymentDirection::Out };
        let party = match input.party {
            Some(party) => Ref::new(cx.read(party)?.id),
            None => self.party_of(&input.lines, cx)?,
        };
        let new = payment::New {
            party,
            direction,
            paid_on: self.booked_on,
            amount: Money(self.amount.0.abs()),
            text: self.text.clone(),
            bank_line: Some(self.id),
        };
        let payment = payment::make(new, &input.lines, cx)?;
        if input.write_off == Some(true) {
            drop_small_rest(&input.lines, cx)?;
        }
        self.payment = Some(Ref::new(payment.id));
        cx.emit("invoicing.Matched", Origin::of(self), vec![Origin::of(&payment)])?;
        Ok(json!({"payment_id": payment.id}))
    }

    fn party_of(&self, lines: &[Share], cx: &mut Context) -> Result<Ref<Party>> {
        let missing = || Error::from(refuse("invoicing.who_paid").field("party_id"));
        let first = lines.first().ok_or_else(missing)?;
        match (first.invoice, first.supplier_invoice) {
            (Some(invoice), _) => Ok(cx.read(invoice)?.owed_by()),
            (None, Some(invoice)) => Ok(cx.read::<SupplierInvoice>(invoice)?.supplier),
            _ => Err(missing()),
        }
    }

    /// Books a line that pays no document: fees, interest, wages.
    pub(crate) fn post_to_account(&mut self, input: ToAccount, cx: &mut Context) -> Result<Json> {
        let text = input.text.unwrap_or_else(|| self.text.clone());
        let mut draft = Draft::new(self.booked_on, EntryKind::Payment, &text, Some(Origin::of(self)));
        draft.add(AccountRole::Bank, self.amount, None, None, cx)?;
        let account = cx.read(input.account)?;
        if account.company != self.company {
            return Err(refuse("kernel.no_such_record")
                .field("account_id")
                .arg("entity", "Account")
                .arg("id", account.id)
                .into());
        }
        draft.on_account(input.account, self.amount.negated()?, None, None)?;
        let entry = post(draft, cx)?;
        self.entry = entry.map(Ref::new);
        Ok(json!({"entry_id": entry}))
    }

    /// Takes the match back: the payment or entry is reversed, the line waits again.
    pub(crate) fn unmatch(&mut self, (): (), cx: &mut Context) -> Result<()> {
        if let Some(payment) = self.payment.take() {
            let call = kernel::Call {
                entity: "Payment".into(),
                command: "reverse".into(),
                id: Some(payment.id()),
                body: serde_json::Map::from_iter([("reason".to_owned(), json!(self.text))]),
                ..kernel::Call::default()
            };
            cx.call(&call)?;
        }
        if let Some(entry) = self.entry.take() {
            let entry = cx.read(entry)?;
            let today = cx.today();
            ledger::reverse(&entry, today, cx)?;
        }
        Ok(())
    }
}

fn drop_small_rest(lines: &[Share], cx: &mut Context) -> Result<()> {
    for invoice in lines.iter().filter_map(|l| l.invoice) {
        let open = allocation::open_of(invoice.id(), cx)?;
        if open.0 == 0 {
            continue;
        }
        if !allocation::is_small(open) {
            return Err(refuse("invoicing.too_much_to_drop").field("write_off").arg("open", open).into());
        }
        let invoice: Invoice = cx.read(invoice)?;
        allocation::give_up(&invoice, open, true, "", cx)?;
    }
    Ok(())
}
