//! Small random models that have all kinds of trouble in them: shared components, fractions, lots, maintenance.
#![allow(dead_code, reason = "not every test makes all of them")]

pub mod factory;

use numbers::{Date, Rational};
use planning::lots::Rule;
use planning::model::{
    Calendar, Changeover, Component, DAY, Item, Kind, LotPolicy, LotRule, Method, Model, Operation, Order,
    Output, Receipt, Resource, Substitute, Taken,
};

/// Chance from a seed (splitmix64, S. Vigna).
pub struct Dice(pub u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 up to, and without, a bound.
    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).expect("it fits")
    }

    /// From the first to the last, both included.
    pub fn between(&mut self, first: i64, last: i64) -> i64 {
        first
            + i64::try_from(self.below(usize::try_from(last - first + 1).expect("a range"))).expect("it fits")
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}

/// Three levels of four items: sold, made in between, bought. In every other one some operations have families,
/// and in every other one something perishes.
pub fn model(dice: &mut Dice) -> Model {
    let mut model = without_families(dice);
    if dice.one_in(2) {
        families(dice, &mut model);
    }
    if dice.one_in(2) {
        perishing(dice, &mut model);
    }
    model
}

/// Gives items a shelf life, and lets part of what is on hand expire.
pub fn perishing(dice: &mut Dice, model: &mut Model) {
    for item in &mut model.items {
        if dice.one_in(3) {
            item.shelf_days = Some(u32::try_from(dice.between(1, 30)).expect("few"));
            item.safety_days = u32::try_from(dice.between(0, 3)).expect("few");
        }
        if dice.one_in(2) {
            for part in 1..=dice.between(1, 2) {
                let qty = Rational::new(1, 1 + part).expect("not zero");
                item.expiring.push((&item.keeps() * &qty, dice.between(-5, 60) * DAY));
            }
        }
    }
}

/// Gives operations families, and machines changeovers between them, of which some take longer than the set-ups.
pub fn families(dice: &mut Dice, model: &mut Model) {
    let family = |dice: &mut Dice| u32::try_from(dice.below(3)).expect("few");
    for operation in model.items.iter_mut().flat_map(|i| &mut i.methods).flat_map(|m| &mut m.operations) {
        operation.family = (!dice.one_in(4)).then(|| family(dice));
    }
    for resource in &mut model.resources[..3] {
        for (from, to) in (0..9).map(|n| (n / 3, n % 3)) {
            if dice.one_in(4) {
                resource.changeovers.push(Changeover { from, to, seconds: dice.between(0, 60) * 60 });
            }
        }
    }
    for taken in &mut model.taken {
        taken.family = dice.one_in(2).then(|| family(dice));
    }
}

/// The same where every set-up is in full.
pub fn without_families(dice: &mut Dice) -> Model {
    let week = |from, to, days| {
        let mut week: [Vec<(u32, u32)>; 7] = Default::default();
        week.iter_mut().take(days).for_each(|day| day.push((from, to)));
        week
    };
    let start = Date::new(2027, 1, 4).expect("a Monday");
    let mut split = week(360, 720, 5);
    split[0].push((780, 1020));
    let holiday = start.plus_days(dice.between(1, 20)).expect("a date");
    let calendars = vec![
        Calendar { id: "one shift".into(), week: week(360, 840, 5), exceptions: vec![(holiday, Vec::new())] },
        Calendar { id: "split".into(), week: split, exceptions: vec![(holiday, vec![(600, 660)])] },
        Calendar { id: "always".into(), week: week(0, 1440, 7), exceptions: Vec::new() },
    ];
    let resources: Vec<Resource> = (0..3)
        .map(|n| {
            let from = dice.between(0, 20) * DAY + 7 * 3600;
            Resource {
                id: format!("M{n}"),
                capacity: u32::try_from(dice.between(1, 2)).expect("few"),
                calendar: dice.below(3),
                down: if dice.one_in(2) {
                    vec![(from, from + dice.between(1, 50) * 3600)]
                } else {
                    Vec::new()
                },
                changeovers: Vec::new(),
            }
        })
        .collect();
    let mut resources = resources;
    for (id, calendar) in [("Ana", 0), ("Bor", 1), ("jig", 2)] {
        let from = dice.between(0, 20) * DAY;
        let down = if dice.one_in(2) { vec![(from, from + dice.between(1, 5) * DAY)] } else { Vec::new() };
        resources.push(Resource { id: id.into(), capacity: 1, calendar, down, changeovers: Vec::new() });
    }
    let items = (0..12).map(|n| item(dice, n)).collect();
    let receipts = (0..4)
        .map(|n| Receipt {
            id: format!("PO{n}"),
            item: 4 + dice.below(8),
            qty: Rational::from(dice.between(1, 60)),
            at: dice.between(0, 30) * DAY,
        })
        .collect();
    let orders = (0..dice.between(1, 12))
        .map(|n| Order {
            id: format!("SO{n}"),
            item: dice.below(4),
            qty: Rational::from(dice.between(1, 50)),
            due: dice.between(3, 60) * DAY,
            priority: u8::try_from(dice.between(1, 5)).expect("few"),
        })
        .collect();
    let taken = (0..dice.between(0, 3))
        .map(|_| {
            let from = dice.between(0, 20) * DAY + dice.between(0, 23) * 3600;
            Taken { resource: dice.below(6), from, to: from + dice.between(1, 30) * 3600, family: None }
        })
        .collect();
    Model { start, calendars, resources, items, receipts, taken, orders }
}

