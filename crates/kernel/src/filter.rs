//! OData 4.01 filter expressions: a small parser into a tree, without any SQL.

use crate::refusal::{Refusal, refuse};
use serde_json::{Value as Json, json};

/// How deep an expression may nest: enough for any person, too little to exhaust the stack.
const DEEPEST: usize = 40;
/// How many terms it may have: each deepens the tree by one, on the stack here and in the database.
const MOST_TERMS: usize = 400;
/// Expands within expands: nobody reads further, and each is a statement.
pub(crate) const DEEPEST_EXPAND: usize = 8;

#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    And(Box<Filter>, Box<Filter>),
    Or(Box<Filter>, Box<Filter>),
    Not(Box<Filter>),
    /// `eq ne gt ge lt le` of a path and a literal.
    Compare(Path, Comparison, Json),
    In(Path, Vec<Json>),
    Text(TextTest, Path, String),
    /// `lines/any(l: …)`; the inner paths are relative to the line.
    Any(String, Option<Box<Filter>>),
}

/// `customer/name`
pub type Path = Vec<String>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    Eq,
    Ne,
    Gt,
    Ge,
    Lt,
    Le,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextTest {
    Contains,
    StartsWith,
    EndsWith,
}

/// Reads `$filter`.
///
/// # Errors
/// `kernel.bad_filter`, with the place.
pub fn parse(text: &str) -> Result<Filter, Refusal> {
    let mut parser = Parser { tokens: tokens(text)?, at: 0, terms: 0, variable: None };
    let filter = parser.or(0)?;
    if parser.at < parser.tokens.len() { Err(parser.wrong()) } else { Ok(filter) }
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Literal(Json),
    Sign(char),
}

fn tokens(text: &str) -> Result<Vec<Token>, Refusal> {
    let mut out = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        match c {
            ' ' | '\t' => {}
            '(' | ')' | ',' | ':' => out.push(Token::Sign(c)),
            '\'' => {
                let mut word = String::new();
                loop {
                    match chars.next() {
                        None => return Err(bad(text)),
                        Some((_, '\'')) if chars.peek().is_some_and(|(_, c)| *c == '\'') => {
                            chars.next();
                            word.push('\'');
                        }
                        Some((_, '\'')) => break,
                        Some((_, c)) => word.push(c),
                    }
                }
                out.push(Token::Literal(json!(word)));
            }
            _ => {
                let mut end = start + c.len_utf8();
                // A colon belongs to an instant, but ends the variable of a lambda.
                let digit = c.is_ascii_digit() || c == '-';
                while let Some((i, c)) = chars.peek().copied() {
                    if " \t(),'".contains(c) || (c == ':' && !digit) {
                        break;
                    }
                    end = i + c.len_utf8();
                    chars.next();
                }
                out.push(word(text.get(start..end).unwrap_or_default()));
            }
        }
    }
    Ok(out)
}

fn word(word: &str) -> Token {
    let numeric = word.starts_with(|c: char| c.is_ascii_digit() || c == '-');
    match word {
        "true" => Token::Literal(json!(true)),
        "false" => Token::Literal(json!(false)),
        "null" => Token::Literal(Json::Null),
        // Dates, instants and decimals stay text: the field says what they mean.
        _ if numeric => Token::Literal(json!(word)),
        _ => Token::Word(word.to_owned()),
    }
}

fn bad(at: &str) -> Refusal {
    refuse("kernel.bad_filter").field("$filter").arg("at", at.chars().take(60).collect::<String>())
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    terms: usize,
    variable: Option<String>,
}

impl Parser {
    fn wrong(&self) -> Refusal {
        bad(&self.tokens.get(self.at).map_or_else(|| "end".into(), |t| format!("{t:?}")))
    }

    fn next(&mut self) -> Result<Token, Refusal> {
        let token = self.tokens.get(self.at).cloned().ok_or_else(|| self.wrong())?;
        self.at += 1;
        Ok(token)
    }

    fn peek_word(&self, word: &str) -> bool {
        matches!(self.tokens.get(self.at), Some(Token::Word(w)) if w == word)
    }

    fn sign(&mut self, sign: char) -> Result<(), Refusal> {
        if self.tokens.get(self.at) == Some(&Token::Sign(sign)) {
            self.at += 1;
            Ok(())
        } else {
            Err(self.wrong())
        }
    }

    fn or(&mut self, depth: usize) -> Result<Filter, Refusal> {
        let mut left = self.and(depth)?;
        while self.peek_word("or") {
            self.at += 1;
            left = Filter::Or(Box::new(left), Box::new(self.and(depth)?));
        }
        Ok(left)
    }

    fn and(&mut self, depth: usize) -> Result<Filter, Refusal> {
        let mut left = self.term(depth)?;
        while self.peek_word("and") {
            self.at += 1;
            left = Filter::And(Box::new(left), Box::new(self.term(depth)?));
        }
        Ok(left)
    }

    fn one_more(&mut self) -> Result<(), Refusal> {
        self.terms += 1;
        if self.terms > MOST_TERMS { Err(self.wrong()) } else { Ok(()) }
    }

