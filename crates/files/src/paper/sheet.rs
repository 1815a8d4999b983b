//! What stands on a paper. Amounts, prices and quantities are decimals as text (`"1240.00"`, `"-0.5"`), dates are
//! `"2026-11-24"`: exact, and the paper writes them in its language.

use serde::{Deserialize, Serialize};

/// The data of one paper.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sheet {
    /// `en` or `sl`, the reader's language.
    pub language: String,
    /// The document's number; empty for a draft.
    pub number: String,
    /// Says "draft" beside the title: it binds nobody.
    pub draft: bool,
    pub currency: String,
    /// The firm whose letterhead it is: the seller, or on a purchase order the buyer.
    pub firm: Firm,
    /// Whom it is addressed to.
    pub to: Block,
    /// Where the goods go, if elsewhere.
    pub deliver_to: Option<Block>,
    /// Dates and references beside the address, in this order.
    pub meta: Vec<Meta>,
    /// A sentence above the lines.
    pub intro: Option<String>,
    pub lines: Vec<Line>,
    /// What is done, in its order.
    pub steps: Vec<Step>,
    /// VAT by rate and reason; the sums below are not worked out here, they are the document's.
    pub taxes: Vec<Tax>,
    pub net: Option<String>,
    pub tax: Option<String>,
    pub gross: Option<String>,
    /// Paid in advance; the rest is to pay.
    pub paid: Option<String>,
    pub payment: Option<Payment>,
    /// Sentences below: terms, the reason of a credit note.
    pub notes: Vec<String>,
    /// Who wrote it.
    pub issued_by: Option<String>,
}

/// The firm in the head and foot of the paper.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Firm {
    pub name: String,
    /// The full name in the register, if it differs.
    pub legal_name: String,
    pub street: String,
    pub postal_code: String,
    pub town: String,
    /// ISO 3166 code; written out abroad.
    pub country: String,
    pub tax_number: Option<String>,
    pub vat_id: Option<String>,
    pub registration_number: Option<String>,
    pub iban: Option<String>,
    pub bic: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
}

/// A person or organisation with its address, as it stood on the day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Block {
    pub name: String,
    /// For the attention of.
    pub contact: Option<String>,
    pub street: String,
    pub postal_code: String,
    pub town: String,
    pub country: String,
    pub vat_id: Option<String>,
    pub tax_number: Option<String>,
}

/// A date or a reference.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Meta {
    /// Which: a key below `meta` in the catalogue (`issued`, `supply`, `due`, `your_reference`, …).
    pub kind: String,
    pub date: Option<String>,
    pub text: Option<String>,
}

impl Meta {
    #[must_use]
    pub fn date(kind: &str, date: &str) -> Self {
        Self { kind: kind.into(), date: Some(date.into()), text: None }
    }

    #[must_use]
    pub fn text(kind: &str, text: &str) -> Self {
        Self { kind: kind.into(), date: None, text: Some(text.into()) }
    }
}

/// A line; without quantity it is a line of text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Line {
    pub code: String,
    pub text: String,
    /// Below the text, small: lot, a date of its own.
    pub detail: Option<String>,
    pub quantity: Option<String>,
    /// What was ordered, on a delivery note.
    pub ordered: Option<String>,
    pub unit: String,
    pub unit_price: Option<String>,
    pub discount_percent: Option<String>,
    /// Percent; none where no VAT is charged.
    pub tax_rate: Option<String>,
    pub net: Option<String>,
    /// When this line is expected.
    pub expected_on: Option<String>,
    /// Where it lies, and of which lot it is taken.
    pub from: Option<String>,
    pub lot: Option<String>,
}

/// An operation of a work order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Step {
    pub name: String,
    pub work_center: String,
    /// Local times as they are planned: `"2026-11-24T06:00"`.
    pub starts: Option<String>,
    pub ends: Option<String>,
    pub quantity: String,
    /// Set-up and run of all of it together.
    pub minutes: String,
}

/// VAT of one rate, or the reason why none is charged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tax {
    /// Percent.
    pub rate: String,
    /// EN 16931: S, Z, E, AE, K, G, O.
    pub category: String,
    pub base: String,
    pub tax: String,
    pub reason: Option<String>,
}

/// How it is to be paid.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Payment {
    pub iban: String,
    pub bic: Option<String>,
    /// `SI00…` or `RF…`
    pub reference: Option<String>,
    pub due_on: Option<String>,
    pub amount: String,
    /// What it is for, as it stands on the bank statement.
    pub purpose: String,
    /// With the Slovenian payment slip and its QR code: in euro, from an account here.
    pub slip: bool,
}
