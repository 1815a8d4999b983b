//! Records as papers: what is read of them, and where it stands on the sheet.

mod lines;
mod people;
mod pick_list;

use files::paper::{Block, Meta, Payment, Sheet, title};
use files::{Paper, paper as print};
use kernel::read::Expand;
use kernel::{Actor, Kernel, Result, refuse};
use numbers::{Date, make_si00};
use people::{address_block, firm, language_of, seat};
use serde_json::Value as Json;

/// The PDF of a record.
///
/// # Errors
/// When there is no such paper of this entity.
pub fn render(kernel: &Kernel, actor: &Actor, entity: &str, id: i64, paper: &str) -> Result<Vec<u8>> {
    Ok(named(kernel, actor, entity, id, paper)?.1)
}

/// The PDF with the name that its file bears.
///
/// # Errors
/// As [`render`].
pub fn named(
    kernel: &Kernel,
    actor: &Actor,
    entity: &str,
    id: i64,
    paper: &str,
) -> Result<(String, Vec<u8>)> {
    let (kind, sheet) = sheet(kernel, actor, entity, id, paper)?;
    let data = serde_json::to_value(&sheet).map_err(|e| kernel::Error::corrupt(&e.to_string()))?;
    let name = format!("{}.pdf", title(kind, &sheet.number, &sheet.language).replace(['/', '\\'], "-"));
    Ok((name, print(kind, &data)?))
}

fn sheet(kernel: &Kernel, actor: &Actor, entity: &str, id: i64, paper: &str) -> Result<(Paper, Sheet)> {
    let kind = Paper::of(paper);
    match (entity, kind) {
        ("SalesOrder", Some(kind @ (Paper::Quote | Paper::OrderConfirmation | Paper::ProForma))) => {
            Ok((kind, sales_order(kernel, actor, id, kind)?))
        }
        ("Delivery", Some(Paper::DeliveryNote)) => Ok((Paper::DeliveryNote, delivery(kernel, actor, id)?)),
        ("TransferOrder", Some(Paper::TransferNote)) => {
            Ok((Paper::TransferNote, transfer(kernel, actor, id)?))
        }
        ("Invoice", Some(Paper::Invoice | Paper::CreditNote | Paper::ProForma)) => invoice(kernel, actor, id),
        ("PurchaseOrder", Some(Paper::PurchaseOrder)) => {
            Ok((Paper::PurchaseOrder, purchase_order(kernel, actor, id)?))
        }
        ("WorkOrder", Some(Paper::PickList)) => Ok((Paper::PickList, pick_list::sheet(kernel, actor, id)?)),
        _ => Err(refuse("kernel.no_such_command").arg("name", paper).arg("entity", entity).into()),
    }
}

/// A record that this person may see whole; what belongs to it is the paper's, so the program reads it.
fn read(kernel: &Kernel, actor: &Actor, entity: &str, id: i64, ways: &[&str]) -> Result<Json> {
    read_with(kernel, actor, entity, id, ways.iter().map(|w| along(w)).collect())
}

fn read_with(kernel: &Kernel, actor: &Actor, entity: &str, id: i64, expand: Vec<Expand>) -> Result<Json> {
    kernel.read(actor, |r| {
        let description = r.registry.entity(entity)?;
        r.visible(&description, id)?;
        // A paper shows the whole record: who may not see a part of it gets no paper.
        if !actor.rights.sees_whole(&description) {
            return Err(refuse("kernel.forbidden").arg("what", entity).into());
        }
        Ok(())
    })?;
    let program = Actor::program(actor.company);
    kernel.read(&program, |r| {
        let description = r.registry.entity(entity)?;
        let mut expand = expand;
        if description.lines.iter().any(|l| l.name == "lines") {
            expand.push(lines::expand(r.registry, entity)?);
        }
        r.record(entity, id, expand)
    })
}

/// `customer` is read with its addresses, all else plain.
fn along(way: &str) -> Expand {
    let addresses = Expand { name: "addresses".into(), ..Expand::default() };
    let people = ["customer", "supplier", "payer"].contains(&way);
    Expand {
        name: way.into(),
        expand: if people { vec![addresses] } else { Vec::new() },
        ..Expand::default()
    }
}

/// A record that came along, or nothing.
fn part<'a>(record: &'a Json, name: &str) -> &'a Json {
    record.get(name).unwrap_or(&Json::Null)
}

fn text<'a>(record: &'a Json, pointer: &str) -> &'a str {
    record.pointer(pointer).and_then(Json::as_str).unwrap_or_default()
}

fn some(record: &Json, pointer: &str) -> Option<String> {
    Some(text(record, pointer)).filter(|t| !t.is_empty()).map(ToOwned::to_owned)
}

/// Money as it came over the wire: exact up to fifteen digits.
fn money(record: &Json, pointer: &str) -> Option<String> {
    record.pointer(pointer).and_then(Json::as_f64).map(|n| format!("{n:.2}"))
}

