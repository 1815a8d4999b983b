//! Tax records: what each document owes or reclaims, as it was on that day.

use crate::lock::{LockKind, first_open_day};
use access::Company;
use catalog::TaxCode;
use kernel::json::to_json;
use kernel::{Choice, Context, Entity, Input, Kind, Origin, Reader, Ref, Result, Value};
use numbers::{Date, Money};
use parties::Party;
use serde_json::{Value as Json, json};

/// One code on one document.
#[derive(Clone, Debug, Entity)]
#[entity(
    title = "vat_id",
    list = "period_day,direction,tax_code_id,base,tax,party_id,supplied_on,document_on",
    index = "company_id,period_day;document_id"
)]
pub struct TaxRecord {
    pub id: i64,
    pub company: Ref<Company>,
    pub document: Origin,
    pub direction: Direction,
    pub tax_code: Ref<TaxCode>,
    /// In the company's currency.
    pub base: Money,
    pub tax: Money,
    pub party: Option<Ref<Party>>,
    /// The VAT id as it was.
    pub vat_id: Option<String>,
    pub document_on: Date,
    pub supplied_on: Date,
    pub received_on: Option<Date>,
    pub posted_on: Date,
    /// The last day of the tax period that it belongs to.
    pub period_day: Date,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum Direction {
    Output,
    Input,
}

/// What a document says about its tax.
#[derive(Clone, Debug)]
pub struct Taxed {
    pub document: Origin,
    pub direction: Direction,
    pub party: Option<Ref<Party>>,
    pub vat_id: Option<String>,
    pub document_on: Date,
    pub supplied_on: Date,
    pub received_on: Option<Date>,
    pub posted_on: Date,
    /// Code, base, tax.
    pub rows: Vec<(Ref<TaxCode>, Money, Money)>,
}

/// Writes a document's tax records. Output tax belongs to the month of supply (ZDDV-1, art. 33), input tax to the
/// month in which the invoice was received (art. 62); one whose period is locked goes to the first open one.
///
/// # Errors
/// The database's.
pub fn record_tax(taxed: &Taxed, cx: &mut Context) -> Result<()> {
    let due = match taxed.direction {
        Direction::Output => taxed.supplied_on,
        Direction::Input => taxed.received_on.unwrap_or(taxed.document_on).max(taxed.document_on),
    };
    let period_day = first_open_day(LockKind::Vat, due, cx)?.last_of_month();
    let mut records: Vec<TaxRecord> = taxed
        .rows
        .iter()
        .map(|(code, base, tax)| TaxRecord {
            id: 0,
            company: Ref::new(cx.actor.company),
            document: taxed.document.clone(),
            direction: taxed.direction,
            tax_code: *code,
            base: *base,
            tax: *tax,
            party: taxed.party,
            vat_id: taxed.vat_id.clone(),
            document_on: taxed.document_on,
            supplied_on: taxed.supplied_on,
            received_on: taxed.received_on,
            posted_on: taxed.posted_on,
            period_day,
        })
        .collect();
    cx.insert_all(&mut records)
}

#[derive(Debug, Input)]
pub struct Month {
    pub on: Option<Date>,
}

/// Sums of a month by code and direction, and by box of the return.
pub(crate) fn vat_return(input: Month, reader: &mut Reader) -> Result<Json> {
    reader.needs(&[("TaxRecord", &["base", "tax", "direction", "tax_code_id", "period_day"])])?;
    let period = input.on.unwrap_or_else(|| reader.today()).last_of_month();
    let rows = reader.tx.query(
        "SELECT r.direction, c.code, c.name, c.box_output, c.box_input, CAST(SUM(r.base) AS BIGINT), CAST(SUM(r.tax) AS BIGINT), COUNT(*)
         FROM tax_record r JOIN tax_code c ON c.id = r.tax_code_id WHERE r.company_id = ? AND r.period_day = ?
         GROUP BY r.direction, c.code, c.name, c.box_output, c.box_input ORDER BY 1 DESC, 2",
        &[reader.actor.company.into(), period.days().into()],
    )?;
    let money = |n: i64| to_json(Kind::Money, &Value::Int(n));
    let mut payable = 0;
    let value: Vec<Json> = rows
        .iter()
        .map(|r| {
            let output = r.text(0) == "output";
            payable += if output { r.int(6) } else { -r.int(6) };
            let place = if output { r.get(3) } else { r.get(4) };
            json!({"direction": r.text(0), "code": r.text(1), "name": r.text(2), "box": place.as_text(),
                   "base": money(r.int(5)), "tax": money(r.int(6)), "records": r.int(7)})
        })
        .collect();
    Ok(json!({"period": period.to_string(), "value": value, "payable": money(payable)}))
}
