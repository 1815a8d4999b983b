//! Fifty people with roles by chance, and every way of reading: what each sees is what the rule says, counted by an
//! oracle that knows all rows and the roles as they were written. `CELOTA_SEED=7` repeats a run, `CELOTA_SEEDS=20`
//! makes twenty of them.

#[path = "rights/firm.rs"]
mod firm;
#[path = "rights/rule.rs"]
mod rule;
#[path = "rights/ways.rs"]
mod ways;

use checks::Dice;
use checks::served::{Home, Served};
use rule::Person;
use std::collections::BTreeSet;

const PEOPLE: usize = 50;

fn seeds() -> Vec<u64> {
    let named = |name: &str| std::env::var(name).ok().and_then(|s| s.parse().ok());
    let first = named("CELOTA_SEED").unwrap_or(1);
    (first..first + named("CELOTA_SEEDS").unwrap_or(1)).collect()
}

#[test]
fn everybody_sees_what_the_rule_says() {
    for seed in seeds() {
        for home in Home::each("rights") {
            println!("seed {seed}, {}", home.database.as_deref().unwrap_or("SQLite"));
            home.init();
            let served = Served::start(&home);
            let ana = served.client().sign_in("ana", "correct-horse").expect("ana signs in");
            let mut world = firm::fill(&ana);
            let mut dice = Dice(seed);
            let people: Vec<Person> = (0..PEOPLE)
                .map(|n| Person::by_chance(&ana, &world, &mut dice, format!("person{n}")))
                .collect();
            world = firm::world(&ana, world.companies, world.owners);
            let mut leaks = BTreeSet::new();
            for person in &people {
                ways::walk(&world, person, &mut dice, &mut leaks);
            }
            ways::hints(&world, &people, &ana, &mut leaks);
            let log = served.log();
            assert!(!log.contains("panic") && !log.contains("\"ERROR\""), "{log}");
            assert!(
                leaks.is_empty(),
                "seed {seed}: {} leaks, the first: {:#?}",
                leaks.len(),
                leaks.iter().take(400).collect::<Vec<_>>()
            );
            drop(served);
            home.remove();
        }
    }
}
