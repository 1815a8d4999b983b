//! What every entity and command must do, walked over the registry: a new module gets it for nothing.

use celota::demo;
use checks::on_both_empty;
use kernel::read::{Ask, Expand};
use kernel::rights::{Access, Rows};
use kernel::{Actor, Call, Description, Error, Kernel, Rights, Scope};
use serde_json::{Value as Json, json};
use std::collections::HashSet;
use std::sync::Arc;

fn played(kernel: &Kernel) {
    demo::play(kernel).unwrap_or_else(|e| panic!("the demo is told: {e}"));
}

fn actor(kernel: &Kernel, rights: Rights, user: i64) -> Actor {
    let company = one(kernel, "SELECT MIN(id) FROM company");
    Actor { user, rights: Arc::new(rights), ..Actor::program(company) }
}

fn one(kernel: &Kernel, sql: &str) -> i64 {
    let row = kernel.store.read(|tx| -> kernel::Result<_> { Ok(tx.first(sql, &[])?) });
    row.unwrap_or_else(|e| panic!("{sql}: {e}")).map_or(0, |r| r.int(0))
}

fn entities(kernel: &Kernel) -> Vec<Arc<Description>> {
    kernel.registry.entities().by_name.values().cloned().collect()
}

fn code<T>(result: Result<T, Error>) -> String {
    match result {
        Ok(_) => "done".into(),
        Err(Error::Refused(refusal)) => refusal.code.into(),
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn the_tables_are_what_is_declared() {
    on_both_empty(|kernel| {
        let lacks = || celota::database::missing(&kernel.store).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(lacks(), Vec::<String>::new());
        // A field of an administrator's with as long a name as may be is no difference, either.
        let entity = entities(kernel).into_iter().map(|d| d.name).max_by_key(|n| n.len()).unwrap_or("Party");
        let new = kernel::custom::NewField {
            entity: entity.into(),
            name: "a".repeat(40),
            kind: "text".into(),
            label: "Long".into(),
            ..kernel::custom::NewField::default()
        };
        kernel.add_field(&actor(kernel, Rights::all(), 0), new).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(lacks(), Vec::<String>::new());
    });
}

#[test]
fn every_entity_is_read_in_every_way() {
    on_both_empty(|kernel| {
        played(kernel);
        let all = actor(kernel, Rights::all(), 0);
        for d in entities(kernel) {
            let count = kernel
                .read(&all, |r| r.count(&d, &Ask::default()))
                .unwrap_or_else(|e| panic!("{}: {e}", d.name));
            for field in d.list.iter().chain([&d.title]) {
                let order = vec![(vec![field.clone()], true)];
                let expand: Vec<Expand> =
                    d.lines.iter().map(|l| Expand { name: l.name.clone(), ..Expand::default() }).collect();
                let mut ask = Ask { order, top: Some(40), expand, ..Ask::default() };
                let mut seen = HashSet::new();
                // Page after page, each row once.
                loop {
                    let page = kernel
                        .read(&all, |r| r.list(&d, &ask))
                        .unwrap_or_else(|e| panic!("{} by {field}: {e}", d.name));
                    for row in &page.rows {
                        assert!(seen.insert(row["id"].as_i64()), "{} by {field}: a row twice", d.name);
                    }
                    match page.next {
                        Some(next) if seen.len() < 200 => ask.after = Some(next),
                        next => {
                            assert!(
                                next.is_some() || seen.len() as i64 == count,
                                "{} by {field}: rows are lost",
                                d.name
                            );
                            break;
                        }
                    }
                }
            }
        }
    });
}

#[test]
fn who_may_not_see_an_entity_finds_it_nowhere() {
    on_both_empty(|kernel| {
        played(kernel);
        let nobody = actor(kernel, Rights::new(1, vec![]), 1);
        for d in entities(kernel) {
            let id = one(kernel, &format!("SELECT COALESCE(MIN(id), 0) FROM {}", d.table));
            assert_eq!(
                code(kernel.read(&nobody, |r| r.list(&d, &Ask::default()))),
                "kernel.forbidden",
                "list {}",
                d.name
            );
            assert_eq!(
                code(kernel.read(&nobody, |r| r.count(&d, &Ask::default()))),
                "kernel.forbidden",
                "count {}",
                d.name
            );
            assert_eq!(
                code(kernel.read(&nobody, |r| r.record(d.name, id, vec![]))),
                "kernel.forbidden",
                "record {}",
                d.name
            );
            assert_eq!(
                code(kernel.read(&nobody, |r| r.story(d.name, id))),
                "kernel.forbidden",
                "story {}",
                d.name
            );
        }
        assert_eq!(kernel.read(&nobody, |r| r.search("hotel", &[], 50)).map(|h| h.len()).ok(), Some(0));
    });
}

#[test]
fn every_command_is_refused_without_its_right() {
    on_both_empty(|kernel| {
        played(kernel);
        let mut rights = Rights::new(1, vec![]);
        let reads =
            Access { rows: Rows::All, write: false, commands: HashSet::new(), hidden: HashSet::new() };
        rights.grant("*", reads);
        let reader = actor(kernel, rights, 1);
        let before = one(kernel, "SELECT COUNT(*) FROM audit");
        for d in entities(kernel) {
            let id = one(kernel, &format!("SELECT COALESCE(MIN(id), 0) FROM {}", d.table));
            let own = kernel
                .registry
                .commands_of(d.name)
                .map(|c| (c.name, (c.scope == Scope::Record).then_some(id)));
            for (command, id) in own.chain([("create", None), ("update", Some(id)), ("delete", Some(id))]) {
                let call = Call { entity: d.name.into(), command: command.into(), id, ..Call::default() };
                assert_eq!(code(kernel.run(&reader, &call)), "kernel.forbidden", "{}.{command}", d.name);
            }
        }
        assert_eq!(one(kernel, "SELECT COUNT(*) FROM audit"), before, "a refusal leaves no trace");
    });
}

/// The rule, told a second time and simply: an order is one's own when one answers for its customer.
fn own_orders(kernel: &Kernel, user: i64) -> HashSet<i64> {
    let sql = format!(
        "SELECT o.id FROM sales_order o JOIN party p ON p.id = o.customer_id WHERE p.responsible_id = {user}"
    );
    let rows = kernel.store.read(|tx| -> kernel::Result<_> { Ok(tx.query(&sql, &[])?) });
    rows.unwrap_or_else(|e| panic!("{e}")).iter().map(|r| r.int(0)).collect()
}

#[test]
fn own_customers_holds_on_every_way_of_reading() {
    on_both_empty(|kernel| {
        played(kernel);
        let borut = one(kernel, "SELECT id FROM user_ WHERE login = 'borut'");
        let mut rights = Rights::new(borut, vec![]);
        for entity in ["SalesOrder", "Party", "Invoice", "Delivery", "Product"] {
            let rows = if entity == "Product" { Rows::All } else { Rows::Own };
            rights.grant(
                entity,
                Access {
                    rows,
                    write: true,
                    commands: HashSet::from(["*".into()]),
                    hidden: HashSet::from(["cost".into()]),
                },
            );
        }
        let actor = actor(kernel, rights, borut);
        let orders = kernel.registry.entity("SalesOrder").unwrap_or_else(|e| panic!("{e}"));
        let own = own_orders(kernel, borut);
        let all = one(kernel, "SELECT COUNT(*) FROM sales_order");
        assert!(!own.is_empty() && (own.len() as i64) < all, "the demo has own and others' orders");
        let listed =
            kernel.read(&actor, |r| r.list(&orders, &Ask::default())).unwrap_or_else(|e| panic!("{e}")).rows;
        assert_eq!(listed.iter().filter_map(|r| r["id"].as_i64()).collect::<HashSet<_>>(), own);
        assert!(listed.iter().all(|r| r.get("cost").is_none()), "a hidden field is nowhere");
        assert_eq!(kernel.read(&actor, |r| r.count(&orders, &Ask::default())).ok(), Some(own.len() as i64));
        let apply = kernel::apply::parse("aggregate($count as n)").unwrap_or_else(|e| panic!("{e}"));
        let sums = kernel
            .read(&actor, |r| r.groups(&orders, &Ask::default(), &apply))
            .unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(sums.first().and_then(|s| s["n"].as_i64()), Some(own.len() as i64));
        let foreign = one(
            kernel,
            &format!(
                "SELECT MIN(o.id) FROM sales_order o JOIN party p ON p.id = o.customer_id WHERE p.responsible_id <> {borut}"
            ),
        );
        assert_eq!(
            code(kernel.read(&actor, |r| r.record("SalesOrder", foreign, vec![]))),
            "kernel.not_found"
        );
        assert_eq!(code(kernel.read(&actor, |r| r.story("SalesOrder", foreign))), "kernel.not_found");
        let call = Call {
            entity: "SalesOrder".into(),
            command: "send".into(),
            id: Some(foreign),
            ..Call::default()
        };
        assert_eq!(code(kernel.run(&actor, &call)), "kernel.not_found");
        let number = one(kernel, &format!("SELECT COUNT(*) FROM search WHERE id = {foreign}"));
        assert_eq!(number, 1, "it is found by who may");
        let title = kernel.read(&actor, |r| r.search("SO20", &[], 200)).unwrap_or_else(|e| panic!("{e}"));
        assert!(title.iter().all(|h| own.contains(&h.id)), "search shows own orders only");
        // Neither filtering nor sorting by a hidden field tells what it holds.
        let ask = Ask { order: vec![(vec!["cost".into()], false)], ..Ask::default() };
        assert_eq!(code(kernel.read(&actor, |r| r.list(&orders, &ask))), "kernel.unknown_field");
        let lines = kernel.registry.entity("SalesOrderLine").unwrap_or_else(|e| panic!("{e}"));
        let lines =
            kernel.read(&actor, |r| r.list(&lines, &Ask::default())).unwrap_or_else(|e| panic!("{e}")).rows;
        assert!(
            lines.iter().all(|l| l["parent_id"].as_i64().is_some_and(|p| own.contains(&p))),
            "lines live with their order"
        );
    });
}

#[test]
fn another_company_is_as_if_it_were_not_there() {
    on_both_empty(|kernel| {
        played(kernel);
        let mut rights = Rights::new(1, vec![-1]);
        rights.grant(
            "*",
            Access {
                rows: Rows::All,
                write: true,
                commands: HashSet::from(["*".into()]),
                hidden: HashSet::new(),
            },
        );
        let stranger = actor(kernel, rights, 1);
        for d in entities(kernel).into_iter().filter(|d| d.has_company() && d.parent.is_none()) {
            let optional = d.field("company_id").is_some_and(|f| !f.required);
            let found = kernel
                .read(&stranger, |r| r.count(&d, &Ask::default()))
                .unwrap_or_else(|e| panic!("{}: {e}", d.name));
            assert!(found == 0 || optional, "{} of another company are seen", d.name);
        }
    });
}

#[test]
fn a_retry_does_nothing_twice_and_the_second_editor_is_told() {
    on_both_empty(|kernel| {
        played(kernel);
        let all = actor(kernel, Rights::all(), 0);
        let body = json!({"name": "Twice d.o.o."});
        let call = |key: &str, body: &Json| Call {
            entity: "Party".into(),
            command: "create".into(),
            body: body.as_object().cloned().unwrap_or_default(),
            key: Some(key.into()),
            ..Call::default()
        };
        let first = kernel.run(&all, &call("k1", &body)).unwrap_or_else(|e| panic!("{e}"));
        let again = kernel.run(&all, &call("k1", &body)).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(first.id, again.id);
        assert_eq!(one(kernel, "SELECT COUNT(*) FROM party WHERE name = 'Twice d.o.o.'"), 1);
        assert_eq!(code(kernel.run(&all, &call("k1", &json!({"name": "Other"})))), "kernel.key_reused");
        let edit = |version: i64| Call {
            entity: "Party".into(),
            command: "update".into(),
            id: Some(first.id),
            version: Some(version),
            body: json!({"phone": "1"}).as_object().cloned().unwrap_or_default(),
            ..Call::default()
        };
        assert_eq!(code(kernel.run(&all, &edit(1))), "done");
        assert_eq!(code(kernel.run(&all, &edit(1))), "kernel.stale");
    });
}
