//! A model made ready: checked, every resource with its clock, every item with its low-level code.

use crate::clock::Clock;
use crate::model::{Calendar, DAY, Fault, Item, Method, Model, Operation, Seconds};
use crate::net::{Lot, NONE};
use crate::schedule::Placed;
use crate::sequence::Changeovers;
use numbers::Rational;
use std::collections::HashMap;
use std::sync::Arc;

/// What an operation may hold beside its resource, at most.
pub const WITH: usize = 2;

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
    /// The clock on which two clocks both work, where they ever do, for all that some operation holds together.
    joint: HashMap<(usize, usize), Option<usize>>,
    /// The first unit of each resource, counted over all resources, and their number.
    first_unit: Vec<usize>,
    /// For each calendar a clock on which a day with any work is open all day: lead times are counted on it.
    working_days: Vec<Clock>,
    /// The items in the order of their low-level codes: an item comes after everything that it goes into.
    order: Vec<u32>,
    /// What set-ups depend on.
    pub(crate) changeovers: Changeovers,
}

impl<'m> Shop<'m> {
    /// Checks a model and lays out its calendars.
    pub fn new(model: &'m Model) -> Result<Self, Fault> {
        check(model)?;
        let order = low_level_order(model)?;
        // Far enough for any plan that a person would act on: a lead-in of its own length, and thrice that after it.
        let last =
            model.orders.iter().map(|o| o.due).max().unwrap_or(0).clamp(90 * DAY, 20 * 366 * DAY) / DAY;
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
        let joint = HashMap::new();
        let mut first_unit = vec![0];
        for resource in &model.resources {
            first_unit.push(first_unit.last().copied().unwrap_or(0) + resource.capacity as usize);
        }
        let changeovers = Changeovers::new(model);
        let mut layout =
            Layout { clocks, resource_clock, joint, first_unit, working_days, order, changeovers };
        for (item, operation) in model.items.iter().flat_map(|item| {
            let operations = item.methods.iter().flat_map(|method| &method.operations);
            operations.filter(|operation| !operation.with.is_empty()).map(move |operation| (item, operation))
        }) {
            let together = layout.lay_together(operation);
            if !together {
                return Err(Fault::NeverWorks(format!("{} operation {}", item.id, operation.seq)));
            }
        }
        Ok(Self { model, layout: Arc::new(layout) })
    }

    /// The clock of a resource.
    pub fn clock(&self, resource: usize) -> &Clock {
        &self.layout.clocks[self.layout.resource_clock[resource]]
    }

    /// The clock of a resource if it never stood: that of its calendar.
    pub fn unbroken_clock(&self, resource: usize) -> &Clock {
        &self.layout.clocks[self.model.resources[resource].calendar]
    }

    /// Time on the clock between two instants in which a resource stands; none where it would not have worked then.
    pub fn stands(&self, resource: usize, from: Seconds, to: Seconds) -> Seconds {
        let between = |clock: &Clock| clock.worked(to) - clock.worked(from);
        if between(self.unbroken_clock(resource)) == between(self.clock(resource)) {
            return 0;
        }
        let mut down = self.model.resources[resource].down.clone();
        down.sort_unstable();
        let mut until = from;
        let apart = down.iter().map(|(start, end)| {
            let begin = (*start).max(until);
            until = until.max(*end);
            ((*end).min(to) - begin).max(0)
        });
        apart.sum()
    }

    /// The clock on which resources all work; none where they never do together.
    pub fn joint_clock(&self, resources: impl IntoIterator<Item = usize>) -> Option<&Clock> {
        let mut clocks = resources.into_iter().map(|resource| self.layout.resource_clock[resource]);
        let first = clocks.next()?;
        let all = clocks.try_fold(first, |one, other| self.layout.both(one, other));
        all.map(|clock| &self.layout.clocks[clock])
    }

    /// The clock on which what is placed goes on.
    pub fn clock_of(&self, placed: &Placed) -> &Clock {
        let machine = self.clock(placed.resource as usize);
        if placed.with[0] == NONE {
            return machine;
        }
        self.joint_clock(self.held(placed)).unwrap_or(machine)
    }

    /// The resources that what is placed holds: its own, and those beside it.
    pub fn held<'p>(&'p self, placed: &'p Placed) -> impl Iterator<Item = usize> + 'p {
        let with = placed.with.iter().filter(|unit| **unit != NONE).map(|unit| self.resource_of(*unit));
        std::iter::once(placed.resource as usize).chain(with)
    }

    /// Whose a unit is, counted over all resources.
    pub fn resource_of(&self, unit: u32) -> usize {
        self.layout.first_unit.partition_point(|first| *first <= unit as usize).saturating_sub(1)
    }

