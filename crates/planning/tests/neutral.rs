//! Models of the neutral format, made and judged by programs that know nothing of this one. Skipped where they, or
//! Python, are absent.
#![expect(clippy::expect_used, reason = "a test stops at what should not happen")]

mod shared;

use numbers::Rational;
use planning::format;
use planning::plan::{Options, plan};
use std::path::Path;
use std::process::Command;

fn python(arguments: &[&std::ffi::OsStr]) -> (bool, String) {
    let output = Command::new("python3").args(arguments).output().expect("Python runs");
    (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn no_rule_is_broken_on_any_seed() {
    let (Some(make), Some(check)) = (shared::path("planning/model.py"), shared::path("planning/check.py"))
    else {
        return;
    };
    if Command::new("python3").arg("--version").output().is_err() {
        eprintln!("skipped: there is no Python");
        return;
    }
    let folder = std::env::temp_dir().join(format!("celota-plan-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let (model_file, plan_file) = (folder.join("model.json"), folder.join("plan.json"));
    for (orders, seed, relaxed) in
        [(25, 1, false), (60, 2, true), (60, 3, false), (120, 4, false), (250, 1, false)]
    {
        let (orders, seed) = (orders.to_string(), seed.to_string());
        let mut arguments: Vec<&std::ffi::OsStr> = vec![make.as_os_str()];
        arguments.extend(["model", "--orders", &orders, "--seed", &seed, "-o"].map(std::ffi::OsStr::new));
        arguments.push(model_file.as_os_str());
        arguments.extend(relaxed.then_some(std::ffi::OsStr::new("--relaxed")));
        assert!(python(&arguments).0, "a model is made");
        for finite in [false, true] {
            let model = format::read(&read(&model_file)).expect("a model");
            let made = plan(&model, &Options { finite, ..Options::default() }).expect("a plan");
            std::fs::write(&plan_file, format::write(&model, &made).expect("a text")).expect("written");
            let (right, report) = python(&[check.as_os_str(), model_file.as_os_str(), plan_file.as_os_str()]);
            assert!(right, "{orders} orders, seed {seed}, finite {finite}: {report}");
        }
    }
    std::fs::remove_dir_all(&folder).expect("it was there");
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("a file")
}

/// One product of twelve levels, each taking 0.0085525 of the next: nothing is rounded on the way.
#[test]
fn twelve_levels_exactly() {
    let items: Vec<String> = (0..13)
        .map(|n| {
            format!(r#"{{"id": "{n}", "kind": "{}", "lead_days": 1}}"#, if n == 12 { "buy" } else { "make" })
        })
        .collect();
    let boms: Vec<String> = (0..12)
        .map(|n| format!(r#"{{"item": "{n}", "components": [{{"item": "{}", "qty": 0.0085525}}]}}"#, n + 1))
        .collect();
    let text = format!(
        r#"{{"format": "planning-model/1", "start": "2027-01-04", "calendars": [], "resources": [], "items": [{}],
            "boms": [{}], "orders": [{{"id": "1", "item": "0", "qty": 1000000, "due": "2027-03-01", "priority": 1}}]}}"#,
        items.join(","),
        boms.join(",")
    );
    let model = format::read(&text).expect("a model");
    let made = plan(&model, &Options { finite: false, ..Options::default() }).expect("a plan");
    let per: Rational = "0.0085525".parse().expect("a number");
    let mut quantity = Rational::from(1_000_000);
    for record in &made.records {
        assert_eq!(record.lots.iter().map(|lot| lot.qty.clone()).collect::<Vec<_>>(), [quantity.clone()]);
        quantity = &quantity * &per;
    }
    assert_eq!(
        made.records.get(1).map(|r| r.lots.iter().map(|l| l.qty.to_string()).collect()),
        Some(vec!["8552.5".to_owned()])
    );
}

#[test]
fn what_cannot_be_planned_says_why() {
    let model = |items: &str, boms: &str| {
        format!(
            r#"{{"format": "planning-model/1", "start": "2027-01-04", "calendars": [], "resources": [], "items": [{items}], "boms": [{boms}]}}"#
        )
    };
    let make = |id: &str| format!(r#"{{"id": "{id}", "kind": "make"}}"#);
    let bom = |item: &str, of: &str| {
        format!(r#"{{"item": "{item}", "components": [{{"item": "{of}", "qty": 1}}]}}"#)
    };
    let items = [make("frame"), make("tube"), make("weld"), make("bike")].join(",");
    let looped =
        [bom("bike", "frame"), bom("frame", "tube"), bom("tube", "weld"), bom("weld", "frame")].join(",");
    let cases = [
        ("{}".to_owned(), "missing field"),
        (model("", "").replace("model/1", "model/7"), "planning-model/7"),
        (model(&items, &bom("bike", "wheel")), "bike names wheel"),
        (model(r#"{"id": "a", "kind": "grow"}"#, ""), "grow is neither"),
        (model(r#"{"id": "a", "kind": "buy", "on_hand": "1/0"}"#, ""), "a:"),
        (model(r#"{"id": "a", "kind": "buy", "on_hand": -1}"#, ""), "below zero"),
        (model(&items, &looped), "frame → tube → weld → frame"),
    ];
    for (text, expected) in cases {
        let fault =
            format::read(&text).and_then(|model| plan(&model, &Options::default())).expect_err(expected);
        let said = fault.to_string();
        // A loop may be named from any of its items on.
        let turned =
            ["frame → tube → weld → frame", "tube → weld → frame → tube", "weld → frame → tube → weld"];
        let fits =
            said.contains(expected) || turned.contains(&expected) && turned.iter().any(|t| said.contains(t));
        assert!(fits, "{said}");
    }
}
