//! Factories of any size, tight or relaxed: six levels of items that share components, a few operations each, machines of
//! one or two shifts whose netted work is a share of what their calendars offer.

use super::Dice;
use numbers::{Date, Rational};
use planning::model::{
    Calendar, Component, DAY, Item, Kind, LotRule, Method, Model, Operation, Order, Receipt, Resource,
};

const LEVELS: usize = 6;

/// Of what a machine offers between the first month and the last due date, in per cent.
pub const TIGHT: (i64, i64) = (55, 88);
pub const RELAXED: (i64, i64) = (30, 55);

/// A factory with so many orders.
pub fn factory(dice: &mut Dice, orders: usize, load: (i64, i64)) -> Model {
    let days = if orders < 100 { 90 } else { 365 };
    let ends = (orders / 25).max(8);
    let widths = [ends, ends * 8 / 5, ends * 2, ends * 2, ends * 8 / 5, ends];
    // An order needs about 58 steps, and a machine does about four on each of five days of a week.
    let machines = (orders * 58 * 10 / (days * 7 * 4)).max(4);
    let shift = |to| {
        let mut week: [Vec<(u32, u32)>; 7] = Default::default();
        week.iter_mut().take(5).for_each(|day| day.push((360, to)));
        week
    };
    let resources: Vec<Resource> = (0..machines)
        .map(|n| Resource {
            id: format!("R{n}"),
            capacity: if dice.below(10) < 7 { 1 } else { 2 },
            calendar: dice.below(2),
            ..Resource::default()
        })
        .collect();
    let mut first = vec![0];
    widths.iter().for_each(|width| first.push(first[first.len() - 1] + width));
    let mut items: Vec<Item> = Vec::new();
    for (level, width) in widths.iter().enumerate() {
        for _ in 0..*width {
            let item = item(dice, level, &first, machines, format!("L{level}-{}", items.len()));
            items.push(item);
        }
    }
    let lead_in = 35;
    let orders = (0..orders)
        .map(|n| Order {
            id: format!("SO{n}"),
            item: dice.below(ends),
            qty: Rational::from(dice.between(1, 40)),
            due: dice.between(lead_in, days as i64 - 1) * DAY,
            priority: u8::try_from(dice.between(1, 5)).expect("few"),
        })
        .collect();
    let mut model = Model {
        start: Date::new(2027, 1, 4).expect("a Monday"),
        calendars: vec![
            Calendar { id: "one shift".into(), week: shift(840), exceptions: Vec::new() },
            Calendar { id: "two shifts".into(), week: shift(1320), exceptions: Vec::new() },
        ],
        resources,
        items,
        receipts: Vec::new(),
        taken: Vec::new(),
        orders,
    };
    stock(dice, &mut model);
    scale(dice, &mut model, (days as i64 - lead_in / 2) * 5 / 7, load);
    model
}

fn item(dice: &mut Dice, level: usize, first: &[usize], machines: usize, id: String) -> Item {
    let bought = level == LEVELS - 1;
    let pick = |dice: &mut Dice, of: &[i64]| Rational::from(of[dice.below(of.len())]);
    let mut method = Method {
        kind: if bought { Kind::Buy } else { Kind::Make },
        lead_days: if bought { u32::try_from(dice.between(3, 20)).expect("few") } else { 0 },
        ..Method::default()
    };
    if !bought {
        for _ in 0..[1, 2, 2, 2, 3][dice.below(5)] {
            let deep = if dice.below(100) < 15 && level + 2 < LEVELS { level + 2 } else { level + 1 };
            let item = first[deep] + dice.below(first[deep + 1] - first[deep]);
            let per = pick(dice, &[1, 1, 1, 2, 2, 3]);
            if method.components.iter().all(|c| c.item != item) {
                method.components.push(Component { item, per, ..Component::default() });
            }
        }
        for n in 0..[1u32, 1, 2, 3][dice.below(4)] {
            method.operations.push(Operation {
                seq: 10 * (n + 1),
                resources: vec![dice.below(machines)],
                setup: [5, 10, 15, 30][dice.below(4)] * 60,
                // Thousandths of half a minute to two.
                run: Rational::from(dice.between(500, 2_000)),
                ..Operation::default()
            });
        }
    }
    Item {
        id,
        lot: LotRule {
            minimum: if level == 0 { Rational::ONE } else { pick(dice, &[10, 20, 50]) },
            multiple: if level == 0 { Rational::ONE } else { pick(dice, &[1, 1, 5]) },
            ..LotRule::default()
        },
        methods: vec![method],
        cost: dice.between(1, 500) as f64,
        ..Item::default()
    }
}

