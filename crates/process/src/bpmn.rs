//! BPMN 2.0 XML into a [`Model`]. What is not understood is a fault with element and reason, never a silent loss: the
//! XML itself is kept as it came, and a diagram with faults cannot be published.

use crate::model::{Element, Flow, Kind, Model, Service, Trigger, When, Work};
use kernel::{Refusal, refuse};
use roxmltree::{Document, Node};
use std::collections::HashMap;

/// The namespace of BPMN 2.0 (OMG formal/2011-01-03).
const BPMN: &str = "http://www.omg.org/spec/BPMN/20100524/MODEL";
/// Ours: what a task runs and an event waits for.
pub const CELOTA: &str = "https://celota.eu/bpmn";

/// What BPMN draws and the token never meets.
const SCENERY: [&str; 14] = [
    "documentation",
    "extensionElements",
    "laneSet",
    "dataObject",
    "dataObjectReference",
    "dataStoreReference",
    "textAnnotation",
    "association",
    "group",
    "ioSpecification",
    "property",
    "monitoring",
    "auditing",
    "dataInput",
];

/// Reads a diagram: its model, and everything in it that cannot run.
///
/// # Errors
/// `process.not_xml`, `process.not_bpmn`: then there is nothing to keep.
pub fn read(xml: &str) -> Result<(Model, Vec<Refusal>), Refusal> {
    // No DTD is read, so no entity can grow without bound.
    let document = Document::parse(xml).map_err(|e| refuse("process.not_xml").field("xml").arg("what", e))?;
    let root = document.root_element();
    let is_definitions = root.has_tag_name((BPMN, "definitions"));
    let process = root.children().filter(|n| n.has_tag_name((BPMN, "process")));
    // In a collaboration the pools of others are pictures; ours is the one that runs.
    let process = process.min_by_key(|p| p.attribute("isExecutable") != Some("true"));
    let Some(process) = process.filter(|_| is_definitions) else {
        return Err(refuse("process.not_bpmn").field("xml"));
    };
    let mut reader = Reader { root, model: Model::default(), faults: Vec::new(), at: HashMap::new() };
    reader.model.id = process.attribute("id").unwrap_or_default().to_owned();
    reader.model.name = named(process);
    reader.model.role = ours(process, "role");
    reader.model.attach = ours(process, "attach");
    reader.elements(process);
    reader.flows(process);
    reader.boundaries(process);
    Ok((reader.model, reader.faults))
}

struct Reader<'x> {
    root: Node<'x, 'x>,
    model: Model,
    faults: Vec<Refusal>,
    at: HashMap<String, usize>,
}

impl<'x> Reader<'x> {
    fn fault(&mut self, node: Node, code: &'static str, what: &str) {
        let name = named(node);
        let element = if name.is_empty() {
            node.attribute("id").unwrap_or(node.tag_name().name()).to_owned()
        } else {
            name
        };
        let id = node.attribute("id").unwrap_or_default();
        self.faults.push(refuse(code).field(id).arg("element", element).arg("what", what));
    }

    fn elements(&mut self, process: Node<'x, 'x>) {
        for node in process.children().filter(|n| n.is_element() && n.tag_name().namespace() == Some(BPMN)) {
            let tag = node.tag_name().name();
            if tag == "sequenceFlow" || SCENERY.contains(&tag) {
                continue;
            }
            let Some(kind) = self.kind(node, tag) else { continue };
            let Some(id) = node.attribute("id") else {
                self.fault(node, "process.no_id", tag);
                continue;
            };
            if self.at.insert(id.to_owned(), self.model.elements.len()).is_some() {
                self.fault(node, "process.no_id", tag);
            }
            self.model.elements.push(Element {
                id: id.to_owned(),
                name: named(node),
                kind,
                role: ours(node, "role"),
                outgoing: Vec::new(),
                incoming: 0,
                boundaries: Vec::new(),
            });
        }
    }

