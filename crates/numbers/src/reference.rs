//! References on payments: the RF creditor reference (ISO 11649) and the Slovenian SI models.
//!
//! SI models: Bank Association of Slovenia (ZBS), "Pravila za oblikovanje in uporabo standardiziranih referenc pri
//! opravljanju plačilnih storitev", version 1.4, November 2023; "Pravila" below.

use crate::{NumberError, iban};

/// ISO 11649: RF, two check digits, and 1 to 21 letters or digits.
const RF_BODY: std::ops::RangeInclusive<usize> = 1..=21;
/// Pravila 2.2: the parts together have at most 20 digits, one part at most 12; model 12 has one part of 13.
const SI_DIGITS: usize = 20;
const SI_PART: usize = 12;
const SI12_DIGITS: usize = 13;

/// A creditor reference for a document's number; everything but letters and digits is dropped from it.
///
/// ```
/// # use numbers::make_rf;
/// assert_eq!(make_rf("SBO2010").as_deref(), Ok("RF45SBO2010"));
/// ```
pub fn make_rf(body: &str) -> Result<String, NumberError> {
    let body: String =
        body.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    if !RF_BODY.contains(&body.len()) {
        return Err(NumberError::Form);
    }
    // ISO 11649 with ISO 7064 MOD 97-10: 98 less the remainder of the body followed by RF00.
    let check = 98 - iban::mod97(body.chars().chain("RF00".chars()))?;
    Ok(format!("RF{check:02}{body}"))
}

/// A reference without check digit: up to three parts of digits with hyphens between.
pub fn make_si00(parts: &str) -> Result<String, NumberError> {
    check_reference(&format!("SI00{parts}"))
}

/// Model 12: the digits padded to twelve with zeros, and their check digit (Pravila, annex 1).
///
/// ```
/// # use numbers::make_si12;
/// assert_eq!(make_si12("123456789012").as_deref(), Ok("SI121234567890120"));
/// ```
pub fn make_si12(digits: &str) -> Result<String, NumberError> {
    if digits.is_empty() || digits.len() >= SI12_DIGITS || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(NumberError::Form);
    }
    let padded = format!("{digits:0>12}");
    Ok(format!("SI12{padded}{}", mod11(&padded)))
}

/// The reference as it travels (no blanks, capitals), when its form and check digits are right.
/// RF, SI00, SI12 and SI99 are checked whole; of other SI models the form is checked, not their own check digits.
pub fn check_reference(text: &str) -> Result<String, NumberError> {
    let reference: String =
        text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
    let (Some(kind), Some(model), Some(body)) = (reference.get(..2), reference.get(2..4), reference.get(4..))
    else {
        return Err(NumberError::Form);
    };
    if !model.bytes().all(|b| b.is_ascii_digit()) {
        return Err(NumberError::Form);
    }
    match kind {
        "RF" => check_rf(model, body)?,
        "SI" => check_si(model, body)?,
        _ => return Err(NumberError::Form),
    }
    Ok(reference)
}

fn check_rf(check: &str, body: &str) -> Result<(), NumberError> {
    if !RF_BODY.contains(&body.len()) || !body.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err(NumberError::Form);
    }
    let remainder = iban::mod97(body.chars().chain("RF".chars()).chain(check.chars()))?;
    if remainder == 1 { Ok(()) } else { Err(NumberError::CheckDigit) }
}

fn check_si(model: &str, body: &str) -> Result<(), NumberError> {
    // Pravila 2.2.1: model 99 says "no reference" and stands alone.
    if model == "99" {
        return if body.is_empty() { Ok(()) } else { Err(NumberError::Form) };
    }
    let parts: Vec<&str> = body.split('-').collect();
    let longest = if model == "12" { SI12_DIGITS } else { SI_PART };
    let fits = |part: &&str| (1..=longest).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    let digits: usize = parts.iter().map(|part| part.len()).sum();
    if parts.len() > 3 || digits > SI_DIGITS || !parts.iter().all(fits) {
        return Err(NumberError::Form);
    }
    if model == "12" {
        let (Some(data), Some(check)) = (body.get(..SI12_DIGITS - 1), body.get(SI12_DIGITS - 1..)) else {
            return Err(NumberError::Form);
        };
        if parts.len() != 1 || check.is_empty() {
            return Err(NumberError::Form);
        }
        if check != mod11(data).to_string() {
            return Err(NumberError::CheckDigit);
        }
    }
    Ok(())
}

/// Pravila, annex 3: weights 2, 3, … from the right; 11 less the remainder; ten and eleven give zero.
fn mod11(digits: &str) -> u32 {
    let sum: u32 =
        digits.chars().rev().zip(2..).filter_map(|(c, weight)| Some(c.to_digit(10)? * weight)).sum();
    match 11 - sum % 11 {
        10 | 11 => 0,
        check => check,
    }
}
