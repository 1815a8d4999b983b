//! The plan that is kept at hand: made when it is asked for, and again when something has changed since.

use crate::demand::Wants;
use crate::machines::Machines;
use crate::model::Records;
use crate::rough_cut::MasterSchedule;
use jiff::{Timestamp, tz::TimeZone};
use kernel::{Error, Reader, Result, refuse};
use numbers::{Date, Rational};
use planning::model::{DAY, Fault, Kind, Model, Seconds};
use planning::net::{Lot, LotRef};
use planning::plan::{Options, Plan, planned};
use planning::promise::Resident;
use planning::schedule::Schedule;
use planning::shop::{Layout, Shop};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use store::Tx;

/// Passes over the plan that a person waits for.
const PASSES: usize = 16;

/// A company's records with their plan.
pub(crate) struct Kept {
    seen: Seen,
    pub records: Records,
    pub plan: Arc<Plan>,
    /// What is computed from the model alone.
    layout: Arc<Layout>,
    /// Made when somebody first asks for a promise: what is only looked at, or tried, needs none.
    resident: Arc<OnceLock<Mutex<Resident>>>,
    /// What is on the machines, read when somebody first asks.
    machines: OnceLock<Machines>,
    /// Made when somebody first asks what a change pushes: everything set forth as it is, to compare with.
    pub set_forth: Arc<OnceLock<Schedule>>,
    /// Made when somebody first asks whether it fits at all.
    master_schedule: Arc<OnceLock<MasterSchedule>>,
}

/// What a plan was made from: the day and its hour, and how much of the audit trail. Changes are counted from so long before the last
/// one that a writer who began earlier and ended later is counted as well.
#[derive(Clone, Copy, Debug)]
struct Seen {
    today: Date,
    over: Seconds,
    since: i64,
    changes: i64,
}

/// The plan of each company. Whoever asks while it is made waits for it: it is made once.
#[derive(Default)]
struct Plans(Mutex<HashMap<i64, Arc<Own>>>);

/// A company's plan, when there is one.
type Own = Mutex<Option<Arc<Kept>>>;

/// 31 December 9999, in days since 1970: calendars end there.
const LAST_DAY: i64 = 2_932_896;

/// Longer than any command runs.
const LONGEST_MICROS: i64 = 600_000_000;

/// What plans are not made from is left out: how work goes on, what was said, the books and the bank; and an order that is
/// only drafted, so that the plan that the desk has asked is still the plan when it is confirmed. All else makes a new one.
const COUNTS: &str = "command <> 'SalesOrder.create' AND entity NOT IN ('Account', 'Activity', 'Allocation', 'Attachment',
    'BankLine', 'BankStatement', 'Case', 'Diagram', 'Entry', 'Invoice', 'Note', 'Payment', 'Session', 'SupplierInvoice', 'Task',
    'TaxRecord', 'User', 'ValueEntry')";

fn changes(since: i64, tx: &mut Tx) -> Result<i64> {
    let sql = format!("SELECT COUNT(*) FROM audit WHERE at > ? AND {COUNTS}");
    Ok(tx.first(&sql, &[since.into()])?.map_or(0, |r| r.int(0)))
}

/// How much of the day is over, in whole hours: a plan is made anew when one ends.
pub(crate) fn over(now: Timestamp) -> Seconds {
    i64::from(now.to_zoned_datetime(TimeZone::system()).hour()) * 3600
}

impl Seen {
    fn now(reader: &mut Reader) -> Result<Self> {
        let row = reader.tx.first("SELECT MAX(at) FROM audit", &[])?;
        let since = row.and_then(|r| r.get(0).as_int()).unwrap_or(0) - LONGEST_MICROS;
        Ok(Self { today: reader.today(), over: over(reader.now), since, changes: changes(since, reader.tx)? })
    }

    /// Whether it has all that the reader sees; it may have more.
    fn has_all(self, reader: &mut Reader) -> Result<bool> {
        let same = self.today == reader.today() && self.over == over(reader.now);
        Ok(same && changes(self.since, reader.tx)? <= self.changes)
    }
}