    fn kind(&mut self, node: Node<'x, 'x>, tag: &str) -> Option<Kind> {
        if let Some(loops) = node.children().find(|n| n.tag_name().name().ends_with("LoopCharacteristics")) {
            self.fault(node, "process.not_runnable", loops.tag_name().name());
        }
        match tag {
            "startEvent" => self.start(node),
            "endEvent" => {
                // Ending at once is ending: a case has one token.
                self.definitions(node, &["terminateEventDefinition"]);
                Some(Kind::End)
            }
            "exclusiveGateway" => Some(Kind::Exclusive { default: None }),
            "eventBasedGateway" => {
                if node.attribute("instantiate") == Some("true")
                    || node.attribute("eventGatewayType") == Some("Parallel")
                {
                    self.fault(node, "process.not_runnable", "instantiate");
                }
                Some(Kind::EventGateway)
            }
            "serviceTask" => Some(self.service(node)),
            "userTask" => Some(self.user(node)),
            "intermediateCatchEvent" => self.trigger(node, false).map(Kind::Catch),
            "boundaryEvent" => {
                if node.attribute("cancelActivity") == Some("false") {
                    self.fault(node, "process.not_runnable", "cancelActivity=false");
                }
                // Its host is looked up when all elements are known.
                self.trigger(node, true).map(|trigger| Kind::Boundary { host: usize::MAX, trigger })
            }
            _ => {
                self.fault(node, "process.not_runnable", tag);
                None
            }
        }
    }

    fn start(&mut self, node: Node<'x, 'x>) -> Option<Kind> {
        let events = match self.definitions(node, &["messageEventDefinition"]) {
            Some(definition) => self.events(node, definition)?,
            None => words(ours(node, "event")),
        };
        let attach = ours(node, "attach");
        if let (Some(own), Some(known)) = (&attach, &self.model.attach)
            && own != known
        {
            self.fault(node, "process.attach_twice", own);
        }
        self.model.attach = self.model.attach.take().or(attach);
        Some(Kind::Start { events })
    }

    /// The one event definition of an event, if it is one of `allowed`; every other one is a fault.
    fn definitions(&mut self, node: Node<'x, 'x>, allowed: &[&str]) -> Option<Node<'x, 'x>> {
        let mut found = None;
        let definitions = node.children().filter(|n| {
            n.tag_name().namespace() == Some(BPMN)
                && n.tag_name().name().to_lowercase().ends_with("eventdefinition")
        });
        for definition in
            definitions.chain(node.children().filter(|n| n.has_tag_name((BPMN, "eventDefinitionRef"))))
        {
            let tag = definition.tag_name().name();
            if allowed.contains(&tag) && found.is_none() {
                found = Some(definition);
            } else {
                self.fault(node, "process.not_runnable", tag);
            }
        }
        found
    }

    fn trigger(&mut self, node: Node<'x, 'x>, boundary: bool) -> Option<Trigger> {
        let all = ["messageEventDefinition", "timerEventDefinition", "errorEventDefinition"];
        let allowed = if boundary { &all[..] } else { &all[..2] };
        let faults = self.faults.len();
        let Some(definition) = self.definitions(node, allowed) else {
            if faults == self.faults.len() {
                self.fault(node, "process.no_trigger", "");
            }
            return None;
        };
        match definition.tag_name().name() {
            "messageEventDefinition" => self.events(node, definition).map(Trigger::Message),
            "timerEventDefinition" => self.timer(node, definition).map(Trigger::Timer),
            _ => {
                let code =
                    ours(node, "code").or_else(|| self.global(definition, "errorRef", "error", "errorCode"));
                Some(Trigger::Error(code))
            }
        }
    }

    /// The events waited for: said at the element, or the name of the message it refers to.
    fn events(&mut self, node: Node<'x, 'x>, definition: Node<'x, 'x>) -> Option<Vec<String>> {
        let events =
            words(ours(node, "event").or_else(|| self.global(definition, "messageRef", "message", "name")));
        if events.is_empty() {
            self.fault(node, "process.no_trigger", "messageRef");
            return None;
        }
        Some(events)
    }

    fn global(&self, definition: Node, reference: &str, tag: &str, attribute: &str) -> Option<String> {
        // References are QNames, whose prefix modellers write or leave out.
        let id = definition.attribute(reference)?;
        let id = id.rsplit_once(':').map_or(id, |(_, id)| id);
        let found =
            self.root.children().find(|n| n.has_tag_name((BPMN, tag)) && n.attribute("id") == Some(id))?;
        found.attribute(attribute).map(ToOwned::to_owned)
    }

    fn timer(&mut self, node: Node<'x, 'x>, definition: Node<'x, 'x>) -> Option<When> {
        let text = |tag: &str| {
            let child = definition.children().find(|n| n.has_tag_name((BPMN, tag)))?;
            child.text().map(str::trim).filter(|t| !t.is_empty()).map(ToOwned::to_owned)
        };
        match (text("timeDuration"), text("timeDate")) {
            (Some(after), None) => Some(When::After(after)),
            (None, Some(at)) => Some(When::At(at)),
            _ => {
                self.fault(node, "process.no_timer", "");
                None
            }
        }
    }

