//! Tax codes, in the categories of EN 16931 (code list UNCL5305).

use kernel::{Choice, Context, Entity, Ref, Result, refuse};
use numbers::{Date, Decimal6};
use std::collections::HashMap;
use std::sync::Arc;

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

/// The rates of all codes: they are few, and most documents ask for several.
#[derive(Debug)]
pub struct TaxRates {
    rates: HashMap<i64, Decimal6>,
    usual: Option<Ref<TaxCode>>,
}

impl TaxRates {
    /// # Errors
    /// The database's.
    pub fn read(cx: &mut Context) -> Result<Arc<Self>> {
        cx.memo::<TaxCode, Self>(|cx| {
            let codes = cx.find::<TaxCode>("1 = 1", &[])?;
            let standard = codes.iter().filter(|c| c.category == TaxCategory::Standard);
            let usual = standard.max_by_key(|c| (c.rate, std::cmp::Reverse(c.id))).map(|c| Ref::new(c.id));
            Ok(Self { rates: codes.iter().map(|c| (c.id, c.rate)).collect(), usual })
        })
    }

    /// The percentage of a code.
    #[must_use]
    pub fn of(&self, code: Ref<TaxCode>) -> Option<Decimal6> {
        self.rates.get(&code.id()).copied()
    }

    /// What most things are taxed with: the highest standard rate.
    #[must_use]
    pub const fn usual(&self) -> Option<Ref<TaxCode>> {
        self.usual
    }
}
