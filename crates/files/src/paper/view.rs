//! The sheet as it is printed: every figure and label in the reader's language, columns chosen by what there is.

use super::{Line, Paper, Sheet, Step, text, title};
use crate::upn::Slip;
use numbers::{Date, group_by_four};
use serde_json::{Value as Json, json};

/// How a language writes figures and dates.
pub struct Style {
    language: &'static str,
    thousands: char,
    decimal: char,
}

/// U+2212: a hyphen is too short before figures.
const MINUS: char = '−';
/// Keeps figure and sign on one line.
const TIGHT: char = '\u{a0}';

impl Style {
    pub fn of(language: &str) -> Self {
        if language == "sl" {
            Self { language: "sl", thousands: '.', decimal: ',' }
        } else {
            Self { language: "en", thousands: ',', decimal: '.' }
        }
    }

    fn text(&self, key: &str) -> String {
        text(self.language, &format!("papers.{key}"))
    }

    /// `"1240"` with 2 places at least → `1,240.00`. Figures are regrouped, never rounded.
    pub fn number(&self, decimal: &str, places: usize) -> String {
        let (negative, digits) =
            decimal.trim().strip_prefix('-').map_or((false, decimal.trim()), |d| (true, d));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let fraction = format!("{:0<places$}", fraction.trim_end_matches('0'));
        let mut out = String::new();
        if negative {
            out.push(MINUS);
        }
        for (i, c) in whole.chars().enumerate() {
            if i > 0 && (whole.len() - i) % 3 == 0 {
                out.push(self.thousands);
            }
            out.push(c);
        }
        if !fraction.is_empty() {
            out.push(self.decimal);
            out.push_str(&fraction);
        }
        out
    }

    pub fn percent(&self, decimal: &str) -> String {
        let number = self.number(decimal, 0);
        if self.language == "sl" { format!("{number}{TIGHT}%") } else { format!("{number}%") }
    }

    pub fn date(&self, iso: &str) -> String {
        let Ok(date) = iso.parse::<Date>() else { return iso.to_owned() };
        let (day, month, year) = (date.day(), date.month(), date.year());
        if self.language == "sl" {
            return format!("{day}.{TIGHT}{month}.{TIGHT}{year}");
        }
        let name = self.text(&format!("months.{month}"));
        format!("{day}{TIGHT}{name}{TIGHT}{year}")
    }

    /// A country's name; its code where we have none.
    fn country(&self, code: &str) -> String {
        let key = format!("countries.{code}");
        let name = self.text(&key);
        if name.ends_with(&key) { code.to_owned() } else { name }
    }
}

/// What the template reads.
pub fn view(paper: Paper, sheet: &Sheet, slip: Option<&Slip>) -> Json {
    let s = Style::of(&sheet.language);
    let heading = title(paper, &sheet.number, s.language);
    let abroad = !sheet.to.country.is_empty() && sheet.to.country != sheet.firm.country;
    let columns = Column::chosen(paper, sheet);
    let heads: Vec<Json> = columns
        .iter()
        .map(|c| json!({"label": c.label(&s, &sheet.currency), "item": *c == Column::Item, "left": c.is_left(), "box": *c == Column::Taken}))
        .collect();
    let mut position = 0;
    let rows: Vec<Json> = sheet.lines.iter().map(|l| row(&s, l, &columns, &mut position)).collect();
    let meta: Vec<Json> = sheet
        .meta
        .iter()
        .filter_map(|m| {
            let value =
                m.date.as_deref().map(|d| s.date(d)).or_else(|| m.text.clone()).filter(|v| !v.is_empty())?;
            Some(json!([s.text(&format!("meta.{}", m.kind)), value]))
        })
        .collect();
    let prices = paper.shows_prices();
    json!({
        "lang": s.language,
        "title": heading,
        "draft": if sheet.draft { s.text("draft") } else { String::new() },
        "issued": sheet.meta.iter().find_map(|m| m.date.as_deref()?.parse::<Date>().ok()).map(|d| json!([d.year(), d.month(), d.day()])),
        "firm": {"name": sheet.firm.name, "lines": firm_lines(&s, sheet, abroad)},
        "foot": foot(&s, sheet),
        "page": s.text("page"),
        "of": s.text("of"),
        "to": to(&s, sheet, abroad),
        "deliver_to": sheet.deliver_to.as_ref().map(|b| {
            let mut lines = vec![b.name.clone()];
            lines.extend(address(&s, [&b.street, &b.postal_code, &b.town, &b.country], &sheet.firm.country));
            json!({"label": s.text("deliver_to"), "lines": shown(lines)})
        }),
        "meta": meta,
        "intro": sheet.intro,
        "columns": heads,
        "rows": rows,
        "steps": steps(&s, sheet),
        "taxes": if prices { taxes(&s, sheet) } else { Json::Null },
        "totals": if prices { totals(&s, sheet, paper) } else { json!([]) },
        "notes": notes(&s, sheet, paper),
        "signatures": signatures(&s, sheet, paper),
        "payment": sheet.payment.as_ref().filter(|_| slip.is_none()).map(|p| payment(&s, sheet, p)),
        "slip": slip.map(slip_view),
    })
}

