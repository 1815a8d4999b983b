//! What is planned: calendars, resources, items with the ways to get them, what is coming and what is wanted.
//!
//! A model refers to its parts by their place in its lists, so that nothing is looked up by name while planning.
//! Times are seconds after the midnight on which the model starts.

use numbers::{Date, Rational};

/// Seconds after the model's first midnight; before it they are negative.
pub type Seconds = i64;

/// Seconds in a day without clock changes: plans keep local time.
pub const DAY: Seconds = 86_400;

/// All that a plan is made from.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// The first day; nothing new can start before its midnight.
    pub start: Date,
    /// Calendars, as [`Resource::calendar`] and [`Method::lead_calendar`] name them.
    pub calendars: Vec<Calendar>,
    /// Machines, lines, teams.
    pub resources: Vec<Resource>,
    /// Everything that is stocked, bought, made or moved; the same product in another warehouse is another item.
    pub items: Vec<Item>,
    /// What is on order and confirmed: it keeps its date unless a person moves it.
    pub receipts: Vec<Receipt>,
    /// What confirmed work orders hold of the resources: they, too, keep their times.
    pub taken: Vec<Taken>,
    /// What is wanted, by whom.
    pub orders: Vec<Order>,
}

/// When work is done.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Calendar {
    /// Its name.
    pub id: String,
    /// Shifts of each weekday, Monday first: from and to, in minutes of the day.
    pub week: [Vec<(u32, u32)>; 7],
    /// Days that differ from their weekday: none at all (a holiday) or other shifts.
    pub exceptions: Vec<(Date, Vec<(u32, u32)>)>,
}

impl Calendar {
    /// The shifts of a day.
    pub fn shifts(&self, date: Date) -> &[(u32, u32)] {
        let exception = self.exceptions.iter().find(|(day, _)| *day == date);
        exception.map_or_else(|| self.of_weekday(date), |(_, shifts)| shifts)
    }

    fn of_weekday(&self, date: Date) -> &[(u32, u32)] {
        // 1970-01-01 was a Thursday, the fourth day of a week that starts on Monday.
        &self.week[usize::try_from((date.days() + 3).rem_euclid(7)).unwrap_or(0)]
    }

    /// Makes a day longer by so many minutes, as long as it has so many. Where so much of it is `over`, its shifts are
    /// what is left of them, and nothing opens before.
    pub(crate) fn work_longer(&mut self, date: Date, minutes: u32, over: u32) {
        const LAST: u32 = 24 * 60;
        let mut shifts = self.shifts(date).to_vec();
        shifts.sort_unstable();
        // Shifts that are over still say when the day would have closed.
        let known =
            if shifts.is_empty() && over > 0 { self.of_weekday(date).to_vec() } else { shifts.clone() };
        let opens = known.iter().map(|shift| shift.0).min();
        if let (Some(opens), Some(closes)) = (opens, known.iter().map(|shift| shift.1).max()) {
            let behind = minutes.min(LAST - closes.min(LAST));
            shifts.push((closes, closes + behind));
            shifts.insert(0, (opens - (minutes - behind).min(opens), opens));
        } else {
            let opens = self.week.iter().flatten().map(|shift| shift.0).min().unwrap_or(0);
            let opens = opens.min(LAST - minutes.min(LAST));
            shifts.push((opens, opens + minutes.min(LAST)));
        }
        shifts.iter_mut().for_each(|(from, _)| *from = (*from).max(over));
        shifts.retain(|(from, to)| from < to);
        self.exceptions.retain(|(day, _)| *day != date);
        self.exceptions.push((date, shifts));
    }
}

/// What does the work, one operation at a time on each of its units.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Resource {
    /// Its name.
    pub id: String,
    /// Operations at a time.
    pub capacity: u32,
    /// Which of the model's calendars.
    pub calendar: usize,
    /// Maintenance and breakdown: from and to, when it does no work at all.
    pub down: Vec<(Seconds, Seconds)>,
    /// What it takes to set it up from one family to another, where that is not what the operation itself says.
    pub changeovers: Vec<Changeover>,
}

