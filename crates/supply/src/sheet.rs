//! The demand page: of each product what was, what is expected, what is ordered and offered, and what is left of the
//! forecast for the plan.

use crate::desk::{exact, quantity};
use crate::forecast::AHEAD;
use crate::outlook::{Expectation, Outlook, Outlooks};
use kernel::{Reader, Result, Value};
use numbers::{Date, Decimal6, Rational};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, HashMap};

/// A product or a group as the page heads its row.
struct Head {
    id: i64,
    code: String,
    name: String,
    group: Option<i64>,
    by_forecast: bool,
    safety_stock: Decimal6,
    service_level: Option<Decimal6>,
}

/// How a forecast was made, by its product or group.
type Made = HashMap<(Option<i64>, Option<i64>), Json>;

/// Everything that anything is expected of, month by month.
pub(crate) fn sheet((): (), reader: &mut Reader) -> Result<Json> {
    reader.needs(&[
        ("Forecast", &["product_id", "months"]),
        ("Product", &["code", "name"]),
        ("SalesOrder", &["number", "customer_id", "net"]),
        ("Opportunity", &["probability", "expected_on"]),
    ])?;
    let (company, today) = (reader.actor.company, reader.today());
    let outlooks = Outlooks::read(company, today, reader.tx)?;
    let heads = heads(&outlooks, reader)?;
    let made = made(company, reader)?;
    let ids: Vec<i64> = heads.iter().map(|head| head.id).collect();
    let past = past(&ids, today.first_of_month(), company, reader)?;
    let none = Outlook::none(outlooks.months.len());
    let mut value = Vec::with_capacity(heads.len());
    for head in &heads {
        let outlook = outlooks.of.get(&head.id).unwrap_or(&none);
        let cells = cells(&outlooks, (Some(head.id), None), &[outlook], past.get(&head.id));
        value.push(json!({
            "product_id": head.id, "code": head.code, "name": head.name, "group_id": head.group,
            "by_forecast": head.by_forecast, "safety_stock": quantity(Some(head.safety_stock)),
            "service_level_percent": quantity(head.service_level),
            "last_year": sum(past.get(&head.id)), "made": made.get(&(Some(head.id), None)), "cells": cells,
        }));
    }
    let groups = groups(&outlooks, &heads, &past, &made, reader)?;
    let months: Vec<String> =
        outlooks.months.iter().map(|m| format!("{:04}-{:02}", m.year(), m.month())).collect();
    Ok(json!({"months": months, "value": value, "groups": groups}))
}

/// The products of the page: what is planned by a forecast, and what is offered.
fn heads(outlooks: &Outlooks, reader: &mut Reader) -> Result<Vec<Head>> {
    let rows = reader.tx.query(
        "SELECT id, code, name, group_id, planned_by, safety_stock, service_level_percent FROM product
         WHERE kind = 'goods' AND archived = 0 AND (planned_by = 'forecast' OR id IN (SELECT l.product_id FROM sales_order_line l
             JOIN sales_order o ON o.id = l.parent_id WHERE o.state = 'quoted' AND o.opportunity_id IS NOT NULL))
         ORDER BY name, id",
        &[],
    )?;
    let heads = rows.iter().map(|r| Head {
        id: r.int(0),
        code: r.text(1).into(),
        name: r.text(2).into(),
        group: r.get(3).as_int(),
        by_forecast: r.text(4) == "forecast",
        safety_stock: Decimal6(r.int(5)),
        service_level: r.get(6).as_int().map(Decimal6),
    });
    Ok(heads.filter(|head| head.by_forecast || outlooks.of.contains_key(&head.id)).collect())
}

fn made(company: i64, reader: &mut Reader) -> Result<Made> {
    let rows = reader.tx.query(
        "SELECT id, product_id, group_id, method, season, history_months, deviation, mase, made_on FROM forecast
         WHERE company_id = ?",
        &[company.into()],
    )?;
    let mut out = Made::new();
    for r in &rows {
        let on = Date::from_days(r.int(8))?.to_string();
        let json = json!({
            "forecast_id": r.int(0), "method": r.get(3).as_text(), "season": r.get(4).as_int(),
            "history_months": r.int(5), "deviation": quantity(r.get(6).as_int().map(Decimal6)),
            "mase": quantity(r.get(7).as_int().map(Decimal6)), "made_on": on,
        });
        out.insert((r.get(1).as_int(), r.get(2).as_int()), json);
    }
    Ok(out)
}

