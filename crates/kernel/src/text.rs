//! Texts in the languages of the users: i18next catalogues, one set for screen, mail and paper.

use serde_json::Value as Json;
use std::collections::HashMap;

/// The languages that every text exists in; the first is the fallback.
pub const LANGUAGES: [&str; 2] = ["en", "sl"];

/// All texts, by language and key (`sales.SalesOrder.fields.net`).
#[derive(Default)]
pub struct Texts(HashMap<&'static str, HashMap<String, String>>);

impl Texts {
    /// Adds a catalogue: nested JSON whose leaves are texts. `refusals` keep codes with dots in them.
    ///
    /// # Errors
    /// When it is not JSON.
    pub fn add(
        &mut self,
        language: &'static str,
        prefix: &str,
        catalogue: &str,
    ) -> Result<(), serde_json::Error> {
        let json: Json = serde_json::from_str(catalogue)?;
        let texts = self.0.entry(language).or_default();
        flatten(prefix, &json, texts);
        Ok(())
    }

    #[must_use]
    pub fn get(&self, language: &str, key: &str) -> Option<&str> {
        let in_language = |l: &str| self.0.get(l).and_then(|t| t.get(key)).map(String::as_str);
        in_language(language).or_else(|| in_language(LANGUAGES[0]))
    }

    /// Whether the language itself has the text, without falling back.
    #[must_use]
    pub fn has(&self, language: &str, key: &str) -> bool {
        self.0.get(language).is_some_and(|t| t.contains_key(key))
    }

    /// The text with `{{name}}` replaced; the key where there is none.
    #[must_use]
    pub fn filled(&self, language: &str, key: &str, args: &[(&str, &str)]) -> String {
        let mut text = self.get(language, key).unwrap_or(key).to_owned();
        for (name, value) in args {
            text = text.replace(&format!("{{{{{name}}}}}"), value);
        }
        text
    }

    /// The keys of a language, for checks.
    pub fn keys(&self, language: &str) -> impl Iterator<Item = &str> {
        self.0.get(language).into_iter().flat_map(|t| t.keys().map(String::as_str))
    }
}

fn flatten(prefix: &str, json: &Json, out: &mut HashMap<String, String>) {
    match json {
        Json::Object(map) => {
            for (key, value) in map {
                // Refusals, events and effects have codes of their own, which begin with the module.
                let coded = !prefix.contains('.')
                    && ["refusals", "events", "effects", "roles"].contains(&key.as_str());
                let key = if prefix.is_empty() || coded { key.clone() } else { format!("{prefix}.{key}") };
                flatten(&key, value, out);
            }
        }
        Json::String(text) => {
            out.insert(prefix.to_owned(), text.clone());
        }
        _ => {}
    }
}
