//! Every field of every create, edit and command gets what it cannot hold. The answer names that field, says what is
//! wrong and what to do, in English and in Slovenian, and nothing is written.

use checks::http::{Answer, Client};
use checks::served::{Home, Served};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};

/// Values that a field of this kind cannot hold.
fn faults(field: &Json) -> Vec<Json> {
    let number = || {
        vec![json!("a dozen"), json!(true), json!({"a": 1}), json!(1e300), json!("99999999999999999999999")]
    };
    match field["kind"].as_str().unwrap_or_default() {
        "text" => vec![json!({"a": 1}), json!(["x"]), json!(true), json!("x".repeat(1_001))],
        "long_text" => vec![json!({"a": 1}), json!(7), json!("x".repeat(1_000_001))],
        "choice" => vec![json!("nonsense"), json!(7), json!(["x"])],
        "bool" => vec![json!("yes"), json!(1), json!({})],
        "date" => vec![json!("2026-02-30"), json!("tomorrow"), json!(20_260_101), json!("99999-01-01")],
        "instant" => vec![json!("yesterday"), json!("2026-02-30T00:00:00Z"), json!(7)],
        "money" | "decimal" | "quantity" => number(),
        "integer" => [number(), vec![json!(1.5)]].concat(),
        "origin_entity" => vec![json!("Nothing"), json!(7)],
        "origin_id" => [number(), vec![json!(1.5)]].concat(),
        "ref" => [number(), vec![json!(1.5), json!(8_999_999_999_i64), json!(-1)]].concat(),
        _ => vec![],
    }
}

/// A body in which this field, or a field of a line, holds a fault; with the path that the answer must name.
fn bodies(fields: &[Json], lines: &[(String, Vec<Json>)]) -> Vec<(String, Json)> {
    let writable = |f: &&Json| f["readonly"] != true && f["computed"] != true;
    let mut out = Vec::new();
    for field in fields.iter().filter(writable) {
        let name = field["name"].as_str().unwrap_or_default();
        out.extend(faults(field).into_iter().map(|v| (name.to_owned(), json!({name: v}))));
    }
    for (list, fields) in lines {
        out.push((list.clone(), json!({list: "x"})));
        for field in fields.iter().filter(writable) {
            let name = field["name"].as_str().unwrap_or_default();
            out.extend(
                faults(field).into_iter().map(|v| (format!("{list}/0/{name}"), json!({list: [{name: v}]}))),
            );
        }
    }
    out
}

fn list(of: &Json, name: &str) -> Vec<Json> {
    of[name].as_array().cloned().unwrap_or_default()
}

struct House {
    people: [Client; 2],
    /// What each code says in each language.
    said: [BTreeMap<String, String>; 2],
    faults: BTreeSet<String>,
    turn: usize,
}

impl House {
    fn send(&mut self, method: &str, path: &str, at: &str, body: &Json) {
        self.turn += 1;
        let language = self.turn % 2;
        let answer = self.people[language]
            .send(method, path, body.to_string().as_bytes())
            .unwrap_or_else(|e| panic!("{method} {path}: {e}"));
        let shown: String = body.to_string().chars().take(90).collect();
        if let Err(what) = self.told(language, at, &answer) {
            self.faults.insert(format!(
                "{method} {path} {shown}: {what}: {} {}",
                answer.status,
                answer.text().chars().take(300).collect::<String>()
            ));
        }
    }

    fn told(&mut self, language: usize, at: &str, answer: &Answer) -> Result<(), &'static str> {
        if !(400..500).contains(&answer.status) {
            return Err("not refused");
        }
        let error = answer.json()["error"].clone();
        // A document that may not be edited at all needs no word about its fields.
        if error["code"] == "kernel.not_editable" {
            return Ok(());
        }
        let mut all = list(&error, "details");
        all.insert(0, error);
        // Half of what one thing is about is its entity, the other half its id.
        let Some(fault) = all.iter().find(|e| e["target"] == at) else {
            return Err("the field is not named");
        };
        let text = |name: &str| fault[name].as_str().unwrap_or_default().to_owned();
        if [text("message"), text("@celota.advice")]
            .iter()
            .any(|t| t.trim().is_empty() || t.starts_with("refusals."))
        {
            return Err("no words");
        }
        self.said[language].insert(text("code"), text("message"));
        Ok(())
    }
}

