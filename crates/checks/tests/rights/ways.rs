//! Every way of reading over HTTP, each compared with the rule.

use crate::firm::{Row, World, marks, words};
use crate::rule::{NAMED, Person, number};
use checks::Dice;
use checks::http::{Answer, Client, encoded};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::Duration;

type Leaks = BTreeSet<String>;

/// One person's reading; whatever comes back is heard, and what should not have been heard is noted.
struct Walk<'a> {
    world: &'a World,
    person: &'a Person,
    leaks: &'a mut Leaks,
}

fn ids(answer: &Answer) -> BTreeSet<i64> {
    let rows = answer.json()["value"].as_array().cloned().unwrap_or_default();
    rows.iter().filter_map(|r| r["id"].as_i64()).collect()
}

impl Walk<'_> {
    fn leak(&mut self, what: &str) {
        self.leaks.insert(format!("{}: {what}", self.person.name));
    }

    fn answered(&mut self, path: &str) -> Answer {
        let answer = self.person.client.get(path).unwrap_or_else(|e| panic!("{path}: {e}"));
        if answer.status >= 500 {
            self.leak(&format!("{path}: {} {}", answer.status, answer.text()));
        }
        answer
    }

    fn get(&mut self, path: &str) -> Answer {
        let answer = self.answered(path);
        let mut said = words(&answer.json());
        marks(&answer.text(), &mut said);
        // What was asked for is repeated in an answer's next link or refusal, and tells nothing.
        let mut asked = BTreeSet::new();
        marks(path, &mut asked);
        for word in said.difference(&asked) {
            if !self.person.may_hear(self.world, word) {
                let holders = self.world.canaries.get(word).and_then(|h| h.first());
                self.leak(&format!("{path} tells {word} of {holders:?}"));
            }
        }
        answer
    }

    fn same<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, found: &T, rule: &T) {
        if found != rule {
            self.leak(&format!("{what}: answered {found:?}, by the rule {rule:?}"));
        }
    }

    fn rows(&self, entity: &str) -> Vec<&Row> {
        let seen = self.person.visible(self.world, entity);
        self.world.rows[entity].iter().filter(|r| seen.contains(&number("id")(r))).collect()
    }

    fn list(&mut self, entity: &str, set: &str) {
        let answer = self.get(&format!("/odata/{set}?$top=5000&$count=true"));
        if !self.person.may_read(self.world, entity) {
            return self.same(&format!("{set} list"), &answer.status, &403);
        }
        let seen = self.person.visible(self.world, entity);
        self.same(&format!("{set} list"), &ids(&answer), &seen);
        self.same(
            &format!("{set} @odata.count"),
            &answer.json()["@odata.count"].as_u64(),
            &Some(seen.len() as u64),
        );
        let counted = self.get(&format!("/odata/{set}/$count"));
        self.same(&format!("{set}/$count"), &counted.text(), &seen.len().to_string());
        let fields = self.person.fields(self.world, entity);
        let body = answer.json();
        let rows = body["value"].as_array().into_iter().flatten().filter_map(Json::as_object);
        let shapes: BTreeSet<Vec<&String>> =
            rows.map(|r| r.keys().filter(|k| !is_frame(k) || fields.contains(*k)).collect()).collect();
        for shape in shapes {
            let shown: BTreeSet<String> = shape.into_iter().cloned().collect();
            self.same(&format!("{set} fields"), &shown, &fields);
        }
    }

    /// One record that may be seen and one that may not: the second looks like one that is not there.
    fn record(&mut self, entity: &str, set: &str, dice: &mut Dice) {
        let seen = self.person.visible(self.world, entity);
        let all: Vec<i64> = self.world.rows[entity].iter().map(number("id")).collect();
        let (yes, no): (Vec<i64>, Vec<i64>) = all.into_iter().partition(|id| seen.contains(id));
        if let Some(id) = dice.one_of(&yes) {
            let status = self.get(&format!("/odata/{set}({id})")).status;
            self.same(&format!("{set}({id})"), &status, &200);
            self.story(entity, set, *id);
        }
        if let Some(id) = dice.one_of(&no) {
            let rule = if self.person.may_read(self.world, entity) { 404 } else { 403 };
            for rest in ["", "/story()"] {
                let status = self.get(&format!("/odata/{set}({id}){rest}")).status;
                self.same(&format!("{set}({id}){rest}"), &status, &rule);
            }
        }
        let from = if dice.throw(2) == 0 { &yes } else { &no };
        let Some(id) = dice.one_of(from) else { return };
        for query in self.world.model["entities"][entity]["queries"].as_array().into_iter().flatten() {
            let name = query["name"].as_str().unwrap_or_default();
            if query["scope"] == "record" {
                let status = self.get(&format!("/odata/{set}({id})/{name}()")).status;
                if !seen.contains(id) && status == 200 {
                    self.leak(&format!("{set}({id})/{name}() of a record that is not seen"));
                }
            }
        }
    }

    fn story(&mut self, entity: &str, set: &str, id: i64) {
        let answer = self.get(&format!("/odata/{set}({id})/story()"));
        self.same(&format!("{set}({id})/story()"), &answer.status, &200);
        for change in answer.json()["value"]
            .as_array()
            .into_iter()
            .flatten()
            .flat_map(|e| e["changes"].as_array().cloned().unwrap_or_default())
        {
            let field = change["field"].as_str().unwrap_or_default();
            if !self.person.sees_field(self.world, entity, field) {
                self.leak(&format!("the story of {set}({id}) tells of {field}"));
            }
        }
    }

    /// Hidden fields are no fields: nobody filters, sorts, groups or picks by them.
    fn hidden(&mut self, entity: &str, set: &str) {
        let hidden: Vec<String> = firm_fields(self.world, entity)
            .into_iter()
            .filter(|f| !self.person.sees_field(self.world, entity, f))
            .collect();
        for field in hidden {
            for option in [
                format!("$filter={field} eq null"),
                format!("$filter={field} ne null"),
                format!("$orderby={field}"),
                format!("$select={field}"),
                format!("$apply=groupby(({field}),aggregate($count as n))"),
                format!("$apply=aggregate({field} with max as n)"),
            ] {
                let (name, value) = option.split_once('=').unwrap_or_default();
                let path = format!("/odata/{set}?{name}={}", encoded(value));
                if self.get(&path).status < 400 {
                    self.leak(&format!("{set}?{option} is answered, and {field} is hidden"));
                }
            }
        }
    }

    /// Sums and groups over what is seen, and over nothing else.
    fn sums(&mut self, entity: &str, set: &str, dice: &mut Dice) {
        let path = format!("/odata/{set}?$apply={}", encoded("aggregate($count as n)"));
        let counted = self.get(&path).json()["value"][0]["n"].as_u64();
        let rows = self.rows(entity);
        let many = rows.len() as u64;
        let numbers: Vec<String> = self.world.model["entities"][entity]["fields"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|f| ["money", "decimal", "quantity"].contains(&f["kind"].as_str().unwrap_or_default()))
            .filter_map(|f| f["name"].as_str().map(ToOwned::to_owned))
            .filter(|f| self.person.sees_field(self.world, entity, f))
            .collect();
        let field = dice.one_of(&numbers).cloned();
        let total =
            field.as_ref().map(|f| rows.iter().map(|r| r[f].as_f64().unwrap_or_default()).sum::<f64>());
        self.same(&format!("{set} counted by $apply"), &counted, &Some(many));
        if let (Some(field), Some(total)) = (field, total) {
            let path =
                format!("/odata/{set}?$apply={}", encoded(&format!("aggregate({field} with sum as s)")));
            // It is held against the sum of what is seen; by chance that is the figure of something else.
            let sum = self.answered(&path).json()["value"][0]["s"].as_f64().unwrap_or(f64::NAN);
            if (sum - total).abs() > 0.005 {
                self.leak(&format!("{set} sum of {field}: answered {sum}, by the rule {total}"));
            }
        }
    }

    /// Along every reference: the record there, or nothing; and no filter, order or group by what is not seen.
    fn ways(&mut self, entity: &str, set: &str) {
        let fields = self.world.model["entities"][entity]["fields"].as_array().cloned().unwrap_or_default();
        for field in fields.iter().filter(|f| f["target"].is_string()) {
            let (name, nav) =
                (field["name"].as_str().unwrap_or_default(), field["nav"].as_str().unwrap_or_default());
            let target = field["target"].as_str().unwrap_or_default();
            let answer = self.get(&format!("/odata/{set}?$top=5000&$expand={nav}"));
            if !self.person.sees_field(self.world, entity, name) {
                if answer.status < 400 {
                    self.leak(&format!("{set}?$expand={nav} is answered, and {name} is hidden"));
                }
                continue;
            }
            let seen = self.person.visible(self.world, target);
            for row in answer.json()["value"].as_array().into_iter().flatten() {
                let wanted = row[name].as_i64().filter(|id| seen.contains(id));
                self.same(&format!("{set}({})?$expand={nav}", row["id"]), &row[nav]["id"].as_i64(), &wanted);
            }
            self.group(entity, set, nav, name, target);
        }
        for lines in self.world.model["entities"][entity]["lines"].as_array().into_iter().flatten() {
            self.get(&format!(
                "/odata/{set}?$top=5000&$expand={}",
                lines["name"].as_str().unwrap_or_default()
            ));
        }
    }

    /// How many rows by the title of what they name: those whose title is not seen count as without one.
    fn group(&mut self, entity: &str, set: &str, nav: &str, field: &str, target: &str) {
        let title = self.world.model["entities"][target]["title"].as_str().unwrap_or("id").to_owned();
        let apply = format!("groupby(({nav}/{title}),aggregate($count as n))");
        let answer = self.get(&format!("/odata/{set}?$apply={}", encoded(&apply)));
        let told =
            self.person.may_read(self.world, target) && self.person.sees_field(self.world, target, &title);
        if !told {
            if answer.status < 400 {
                self.leak(&format!("{set}?$apply={apply} is answered"));
            }
            return;
        }
        let seen = self.person.visible(self.world, target);
        let named = |row: &Row| row[field].as_i64().filter(|id| seen.contains(id));
        let rule = self.rows(entity).iter().filter(|r| named(r).is_none()).count() as u64;
        let without = self.world.rows[target].iter().any(|r| r.get(&title).is_none_or(Json::is_null));
        let found: u64 = answer.json()["value"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|g| g[format!("{nav}/{title}")].is_null())
            .filter_map(|g| g["n"].as_u64())
            .sum();
        if !without {
            self.same(&format!("{set}?$apply={apply} without a title"), &found, &rule);
        }
    }

    /// By the text of a record that is seen and of one that is not.
    fn search(&mut self, entity: &str, set: &str, dice: &mut Dice) {
        let rows = &self.world.rows[entity];
        let Some(row) = dice.one_of(rows) else { return };
        let id = number("id")(row);
        for (field, mark) in row
            .iter()
            .flat_map(|(f, v)| words(v).into_iter().map(move |w| (f, w)))
            .filter(|(_, w)| w.starts_with("zq"))
        {
            let told = self.person.visible(self.world, entity).contains(&id)
                && (field == "title" || self.person.sees_field(self.world, entity, field));
            let found = ids(&self.get(&format!("/odata/{set}?$search={mark}")));
            if found.contains(&id) && !told {
                self.leak(&format!("{set}?$search={mark} finds {id} by its {field}"));
            }
            let hits = self.get(&format!("/odata/$search?q={mark}"));
            let found = hits.json()["value"]
                .as_array()
                .into_iter()
                .flatten()
                .any(|h| h["entity"] == entity && h["id"].as_i64() == Some(id));
            if found && !told {
                self.leak(&format!("$search?q={mark} finds {entity} {id} by its {field}"));
            }
        }
    }

    fn sheet(&mut self, entity: &str, set: &str) {
        if !self.person.may_read(self.world, entity) {
            return;
        }
        let text = self.get(&format!("/odata/{set}?$format=csv&$top=5000")).text();
        let lines = self.rows(entity).len();
        if lines == 0 {
            return;
        }
        let head: BTreeSet<String> = text
            .trim_start_matches('\u{feff}')
            .lines()
            .next()
            .unwrap_or_default()
            .split(',')
            .filter(|c| !is_frame(c))
            .map(ToOwned::to_owned)
            .collect();
        let fields = self.person.fields(self.world, entity);
        self.same(&format!("{set} columns of the sheet"), &head.difference(&fields).count(), &0);
    }

    /// A paper is the whole record: it is for who sees the whole of it.
    fn papers(&mut self) {
        for (entity, set, paper) in
            [("SalesOrder", "SalesOrders", "order_confirmation"), ("Invoice", "Invoices", "invoice")]
        {
            let rows = self.world.rows[entity].clone();
            let visible = self.person.visible(self.world, entity);
            let all =
                [firm_fields(self.world, entity), firm_fields(self.world, &format!("{entity}Line"))].concat();
            let whole = all.iter().all(|f| self.person.sees_field(self.world, entity, f));
            let seen = rows.iter().find(|r| visible.contains(&number("id")(r)));
            let not = rows.iter().find(|r| !visible.contains(&number("id")(r)));
            for row in seen.into_iter().chain(not) {
                let id = number("id")(row);
                let rule = if visible.contains(&id) && whole {
                    200
                } else if visible.contains(&id) || !self.person.may_read(self.world, entity) {
                    403
                } else {
                    404
                };
                let status = self.get(&format!("/pdf/{set}({id})/{paper}")).status;
                self.same(&format!("/pdf/{set}({id})/{paper}"), &status, &rule);
            }
        }
    }

    fn files(&mut self) {
        let seen = self.person.visible(self.world, "Attachment");
        let rows = self.world.rows["Attachment"].clone();
        for row in rows.iter().take(12) {
            let id = number("id")(row);
            let found = self.get(&format!("/files/{id}")).status == 200;
            let told = seen.contains(&id)
                && ["digest", "name", "media_type"]
                    .iter()
                    .all(|f| self.person.sees_field(self.world, "Attachment", f));
            if found && !told {
                self.leak(&format!("/files/{id}"));
            } else if !found && told {
                self.leak(&format!("/files/{id} is kept from who may see it"));
            }
        }
    }

    /// What is asked of a whole set, with arguments that lead where this person may not go.
    fn set_queries(&mut self, dice: &mut Dice) {
        let some =
            |entity: &str, dice: &mut Dice| dice.one_of(&self.world.rows[entity]).map_or(0, number("id"));
        let (party, order, product) = (some("Party", dice), some("SalesOrder", dice), some("Product", dice));
        for path in [
            format!("SalesOrders/line(product_id={product},quantity=1)"),
            format!("Cases/of(entity='SalesOrder',id={order})"),
            "Tasks/inbox()".into(),
            "Invoices/open_items()".into(),
            format!("Invoices/open_items(party_id={party})"),
            "PurchaseOrders/short()".into(),
            "Opportunities/duplicates(text='zq1')".into(),
        ] {
            self.get(&format!("/odata/{path}"));
        }
        for (path, on, over) in [
            ("Accounts/trial_balance()", "Account", "Entry"),
            ("Accounts/profit_and_loss()", "Account", "Entry"),
            ("Accounts/balance_sheet()", "Account", "Entry"),
            ("TaxRecords/vat_return()", "TaxRecord", "TaxRecord"),
        ] {
            let parts: &[&str] = if over == "Entry" {
                &["posted_on", "amount", "account_id"]
            } else {
                &["base", "tax", "direction", "tax_code_id", "period_day"]
            };
            let told = self.person.may_read(self.world, on) && self.person.sees_all(self.world, over, parts);
            let status = self.get(&format!("/odata/{path}")).status;
            self.same(path, &status, &if told { 200 } else { 403 });
        }
    }

    fn model(&mut self) {
        let model = self.get("/api/model").json();
        for (name, _) in self.world.model["entities"].as_object().into_iter().flatten() {
            let shown = &model["entities"][name];
            self.same(
                &format!("{name} in the model"),
                &shown.is_object(),
                &self.person.may_read(self.world, name),
            );
            if shown.is_object() {
                let fields: BTreeSet<String> = shown["fields"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(|f| f["name"].as_str().map(ToOwned::to_owned))
                    .collect();
                self.same(
                    &format!("fields of {name} in the model"),
                    &fields,
                    &self.person.fields(self.world, name),
                );
            }
        }
    }
}

