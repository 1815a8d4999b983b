//! Random commands from a seed, with the clock in hand, against a second and far simpler model of stock and of what
//! is owed; after each step both agree, on both databases to the same figures.
//! `CELOTA_SEEDS=300` tells three hundred stories, `CELOTA_SEED=17` the seventeenth alone.

#[path = "simulation/acts.rs"]
mod acts;
#[path = "simulation/model.rs"]
mod model;

use acts::World;
use checks::on_both;
use std::cell::RefCell;

const SEEDS: u64 = 6;
const STEPS: usize = 60;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn the_firm_agrees_with_a_simpler_one() {
    let seeds = match number("CELOTA_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("CELOTA_SEEDS").unwrap_or(SEEDS),
    };
    let told = RefCell::new(Vec::new());
    on_both(|shop| {
        let mut figures = Vec::new();
        for seed in seeds.clone() {
            let mut world = World::new(shop, seed);
            for _ in 0..STEPS {
                world.step();
            }
            shop.holds();
            figures.push(world.figures());
        }
        told.borrow_mut().push(figures);
    });
    if let [sqlite, postgres] = told.borrow().as_slice() {
        assert_eq!(sqlite, postgres, "the databases agree");
    }
}
