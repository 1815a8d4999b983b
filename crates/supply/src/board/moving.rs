//! Moving an operation: whether it can be done there, what follows from it, and the command that does it. Nothing is
//! written: the answer is what the plan will say once it is moved.

use super::pass::{Fixed, outcome};
use crate::accept::moment;
use crate::demand::Wants;
use crate::desk::{decimal, order};
use crate::kept::{Kept, kept};
use crate::machines::{Is, Job, Machines, Ordered, needs, receipt_of, wall};
use catalog::Product;
use equipment::WorkCenter;
use kernel::{Error, Input, Reader, Ref, Refusal, Result, refuse};
use numbers::Rational;
use planning::clock::Clock;
use planning::lane::Lane;
use planning::model::{DAY, Model, Seconds, Taken};
use planning::net::LotRef;
use planning::shop::Shop;
use production::WorkOrderOperation;
use sales::SalesOrderLine;
use serde_json::{Value as Json, json};
use std::borrow::Cow;
use stock::Warehouse;

#[derive(Debug, Input)]
pub struct Move {
    /// Of a work order.
    pub operation: Option<Ref<WorkOrderOperation>>,
    /// Of a planned lot: its product, which lot of it, which step of the lot.
    pub product: Option<Ref<Product>>,
    /// Where it is made; in the firm's first warehouse where empty.
    pub warehouse: Option<Ref<Warehouse>>,
    /// The line of a customer's order that it is for alone.
    pub order_line: Option<Ref<SalesOrderLine>>,
    pub lot: Option<i64>,
    pub step: Option<i64>,
    /// When it began as the person saw it, so that another plan is noticed; in seconds of the clock on the wall.
    pub was: Option<i64>,
    /// Where to; the same machine where empty.
    pub work_center: Option<Ref<WorkCenter>>,
    /// When; as soon as there is room where empty.
    pub at: Option<i64>,
}

/// Whether an operation can be moved there, and what it would do: whom it makes late, what else moves.
pub(crate) fn moved(input: Move, reader: &mut Reader) -> Result<Json> {
    needs(reader)?;
    let kept = kept(reader)?;
    let machines = kept.machines(reader)?;
    let now = kept.records.moment(reader.now.as_microsecond()).max(0);
    match consequences(&kept, machines, &input, now) {
        Ok(answer) => Ok(answer),
        Err(Error::Refused(refusal)) => {
            // A place that is not free is an answer, not a failure.
            let (texts, language) = (&reader.registry.texts, &reader.actor.language);
            Ok(json!({"no": {"code": refusal.code, "message": refusal.message(texts, language),
                "advice": refusal.advice(texts, language)}}))
        }
        Err(other) => Err(other),
    }
}

fn consequences(kept: &Kept, machines: &Machines, input: &Move, now: Seconds) -> Result<Json> {
    let shop = kept.shop();
    let route = Route::find(kept, machines, input)?;
    let target = target(kept, machines, &route, input)?;
    let room = Room { kept, machines, shop: &shop, now, own: route.own() };
    let mut jobs = room.place(&route, target)?;
    let (changed, mut days) = changed(kept, &route, &jobs);
    let fixed = fixed(kept, &room, &route, &jobs)?;
    let outcome = outcome(kept, &kept.shop_of(&changed), fixed.as_ref());
    if let Some(fixed) = &fixed {
        // What comes before and after it in its lot follows.
        for (n, (job, placed)) in jobs.iter_mut().zip(&outcome.own).enumerate() {
            let Some(placed) = placed else { continue };
            (job.resource, job.times) = (placed.resource as usize, Some((placed.start, placed.end)));
            if n == fixed.step && placed.start > fixed.at {
                return Err(refuse("supply.no_material").arg("from", room.said(placed.start)?).into());
            }
        }
        days = Days::of(&jobs);
    }
    let mut answer = whom(kept, &changed, &outcome.done)?;
    let others = route.jobs.iter().zip(&jobs).enumerate().filter(|(n, (was, job))| {
        *n != route.moved && (job.times != was.times || job.resource != was.resource)
    });
    let mut others: Vec<Job> = others.map(|(_, (_, job))| job.clone()).collect();
    for pushed in &outcome.pushed {
        if let Some(mut job) = machines.step(kept, pushed.lot, pushed.step) {
            job.resource = pushed.placed.resource as usize;
            job.times = Some((pushed.placed.start, pushed.placed.end));
            others.push(job);
        }
    }
    others.sort_by_key(|job| job.times);
    let moves: Vec<Json> = others.iter().map(|job| said(kept, machines, job)).collect();
    if let Some(answer) = answer.as_object_mut() {
        let placed = &jobs[route.moved];
        answer.insert("work_center_id".into(), machines.centers[placed.resource].id.into());
        answer.insert("from".into(), placed.times.map(|t| wall(kept, t.0)).into());
        answer.insert("to".into(), placed.times.map(|t| wall(kept, t.1)).into());
        answer.insert("moves".into(), moves.len().into());
        answer.insert("operations".into(), moves.into_iter().take(20).collect());
        answer.insert("call".into(), call(kept, machines, &route, &jobs, days)?);
    }
    Ok(answer)
}

