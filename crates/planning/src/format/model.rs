//! The neutral model format `planning-model/1`, read and checked: JSON with names, minutes and ISO dates.

use crate::model::{
    Calendar, Changeover, Component, DAY, Fault, Item, Kind, LotPolicy, LotRule, Method, Model, Operation,
    Order, Receipt, Resource, Seconds,
};
use numbers::{Date, Rational};
use serde::Deserialize;
use std::collections::{BTreeSet, HashMap};

#[derive(Deserialize)]
struct File {
    format: String,
    start: String,
    calendars: Vec<FileCalendar>,
    resources: Vec<FileResource>,
    items: Vec<FileItem>,
    #[serde(default)]
    boms: Vec<FileBom>,
    #[serde(default)]
    routings: Vec<FileRouting>,
    #[serde(default)]
    supplies: Vec<FileSupply>,
    #[serde(default)]
    orders: Vec<FileOrder>,
}

#[derive(Deserialize)]
struct FileCalendar {
    id: String,
    week: Vec<(u8, u32, u32)>,
    #[serde(default)]
    closed: Vec<String>,
}

#[derive(Deserialize)]
struct FileResource {
    id: String,
    capacity: u32,
    calendar: String,
    #[serde(default)]
    changeovers: Vec<FileChangeover>,
}

#[derive(Deserialize)]
struct FileChangeover {
    from: String,
    to: String,
    minutes: Number,
}

#[derive(Deserialize)]
struct FileItem {
    id: String,
    kind: String,
    #[serde(default)]
    on_hand: Number,
    #[serde(default)]
    min: Number,
    #[serde(default)]
    multiple: Number,
    #[serde(default)]
    lead_days: u32,
    #[serde(default)]
    cost: f64,
    #[serde(default)]
    shelf_days: Option<u32>,
    #[serde(default)]
    expiring: Vec<FileExpiring>,
}

#[derive(Deserialize)]
struct FileExpiring {
    qty: Number,
    date: String,
}

#[derive(Deserialize)]
struct FileBom {
    item: String,
    components: Vec<FileComponent>,
}

#[derive(Deserialize)]
struct FileComponent {
    item: String,
    qty: Number,
}

#[derive(Deserialize)]
struct FileRouting {
    item: String,
    operations: Vec<FileOperation>,
}

#[derive(Deserialize)]
struct FileOperation {
    seq: u32,
    resource: String,
    setup: Number,
    run: Number,
    #[serde(default)]
    family: Option<String>,
}

#[derive(Deserialize)]
struct FileSupply {
    id: String,
    item: String,
    qty: Number,
    date: String,
}

#[derive(Deserialize)]
struct FileOrder {
    id: String,
    item: String,
    qty: Number,
    due: String,
    priority: u8,
}

/// A JSON number, by the shortest digits that mean it, or a text such as `"3/4"`.
#[derive(Deserialize)]
#[serde(untagged)]
enum Number {
    Whole(i64),
    Decimal(f64),
    Text(String),
}

impl Default for Number {
    fn default() -> Self {
        Self::Whole(0)
    }
}

impl Number {
    fn exact(&self, at: &str) -> Result<Rational, Fault> {
        let text = match self {
            Self::Whole(whole) => return Ok(Rational::from(*whole)),
            Self::Decimal(decimal) => decimal.to_string(),
            Self::Text(text) => text.clone(),
        };
        text.parse().map_err(|e: numbers::NumberError| Fault::Figure { at: at.into(), what: e.to_string() })
    }
}

/// Places of names in a list.
struct Names<'a>(HashMap<&'a str, usize>);

impl<'a> Names<'a> {
    fn of(names: impl Iterator<Item = &'a String>) -> Self {
        Self(names.enumerate().map(|(place, name)| (name.as_str(), place)).collect())
    }

    fn find(&self, name: &str, at: &str) -> Result<usize, Fault> {
        self.0.get(name).copied().ok_or_else(|| Fault::Unknown { at: at.into(), name: name.into() })
    }
}

/// Reads a model from its JSON text.
pub fn read(text: &str) -> Result<Model, Fault> {
    let file: File = serde_json::from_str(text).map_err(|e| Fault::Format(e.to_string()))?;
    if file.format != "planning-model/1" {
        return Err(Fault::Format(format!("its format is {}, not planning-model/1", file.format)));
    }
    let start = date(&file.start, "start")?;
    let midnight = |text: &str, at: &str| midnight(start, text, at);
    let calendars = Names::of(file.calendars.iter().map(|c| &c.id));
    let resources = Names::of(file.resources.iter().map(|r| &r.id));
    let items = Names::of(file.items.iter().map(|i| &i.id));
    let named = file.routings.iter().flat_map(|r| &r.operations).filter_map(|o| o.family.as_ref());
    let families = Names::of(named.collect::<BTreeSet<_>>().into_iter());
    let made = made(&file, start, &items, &resources, &families)?;
    Ok(Model {
        start,
        calendars: file.calendars.iter().map(calendar).collect::<Result<_, _>>()?,
        resources: file
            .resources
            .iter()
            .map(|r| {
                Ok(Resource {
                    calendar: calendars.find(&r.calendar, &r.id)?,
                    id: r.id.clone(),
                    capacity: r.capacity,
                    down: Vec::new(),
                    changeovers: changeovers(r, &families)?,
                })
            })
            .collect::<Result<_, Fault>>()?,
        receipts: file
            .supplies
            .iter()
            .map(|s| {
                Ok(Receipt {
                    id: s.id.clone(),
                    item: items.find(&s.item, &s.id)?,
                    qty: s.qty.exact(&s.id)?,
                    at: midnight(&s.date, &s.id)?,
                })
            })
            .collect::<Result<_, Fault>>()?,
        orders: file
            .orders
            .iter()
            .map(|o| {
                Ok(Order {
                    id: o.id.clone(),
                    item: items.find(&o.item, &o.id)?,
                    qty: o.qty.exact(&o.id)?,
                    due: midnight(&o.due, &o.id)?,
                    priority: o.priority,
                })
            })
            .collect::<Result<_, Fault>>()?,
        taken: Vec::new(),
        items: made,
    })
}

