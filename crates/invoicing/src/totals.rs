//! Sums of a document: VAT once per category on the sum of line nets (EN 16931 BR-CO-14, BR-CO-17).

use catalog::{TaxCode, TaxRates};
use kernel::{Context, Error, Ref, Result, refuse};
use numbers::{CategoryTotal, Money, round_per_category};

/// The VAT breakdown of lines given as tax code and net amount.
///
/// # Errors
/// `kernel.no_such_record` for an unknown code.
pub(crate) fn breakdown(
    lines: &[(Option<Ref<TaxCode>>, Money)],
    cx: &mut Context,
) -> Result<Vec<CategoryTotal<Ref<TaxCode>>>> {
    let rates = TaxRates::read(cx)?;
    let rows = lines
        .iter()
        .enumerate()
        .map(|(i, (code, net))| {
            let missing = || refuse("invoicing.no_tax_code").field(format!("lines/{i}/tax_code_id"));
            let code = code.ok_or_else(missing)?;
            let rate = rates.of(code).ok_or_else(missing)?;
            Ok((code, rate, *net))
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(round_per_category(rows)?)
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
    let usual = TaxRates::read(cx)?.usual();
    usual.ok_or_else(|| Error::from(refuse("invoicing.no_tax_code").field("tax_code_id")))
}