/// Of a planned lot, what is held by hand.
fn fixed(kept: &Kept, room: &Room<'_>, route: &Route, jobs: &[Job]) -> Result<Option<Fixed>> {
    let (Some(lot), Some(job)) = (route.lot(), jobs.get(route.moved)) else { return Ok(None) };
    let way = kept.plan.records[lot.item as usize].lots[lot.n as usize].method as usize;
    let method = kept.records.model.items[lot.item as usize].methods.get(way);
    let operation = method.and_then(|m| m.operations.get(route.moved)).cloned();
    let (Some(mut operation), Some((at, _))) = (operation, job.times) else { return Ok(None) };
    let placed = kept.plan.records[lot.item as usize].lots[lot.n as usize].steps[route.moved];
    // Whatever will have run before it there, its own set-up is in it.
    let work = room.work(&route.jobs[route.moved], job.resource)? + operation.setup - placed.setup;
    operation.resources = vec![job.resource];
    Ok(Some(Fixed { lot, step: route.moved, at, operation, work }))
}

fn said(kept: &Kept, machines: &Machines, job: &Job) -> Json {
    json!({"product": job.product_name, "name": job.name, "work_center": machines.centers[job.resource].name,
        "from": job.times.map(|t| wall(kept, t.0)), "to": job.times.map(|t| wall(kept, t.1))})
}

/// All operations of a work order or a lot, one after the other, and which of them is moved.
pub(crate) struct Route {
    pub jobs: Vec<Job>,
    pub moved: usize,
}

/// Where an operation is to go.
pub(crate) struct Target {
    pub resource: usize,
    pub at: Option<Seconds>,
}

impl Route {
    fn find(kept: &Kept, machines: &Machines, input: &Move) -> Result<Self> {
        let gone = || Error::from(refuse("supply.plan_changed"));
        if let Some(operation) = input.operation {
            let is = |job: &&Job| matches!(&job.is, Is::Ordered(o) if o.operation == operation.id());
            let Some(Is::Ordered(one)) = machines.ordered.iter().find(is).map(|job| &job.is) else {
                return Err(gone());
            };
            if one.begun {
                return Err(refuse("supply.work_begun").into());
            }
            let same = |job: &&Job| matches!(&job.is, Is::Ordered(o) if o.order == one.order);
            let jobs: Vec<Job> = machines.ordered.iter().filter(same).cloned().collect();
            let moved = jobs.iter().position(|job| is(&job)).ok_or_else(gone)?;
            return Ok(Self { jobs, moved });
        }
        let (warehouse, line) = (input.warehouse.map(Ref::id), input.order_line.map(Ref::id));
        let place = input.product.and_then(|product| kept.records.place_for(product.id(), warehouse, line));
        let number = |n: Option<i64>| n.and_then(|n| u32::try_from(n).ok());
        let (Some(item), Some(n), Some(step)) = (place, number(input.lot), number(input.step)) else {
            return Err(gone());
        };
        let of = LotRef { item: item as u32, n };
        let jobs: Vec<Job> = (0..).map_while(|step| machines.step(kept, of, step)).collect();
        let moved = step as usize;
        let was = jobs.get(moved).and_then(|job| job.times).ok_or_else(gone)?;
        if input.was.is_some_and(|seen| seen != wall(kept, was.0)) {
            return Err(gone());
        }
        Ok(Self { jobs, moved })
    }

    /// The work order that it is.
    fn ordered(&self) -> Option<&Ordered> {
        self.jobs.first().and_then(|job| match &job.is {
            Is::Ordered(ordered) => Some(ordered),
            Is::Planned { .. } => None,
        })
    }

    fn lot(&self) -> Option<LotRef> {
        self.jobs.first().and_then(|job| match job.is {
            Is::Planned { lot, .. } => Some(lot),
            Is::Ordered(_) => None,
        })
    }

