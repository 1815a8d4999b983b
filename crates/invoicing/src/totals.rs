//! Sums of a document: VAT once per category on the sum of line nets (EN 16931 BR-CO-14, BR-CO-17).

use catalog::TaxCode;
use kernel::{Context, Error, Ref, Result, Value, refuse};
use numbers::{CategoryTotal, Decimal6, Money, round_per_category};
use std::collections::BTreeMap;

/// The VAT breakdown of lines given as tax code and net amount.
///
/// # Errors
/// `kernel.no_such_record` for an unknown code.
pub(crate) fn breakdown(
    lines: &[(Option<Ref<TaxCode>>, Money)],
    cx: &mut Context,
) -> Result<Vec<CategoryTotal<Ref<TaxCode>>>> {
    let rates = rates(lines.iter().filter_map(|(code, _)| *code), cx)?;
    let rows = lines
        .iter()
        .enumerate()
        .map(|(i, (code, net))| {
            let missing = || refuse("invoicing.no_tax_code").field(format!("lines/{i}/tax_code_id"));
            let code = code.ok_or_else(missing)?;
            let rate = rates.get(&code.id()).copied().ok_or_else(missing)?;
            Ok((code, rate, *net))
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(round_per_category(rows)?)
}

fn rates(codes: impl Iterator<Item = Ref<TaxCode>>, cx: &mut Context) -> Result<BTreeMap<i64, Decimal6>> {
    let mut ids: Vec<Value> = codes.map(Into::into).collect();
    ids.sort();
    ids.dedup();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let sql = format!("SELECT id, rate FROM tax_code WHERE id {}", kernel::rows::among(ids.len()));
    Ok(cx.tx.query(&sql, &ids)?.iter().map(|r| (r.int(0), Decimal6(r.int(1)))).collect())
}

/// Net, tax and gross of a breakdown.
pub(crate) fn sums(rows: &[CategoryTotal<Ref<TaxCode>>]) -> Result<(Money, Money, Money)> {
    let net = Money::sum(rows.iter().map(|r| r.base))?;
    let tax = Money::sum(rows.iter().map(|r| r.tax))?;
    Ok((net, tax, net.plus(tax)?))
}

/// What a product is taxed with where the line says nothing: its own code, else the standard rate.
pub(crate) fn usual_code(product: Option<Ref<TaxCode>>, cx: &mut Context) -> Result<Ref<TaxCode>> {
    if let Some(code) = product {
        return Ok(code);
    }
    let row = cx
        .tx
        .first("SELECT id FROM tax_code WHERE category = 'standard' ORDER BY rate DESC, id LIMIT 1", &[])?;
    row.map(|r| Ref::new(r.int(0)))
        .ok_or_else(|| Error::from(refuse("invoicing.no_tax_code").field("tax_code_id")))
}