fn shown(lines: Vec<String>) -> Vec<String> {
    lines.into_iter().map(|l| l.trim().to_owned()).filter(|l| !l.is_empty()).collect()
}

fn address(s: &Style, [street, code, town, country]: [&str; 4], home: &str) -> Vec<String> {
    let abroad = !country.is_empty() && country != home;
    shown(vec![
        street.to_owned(),
        format!("{code} {town}"),
        if abroad { s.country(country) } else { String::new() },
    ])
}

fn firm_lines(s: &Style, sheet: &Sheet, abroad: bool) -> Vec<String> {
    let firm = &sheet.firm;
    let home = if abroad { "" } else { firm.country.as_str() };
    let mut lines = address(s, [&firm.street, &firm.postal_code, &firm.town, &firm.country], home);
    lines.extend([firm.phone.clone(), firm.email.clone()].into_iter().flatten());
    shown(lines)
}

/// The seller as the law wants it named (ZDDV-1, art. 82): full name, address, VAT number.
fn foot(s: &Style, sheet: &Sheet) -> [Vec<String>; 2] {
    let firm = &sheet.firm;
    let named = |key: &str, value: Option<&str>| {
        value.filter(|v| !v.is_empty()).map(|v| format!("{}{TIGHT}{v}", s.text(key))).unwrap_or_default()
    };
    let name = if firm.legal_name.is_empty() { &firm.name } else { &firm.legal_name };
    let tax = firm
        .vat_id
        .as_deref()
        .filter(|v| !v.is_empty())
        .map_or_else(|| named("tax_number", firm.tax_number.as_deref()), |v| named("vat_id", Some(v)));
    let iban = firm.iban.as_deref().map(group_by_four).map(|i| i.replace(' ', &TIGHT.to_string()));
    let seat =
        format!("{}, {} {}", firm.street, firm.postal_code, firm.town).trim_matches([',', ' ']).to_owned();
    [
        shown(vec![name.clone(), seat, named("registration_number", firm.registration_number.as_deref())]),
        shown(vec![tax, named("iban", iban.as_deref()), named("bic", firm.bic.as_deref())]),
    ]
}

fn to(s: &Style, sheet: &Sheet, abroad: bool) -> Json {
    let to = &sheet.to;
    let mut lines: Vec<String> = to.contact.clone().into_iter().collect();
    lines.extend(address(
        s,
        [&to.street, &to.postal_code, &to.town, &to.country],
        if abroad { "" } else { &sheet.firm.country },
    ));
    // A VAT number begins with its country; what does not is the plain tax number.
    let filled = |number: &Option<String>| number.clone().filter(|n| !n.is_empty());
    let tax = filled(&to.vat_id).or_else(|| filled(&to.tax_number)).map(|number| {
        let with_country = number.starts_with(|c: char| c.is_ascii_alphabetic());
        format!("{} {number}", s.text(if with_country { "vat_id" } else { "tax_number" }))
    });
    json!({"name": to.name, "lines": shown(lines), "tax": tax})
}

/// A column of the lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Position,
    Item,
    From,
    Lot,
    Expected,
    Ordered,
    Quantity,
    Unit,
    Taken,
    Price,
    Discount,
    Tax,
    Net,
}

impl Column {
    /// The columns that have something in them.
    fn chosen(paper: Paper, sheet: &Sheet) -> Vec<Self> {
        let any = |f: fn(&Line) -> bool| sheet.lines.iter().any(f);
        let prices = paper.shows_prices();
        let discounts = any(|l| {
            l.discount_percent.as_deref().is_some_and(|d| d.chars().any(|c| ('1'..='9').contains(&c)))
        });
        [
            (Self::Position, true),
            (Self::Item, true),
            (Self::From, any(|l| l.from.is_some())),
            (Self::Lot, any(|l| l.lot.is_some())),
            (Self::Expected, any(|l| l.expected_on.is_some())),
            (Self::Ordered, any(|l| l.ordered.is_some())),
            (Self::Quantity, true),
            (Self::Unit, any(|l| !l.unit.is_empty())),
            (Self::Taken, paper == Paper::PickList),
            (Self::Price, prices),
            (Self::Discount, prices && discounts),
            (Self::Tax, prices && any(|l| l.tax_rate.is_some())),
            (Self::Net, prices),
        ]
        .into_iter()
        .filter_map(|(column, there)| there.then_some(column))
        .collect()
    }

