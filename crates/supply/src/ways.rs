//! How products are made, as the plan reads it: by the recipes that work orders take, on the machines of a group, by
//! people who can do it, with a tool.

use crate::model::Records;
use kernel::{Result, Value};
use numbers::{Date, Decimal6, Rational};
use people::workers_of;
use planning::model::{
    Changeover, Component, DAY, Kind, Method, Operation, Output, Resource, Seconds, Substitute, Taken,
};
use production::{Recipe, Recipes, Step, Way};
use purchasing::best_offers;
use std::collections::HashMap;
use store::Tx;

/// What work is done with: machines, and people beside them.
pub(crate) struct Shop {
    /// For each work center the resources that can do its work, and how much slower than planned they are.
    centers: HashMap<i64, (Vec<usize>, Rational)>,
    /// What one must be able to do at a work center.
    skills: HashMap<i64, i64>,
    /// Who can do it.
    able: HashMap<i64, Vec<usize>>,
    /// Days that a bought operation takes.
    outside: HashMap<i64, i64>,
    /// What runs alike, by its name.
    families: HashMap<String, u32>,
}

impl Shop {
    /// Work centers by what they are a part of, skills, and the people who have them.
    pub fn read(
        records: &mut Records,
        own: &HashMap<i64, (usize, Rational)>,
        calendars: &HashMap<i64, usize>,
        company: i64,
        tx: &mut Tx,
    ) -> Result<Self> {
        let sql = "SELECT id, parent_id, skill_id FROM work_center WHERE company_id = ? AND archived = 0 ORDER BY id";
        let rows = tx.query(sql, &[company.into()])?;
        let mut shop = Self {
            centers: own.iter().map(|(id, (n, slower))| (*id, (vec![*n], slower.clone()))).collect(),
            skills: HashMap::new(),
            able: HashMap::new(),
            outside: HashMap::new(),
            families: HashMap::new(),
        };
        let mut parts: HashMap<i64, Vec<usize>> = HashMap::new();
        for r in &rows {
            if let (Some(parent), Some((place, _))) = (r.get(1).as_int(), own.get(&r.int(0))) {
                parts.entry(parent).or_default().push(*place);
            }
            if let Some(skill) = r.get(2).as_int() {
                shop.skills.insert(r.int(0), skill);
            }
        }
        for (group, machines) in parts {
            if let Some((all, _)) = shop.centers.get_mut(&group) {
                *all = machines;
            }
        }
        shop.people(records, calendars, company, tx)?;
        shop.changeovers(records, own, tx)?;
        Ok(shop)
    }

    /// What machines take from one family to another.
    fn changeovers(
        &mut self,
        records: &mut Records,
        own: &HashMap<i64, (usize, Rational)>,
        tx: &mut Tx,
    ) -> Result<()> {
        let sql = "SELECT parent_id, from_family, to_family, minutes FROM changeover ORDER BY id";
        for r in tx.query(sql, &[])? {
            let Some((place, slower)) = own.get(&r.int(0)) else { continue };
            let (from, to) = (self.family(r.text(1)), self.family(r.text(2)));
            let seconds = seconds(Decimal6(r.int(3)), slower)?;
            if let Some(resource) = records.model.resources.get_mut(*place) {
                resource.changeovers.push(Changeover { from, to, seconds });
            }
        }
        Ok(())
    }

    fn family(&mut self, name: &str) -> u32 {
        let next = u32::try_from(self.families.len()).unwrap_or(u32::MAX);
        *self.families.entry(name.trim().to_owned()).or_insert(next)
    }

    /// The number of a family that bills or changeovers name.
    pub fn family_of(&self, name: Option<&str>) -> Option<u32> {
        self.families.get(name?.trim()).copied()
    }

