//! What OData's options ask for: `$filter`, `$orderby`, `$select`, `$expand`, `$search`, `$top` and the token of a page.

use crate::filter;
use crate::read::{Ask, Expand};
use crate::refusal::{Refusal, refuse};

impl Ask {
    /// From OData's options.
    ///
    /// # Errors
    /// What is wrong with the question.
    pub fn from_options(options: &[(String, String)]) -> std::result::Result<Self, Refusal> {
        let mut ask = Self::default();
        for (name, value) in options {
            match name.as_str() {
                "$filter" => ask.filter = Some(filter::parse(value)?),
                "$orderby" => ask.order = order(value)?,
                "$top" => {
                    let top = value
                        .parse()
                        .map_err(|_| refuse("kernel.not_a_whole_number").field("$top").arg("value", value))?;
                    ask.top = Some(top);
                }
                "$select" if value != "*" => ask.select = list(value),
                "$expand" => ask.expand = expands(value, 0)?,
                "$search" if !value.trim().is_empty() => {
                    ask.search = Some(value.trim_matches('"').to_owned())
                }
                "$skiptoken" => {
                    let token = serde_json::from_str(value)
                        .map_err(|_| refuse("kernel.bad_token").field("$skiptoken"))?;
                    ask.after = Some(token);
                }
                _ => {}
            }
        }
        Ok(ask)
    }
}

fn list(text: &str) -> Vec<String> {
    text.split(',').map(|w| w.trim().to_owned()).filter(|w| !w.is_empty()).collect()
}

fn order(text: &str) -> std::result::Result<Vec<(Vec<String>, bool)>, Refusal> {
    list(text)
        .into_iter()
        .map(|part| {
            let mut words = part.split_whitespace();
            let path = words.next().unwrap_or_default().split('/').map(ToOwned::to_owned).collect();
            match words.next() {
                None | Some("asc") => Ok((path, false)),
                Some("desc") => Ok((path, true)),
                Some(_) => Err(refuse("kernel.bad_order").field("$orderby").arg("at", part)),
            }
        })
        .collect()
}

/// `customer($select=id,title;$expand=…),lines`
fn expands(text: &str, depth: usize) -> std::result::Result<Vec<Expand>, Refusal> {
    let bad = || refuse("kernel.bad_expand").field("$expand").arg("at", text);
    let mut out = Vec::new();
    for part in split_outside(text, ',') {
        let part = part.trim();
        let Some((name, rest)) = part.split_once('(') else {
            out.push(Expand { name: part.to_owned(), ..Expand::default() });
            continue;
        };
        let inner = rest.strip_suffix(')').ok_or_else(bad)?;
        let mut expand = Expand { name: name.trim().to_owned(), ..Expand::default() };
        for option in split_outside(inner, ';') {
            match option.trim().split_once('=') {
                Some(("$select", value)) => expand.select = list(value),
                Some(("$expand", value)) if depth < filter::DEEPEST_EXPAND => {
                    expand.expand = expands(value, depth + 1)?
                }
                _ => return Err(bad()),
            }
        }
        out.push(expand);
    }
    Ok(out)
}

fn split_outside(text: &str, sign: char) -> Vec<&str> {
    let (mut depth, mut start, mut out) = (0_i32, 0, Vec::new());
    for (i, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            c if c == sign && depth == 0 => {
                out.push(text.get(start..i).unwrap_or_default());
                start = i + c.len_utf8();
            }
            _ => {}
        }
    }
    out.push(text.get(start..).unwrap_or_default());
    out.retain(|p| !p.trim().is_empty());
    out
}