fn firm_fields(world: &World, entity: &str) -> Vec<String> {
    crate::rule::fields(world, entity).into_iter().collect()
}

fn is_frame(key: &str) -> bool {
    ["id", "version", "title", "parent_id"].contains(&key) || key.starts_with('@')
}

/// Every way, for one person: every set is listed and counted, some are looked at from all sides.
pub fn walk(world: &World, person: &Person, dice: &mut Dice, leaks: &mut Leaks) {
    let mut walk = Walk { world, person, leaks };
    walk.model();
    for (entity, described) in world.model["entities"].as_object().into_iter().flatten() {
        let set = described["set"].as_str().unwrap_or_default();
        let named = NAMED.contains(&described["parent"].as_str().unwrap_or(entity));
        if dice.throw(if named { 3 } else { 8 }) > 0 {
            continue;
        }
        walk.list(entity, set);
        if !named || dice.throw(2) > 0 {
            continue;
        }
        walk.record(entity, set, dice);
        if person.may_read(world, entity) {
            walk.hidden(entity, set);
            walk.sums(entity, set, dice);
            walk.ways(entity, set);
            walk.search(entity, set, dice);
            walk.sheet(entity, set);
        }
    }
    walk.papers();
    walk.files();
    walk.set_queries(dice);
}

/// Everybody listens while the administrator changes records: each hears of those that may be seen, and of no others.
pub fn hints(world: &World, people: &[Person], ana: &Client, leaks: &mut Leaks) {
    let mut changed: BTreeSet<(String, i64)> = BTreeSet::new();
    let over = &AtomicBool::new(false);
    std::thread::scope(|scope| {
        let listening: Vec<_> = people
            .iter()
            .map(|p| {
                let client = p.client.clone();
                scope.spawn(move || listen(&client, over))
            })
            .collect();
        std::thread::sleep(Duration::from_millis(1_000));
        for (entity, set, field, value) in [
            ("Party", "Parties", "next_step", "call"),
            ("Opportunity", "Opportunities", "next_step", "call"),
            ("Note", "Notes", "text", "changed"),
        ] {
            for row in world.rows[entity].iter().step_by(5) {
                let id = number("id")(row);
                let done = ana.send(
                    "PATCH",
                    &format!("/odata/{set}({id})"),
                    json!({field: value}).to_string().as_bytes(),
                );
                if done.is_ok_and(|a| a.status == 200) {
                    changed.insert((entity.to_owned(), id));
                }
            }
        }
        std::thread::sleep(Duration::from_millis(1_000));
        over.store(true, SeqCst);
        for (person, heard) in people.iter().zip(listening) {
            let heard = heard.join().unwrap_or_default();
            let rule: BTreeSet<(String, i64)> =
                changed.iter().filter(|(e, id)| person.visible(world, e).contains(id)).cloned().collect();
            let more: BTreeSet<_> =
                heard.difference(&rule).filter(|(e, id)| !person.visible(world, e).contains(id)).collect();
            let less: BTreeSet<_> = rule.difference(&heard).collect();
            if !more.is_empty() || !less.is_empty() {
                leaks.insert(format!("{} live: heard too much {more:?}, too little {less:?}", person.name));
            }
        }
    });
}

