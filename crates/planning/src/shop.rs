//! A model made ready: checked, every resource with its clock, every item with its low-level code.

use crate::clock::Clock;
use crate::model::{Calendar, DAY, Fault, Item, Method, Model, Operation, Seconds};
use numbers::Rational;
use std::collections::HashMap;
use std::sync::Arc;

/// A model, and what is computed from it once.
#[derive(Clone, Debug)]
pub struct Shop<'m> {
    /// The model itself.
    pub model: &'m Model,
    /// What is computed from it.
    pub layout: Arc<Layout>,
}

/// What is computed from a model once, and read by everything that plans it.
#[derive(Debug)]
pub struct Layout {
    clocks: Vec<Clock>,
    /// Which clock each resource has.
    resource_clock: Vec<usize>,
    /// For each calendar a clock on which a day with any work is open all day: lead times are counted on it.
    working_days: Vec<Clock>,
    /// The items in the order of their low-level codes: an item comes after everything that it goes into.
    order: Vec<u32>,
}

impl<'m> Shop<'m> {
    /// Checks a model and lays out its calendars.
    pub fn new(model: &'m Model) -> Result<Self, Fault> {
        check(model)?;
        let order = low_level_order(model)?;
        // Far enough for any plan that a person would act on: a lead-in of its own length, and thrice that after it.
        let last =
            model.orders.iter().map(|o| o.due).max().unwrap_or(0).max(90 * DAY).min(20 * 366 * DAY) / DAY;
        let (before, after) = (last + 400, 4 * last + 400);
        let mut clocks = Vec::new();
        let mut working_days = Vec::new();
        for calendar in &model.calendars {
            clocks.push(Clock::new(calendar, &[], model.start, before, after)?);
            working_days.push(Clock::new(&whole_days(calendar), &[], model.start, before, after)?);
        }
        let mut resource_clock = Vec::new();
        for resource in &model.resources {
            if resource.down.is_empty() {
                resource_clock.push(resource.calendar);
            } else {
                resource_clock.push(clocks.len());
                let calendar = &model.calendars[resource.calendar];
                clocks.push(Clock::new(calendar, &resource.down, model.start, before, after)?);
            }
        }
        Ok(Self { model, layout: Arc::new(Layout { clocks, resource_clock, working_days, order }) })
    }

    /// The clock of a resource.
    pub fn clock(&self, resource: usize) -> &Clock {
        &self.layout.clocks[self.layout.resource_clock[resource]]
    }

    /// The items in the order of their low-level codes: an item comes after everything that it goes into.
    pub fn order(&self) -> &[u32] {
        &self.layout.order
    }

    /// The preferred way to get an item, if there is any.
    pub fn method(&self, item: u32) -> Option<&'m Method> {
        self.item(item).methods.first()
    }

    /// An item.
    pub fn item(&self, item: u32) -> &'m Item {
        &self.model.items[item as usize]
    }

    /// When something with a lead time must start to be there at `end`.
    pub fn before_lead(&self, method: &Method, end: Seconds) -> Seconds {
        let lead = i64::from(method.lead_days) * DAY;
        match method.lead_calendar {
            Some(calendar) if lead > 0 => {
                let days = &self.layout.working_days[calendar];
                days.start_of(days.worked(end) - lead).min(end)
            }
            _ => end - lead,
        }
    }

    /// When something with a lead time is there that starts at `start`.
    pub fn after_lead(&self, method: &Method, start: Seconds) -> Seconds {
        let lead = i64::from(method.lead_days) * DAY;
        match method.lead_calendar {
            Some(calendar) if lead > 0 => {
                let days = &self.layout.working_days[calendar];
                days.end_of(days.worked(start) + lead).max(start)
            }
            _ => start + lead,
        }
    }
}

/// Working seconds that an operation takes for a lot, rounded up once.
pub fn work(operation: &Operation, qty: &Rational) -> Seconds {
    operation.setup + (&operation.run * qty).ceil().unwrap_or(Seconds::MAX / 4)
}

/// The same calendar with every working day open all day.
fn whole_days(calendar: &Calendar) -> Calendar {
    let whole = |shifts: &Vec<(u32, u32)>| if shifts.is_empty() { Vec::new() } else { vec![(0, 1440)] };
    Calendar {
        id: calendar.id.clone(),
        week: calendar.week.each_ref().map(whole),
        exceptions: calendar.exceptions.iter().map(|(date, shifts)| (*date, whole(shifts))).collect(),
    }
}