    fn service(&mut self, node: Node<'x, 'x>) -> Kind {
        let after_commit = match ours(node, "after").as_deref() {
            None => false,
            Some("commit") => true,
            Some(other) => {
                self.fault(node, "process.not_runnable", other);
                false
            }
        };
        let Some((entity, command)) = Self::command(node) else {
            self.fault(node, "process.no_command", "celota:command");
            return Kind::Service(Service::default());
        };
        let inputs = inputs(node);
        Kind::Service(Service {
            entity,
            command,
            record: ours(node, "record"),
            inputs,
            result: ours(node, "result"),
            after_commit,
        })
    }

    fn user(&mut self, node: Node<'x, 'x>) -> Kind {
        let command = ours(node, "command").map(|_| Self::command(node));
        if command == Some(None) {
            self.fault(node, "process.no_command", "celota:command");
        }
        Kind::User(Work {
            command: command.flatten(),
            record: ours(node, "record"),
            events: words(ours(node, "event")),
            due: ours(node, "due"),
        })
    }

    fn command(node: Node) -> Option<(String, String)> {
        let command = ours(node, "command")?;
        let (entity, name) = command.split_once('.')?;
        Some((entity.trim().to_owned(), name.trim().to_owned()))
    }

    fn flows(&mut self, process: Node<'x, 'x>) {
        let mut ids = HashMap::new();
        for node in process.children().filter(|n| n.has_tag_name((BPMN, "sequenceFlow"))) {
            let end = |name: &str| node.attribute(name).and_then(|id| self.at.get(id).copied());
            let (Some(from), Some(to)) = (end("sourceRef"), end("targetRef")) else {
                // A flow at an element that cannot run is no second fault.
                let known = |name: &str| {
                    node.attribute(name)
                        .is_some_and(|id| process.children().any(|n| n.attribute("id") == Some(id)))
                };
                if !known("sourceRef") || !known("targetRef") {
                    self.fault(node, "process.loose_flow", "");
                }
                continue;
            };
            let condition = node.children().find(|n| n.has_tag_name((BPMN, "conditionExpression")));
            let condition =
                condition.map(|c| c.text().unwrap_or_default().trim().to_owned()).filter(|c| !c.is_empty());
            let flow = self.model.flows.len();
            let id = node.attribute("id").unwrap_or_default().to_owned();
            ids.insert(id.clone(), flow);
            self.model.flows.push(Flow { id, name: named(node), from, to, condition });
            if let Some(element) = self.model.elements.get_mut(from) {
                element.outgoing.push(flow);
            }
            if let Some(element) = self.model.elements.get_mut(to) {
                element.incoming += 1;
            }
        }
        for node in process.children() {
            let default = node.attribute("default").and_then(|id| ids.get(id).copied());
            let element = node
                .attribute("id")
                .and_then(|id| self.at.get(id))
                .and_then(|i| self.model.elements.get_mut(*i));
            if let Some(Element { kind: Kind::Exclusive { default: place }, .. }) = element {
                *place = default;
            }
        }
    }

    fn boundaries(&mut self, process: Node<'x, 'x>) {
        for node in process.children().filter(|n| n.has_tag_name((BPMN, "boundaryEvent"))) {
            let Some(own) = node.attribute("id").and_then(|id| self.at.get(id).copied()) else { continue };
            let Some(on) = node.attribute("attachedToRef").and_then(|id| self.at.get(id).copied()) else {
                self.fault(node, "process.loose_boundary", "");
                continue;
            };
            if let Some(Element { kind: Kind::Boundary { host, .. }, .. }) = self.model.elements.get_mut(own)
            {
                *host = on;
            }
            if let Some(element) = self.model.elements.get_mut(on) {
                element.boundaries.push(own);
            }
        }
    }
}

/// An attribute of ours.
fn ours(node: Node, name: &str) -> Option<String> {
    node.attribute((CELOTA, name)).map(str::trim).filter(|t| !t.is_empty()).map(ToOwned::to_owned)
}

/// Several events are separated by spaces.
fn words(text: Option<String>) -> Vec<String> {
    text.iter().flat_map(|t| t.split_whitespace()).map(ToOwned::to_owned).collect()
}

/// Names break lines where the picture wants them to.
fn named(node: Node) -> String {
    node.attribute("name").unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `<celota:input key="quantity" value="record.to_deliver"/>`
fn inputs(node: Node) -> Vec<(String, String)> {
    node.children()
        .filter(|n| n.has_tag_name((BPMN, "extensionElements")))
        .flat_map(|n| n.children().filter(|c| c.has_tag_name((CELOTA, "input"))))
        .filter_map(|n| Some((n.attribute("key")?.to_owned(), n.attribute("value")?.to_owned())))
        .collect()
}