/// Reads the stream until it is over, and answers whose change was told.
fn listen(client: &Client, over: &AtomicBool) -> BTreeSet<(String, i64)> {
    let mut heard = String::new();
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", client.port)) else { return BTreeSet::new() };
    let headers: BTreeMap<&str, &str> =
        client.headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let authorization = headers.get("authorization").copied().unwrap_or_default();
    let asked =
        format!("GET /api/live HTTP/1.1\r\nhost: localhost\r\nauthorization: {authorization}\r\n\r\n");
    drop(stream.write_all(asked.as_bytes()));
    drop(stream.set_read_timeout(Some(Duration::from_millis(200))));
    let mut part = [0_u8; 4096];
    // A slow machine tells late: it is over when nothing more comes.
    let mut quiet = 0;
    while !over.load(SeqCst) || quiet < 12 {
        match stream.read(&mut part) {
            Ok(n) if n > 0 => {
                heard.push_str(&String::from_utf8_lossy(part.get(..n).unwrap_or_default()));
                quiet = 0;
            }
            _ => quiet += 1,
        }
    }
    heard
        .split("data: ")
        .skip(1)
        .filter_map(|d| serde_json::from_str::<Json>(d.lines().next()?).ok())
        .filter_map(|d| Some((d["entity"].as_str()?.to_owned(), d["id"].as_i64()?)))
        .collect()
}