/// Kahn's order of the bills: an item's place follows its last parent's. Whatever cannot be placed stands in a loop.
fn low_level_order(model: &Model) -> Result<Vec<u32>, Fault> {
    let count = model.items.len();
    let mut parents = vec![0u32; count];
    let components =
        |item: usize| model.items[item].methods.iter().flat_map(|m| &m.components).map(|c| c.item);
    for item in 0..count {
        for component in components(item) {
            parents[component] += 1;
        }
    }
    let mut order: Vec<u32> = Vec::with_capacity(count);
    let mut free: Vec<usize> = (0..count).rev().filter(|i| parents[*i] == 0).collect();
    while let Some(item) = free.pop() {
        order.push(item as u32);
        for component in components(item) {
            parents[component] -= 1;
            if parents[component] == 0 {
                free.push(component);
            }
        }
    }
    if order.len() == count { Ok(order) } else { Err(Fault::Loop(a_loop(model, &parents))) }
}

/// The names along one loop: from any item that is left, to a parent that is left, until one comes again.
fn a_loop(model: &Model, parents: &[u32]) -> Vec<String> {
    let left = |item: &usize| parents[*item] > 0;
    let mut parent_of: HashMap<usize, usize> = HashMap::new();
    for (item, one) in model.items.iter().enumerate().filter(|(i, _)| left(i)) {
        for component in one.methods.iter().flat_map(|m| &m.components).map(|c| c.item).filter(left) {
            parent_of.insert(component, item);
        }
    }
    let mut path: Vec<usize> = Vec::new();
    let mut at = parent_of.keys().min().copied();
    while let Some(item) = at.filter(|item| !path.contains(item)) {
        path.push(item);
        at = parent_of.get(&item).copied();
    }
    let first = at.and_then(|item| path.iter().position(|p| *p == item)).unwrap_or(0);
    let mut names: Vec<String> = path[first..].iter().rev().map(|i| model.items[*i].id.clone()).collect();
    names.extend(names.first().cloned());
    names
}

/// What would otherwise be an index out of range, a time that runs backwards or a lot without end.
fn check(model: &Model) -> Result<(), Fault> {
    let figure = |at: &str, what: &str| Err(Fault::Figure { at: at.into(), what: what.into() });
    let unknown = |at: &str, name: String| Err(Fault::Unknown { at: at.into(), name });
    for resource in &model.resources {
        if resource.capacity == 0 {
            return Err(Fault::NeverWorks(resource.id.clone()));
        }
        if resource.calendar >= model.calendars.len() {
            return unknown(&resource.id, format!("calendar {}", resource.calendar));
        }
    }
    for item in &model.items {
        let lot = &item.lot;
        if item.on_hand.is_negative() || item.safety_stock.is_negative() || lot.minimum.is_negative() {
            return figure(&item.id, "a quantity below zero");
        }
        if lot.maximum.as_ref().is_some_and(|most| !most.is_positive() || *most < lot.minimum) {
            return figure(&item.id, "a largest lot that is smaller than the smallest");
        }
        for method in &item.methods {
            if method.lead_calendar.is_some_and(|c| c >= model.calendars.len()) {
                return unknown(&item.id, "a calendar".into());
            }
            for component in &method.components {
                if component.item >= model.items.len() {
                    return unknown(&item.id, format!("item {}", component.item));
                }
                if component.per.is_negative() {
                    return figure(&item.id, "a component of less than nothing");
                }
            }
            for operation in &method.operations {
                if operation.resources.is_empty()
                    || operation.resources.iter().any(|r| *r >= model.resources.len())
                {
                    return unknown(&item.id, format!("a resource of operation {}", operation.seq));
                }
                if operation.setup < 0 || operation.run.is_negative() {
                    return figure(&item.id, "an operation of less than no time");
                }
            }
        }
    }
    if let Some(taken) = model.taken.iter().find(|t| t.resource >= model.resources.len()) {
        return unknown("what is taken", format!("resource {}", taken.resource));
    }
    let wanted = model.orders.iter().map(|o| (&o.id, o.item, &o.qty));
    let coming = model.receipts.iter().map(|r| (&r.id, r.item, &r.qty));
    for (id, item, qty) in wanted.chain(coming) {
        if item >= model.items.len() {
            return unknown(id, format!("item {item}"));
        }
        if qty.is_negative() {
            return figure(id, "a quantity below zero");
        }
    }
    Ok(())
}
