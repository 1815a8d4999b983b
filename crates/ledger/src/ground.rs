//! What a new company's books begin with: a chart of accounts and tax codes.

use crate::account::{Account, AccountKind, AccountRole};
use catalog::{TaxCategory, TaxCode};
use kernel::{Context, Ref, Result};
use numbers::Decimal6;

/// Accounts by the frame of the Slovenian Institute of Auditors (Kontni okvir 2016, three-digit codes), with
/// English names; the last column is where documents post.
const CHART: &[(&str, &str, &str, AccountKind, Option<AccountRole>)] = {
    use AccountKind::{Asset, Equity, Expense, Income, Liability};
    use AccountRole as R;
    &[
        ("110", "Bank", "Denarna sredstva na računih", Asset, Some(R::Bank)),
        ("120", "Receivables", "Kratkoročne terjatve do kupcev", Asset, Some(R::Receivable)),
        ("160", "Input VAT", "Terjatve za vstopni DDV", Asset, Some(R::VatInput)),
        ("190", "Delivered, not invoiced", "Dobavljeno, nezaračunano", Asset, Some(R::DeliveredNotInvoiced)),
        ("220", "Payables", "Kratkoročne obveznosti do dobaviteljev", Liability, Some(R::Payable)),
        ("229", "Received, not invoiced", "Prejeto, nezaračunano", Liability, Some(R::ReceivedNotInvoiced)),
        ("260", "Output VAT", "Obveznosti za DDV", Liability, Some(R::VatOutput)),
        ("310", "Stock", "Zaloge", Asset, Some(R::Stock)),
        ("403", "Spare parts", "Stroški nadomestnih delov", Expense, Some(R::SpareParts)),
        ("410", "Purchased services", "Stroški storitev", Expense, Some(R::PurchasedServices)),
        ("470", "Wages", "Stroški dela", Expense, None),
        ("490", "Costs taken into products", "Prenos stroškov v zaloge", Expense, Some(R::AbsorbedLabour)),
        ("600", "Work in progress", "Nedokončana proizvodnja", Asset, Some(R::WorkInProgress)),
        ("702", "Cost of goods sold", "Nabavna vrednost prodanega blaga", Expense, Some(R::CostOfGoods)),
        ("703", "Purchase price differences", "Odmiki od nabavnih cen", Expense, Some(R::PriceDifference)),
        ("704", "Count differences", "Inventurne razlike", Expense, Some(R::CountDifference)),
        ("706", "Production: usage", "Odmiki proizvodnje: poraba", Expense, Some(R::UsageVariance)),
        (
            "707",
            "Production: efficiency and rate",
            "Odmiki proizvodnje: učinek in postavka",
            Expense,
            Some(R::EfficiencyVariance),
        ),
        ("708", "Production: prices", "Odmiki proizvodnje: cene", Expense, Some(R::ProductionPriceVariance)),
        ("709", "Production: rates", "Odmiki proizvodnje: postavke", Expense, Some(R::RateVariance)),
        ("7071", "Production: lots", "Odmiki proizvodnje: serije", Expense, Some(R::LotVariance)),
        ("7061", "Production: scrap", "Odmiki proizvodnje: izmet", Expense, Some(R::YieldVariance)),
        ("7062", "Production: method", "Odmiki proizvodnje: postopek", Expense, Some(R::MethodVariance)),
        ("748", "Small differences", "Izravnave", Expense, Some(R::SmallDifference)),
        ("760", "Revenue", "Prihodki od prodaje", Income, Some(R::Revenue)),
        ("900", "Share capital", "Osnovni kapital", Equity, None),
        ("930", "Retained earnings", "Preneseni čisti dobiček", Equity, Some(R::Retained)),
        ("999", "Opening balances", "Otvoritveni konto", Equity, Some(R::Opening)),
    ]
};

/// Inserts the chart of accounts of the actor's company.
///
/// # Errors
/// The database's.
pub fn chart(language: &str, cx: &mut Context) -> Result<()> {
    let mut accounts: Vec<Account> = CHART
        .iter()
        .map(|(code, en, sl, kind, role)| Account {
            id: 0,
            company: Ref::new(cx.actor.company),
            code: (*code).into(),
            name: if language == "sl" { *sl } else { *en }.into(),
            kind: *kind,
            role: *role,
            archived: false,
        })
        .collect();
    cx.insert_all(&mut accounts)
}

/// Rates of ZDDV-1, articles 41 and 41a: 22, 9.5 and 5 percent; boxes of the form DDV-O.
///
/// # Errors
/// The database's.
pub fn tax_codes(cx: &mut Context) -> Result<()> {
    let code =
        |code: &str, name: &str, category, rate: i64, output: &str, input: &str, reason: Option<&str>| {
            TaxCode {
                id: 0,
                code: code.into(),
                name: name.into(),
                category,
                rate: Decimal6(rate),
                exemption_reason: reason.map(Into::into),
                box_output: Some(output.into()),
                box_input: Some(input.into()),
                valid_from: None,
                valid_to: None,
            }
        };
    let mut codes = [
        code("S22", "22 %", TaxCategory::Standard, 22_000_000, "21", "41", None),
        code("S9.5", "9.5 %", TaxCategory::Standard, 9_500_000, "22", "42", None),
        code("S5", "5 %", TaxCategory::Standard, 5_000_000, "22a", "42a", None),
        code("E", "0 %, exempt", TaxCategory::Exempt, 0, "15", "31", Some("Exempt from VAT, ZDDV-1 art. 42")),
        code(
            "K",
            "0 %, within the EU",
            TaxCategory::IntraCommunity,
            0,
            "12",
            "32",
            Some("Intra-Community supply, ZDDV-1 art. 46"),
        ),
        code("G", "0 %, export", TaxCategory::Export, 0, "11", "31", Some("Export, ZDDV-1 art. 52")),
        code(
            "AE",
            "Reverse charge",
            TaxCategory::ReverseCharge,
            0,
            "11a",
            "31a",
            Some("Reverse charge, ZDDV-1 art. 76.a"),
        ),
        code("O", "Not subject to VAT", TaxCategory::OutOfScope, 0, "", "", None),
    ];
    cx.insert_all(&mut codes)
}
