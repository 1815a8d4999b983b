//! IBAN (ISO 13616) and the check it shares with the RF creditor reference: ISO 7064 MOD 97-10.

use crate::NumberError;

/// Lengths of the countries that SEPA payments reach and of Slovenia's neighbours (SWIFT IBAN Registry, ISO 13616-2).
const LENGTHS: &str = "AD24 AL28 AT20 BA20 BE16 BG22 CH21 CY28 CZ24 DE22 DK18 EE20 ES24 FI18 FR27 GB22 GI23 GR27 \
    HR21 HU28 IE22 IS26 IT27 LI21 LT20 LU20 LV21 MC27 MD24 ME22 MK19 MT31 NL18 NO15 PL28 PT25 RO24 RS22 SE24 SI19 \
    SK24 SM27 VA22 XK20";

/// The remainder by 97 of the number that the text makes with A = 10 … Z = 35 (ISO 7064 MOD 97-10).
pub(crate) fn mod97(characters: impl Iterator<Item = char>) -> Result<u32, NumberError> {
    characters.filter_map(|c| c.to_digit(36)).try_fold(0u32, |remainder, digit| {
        let scale = if digit < 10 { 10 } else { 100 };
        Ok((remainder * scale + digit) % 97)
    })
}

/// Without blanks and in capitals; only letters and digits of ASCII may be left.
pub(crate) fn compact(text: &str) -> Result<String, NumberError> {
    let compact: String =
        text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
    if compact.chars().all(|c| c.is_ascii_alphanumeric()) { Ok(compact) } else { Err(NumberError::Form) }
}

/// The IBAN without blanks, when country, length and check digits are right.
///
/// ```
/// # use numbers::{check_iban, NumberError};
/// assert_eq!(check_iban("SI56 0201 7001 4356 205").as_deref(), Ok("SI56020170014356205"));
/// assert_eq!(check_iban("SI56 0201 7001 4356 206"), Err(NumberError::CheckDigit));
/// ```
pub fn check_iban(text: &str) -> Result<String, NumberError> {
    let iban = compact(text)?;
    let (Some(country), Some(check), Some(account)) = (iban.get(..2), iban.get(2..4), iban.get(4..)) else {
        return Err(NumberError::Form);
    };
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let known = LENGTHS.split_whitespace().find_map(|entry| entry.strip_prefix(country));
    // ISO 13616: at most 34 characters; the shortest in use, Norway's, has 15.
    let length_fits = match known.and_then(|length| length.parse::<usize>().ok()) {
        Some(length) => iban.len() == length,
        None => (15..=34).contains(&iban.len()),
    };
    if !country.bytes().all(|b| b.is_ascii_uppercase()) || !digits(check) || !length_fits {
        return Err(NumberError::Form);
    }
    if mod97(account.chars().chain(iban.chars().take(4)))? != 1 {
        return Err(NumberError::CheckDigit);
    }
    Ok(iban)
}

/// The printed form of an IBAN or RF reference: groups of four (ISO 13616-1, ISO 11649).
pub fn group_by_four(text: &str) -> String {
    let mut grouped = String::with_capacity(text.len() + text.len() / 4);
    for (i, c) in text.chars().filter(|c| !c.is_whitespace()).enumerate() {
        if i > 0 && i % 4 == 0 {
            grouped.push(' ');
        }
        grouped.push(c);
    }
    grouped
}