    fn people(
        &mut self,
        records: &mut Records,
        calendars: &HashMap<i64, usize>,
        company: i64,
        tx: &mut Tx,
    ) -> Result<()> {
        let today = records.model.start;
        let mut names = HashMap::new();
        let sql =
            "SELECT e.id, p.name FROM employee e JOIN party p ON p.id = e.party_id WHERE e.company_id = ?";
        for r in tx.query(sql, &[company.into()])? {
            names.insert(r.int(0), r.text(1).to_owned());
        }
        let at = |day: Date| (day.days() - today.days()) * DAY;
        let last = today.plus_days(HORIZON)?;
        for worker in workers_of(company, today, tx)? {
            let (Some(calendar), false) = (calendars.get(&worker.calendar), worker.skills.is_empty()) else {
                continue;
            };
            let place = records.model.resources.len();
            records.people.push(worker.employee);
            let away = |(from, to): &(Date, Date)| (at(*from), at(*to) + DAY);
            let lasts = |until: Option<Date>| until.is_none_or(|until| until >= last);
            // Whoever can nothing for as long as the plan looks counts until the last of it ends. Who goes on with
            // something else is not counted for what ends: they are one resource, and do not stand.
            let ends = worker.skills.iter().filter_map(|(_, until)| *until).max();
            let ends = ends.filter(|_| !worker.skills.iter().any(|(_, until)| lasts(*until)));
            let cannot = ends.map(|end| (at(end) + DAY, at(last)));
            records.model.resources.push(Resource {
                id: names.get(&worker.employee).cloned().unwrap_or_default(),
                capacity: 1,
                calendar: *calendar,
                down: worker.away.iter().map(away).chain(cannot).collect(),
                ..Resource::default()
            });
            for (skill, until) in &worker.skills {
                if lasts(*until) || (ends.is_some() && *until == ends) {
                    self.able.entry(*skill).or_default().push(place);
                }
            }
        }
        Ok(())
    }

    /// Who can do the work of an operation; nobody where that does not matter or nobody is known to be able.
    fn able(&self, center: i64, skill: Option<i64>) -> Option<&Vec<usize>> {
        self.able.get(&skill.or_else(|| self.skills.get(&center).copied())?)
    }

    /// Somebody who can is held by what a work order has on a machine already.
    pub fn held(
        &self,
        center: i64,
        skill: Option<i64>,
        from: Seconds,
        to: Seconds,
        taken: &[Taken],
    ) -> Option<Taken> {
        let able = self.able(center, skill)?;
        let free = |n: &&usize| !taken.iter().any(|t| t.resource == **n && t.from < to && from < t.to);
        let one = able.iter().find(free).or_else(|| able.first())?;
        Some(Taken { resource: *one, from, to, family: None })
    }

    fn operation(&mut self, step: &Step, seq: u32) -> Result<Option<Operation>> {
        let Some((resources, slower)) = self.centers.get(&step.work_center) else { return Ok(None) };
        let minute = Rational::from(60);
        let elapsed = |minutes: Decimal6| (&Rational::from(minutes) * &minute).ceil();
        let queue = elapsed(step.queue_minutes)?;
        if let Some(service) = step.outside {
            let days = self.outside.get(&service).copied().unwrap_or(0);
            let resources = resources.clone();
            return Ok(Some(Operation { seq, resources, queue: queue + days * DAY, ..Operation::default() }));
        }
        let mut with: Vec<Vec<usize>> =
            self.able(step.work_center, step.skill).cloned().into_iter().collect();
        with.extend(step.tool.and_then(|tool| self.centers.get(&tool)).map(|(machines, _)| machines.clone()));
        // For one good piece of the lot, of which more are begun where some are lost.
        let transfer = step.transfer_quantity.as_ref().map(|batch| batch.over(&step.pieces)).transpose()?;
        let (resources, slower) = (resources.clone(), slower.clone());
        Ok(Some(Operation {
            seq,
            resources,
            with,
            queue,
            transport: elapsed(step.move_minutes)?,
            transfer: transfer.filter(Rational::is_positive),
            setup: seconds(step.setup_minutes, &slower)?,
            run: &(&(&step.run_minutes * &step.pieces) * &minute) * &slower,
            family: step.setup_family.as_deref().filter(|f| !f.trim().is_empty()).map(|f| self.family(f)),
        }))
    }
}