    fn term(&mut self, depth: usize) -> Result<Filter, Refusal> {
        self.one_more()?;
        if depth > DEEPEST {
            return Err(self.wrong());
        }
        if self.peek_word("not") {
            self.at += 1;
            return Ok(Filter::Not(Box::new(self.term(depth + 1)?)));
        }
        if self.sign('(').is_ok() {
            let inner = self.or(depth + 1)?;
            self.sign(')')?;
            return Ok(inner);
        }
        let Token::Word(word) = self.next()? else {
            self.at -= 1;
            return Err(self.wrong());
        };
        let test = match word.as_str() {
            "contains" => Some(TextTest::Contains),
            "startswith" => Some(TextTest::StartsWith),
            "endswith" => Some(TextTest::EndsWith),
            _ => None,
        };
        if let Some(test) = test {
            return self.text_test(test);
        }
        if let Some(lines) = word.strip_suffix("/any") {
            return self.any(lines, depth);
        }
        self.comparison(&word)
    }

    fn text_test(&mut self, test: TextTest) -> Result<Filter, Refusal> {
        self.sign('(')?;
        let path = self.path()?;
        self.sign(',')?;
        let Token::Literal(Json::String(text)) = self.next()? else { return Err(self.wrong()) };
        self.sign(')')?;
        Ok(Filter::Text(test, path, text))
    }

    fn any(&mut self, lines: &str, depth: usize) -> Result<Filter, Refusal> {
        self.sign('(')?;
        if self.sign(')').is_ok() {
            return Ok(Filter::Any(lines.into(), None));
        }
        let Token::Word(variable) = self.next()? else { return Err(self.wrong()) };
        self.sign(':')?;
        let outer = self.variable.replace(variable);
        let inner = self.or(depth + 1)?;
        self.variable = outer;
        self.sign(')')?;
        Ok(Filter::Any(lines.into(), Some(Box::new(inner))))
    }

    fn comparison(&mut self, word: &str) -> Result<Filter, Refusal> {
        let path = self.as_path(word);
        let Token::Word(operator) = self.next()? else { return Err(self.wrong()) };
        let comparison = match operator.as_str() {
            "eq" => Comparison::Eq,
            "ne" => Comparison::Ne,
            "gt" => Comparison::Gt,
            "ge" => Comparison::Ge,
            "lt" => Comparison::Lt,
            "le" => Comparison::Le,
            "in" => return self.list(path),
            _ => {
                self.at -= 1;
                return Err(self.wrong());
            }
        };
        let Token::Literal(literal) = self.next()? else {
            self.at -= 1;
            return Err(self.wrong());
        };
        Ok(Filter::Compare(path, comparison, literal))
    }

    fn list(&mut self, path: Path) -> Result<Filter, Refusal> {
        self.sign('(')?;
        let mut items = Vec::new();
        loop {
            let Token::Literal(item) = self.next()? else { return Err(self.wrong()) };
            items.push(item);
            if self.sign(')').is_ok() {
                return Ok(Filter::In(path, items));
            }
            self.sign(',')?;
        }
    }

    fn path(&mut self) -> Result<Path, Refusal> {
        self.one_more()?;
        // `tolower(name)` is how clients ask for what is the rule here: case does not matter.
        if self.peek_word("tolower") || self.peek_word("toupper") {
            self.at += 1;
            self.sign('(')?;
            let path = self.path()?;
            self.sign(')')?;
            return Ok(path);
        }
        match self.next()? {
            Token::Word(word) => Ok(self.as_path(&word)),
            _ => Err(self.wrong()),
        }
    }

    fn as_path(&self, word: &str) -> Path {
        let mut path: Path = word.split('/').map(ToOwned::to_owned).collect();
        if path.len() > 1 && path.first() == self.variable.as_ref() {
            path.remove(0);
        }
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn and_binds_closer_than_or() {
        let path = |p: &str| vec![p.to_owned()];
        let eq = |p: &str, v: &str| Box::new(Filter::Compare(path(p), Comparison::Eq, json!(v)));
        assert_eq!(
            parse("a eq 'x' or b eq 'it''s' and c eq 'z'"),
            Ok(Filter::Or(eq("a", "x"), Box::new(Filter::And(eq("b", "it's"), eq("c", "z")))))
        );
    }

    #[test]
    fn what_cannot_be_read_is_refused_and_never_panics() {
        for text in [
            "",
            "a",
            "a eq",
            "a eq b",
            "(a eq 1",
            "a eq 'x",
            "a in ()",
            "contains(a)",
            "a eq 1 b",
            "l/any(x",
            "č eq 1 ☃",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert!(parse(&format!("{}a eq 1{}", "(".repeat(10_000), ")".repeat(10_000))).is_err());
        assert!(parse(&vec!["a eq 1"; 10_000].join(" or ")).is_err());
        assert!(
            parse(&format!("contains({}a{},'x')", "tolower(".repeat(10_000), ")".repeat(10_000))).is_err()
        );
    }

    #[test]
    fn lambda_variables_disappear() {
        assert_eq!(
            parse("lines/any(l: l/product_id eq 5)"),
            Ok(Filter::Any(
                "lines".into(),
                Some(Box::new(Filter::Compare(vec!["product_id".into()], Comparison::Eq, json!("5"))))
            ))
        );
    }
}
