//! Figures worked by hand.

use super::{Given, Known, Line, Operation, Recipe, Recipes, Replacing};
use crate::bill::BillKind;
use numbers::{Date, Decimal6, Rational};

fn number(text: &str) -> Decimal6 {
    text.parse().unwrap_or_else(|e| panic!("{text}: {e}"))
}

fn exact(text: &str) -> Rational {
    text.parse().unwrap_or_else(|e| panic!("{text}: {e}"))
}

fn day(month: i8, day: i8) -> Date {
    Date::new(2026, month, day).unwrap_or_else(|e| panic!("{e}"))
}

/// A bill of a batch, with components (product, quantity, scrap).
fn bill(id: i64, product: i64, kind: BillKind, batch: &str, lines: &[(i64, &str, &str)]) -> Known {
    Known {
        id,
        product,
        revision: 1,
        version: 1,
        kind,
        batch: number(batch),
        dates: (None, None),
        lots: (None, None),
        archived: false,
        order_line: None,
        is_released: false,
        lines: lines
            .iter()
            .map(|(product, quantity, scrap)| Line {
                id: 0,
                product: *product,
                quantity: number(quantity),
                by_potency: false,
                scrap_percent: number(scrap),
                operation: None,
                dates: (None, None),
                serials: (None, None),
            })
            .collect(),
        operations: Vec::new(),
        outputs: Vec::new(),
        substitutes: Vec::new(),
    }
}

fn operation(position: i64, setup: &str, run: &str, yields: &str) -> Operation {
    Operation {
        id: 0,
        position,
        name: format!("{position}"),
        work_center: 1,
        setup_minutes: number(setup),
        run_minutes: number(run),
        queue_minutes: Decimal6::ZERO,
        move_minutes: Decimal6::ZERO,
        transfer_quantity: None,
        yield_percent: number(yields),
        skill: None,
        tool: None,
        setup_family: None,
        inspect: false,
        outside: None,
    }
}

/// As they are read: the highest revision first.
fn recipes(bills: Vec<Known>) -> Recipes {
    let mut all = Recipes::default();
    for bill in bills {
        all.of_product.entry(bill.product).or_default().push(bill.id);
        all.bills.insert(bill.id, bill);
    }
    all
}

fn made(all: &Recipes, product: i64, on: Date, quantity: &str) -> Recipe {
    let found = all.recipe(product, on, &exact(quantity)).unwrap_or_else(|e| panic!("{e}"));
    found.unwrap_or_else(|| panic!("no recipe for {product}"))
}

fn needs(recipe: &Recipe) -> Vec<(i64, String)> {
    recipe.components.iter().map(|n| (n.product, n.quantity.to_string())).collect()
}

#[test]
fn phantoms_are_blown_through_and_their_steps_come_first() {
    // A table takes 2 kits and a top; 10 kits take 85 screws, of which 15 % are lost: 10 for each kit. Packing a kit
    // takes half a minute and 4 of set-up.
    let mut kit = bill(2, 20, BillKind::Phantom, "10", &[(30, "85", "15")]);
    kit.operations.push(operation(10, "4", "0.5", "100"));
    let mut table = bill(1, 10, BillKind::Make, "1", &[(20, "2", "0"), (40, "1", "0")]);
    table.operations.push(operation(10, "6", "12", "100"));
    let recipe = made(&recipes(vec![table, kit]), 10, day(3, 2), "3");
    assert_eq!(needs(&recipe), [(30, "60".to_owned()), (40, "3".to_owned())]);
    let steps: Vec<_> =
        recipe.steps.iter().map(|s| (s.pieces.to_string(), s.minutes().to_string())).collect();
    // Six kits at half a minute, counted as three tables.
    assert_eq!(steps, [("3".into(), "7".into()), ("3".into(), "42".into())], "{steps:?}");
    assert_eq!(recipe.components.iter().map(|n| n.step).collect::<Vec<_>>(), [Some(0), Some(1)]);
}

#[test]
fn what_operations_lose_is_begun_and_its_components_taken() {
    // 90 % and then 80 % are good: 100 are begun for 72, and 90 come to the second operation.
    let mut cup = bill(1, 10, BillKind::Make, "1", &[(20, "1", "0"), (30, "2", "0")]);
    cup.operations = vec![operation(10, "0", "1", "90"), operation(20, "0", "1", "80")];
    if let Some(handle) = cup.lines.get_mut(1) {
        handle.operation = Some(20);
    }
    let recipe = made(&recipes(vec![cup]), 10, day(3, 2), "72");
    assert_eq!(recipe.begun, exact("100"));
    assert_eq!(needs(&recipe), [(20, "100".to_owned()), (30, "180".to_owned())]);
    assert_eq!(recipe.steps.iter().map(|s| s.pieces.to_string()).collect::<Vec<_>>(), ["100", "90"]);
}