/// Minutes of work on a machine that is so much slower than planned.
fn seconds(minutes: Decimal6, slower: &Rational) -> Result<Seconds> {
    Ok((&(&Rational::from(minutes) * &Rational::from(60)) * slower).ceil()?)
}

/// Days that a skill must last to be counted on without an end.
const HORIZON: i64 = 90;

impl Records {
    /// How products are made: by the bills that work orders would take, each for its days and lots.
    pub fn made(&mut self, shop: &mut Shop, company: i64, tx: &mut Tx) -> Result<Recipes> {
        let recipes = Recipes::all(company, tx)?;
        self.other_warehouses(&recipes, company, tx)?;
        let today = self.model.start;
        let sql = "SELECT DISTINCT o.outside_id FROM bill_operation o JOIN bill b ON b.id = o.parent_id
                   WHERE b.company_id = ? AND o.outside_id IS NOT NULL";
        let services: Vec<i64> = tx.query(sql, &[Value::Int(company)])?.iter().map(|r| r.int(0)).collect();
        for (service, offer) in best_offers(&services, None, today, company, tx)? {
            shop.outside.insert(service, offer.lead_time_days);
        }
        let products: Vec<(i64, i64)> = self.products.iter().map(|p| (p.id, p.warehouse)).collect();
        for (place, (product, warehouse)) in products.into_iter().enumerate() {
            if self.warehouses.source(warehouse).is_some() {
                continue;
            }
            let ways = recipes.ways(product, today)?;
            if let Some(way) = ways.first() {
                self.bills.entry(product).or_insert(way.bill);
            }
            let methods = self.methods_of(shop, &recipes, &ways, warehouse)?;
            if let Some(item) = self.model.items.get_mut(place).filter(|_| !methods.is_empty()) {
                item.methods = methods;
            }
        }
        self.fetched();
        Ok(recipes)
    }

    /// A bill's ways, each for its days and lots.
    pub(crate) fn methods_of(
        &self,
        shop: &mut Shop,
        recipes: &Recipes,
        ways: &[Way],
        warehouse: i64,
    ) -> Result<Vec<Method>> {
        let today = self.model.start;
        let day = |day: Date| (day.days() - today.days()) * DAY;
        let mut methods = Vec::with_capacity(ways.len());
        for way in ways {
            let Some(recipe) = recipes.by_bill(way.bill, way.from, &Rational::ONE)? else { continue };
            methods.push(Method {
                // The day on which it starts to count begins for what ends in its course.
                from: (way.from > today).then(|| day(way.from)),
                until: way.until.map(|until| day(until) + DAY),
                at_least: way.lots.0.clone(),
                at_most: way.lots.1.clone(),
                ..self.method_of(shop, &recipe, warehouse)?
            });
        }
        Ok(methods)
    }

    fn method_of(&self, shop: &mut Shop, recipe: &Recipe, warehouse: i64) -> Result<Method> {
        let here = |product: i64| self.place_in(product, Some(warehouse));
        let mut method = Method { kind: Kind::Make, ..Method::default() };
        for need in &recipe.components {
            let Some(item) = here(need.product) else { continue };
            let other = |s: &production::Substitute| {
                here(s.product).map(|item| Substitute { item, ratio: s.ratio.clone() })
            };
            let substitutes = need.substitutes.iter().filter_map(other).collect();
            method.components.push(Component { item, per: need.quantity.clone(), substitutes });
        }
        for output in &recipe.outputs {
            if let Some(item) = here(output.product) {
                method.outputs.push(Output { item, per: output.quantity.clone() });
            }
        }
        for (step, seq) in recipe.steps.iter().zip((10u32..).step_by(10)) {
            method.operations.extend(shop.operation(step, seq)?);
        }
        Ok(method)
    }
}
