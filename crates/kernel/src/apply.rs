//! `$apply`: `filter(…)/groupby((a,b),aggregate(net with sum as total,$count as n))`.

use crate::filter::{self, Filter, Path};
use crate::refusal::{Refusal, refuse};

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Apply {
    pub filter: Option<Filter>,
    pub by: Vec<Path>,
    pub sums: Vec<Sum>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sum {
    /// `None` counts rows.
    pub path: Option<Path>,
    pub with: String,
    pub name: String,
}

/// # Errors
/// `kernel.bad_apply`, with the place.
pub fn parse(text: &str) -> Result<Apply, Refusal> {
    let mut apply = Apply::default();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (step, inner, after) = call(rest).ok_or_else(|| bad(rest))?;
        match step {
            "filter" => apply.filter = Some(filter::parse(inner)?),
            "groupby" => {
                let (by, tail) =
                    inner.strip_prefix('(').and_then(|i| i.split_once(')')).ok_or_else(|| bad(inner))?;
                apply.by =
                    by.split(',').map(|p| p.trim().split('/').map(ToOwned::to_owned).collect()).collect();
                if let Some(aggregate) = tail.trim().strip_prefix(',') {
                    let (_, sums, _) =
                        call(aggregate.trim()).filter(|c| c.0 == "aggregate").ok_or_else(|| bad(tail))?;
                    apply.sums = read_sums(sums)?;
                }
            }
            "aggregate" => apply.sums = read_sums(inner)?,
            _ => return Err(bad(step)),
        }
        rest = after.strip_prefix('/').unwrap_or(after).trim();
    }
    Ok(apply)
}

fn read_sums(text: &str) -> Result<Vec<Sum>, Refusal> {
    text.split(',')
        .map(|part| match part.split_whitespace().collect::<Vec<_>>().as_slice() {
            ["$count", "as", name] => Ok(Sum { path: None, with: "count".into(), name: (*name).into() }),
            [path, "with", with, "as", name] => Ok(Sum {
                path: Some(path.split('/').map(ToOwned::to_owned).collect()),
                with: (*with).into(),
                name: (*name).into(),
            }),
            _ => Err(bad(part)),
        })
        .collect()
}

/// `name(inner)rest`
fn call(text: &str) -> Option<(&str, &str, &str)> {
    let open = text.find('(')?;
    let (mut depth, mut quoted) = (0, false);
    for (i, c) in text.char_indices().skip_while(|(i, _)| *i < open) {
        match c {
            '\'' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => {
                depth -= 1;
                if depth == 0 {
                    return Some((text.get(..open)?.trim(), text.get(open + 1..i)?, text.get(i + 1..)?));
                }
            }
            _ => {}
        }
    }
    None
}

fn bad(at: &str) -> Refusal {
    refuse("kernel.bad_apply").field("$apply").arg("at", at.chars().take(60).collect::<String>())
}
