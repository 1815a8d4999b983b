//! Reads the dated script; `demo/half_a_year.txt` says how it is written.

/// Something that happens on a day, counted from today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Where it stands in the script.
    pub at: usize,
    pub day: i64,
    pub act: Act,
}

/// Products with a quantity or price.
pub type Parts = Vec<(String, String)>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ordered {
    pub quantity: String,
    pub product: String,
    pub price: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    Quote { name: String, customer: String, lines: Vec<Ordered> },
    Confirm { order: String },
    Ship { order: String, parts: Parts },
    Back { order: String, parts: Parts },
    PayOrder { order: String },
    Buy { name: String, supplier: String, lines: Vec<Ordered> },
    Receive { order: String, parts: Parts },
    Bill { order: String, number: String, prices: Parts },
    PaySupplier { order: String },
    Make { name: String, product: String, quantity: String, days: i64 },
    Floor { order: String, verb: String, words: String },
    Call { name: String, who: String, company: String, phone: String, what: String, amount: String },
    Move { name: String, command: String, reason: Option<String> },
    Note { party: String, text: String },
    Task { party: String, text: String },
    Cost { account: String, amount: String, text: String },
    Bank { payments: Vec<(String, Option<String>)>, fee: Option<String> },
}

/// # Errors
/// The number of the first line that cannot be read.
pub fn read(text: &str) -> Result<Vec<Line>, usize> {
    let mut lines = Vec::new();
    for (at, line) in text.lines().enumerate().map(|(i, l)| (i + 1, l.trim())) {
        if !line.is_empty() && !line.starts_with('#') {
            lines.extend(acts(line).ok_or(at)?.into_iter().map(|(day, act)| Line { at, day, act }));
        }
    }
    Ok(lines)
}

fn acts(line: &str) -> Option<Vec<(i64, Act)>> {
    let (day, rest) = line.split_once(' ')?;
    let day: i64 = day.parse().ok()?;
    let (verb, rest) = rest.split_once([' ', ':'])?;
    let mut parts = rest.split('|').map(str::trim);
    let head = parts.next()?;
    let mut out = Vec::new();
    match verb {
        "sell" | "quote" => {
            let (name, customer, lines) = document(head)?;
            out.push((day, Act::Quote { name: name.clone(), customer, lines }));
            if verb == "sell" {
                out.push((day, Act::Confirm { order: name.clone() }));
            }
            for part in parts {
                out.push(later(day, part, |verb, words| sold(&name, verb, words))?);
            }
        }
        "buy" => {
            let (name, supplier, lines) = document(head)?;
            out.push((day, Act::Buy { name: name.clone(), supplier, lines }));
            for part in parts {
                out.push(later(day, part, |verb, words| bought(&name, verb, words))?);
            }
        }
        "make" => out = made(day, head, parts)?,
        "call" => {
            let (name, rest) = head.split_once(' ')?;
            let mut words = rest.split(';').map(|w| w.trim().to_owned());
            let call = Act::Call {
                name: name.to_owned(),
                who: words.next()?,
                company: words.next()?,
                phone: words.next()?,
                what: words.next()?,
                amount: words.next()?,
            };
            out.push((day, call));
            for part in parts {
                let moved = |verb: &str, words: &str| {
                    let reason = (!words.is_empty()).then(|| words.to_owned());
                    Some(Act::Move { name: name.to_owned(), command: verb.to_owned(), reason })
                };
                out.push(later(day, part, moved)?);
            }
        }
        "note" | "task" => {
            let (party, text) = head.split_once(": ")?;
            let (party, text) = (party.to_owned(), text.to_owned());
            out.push((
                day,
                if verb == "note" { Act::Note { party, text } } else { Act::Task { party, text } },
            ));
        }
        "cost" => {
            let (figures, text) = head.split_once(": ")?;
            let (account, amount) = figures.split_once(' ')?;
            out.push((day, Act::Cost { account: account.into(), amount: amount.into(), text: text.into() }));
        }
        "bank" => out.push((day, bank(head))),
        _ => return None,
    }
    Some(out)
}

/// `NAME: QUANTITY ARTICLE in DAYS`, and what follows on the shop floor.
fn made<'a>(day: i64, head: &str, parts: impl Iterator<Item = &'a str>) -> Option<Vec<(i64, Act)>> {
    let (name, words) = head.split_once(": ")?;
    let (line, days) = words.split_once(" in ")?;
    let (quantity, product) = line.split_once(' ')?;
    let (quantity, product) = (quantity.to_owned(), product.to_owned());
    let mut out =
        vec![(day, Act::Make { name: name.to_owned(), product, quantity, days: days.parse().ok()? })];
    for part in parts {
        let floor = |verb: &str, words: &str| {
            Some(Act::Floor { order: name.to_owned(), verb: verb.to_owned(), words: words.to_owned() })
        };
        out.push(later(day, part, floor)?);
    }
    Some(out)
}

/// `NAME PARTY: QUANTITY ARTICLE [at PRICE], …`
fn document(head: &str) -> Option<(String, String, Vec<Ordered>)> {
    let (names, lines) = head.split_once(':')?;
    let (name, party) = names.split_once(' ')?;
    let lines = lines
        .split(',')
        .map(|line| {
            let mut words = line.split_whitespace();
            let (quantity, product) = (words.next()?.to_owned(), words.next()?.to_owned());
            let price = words.next().and_then(|_| words.next()).map(ToOwned::to_owned);
            Some(Ordered { quantity, product, price })
        })
        .collect::<Option<_>>()?;
    Some((name.to_owned(), party.to_owned(), lines))
}

/// `VERB DAYS WORDS`
fn later(day: i64, part: &str, act: impl Fn(&str, &str) -> Option<Act>) -> Option<(i64, Act)> {
    let (verb, rest) = part.split_once(' ')?;
    let (days, words) = rest.split_once(' ').unwrap_or((rest, ""));
    Some((day + days.parse::<i64>().ok()?, act(verb, words)?))
}

fn sold(name: &str, verb: &str, words: &str) -> Option<Act> {
    let order = name.to_owned();
    Some(match verb {
        "confirm" => Act::Confirm { order },
        "ship" => Act::Ship { order, parts: pairs(words)? },
        "back" => Act::Back { order, parts: pairs(words)? },
        "pay" => Act::PayOrder { order },
        _ => return None,
    })
}

fn bought(name: &str, verb: &str, words: &str) -> Option<Act> {
    let order = name.to_owned();
    Some(match verb {
        "receive" => Act::Receive { order, parts: pairs(words)? },
        "bill" => {
            let (number, prices) = words.split_once(' ').unwrap_or((words, ""));
            Act::Bill { order, number: number.to_owned(), prices: pairs(prices)? }
        }
        "pay" => Act::PaySupplier { order },
        _ => return None,
    })
}

/// `chair=2 table=4`
fn pairs(words: &str) -> Option<Parts> {
    words.split_whitespace().map(|w| w.split_once('=').map(|(a, b)| (a.to_owned(), b.to_owned()))).collect()
}

/// `so31, so33 500.00; fee 4.80`
fn bank(head: &str) -> Act {
    let (payments, fee) = head.split_once(';').unwrap_or((head, ""));
    let payments = payments
        .split(',')
        .map(|p| {
            let mut words = p.split_whitespace().map(ToOwned::to_owned);
            (words.next().unwrap_or_default(), words.next())
        })
        .collect();
    Act::Bank { payments, fee: fee.trim().strip_prefix("fee ").map(ToOwned::to_owned) }
}