/// How a person's plans are made: the one that is, and what would be.
pub(crate) fn options() -> Options {
    Options { passes: PASSES, ..Options::default() }
}

/// The plan of the actor's company, as of now. Within a command it is made and not kept: what the command has done may
/// be taken back.
///
/// # Errors
/// `supply.loop`, `supply.never_works`, `supply.model`.
pub(crate) fn kept(reader: &mut Reader) -> Result<Arc<Kept>> {
    let kept = any(reader)?;
    // It names warehouses and what goes between them, where there is more than one.
    if kept.records.warehouses.several() {
        reader.needs(&[("Warehouse", &["name"]), ("TransferOrder", &["number"])])?;
    }
    Ok(kept)
}

fn any(reader: &mut Reader) -> Result<Arc<Kept>> {
    let company = reader.actor.company;
    let plans = reader.registry.memory.get::<Plans>().unwrap_or_else(|| {
        reader.registry.memory.keep(Arc::new(Plans::default()));
        reader.registry.memory.get().unwrap_or_default()
    });
    let own = Arc::clone(plans.0.lock().unwrap_or_else(PoisonError::into_inner).entry(company).or_default());
    let mut own = own.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(kept) = own.as_ref()
        && kept.seen.has_all(reader)?
    {
        return Ok(Arc::clone(kept));
    }
    let before = own.clone();
    if reader.tx.sees_own_changes() {
        drop(own);
        return Kept::made(before.as_deref(), reader).map(Arc::new);
    }
    let kept = Arc::new(Kept::made(before.as_deref(), reader)?);
    *own = Some(Arc::clone(&kept));
    Ok(kept)
}

fn refused(fault: Fault) -> Error {
    match fault {
        Fault::Loop(items) => {
            refuse("supply.loop").field("components").arg("items", items.join(" → ")).into()
        }
        Fault::NeverWorks(what) => refuse("supply.never_works").field("calendar_id").arg("what", what).into(),
        other => refuse("supply.model").arg("what", other).into(),
    }
}

impl Kept {
    /// As of now. Where what has changed is nothing that is planned, the plan is still that of before.
    fn made(before: Option<&Self>, reader: &mut Reader) -> Result<Self> {
        let seen = Seen::now(reader)?;
        let records = Records::read(reader.actor.company, seen.today, seen.over, reader.tx)?;
        let wants = |records: &Records| records.demands.iter().map(|d| d.wants).collect::<Vec<_>>();
        let same = |b: &&Self| b.records.model == records.model && wants(&b.records) == wants(&records);
        let Some(before) = before.filter(same) else { return Self::of(seen, records) };
        Ok(Self {
            seen,
            plan: Arc::clone(&before.plan),
            layout: Arc::clone(&before.layout),
            resident: Arc::clone(&before.resident),
            machines: OnceLock::new(),
            set_forth: Arc::clone(&before.set_forth),
            master_schedule: Arc::clone(&before.master_schedule),
            records,
        })
    }

    fn of(seen: Seen, records: Records) -> Result<Self> {
        let shop = Shop::new(&records.model).map_err(refused)?;
        let (plan, layout) = (Arc::new(planned(&shop, &options())), shop.layout);
        let (resident, machines, set_forth) = (Arc::default(), OnceLock::new(), Arc::default());
        let master_schedule = Arc::default();
        Ok(Self { seen, records, plan, layout, resident, machines, set_forth, master_schedule })
    }

    /// What is on the machines. What changes it makes another plan, so it is read once.
    pub fn machines(&self, reader: &mut Reader) -> Result<&Machines> {
        match self.machines.get() {
            Some(machines) => Ok(machines),
            None => {
                let read = Machines::read(&self.records, reader)?;
                Ok(self.machines.get_or_init(|| read))
            }
        }
    }

    /// What is made of end items, and what that takes.
    pub fn master_schedule(&self) -> Result<&MasterSchedule> {
        match self.master_schedule.get() {
            Some(schedule) => Ok(schedule),
            None => {
                let made = MasterSchedule::of(self)?;
                Ok(self.master_schedule.get_or_init(|| made))
            }
        }
    }

