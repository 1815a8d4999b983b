//! OData addresses: `SalesOrders`, `SalesOrders(5)`, `SalesOrders(5)/confirm`, `Accounts/trial_balance(on=2026-11-24)`.

use kernel::{Refusal, refuse};

/// Names and values of a function's arguments.
pub type Arguments = Vec<(String, String)>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    pub set: String,
    pub id: Option<i64>,
    /// What stands behind the record or set, with the arguments of a function.
    pub rest: Option<(String, Option<Arguments>)>,
}

/// Reads the path after `/odata/`.
///
/// # Errors
/// `kernel.no_such_entity` for what is no address.
pub fn read(path: &str) -> Result<Address, Refusal> {
    let bad = || refuse("kernel.no_such_entity").arg("name", path.chars().take(80).collect::<String>());
    let (first, rest) = path.split_once('/').map_or((path, None), |(f, r)| (f, Some(r)));
    let (set, id) = match first.split_once('(') {
        None => (first, None),
        Some((set, key)) => {
            let key = key.strip_suffix(')').ok_or_else(bad)?;
            let key = key.strip_prefix("id=").unwrap_or(key);
            (set, Some(key.parse().map_err(|_| bad())?))
        }
    };
    let rest = match rest {
        None | Some("") => None,
        Some(rest) => match rest.split_once('(') {
            None => Some((rest.to_owned(), None)),
            Some((name, arguments)) => {
                let arguments = arguments.strip_suffix(')').ok_or_else(bad)?;
                Some((name.to_owned(), Some(pairs(arguments).ok_or_else(bad)?)))
            }
        },
    };
    Ok(Address { set: set.to_owned(), id, rest })
}

fn pairs(text: &str) -> Option<Vec<(String, String)>> {
    if text.trim().is_empty() {
        return Some(Vec::new());
    }
    text.split(',')
        .map(|pair| {
            let (name, value) = pair.split_once('=')?;
            Some((name.trim().to_owned(), value.trim().trim_matches('\'').to_owned()))
        })
        .collect()
}

#[cfg(test)]
mod tests {

    #[test]
    fn addresses_are_read_or_refused() {
        let read = |p: &str| super::read(p).ok().map(|a| (a.set, a.id, a.rest));
        assert_eq!(read("Parties"), Some(("Parties".into(), None, None)));
        assert_eq!(read("Parties(7)/lines"), Some(("Parties".into(), Some(7), Some(("lines".into(), None)))));
        assert_eq!(
            read("Accounts/trial_balance(on=2026-11-24)"),
            Some((
                "Accounts".into(),
                None,
                Some(("trial_balance".into(), Some(vec![("on".into(), "2026-11-24".into())])))
            ))
        );
        for bad in ["Parties(", "Parties(x)", "Parties(9999999999999999999)", "A/b(c", "A/b(c)"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
