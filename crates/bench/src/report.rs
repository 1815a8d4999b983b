//! The table, and `target/bench.json`.

use serde::Serialize;

/// Whether more or less is better.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Better {
    Higher,
    Lower,
}

#[derive(Serialize)]
struct Figure {
    name: String,
    unit: &'static str,
    value: f64,
    floor: Option<f64>,
    ratio: Option<f64>,
    /// On the ratio where there is a floor, else on the value.
    goal: f64,
    better: Better,
}

#[derive(Default)]
pub struct Report(Vec<Figure>);

impl Report {
    /// A figure beside its floor; the goal is on their ratio.
    pub fn ratio(
        &mut self,
        name: String,
        unit: &'static str,
        (value, floor): (f64, f64),
        goal: f64,
        better: Better,
    ) {
        let ratio = if floor > 0.0 { value / floor } else { 0.0 };
        self.add(Figure { name, unit, value, floor: Some(floor), ratio: Some(ratio), goal, better });
    }

    /// A figure whose goal is on itself.
    pub fn value(&mut self, name: String, unit: &'static str, value: f64, goal: f64, better: Better) {
        self.add(Figure { name, unit, value, floor: None, ratio: None, goal, better });
    }

    fn add(&mut self, figure: Figure) {
        println!("{}", line(&figure));
        self.0.push(figure);
    }

    pub fn write(&self) {
        println!("\n{:<24} {:>12} {:>12} {:>8} {:>9}  unit", "name", "value", "floor", "ratio", "goal");
        for figure in &self.0 {
            println!("{}", line(figure));
        }
        let json = serde_json::to_string_pretty(&self.0).expect("figures are numbers");
        std::fs::create_dir_all("target").expect("a folder");
        std::fs::write("target/bench.json", json).expect("target/bench.json can be written");
    }
}

fn line(f: &Figure) -> String {
    let shown = |n: Option<f64>| {
        n.map_or_else(String::new, |n| if n.abs() < 100.0 { format!("{n:.2}") } else { format!("{n:.0}") })
    };
    let measured = f.ratio.unwrap_or(f.value);
    let (sign, met) = match f.better {
        Better::Higher => ("≥", measured >= f.goal),
        Better::Lower => ("≤", measured <= f.goal),
    };
    let missed = if met { "" } else { "  missed" };
    format!(
        "{:<24} {:>12} {:>12} {:>8} {:>9}  {}{missed}",
        f.name,
        shown(Some(f.value)),
        shown(f.floor),
        shown(f.ratio),
        format!("{sign} {}", f.goal),
        f.unit,
    )
}