/// What was ordered of each product in the twelve months before this one, month by month.
type Past = HashMap<i64, BTreeMap<Date, Decimal6>>;

fn past(ids: &[i64], this: Date, company: i64, reader: &mut Reader) -> Result<Past> {
    let mut past = Past::new();
    for (product, day, quantity) in sales::wanted_by_day(ids, this.plus_months(-AHEAD)?, company, reader.tx)?
    {
        if day < this {
            let sum = past.entry(product).or_default().entry(day.first_of_month()).or_default();
            *sum = sum.plus(quantity)?;
        }
    }
    Ok(past)
}

fn sum(months: Option<&BTreeMap<Date, Decimal6>>) -> Json {
    exact(&months.into_iter().flat_map(BTreeMap::values).map(|q| Rational::from(*q)).sum())
}

/// The months of a row; of a group, those of its products together.
fn cells(
    outlooks: &Outlooks,
    (product, group): (Option<i64>, Option<i64>),
    parts: &[&Outlook],
    past: Option<&BTreeMap<Date, Decimal6>>,
) -> Vec<Json> {
    let own = |one: &&Expectation| match product {
        Some(id) => one.product == Some(id),
        None => one.product.is_none() && one.group == group,
    };
    let cell = |(n, month): (usize, &Date)| {
        let own = outlooks.expectations.all().iter().filter(own).find(|one| one.month == *month);
        let sum = |of: fn(&Outlook) -> &Vec<Rational>| {
            exact(&parts.iter().filter_map(|part| of(part).get(n)).cloned().sum())
        };
        let before = month.plus_months(-AHEAD).ok().and_then(|before| past?.get(&before).copied());
        json!({
            "statistical": quantity(own.map(|one| one.statistical)),
            "adjusted": quantity(own.and_then(|one| one.adjusted)),
            "reason": own.and_then(|one| one.reason.as_deref()),
            "forecast": sum(|o| &o.forecast), "ordered": sum(|o| &o.ordered), "likely": sum(|o| &o.likely),
            "expected": sum(|o| &o.expected), "left": sum(|o| &o.left), "last_year": quantity(before),
        })
    };
    outlooks.months.iter().enumerate().map(cell).collect()
}

/// The groups of the products that have a forecast.
fn groups(
    outlooks: &Outlooks,
    heads: &[Head],
    past: &Past,
    made: &Made,
    reader: &mut Reader,
) -> Result<Vec<Json>> {
    let mut members: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for head in heads.iter().filter(|head| head.by_forecast) {
        if let Some(group) = head.group {
            members.entry(group).or_default().push(head.id);
        }
    }
    let ids: Vec<Value> = members.keys().copied().map(Value::Int).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT id, code, name FROM product_group WHERE id {} ORDER BY name, id",
        kernel::rows::among(ids.len())
    );
    let mut out = Vec::with_capacity(ids.len());
    for r in reader.tx.query(&sql, &ids)? {
        let own = members.get(&r.int(0)).map(Vec::as_slice).unwrap_or_default();
        let parts: Vec<&Outlook> = own.iter().filter_map(|id| outlooks.of.get(id)).collect();
        let mut together: BTreeMap<Date, Decimal6> = BTreeMap::new();
        for (month, quantity) in own.iter().filter_map(|id| past.get(id)).flatten() {
            let sum = together.entry(*month).or_default();
            *sum = sum.plus(*quantity)?;
        }
        out.push(json!({
            "group_id": r.int(0), "code": r.text(1), "name": r.text(2), "last_year": sum(Some(&together)),
            "made": made.get(&(None, Some(r.int(0)))), "cells": cells(outlooks, (None, Some(r.int(0))), &parts, Some(&together)),
        }));
    }
    Ok(out)
}
