//! The Slovenian universal payment order with QR code (UPN QR).
//!
//! Bank Association of Slovenia (ZBS), "Tehnični standard UPN QR": a QR code of version 15, error correction M,
//! byte mode with ECI 4 (ISO 8859-2), and nineteen fields with a line feed after each, followed by the number of
//! characters so far.

use crate::paper::{Payment, Sheet};
use encoding_rs::ISO_8859_2;
use kernel::{Error, Result, refuse};
use numbers::{Money, check_iban, check_reference};
use qrcode::bits::Bits;
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode, Version};

const VERSION: Version = Version::Normal(15);
const LEVEL: EcLevel = EcLevel::M;
/// The ECI assignment of ISO 8859-2.
const ECI: u32 = 4;
/// Longest name, street and town.
const NAME: usize = 33;
const PURPOSE: usize = 42;
/// Eleven digits of cents.
const MOST: i64 = 99_999_999_999;
/// ISO 20022, external purpose codes: purchase and sale of goods and services.
const PURPOSE_CODE: &str = "GDSV";

/// What the slip says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slip {
    pub payer: [String; 3],
    pub amount: Money,
    pub purpose_code: &'static str,
    pub purpose: String,
    /// `24.11.2026`
    pub due: String,
    pub iban: String,
    pub reference: String,
    pub payee: [String; 3],
}

impl Slip {
    /// # Errors
    /// `files.slip` when account, reference or amount cannot stand on a slip.
    pub fn of(sheet: &Sheet, payment: &Payment) -> Result<Self> {
        let refused =
            |field: &str, value: &str| Error::from(refuse("files.slip").field(field).arg("value", value));
        let iban = check_iban(&payment.iban).map_err(|_| refused("iban", &payment.iban))?;
        let reference = match payment.reference.as_deref() {
            // Model 99 says that there is none.
            None | Some("") => "SI99".to_owned(),
            Some(given) => check_reference(given).map_err(|_| refused("reference", given))?,
        };
        let amount: Money = payment.amount.parse().map_err(|_| refused("amount", &payment.amount))?;
        if !(0..=MOST).contains(&amount.0) {
            return Err(refused("amount", &payment.amount));
        }
        let due = payment.due_on.as_deref().and_then(|d| d.parse::<numbers::Date>().ok());
        let town = |code: &str, town: &str| fitting(&format!("{code} {town}"), NAME);
        let name = if sheet.firm.legal_name.is_empty() { &sheet.firm.name } else { &sheet.firm.legal_name };
        // The legal name is often a sentence; what does not fit gives way to the short one.
        let name = if name.chars().count() > NAME { &sheet.firm.name } else { name };
        Ok(Self {
            payer: [
                fitting(&sheet.to.name, NAME),
                fitting(&sheet.to.street, NAME),
                town(&sheet.to.postal_code, &sheet.to.town),
            ],
            amount,
            purpose_code: PURPOSE_CODE,
            purpose: fitting(&payment.purpose, PURPOSE),
            due: due.map_or_else(String::new, |d| format!("{:02}.{:02}.{}", d.day(), d.month(), d.year())),
            iban,
            reference,
            payee: [
                fitting(name, NAME),
                fitting(&sheet.firm.street, NAME),
                town(&sheet.firm.postal_code, &sheet.firm.town),
            ],
        })
    }

    /// The fields in the order of the standard. Account, reference, date and signature of the payer stay empty: he
    /// gives them to his bank.
    #[must_use]
    pub fn content(&self) -> String {
        let amount = format!("{:011}", self.amount.0);
        let [payer, payer_street, payer_town] = &self.payer;
        let [payee, payee_street, payee_town] = &self.payee;
        let fields: [&str; 19] = [
            "UPNQR",
            "",
            "",
            "",
            "",
            payer,
            payer_street,
            payer_town,
            &amount,
            "",
            "",
            self.purpose_code,
            &self.purpose,
            &self.due,
            &self.iban,
            &self.reference,
            payee,
            payee_street,
            payee_town,
        ];
        let fields: String = fields.iter().map(|f| format!("{f}\n")).collect();
        let length = fields.chars().count();
        format!("{fields}{length:03}\n")
    }

    /// The code before it is drawn: segments of version 15.
    ///
    /// # Errors
    /// When it does not fit, which the longest fields never do.
    pub fn code(&self) -> Result<QrCode> {
        let content = self.content();
        let (bytes, _, _) = ISO_8859_2.encode(&content);
        let code = || {
            let mut bits = Bits::new(VERSION);
            bits.push_eci_designator(ECI)?;
            bits.push_byte_data(&bytes)?;
            bits.push_terminator(LEVEL)?;
            QrCode::with_bits(bits, LEVEL)
        };
        code().map_err(|e: qrcode::types::QrError| Error::corrupt(&format!("UPN QR: {e}")))
    }

    /// The code as a drawing, with the quiet zone of four modules that scanners need.
    ///
    /// # Errors
    /// As [`Self::code`].
    pub fn svg(&self) -> Result<String> {
        Ok(self.code()?.render::<svg::Color>().quiet_zone(true).module_dimensions(1, 1).build())
    }
}

/// Text that the code can carry: no line feed, cut to its field; a letter that ISO 8859-2 lacks becomes a plain one.
fn fitting(text: &str, most: usize) -> String {
    let plain: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut told = String::with_capacity(plain.len());
    for c in plain.chars() {
        let lacking = ISO_8859_2.encode(c.encode_utf8(&mut [0; 4])).2;
        if lacking { told.push_str(any_ascii::any_ascii_char(c)) } else { told.push(c) }
    }
    told.chars().take(most).collect::<String>().trim_end().to_owned()
}
