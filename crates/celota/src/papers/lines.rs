//! Lines and VAT of a document as rows of a sheet.

use super::{money, some, text};
use files::paper::{Line, Tax};
use kernel::read::Expand;
use kernel::{Actor, Kernel, Registry, Result};
use numbers::{Decimal6, Money, vat};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// What is read with each line, of what its entity has.
pub fn expand(registry: &Registry, entity: &str) -> Result<Expand> {
    let document = registry.entity(entity)?;
    let line = document.lines.iter().find(|l| l.name == "lines").map_or(entity, |l| l.entity.as_str());
    let line = registry.entity(line)?;
    let way = |name: &str| Expand { name: name.into(), ..Expand::default() };
    let expand = ["product", "unit", "tax_code"].into_iter().filter(|w| line.way(w).is_some()).map(|name| {
        let contents = || Expand { expand: vec![way("product")], ..way("contents") };
        let deeper = if name == "product" { vec![way("unit"), contents()] } else { Vec::new() };
        Expand { expand: deeper, ..way(name) }
    });
    Ok(Expand { expand: expand.collect(), ..way("lines") })
}

pub fn all<'a>(record: &'a Json, name: &str) -> &'a [Json] {
    record.get(name).and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default()
}

pub fn decimal(record: &Json, name: &str) -> Option<String> {
    record.get(name).and_then(Json::as_f64).map(|n| format!("{n:.6}"))
}

/// The lines, in their order; a product of kind text has no figures.
pub fn of(document: &Json, _language: &str) -> Vec<Line> {
    all(document, "lines").iter().map(line).collect()
}

fn line(row: &Json) -> Line {
    let name = text(row, "/product/name");
    let typed = text(row, "/text");
    let (head, detail) = match (name, typed) {
        ("", typed) => (typed, None),
        (name, "") => (name, None),
        // What was typed replaces the product's name where it begins with it, and stands below otherwise.
        (name, typed) if typed.starts_with(name) => (typed, None),
        (name, typed) => (name, Some(typed.to_owned())),
    };
    let is_text = text(row, "/product/kind") == "text" || row.get("product_id").is_none_or(Json::is_null);
    let lot = some(row, "/lots").or_else(|| some(row, "/lot"));
    let detail = match (detail, lot) {
        (Some(detail), Some(lot)) => Some(format!("{detail} · {lot}")),
        (detail, lot) => detail.or(lot),
    };
    Line {
        code: text(row, "/product/code").into(),
        text: head.into(),
        detail,
        quantity: decimal(row, "quantity").filter(|_| !is_text),
        ordered: decimal(row, "ordered"),
        unit: some(row, "/unit/name").or_else(|| some(row, "/product/unit/name")).unwrap_or_default(),
        unit_price: decimal(row, "unit_price"),
        discount_percent: decimal(row, "discount_percent"),
        tax_rate: row.pointer("/tax_code/rate").and_then(Json::as_f64).map(|n| format!("{n:.6}")),
        net: money(row, "/net"),
        expected_on: some(row, "/expected_on"),
        ..Line::default()
    }
}

/// What has left, where it has; else what is to leave.
pub fn shipped(transfer: &Json, language: &str) -> Vec<Line> {
    let left = some(transfer, "/shipped_on").is_some();
    let rows = of(transfer, language).into_iter().zip(all(transfer, "lines"));
    let rows = rows.map(|(line, row)| Line {
        quantity: if left { decimal(row, "shipped") } else { line.quantity },
        ..line
    });
    rows.filter(|line| line.quantity.as_ref().is_some_and(|q| q.chars().any(|c| ('1'..='9').contains(&c))))
        .collect()
}

