//! A diagram in words, one line an element: what a review sees of a change.

use crate::model::{Element, Kind, Model, Trigger, When};
use std::fmt::Write;

/// The outline of a diagram.
#[must_use]
pub fn outline(model: &Model) -> String {
    let mut out = format!("{}, about a {}", model.name, model.attach.as_deref().unwrap_or("?"));
    let _ = writeln!(out, ", mended by {}", model.role.as_deref().unwrap_or("?"));
    for element in &model.elements {
        let _ = writeln!(out, "{}: {}", element.shown(), said(element, model));
        for flow in element.outgoing.iter().filter_map(|f| model.flows.get(*f)) {
            let to = model.elements.get(flow.to).map_or("?", |e| e.shown());
            let is_default = matches!(element.kind, Kind::Exclusive { default: Some(d) } if model.flows.get(d).is_some_and(|d| d.id == flow.id));
            let when = match &flow.condition {
                Some(condition) => format!(" when {condition}"),
                None if is_default => " otherwise".into(),
                None => String::new(),
            };
            let _ = writeln!(out, "  → {to}{when}");
        }
    }
    out
}

fn said(element: &Element, model: &Model) -> String {
    let role = element.role.as_ref().map(|r| format!(", {r}")).unwrap_or_default();
    match &element.kind {
        Kind::Start { events } if events.is_empty() => "starts by hand".into(),
        Kind::Start { events } => format!("starts on {}", events.join(", ")),
        Kind::End => "ends".into(),
        Kind::Exclusive { .. } => "decides".into(),
        Kind::EventGateway => "waits for the first of".into(),
        Kind::Catch(trigger) => trigger_words(trigger),
        Kind::Boundary { host, trigger } => {
            format!("on {}, {}", model.elements.get(*host).map_or("?", |e| e.shown()), trigger_words(trigger))
        }
        Kind::Service(s) => {
            let inputs =
                s.inputs.iter().fold(String::new(), |out, (key, value)| format!("{out} {key}={value}"));
            let record = s.record.as_ref().map(|r| format!(" of {r}")).unwrap_or_default();
            let result = s.result.as_ref().map(|r| format!(" into {r}")).unwrap_or_default();
            let after = if s.after_commit { " after the commit" } else { "" };
            format!("runs {}.{}{record}{inputs}{result}{after}{role}", s.entity, s.command)
        }
        Kind::User(w) => {
            let command = w.command.as_ref().map(|(e, c)| format!(" by {e}.{c}")).unwrap_or_default();
            let record = w.record.as_ref().map(|r| format!(" of {r}")).unwrap_or_default();
            let event =
                if w.events.is_empty() { String::new() } else { format!(" until {}", w.events.join(", ")) };
            let due = w.due.as_ref().map(|d| format!(" due {d}")).unwrap_or_default();
            format!("a task{role}{command}{record}{event}{due}")
        }
    }
}

fn trigger_words(trigger: &Trigger) -> String {
    match trigger {
        Trigger::Message(events) => format!("when {}", events.join(", ")),
        Trigger::Timer(When::After(text)) => format!("after {text}"),
        Trigger::Timer(When::At(text)) => format!("at {text}"),
        Trigger::Error(Some(code)) => format!("when refused with {code}"),
        Trigger::Error(None) => "when refused".into(),
    }
}