/// From one family of operations to another on the same unit: working seconds in place of an operation's own set-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Changeover {
    /// The family that ran before.
    pub from: u32,
    /// The family that comes.
    pub to: u32,
    /// How long it takes.
    pub seconds: Seconds,
}

/// Something that is stocked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Item {
    /// Its name.
    pub id: String,
    /// Usable now.
    pub on_hand: Rational,
    /// So much of it is usable for needs before then only; the rest keeps for ever.
    pub expiring: Vec<(Rational, Seconds)>,
    /// Days after it is there in which what is made, bought or on order is usable; for ever where empty.
    pub shelf_days: Option<u32>,
    /// What should stay: the least urgent demand of all, which never makes an order late.
    pub safety_stock: Rational,
    /// Safety time: days that a lot is there before it is needed.
    pub safety_days: u32,
    /// Nothing new is there before this, where capacity counts: the planning time fence, within which a person plans.
    pub fence: Seconds,
    /// How much is made or bought at once.
    pub lot: LotRule,
    /// How it is got, the preferred way first: a lot takes the first that fits its day and its size. Without any,
    /// only stock and receipts serve it.
    pub methods: Vec<Method>,
    /// Value of one, for what stock costs.
    pub cost: f64,
}

impl Item {
    /// Whether anything of it does not keep for ever.
    pub fn perishes(&self) -> bool {
        self.shelf_days.is_some() || !self.expiring.is_empty()
    }

    /// Until when something is usable that is there at an instant.
    pub fn usable_until(&self, there: Seconds) -> Seconds {
        self.shelf_days.map_or(Seconds::MAX, |days| there + i64::from(days) * DAY)
    }

    /// So much of what is on hand keeps for ever.
    pub fn keeps(&self) -> Rational {
        self.expiring.iter().fold(self.on_hand.clone(), |left, (qty, _)| &left - qty)
    }

    /// So much of what is on hand is usable then.
    pub fn usable_at(&self, at: Seconds) -> Rational {
        let still = self.expiring.iter().filter(|(_, until)| at < *until);
        still.fold(self.keeps(), |sum, (qty, _)| &sum + qty)
    }
}

/// How much is made or bought at once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LotRule {
    /// How needs are put together.
    pub policy: LotPolicy,
    /// Never less than this.
    pub minimum: Rational,
    /// Always a multiple of this; zero allows any quantity.
    pub multiple: Rational,
    /// Never more than this at once; more is split.
    pub maximum: Option<Rational>,
}

/// The lot-sizing rules of the field. Costs are in the model's money; a period is so many days.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum LotPolicy {
    /// Each need by itself.
    #[default]
    LotForLot,
    /// Always this much, as often as it takes.
    Fixed(Rational),
    /// All needs of so many days together.
    PeriodOrderQuantity {
        /// Length of the period.
        days: u32,
    },
    /// A rule that weighs set-ups against stock, over periods of so many days.
    Cost {
        /// Which rule.
        rule: crate::lots::Rule,
        /// Cost of one more lot.
        setup: f64,
        /// Cost of one unit for one period in stock.
        holding: f64,
        /// Length of a period.
        days: u32,
    },
}

/// What kind of supply a method makes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Kind {
    /// By a work order.
    #[default]
    Make,
    /// From a supplier.
    Buy,
    /// From another warehouse: its only component is the item there.
    Transfer,
}