/// How many rows each set has and how often they were changed.
fn state(client: &Client, entities: &[Json]) -> BTreeMap<String, String> {
    let of = |e: &Json| {
        let set = e["set"].as_str().unwrap_or_default().to_owned();
        let sum = if e["parent"].is_null() { ",version with sum as v" } else { "" };
        let path = format!("/odata/{set}?$apply=aggregate($count%20as%20n{})", sum.replace(' ', "%20"));
        (set, client.get(&path).map(|a| a.text()).unwrap_or_default())
    };
    // People sign in, and timers of cases fire meanwhile.
    entities
        .iter()
        .map(of)
        .filter(|(set, _)| !["Sessions", "Cases", "CaseSteps", "Tasks"].contains(&set.as_str()))
        .collect()
}

/// An administrator who reads this language.
fn person(ana: &Client, language: &str) -> Client {
    let role = ana.get("/odata/Roles?$filter=everything%20eq%20true").expect("it answers").json()["value"][0]
        ["id"]
        .clone();
    let user = ana
        .post("/odata/Users", &json!({"login": format!("reads-{language}"), "language": language, "roles": [{"role_id": role}]}))
        .expect("it answers")
        .json();
    let token = format!("reads-{language}");
    let issued = ana.post(
        "/odata/Tokens/issue",
        &json!({"name": token, "user_id": user["id"], "token_hash": access::digest(&token)}),
    );
    assert!(issued.is_ok_and(|a| a.status == 200), "{language}: {user}");
    Client::new(ana.port).with("authorization", &format!("Bearer {token}"))
}

#[test]
fn every_fault_names_its_field() {
    for home in Home::each("faults") {
        let made = home.run(&["init", "--demo"]);
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let served = Served::start(&home);
        let ana = served.client().sign_in("ana", "demo-mizarstvo").expect("ana signs in");
        let model = ana.get("/api/model").expect("it answers").json();
        let entities: Vec<Json> =
            model["entities"].as_object().into_iter().flatten().map(|(_, e)| e.clone()).collect();
        let people = [person(&ana, "en"), person(&ana, "sl")];
        let before = state(&ana, &entities);
        let mut house = House { people, said: Default::default(), faults: BTreeSet::new(), turn: 0 };
        for entity in &entities {
            let set = entity["set"].as_str().unwrap_or_default();
            let some = ana.get(&format!("/odata/{set}?$top=1&$select=id")).expect("it answers").json()["value"][0]["id"].as_i64();
            let lines: Vec<(String, Vec<Json>)> = list(entity, "lines")
                .iter()
                .map(|l| {
                    let line = &model["entities"][l["entity"].as_str().unwrap_or_default()];
                    (l["name"].as_str().unwrap_or_default().to_owned(), list(line, "fields"))
                })
                .collect();
            if entity["rights"]["create"] == true && entity["parent"].is_null() {
                for (at, body) in bodies(&list(entity, "fields"), &lines) {
                    house.send("POST", &format!("/odata/{set}"), &at, &body);
                    if let Some(id) = some {
                        house.send("PATCH", &format!("/odata/{set}({id})"), &at, &body);
                    }
                }
            }
            for command in list(entity, "commands") {
                let name = command["name"].as_str().unwrap_or_default();
                let inputs = list(&command, "input");
                let (lines, fields): (Vec<Json>, Vec<Json>) =
                    inputs.into_iter().partition(|f| f["kind"] == "lines");
                let lines: Vec<(String, Vec<Json>)> = lines
                    .iter()
                    .map(|l| (l["name"].as_str().unwrap_or_default().to_owned(), list(l, "fields")))
                    .collect();
                let record = if command["scope"] == "record" {
                    some.map(|id| format!("({id})"))
                } else {
                    Some(String::new())
                };
                let Some(record) = record else { continue };
                for (at, body) in bodies(&fields, &lines) {
                    house.send("POST", &format!("/odata/{set}{record}/{name}"), &at, &body);
                }
            }
        }
        assert!(
            house.faults.is_empty(),
            "{} of {} answers, the first: {:#?}",
            house.faults.len(),
            house.turn,
            house.faults.iter().take(300).collect::<Vec<_>>()
        );
        let (english, slovenian) = (&house.said[0], &house.said[1]);
        for (code, message) in english {
            assert_ne!(Some(message), slovenian.get(code), "{code} in Slovenian");
        }
        assert_eq!(state(&ana, &entities), before, "nothing is written");
        drop(served);
        home.remove();
    }
}
