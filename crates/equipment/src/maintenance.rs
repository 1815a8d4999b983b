//! Upkeep of a work center: how often it is due, by the calendar and by the hours that it runs, and what it takes.

mod done;
mod due;

pub use done::MaintenanceRecord;
pub(crate) use due::list;
pub use due::{By, Due, due};

use crate::WorkCenter;
use access::Company;
use catalog::{Product, ProductKind};
use kernel::{Context, Entity, Ref, Refusal, Result, refuse};
use numbers::{Date, Decimal6};

/// What is done at a work center again and again: after so many days or so many hours of running, whichever comes first.
#[derive(Clone, Debug, Entity)]
#[entity(
    search = "name",
    list = "name,work_center_id,every_days,due_on,every_hours,hours_since,last_done_on",
    title = "name",
    index = "work_center_id"
)]
pub struct Maintenance {
    pub id: i64,
    pub company: Ref<Company>,
    pub name: String,
    pub work_center: Ref<WorkCenter>,
    pub every_days: Option<i64>,
    /// Of running, as job cards say.
    pub every_hours: Option<Decimal6>,
    /// How long the work center stands for it.
    pub minutes: Decimal6,
    /// Where it counts from; the day on which it is entered where empty.
    pub last_done_on: Option<Date>,
    pub archived: bool,
    #[lines]
    pub parts: Vec<MaintenancePart>,
}

/// A spare part that it takes each time.
#[derive(Clone, Debug, Entity)]
#[entity(line_of = "Maintenance", title = "product_id", list = "product_id,quantity")]
pub struct MaintenancePart {
    pub id: i64,
    pub product: Ref<Product>,
    #[field(quantity)]
    pub quantity: Decimal6,
}

impl Maintenance {
    pub(crate) fn prepare(&mut self, _: Option<&Self>, cx: &mut Context) -> Result<()> {
        self.last_done_on = self.last_done_on.or_else(|| Some(cx.today()));
        let mut faults = Vec::new();
        if self.name.trim().is_empty() {
            faults.push(refuse("kernel.required").field("name"));
        }
        if self.every_days.is_none() && self.every_hours.is_none() {
            faults.push(refuse("equipment.no_interval").field("every_days"));
        }
        if self.every_days.is_some_and(|days| days < 1) {
            faults.push(refuse("equipment.interval").field("every_days"));
        }
        if self.every_hours.is_some_and(|hours| hours.0 <= 0) {
            faults.push(refuse("equipment.interval").field("every_hours"));
        }
        if self.minutes.0 <= 0 {
            faults.push(refuse("equipment.duration").field("minutes"));
        }
        if self.last_done_on.is_some_and(|day| day > cx.today()) {
            faults.push(refuse("equipment.done_in_future").field("last_done_on"));
        }
        for (i, part) in self.parts.iter().enumerate() {
            if part.quantity.0 <= 0 {
                faults.push(refuse("equipment.part_quantity").field(format!("parts/{i}/quantity")));
            }
            if cx.read(part.product)?.kind != ProductKind::Goods {
                faults.push(refuse("equipment.not_goods").field(format!("parts/{i}/product_id")));
            }
        }
        Refusal::all(faults)
    }
}
