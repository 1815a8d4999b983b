//! A legal entity that keeps books.

use kernel::{Context, Entity, Result, refuse};

/// A firm of the group: every document belongs to one.
#[derive(Clone, Debug, Entity)]
#[entity(set = "Companies", search = "name,tax_number", list = "name,country,currency", unique = "name")]
pub struct Company {
    pub id: i64,
    pub name: String,
    pub legal_name: String,
    pub tax_number: Option<String>,
    pub vat_id: Option<String>,
    pub registration_number: Option<String>,
    #[field(default = "SI")]
    pub country: String,
    #[field(default = "EUR")]
    pub currency: String,
    pub street: String,
    pub postal_code: String,
    pub town: String,
    pub iban: Option<String>,
    pub bic: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
}

/// Currencies whose minor unit is a hundredth: amounts are kept in it, and others are refused by name rather
/// than booked a hundredfold wrong (ISO 4217).
pub const CURRENCIES: [&str; 24] = [
    "EUR", "USD", "GBP", "CHF", "HRK", "RSD", "BAM", "MKD", "CZK", "PLN", "HUF", "RON", "BGN", "SEK", "NOK",
    "DKK", "CAD", "AUD", "NZD", "CNY", "TRY", "BRL", "MXN", "ZAR",
];

impl Company {
    pub(crate) fn prepare(&mut self, _: Option<&Self>, _: &mut Context) -> Result<()> {
        if self.legal_name.is_empty() {
            self.legal_name.clone_from(&self.name);
        }
        if !CURRENCIES.contains(&self.currency.as_str()) {
            return Err(refuse("access.currency").field("currency").arg("currency", &self.currency).into());
        }
        Ok(())
    }
}