    /// The units of a resource, counted over all resources.
    pub fn units(&self, resource: usize) -> std::ops::Range<usize> {
        self.layout.first_unit[resource]..self.layout.first_unit[resource + 1]
    }

    /// The clock of an operation where nobody chooses: that of its preferred resources.
    pub fn usual_clock(&self, operation: &Operation) -> &Clock {
        let machine = operation.resources.first().copied().unwrap_or(0);
        if operation.with.is_empty() {
            return self.clock(machine);
        }
        let with = operation.with.iter().filter_map(|any| any.first().copied());
        self.joint_clock(std::iter::once(machine).chain(with)).unwrap_or_else(|| self.clock(machine))
    }

    /// The items in the order of their low-level codes: an item comes after everything that it goes into.
    pub fn order(&self) -> &[u32] {
        &self.layout.order
    }

    /// The preferred way to get an item, if there is any.
    pub fn method(&self, item: u32) -> Option<&'m Method> {
        self.item(item).methods.first()
    }

    /// The way that a lot is made.
    pub fn way(&self, item: u32, lot: &Lot) -> Option<&'m Method> {
        self.item(item).methods.get(lot.method as usize)
    }

    /// The first way that fits a lot of so much that is there then, else the preferred one.
    pub fn choose(&self, item: u32, qty: &Rational, at: Seconds) -> u32 {
        let methods = &self.item(item).methods;
        if methods.len() == 1 {
            return 0;
        }
        let fits = |method: &Method| {
            method.from.is_none_or(|from| from <= at)
                && method.until.is_none_or(|until| at < until)
                && method.at_least.as_ref().is_none_or(|least| least <= qty)
                && method.at_most.as_ref().is_none_or(|most| qty <= most)
        };
        methods.iter().position(fits).unwrap_or(0) as u32
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

impl Layout {
    fn both(&self, one: usize, other: usize) -> Option<usize> {
        if one == other { Some(one) } else { *self.joint.get(&(one, other))? }
    }

    /// Lays out the clocks of all that an operation may hold together; false where nothing of it ever works.
    fn lay_together(&mut self, operation: &Operation) -> bool {
        let mut all: Vec<usize> = operation.resources.iter().map(|r| self.resource_clock[*r]).collect();
        for any in &operation.with {
            let mut next = Vec::new();
            for (one, other) in all.iter().flat_map(|one| any.iter().map(move |other| (*one, *other))) {
                let other = self.resource_clock[other];
                if one != other && !self.joint.contains_key(&(one, other)) {
                    let both = self.clocks[one].both(&self.clocks[other]);
                    let place = both.map(|clock| {
                        self.clocks.push(clock);
                        self.clocks.len() - 1
                    });
                    self.joint.insert((one, other), place);
                }
                next.extend(self.both(one, other).filter(|clock| !next.contains(clock)));
            }
            all = next;
        }
        !all.is_empty()
    }
}

/// Working seconds that an operation takes for a lot, rounded up once, its own set-up in full.
pub fn work(operation: &Operation, qty: &Rational) -> Seconds {
    operation.setup + run(operation, qty)
}

/// The same after the set-up.
pub fn run(operation: &Operation, qty: &Rational) -> Seconds {
    (&operation.run * qty).ceil().unwrap_or(Seconds::MAX / 4)
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

/// The items in the order of their low-level codes. Where it can be, what may take an item's place comes after it, and
/// what brings an item as a by-product after whatever takes that: then both are known where they are asked for.
fn low_level_order(model: &Model) -> Result<Vec<u32>, Fault> {
    let mut below: Vec<Vec<usize>> = vec![Vec::new(); model.items.len()];
    let mut wished: Vec<(usize, usize)> = Vec::new();
    let mut brought: Vec<(usize, usize)> = Vec::new();
    for (item, method) in
        model.items.iter().enumerate().flat_map(|(n, i)| i.methods.iter().map(move |m| (n, m)))
    {
        for component in &method.components {
            below[item].push(component.item);
            for substitute in &component.substitutes {
                below[item].push(substitute.item);
                wished.push((component.item, substitute.item));
            }
        }
        for output in &method.outputs {
            below[item].push(output.item);
            brought.push((item, output.item));
        }
    }
    for (item, output) in brought {
        let takers = model.items.iter().enumerate().filter(|(n, _)| *n != item);
        let takes = |i: &Item| i.methods.iter().flat_map(|m| &m.components).any(|c| c.item == output);
        wished.extend(takers.filter(|(_, i)| takes(i)).map(|(taker, _)| (taker, item)));
    }
    if !wished.is_empty() {
        let mut all = below.clone();
        wished.iter().for_each(|(before, after)| all[*before].push(*after));
        if let Ok(order) = topological(&all) {
            return Ok(order);
        }
    }
    topological(&below).map_err(|left| Fault::Loop(a_loop(model, &left)))
}

/// Kahn's order: an item's place follows its last parent's. Whatever cannot be placed stands in a loop, or below one.
fn topological(below: &[Vec<usize>]) -> Result<Vec<u32>, Vec<u32>> {
    let mut parents = vec![0u32; below.len()];
    below.iter().flatten().for_each(|item| parents[*item] += 1);
    let mut order: Vec<u32> = Vec::with_capacity(below.len());
    let mut free: Vec<usize> = (0..below.len()).rev().filter(|i| parents[*i] == 0).collect();
    while let Some(item) = free.pop() {
        order.push(item as u32);
        for item in &below[item] {
            parents[*item] -= 1;
            if parents[*item] == 0 {
                free.push(*item);
            }
        }
    }
    if order.len() == below.len() { Ok(order) } else { Err(parents) }
}

/// The names along one loop: from any item that is left, to a parent that is left, until one comes again.
fn a_loop(model: &Model, parents: &[u32]) -> Vec<String> {
    let left = |item: &usize| parents[*item] > 0;
    let mut parent_of: HashMap<usize, usize> = HashMap::new();
    for (item, one) in model.items.iter().enumerate().filter(|(i, _)| left(i)) {
        let components = one.methods.iter().flat_map(|m| &m.components);
        let all =
            components.flat_map(|c| std::iter::once(c.item).chain(c.substitutes.iter().map(|s| s.item)));
        let outputs = one.methods.iter().flat_map(|m| &m.outputs).map(|o| o.item);
        for component in all.chain(outputs).filter(left) {
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

fn check_method(model: &Model, item: &Item, method: &Method) -> Result<(), Fault> {
    let figure = |what: &str| Err(Fault::Figure { at: item.id.clone(), what: what.into() });
    let unknown = |name: String| Err(Fault::Unknown { at: item.id.clone(), name });
    if method.lead_calendar.is_some_and(|c| c >= model.calendars.len()) {
        return unknown("a calendar".into());
    }
    for component in &method.components {
        if component.item >= model.items.len() {
            return unknown(format!("item {}", component.item));
        }
        if component.per.is_negative() {
            return figure("a component of less than nothing");
        }
        for substitute in &component.substitutes {
            if substitute.item >= model.items.len() {
                return unknown(format!("item {}", substitute.item));
            }
            if !substitute.ratio.is_positive() {
                return figure("a substitute of nothing");
            }
        }
    }
    for output in &method.outputs {
        if output.item >= model.items.len() {
            return unknown(format!("item {}", output.item));
        }
        if output.per.is_negative() {
            return figure("a by-product of less than nothing");
        }
    }
    for operation in &method.operations {
        if operation.resources.is_empty() || operation.resources.iter().any(|r| *r >= model.resources.len()) {
            return unknown(format!("a resource of operation {}", operation.seq));
        }
        if operation.with.iter().any(|any| any.is_empty() || any.iter().any(|r| *r >= model.resources.len()))
        {
            return unknown(format!("what operation {} holds beside its resource", operation.seq));
        }
        if operation.with.len() > WITH {
            return figure("an operation that holds more than three things at once");
        }
        if operation.setup < 0
            || operation.run.is_negative()
            || operation.queue < 0
            || operation.transport < 0
            || operation.transfer.as_ref().is_some_and(|batch| !batch.is_positive())
        {
            return figure("an operation of less than no time");
        }
    }
    Ok(())
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
        if resource.changeovers.iter().any(|changeover| changeover.seconds < 0) {
            return figure(&resource.id, "a changeover of less than no time");
        }
    }
    for item in &model.items {
        let lot = &item.lot;
        if item.on_hand.is_negative() || item.safety_stock.is_negative() || lot.minimum.is_negative() {
            return figure(&item.id, "a quantity below zero");
        }
        if item.shelf_days == Some(0) || item.expiring.iter().any(|(qty, _)| qty.is_negative()) {
            return figure(&item.id, "a shelf life of no day, or less than nothing that expires");
        }
        if item.keeps().is_negative() {
            return figure(&item.id, "more expires than is on hand");
        }
        if lot.maximum.as_ref().is_some_and(|most| !most.is_positive() || *most < lot.minimum) {
            return figure(&item.id, "a largest lot that is smaller than the smallest");
        }
        item.methods.iter().try_for_each(|method| check_method(model, item, method))?;
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