/// Some of what all orders need lies there, and some of what is bought is on order.
fn stock(dice: &mut Dice, model: &mut Model) {
    let mut need = vec![0i64; model.items.len()];
    for order in &model.orders {
        need[order.item] += order.qty.ceil().expect("small");
    }
    for item in 0..model.items.len() {
        let method = &model.items[item].methods[0];
        for component in &method.components {
            need[component.item] += need[item] * component.per.ceil().expect("small");
        }
        let part = |dice: &mut Dice, low, high| need[item] * dice.between(low, high) / 100;
        if dice.below(10) < 4 {
            model.items[item].on_hand = Rational::from(part(dice, 0, 10));
        }
        if model.items[item].methods[0].kind == Kind::Buy && need[item] > 0 && dice.below(2) == 0 {
            model.receipts.push(Receipt {
                id: format!("PO{item}"),
                item,
                qty: Rational::from(part(dice, 2, 10).max(1)),
                at: dice.between(1, 60) * DAY,
            });
        }
    }
}

/// Run times such that what the orders need, netted one by one, loads each machine as it should be.
fn scale(dice: &mut Dice, model: &mut Model, days: i64, load: (i64, i64)) {
    let whole = |qty: &Rational| qty.ceil().expect("small");
    let mut left: Vec<i64> = model.items.iter().map(|item| whole(&item.on_hand)).collect();
    let (mut made, mut lots) = (vec![0i64; left.len()], vec![0i64; left.len()]);
    let mut orders: Vec<&Order> = model.orders.iter().collect();
    orders.sort_by_key(|order| order.due);
    for order in orders {
        let mut todo = vec![(order.item, whole(&order.qty))];
        while let Some((item, qty)) = todo.pop() {
            let used = left[item].min(qty);
            left[item] -= used;
            if qty > used {
                let rule = &model.items[item].lot;
                let lot = whole(
                    &Rational::from((qty - used).max(whole(&rule.minimum))).up_to_multiple(&rule.multiple),
                );
                left[item] += lot - (qty - used);
                made[item] += lot;
                lots[item] += 1;
                let components = &model.items[item].methods[0].components;
                todo.extend(components.iter().map(|c| (c.item, whole(&c.per) * lot)));
            }
        }
    }
    let (mut setups, mut runs) = (vec![0i64; model.resources.len()], vec![0i64; model.resources.len()]);
    for (n, item) in model.items.iter().enumerate() {
        for operation in &item.methods[0].operations {
            setups[operation.resources[0]] += operation.setup * lots[n];
            runs[operation.resources[0]] += whole(&operation.run) * made[n];
        }
    }
    // Seconds of a run for each thousandth of a minute, in thousandths.
    let scales: Vec<i64> = model
        .resources
        .iter()
        .enumerate()
        .map(|(n, machine)| {
            let shift = if machine.calendar == 0 { 8 } else { 16 };
            let open = days * shift * 3600 * i64::from(machine.capacity);
            let work = (dice.between(load.0, load.1) * open / 100 - setups[n]).max(60);
            (work * 1000 / runs[n].max(1)).max(1)
        })
        .collect();
    for operation in model.items.iter_mut().flat_map(|item| &mut item.methods[0].operations) {
        let scaled = whole(&operation.run) * scales[operation.resources[0]];
        operation.run = Rational::new(scaled.max(600), 1000).expect("not zero");
    }
}
