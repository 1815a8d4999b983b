//! Taste that a machine can hold: order of crates, names, lengths, links, and a map that is true.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Each crate may use those before it.
const ORDER: [&str; 24] = [
    "numbers",
    "planning",
    "store",
    "kernel-derive",
    "kernel",
    "access",
    "process",
    "files",
    "parties",
    "catalog",
    "ledger",
    "stock",
    "invoicing",
    "people",
    "equipment",
    "production",
    "purchasing",
    "sales",
    "crm",
    "supply",
    "server",
    "celota",
    "checks",
    "bench",
];
const BANNED: [&str; 5] = ["utils", "util", "helpers", "common", "manager"];
const LONGEST_FILE: usize = 500;
const LONGEST_FUNCTION: usize = 70;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap_or_default()
}

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() {
            if !["target", "node_modules", "dist", ".git"].contains(&name.as_str()) {
                found.extend(files(&path, endings));
            }
        } else if endings.iter().any(|e| name.ends_with(e)) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

#[test]
fn crates_use_only_those_before_them() {
    let place = |name: &str| ORDER.iter().position(|o| *o == name);
    let mut wrong = Vec::new();
    for manifest in files(&root().join("crates"), &["Cargo.toml"]) {
        let manifest = text(&manifest);
        let name = manifest
            .lines()
            .find_map(|l| l.strip_prefix("name = "))
            .unwrap_or_default()
            .trim_matches('"')
            .to_owned();
        let own = place(&name).unwrap_or_else(|| panic!("{name} has no place in the order of crates"));
        let dependencies = manifest.split("[dependencies]").nth(1).unwrap_or_default();
        let dependencies = dependencies.split("\n[").next().unwrap_or_default();
        for line in dependencies.lines().filter(|l| l.contains("path =")) {
            let used = line.split(['=', '.', ' ']).next().unwrap_or_default();
            if place(used).is_none_or(|p| p >= own) {
                wrong.push(format!("{name} uses {used}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn nothing_is_called_by_a_name_that_says_nothing() {
    let wrong: Vec<String> = ["crates", "web/src", "e2e"]
        .iter()
        .flat_map(|f| files(&root().join(f), &[".rs", ".ts", ".tsx"]))
        .filter(|p| {
            p.iter()
                .any(|part| BANNED.contains(&part.to_string_lossy().split('.').next().unwrap_or_default()))
        })
        .map(|p| shown(&p))
        .collect();
    assert!(wrong.is_empty(), "call it by what it is: {wrong:?}");
}

/// Files and functions that are longer than they should be, with their length. The list only shrinks.
fn listed() -> BTreeMap<String, usize> {
    let list = text(&root().join("crates/checks/long.txt"));
    list.lines()
        .filter(|l| !l.starts_with('#') && !l.trim().is_empty())
        .filter_map(|l| l.rsplit_once(' ').and_then(|(name, n)| Some((name.to_owned(), n.parse().ok()?))))
        .collect()
}

#[test]
fn nothing_grows_too_long() {
    let listed = listed();
    let mut found = BTreeMap::new();
    for path in
        files(&root().join("crates"), &[".rs"]).into_iter().filter(|p| !p.iter().any(|part| part == "tests"))
    {
        let text = text(&path);
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        if code.lines().count() > LONGEST_FILE {
            found.insert(shown(&path), code.lines().count());
        }
        for (name, length) in functions(code) {
            if length > LONGEST_FUNCTION {
                found.insert(format!("{}:{name}", shown(&path)), length);
            }
        }
    }
    let grown: Vec<String> = found
        .iter()
        .filter(|(name, length)| listed.get(*name).is_none_or(|l| *length > l))
        .map(|(name, length)| format!("{name} {length}"))
        .collect();
    assert!(grown.is_empty(), "too long, or longer than listed:\n{}", grown.join("\n"));
    let gone: Vec<&String> = listed.keys().filter(|name| !found.contains_key(*name)).collect();
    assert!(gone.is_empty(), "short enough now, take off crates/checks/long.txt: {gone:?}");
}

/// Functions with their lengths, by indentation: a formatted function ends with a brace in its own column.
fn functions(code: &str) -> Vec<(String, usize)> {
    let lines: Vec<&str> = code.lines().collect();
    let mut found = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        let trimmed = line.trim_start();
        let starts =
            ["fn ", "pub fn ", "pub(crate) fn ", "pub(super) fn ", "async fn ", "pub async fn ", "const fn "];
        let Some(start) = starts.iter().find(|s| trimmed.starts_with(**s)) else { continue };
        let indent = line.len() - trimmed.len();
        let name: String = trimmed
            .strip_prefix(start)
            .unwrap_or_default()
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect();
        let end = format!("{}}}", " ".repeat(indent));
        let length = lines.iter().skip(i).position(|l| {
            **l == end
                || l.trim_end().ends_with(';')
                    && l.starts_with(&" ".repeat(indent))
                    && !l.starts_with(&" ".repeat(indent + 1))
        });
        found.push((name, length.unwrap_or(0) + 1));
    }
    found
}

#[test]
fn links_lead_somewhere() {
    let mut dead = Vec::new();
    for path in files(&root(), &[".md"]) {
        let text = text(&path);
        for target in text.split("](").skip(1).filter_map(|rest| rest.split([')', '#', ' ']).next()) {
            let outside = target.is_empty() || target.contains("://") || target.starts_with("mailto:");
            if !outside && !path.parent().unwrap_or(&path).join(target).exists() {
                dead.push(format!("{}: {target}", shown(&path)));
            }
        }
    }
    assert!(dead.is_empty(), "{dead:?}");
}

#[test]
fn the_map_names_what_exists() {
    let map = text(&root().join("ARCHITECTURE.md"));
    let mut code = String::new();
    for path in files(&root().join("crates"), &[".rs"]) {
        code.push_str(&text(&path));
    }
    let words: BTreeSet<&str> = code.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    let mut missing = Vec::new();
    for name in map.split('`').skip(1).step_by(2).filter(|n| !n.contains('\n')) {
        let path = ["crates/", "web/", "e2e", "demo", "mappings", "processes", "migrations"]
            .iter()
            .any(|p| name.starts_with(p));
        let known = if path {
            root().join(name.split('…').next().unwrap_or(name)).exists()
        } else if name.contains("::") && !name.contains(' ') {
            name.split("::").all(|part| words.contains(part.trim_end_matches("()")))
        } else {
            // A name of code is looked for; words of speech and commands of the shell are not.
            !name.chars().all(|c| c.is_alphanumeric() || c == '_')
                || !name.contains('_')
                || words.contains(name)
        };
        if !known {
            missing.push(name);
        }
    }
    assert!(missing.is_empty(), "ARCHITECTURE.md names what is not there: {missing:?}");
}

#[test]
fn modules_of_the_app_do_not_know_each_other() {
    let modules = root().join("web/src/modules");
    let mut wrong = Vec::new();
    for path in files(&modules, &[".ts", ".tsx"]) {
        let own =
            path.strip_prefix(&modules).ok().and_then(|p| p.iter().next()).unwrap_or_default().to_owned();
        for target in text(&path).split("from '../").skip(1).filter_map(|rest| rest.split('\'').next()) {
            let folder = target.split('/').next().unwrap_or_default();
            if !folder.starts_with('.') && modules.join(folder).is_dir() && own != *folder {
                wrong.push(format!("{} imports {target}", shown(&path)));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}
