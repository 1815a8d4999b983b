//! FEEL, the one expression language: conditions, inputs, due dates. Numbers are decimal; nothing in an expression
//! reaches outside (no external functions, no clock), so that a step may be run twice or tried and rolled back.

use dsntk_feel::context::FeelContext;
use dsntk_feel::values::Value;

/// A record as FEEL sees it.
pub type Looked = dsntk_feel::values::Value;
use dsntk_feel::{Evaluator, FeelNumber, FeelScope, Name};
use dsntk_feel_parser::{AstNode, ClosureBuilder};
use kernel::{Kind, Refusal, refuse};
use serde_json::{Map, Number, Value as Json};
use std::collections::BTreeMap;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// An expression that was read and may be evaluated any number of times.
pub struct Expression {
    pub text: String,
    /// What it looks at: `record.to_deliver` as `["record", "to_deliver"]`.
    pub names: Vec<Vec<String>>,
    /// The record's fields among it.
    pub fields: Vec<String>,
    /// It takes the record as a whole, too.
    pub whole: bool,
    evaluator: Evaluator,
}

impl fmt::Debug for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The parser's own recursion is bounded by what a person writes: a longer text is no condition.
const LONGEST: usize = 2_000;

impl Expression {
    /// Reads FEEL; a leading `=`, as some modellers write it, is taken off.
    ///
    /// # Errors
    /// `process.expression`, `process.external_function`, `process.clock`.
    pub fn read(text: &str, vocabulary: &Vocabulary) -> Result<Self, Refusal> {
        let text = text.trim().trim_start_matches('=').trim();
        let bad = |what: &str| refuse("process.expression").arg("expression", shown(text)).arg("what", what);
        if text.is_empty() || text.len() > LONGEST {
            return Err(bad(if text.is_empty() { "it is empty" } else { "it is too long" }));
        }
        let node = parsed(text, vocabulary).ok_or_else(|| bad("it cannot be read"))?;
        // External functions call out by HTTP. The text of a string may look like one: refused all the same.
        let tree = format!("{node:?}");
        if tree.contains("FunctionDefinition(") {
            return Err(refuse("process.external_function").arg("expression", shown(text)));
        }
        if ["now", "today"].iter().any(|f| tree.contains(&format!("FunctionInvocation(Name(Name(\"{f}\"))")))
        {
            return Err(refuse("process.clock").arg("expression", shown(text)));
        }
        let (fields, whole) = of_record(&tree);
        let mut names: Vec<Vec<String>> = ClosureBuilder::from_node(&node)
            .iter()
            .map(|name| name.iter().map(ToString::to_string).collect())
            .filter(|name: &Vec<String>| !is_local(name, &tree, vocabulary))
            .collect();
        // Inside of a context the parser's own list forgets what stands there.
        let forgotten =
            fields.iter().map(|f| vec!["record".to_owned(), f.clone()]).filter(|n| !names.contains(n));
        names.extend(forgotten.collect::<Vec<_>>());
        Ok(Self {
            text: text.to_owned(),
            names,
            fields,
            whole,
            evaluator: dsntk_feel_evaluator::prepare(&node),
        })
    }

    /// Its value in `scope`; nothing where the evaluator of others stumbles, so that no shipment is lost by it.
    #[must_use]
    pub fn value(&self, scope: &Scope) -> Value {
        let evaluate = AssertUnwindSafe(|| (self.evaluator)(&scope.0));
        catch_unwind(evaluate).unwrap_or(Value::Null(None))
    }

    /// Whether it holds; what is not known does not.
    ///
    /// # Errors
    /// `process.not_yes_or_no`.
    pub fn holds(&self, scope: &Scope) -> Result<bool, Refusal> {
        match self.value(scope) {
            Value::Boolean(b) => Ok(b),
            Value::Null(_) => Ok(false),
            other => {
                Err(refuse("process.not_yes_or_no").arg("expression", shown(&self.text)).arg("value", other))
            }
        }
    }

    /// Its value as JSON.
    #[must_use]
    pub fn json(&self, scope: &Scope) -> Json {
        to_json(&self.value(scope))
    }
}

/// The fields of the record that an expression's tree looks at, and whether it looks at the whole of it.
fn of_record(tree: &str) -> (Vec<String>, bool) {
    const RECORD: &str = "Name(Name(\"record\"))";
    let path = format!("Path({RECORD}, Name(Name(\"");
    let mut fields: Vec<String> = tree
        .split(&path)
        .skip(1)
        .filter_map(|rest| rest.split_once('"'))
        .map(|(field, _)| field.to_owned())
        .collect();
    let whole = tree.matches(RECORD).count() > fields.len();
    fields.sort();
    fields.dedup();
    (fields, whole)
}