/// The date or text of a field, where it has one.
fn meta(kind: &str, record: &Json, pointer: &str) -> Option<Meta> {
    let value = text(record, pointer);
    if value.is_empty() {
        return None;
    }
    Some(if value.parse::<Date>().is_ok() { Meta::date(kind, value) } else { Meta::text(kind, value) })
}

fn metas<const N: usize>(record: &Json, of: [(&str, &str); N]) -> Vec<Meta> {
    of.into_iter().filter_map(|(kind, pointer)| meta(kind, record, pointer)).collect()
}

fn sales_order(kernel: &Kernel, actor: &Actor, id: i64, kind: Paper) -> Result<Sheet> {
    let order =
        read(kernel, actor, "SalesOrder", id, &["company", "customer", "payer", "contact", "responsible"])?;
    let today = kernel.read(actor, |r| Ok(r.today()))?;
    let language = language_of(part(&order, "customer"));
    let mut to = address_block(part(&order, "customer"), &["billing", "office"], today);
    to.contact = some(&order, "/contact/name");
    let (taxes, mut rows) = (lines::taxes(&order)?, lines::of(&order, &language));
    rows.extend(lines::beside_lines(&order, &language)?);
    let dates = if kind == Paper::Quote {
        metas(&order, [("issued", "/ordered_on"), ("valid_until", "/valid_until")])
    } else {
        metas(
            &order,
            [("issued", "/ordered_on"), ("requested", "/requested_on"), ("promised", "/promised_on")],
        )
    };
    let mut sheet = Sheet {
        number: text(&order, "/number").into(),
        currency: text(&order, "/currency").into(),
        firm: firm(part(&order, "company")),
        deliver_to: people::delivery_block(part(&order, "customer"), &to, today),
        meta: dates,
        lines: rows,
        taxes,
        net: money(&order, "/net"),
        tax: money(&order, "/tax"),
        gross: money(&order, "/gross"),
        notes: some(&order, "/note").into_iter().collect(),
        issued_by: some(&order, "/responsible/name"),
        to,
        language,
        ..Sheet::default()
    };
    sheet.meta.extend(metas(
        &order,
        [
            ("your_reference", "/your_reference"),
            ("customer_number", "/customer/number"),
            ("payer", "/payer/name"),
        ],
    ));
    if kind == Paper::ProForma {
        let digits: String = sheet.number.chars().filter(char::is_ascii_digit).collect();
        let reference = make_si00(&digits).ok();
        sheet.payment = payment(part(&order, "company"), &sheet, kind, reference, sheet.gross.clone(), None);
    }
    Ok(sheet)
}

fn delivery(kernel: &Kernel, actor: &Actor, id: i64) -> Result<Sheet> {
    let delivery = read(kernel, actor, "Delivery", id, &["company", "customer"])?;
    let today = kernel.read(actor, |r| Ok(r.today()))?;
    let language = language_of(part(&delivery, "customer"));
    let rows = lines::with_parts(&delivery, &language);
    let to = address_block(part(&delivery, "customer"), &["office", "billing"], today);
    let mut sheet = Sheet {
        number: text(&delivery, "/number").into(),
        draft: text(&delivery, "/state") == "draft",
        currency: text(&delivery, "/company/currency").into(),
        firm: firm(part(&delivery, "company")),
        deliver_to: people::typed_block(text(&delivery, "/address"), text(&delivery, "/contact"))
            .filter(|there| !people::same_place(there, &to))
            .or_else(|| people::delivery_block(part(&delivery, "customer"), &to, today)),
        meta: metas(
            &delivery,
            [("shipped", "/shipped_on"), ("carrier", "/carrier"), ("tracking", "/tracking")],
        ),
        lines: rows,
        notes: some(&delivery, "/note").into_iter().collect(),
        to,
        language,
        ..Sheet::default()
    };
    if sheet.meta.is_empty() {
        sheet.meta = metas(&delivery, [("promised", "/planned_on")]);
    }
    sheet.meta.extend(order_number(kernel, actor, &delivery).map(|n| Meta::text("order", &n)));
    Ok(sheet)
}

/// It goes with goods that stay the firm's: in the language of who prints it, from one warehouse to another.
fn transfer(kernel: &Kernel, actor: &Actor, id: i64) -> Result<Sheet> {
    let order = read(kernel, actor, "TransferOrder", id, &["company", "from_warehouse", "to_warehouse"])?;
    let mut sheet = Sheet {
        number: text(&order, "/number").into(),
        draft: text(&order, "/state") == "draft",
        currency: text(&order, "/company/currency").into(),
        firm: firm(part(&order, "company")),
        to: Block { name: text(&order, "/to_warehouse/name").into(), ..Block::default() },
        meta: metas(&order, [("from_warehouse", "/from_warehouse/name")]),
        lines: lines::shipped(&order, &actor.language),
        notes: some(&order, "/note").into_iter().collect(),
        language: actor.language.clone(),
        ..Sheet::default()
    };
    let left = metas(&order, [("shipped", "/shipped_on")]);
    sheet.meta.extend(if left.is_empty() { metas(&order, [("requested", "/ships_on")]) } else { left });
    sheet.meta.extend(metas(&order, [("expected", "/arrives_on")]));
    Ok(sheet)
}

