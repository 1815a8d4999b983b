//! The OpenAPI document in short: a line for each operation and schema. A change that breaks a client shows in the
//! review of `snapshots/openapi.txt`; `UPDATE_DOCS=1 cargo test -p checks --test openapi` writes it.

use checks::served::{Home, Served, own_folder};
use serde_json::{Map, Value as Json};
use std::collections::BTreeSet;
use std::path::Path;

/// `string?` may be null, `*` must be given, `=` is read only.
fn kind(of: &Json) -> String {
    if let Some(reference) = of["$ref"].as_str() {
        return reference.rsplit('/').next().unwrap_or_default().to_owned();
    }
    let (name, null) = match &of["type"] {
        Json::String(name) => (name.as_str(), ""),
        Json::Array(names) => (names.first().and_then(Json::as_str).unwrap_or_default(), "?"),
        _ => ("any", ""),
    };
    let name = of["format"].as_str().filter(|f| *f != "int64").unwrap_or(name);
    let choices: Vec<&str> = of["enum"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
    match (name, choices.is_empty()) {
        ("array", _) => format!("[{}]", kind(&of["items"])),
        ("object", _) => format!("{{{}}}", fields(of)),
        (name, true) => format!("{name}{null}"),
        (_, false) => format!("{}{null}", choices.join("|")),
    }
}

fn fields(of: &Json) -> String {
    let required: BTreeSet<&str> =
        of["required"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
    let empty = Map::new();
    let properties = of["properties"].as_object().unwrap_or(&empty);
    let mut all: Vec<String> = properties
        .iter()
        .map(|(name, p)| {
            let marks = [(required.contains(name.as_str()), "*"), (p["readOnly"] == true, "=")];
            let marks: String = marks.iter().filter(|(is, _)| *is).map(|(_, m)| *m).collect();
            format!("{name}{marks}:{}", kind(p))
        })
        .collect();
    all.sort();
    all.join(" ")
}

fn short(document: &Json) -> String {
    let mut lines = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in
            operations.as_object().into_iter().flatten().filter(|(m, _)| *m != "parameters")
        {
            let asked: Vec<&str> = operation["parameters"]
                .as_array()
                .into_iter()
                .flatten()
                .filter(|p| p["in"] == "query")
                .filter_map(|p| p["name"].as_str())
                .collect();
            let body = &operation["requestBody"]["content"]["application/json"]["schema"];
            let body = if body.is_null() { String::new() } else { format!(" {}", kind(body)) };
            let answers: Vec<&String> =
                operation["responses"].as_object().into_iter().flatten().map(|(s, _)| s).collect();
            let answers = answers.iter().map(|s| s.as_str()).collect::<Vec<_>>().join(",");
            let asked = if asked.is_empty() { String::new() } else { format!(" ?{}", asked.join("&")) };
            lines.insert(format!("{path} {}{asked}{body} -> {answers}", method.to_uppercase()));
        }
    }
    for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
        lines.insert(format!("{name} {{{}}}", fields(schema)));
    }
    lines.into_iter().map(|l| format!("{l}\n")).collect()
}

#[test]
fn the_api_is_what_was_reviewed() {
    let home = Home { folder: own_folder("openapi"), database: None };
    home.init();
    let served = Served::start(&home);
    let ana = served.client().sign_in("ana", "correct-horse").expect("ana signs in");
    let found = short(&ana.get("/api/openapi.json").expect("it answers").json());
    drop(served);
    home.remove();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots/openapi.txt");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::create_dir_all(path.parent().expect("a folder"))
            .and_then(|()| std::fs::write(&path, &found))
            .expect("written");
    }
    let stands = std::fs::read_to_string(&path).unwrap_or_default();
    let (new, old): (BTreeSet<&str>, BTreeSet<&str>) = (found.lines().collect(), stands.lines().collect());
    assert!(
        new == old,
        "the API has changed; if it should have: UPDATE_DOCS=1 cargo test -p checks --test openapi\ngone: {:#?}\nnew: {:#?}",
        old.difference(&new).collect::<Vec<_>>(),
        new.difference(&old).collect::<Vec<_>>()
    );
}