/// Whether a name belongs to the expression itself: a function of FEEL's own, as `count`, a variable of a loop, a key
/// of a context, or, behind a filter's bracket, a field of whatever is filtered. The tree is looked at as the text that
/// it prints itself as: a name too many that passes here is null when it is evaluated, and does no harm.
fn is_local(name: &[String], tree: &str, vocabulary: &Vocabulary) -> bool {
    let Some(first) = name.first().filter(|first| !vocabulary.0.contains_key(*first)) else { return false };
    let declared = [
        "QuantifiedContext(Name(",
        "IterationContextSingle(Name(",
        "IterationContextInterval(Name(",
        "ContextEntryKey(",
    ];
    (name.len() == 1 && first.parse::<dsntk_feel::bif::Bif>().is_ok())
        || tree.contains("Filter(")
        || declared.iter().any(|by| tree.contains(&format!("{by}Name(\"{first}\")")))
}

fn shown(text: &str) -> String {
    text.chars().take(120).collect()
}

/// The parser of others is not trusted with any text a person may type: what makes it stumble cannot be read.
fn parsed(text: &str, vocabulary: &Vocabulary) -> Option<AstNode> {
    let read = || {
        let scope = FeelScope::default();
        for (name, parts) in &vocabulary.0 {
            let mut context = FeelContext::default();
            parts.iter().for_each(|part| context.set_null(Name::from(part.as_str())));
            scope.set_value(&Name::from(name.as_str()), Value::Context(context));
        }
        dsntk_feel_parser::parse_expression(&scope, text, false).ok()
    };
    catch_unwind(AssertUnwindSafe(read)).ok().flatten()
}

/// The names that an expression may use, each with its known parts. A name of FEEL may hold `-` and spaces, so what
/// `record.a - record.b` means depends on which names there are.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary(BTreeMap<String, Vec<String>>);

impl Vocabulary {
    pub fn add(&mut self, name: &str, parts: Vec<String>) {
        self.0.entry(name.to_owned()).or_default().extend(parts);
    }

    /// Whether a path of names leads to something. Of what has no known parts, every part is believed.
    #[must_use]
    pub fn knows(&self, path: &[String]) -> bool {
        let Some((first, rest)) = path.split_first() else { return false };
        match (self.0.get(first), rest.first()) {
            (None, _) => false,
            (Some(parts), Some(part)) => parts.is_empty() || parts.contains(part),
            (Some(_), None) => true,
        }
    }
}

/// What an expression sees.
pub struct Scope(FeelScope);

impl Scope {
    /// Names and what they stand for.
    #[must_use]
    pub fn new(values: impl IntoIterator<Item = (String, Value)>) -> Self {
        let mut context = FeelContext::default();
        for (name, value) in values {
            context.set_entry(&Name::from(name.as_str()), value);
        }
        Self(FeelScope::from(context))
    }
}

/// A JSON value for FEEL.
#[must_use]
pub fn from_json(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null(None),
        Json::Bool(b) => Value::Boolean(*b),
        Json::Number(n) => n.to_string().parse::<FeelNumber>().map_or(Value::Null(None), Value::Number),
        Json::String(s) => Value::String(s.clone()),
        Json::Array(items) => Value::List(items.iter().map(from_json).collect()),
        Json::Object(map) => context(map, &|_, v| from_json(v)),
    }
}

/// A JSON object for FEEL, whose dates are dates: `kind` says what each field holds.
#[must_use]
pub fn record_from_json(map: &Map<String, Json>, kind: &dyn Fn(&str) -> Option<Kind>) -> Value {
    context(map, &|name, value| match (kind(name), value) {
        (Some(Kind::Date), Json::String(s)) => date(s),
        (Some(Kind::Instant), Json::String(s)) => {
            Value::try_from_xsd_date_time(s).unwrap_or(Value::Null(None))
        }
        _ => from_json(value),
    })
}

/// `2026-11-24` as a date.
#[must_use]
pub fn date(text: &str) -> Value {
    text.parse().map_or(Value::Null(None), Value::Date)
}

fn context(map: &Map<String, Json>, value: &dyn Fn(&str, &Json) -> Value) -> Value {
    let mut out = FeelContext::default();
    for (name, json) in map {
        out.set_entry(&Name::from(name.as_str()), value(name, json));
    }
    Value::Context(out)
}