    /// What the model says is taken by it.
    fn own(&self) -> Vec<(usize, Seconds, Seconds)> {
        let ordered = self.jobs.iter().filter(|job| matches!(job.is, Is::Ordered(_)));
        ordered.filter_map(|job| job.times.map(|(from, to)| (job.resource, from.max(0), to))).collect()
    }
}

/// The machine that is meant: its own, or one that may do its work.
fn target(kept: &Kept, machines: &Machines, route: &Route, input: &Move) -> Result<Target> {
    let own = route.jobs[route.moved].resource;
    let resource = match input.work_center {
        None => own,
        Some(center) => machines
            .centers
            .iter()
            .position(|c| c.id == center.id())
            .ok_or_else(|| refuse("supply.plan_changed"))?,
    };
    let (from, to) = (&machines.centers[own], &machines.centers[resource]);
    if from.group != to.group {
        return Err(refuse("supply.no_alternate").arg("center", &to.name).arg("of", &from.name).into());
    }
    let start = kept.records.model.start.days() * DAY;
    Ok(Target { resource, at: input.at.map(|at| at - start) })
}

/// The machines with all that holds them but the work that is moved. What is only planned gives way.
pub(crate) struct Room<'a> {
    pub kept: &'a Kept,
    pub machines: &'a Machines,
    pub shop: &'a Shop<'a>,
    pub now: Seconds,
    pub own: Vec<(usize, Seconds, Seconds)>,
}

impl Room<'_> {
    /// The whole route with one of its operations at another place: what comes after it makes room, what comes before
    /// it stays.
    fn place(&self, route: &Route, target: Target) -> Result<Vec<Job>> {
        let mut jobs = Vec::with_capacity(route.jobs.len());
        let mut taken: Vec<(usize, Seconds, Seconds)> = Vec::new();
        let mut ready = self.now;
        for (n, job) in route.jobs.iter().enumerate() {
            let resource = if n == route.moved { target.resource } else { job.resource };
            let work = self.work(job, resource)?;
            let times = if n < route.moved || (n > route.moved && route.lot().is_some()) {
                job.times
            } else if n == route.moved {
                Some(self.at(route, n, resource, target.at, ready, work, &taken)?)
            } else {
                match job.times {
                    // What has begun goes on where it is.
                    Some(times) if times.0 >= ready && self.free(resource, times.0, work, &taken) => {
                        Some(times)
                    }
                    Some((start, _)) => Some(self.earliest(resource, start.max(ready), work, &taken)),
                    None => None,
                }
            };
            // What is only planned gives way.
            if let (Some((from, to)), Is::Ordered(_)) = (times, &job.is) {
                taken.push((resource, from, to));
                ready = ready.max(to);
            }
            jobs.push(Job { resource, times, ..job.clone() });
        }
        Ok(jobs)
    }

    /// Working seconds on a machine: as long as it is planned for, at the pace of the other machine.
    fn work(&self, job: &Job, resource: usize) -> Result<Seconds> {
        let efficiency = |n: usize| Rational::from(self.machines.centers[n].efficiency);
        let planned = match (&job.is, job.times) {
            (_, Some((from, to))) => {
                let clock = self.shop.clock(job.resource);
                let held = Rational::from(clock.worked(to) - clock.worked(from));
                &held * &efficiency(job.resource)
            }
            (Is::Ordered(o), None) => &o.minutes * &Rational::from(6000),
            (Is::Planned { .. }, None) => Rational::ZERO,
        };
        Ok(planned.over(&efficiency(resource))?.ceil()?)
    }

    fn at(
        &self,
        route: &Route,
        n: usize,
        resource: usize,
        at: Option<Seconds>,
        ready: Seconds,
        work: Seconds,
        taken: &[(usize, Seconds, Seconds)],
    ) -> Result<(Seconds, Seconds)> {
        let Some(at) = at else { return Ok(self.earliest(resource, ready, work, taken)) };
        let said = |at: Seconds| self.said(at);
        if at < self.now {
            return Err(refuse("supply.in_the_past").into());
        }
        let clock = self.shop.clock(resource);
        let opens = clock.start_of(clock.worked(at));
        let center = &self.machines.centers[resource].name;
        if opens > at {
            return Err(refuse("supply.closed").arg("center", center).arg("until", said(opens)?).into());
        }
        let before = route.jobs[..n].iter().rev().find_map(|job| job.times.map(|times| (job, times.1)));
        let before = before.filter(|_| route.lot().is_none());
        if let Some((before, ends)) = before.filter(|(_, ends)| *ends > at) {
            return Err(refuse("supply.before_previous")
                .arg("previous", &before.name)
                .arg("ends", said(ends)?)
                .into());
        }
        if !self.free(resource, at, work, taken) {
            let (free, _) = self.earliest(resource, at, work, taken);
            return Err(self.taken_by(resource, at, span(clock, at, work).1, free)?.into());
        }
        Ok(span(clock, at, work))
    }

    /// Who holds the place.
    fn taken_by(&self, resource: usize, from: Seconds, to: Seconds, free: Seconds) -> Result<Refusal> {
        let there = |job: &&Job| {
            job.resource == resource
                && job
                    .times
                    .is_some_and(|(a, b)| a < to && b > from && !self.own.contains(&(resource, a.max(0), b)))
        };
        let holder = self.machines.ordered.iter().find(there);
        let what = holder.map_or_else(String::new, |job| match &job.is {
            Is::Ordered(o) => format!("{} {}", o.number, job.name),
            Is::Planned { .. } => job.name.clone(),
        });
        let center = &self.machines.centers[resource].name;
        let free = self.said(free)?;
        Ok(refuse("supply.taken").arg("center", center).arg("what", what).arg("free", free))
    }

    fn lanes(&self, resource: usize, more: &[(usize, Seconds, Seconds)]) -> Vec<Lane> {
        let model = &self.kept.records.model;
        let clock = self.shop.clock(resource);
        let mut lanes = vec![Lane::default(); model.resources[resource].capacity as usize];
        let mut own = self.own.clone();
        let mut put = |from: Seconds, to: Seconds| {
            let (begin, end) = (clock.worked(from), clock.worked(to));
            if let Some(lane) = lanes.iter_mut().find(|lane| lane.earliest(begin, end - begin) == begin) {
                lane.take(begin, end);
            }
        };
        for taken in model.taken.iter().filter(|taken| taken.resource == resource) {
            let this = (resource, taken.from, taken.to);
            match own.iter().position(|held| *held == this) {
                Some(n) => {
                    own.swap_remove(n);
                }
                None => put(taken.from, taken.to),
            }
        }
        more.iter().filter(|(n, ..)| *n == resource).for_each(|(_, from, to)| put(*from, *to));
        lanes
    }

    fn free(&self, resource: usize, at: Seconds, work: Seconds, taken: &[(usize, Seconds, Seconds)]) -> bool {
        let begin = self.shop.clock(resource).worked(at);
        self.lanes(resource, taken).iter().any(|lane| lane.earliest(begin, work) == begin)
    }

    fn earliest(
        &self,
        resource: usize,
        from: Seconds,
        work: Seconds,
        taken: &[(usize, Seconds, Seconds)],
    ) -> (Seconds, Seconds) {
        let clock = self.shop.clock(resource);
        let worked = clock.worked(from);
        let lanes = self.lanes(resource, taken);
        let begin = lanes.iter().map(|lane| lane.earliest(worked, work)).min().unwrap_or(worked);
        span(clock, clock.start_of(begin).max(from), work)
    }

    /// `2026-11-27 06:00`
    fn said(&self, at: Seconds) -> Result<String> {
        let minutes = at.rem_euclid(DAY) / 60;
        Ok(format!("{} {:02}:{:02}", self.kept.day(at)?, minutes / 60, minutes % 60))
    }
}