/// One way to get an item.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Method {
    /// What it makes.
    pub kind: Kind,
    /// For lots that are there from then on; always where empty.
    pub from: Option<Seconds>,
    /// For lots that are there before then; for ever where empty.
    pub until: Option<Seconds>,
    /// For lots of at least so much.
    pub at_least: Option<Rational>,
    /// For lots of at most so much.
    pub at_most: Option<Rational>,
    /// What is taken when the first operation starts (or a transfer leaves).
    pub components: Vec<Component>,
    /// What comes out beside the item itself when the last operation ends: co-products and by-products.
    pub outputs: Vec<Output>,
    /// What is done, one after another.
    pub operations: Vec<Operation>,
    /// Days between start and end beside the operations: a supplier's lead time, a journey.
    pub lead_days: u32,
    /// Whose working days these are; calendar days without one.
    pub lead_calendar: Option<usize>,
}

/// What one unit of the result takes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Component {
    /// Which item.
    pub item: usize,
    /// How much of it for one.
    pub per: Rational,
    /// What may be taken instead where the item itself is not there, the preferred one first.
    pub substitutes: Vec<Substitute>,
}

/// Another item in a component's place: what is there of it is used up, none is bought or made for that.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Substitute {
    /// Which item.
    pub item: usize,
    /// How much of it does for one of the component.
    pub ratio: Rational,
}

/// What one unit of the result brings beside itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Output {
    /// Which item.
    pub item: usize,
    /// How much of it with one.
    pub per: Rational,
}

/// A step of work that holds one unit of a resource from start to end and pauses while its calendar is closed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Operation {
    /// Its number in the routing.
    pub seq: u32,
    /// The resources that can do it, the preferred one first.
    pub resources: Vec<usize>,
    /// What it holds beside that from start to end, one of each list: somebody who can do it, a tool. It goes on
    /// only while all of them work.
    pub with: Vec<Vec<usize>>,
    /// Time on the clock that a lot waits before it: the queue that one reckons with.
    pub queue: Seconds,
    /// Time on the clock from its end until the next can begin: the way there.
    pub transport: Seconds,
    /// The next operation may begin when so many units are through; when all are, where empty.
    pub transfer: Option<Rational>,
    /// Working seconds before the first unit.
    pub setup: Seconds,
    /// What runs alike: a unit that goes on with the same family needs no set-up. Without one, or without anything to
    /// run, its set-up is always in full, and so is that of what comes after it.
    pub family: Option<u32>,
    /// Working seconds for each unit.
    pub run: Rational,
}

/// A confirmed purchase order, transfer or work order.
#[derive(Clone, Debug, PartialEq)]
pub struct Receipt {
    /// Its number.
    pub id: String,
    /// What comes.
    pub item: usize,
    /// How much of it is still to come.
    pub qty: Rational,
    /// When it is there.
    pub at: Seconds,
}

/// A unit of a resource that is held already.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Taken {
    /// Which resource.
    pub resource: usize,
    /// From when.
    pub from: Seconds,
    /// Until when.
    pub to: Seconds,
    /// What it leaves the unit set up for.
    pub family: Option<u32>,
}

/// A customer's order line, planned in full and delivered at once.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// Its number.
    pub id: String,
    /// What is wanted.
    pub item: usize,
    /// How much.
    pub qty: Rational,
    /// When it must be there.
    pub due: Seconds,
    /// 1 is first, 5 is last.
    pub priority: u8,
}

/// Why a model cannot be planned.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The text is not the format it should be.
    #[error("not a planning model: {0}")]
    Format(String),
    /// Something names what is not there.
    #[error("{at} names {name}, which is not in the model")]
    Unknown {
        /// Where it is named.
        at: String,
        /// What is named.
        name: String,
    },
    /// An item is made of itself.
    #[error("an item is made of itself: {}", .0.join(" → "))]
    Loop(Vec<String>),
    /// Nothing can be made there: a calendar without a shift, a resource without capacity.
    #[error("{0} never works")]
    NeverWorks(String),
    /// A quantity or time that makes no sense, or is too large.
    #[error("{at}: {what}")]
    Figure {
        /// Whose figure.
        at: String,
        /// What is wrong with it.
        what: String,
    },
}