/// The same with what is in the parcel beneath each kit: its parts, for as many as the line has.
pub fn with_parts(document: &Json, language: &str) -> Vec<Line> {
    let mut lines = of(document, language);
    for (line, row) in lines.iter_mut().zip(all(document, "lines")) {
        let of = row.get("stock_quantity").and_then(Json::as_f64).unwrap_or_default();
        let said = |part: &Json| {
            let per = part.get("quantity").and_then(Json::as_f64).unwrap_or_default();
            let count = format!("{:.6}", per * of);
            let count = count.trim_end_matches('0').trim_end_matches('.');
            let count = if language == "sl" { count.replace('.', ",") } else { count.to_owned() };
            format!("{count} × {}", text(part, "/product/name"))
        };
        let parts: Vec<String> =
            row.pointer("/product").map_or(&[][..], |p| all(p, "contents")).iter().map(said).collect();
        if !parts.is_empty() {
            line.detail = Some(line.detail.iter().cloned().chain(parts).collect::<Vec<_>>().join(" · "));
        }
    }
    lines
}

/// An order from before the start may hold charges that are on none of its lines, such as freight: they stand on a
/// line of their own, so that the lines add up to the net.
pub fn beside_lines(order: &Json, language: &str) -> Result<Option<Line>> {
    if order.get("history") != Some(&Json::Bool(true)) {
        return Ok(None);
    }
    let amount = |of: &Json| money(of, "/net").unwrap_or_else(|| "0.00".into()).parse::<Money>();
    let mut beside = amount(order)?;
    for line in all(order, "lines") {
        beside = beside.minus(amount(line)?)?;
    }
    // Each line was rounded by itself: so many cents are no charge.
    let rounding = beside.0.unsigned_abs() <= all(order, "lines").len() as u64;
    let text = match (rounding, language) {
        (true, "sl") => "Zaokrožitev",
        (true, _) => "Rounding",
        (false, "sl") => "Prevoz in drugi stroški",
        (false, _) => "Freight and other charges",
    };
    let text = text.to_owned();
    Ok((beside.0 != 0).then(|| Line {
        text,
        quantity: Some("1".into()),
        unit_price: Some(beside.to_string()),
        net: Some(beside.to_string()),
        ..Line::default()
    }))
}

/// VAT of a document that keeps none by itself: once per code on the sum of the lines (EN 16931, BR-CO-17).
pub fn taxes(document: &Json) -> Result<Vec<Tax>> {
    let mut by_code: BTreeMap<i64, (&Json, i64)> = BTreeMap::new();
    for row in all(document, "lines") {
        let (Some(code), Some(net)) = (row.get("tax_code").filter(|c| c.is_object()), money(row, "/net"))
        else {
            continue;
        };
        let id = code.get("id").and_then(Json::as_i64).unwrap_or_default();
        let net: Money = net.parse()?;
        by_code.entry(id).or_insert((code, 0)).1 += net.0;
    }
    by_code
        .into_values()
        .map(|(code, base)| {
            let rate = decimal(code, "rate").unwrap_or_default();
            let tax = vat(Money(base), rate.parse::<Decimal6>()?)?;
            Ok(row(code, rate, Money(base).to_string(), tax.to_string()))
        })
        .collect()
}

fn row(code: &Json, rate: String, base: String, tax: String) -> Tax {
    let category = match text(code, "/category") {
        "zero_rated" => "Z",
        "exempt" => "E",
        "reverse_charge" => "AE",
        "intra_community" => "K",
        "export" => "G",
        "out_of_scope" => "O",
        _ => "S",
    };
    Tax { rate, category: category.into(), base, tax, reason: some(code, "/exemption_reason") }
}

/// VAT as the invoice keeps it.
pub fn tax_rows(kernel: &Kernel, actor: &Actor, invoice: &Json) -> Result<Vec<Tax>> {
    let program = Actor::program(actor.company);
    all(invoice, "taxes")
        .iter()
        .map(|kept| {
            let id = kept.get("tax_code_id").and_then(Json::as_i64).unwrap_or_default();
            let code = kernel.read(&program, |r| r.record("TaxCode", id, Vec::new()))?;
            let rate = decimal(&code, "rate").unwrap_or_default();
            Ok(row(
                &code,
                rate,
                money(kept, "/base").unwrap_or_default(),
                money(kept, "/tax").unwrap_or_default(),
            ))
        })
        .collect()
}
