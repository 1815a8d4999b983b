//! What steps are called in other languages than the one their diagram is drawn in: `celota:sl="Plačilo"` beside
//! `name="Payment"`. BPMN has one name for an element; this is how a firm's own diagram has two.

use crate::bpmn::CELOTA;
use kernel::read::Reader;
use kernel::{Input, LANGUAGES, Result};
use roxmltree::Document;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// Every name in a diagram, with what it is in this language, where the diagram says so.
#[must_use]
pub fn names(xml: &str, language: &str) -> Vec<(String, Option<String>)> {
    let Ok(document) = Document::parse(xml) else { return Vec::new() };
    let named = document.descendants().filter_map(|node| {
        let name = node.attribute("name").map(in_one_line).filter(|name| !name.is_empty())?;
        let own = node.attribute((CELOTA, language)).map(in_one_line).filter(|own| !own.is_empty());
        Some((name, own))
    });
    named.collect()
}

/// Names break lines where the picture wants them to.
fn in_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[derive(Debug, Input)]
pub struct Words {}

/// Names of steps in the language of whoever asks, by the name in the diagram; later editions speak last.
pub(crate) fn words(_: Words, reader: &mut Reader) -> Result<Json> {
    let language = LANGUAGES.into_iter().find(|l| *l == reader.actor.language).unwrap_or("en");
    let sql = "SELECT xml FROM diagram WHERE state <> 'draft' ORDER BY id";
    let drawn = reader.tx.query(sql, &[])?;
    let known: BTreeMap<String, String> = drawn
        .iter()
        .flat_map(|row| names(row.text(0), language))
        .filter_map(|(name, own)| Some((name, own?)))
        .collect();
    Ok(json!({"value": known}))
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn a_name_has_another_where_the_diagram_says_so() {
        let xml = r#"<p xmlns:c="https://celota.eu/bpmn"><a name="Pay" c:sl="Plačaj"/><b name="Wait"/><c name=""/></p>"#;
        let pay = ("Pay".to_owned(), Some("Plačaj".to_owned()));
        assert_eq!(names(xml, "sl"), [pay, ("Wait".to_owned(), None)]);
        assert!(names("<p", "sl").is_empty());
    }
}
