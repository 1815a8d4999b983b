//! Pages of the handbook that follow from the declarations. `UPDATE_DOCS=1 cargo test -p checks handbook` writes them.

use celota::modules;
use kernel::{Description, Registry};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

fn registry() -> Registry {
    modules::registry().unwrap_or_else(|e| panic!("{e}"))
}

fn label(registry: &Registry, d: &Description, key: &str, fallback: &str) -> String {
    registry.texts.get("en", &format!("{}.{}.{key}", d.module, d.name)).unwrap_or(fallback).to_owned()
}

fn states(registry: &Registry) -> String {
    let mut out = String::from(
        "# States\n\nFrom the life tables of the entities: in which state which command is legal, and where it leads.\n",
    );
    for d in registry.entities().by_name.values().filter(|d| !d.life.is_empty()) {
        let state = d.state().map_or("state", |f| f.name.as_str());
        let word = |w: &str| label(registry, d, &format!("choices.{state}.{w}"), w);
        let _ = write!(out, "\n## {}\n\n```mermaid\nstateDiagram-v2\n", label(registry, d, "many", d.name));
        for step in d.life.iter().filter(|s| s.command != "edit") {
            let _ = writeln!(
                out,
                "  {} --> {}: {}",
                step.from,
                step.to,
                label(registry, d, &format!("commands.{}.label", step.command), step.command)
            );
        }
        out.push_str("```\n\n| state | commands |\n|---|---|\n");
        let mut by_state: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for step in d.life {
            let commands = by_state.entry(step.from).or_default();
            if !commands.contains(&step.command) {
                commands.push(step.command);
            }
        }
        for (from, commands) in by_state {
            let _ = writeln!(out, "| {} | `{}` |", word(from), commands.join("` `"));
        }
    }
    out
}

fn permissions(registry: &Registry) -> String {
    let mut out = String::from(
        "# Permissions\n\nWhat a role can be given: for each entity reading (all rows, or one's own), writing, and commands by name.\n\n\
         | entity | own means | written by hand | commands |\n|---|---|---|---|\n",
    );
    for d in registry.entities().by_name.values().filter(|d| d.parent.is_none()) {
        let commands: Vec<&str> = registry.commands_of(d.name).map(|c| c.name).collect();
        let commands =
            if commands.is_empty() { String::new() } else { format!("`{}`", commands.join("` `")) };
        let _ = writeln!(
            out,
            "| {} | {} | {} | {commands} |",
            d.name,
            d.owner.as_deref().unwrap_or("–"),
            if d.closed { "no" } else { "yes" },
        );
    }
    out
}

fn errors(registry: &Registry) -> String {
    let mut out = String::from(
        "# Refusals\n\nEvery code that a command or a reading may answer, what it means and what to do.\n\n| code | what is | what to do |\n|---|---|---|\n",
    );
    let codes: Vec<&str> =
        registry.texts.keys("en").filter_map(|k| k.strip_prefix("refusals.")?.strip_suffix(".is")).collect();
    let codes: std::collections::BTreeSet<&str> = codes.into_iter().collect();
    for code in codes {
        let part = |p: &str| {
            registry.texts.get("en", &format!("refusals.{code}.{p}")).unwrap_or_default().replace('|', "\\|")
        };
        let _ = writeln!(out, "| `{code}` | {} | {} |", part("is"), part("do"));
    }
    out
}

#[test]
fn the_handbook_says_what_the_declarations_say() {
    let registry = registry();
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    for (name, page) in [
        ("states.md", states(&registry)),
        ("permissions.md", permissions(&registry)),
        ("errors.md", errors(&registry)),
    ] {
        let path = docs.join(name);
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(&path, &page).unwrap_or_else(|e| panic!("{name}: {e}"));
        }
        let stands = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            stands == page,
            "docs/{name} is out of date: UPDATE_DOCS=1 cargo test -p checks --test handbook"
        );
    }
}