#[test]
fn a_component_counts_within_its_dates_and_a_bill_for_its_lots() {
    let mut small = bill(1, 10, BillKind::Make, "1", &[(20, "1", "0"), (30, "1", "0")]);
    small.lots = (None, Some(exact("99")));
    let change = |line: Option<&mut Line>, from, to| {
        if let Some(line) = line {
            line.dates = (from, to);
        }
    };
    change(small.lines.get_mut(0), None, Some(day(3, 31)));
    change(small.lines.get_mut(1), Some(day(4, 1)), None);
    let mut large = bill(2, 10, BillKind::Make, "100", &[(40, "97", "0")]);
    large.lots = (Some(exact("100")), None);
    let all = recipes(vec![large, small]);
    assert_eq!(needs(&made(&all, 10, day(3, 31), "99")), [(20, "99".to_owned())]);
    assert_eq!(needs(&made(&all, 10, day(4, 1), "99")), [(30, "99".to_owned())]);
    assert_eq!(needs(&made(&all, 10, day(4, 1), "100")), [(40, "97".to_owned())]);
    assert_eq!(all.bill(10, day(4, 1), &exact("99.5")), None, "between two lots there is no recipe");
    let near = |quantity: &str| {
        let found = all.recipe_near(10, day(4, 1), &exact(quantity)).unwrap_or_else(|e| panic!("{e}"));
        found.map(|recipe| (recipe.bill, needs(&recipe)))
    };
    assert_eq!(near("99.75"), Some((2, vec![(40, "96.7575".to_owned())])), "100 is nearer than 99");
    assert_eq!(near("99.25"), Some((1, vec![(30, "99.25".to_owned())])));
}

#[test]
fn outputs_substitutes_and_parts() {
    let mut cheese = bill(1, 10, BillKind::Make, "10", &[(20, "100", "0")]);
    cheese.outputs.push(Given { product: 30, quantity: number("85"), cost_share_percent: number("5") });
    cheese.substitutes.push(Replacing { component: 20, product: 21, ratio: number("0.125") });
    let apart = bill(2, 10, BillKind::Disassembly, "1", &[(20, "4", "25")]);
    let all = recipes(vec![apart, cheese]);
    let recipe = made(&all, 10, day(3, 2), "4");
    assert_eq!(recipe.bill, 1, "nothing is made by taking it apart");
    let outputs: Vec<_> = recipe.outputs.iter().map(|o| (o.product, o.quantity.to_string())).collect();
    assert_eq!(outputs, [(30, "34".to_owned())]);
    let substitute = recipe.components.first().and_then(|n| n.substitutes.first());
    assert_eq!(substitute.map(|s| (s.product, s.ratio.clone())), Some((21, exact("0.125"))));
    // Three come apart: 12 parts, a quarter of which breaks.
    let parts = all.by_bill(2, day(3, 2), &exact("3")).unwrap_or_else(|e| panic!("{e}"));
    let parts = parts.unwrap_or_else(|| panic!("the bill is there"));
    assert_eq!(needs(&parts), [(10, "3".to_owned())]);
    assert_eq!(parts.outputs.iter().map(|o| o.quantity.to_string()).collect::<Vec<_>>(), ["9"]);
}

#[test]
fn twelve_levels_of_phantoms_stay_exact() {
    // A third at each level: 3^12 of the last for 531,441, whatever was in between.
    let mut bills: Vec<Known> = (0..12)
        .map(|n| {
            bill(
                n + 1,
                n + 1,
                if n == 0 { BillKind::Make } else { BillKind::Phantom },
                "3",
                &[(n + 2, "1", "0")],
            )
        })
        .collect();
    bills.push(bill(50, 50, BillKind::Make, "1000", &[(51, "8.5525", "0")]));
    let all = recipes(bills);
    assert_eq!(needs(&made(&all, 1, day(3, 2), "531441")), [(13, "1".to_owned())]);
    assert_eq!(needs(&made(&all, 1, day(3, 2), "1")), [(13, "1/531441".to_owned())]);
    assert_eq!(needs(&made(&all, 50, day(3, 2), "1000000")), [(51, "8552.5".to_owned())]);
}