    const fn is_left(self) -> bool {
        matches!(self, Self::Position | Self::Item | Self::From | Self::Lot | Self::Unit | Self::Expected)
    }

    fn label(self, s: &Style, currency: &str) -> String {
        let key = match self {
            Self::Position => return String::new(),
            Self::Item => "item",
            Self::From => "from",
            Self::Lot => "lot",
            Self::Taken => "taken",
            Self::Expected => "expected_on",
            Self::Ordered => "ordered",
            Self::Quantity => "quantity",
            Self::Unit => "unit",
            Self::Price => "price",
            Self::Discount => "discount",
            Self::Tax => "vat",
            // The currency stands once, over the sums.
            Self::Net => return format!("{}{TIGHT}{currency}", s.text("columns.net")),
        };
        s.text(&format!("columns.{key}"))
    }

    fn cell(self, s: &Style, line: &Line, position: usize) -> String {
        let number = |value: &Option<String>, places| {
            value.as_deref().map(|v| s.number(v, places)).unwrap_or_default()
        };
        match self {
            Self::Position => position.to_string(),
            // The box is drawn.
            Self::Item | Self::Taken => String::new(),
            Self::From => line.from.clone().unwrap_or_default(),
            Self::Lot => line.lot.clone().unwrap_or_default(),
            Self::Expected => line.expected_on.as_deref().map(|d| s.date(d)).unwrap_or_default(),
            Self::Ordered => number(&line.ordered, 0),
            Self::Quantity => number(&line.quantity, 0),
            Self::Unit => line.unit.clone(),
            Self::Price => number(&line.unit_price, 2),
            Self::Discount => line
                .discount_percent
                .as_deref()
                .filter(|d| d.chars().any(|c| ('1'..='9').contains(&c)))
                .map(|d| s.percent(d))
                .unwrap_or_default(),
            Self::Tax => line.tax_rate.as_deref().map(|r| s.percent(r)).unwrap_or_default(),
            Self::Net => number(&line.net, 2),
        }
    }
}

fn row(s: &Style, line: &Line, columns: &[Column], position: &mut usize) -> Json {
    let is_text = line.quantity.is_none();
    if !is_text {
        *position += 1;
    }
    let cells: Vec<String> = columns.iter().map(|c| c.cell(s, line, *position)).collect();
    let detail = [line.code.as_str(), line.detail.as_deref().unwrap_or_default()];
    let detail: Vec<&str> = detail.into_iter().filter(|d| !d.is_empty() && *d != line.text).collect();
    json!({"text": is_text, "name": line.text, "detail": detail.join(" · "), "cells": cells})
}

/// Operations with their work center and times, and a box for who has done it.
fn steps(s: &Style, sheet: &Sheet) -> Json {
    if sheet.steps.is_empty() {
        return Json::Null;
    }
    let heads = ["operation", "work_center", "starts", "ends", "quantity", "minutes", "done"]
        .map(|key| s.text(&format!("columns.{key}")));
    let at = |local: &Option<String>| {
        let (day, time) = local.as_deref()?.split_once('T')?;
        Some(format!("{} {time}", s.date(day)))
    };
    let row = |step: &Step| {
        let (starts, ends) = (at(&step.starts).unwrap_or_default(), at(&step.ends).unwrap_or_default());
        let (quantity, minutes) = (s.number(&step.quantity, 0), s.number(&step.minutes, 0));
        json!([step.name, step.work_center, starts, ends, quantity, minutes])
    };
    json!({"heads": heads, "rows": sheet.steps.iter().map(row).collect::<Vec<_>>()})
}

/// The recapitulation by rate, where there is more to say than the total does.
fn taxes(s: &Style, sheet: &Sheet) -> Json {
    if sheet.taxes.is_empty() {
        return Json::Null;
    }
    let heads = ["vat_rate", "base", "vat_amount"].map(|k| s.text(&format!("columns.{k}")));
    let rows: Vec<Json> = sheet
        .taxes
        .iter()
        .map(|t| {
            let rate = if t.category == "S" || t.category.is_empty() {
                s.percent(&t.rate)
            } else {
                s.text(&format!("categories.{}", t.category))
            };
            json!([rate, s.number(&t.base, 2), s.number(&t.tax, 2)])
        })
        .collect();
    json!({"heads": heads, "rows": rows})
}