    /// The model made ready.
    pub fn shop(&self) -> Shop<'_> {
        self.shop_of(&self.records.model)
    }

    /// The same for a model that differs in its times and quantities only.
    pub fn shop_of<'m>(&self, model: &'m Model) -> Shop<'m> {
        Shop { model, layout: Arc::clone(&self.layout) }
    }

    /// The same records planned with something changed in the model; the places of its parts stay the same.
    pub fn instead(&self, model: Model) -> Result<Self> {
        let mut records = self.records.clone();
        records.model = model;
        Self::of(self.seen, records)
    }

    /// The plan as promises are made from it.
    pub fn resident(&self) -> MutexGuard<'_, Resident> {
        let resident = self.resident.get_or_init(|| Mutex::new(self.promised_from()));
        resident.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What promises are made from: the plan of what somebody wants. What is made for a forecast is made for nobody, and
    /// makes no promise later; what of it is ordered already is there to be promised.
    fn promised_from(&self) -> Resident {
        let expected = |n: usize| self.records.demands[n].wants == Wants::Forecast;
        let mut model = self.records.model.clone();
        let layout = Arc::clone(&self.layout);
        if !(0..model.orders.len()).any(expected) {
            return Resident::laid_out(model, layout, &self.plan);
        }
        let orders = std::mem::take(&mut model.orders).into_iter().enumerate();
        model.orders = orders.filter(|(n, _)| !expected(*n)).map(|(_, order)| order).collect();
        let made = planned(&self.shop_of(&model), &options());
        Resident::laid_out(model, layout, &made)
    }

    /// Whether an item is bought.
    pub fn buys(&self, item: usize) -> bool {
        self.records.model.items[item].methods.first().is_some_and(|m| m.kind == Kind::Buy)
    }

    /// The warehouse from which an item is fetched: its id and name.
    pub fn fetched_from(&self, item: usize) -> Option<(i64, &str)> {
        let way = self.records.model.items[item].methods.first().filter(|m| m.kind == Kind::Transfer)?;
        let from = &self.records.products[way.components.first()?.item];
        Some((from.warehouse, from.place.as_deref().unwrap_or_default()))
    }

    /// How much of an item a lot of another brings beside it.
    pub fn beside(&self, item: usize, of: LotRef) -> Rational {
        let lot = &self.plan.records[of.item as usize].lots[of.n as usize];
        let method = self.records.model.items[of.item as usize].methods.get(lot.method as usize);
        let outputs = method.into_iter().flat_map(|method| &method.outputs);
        outputs.filter(|output| output.item == item).map(|output| &output.per * &lot.qty).sum()
    }

    /// How much of the plan's first day was over when it was made.
    pub fn over(&self) -> Seconds {
        self.seen.over
    }

    /// The day on which an instant of the plan lies; what takes until after the year 9999 is never done, and ends then.
    pub fn day(&self, at: Seconds) -> Result<Date> {
        let start = self.records.model.start.days();
        Ok(Date::from_days((start + at.div_euclid(DAY)).min(LAST_DAY))?)
    }

    /// The day on which something that is there at an instant can leave: goods are there when their day begins.
    pub fn comes_on(&self, at: Seconds) -> Result<Date> {
        self.day(at + DAY - 1)
    }

    /// The first and the last day of a lot; what takes no time begins and ends on one.
    pub fn days_of(&self, item: usize, lot: &Lot) -> Result<(Date, Date)> {
        let start = self.day(lot.start)?;
        Ok((start, self.ends_on(item, lot.end)?.max(start)))
    }

    /// The day on which a supply ends that ends at an instant: what is made, in the course of a day; what is bought,
    /// before the day begins on which it is needed.
    pub fn ends_on(&self, item: usize, at: Seconds) -> Result<Date> {
        let made = self.records.model.items[item].methods.first().is_some_and(|m| m.kind == Kind::Make);
        self.day(if made { (at - 1).max(0) } else { at })
    }
}
