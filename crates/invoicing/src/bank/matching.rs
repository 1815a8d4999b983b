//! What a bank line most probably pays, best first, each with its reason in words.

use super::BankLine;
use kernel::json::to_json;
use kernel::{Entity, Kind, Reader, Result, Value};
use serde_json::{Value as Json, json};

/// Documents looked at for one line.
const MOST: i64 = 2_000;
const SHOWN: usize = 12;

struct Candidate {
    kind: &'static str,
    id: i64,
    number: String,
    party: i64,
    name: String,
    iban: String,
    open: i64,
    due_on: Value,
}

/// Proposals for a line: open documents on the side that its sign says.
pub(crate) fn proposals(id: i64, (): (), reader: &mut Reader) -> Result<Json> {
    let line = reader.record(BankLine::NAME, id, vec![])?;
    let text = |name: &str| line.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
    let row = reader
        .tx
        .first("SELECT amount, company_id FROM bank_line WHERE id = ?", &[id.into()])?
        .unwrap_or_default();
    let (amount, company) = (row.int(0), row.int(1));
    reader.needs(&[("Party", &["name", "iban"])])?;
    if amount > 0 {
        reader.needs(&[("Invoice", &["number", "gross", "due_on"])])?;
    } else {
        reader.needs(&[("SupplierInvoice", &["supplier_number", "gross", "due_on"])])?;
    }
    let mut found = if amount > 0 { customers(reader, company)? } else { suppliers(reader, company)? };
    // Money that goes out pays back a credit note, money that comes in a supplier's.
    if amount < 0 {
        found.extend(credit_notes(reader, company)?);
    } else if reader.tells("SupplierInvoice", &["supplier_number", "gross", "due_on"])? {
        found.extend(supplier_credits(reader, company)?);
    }
    let words = fold(&format!("{} {}", text("reference"), text("text")));
    let (name, iban) = (fold(&text("party_name")), text("iban"));
    let mut ranked: Vec<(i64, Vec<&str>, Candidate)> = found
        .into_iter()
        .map(|c| {
            let (score, why) = score(&c, amount.abs(), &words, &name, &iban);
            (score, why, c)
        })
        .filter(|(score, ..)| *score > 0)
        .collect();
    ranked.sort_by_key(|(score, _, c)| (-score, c.due_on.clone(), c.id));
    ranked.truncate(SHOWN);
    let texts = &reader.registry.texts;
    let value: Vec<Json> = ranked
        .iter()
        .map(|(score, why, c)| {
            let why: Vec<&str> = why
                .iter()
                .map(|w| texts.get(&reader.actor.language, &format!("invoicing.match.{w}")).unwrap_or(w))
                .collect();
            json!({
                "kind": c.kind, "id": c.id, "number": c.number, "party_id": c.party, "party": c.name,
                "open": to_json(Kind::Money, &Value::Int(c.open)), "due_on": to_json(Kind::Date, &c.due_on),
                "amount": to_json(Kind::Money, &Value::Int(c.open.min(amount.abs()))), "score": score, "why": why.join(", "),
            })
        })
        .collect();
    Ok(json!({"value": value}))
}

/// Points of a hundred: the number in the reference says most, then the exact amount, then who it is.
fn score(c: &Candidate, amount: i64, words: &str, name: &str, iban: &str) -> (i64, Vec<&'static str>) {
    let mut score = 0;
    let mut why = Vec::new();
    let number: String = fold(&c.number);
    if !number.is_empty() && words.contains(&number) {
        score += 55;
        why.push("reference");
    }
    if c.open == amount {
        score += 30;
        why.push("amount");
    } else if c.open > amount && score > 0 {
        score += 5;
        why.push("part");
    }
    if !iban.is_empty() && c.iban.replace(' ', "") == iban {
        score += 15;
        why.push("account");
    } else if !name.is_empty() && alike(&fold(&c.name), name) {
        score += 15;
        why.push("name");
    }
    (score, why)
}

/// Letters and digits only, folded: `SI00 2026-00017` and `si00202600017` are the same.
fn fold(text: &str) -> String {
    kernel::search::fold(text).chars().filter(char::is_ascii_alphanumeric).collect()
}

fn alike(a: &str, b: &str) -> bool {
    a.len() >= 4 && b.len() >= 4 && (a.contains(b) || b.contains(a))
}

fn rows(reader: &mut Reader, kind: &'static str, company: i64, sql: &str) -> Result<Vec<Candidate>> {
    let rows = reader.tx.query(sql, &[company.into(), MOST.into()])?;
    Ok(rows
        .iter()
        .map(|r| Candidate {
            kind,
            id: r.int(0),
            number: r.text(1).to_owned(),
            party: r.int(2),
            name: r.text(3).to_owned(),
            iban: r.text(4).to_owned(),
            open: r.int(5),
            due_on: r.get(6).clone(),
        })
        .collect())
}

fn of_kind(reader: &mut Reader, company: i64, kind: &str) -> Result<Vec<Candidate>> {
    let paid = crate::PAID.replace("{t}", "i");
    let sql = format!(
        "SELECT o.id, o.number, o.party_id, p.name, p.iban, o.open, o.due_on FROM (
            SELECT i.id, i.number, COALESCE(i.payer_id, i.customer_id) AS party_id, i.due_on, i.gross - ({paid}) AS open
            FROM invoice i WHERE i.company_id = ? AND i.state = 'posted' AND i.kind = '{kind}') o
         JOIN party p ON p.id = o.party_id WHERE o.open > 0 ORDER BY o.due_on LIMIT ?"
    );
    rows(reader, "invoice", company, &sql)
}

fn customers(reader: &mut Reader, company: i64) -> Result<Vec<Candidate>> {
    of_kind(reader, company, "invoice")
}

fn credit_notes(reader: &mut Reader, company: i64) -> Result<Vec<Candidate>> {
    of_kind(reader, company, "credit_note")
}

fn suppliers(reader: &mut Reader, company: i64) -> Result<Vec<Candidate>> {
    of_suppliers(reader, company, 1)
}

/// What suppliers are to pay back: their credit notes, as far as they have settled nothing.
fn supplier_credits(reader: &mut Reader, company: i64) -> Result<Vec<Candidate>> {
    of_suppliers(reader, company, -1)
}

/// Suppliers are paid, and pay back, by their own number. A credit note is below zero.
fn of_suppliers(reader: &mut Reader, company: i64, sign: i64) -> Result<Vec<Candidate>> {
    let paid = crate::SUPPLIER_PAID.replace("{t}", "i");
    let sql = format!(
        "SELECT o.id, o.supplier_number, o.supplier_id, p.name, p.iban, o.open, o.due_on FROM (
            SELECT i.id, i.supplier_number, i.supplier_id, i.due_on, {sign} * (i.gross - ({paid})) AS open
            FROM supplier_invoice i WHERE i.company_id = ? AND i.state = 'posted') o
         JOIN party p ON p.id = o.supplier_id WHERE o.open > 0 ORDER BY o.due_on LIMIT ?"
    );
    rows(reader, "supplier_invoice", company, &sql)
}