/// From when to when it holds a machine whose work begins at an instant.
fn span(clock: &Clock, at: Seconds, work: Seconds) -> (Seconds, Seconds) {
    (at, clock.end_of(clock.worked(at) + work).max(at))
}

/// First and last day of an order by the times of its operations.
#[derive(Clone, Copy)]
struct Days {
    starts: Seconds,
    due: Seconds,
}

impl Days {
    /// Nothing where an operation has no time.
    fn of(jobs: &[Job]) -> Option<Self> {
        let times: Vec<_> = jobs.iter().map(|job| job.times).collect::<Option<_>>()?;
        let starts = times.first()?.0.div_euclid(DAY) * DAY;
        // What ends at midnight is there on the day before.
        Some(Self { starts, due: ((times.last()?.1 - 1).max(0)).div_euclid(DAY) * DAY })
    }
}

/// The model as it would be: a work order holds other machines, comes and wants its material at other times. A planned
/// lot changes nothing in it.
fn changed<'k>(kept: &'k Kept, route: &Route, jobs: &[Job]) -> (Cow<'k, Model>, Option<Days>) {
    let days = Days::of(jobs);
    let Some(ordered) = route.ordered() else { return (Cow::Borrowed(&kept.records.model), days) };
    let mut model = kept.records.model.clone();
    for (was, job) in route.jobs.iter().zip(jobs) {
        let held = |t: &Taken| {
            was.times.is_some_and(|(from, to)| (t.resource, t.from, t.to) == (was.resource, from.max(0), to))
        };
        let family = model.taken.iter().position(held).and_then(|n| model.taken.remove(n).family);
        if let Some((from, to)) = job.times.filter(|(_, to)| *to > 0) {
            model.taken.push(Taken { resource: job.resource, from: from.max(0), to, family });
        }
    }
    model.taken.sort_by_key(|taken| taken.from);
    if let Some(days) = days {
        if let Some(n) = receipt_of(kept, ordered.order) {
            model.receipts[n as usize].at = days.due;
        }
        for (wanted, demand) in model.orders.iter_mut().zip(&kept.records.demands) {
            if demand.document_entity == "WorkOrder" && demand.document == ordered.order {
                wanted.due = days.starts.max(0);
            }
        }
    }
    (Cow::Owned(model), days)
}

