//! Text of the source as values of our fields, exactly or not at all.

use super::mapping::Formats;
use kernel::{Field, Kind, Refusal, Value, refuse};
use numbers::Date;
use std::collections::HashMap;

/// What is done with a text before it is a value.
#[derive(Clone, Debug, Default)]
pub struct Manner {
    pub words: HashMap<String, String>,
    pub default: Option<String>,
    pub round: Option<u32>,
    pub times: Option<i64>,
    pub date: Option<String>,
}

/// A figure as it stands in the file: whole units of 10⁻ᵈᵉᶜⁱᵐᵃˡˢ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figure {
    pub units: i128,
    pub decimals: u32,
}

impl Figure {
    /// Reads a figure; `None` for what is none.
    #[must_use]
    pub fn read(text: &str, formats: &Formats) -> Option<Self> {
        let mut text = text.trim();
        let plain;
        if !formats.thousands.is_empty() && text.contains(&formats.thousands) {
            plain = text.replace(&formats.thousands, "");
            text = &plain;
        }
        let (negative, digits) = match text.strip_prefix(['-', '−']) {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (mut units, mut decimals, mut after, mut any) = (0i128, 0, false, false);
        for c in digits.chars() {
            if c == formats.decimal && !after {
                after = true;
                continue;
            }
            units = units.checked_mul(10)?.checked_add(i128::from(c.to_digit(10)?))?;
            decimals += u32::from(after);
            any = true;
        }
        (any && decimals <= 18).then_some(Self { units: if negative { -units } else { units }, decimals })
    }

    /// In units of 10⁻ᵖˡᵃᶜᵉˢ, if nothing is lost.
    #[must_use]
    pub fn exactly(self, places: u32) -> Option<i128> {
        if self.decimals <= places {
            return self.units.checked_mul(10i128.pow(places - self.decimals));
        }
        let step = 10i128.pow(self.decimals - places);
        (self.units % step == 0).then(|| self.units / step)
    }

    /// Rounded to so many places, half away from zero.
    #[must_use]
    pub fn rounded(self, places: u32) -> Self {
        if self.decimals <= places {
            return self;
        }
        let step = 10i128.pow(self.decimals - places);
        let (quotient, rest) = (self.units / step, self.units % step);
        let up = i128::from(rest.abs() * 2 >= step) * self.units.signum();
        Self { units: quotient + up, decimals: places }
    }

    /// The sum, with as many decimals as the longer one has.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        let decimals = self.decimals.max(other.decimals);
        Some(Self { units: self.exactly(decimals)?.checked_add(other.exactly(decimals)?)?, decimals })
    }

    #[must_use]
    pub fn times(self, other: Self) -> Option<Self> {
        Some(Self { units: self.units.checked_mul(other.units)?, decimals: self.decimals + other.decimals })
    }

    #[must_use]
    pub const fn negated(self) -> Self {
        Self { units: -self.units, decimals: self.decimals }
    }
}

impl std::fmt::Display for Figure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let digits = format!("{:0width$}", self.units.unsigned_abs(), width = self.decimals as usize + 1);
        let (whole, fraction) = digits.split_at(digits.len() - self.decimals as usize);
        let sign = if self.units < 0 { "-" } else { "" };
        if fraction.is_empty() { write!(f, "{sign}{whole}") } else { write!(f, "{sign}{whole}.{fraction}") }
    }
}

/// The value of a field.
///
/// # Errors
/// What is wrong with the text, in the kernel's words.
pub fn convert(text: &str, field: &Field, manner: &Manner, formats: &Formats) -> Result<Value, Refusal> {
    let mut text = text.trim();
    if !manner.words.is_empty() && !text.is_empty() {
        match (manner.words.get(text), &manner.default) {
            (Some(word), _) | (None, Some(word)) => text = word,
            (None, None) => {
                let mut words: Vec<&str> = manner.words.keys().map(String::as_str).collect();
                words.sort_unstable();
                words.truncate(8);
                return Err(refuse("import.word").arg("value", text).arg("words", words.join(", ")));
            }
        }
    }
    if text.is_empty() {
        text = manner.default.as_deref().unwrap_or_default();
    }
    if text.is_empty() {
        return Ok(field.empty());
    }
    match field.kind {
        Kind::Money => figure(text, 2, manner, formats, "kernel.not_money"),
        Kind::Decimal | Kind::Quantity => figure(text, 6, manner, formats, "kernel.not_a_number"),
        Kind::Integer => figure(text, 0, manner, formats, "kernel.not_a_whole_number"),
        Kind::Bool => yes_or_no(text, formats),
        Kind::Date => {
            let format = manner.date.as_deref().unwrap_or(&formats.date);
            date(text, format)
                .map(|d| Value::Int(d.days()))
                .ok_or_else(|| refuse("import.date").arg("value", shown(text)).arg("format", format))
        }
        Kind::Text | Kind::LongText if text.len() < 1_000 && !text.contains('\0') => Ok(Value::text(text)),
        _ => kernel::json::from_json(field, &serde_json::Value::String(text.to_owned())),
    }
}

