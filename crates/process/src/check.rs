//! A diagram is a program, and is checked as one before it may run. Every fault is found, not the first alone.

use crate::model::{Element, Flow, Kind, Model, Service, Trigger, When};
use crate::program::Program;
use kernel::{Actor, InputFacts, Refusal, Registry, Scope, refuse};
use std::collections::HashSet;

/// Everything that keeps the diagram from running, with element and reason.
#[must_use]
pub fn faults(program: &Program, registry: &Registry, publisher: &Actor) -> Vec<Refusal> {
    let mut check = Check { model: &program.model, registry, publisher, faults: Vec::new() };
    check.attachment();
    check.fields(&program.fields);
    for element in &check.model.elements {
        check.shape(element);
        check.flows(element);
        check.work(element);
    }
    check.reach();
    check.idle_loops();
    check.faults
}

struct Check<'a> {
    model: &'a Model,
    registry: &'a Registry,
    publisher: &'a Actor,
    faults: Vec<Refusal>,
}

impl Check<'_> {
    fn fault(&mut self, element: &Element, code: &'static str, what: impl std::fmt::Display) {
        self.faults.push(refuse(code).field(&element.id).arg("element", element.shown()).arg("what", what));
    }

    fn attachment(&mut self) {
        let model = self.model;
        if !model.elements.iter().any(|e| matches!(e.kind, Kind::Start { .. })) {
            self.faults.push(refuse("process.no_start").field(&model.id));
        }
        let Some(attach) = &model.attach else {
            self.faults.push(refuse("process.no_attach").field(&model.id));
            return;
        };
        match self.registry.entity(attach) {
            Err(_) => self.faults.push(refuse("process.no_entity").field(&model.id).arg("what", attach)),
            Ok(description) if !self.publisher.rights.may_read(&description) => {
                self.faults.push(
                    refuse("process.not_yours")
                        .field(&model.id)
                        .arg("element", &model.name)
                        .arg("what", attach),
                );
            }
            Ok(_) => {}
        }
    }

    /// What the publisher may not see, no condition of theirs looks at.
    fn fields(&mut self, fields: &[String]) {
        let Some(description) = self.model.attach.as_deref().and_then(|a| self.registry.entity(a).ok())
        else {
            return;
        };
        for field in fields.iter().filter(|f| description.field(f).is_some()) {
            if !self.publisher.rights.sees_field(&description, field) {
                let fault =
                    refuse("process.not_yours").field(&self.model.id).arg("element", &self.model.name);
                self.faults.push(fault.arg("what", format!("{}.{field}", description.name)));
            }
        }
    }

    fn flow(&self, index: usize) -> Option<&Flow> {
        self.model.flows.get(index)
    }

    fn shape(&mut self, element: &Element) {
        match &element.kind {
            Kind::Start { .. } | Kind::Boundary { .. } if element.incoming > 0 => {
                self.fault(element, "process.incoming", "")
            }
            Kind::End if !element.outgoing.is_empty() => self.fault(element, "process.after_end", ""),
            _ => {}
        }
        let many = matches!(element.kind, Kind::Exclusive { .. } | Kind::EventGateway);
        match element.outgoing.len() {
            0 if !matches!(element.kind, Kind::End) => self.fault(element, "process.dead_end", ""),
            2.. if !many => self.fault(element, "process.splits", ""),
            _ => {}
        }
        if let Kind::Boundary { host, trigger } = &element.kind {
            let host = self.model.elements.get(*host).map(|e| &e.kind);
            let fits = match (host, trigger) {
                (Some(Kind::Service(_)), Trigger::Error(_)) => true,
                (Some(Kind::User(_)), Trigger::Message(_) | Trigger::Timer(_)) => true,
                (None, _) => return,
                _ => false,
            };
            if !fits {
                self.fault(element, "process.boundary_place", "");
            }
        }
        for event in element.messages().iter().filter(|e| !self.registry.events.contains(&e.as_str())) {
            self.fault(element, "process.no_event", event);
        }
        if let Some(When::After(text)) =
            element.timer().filter(|w| matches!(w, When::After(t) if t.starts_with('P')))
            && text.parse::<jiff::Span>().is_err()
        {
            self.fault(element, "process.no_timer", text);
        }
    }

    fn flows(&mut self, element: &Element) {
        let flows: Vec<Flow> = element.outgoing.iter().filter_map(|f| self.flow(*f)).cloned().collect();
        match &element.kind {
            Kind::Exclusive { default } if flows.len() > 1 => {
                for flow in flows.iter().filter(|f| f.condition.is_none()) {
                    let is_default = default.and_then(|d| self.flow(d)).is_some_and(|d| d.id == flow.id);
                    if !is_default {
                        self.fault(
                            element,
                            "process.no_condition",
                            if flow.name.is_empty() { &flow.id } else { &flow.name },
                        );
                    }
                }
                if default.is_none() && !exhaustive(&flows) {
                    self.fault(element, "process.no_default", "");
                }
            }
            Kind::Exclusive { .. } => {}
            Kind::EventGateway => {
                for flow in &flows {
                    let target = self.model.elements.get(flow.to);
                    let fits = target.is_some_and(|t| matches!(t.kind, Kind::Catch(_)) && t.incoming == 1);
                    if !fits {
                        self.fault(element, "process.wait_for_what", target.map_or("", |t| t.shown()));
                    }
                }
            }
            _ if flows.iter().any(|f| f.condition.is_some()) => {
                self.fault(element, "process.condition_place", "")
            }
            _ => {}
        }
    }

    fn work(&mut self, element: &Element) {
        match &element.kind {
            Kind::Service(service) => {
                if service.entity.is_empty() {
                    return;
                }
                self.service(element, service);
                // A refusal has a way out: an error event, or somebody whose task it becomes.
                let caught = element.boundaries.iter().filter_map(|b| self.model.elements.get(*b));
                let any = caught
                    .into_iter()
                    .any(|b| matches!(&b.kind, Kind::Boundary { trigger: Trigger::Error(None), .. }));
                if !any && element.role.is_none() && self.model.role.is_none() {
                    self.fault(element, "process.nobody_mends", "");
                }
            }
            Kind::User(work) => {
                if element.role.is_none() && self.model.role.is_none() {
                    self.fault(element, "process.no_role", "");
                }
                if let Some((entity, command)) = &work.command
                    && self.registry.command(entity, command).is_none()
                    && !matches!(command.as_str(), "create" | "update" | "delete")
                {
                    self.fault(element, "process.no_command", format!("{entity}.{command}"));
                }
            }
            _ => {}
        }
    }

    fn service(&mut self, element: &Element, service: &Service) {
        let named = format!("{}.{}", service.entity, service.command);
        let (Some(command), Ok(description)) =
            (self.registry.command(&service.entity, &service.command), self.registry.entity(&service.entity))
        else {
            self.fault(element, "process.no_command", named);
            return;
        };
        if !self.publisher.rights.may_run(&description, &service.command) {
            self.fault(element, "process.not_yours", &named);
        }
        let attached = self.model.attach.as_deref() == Some(service.entity.as_str());
        if command.scope == Scope::Record && !attached && service.record.is_none() {
            self.fault(element, "process.which_record", &named);
        }
        for problem in unfit(&command.input, &service.inputs) {
            self.fault(element, "process.unfit_input", problem);
        }
    }

    fn reach(&mut self) {
        let starts =
            self.model.elements.iter().enumerate().filter(|(_, e)| matches!(e.kind, Kind::Start { .. }));
        let mut open: Vec<usize> = starts.map(|(i, _)| i).collect();
        let mut seen: HashSet<usize> = open.iter().copied().collect();
        while let Some(element) = open.pop().and_then(|i| self.model.elements.get(i)) {
            open.extend(self.model.next(element).filter(|n| seen.insert(*n)));
        }
        for (i, element) in self.model.elements.iter().enumerate() {
            if !seen.contains(&i) {
                self.fault(element, "process.unreachable", "");
            }
        }
    }

    /// A loop of gateways alone would turn for ever in one transaction.
    fn idle_loops(&mut self) {
        let idle =
            |i: usize| self.model.elements.get(i).is_some_and(|e| matches!(e.kind, Kind::Exclusive { .. }));
        let mut guilty = Vec::new();
        for (start, element) in self.model.elements.iter().enumerate().filter(|(i, _)| idle(*i)) {
            let mut open: Vec<usize> = self.model.next(element).filter(|n| idle(*n)).collect();
            let mut seen: HashSet<usize> = open.iter().copied().collect();
            while let Some(at) = open.pop() {
                let next = self.model.elements.get(at).map(|e| self.model.next(e).collect::<Vec<_>>());
                open.extend(next.into_iter().flatten().filter(|n| idle(*n) && seen.insert(*n)));
            }
            if seen.contains(&start) {
                guilty.push(element);
            }
        }
        for element in guilty {
            self.fault(element, "process.idle_loop", "");
        }
    }
}

/// Two ways, one the opposite of the other: `x > 0` and `not(x > 0)`.
fn exhaustive(flows: &[Flow]) -> bool {
    let conditions: Vec<String> =
        flows.iter().filter_map(|f| f.condition.as_ref()).map(|c| c.split_whitespace().collect()).collect();
    conditions.iter().any(|c| conditions.contains(&format!("not({c})")))
}

fn unfit(facts: &InputFacts, inputs: &[(String, String)]) -> Vec<String> {
    let mut out = Vec::new();
    for (key, _) in inputs {
        let known =
            facts.fields.iter().any(|f| f.name == *key) || facts.lines.iter().any(|(name, _)| name == key);
        if !known {
            out.push(format!("{key} ?"));
        }
    }
    for field in facts.fields.iter().filter(|f| f.required && f.empty().is_null()) {
        if !inputs.iter().any(|(key, _)| *key == field.name) {
            out.push(format!("{} –", field.name));
        }
    }
    out
}