/// A FEEL value as JSON: dates and durations as their text.
#[must_use]
pub fn to_json(value: &Value) -> Json {
    match value {
        Value::Boolean(b) => Json::Bool(*b),
        Value::Number(n) => number(*n),
        Value::String(s) => Json::String(s.clone()),
        Value::List(items) => Json::Array(items.iter().map(to_json).collect()),
        Value::Context(context) => {
            Json::Object(context.iter().map(|(name, value)| (name.to_string(), to_json(value))).collect())
        }
        Value::Date(_)
        | Value::DateTime(_)
        | Value::Time(_)
        | Value::DaysAndTimeDuration(_)
        | Value::YearsAndMonthsDuration(_) => Json::String(value.to_string()),
        _ => Json::Null,
    }
}

fn number(number: FeelNumber) -> Json {
    let text = number.to_string();
    if let Ok(whole) = text.parse::<i64>() {
        return whole.into();
    }
    text.parse::<f64>().ok().and_then(Number::from_f64).map_or(Json::Null, Json::Number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(text: &str) -> Result<Expression, Refusal> {
        let mut words = Vocabulary::default();
        words.add(
            "record",
            ["to_deliver", "to_pay", "due_on", "state", "a", "b", "none"].map(Into::into).to_vec(),
        );
        words.add("today", vec![]);
        words.add("reserved", vec![]);
        Expression::read(text, &words)
    }

    fn scope() -> Scope {
        let record = json!({"to_deliver": 2.5, "to_pay": 0, "due_on": "2026-11-24", "state": "confirmed", "a": 3, "b": 1, "none": null});
        let record = record.as_object().cloned().unwrap_or_default();
        let kind = |name: &str| (name == "due_on").then_some(Kind::Date);
        Scope::new([
            ("record".to_owned(), record_from_json(&record, &kind)),
            ("today".to_owned(), date("2026-11-25")),
        ])
    }

    #[test]
    fn conditions_and_inputs() {
        for (text, wanted) in [
            ("record.to_deliver > 0", json!(true)),
            ("record.to_deliver > 0 and record.to_pay > 0", json!(false)),
            ("record.to_deliver * 2", json!(5)),
            ("0.1 + 0.2", json!(0.3)),
            ("record.due_on < today", json!(true)),
            ("record.due_on + duration(\"P1D\") = today", json!(true)),
            ("record.state", json!("confirmed")),
            ("record.a-record.b", json!(2)),
            ("not(record.to_pay > 0)", json!(true)),
            ("record.none > 0", json!(null)),
            ("if record.none = null then 1 else 2", json!(1)),
            ("record.due_on", json!("2026-11-24")),
            ("{a: 1, b: [1, \"x\"]}", json!({"a": 1, "b": [1, "x"]})),
            ("some x in [1, 2] satisfies x > record.to_pay", json!(true)),
        ] {
            let expression = read(text).map_err(|r| r.to_string());
            assert_eq!(expression.map(|e| e.json(&scope())), Ok(wanted), "{text}");
        }
    }

    #[test]
    fn what_it_looks_at_is_known() {
        let names = |text: &str| read(text).map(|e| e.names).unwrap_or_default();
        assert_eq!(names("record.to_deliver > 0"), [["record", "to_deliver"]]);
        assert_eq!(names("reserved.delivery_id"), [["reserved", "delivery_id"]]);
        assert_eq!(names("count([record.a]) + record.b"), [["record", "a"], ["record", "b"]]);
        assert_eq!(
            names("some x in record.a satisfies x.quantity > record.b"),
            [["record", "a"], ["record", "b"]]
        );
        assert_eq!(names("for x in record.a return x + 1"), [["record", "a"]]);
        assert_eq!(names("record.a[item > 1]"), [["record", "a"]]);
        assert_eq!(names("{x: record.a, y: x + 1}.y"), [["record", "a"]]);
        let looked = |text: &str| read(text).map(|e| (e.fields, e.whole)).unwrap_or_default();
        assert_eq!(looked("record.a > record.b + record.a"), (vec!["a".to_owned(), "b".to_owned()], false));
        assert_eq!(looked("count(record) > 1"), (vec![], true));
        assert_eq!(looked("today > today"), (vec![], false));
    }

    #[test]
    fn nothing_reaches_outside() {
        for (text, code) in [
            ("", "process.expression"),
            ("a +", "process.expression"),
            (
                "(function(x) external {java: {class: \"java.lang.Math\", method signature: \"cos(double)\"}})(1)",
                "process.external_function",
            ),
            ("now() > today", "process.clock"),
            ("today() > record.due_on", "process.clock"),
        ] {
            assert_eq!(read(text).err().map(|r| r.code), Some(code), "{text}");
        }
    }
}
