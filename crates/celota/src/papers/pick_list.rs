//! The pick list of a work order: what is to be fetched, how much of it, from where and of which lot, and what is done
//! to it where and when.

use super::{along, lines, metas, part, people, read_with, some, text};
use files::paper::{Block, Line, Meta, Sheet, Step};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use kernel::read::Expand;
use kernel::{Actor, Kernel, Ref, Result};
use numbers::Decimal6;
use serde_json::Value as Json;
use stock::{Location, Wanting, would_go};

/// For who fetches and makes: in the language of who prints it.
pub fn sheet(kernel: &Kernel, actor: &Actor, id: i64) -> Result<Sheet> {
    let way = |name: &str, expand: Vec<Expand>| Expand { expand, ..along(name) };
    let product = || way("product", vec![along("unit")]);
    let expand = vec![
        along("company"),
        along("location"),
        product(),
        way("components", vec![product()]),
        way("operations", vec![along("work_center")]),
    ];
    let order = read_with(kernel, actor, "WorkOrder", id, expand)?;
    let (makes, unit) = (lines::decimal(&order, "quantity"), text(&order, "/product/unit/name"));
    let mut meta = metas(&order, [("starts", "/starts_on"), ("wanted", "/due_on")]);
    meta.extend(makes.map(|n| {
        let count = n.trim_end_matches('0').trim_end_matches('.').to_owned();
        let count = if actor.language == "sl" { count.replace('.', ",") } else { count };
        Meta::text("makes", &format!("{count} {unit}"))
    }));
    Ok(Sheet {
        number: text(&order, "/number").into(),
        draft: text(&order, "/state") == "planned",
        currency: text(&order, "/company/currency").into(),
        firm: people::firm(part(&order, "company")),
        to: Block {
            name: text(&order, "/product/name").into(),
            contact: some(&order, "/product/code"),
            ..Block::default()
        },
        meta,
        lines: picks(kernel, actor, &order)?,
        steps: lines::all(&order, "operations").iter().map(step).collect(),
        notes: some(&order, "/note").into_iter().collect(),
        language: actor.language.clone(),
        ..Sheet::default()
    })
}

/// What is still to be taken, a line for each lot: those that would go today.
fn picks(kernel: &Kernel, actor: &Actor, order: &Json) -> Result<Vec<Line>> {
    let open = |row: &Json| -> Result<Decimal6> {
        let figure = |name: &str| lines::decimal(row, name).unwrap_or_default().parse::<Decimal6>();
        Ok(figure("quantity")?.minus(figure("issued")?)?)
    };
    let mut wanted = Vec::new();
    for row in lines::all(order, "components") {
        let quantity = open(row)?;
        if quantity.0 > 0 && row.get("settled") != Some(&Json::Bool(true)) {
            wanted.push((row, quantity));
        }
    }
    let id = |row: &Json, name: &str| row.get(name).and_then(Json::as_i64);
    let wanting: Vec<Wanting> = wanted
        .iter()
        .map(|(row, quantity)| Wanting {
            product: Ref::new(id(row, "product_id").unwrap_or_default()),
            quantity: *quantity,
            by_potency: (row.get("by_potency") == Some(&Json::Bool(true)))
                .then(|| row.pointer("/product/unit/decimals").and_then(Json::as_i64).unwrap_or_default()),
        })
        .collect();
    // Where nothing is said of a place, or what is on hold is made good, no lot goes first.
    let place = id(order, "location_id").filter(|_| id(order, "rework_id").is_none());
    let lots = match place {
        Some(place) => kernel.read(&Actor::program(actor.company), |r| {
            would_go(&wanting, (Ref::<Location>::new(place), r.today()), actor.company, r.tx)
        })?,
        None => wanting.iter().map(|one| vec![(String::new(), one.quantity)]).collect(),
    };
    let mut out = Vec::new();
    for ((row, _), lots) in wanted.iter().zip(lots) {
        out.extend(lots.into_iter().map(|(lot, quantity)| Line {
            code: text(row, "/product/code").into(),
            text: text(row, "/product/name").into(),
            quantity: Some(quantity.to_string()),
            unit: text(row, "/product/unit/name").into(),
            from: some(order, "/location/name"),
            lot: Some(lot).filter(|lot| !lot.is_empty()),
            ..Line::default()
        }));
    }
    Ok(out)
}

fn step(row: &Json) -> Step {
    let figure = |name: &str| row.get(name).and_then(Json::as_f64).unwrap_or_default();
    let minutes = figure("setup_minutes") + figure("run_minutes") * figure("quantity");
    Step {
        name: text(row, "/name").into(),
        work_center: text(row, "/work_center/name").into(),
        starts: local(text(row, "/starts_at")),
        ends: local(text(row, "/ends_at")),
        quantity: lines::decimal(row, "quantity").unwrap_or_default(),
        minutes: format!("{minutes:.2}"),
    }
}

/// An instant as the clock on the wall shows it.
fn local(instant: &str) -> Option<String> {
    let at: Timestamp = instant.parse().ok()?;
    Some(TimeZone::system().to_datetime(at).strftime("%Y-%m-%dT%H:%M").to_string())
}
