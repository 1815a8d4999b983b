//! Every text that a person may see exists in every language.

use celota::modules;
use kernel::{Description, InputFacts, LANGUAGES, Registry};
use std::collections::{BTreeMap, BTreeSet};

/// Keys that a language lacks, `a | b` where either would do.
fn missing(registry: &Registry, language: &str) -> BTreeSet<String> {
    let mut wanted: Vec<Vec<String>> = Vec::new();
    for description in registry.entities().by_name.values() {
        entity(registry, description, &mut wanted);
    }
    for name in &registry.events {
        wanted.push(vec![format!("events.{name}")]);
    }
    for area in &registry.areas {
        wanted.push(vec![format!("areas.{}", area.name)]);
    }
    for code in codes_in_source("refuse(\"") {
        wanted.push(vec![format!("refusals.{code}.is")]);
        wanted.push(vec![format!("refusals.{code}.do")]);
    }
    let texts = &registry.texts;
    let own = |key: &str| match key.strip_prefix("areas.") {
        Some(_) => texts.keys(language).any(|k| k.ends_with(&format!(".{key}")) || k == key),
        None => texts.has(language, key),
    };
    wanted.into_iter().filter(|keys| !keys.iter().any(|k| own(k))).map(|keys| keys.join(" | ")).collect()
}

fn entity(registry: &Registry, d: &Description, wanted: &mut Vec<Vec<String>>) {
    let own = |rest: &str| format!("{}.{}.{rest}", d.module, d.name);
    let field = |name: &str| vec![own(&format!("fields.{name}")), format!("kernel.fields.{name}")];
    wanted.push(vec![own("one")]);
    wanted.push(vec![own("many")]);
    for f in d.fields.iter().filter(|f| !f.secret) {
        wanted.push(field(&f.name));
        wanted.extend(f.choices.iter().map(|c| vec![own(&format!("choices.{}.{c}", f.name))]));
    }
    wanted.extend(d.lines.iter().map(|l| field(&l.name)));
    for command in registry.commands_of(d.name) {
        wanted.push(vec![own(&format!("commands.{}.label", command.name))]);
        wanted.push(vec![own(&format!("commands.{}.help", command.name))]);
        input(d, command.name, &command.input, wanted);
    }
}

fn input(d: &Description, command: &str, facts: &InputFacts, wanted: &mut Vec<Vec<String>>) {
    let own = |rest: &str| format!("{}.{}.{rest}", d.module, d.name);
    for f in &facts.fields {
        wanted.push(vec![
            own(&format!("commands.{command}.input.{}", f.name)),
            own(&format!("fields.{}", f.name)),
            format!("kernel.fields.{}", f.name),
        ]);
    }
    for (name, facts) in &facts.lines {
        wanted.push(vec![
            own(&format!("commands.{command}.input.{name}")),
            own(&format!("fields.{name}")),
            format!("kernel.fields.{name}"),
        ]);
        input(d, command, facts, wanted);
    }
}

/// Codes named in the sources of the crates, by what stands before them.
fn codes_in_source(mark: &str) -> BTreeSet<String> {
    let crates =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(ToOwned::to_owned).unwrap_or_default();
    let mut codes = BTreeSet::new();
    for file in checks::sources(&crates) {
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        let found = text.split(mark).skip(1).filter_map(|rest| rest.split('"').next());
        codes.extend(found.filter(|c| c.contains('.') && !c.contains(['{', ' '])).map(ToOwned::to_owned));
    }
    codes
}

/// A shipped diagram is drawn in English; every name of it stands beside that in each other language.
#[test]
fn steps_of_shipped_diagrams_are_named_in_every_language() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../processes");
    let files = std::fs::read_dir(folder).expect("the processes are there").flatten().map(|f| f.path());
    let mut known: BTreeMap<(&str, String), String> = BTreeMap::new();
    for file in files.filter(|f| f.extension().is_some_and(|e| e == "bpmn")) {
        let xml = std::fs::read_to_string(&file).expect("it is read");
        for language in LANGUAGES.into_iter().filter(|l| *l != "en") {
            for (name, own) in process::names(&xml, language) {
                let Some(own) = own else { panic!("{}: {language} lacks “{name}”", file.display()) };
                // The screens know a step by its name: the same one cannot mean two things.
                let before = known.entry((language, name.clone())).or_insert_with(|| own.clone());
                assert_eq!(*before, own, "{name} has two names in {language}");
            }
        }
    }
    assert!(known.len() > 50, "{} names", known.len());
}

#[test]
fn every_text_exists_in_every_language() {
    let registry = modules::registry().unwrap_or_else(|e| panic!("{e}"));
    for language in LANGUAGES {
        let missing = missing(&registry, language);
        assert!(
            missing.is_empty(),
            "{language} lacks {}:\n{}",
            missing.len(),
            missing.into_iter().collect::<Vec<_>>().join("\n")
        );
    }
}
