//! The Slovenian tax number (davčna številka), which with SI before it is the VAT identification number.

use crate::NumberError;

/// The eight digits, when they are a tax number; blanks and the prefix SI are dropped.
///
/// The check digit is 11 less the weighted sum (8, 7, … 2) modulo 11; ten becomes zero, and numbers that would
/// need eleven are not issued (European Commission, "VAT number construction rules", Slovenia; ZDavP-2, art. 32).
///
/// ```
/// # use numbers::check_slovenian_tax_number;
/// assert_eq!(check_slovenian_tax_number("SI 5022 3054").as_deref(), Ok("50223054"));
/// ```
pub fn check_slovenian_tax_number(text: &str) -> Result<String, NumberError> {
    let compact = crate::iban::compact(text)?;
    let number = compact.strip_prefix("SI").unwrap_or(&compact);
    let digits: Vec<u32> = number.chars().filter_map(|c| c.to_digit(10)).collect();
    // Numbers are issued from 10000000 on.
    if number.len() != 8 || digits.len() != 8 || number.starts_with('0') {
        return Err(NumberError::Form);
    }
    let sum: u32 = digits.iter().zip((2..=8).rev()).map(|(digit, weight)| digit * weight).sum();
    let expected = match 11 - sum % 11 {
        10 => 0,
        check => check,
    };
    if digits.last() == Some(&expected) { Ok(number.to_owned()) } else { Err(NumberError::CheckDigit) }
}