/// The number of the document that this one stems from.
fn order_number(kernel: &Kernel, actor: &Actor, record: &Json) -> Option<String> {
    let (entity, id) = (text(record, "/order_entity"), record.get("order_id").and_then(Json::as_i64)?);
    let program = Actor::program(actor.company);
    let order = kernel.read(&program, |r| r.record(entity, id, Vec::new())).ok()?;
    some(&order, "/number")
}

fn invoice(kernel: &Kernel, actor: &Actor, id: i64) -> Result<(Paper, Sheet)> {
    let invoice = read(kernel, actor, "Invoice", id, &["company", "customer", "payer", "credits", "taxes"])?;
    let kind = match text(&invoice, "/kind") {
        "credit_note" => Paper::CreditNote,
        "pro_forma" => Paper::ProForma,
        _ => Paper::Invoice,
    };
    let today = kernel.read(actor, |r| Ok(r.today()))?;
    let on = text(&invoice, "/invoice_on").parse().unwrap_or(today);
    let language = language_of(part(&invoice, "customer"));
    let rows = lines::of(&invoice, &language);
    // A posted invoice says what name and address were that day, whatever the party is called since.
    let mut to = address_block(part(&invoice, "customer"), &["billing", "office"], on);
    if let Some(name) = some(&invoice, "/customer_name") {
        to = people::typed_block(text(&invoice, "/customer_address"), "").unwrap_or(to);
        to.name = name;
        to.vat_id = some(&invoice, "/customer_vat_id");
    }
    let mut sheet = Sheet {
        number: text(&invoice, "/number").into(),
        draft: text(&invoice, "/state") == "draft",
        currency: text(&invoice, "/currency").into(),
        firm: firm(part(&invoice, "company")),
        meta: metas(&invoice, [("issued", "/invoice_on"), ("supply", "/supply_on")]),
        lines: rows,
        taxes: lines::tax_rows(kernel, actor, &invoice)?,
        net: money(&invoice, "/net"),
        tax: money(&invoice, "/tax"),
        gross: money(&invoice, "/gross"),
        notes: some(&invoice, "/text").into_iter().collect(),
        to,
        language,
        ..Sheet::default()
    };
    sheet.meta.insert(1, Meta::text("issued_at", &sheet.firm.town));
    if kind == Paper::CreditNote {
        sheet
            .meta
            .extend(metas(&invoice, [("cites", "/credits/number"), ("cites_date", "/credits/invoice_on")]));
    } else {
        sheet.meta.extend(metas(&invoice, [("due", "/due_on")]));
    }
    sheet.meta.extend(order_number(kernel, actor, &invoice).map(|n| Meta::text("order", &n)));
    sheet.meta.extend(metas(&invoice, [("payer", "/payer/name")]));
    if kind != Paper::CreditNote {
        // The original stays what it was on its day, whatever has been paid since.
        let owed = sheet.gross.clone().filter(|g| !g.starts_with('-') && g != "0.00");
        sheet.payment = payment(
            part(&invoice, "company"),
            &sheet,
            kind,
            some(&invoice, "/reference"),
            owed,
            some(&invoice, "/due_on"),
        );
    }
    Ok((kind, sheet))
}

/// Where and how to pay; with the slip of the Slovenian banks where payer, payee and currency are at home.
fn payment(
    company: &Json,
    sheet: &Sheet,
    kind: Paper,
    reference: Option<String>,
    amount: Option<String>,
    due_on: Option<String>,
) -> Option<Payment> {
    let iban = some(company, "/iban")?;
    let home = sheet.to.country.is_empty() || sheet.to.country == "SI";
    Some(Payment {
        slip: kind == Paper::Invoice
            && sheet.currency == "EUR"
            && iban.starts_with("SI")
            && home
            && !sheet.draft,
        iban,
        bic: some(company, "/bic"),
        reference,
        due_on,
        amount: amount?,
        purpose: title(kind, &sheet.number, &sheet.language),
    })
}

fn purchase_order(kernel: &Kernel, actor: &Actor, id: i64) -> Result<Sheet> {
    let order = read(kernel, actor, "PurchaseOrder", id, &["company", "supplier"])?;
    let today = kernel.read(actor, |r| Ok(r.today()))?;
    let language = language_of(part(&order, "supplier"));
    Ok(Sheet {
        number: text(&order, "/number").into(),
        draft: text(&order, "/state") == "draft",
        currency: text(&order, "/currency").into(),
        firm: firm(part(&order, "company")),
        to: address_block(part(&order, "supplier"), &["office", "billing"], today),
        deliver_to: Some(seat(part(&order, "company"))),
        meta: metas(&order, [("ordered", "/ordered_on"), ("expected", "/expected_on")]),
        lines: lines::of(&order, &language),
        taxes: lines::taxes(&order)?,
        net: money(&order, "/net"),
        tax: money(&order, "/tax"),
        gross: money(&order, "/gross"),
        notes: some(&order, "/note").into_iter().collect(),
        language,
        ..Sheet::default()
    })
}
