//! A model made ready to run: its expressions read, what it looks at and waits for known.

use crate::feel::{Expression, Vocabulary};
use crate::model::{Kind, Model};
use kernel::{Refusal, Registry};
use std::collections::{BTreeSet, HashMap};

/// A published diagram in memory. It never changes, so it is read once.
#[derive(Debug, Default)]
pub struct Program {
    pub model: Model,
    expressions: HashMap<String, Expression>,
    /// The fields of the record that expressions look at: nothing else is read.
    pub fields: Vec<String>,
    /// An expression looks at the record as a whole.
    pub whole: bool,
}

impl Program {
    /// Reads the expressions; those that cannot be read are faults.
    #[must_use]
    pub fn new(model: Model, registry: &Registry) -> (Self, Vec<Refusal>) {
        let words = vocabulary(&model, registry);
        let mut program = Self::default();
        let mut faults = Vec::new();
        let mut fields = BTreeSet::new();
        for (at, text) in model.expressions() {
            let element = model.elements.get(at);
            let named = |r: Refusal| {
                r.field(element.map_or("", |e| &e.id)).arg("element", element.map_or("", |e| e.shown()))
            };
            match Expression::read(text, &words) {
                Ok(expression) => {
                    for name in expression.names.iter().filter(|n| !words.knows(n)) {
                        let unknown = kernel::refuse("process.unknown_name").arg("name", name.join("."));
                        faults.push(named(unknown).arg("expression", text));
                    }
                    fields.extend(expression.fields.iter().cloned());
                    program.whole |= expression.whole;
                    program.expressions.insert(text.to_owned(), expression);
                }
                Err(fault) => faults.push(named(fault)),
            }
        }
        program.fields = fields.into_iter().collect();
        program.model = model;
        (program, faults)
    }

    #[must_use]
    pub fn expression(&self, text: &str) -> Option<&Expression> {
        self.expressions.get(text)
    }

    /// Whether this expression looks at the record.
    #[must_use]
    pub fn looks(&self, text: &str) -> bool {
        self.expression(text).is_some_and(|e| e.whole || !e.fields.is_empty())
    }
}

fn vocabulary(model: &Model, registry: &Registry) -> Vocabulary {
    let mut words = Vocabulary::default();
    let attached = model.attach.as_deref().and_then(|a| registry.entity(a).ok());
    let mut fields = vec!["id".to_owned(), "version".to_owned(), "title".to_owned()];
    if let Some(description) = attached {
        fields.extend(description.fields.iter().map(|f| f.name.clone()));
        fields.extend(description.lines.iter().map(|l| l.name.clone()));
    }
    words.add("record", fields);
    words.add("event", ["name", "entity", "id"].map(ToOwned::to_owned).to_vec());
    words.add("today", Vec::new());
    words.add("error", ["code", "message"].map(ToOwned::to_owned).to_vec());
    for element in &model.elements {
        if let Kind::Service(service) = &element.kind
            && let Some(result) = &service.result
        {
            words.add(result, Vec::new());
        }
    }
    words
}