fn item(dice: &mut Dice, n: usize) -> Item {
    let bought = n >= 8;
    let component = |dice: &mut Dice| Component {
        item: if n < 4 { 4 + dice.below(8) } else { 8 + dice.below(4) },
        per: Rational::new(dice.between(1, 9), dice.between(1, 7)).expect("not zero"),
        substitutes: Vec::new(),
    };
    let component = |dice: &mut Dice| {
        let mut component = component(dice);
        if component.item >= 8 && dice.one_in(3) {
            let ratio = Rational::new(dice.between(1, 4), dice.between(1, 4)).expect("not zero");
            component.substitutes.push(Substitute { item: 8 + dice.below(4), ratio });
            component.substitutes.retain(|other| other.item != component.item);
        }
        component
    };
    let operation = |dice: &mut Dice, seq| Operation {
        seq,
        resources: if dice.one_in(3) { vec![0, 1] } else { vec![dice.below(3)] },
        // Whole minutes, so that the oracle can count them.
        setup: dice.between(0, 30) * 60,
        run: Rational::from(dice.between(0, 20) * 60),
        with: match dice.below(6) {
            0 => vec![vec![3, 4]],
            1 => vec![vec![4], vec![5]],
            _ => Vec::new(),
        },
        queue: if dice.one_in(4) { dice.between(1, 600) * 60 } else { 0 },
        transport: if dice.one_in(4) { dice.between(1, 600) * 60 } else { 0 },
        transfer: dice.one_in(4).then(|| Rational::from(dice.between(1, 9))),
        family: None,
    };
    let days = u32::try_from(dice.between(1, 14)).expect("few");
    let policy = match dice.below(6) {
        0 => LotPolicy::PeriodOrderQuantity { days: 7 },
        1 => LotPolicy::Cost { rule: Rule::SilverMeal, setup: 50.0, holding: 1.0, days: 7 },
        2 => LotPolicy::Cost { rule: Rule::WagnerWhitin, setup: 50.0, holding: 1.0, days: 1 },
        _ => LotPolicy::LotForLot,
    };
    Item {
        id: format!("I{n}"),
        on_hand: if dice.one_in(2) { Rational::from(dice.between(0, 40)) } else { Rational::ZERO },
        safety_stock: if dice.one_in(4) { Rational::from(dice.between(1, 10)) } else { Rational::ZERO },
        safety_days: 0,
        lot: LotRule {
            policy,
            minimum: Rational::from(dice.between(0, 12)),
            // Operations of whole minutes need whole quantities.
            multiple: Rational::from(if bought { dice.between(0, 5) } else { dice.between(1, 5) }),
            maximum: None,
        },
        methods: (0..if bought { 1 } else { 1 + dice.below(2) })
            .map(|way| {
                let last = way > 0;
                Method {
                    kind: if bought { Kind::Buy } else { Kind::Make },
                    until: (!last && dice.one_in(3)).then(|| dice.between(5, 40) * DAY),
                    at_most: (!last && dice.one_in(3)).then(|| Rational::from(dice.between(5, 30))),
                    components: if bought {
                        Vec::new()
                    } else {
                        (0..1 + dice.below(3)).map(|_| component(dice)).collect()
                    },
                    outputs: if bought || !dice.one_in(3) {
                        Vec::new()
                    } else {
                        let per = Rational::new(dice.between(1, 3), dice.between(1, 3)).expect("not zero");
                        vec![Output { item: 8 + dice.below(4), per }]
                    },
                    operations: if bought {
                        Vec::new()
                    } else {
                        (0..1 + dice.below(3)).map(|n| operation(dice, n as u32 * 10)).collect()
                    },
                    lead_days: if bought { days } else { 0 },
                    lead_calendar: dice.one_in(3).then_some(0),
                    ..Method::default()
                }
            })
            .collect(),
        fence: if dice.one_in(8) { dice.between(1, 10) * DAY } else { 0 },
        cost: 1.0,
        ..Item::default()
    }
}
