//! What a diagram says, once it is read: elements and the flows between them. Expressions are still text here.

/// A process of one token: it splits nowhere, so that where a case stands is one element.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    pub id: String,
    pub name: String,
    /// Who mends what stops, where the element itself names nobody.
    pub role: Option<String>,
    /// The entity whose records its cases are about.
    pub attach: Option<String>,
    pub elements: Vec<Element>,
    pub flows: Vec<Flow>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    pub id: String,
    pub name: String,
    pub kind: Kind,
    pub role: Option<String>,
    /// Indexes of flows.
    pub outgoing: Vec<usize>,
    pub incoming: usize,
    /// Indexes of the boundary events that sit on it.
    pub boundaries: Vec<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    pub id: String,
    pub name: String,
    pub from: usize,
    pub to: usize,
    pub condition: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The events that begin a case; none for one that is begun by hand.
    Start {
        events: Vec<String>,
    },
    End,
    Exclusive {
        default: Option<usize>,
    },
    EventGateway,
    Service(Service),
    User(Work),
    Catch(Trigger),
    Boundary {
        host: usize,
        trigger: Trigger,
    },
}

/// What wakes an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// One of these events of ours.
    Message(Vec<String>),
    Timer(When),
    /// A refusal, of this code or of any.
    Error(Option<String>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum When {
    /// An ISO 8601 duration, or an expression that gives a duration.
    After(String),
    /// An expression that gives a day or an instant; nothing where it is not known, and then no timer runs.
    At(String),
}

/// A command that the program runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Service {
    pub entity: String,
    pub command: String,
    /// The id of the record it runs on, where that is not the one the case is about.
    pub record: Option<String>,
    pub inputs: Vec<(String, String)>,
    /// The variable that keeps what it answered.
    pub result: Option<String>,
    /// In a job, when the transaction that woke it has committed.
    pub after_commit: bool,
}

/// What a person is to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Work {
    pub command: Option<(String, String)>,
    pub record: Option<String>,
    /// What says that it is done, whoever did it by whatever way.
    pub events: Vec<String>,
    pub due: Option<String>,
}

impl Kind {
    /// The word shown in histories.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Start { .. } => "start",
            Self::End => "end",
            Self::Exclusive { .. } => "decision",
            Self::EventGateway => "wait",
            Self::Service(_) => "step",
            Self::User(_) => "task",
            Self::Catch(_) => "catch",
            Self::Boundary { .. } => "boundary",
        }
    }
}

impl Element {
    /// Its name, or its id where it has none.
    #[must_use]
    pub fn shown(&self) -> &str {
        if self.name.is_empty() { &self.id } else { &self.name }
    }

    /// The events whose coming moves the token on from here, or away through it.
    #[must_use]
    pub fn messages(&self) -> &[String] {
        match &self.kind {
            Kind::Start { events } => events,
            Kind::Catch(Trigger::Message(events))
            | Kind::Boundary { trigger: Trigger::Message(events), .. } => events,
            Kind::User(work) => &work.events,
            _ => &[],
        }
    }

    #[must_use]
    pub fn timer(&self) -> Option<&When> {
        match &self.kind {
            Kind::Catch(Trigger::Timer(when)) | Kind::Boundary { trigger: Trigger::Timer(when), .. } => {
                Some(when)
            }
            _ => None,
        }
    }

    /// Whether the token rests here until something comes.
    #[must_use]
    pub fn waits(&self) -> bool {
        match &self.kind {
            Kind::User(_) | Kind::EventGateway | Kind::Catch(_) => true,
            Kind::Service(service) => service.after_commit,
            _ => false,
        }
    }
}

impl Model {
    #[must_use]
    pub fn at(&self, id: &str) -> Option<usize> {
        self.elements.iter().position(|e| e.id == id)
    }

    /// Where the token may go from an element, boundary events included.
    pub fn next(&self, element: &Element) -> impl Iterator<Item = usize> {
        let flows: Vec<usize> =
            element.outgoing.iter().filter_map(|f| self.flows.get(*f)).map(|f| f.to).collect();
        flows.into_iter().chain(element.boundaries.clone())
    }

    /// Events that open cases, and events that move them.
    pub fn starts(&self) -> impl Iterator<Item = (usize, &str)> {
        let starts = self.elements.iter().enumerate().filter(|(_, e)| matches!(e.kind, Kind::Start { .. }));
        starts.flat_map(|(i, e)| e.messages().iter().map(move |event| (i, event.as_str())))
    }

    pub fn catches(&self) -> impl Iterator<Item = &str> {
        let moving = self.elements.iter().filter(|e| !matches!(e.kind, Kind::Start { .. }));
        moving.flat_map(Element::messages).map(String::as_str)
    }

    /// Every expression, with the element it stands at.
    pub fn expressions(&self) -> Vec<(usize, &str)> {
        let mut out = Vec::new();
        for flow in &self.flows {
            out.extend(flow.condition.as_deref().map(|c| (flow.from, c)));
        }
        for (i, element) in self.elements.iter().enumerate() {
            match &element.kind {
                Kind::Service(service) => {
                    out.extend(service.record.as_deref().map(|r| (i, r)));
                    out.extend(service.inputs.iter().map(|(_, value)| (i, value.as_str())));
                }
                Kind::User(work) => {
                    out.extend([&work.record, &work.due].into_iter().flatten().map(|t| (i, t.as_str())))
                }
                _ => {}
            }
            match element.timer() {
                Some(When::At(text)) => out.push((i, text)),
                Some(When::After(text)) if !text.starts_with('P') => out.push((i, text)),
                _ => {}
            }
        }
        out
    }
}
