//! Tax codes, in the categories of EN 16931 (code list UNCL5305).

use kernel::{Choice, Context, Entity, Result, refuse};
use numbers::{Date, Decimal6};

/// How a supply is taxed.
#[derive(Clone, Debug, Entity)]
#[entity(search = "code,name", list = "code,name,category,rate", unique = "code")]
pub struct TaxCode {
    pub id: i64,
    pub code: String,
    pub name: String,
    pub category: TaxCategory,
    /// Percent.
    pub rate: Decimal6,
    /// Printed on the invoice where nothing is charged (EN 16931 BT-120).
    pub exemption_reason: Option<String>,
    /// Box of the return, output side and input side (Slovenia: DDV-O).
    pub box_output: Option<String>,
    pub box_input: Option<String>,
    pub valid_from: Option<Date>,
    pub valid_to: Option<Date>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum TaxCategory {
    /// S
    Standard,
    /// Z
    ZeroRated,
    /// E
    Exempt,
    /// AE
    ReverseCharge,
    /// K
    IntraCommunity,
    /// G
    Export,
    /// O
    OutOfScope,
}

impl TaxCode {
    pub(crate) fn prepare(&mut self, _: Option<&Self>, _: &mut Context) -> Result<()> {
        let charged = self.category == TaxCategory::Standard;
        if self.rate.0 < 0 || self.rate.0 > 100_000_000 || (!charged && self.rate.0 != 0) {
            return Err(refuse("catalog.tax_rate").field("rate").into());
        }
        Ok(())
    }

    /// The letter of EN 16931.
    #[must_use]
    pub const fn letter(&self) -> &'static str {
        match self.category {
            TaxCategory::Standard => "S",
            TaxCategory::ZeroRated => "Z",
            TaxCategory::Exempt => "E",
            TaxCategory::ReverseCharge => "AE",
            TaxCategory::IntraCommunity => "K",
            TaxCategory::Export => "G",
            TaxCategory::OutOfScope => "O",
        }
    }
}