/// Who gets it later than now, what is dearest first, and how many get it sooner.
pub(crate) fn whom(kept: &Kept, changed: &Model, done: &[Seconds]) -> Result<Json> {
    let mut late: Vec<(i64, Json)> = Vec::new();
    let mut sooner = 0;
    for (n, demand) in kept.records.demands.iter().enumerate() {
        if demand.wants == Wants::Forecast {
            continue;
        }
        let (was, will) = (kept.plan.done[n], done[n]);
        let (due_was, due) = (kept.records.model.orders[n].due, changed.orders[n].due);
        if (will - due).max(0) < (was - due_was).max(0) {
            sooner += 1;
        }
        if will <= due || (will - due) <= (was - due_was).max(0) {
            continue;
        }
        let mut row = order(kept, n, demand)?;
        let behind = crate::desk::behind(kept, &[n as u32]);
        let net = crate::demand::worth(&kept.records.demands, &behind);
        if let Some(row) = row.as_object_mut() {
            let product = &kept.records.products[changed.orders[n].item];
            let names = behind.iter().filter_map(|n| kept.records.demands[*n].party.as_ref());
            row.insert("for".into(), names.map(|party| party.1.clone()).collect());
            row.insert("product_id".into(), product.id.into());
            row.insert("product".into(), product.name.as_str().into());
            row.insert("was_on".into(), row.get("comes_on").cloned().unwrap_or_default());
            row.insert("comes_on".into(), kept.comes_on(will)?.to_string().into());
            row.insert("days".into(), ((will - due + DAY - 1) / DAY).into());
        }
        late.push((net, row));
    }
    late.sort_by_key(|(net, _)| std::cmp::Reverse(*net));
    let late: Vec<Json> = late.into_iter().map(|(_, row)| row).collect();
    Ok(json!({"late": late, "sooner": sooner}))
}

/// What does it: the work order rescheduled, or the proposal accepted with these times.
fn call(kept: &Kept, machines: &Machines, route: &Route, jobs: &[Job], days: Option<Days>) -> Result<Json> {
    let model = &kept.records.model;
    let day = |at: Seconds| kept.day(at).map(|d| d.to_string());
    let (starts_on, due_on) = match days {
        Some(days) => (Some(day(days.starts)?), Some(day(days.due)?)),
        None => (None, None),
    };
    let mut operations = Vec::with_capacity(jobs.len());
    for (n, (job, was)) in jobs.iter().zip(&route.jobs).enumerate() {
        let Some((from, to)) = job.times else { continue };
        let mut row = json!({"starts_at": moment(model.start, from)?, "ends_at": moment(model.start, to)?,
            "work_center_id": machines.centers[job.resource].id});
        match (&job.is, row.as_object_mut()) {
            (Is::Ordered(o), Some(row)) => {
                let same = job.times == was.times && job.resource == was.resource;
                if n != route.moved && same {
                    continue;
                }
                row.insert("operation_id".into(), o.operation.into());
            }
            (Is::Planned { step, .. }, Some(row)) => {
                row.insert("step".into(), (*step).into());
            }
            _ => {}
        }
        operations.push(row);
    }
    Ok(match route.ordered() {
        Some(ordered) => json!({"entity": "WorkOrder", "id": ordered.order, "command": "reschedule",
            "body": {"starts_on": starts_on, "due_on": due_on, "operations": operations}}),
        None => {
            let line = &route.jobs[route.moved];
            json!({"entity": "Product", "id": null, "command": "accept", "body": {"lines": [{
                "product_id": line.product, "quantity": decimal(line.quantity), "make": true, "warehouse_id": line.warehouse, "order_line_id": line.order_line,
                "start_on": starts_on, "due_on": due_on, "operations": operations}]}})
        }
    })
}