fn totals(s: &Style, sheet: &Sheet, paper: Paper) -> Json {
    let amount = |value: &str| s.number(value, 2);
    let mut rows = Vec::new();
    let mut push = |key: &str, value: &Option<String>, strong: bool| {
        if let Some(value) = value {
            let label = s.text(&format!("totals.{key}"));
            let label = if strong { format!("{label}{TIGHT}{}", sheet.currency) } else { label };
            rows.push(json!({"label": label, "value": amount(value), "strong": strong}));
        }
    };
    let taxed = sheet.tax.is_some();
    if taxed {
        push("net", &sheet.net, false);
        push("tax", &sheet.tax, false);
    }
    let total = if taxed { &sheet.gross } else { &sheet.net };
    let owed = matches!(paper, Paper::Invoice | Paper::ProForma);
    let paid = sheet.paid.as_deref().filter(|p| p.chars().any(|c| ('1'..='9').contains(&c)));
    match paid {
        Some(paid) if owed => {
            let rest = sheet.payment.as_ref().map_or_else(|| "0".to_owned(), |p| p.amount.clone());
            push("gross", total, false);
            push("paid", &Some(format!("-{paid}")), false);
            push("to_pay", &Some(rest), true);
        }
        _ => push(if owed { "to_pay" } else { "gross" }, total, true),
    }
    Json::Array(rows)
}

/// Why no VAT is charged (ZDDV-1, art. 82), what the writer says, and what the paper is not.
fn notes(s: &Style, sheet: &Sheet, paper: Paper) -> Vec<String> {
    let mut notes: Vec<String> = Vec::new();
    if paper.shows_prices() && paper != Paper::PurchaseOrder {
        for tax in sheet.taxes.iter().filter(|t| !t.category.is_empty() && t.category != "S") {
            let reason = tax.reason.clone().filter(|r| !r.is_empty());
            let reason = reason.unwrap_or_else(|| s.text(&format!("reasons.{}", tax.category)));
            if !notes.contains(&reason) {
                notes.push(reason);
            }
        }
    }
    notes.extend(sheet.notes.iter().cloned());
    if paper == Paper::ProForma {
        notes.push(s.text("pro_forma_note"));
    }
    shown(notes)
}

fn signatures(s: &Style, sheet: &Sheet, paper: Paper) -> Json {
    let by = sheet.issued_by.clone().unwrap_or_default();
    match paper {
        Paper::DeliveryNote | Paper::TransferNote => {
            json!([[s.text("handed_over"), by], [s.text("taken_over"), ""]])
        }
        _ if by.is_empty() => json!([]),
        _ => json!([[s.text("issued_by"), by]]),
    }
}

fn payment(s: &Style, sheet: &Sheet, payment: &super::Payment) -> Json {
    let mut rows = Vec::new();
    let mut push = |key: &str, value: String| {
        if !value.is_empty() {
            rows.push(json!([s.text(&format!("payment.{key}")), value]));
        }
    };
    push("iban", group_by_four(&payment.iban));
    push("bic", payment.bic.clone().unwrap_or_default());
    push("reference", payment.reference.as_deref().map(reference).unwrap_or_default());
    push("due", payment.due_on.as_deref().map(|d| s.date(d)).unwrap_or_default());
    push("amount", format!("{} {}", s.number(&payment.amount, 2), sheet.currency));
    json!({"label": s.text("payment.title"), "rows": rows})
}

/// `SI00 2026-17`; RF in groups of four.
fn reference(text: &str) -> String {
    match text.split_at_checked(4) {
        Some((model, rest)) if model.starts_with("SI") => format!("{model} {rest}").trim_end().to_owned(),
        _ => group_by_four(text),
    }
}

/// The slip is the Slovenian banks' form: its labels are theirs, whatever the language of the invoice.
fn slip_view(slip: &Slip) -> Json {
    let s = Style::of("sl");
    let lines = |l: &[String; 3]| shown(l.to_vec());
    json!({
        "payer": lines(&slip.payer), "payee": lines(&slip.payee),
        "amount": format!("***{}", s.number(&slip.amount.to_string(), 2)),
        "code": slip.purpose_code, "purpose": slip.purpose, "due": slip.due,
        "iban": group_by_four(&slip.iban), "reference": reference(&slip.reference),
    })
}
