//! What is on the machines: operations of work orders and of planned lots, and whom they are for.

use crate::desk::{behind, decimal, order, stocked};
use crate::kept::Kept;
use crate::model::Records;
use kernel::{Reader, Result};
use numbers::{Decimal6, Rational};
use planning::model::{DAY, Seconds};
use planning::net::LotRef;
use serde_json::{Map, Value as Json, json};
use std::collections::{BTreeSet, HashMap};

/// A work center, as a resource of the model.
#[derive(Clone, Debug)]
pub(crate) struct Center {
    pub id: i64,
    pub name: String,
    /// Those of one group may do one another's work: the center above them, or the center itself.
    pub group: i64,
    /// In percent of the planned pace.
    pub efficiency: Decimal6,
}

/// Something that holds a machine, or is to hold one.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    pub resource: usize,
    /// When it is planned, from and to; nothing where nobody has said yet.
    pub times: Option<(Seconds, Seconds)>,
    pub name: String,
    pub product: i64,
    pub product_name: String,
    /// Of a planned lot, where it is made, if the firm has several warehouses.
    pub warehouse: Option<i64>,
    /// The line of a customer's order that a planned lot is for alone.
    pub order_line: Option<i64>,
    pub quantity: Decimal6,
    pub is: Is,
}

#[derive(Clone, Debug)]
pub(crate) enum Is {
    Ordered(Ordered),
    Planned { lot: LotRef, step: usize },
}

/// An operation of a work order.
#[derive(Clone, Debug)]
pub(crate) struct Ordered {
    pub order: i64,
    pub number: String,
    /// Of the order: firm, released, started.
    pub state: String,
    pub operation: i64,
    pub position: i64,
    pub begun: bool,
    /// Minutes that it takes by its routing for what is still to be made, at the planned pace.
    pub minutes: Rational,
}

/// The machines of a plan, and what is on them.
#[derive(Debug)]
pub(crate) struct Machines {
    /// In the order of the model's resources.
    pub centers: Vec<Center>,
    /// What open work orders hold and want.
    pub ordered: Vec<Job>,
    /// What the operations of bills are called.
    names: HashMap<(i64, u32), String>,
}

impl Machines {
    /// Reads what the plan does not keep.
    pub fn read(records: &Records, reader: &mut Reader) -> Result<Self> {
        let company = reader.actor.company;
        let mut known = HashMap::new();
        for r in reader.tx.query(
            "SELECT id, name, COALESCE(parent_id, id), efficiency_percent FROM work_center WHERE company_id = ?",
            &[company.into()],
        )? {
            let center = Center {
                id: r.int(0),
                name: r.text(1).into(),
                group: r.int(2),
                efficiency: Decimal6(r.int(3).max(1)),
            };
            known.insert(center.id, center);
        }
        let none = |id: i64| Center { id, name: String::new(), group: id, efficiency: Decimal6::ONE };
        let centers: Vec<Center> =
            records.centers.iter().map(|id| known.remove(id).unwrap_or_else(|| none(*id))).collect();
        let places: HashMap<i64, usize> = centers.iter().enumerate().map(|(n, c)| (c.id, n)).collect();
        let rows = reader.tx.query(
            "SELECT o.id, o.position, o.name, o.work_center_id, o.starts_at, o.ends_at, o.state, w.id, w.number, w.state,
                    w.product_id, d.name, w.quantity - w.completed - w.scrapped, o.setup_minutes, o.run_minutes
             FROM work_order_operation o JOIN work_order w ON w.id = o.parent_id JOIN product d ON d.id = w.product_id
             WHERE w.company_id = ? AND w.state IN ('firm', 'released', 'started') AND o.state <> 'done'
               AND w.quantity > w.completed + w.scrapped ORDER BY w.id, o.position, o.id",
            &[company.into()],
        )?;
        let mut ordered = Vec::with_capacity(rows.len());
        for r in &rows {
            let Some(resource) = places.get(&r.int(3)) else { continue };
            let moment = |n: usize| r.get(n).as_int().map(|micros| records.moment(micros));
            let decimal = |n: usize| Rational::from(Decimal6(r.int(n)));
            ordered.push(Job {
                resource: *resource,
                times: moment(4).zip(moment(5)),
                name: r.text(2).into(),
                product: r.int(10),
                product_name: r.text(11).into(),
                warehouse: None,
                order_line: None,
                quantity: Decimal6(r.int(12)),
                is: Is::Ordered(Ordered {
                    order: r.int(7),
                    number: r.get(8).as_text().unwrap_or_default().into(),
                    state: r.text(9).into(),
                    operation: r.int(0),
                    position: r.int(1),
                    begun: r.text(6) == "started",
                    minutes: &decimal(13) + &(&decimal(14) * &decimal(12)),
                }),
            });
        }
        let mut names = HashMap::new();
        for r in reader.tx.query(
            "SELECT o.parent_id, o.position, o.name FROM bill_operation o JOIN bill b ON b.id = o.parent_id
             WHERE b.company_id = ? AND b.archived = 0",
            &[company.into()],
        )? {
            names.insert((r.int(0), u32::try_from(r.int(1)).unwrap_or(0)), r.text(2).to_owned());
        }
        Ok(Self { centers, ordered, names })
    }

    /// The operations of planned lots.
    pub fn planned<'k>(&'k self, kept: &'k Kept) -> impl Iterator<Item = Job> + 'k {
        let lots = kept.plan.records.iter().enumerate().flat_map(|(item, record)| {
            record
                .lots
                .iter()
                .enumerate()
                .map(move |(n, lot)| (LotRef { item: item as u32, n: n as u32 }, lot))
        });
        lots.flat_map(move |(of, lot)| {
            let steps = 0..lot.steps.len();
            steps.filter_map(move |step| self.step(kept, of, step))
        })
    }