fn figure(
    text: &str,
    places: u32,
    manner: &Manner,
    formats: &Formats,
    code: &'static str,
) -> Result<Value, Refusal> {
    let wrong = || refuse(code).arg("value", shown(text));
    let mut figure = Figure::read(text, formats).ok_or_else(wrong)?;
    if let Some(times) = manner.times {
        figure.units = figure.units.checked_mul(i128::from(times)).ok_or_else(wrong)?;
    }
    if let Some(round) = manner.round {
        figure = figure.rounded(round);
    }
    let units = figure
        .exactly(places)
        .ok_or_else(|| refuse("import.decimals").arg("value", shown(text)).arg("most", places))?;
    i64::try_from(units).map(Value::Int).map_err(|_| wrong())
}

fn yes_or_no(text: &str, formats: &Formats) -> Result<Value, Refusal> {
    let among = |words: &[String]| words.iter().any(|w| w == text);
    match (among(&formats.yes), among(&formats.no)) {
        (true, _) => Ok(Value::Int(1)),
        (_, true) => Ok(Value::Int(0)),
        _ => Err(refuse("import.yes_or_no").arg("value", shown(text))),
    }
}

/// A date by a format of `YYYY`, `MM` and `DD`; a time of midnight may follow.
fn date(text: &str, format: &str) -> Option<Date> {
    let (mut rest, mut pattern) = (text, format);
    let (mut year, mut month, mut day) = (None, None, None);
    while !pattern.is_empty() {
        let (slot, most) = if pattern.starts_with("YYYY") {
            (&mut year, 4)
        } else if pattern.starts_with("MM") {
            (&mut month, 2)
        } else if pattern.starts_with("DD") {
            (&mut day, 2)
        } else {
            let c = pattern.chars().next()?;
            rest = rest.strip_prefix(c)?.trim_start();
            pattern = pattern.get(c.len_utf8()..)?;
            continue;
        };
        let digits = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
        *slot = Some(rest.get(..digits)?.parse::<i16>().ok()?);
        rest = rest.get(digits..)?;
        pattern = pattern.get(most..)?;
    }
    let midnight =
        rest.is_empty() || rest.trim_start_matches([' ', 'T']).chars().all(|c| ['0', ':', '.'].contains(&c));
    let small = |n: Option<i16>| i8::try_from(n?).ok();
    if midnight { Date::new(year?, small(month)?, small(day)?).ok() } else { None }
}

fn shown(text: &str) -> String {
    text.chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_exact_or_refused() {
        let slovenian = Formats { decimal: ',', thousands: ".".into(), ..Formats::default() };
        let english = Formats::default();
        for (text, formats, wanted) in [
            ("2024.9940", &english, Some("2024.9940")),
            ("-0.5", &english, Some("-0.5")),
            ("1.234,50", &slovenian, Some("1234.50")),
            ("1,234.50", &english, None),
            ("", &english, None),
            ("12 kg", &english, None),
            ("1e5", &english, None),
        ] {
            assert_eq!(Figure::read(text, formats).map(|f| f.to_string()).as_deref(), wanted, "{text}");
        }
        let rounded = |t: &str| Figure::read(t, &english).map(|f| f.rounded(2).to_string());
        for (text, wanted) in
            [("23153.2339", "23153.23"), ("0.005", "0.01"), ("-0.005", "-0.01"), ("1.5", "1.5")]
        {
            assert_eq!(rounded(text).as_deref(), Some(wanted));
        }
    }

    #[test]
    fn what_a_field_gets() {
        let formats = Formats::default();
        let field = |kind| Field::new("f", kind);
        let plain = Manner::default();
        let code = |r: Result<Value, Refusal>| r.map_err(|e| e.code);
        assert_eq!(code(convert("10.50", &field(Kind::Money), &plain, &formats)), Ok(Value::Int(1050)));
        assert_eq!(code(convert("10.505", &field(Kind::Money), &plain, &formats)), Err("import.decimals"));
        assert_eq!(code(convert("ten", &field(Kind::Money), &plain, &formats)), Err("kernel.not_money"));
        let round = Manner { round: Some(2), ..Manner::default() };
        assert_eq!(code(convert("10.505", &field(Kind::Money), &round, &formats)), Ok(Value::Int(1051)));
        let percent = Manner { times: Some(100), ..Manner::default() };
        assert_eq!(
            code(convert("0.02", &field(Kind::Decimal), &percent, &formats)),
            Ok(Value::Int(2_000_000))
        );
        for (text, format, wanted) in [
            ("2011-05-31", "YYYY-MM-DD", Some("2011-05-31")),
            ("2011-08-29 00:00:00.000", "YYYY-MM-DD", Some("2011-08-29")),
            ("2011-08-29 14:30", "YYYY-MM-DD", None),
            ("31. 5. 2011", "DD.MM.YYYY", Some("2011-05-31")),
            ("30.2.2011", "DD.MM.YYYY", None),
            ("soon", "YYYY-MM-DD", None),
        ] {
            assert_eq!(date(text, format).map(|d| d.to_string()).as_deref(), wanted, "{text}");
        }
        assert_eq!(code(convert("maybe", &field(Kind::Bool), &plain, &formats)), Err("import.yes_or_no"));
        let words = Manner { words: [("5".to_owned(), "closed".to_owned())].into(), ..Manner::default() };
        assert_eq!(code(convert("5", &field(Kind::Text), &words, &formats)), Ok(Value::text("closed")));
        assert_eq!(code(convert("6", &field(Kind::Text), &words, &formats)), Err("import.word"));
    }
}