/// The items with their bills and routings.
fn made(
    file: &File,
    start: Date,
    items: &Names<'_>,
    resources: &Names<'_>,
    families: &Names<'_>,
) -> Result<Vec<Item>, Fault> {
    let mut made = file.items.iter().map(|one| item(one, start)).collect::<Result<Vec<_>, _>>()?;
    for bom in &file.boms {
        let components = bom.components.iter().map(|c| {
            Ok(Component {
                item: items.find(&c.item, &bom.item)?,
                per: c.qty.exact(&bom.item)?,
                substitutes: Vec::new(),
            })
        });
        let components = components.collect::<Result<_, Fault>>()?;
        for method in &mut made[items.find(&bom.item, "boms")?].methods {
            method.components = Clone::clone(&components);
        }
    }
    for routing in &file.routings {
        let operations = routing.operations.iter().map(|o| operation(o, &routing.item, resources, families));
        let operations: Vec<Operation> = operations.collect::<Result<_, Fault>>()?;
        for method in &mut made[items.find(&routing.item, "routings")?].methods {
            method.operations.clone_from(&operations);
        }
    }
    Ok(made)
}

fn date(text: &str, at: &str) -> Result<Date, Fault> {
    text.parse().map_err(|_| Fault::Figure { at: at.into(), what: format!("{text} is not a date") })
}

fn midnight(start: Date, text: &str, at: &str) -> Result<Seconds, Fault> {
    date(text, at).map(|day| (day.days() - start.days()) * DAY)
}

fn calendar(file: &FileCalendar) -> Result<Calendar, Fault> {
    let mut calendar = Calendar { id: file.id.clone(), ..Calendar::default() };
    for (weekday, from, to) in &file.week {
        let day = calendar.week.get_mut(usize::from(*weekday)).ok_or_else(|| Fault::Figure {
            at: file.id.clone(),
            what: format!("{weekday} is not a weekday from 0 to 6"),
        })?;
        day.push((*from, *to));
    }
    for closed in &file.closed {
        calendar.exceptions.push((date(closed, &file.id)?, Vec::new()));
    }
    Ok(calendar)
}

fn item(file: &FileItem, start: Date) -> Result<Item, Fault> {
    let kind = match file.kind.as_str() {
        "make" => Kind::Make,
        "buy" => Kind::Buy,
        other => {
            return Err(Fault::Figure {
                at: file.id.clone(),
                what: format!("{other} is neither make nor buy"),
            });
        }
    };
    Ok(Item {
        id: file.id.clone(),
        on_hand: file.on_hand.exact(&file.id)?,
        expiring: file
            .expiring
            .iter()
            .map(|part| Ok((part.qty.exact(&file.id)?, midnight(start, &part.date, &file.id)?)))
            .collect::<Result<_, Fault>>()?,
        shelf_days: file.shelf_days,
        lot: LotRule {
            policy: LotPolicy::LotForLot,
            minimum: file.min.exact(&file.id)?,
            multiple: file.multiple.exact(&file.id)?,
            maximum: None,
        },
        methods: vec![Method {
            kind,
            lead_days: if kind == Kind::Buy { file.lead_days } else { 0 },
            ..Method::default()
        }],
        cost: file.cost,
        ..Item::default()
    })
}

fn operation(
    file: &FileOperation,
    item: &str,
    resources: &Names<'_>,
    families: &Names<'_>,
) -> Result<Operation, Fault> {
    Ok(Operation {
        seq: file.seq,
        resources: vec![resources.find(&file.resource, item)?],
        setup: seconds(&file.setup, item)?,
        run: &file.run.exact(item)? * &Rational::from(60),
        family: file.family.as_ref().map(|name| family(families, name, item)).transpose()?,
        ..Operation::default()
    })
}

/// Minutes in seconds, rounded up.
fn seconds(minutes: &Number, at: &str) -> Result<Seconds, Fault> {
    (&minutes.exact(at)? * &Rational::from(60))
        .ceil()
        .map_err(|e| Fault::Figure { at: at.into(), what: e.to_string() })
}

fn family(families: &Names<'_>, name: &str, at: &str) -> Result<u32, Fault> {
    families.find(name, at).map(|place| place as u32)
}

/// A changeover from or to what no operation belongs to is a slip of the pen.
fn changeovers(file: &FileResource, families: &Names<'_>) -> Result<Vec<Changeover>, Fault> {
    let changeover = |c: &FileChangeover| {
        Ok(Changeover {
            from: family(families, &c.from, &file.id)?,
            to: family(families, &c.to, &file.id)?,
            seconds: seconds(&c.minutes, &file.id)?,
        })
    };
    file.changeovers.iter().map(changeover).collect()
}