    /// An operation of a planned lot; none where the plan has no such.
    pub fn step(&self, kept: &Kept, of: LotRef, step: usize) -> Option<Job> {
        let item = of.item as usize;
        let lot = kept.plan.records.get(item)?.lots.get(of.n as usize)?;
        let at = lot.steps.get(step)?;
        let product = &kept.records.products[item];
        let method = kept.records.model.items[item].methods.get(lot.method as usize);
        let seq = method.and_then(|m| m.operations.get(step)).map_or(0, |o| o.seq);
        let bill = kept.records.bill_of(item).unwrap_or(0);
        Some(Job {
            resource: at.resource as usize,
            times: Some((at.start, at.end)),
            name: self.names.get(&(bill, seq)).cloned().unwrap_or_default(),
            product: product.id,
            product_name: product.label(),
            warehouse: product.place.as_ref().map(|_| product.warehouse),
            order_line: product.line().map(|line| line.line),
            quantity: stocked(&lot.qty).ok()?,
            is: Is::Planned { lot: of, step },
        })
    }

    /// What a job is called where it stands.
    pub fn as_json(&self, kept: &Kept, job: &Job, served: &mut Served) -> Result<Json> {
        let orders = customers(kept, job);
        let late = orders.iter().any(|n| kept.plan.done[*n] > kept.records.model.orders[*n].due);
        let stake = crate::demand::worth(&kept.records.demands, &orders);
        let mut row = json!({
            "work_center_id": self.centers[job.resource].id, "name": job.name,
            "from": job.times.map(|t| wall(kept, t.0)), "to": job.times.map(|t| wall(kept, t.1)),
            "product_id": job.product, "product": job.product_name, "quantity": decimal(job.quantity),
            "late": late, "at_stake": crate::desk::money(numbers::Money(stake)),
            "orders": orders.iter().map(|n| kept.records.demands[*n].line).collect::<Vec<_>>(),
        });
        let more = match &job.is {
            Is::Ordered(o) => json!({
                "key": format!("w{}-{}", o.order, o.position), "kind": if o.begun { "started" } else { o.state.as_str() },
                "begun": o.begun, "operation_id": o.operation, "hours": hours(&o.minutes),
                "document": {"entity": "WorkOrder", "id": o.order, "number": o.number},
            }),
            Is::Planned { lot, step } => json!({
                "key": format!("p{}-{}-{step}{}{}", job.product, lot.n, job.warehouse.map(|w| format!("-{w}")).unwrap_or_default(),
                    job.order_line.map(|l| format!("-{l}")).unwrap_or_default()),
                "kind": "planned", "lot": lot.n, "step": step, "warehouse_id": job.warehouse, "order_line_id": job.order_line,
            }),
        };
        if let (Some(row), Json::Object(more)) = (row.as_object_mut(), more) {
            row.extend(more);
        }
        for n in orders {
            served.add(kept, n)?;
        }
        Ok(row)
    }
}

fn hours(minutes: &Rational) -> f64 {
    (minutes.to_f64() / 6.0).round() / 10.0
}

/// The customers' orders that some jobs are for, once each, by their lines.
#[derive(Debug, Default)]
pub(crate) struct Served(Map<String, Json>);

impl Served {
    fn add(&mut self, kept: &Kept, n: usize) -> Result<()> {
        let demand = &kept.records.demands[n];
        let key = demand.line.to_string();
        if self.0.contains_key(&key) {
            return Ok(());
        }
        let mut row = order(kept, n, demand)?;
        if let Some(row) = row.as_object_mut() {
            let product = &kept.records.products[kept.records.model.orders[n].item];
            row.insert("product".into(), product.name.as_str().into());
            row.insert("because".into(), crate::desk::because(kept, &kept.plan.late_because[n])?);
        }
        self.0.insert(key, row);
        Ok(())
    }

    pub fn into_json(self) -> Json {
        Json::Object(self.0)
    }
}

/// The customers' demands that a job is for.
pub(crate) fn customers(kept: &Kept, job: &Job) -> BTreeSet<usize> {
    let orders: Vec<u32> = match &job.is {
        Is::Planned { lot, .. } => kept.plan.pegging.of_lot(*lot).iter().map(|share| share.order).collect(),
        Is::Ordered(o) => match receipt_of(kept, o.order) {
            Some(n) => {
                kept.plan.pegging.of_receipt(&kept.records.model, n).map(|share| share.order).collect()
            }
            None => Vec::new(),
        },
    };
    behind(kept, &orders)
}

/// The receipt that a work order is.
pub(crate) fn receipt_of(kept: &Kept, work_order: i64) -> Option<u32> {
    let of = |s: &crate::model::Supply| s.document_entity == "WorkOrder" && s.document == work_order;
    kept.records.supplies.iter().position(of).and_then(|n| u32::try_from(n).ok())
}

/// An instant of the plan as clocks on the wall show it, in seconds since 1970: no time zone comes between.
pub(crate) fn wall(kept: &Kept, at: Seconds) -> Seconds {
    kept.records.model.start.days() * DAY + at
}

/// Whom jobs concern is told to those who may see orders to customers, suppliers and the own shop.
pub(crate) fn needs(reader: &Reader) -> Result<()> {
    reader.needs(&[
        ("Peg", &["quantity", "due"]),
        ("SalesOrder", &["number", "customer_id", "net"]),
        ("PurchaseOrder", &["number", "supplier_id"]),
        ("WorkOrder", &["number", "product_id"]),
        ("WorkCenter", &["name", "calendar_id"]),
        ("Maintenance", &["name"]),
    ])
}
