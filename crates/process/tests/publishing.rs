//! A diagram is a program: what cannot run is refused with the element and the reason.

mod shop;

use serde_json::json;
use shop::draw::{END, START, catch, diagram, flows, service};
use shop::{Shop, call};

const RESERVE: &str = r#"celota:command="SalesOrder.reserve""#;

/// What is wrong with a diagram: codes with their elements.
fn faults(shop: &Shop, xml: &str) -> Vec<String> {
    let id = shop.draft("t", xml);
    let Err(error) = shop.try_run("Diagram", "publish", Some(id), json!({})) else { return vec![] };
    let refusal = error.refusal().unwrap_or_else(|| panic!("{error}"));
    let said = |r: &kernel::Refusal| format!("{} {}", r.field.as_deref().unwrap_or_default(), r.code);
    std::iter::once(said(refusal)).chain(refusal.more.iter().map(said)).collect()
}

#[test]
fn what_cannot_run_is_named() {
    let shop = Shop::on_sqlite();
    let a = |inner: &str| format!("{START}{END}{inner}");
    let table: Vec<(&str, String, &[&str])> = vec![
        ("plain", a(&(service("a", RESERVE) + &*flows(&["s > a", "a > e"]))), &[]),
        ("parallel", a(&(r#"<parallelGateway id="g"/>"#.to_owned() + &*flows(&["s > e", "g > e"]))), &["g process.not_runnable"]),
        ("script", a(&(r#"<scriptTask id="g"/>"#.to_owned() + &*flows(&["s > e"]))), &["g process.not_runnable"]),
        ("subprocess", a(&(r#"<subProcess id="g"/>"#.to_owned() + &*flows(&["s > e"]))), &["g process.not_runnable"]),
        ("no command", a(&(service("a", r#"celota:command="SalesOrder.dance""#) + &*flows(&["s > a", "a > e"]))), &["a process.no_command"]),
        ("half a command", a(&(service("a", r#"celota:command="dance""#) + &*flows(&["s > a", "a > e"]))), &["a process.no_command"]),
        ("no such event", a(&(catch("c", "sales.Danced") + &*flows(&["s > c", "c > e"]))), &["c process.no_event"]),
        ("nothing waited for", a(&(r#"<intermediateCatchEvent id="c"/>"#.to_owned() + &*flows(&["s > e"]))), &["c process.no_trigger"]),
        ("another's record", a(&(service("a", r#"celota:command="Delivery.ship""#) + &*flows(&["s > a", "a > e"]))), &["a process.which_record"]),
        ("unknown input", a(&(r#"<serviceTask id="a" celota:command="SalesOrder.reserve"><extensionElements><celota:input key="x" value="1"/></extensionElements></serviceTask>"#.to_owned() + &*flows(&["s > a", "a > e"]))), &["a process.unfit_input"]),
        ("no default", a(&(r#"<exclusiveGateway id="g"/>"#.to_owned() + &*service("a", RESERVE) + &*flows(&["s > g", "g > a: record.to_deliver > 0", "a > e", "g > e: record.to_pay > 0"]))), &["g process.no_default"]),
        ("exhaustive", a(&(r#"<exclusiveGateway id="g"/>"#.to_owned() + &*service("a", RESERVE) + &*flows(&["s > g", "g > a: record.to_deliver > 0", "a > e", "g > e: not(record.to_deliver > 0)"]))), &[]),
        ("no condition", a(&(r#"<exclusiveGateway id="g" default="g_e"/>"#.to_owned() + &*service("a", RESERVE) + &*flows(&["s > g", "g > a", "a > e", "g > e"]))), &["g process.no_condition"]),
        ("bad condition", a(&(r#"<exclusiveGateway id="g" default="g_e"/>"#.to_owned() + &*service("a", RESERVE) + &*flows(&["s > g", "g > a: record.to_deliver >", "a > e", "g > e"]))), &["g process.expression"]),
        ("unknown field", a(&(r#"<exclusiveGateway id="g" default="g_e"/>"#.to_owned() + &*service("a", RESERVE) + &*flows(&["s > g", "g > a: record.colour = \"red\"", "a > e", "g > e"]))), &["g process.unknown_name"]),
        ("external function", a(&(r#"<exclusiveGateway id="g" default="g_e"/>"#.to_owned() + &*service("a", RESERVE) + &*flows(&["s > g", "g > a: (function(x) external {java: {class: \"A\", method signature: \"b(int)\"}})(1) > 0", "a > e", "g > e"]))), &["g process.external_function"]),
        ("a condition on a task", a(&(service("a", RESERVE) + &*flows(&["s > a: record.to_pay > 0", "a > e"]))), &["s process.condition_place"]),
        ("two ways out of a task", a(&(service("a", RESERVE) + &*service("b", RESERVE) + &*flows(&["s > a", "s > b", "a > e", "b > e"]))), &["s process.splits"]),
        ("unreachable", a(&(service("a", RESERVE) + &*flows(&["s > e", "a > e"]))), &["a process.unreachable"]),
        ("dead end", a(&(service("a", RESERVE) + &*flows(&["s > a"]))), &["a process.dead_end", "e process.unreachable"]),
        ("idle loop", a(&(r#"<exclusiveGateway id="g" default="g_e"/><exclusiveGateway id="h"/>"#.to_owned() + &*flows(&["s > g", "g > h: record.to_pay > 0", "h > g", "g > e"]))), &["g process.idle_loop", "h process.idle_loop"]),
        ("role", a(&(r#"<userTask id="u" celota:role="dancer"/>"#.to_owned() + &*flows(&["s > u", "u > e"]))), &["u process.no_such_role"]),
        ("wait for a task", a(&(r#"<eventBasedGateway id="g"/>"#.to_owned() + &*service("a", RESERVE) + &*flows(&["s > g", "g > a", "a > e"]))), &["g process.wait_for_what"]),
        ("not interrupting", a(&(r#"<userTask id="u"/><boundaryEvent id="b" attachedToRef="u" cancelActivity="false" celota:event="sales.Amended"><messageEventDefinition/></boundaryEvent>"#.to_owned() + &*flows(&["s > u", "u > e", "b > e"]))), &["b process.not_runnable"]),
        ("error on a person", a(&(r#"<userTask id="u"/><boundaryEvent id="b" attachedToRef="u"><errorEventDefinition/></boundaryEvent>"#.to_owned() + &*flows(&["s > u", "u > e", "b > e"]))), &["b process.boundary_place"]),
        ("bad duration", a(&(r#"<intermediateCatchEvent id="c"><timerEventDefinition><timeDuration>Pax</timeDuration></timerEventDefinition></intermediateCatchEvent>"#.to_owned() + &*flows(&["s > c", "c > e"]))), &["c process.no_timer"]),
        ("a cycle of time", a(&(r#"<intermediateCatchEvent id="c"><timerEventDefinition><timeCycle>R3/PT1H</timeCycle></timerEventDefinition></intermediateCatchEvent>"#.to_owned() + &*flows(&["s > e"]))), &["c process.no_timer"]),
        ("no start", format!("{END}"), &["e process.unreachable", "p process.no_start"]),
        ("loose flow", a(&flows(&["s > e", "e > nowhere"])), &["e_nowhere process.loose_flow"]),
    ];
    for (name, elements, wanted) in table {
        let mut found = faults(&shop, &diagram(&elements));
        found.sort();
        assert_eq!(found, wanted, "{name}");
    }
}

#[test]
fn what_is_no_diagram_is_not_kept() {
    let shop = Shop::on_sqlite();
    for (xml, code) in [
        ("", "process.not_xml"),
        ("<a", "process.not_xml"),
        ("<a/>", "process.not_bpmn"),
        (r#"<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>"#, "process.not_xml"),
    ] {
        shop.refuses("Diagram", "create", None, json!({"code": "x", "name": "x", "xml": xml}), code);
    }
}

#[test]
fn each_refusal_speaks_both_languages_and_names_its_element() {
    let shop = Shop::on_sqlite();
    let id = shop.draft(
        "t",
        &diagram(&format!(
            "{START}{END}{}",
            service("a", r#"name="Dance" celota:command="SalesOrder.dance""#) + &*flows(&["s > a", "a > e"])
        )),
    );
    let error = shop.try_run("Diagram", "publish", Some(id), json!({})).unwrap_err();
    let refusal = error.refusal().unwrap();
    let texts = &shop.kernel.registry.texts;
    assert_eq!(refusal.message(texts, "en"), "“Dance” runs SalesOrder.dance, and there is no such command.");
    assert_eq!(refusal.message(texts, "sl"), "„Dance“ izvede SalesOrder.dance, a tega ukaza ni.");
}

#[test]
fn editions_follow_each_other_and_cases_finish_on_theirs() {
    let shop = Shop::on_sqlite();
    let waits =
        |event: &str| diagram(&format!("{START}{END}{}", catch("c", event) + &*flows(&["s > c", "c > e"])));
    let shop = shop.with("t", &waits("sales.Amended"));
    let old = shop.order(1, 1);
    let shop = shop_again(&shop, &waits("sales.Waived"));
    let order = shop.run("SalesOrder", "create", None, json!({"customer": "B", "ordered": 1}));
    shop.run("SalesOrder", "confirm", Some(order.id), json!({}));
    let editions: Vec<(i64, String)> = shop
        .rows("SELECT edition, state FROM diagram ORDER BY edition")
        .iter()
        .map(|r| (r.int(0), r.text(1).to_owned()))
        .collect();
    assert_eq!(editions, [(1, "retired".to_owned()), (2, "published".to_owned())]);
    shop.run("SalesOrder", "waive", Some(order.id), json!({}));
    assert_eq!(shop.stands("SalesOrder", order.id), "ended at e");
    shop.run("SalesOrder", "waive", Some(old.id), json!({}));
    assert_eq!(shop.stands("SalesOrder", old.id), "running at c");
    shop.run("SalesOrder", "amend", Some(old.id), json!({}));
    assert_eq!(shop.stands("SalesOrder", old.id), "ended at e");
    // A published edition is never changed.
    let id = shop.rows("SELECT id FROM diagram WHERE edition = 2")[0].int(0);
    shop.refuses("Diagram", "update", Some(id), json!({"name": "other"}), "kernel.not_editable");
    let draft = shop.run("Diagram", "revise", Some(id), json!({})).id;
    shop.run("Diagram", "update", Some(draft), json!({"name": "other"}));
}

fn shop_again<'s>(shop: &'s Shop, xml: &str) -> &'s Shop {
    let id = shop.draft("t", xml);
    shop.run("Diagram", "publish", Some(id), json!({}));
    shop
}

#[test]
fn a_dry_run_publishes_nothing() {
    let shop = Shop::on_sqlite();
    let id = shop.draft(
        "t",
        &diagram(&format!("{START}{END}{}", catch("c", "sales.Amended") + &*flows(&["s > c", "c > e"]))),
    );
    let mut dry = call("Diagram", "publish", Some(id), json!({}));
    dry.dry_run = true;
    shop.kernel.run(&shop.actor, &dry).unwrap();
    shop.order(1, 1);
    assert!(shop.rows("SELECT id FROM case_").is_empty());
}

#[test]
fn shipped_diagrams_come_once_and_never_over_an_edited_copy() {
    let shop = Shop::on_sqlite().ship().ship();
    assert_eq!(shop.rows("SELECT id FROM diagram").len(), 3);
    let newer = shop::ORDER_TO_CASH.replace("Pick and ship", "Pick, pack and ship");
    let give = |xml: &str| {
        let xml = xml.to_owned();
        shop.kernel
            .work(&shop.actor, "ship", move |cx| process::ship(&[("order-to-cash", &xml)], cx))
            .unwrap();
    };
    let states = || -> Vec<String> {
        let sql = "SELECT edition, state FROM diagram WHERE code = 'order-to-cash' ORDER BY id";
        shop.rows(sql).iter().map(|r| format!("{} {}", r.int(0), r.text(1))).collect()
    };
    give(&newer);
    assert_eq!(states(), ["1 retired", "2 published"], "nobody has edited it: the newer one takes its place");
    let in_force =
        shop.rows("SELECT id FROM diagram WHERE code = 'order-to-cash' AND state = 'published'")[0].int(0);
    let own = shop.run("Diagram", "revise", Some(in_force), json!({})).id;
    shop.run("Diagram", "publish", Some(own), json!({}));
    give(&newer.replace("Reserve the goods", "Reserve"));
    assert_eq!(
        states(),
        ["1 retired", "2 retired", "3 published", "0 draft"],
        "the firm's own stays in force"
    );
}

#[test]
fn steps_get_no_more_than_the_publisher_has() {
    let shop = Shop::on_sqlite();
    let id = shop.draft(
        "t",
        &diagram(&format!("{START}{END}{}", service("a", RESERVE) + &*flows(&["s > a", "a > e"]))),
    );
    let mut rights = kernel::Rights::new(1, vec![]);
    let access = |entity: &str, commands: &[&str]| {
        let commands = commands.iter().map(ToString::to_string).collect();
        (
            entity.to_owned(),
            kernel::rights::Access {
                rows: kernel::rights::Rows::All,
                write: false,
                commands,
                hidden: Default::default(),
            },
        )
    };
    for (entity, access) in [access("Diagram", &["publish"]), access("SalesOrder", &["confirm"])] {
        rights.grant(&entity, access);
    }
    let mut actor = shop.actor.clone();
    actor.rights = std::sync::Arc::new(rights.clone());
    let refused = shop.kernel.run(&actor, &call("Diagram", "publish", Some(id), json!({}))).unwrap_err();
    assert_eq!(
        refused.refusal().map(|r| (r.code, r.field.as_deref())),
        Some(("process.not_yours", Some("a")))
    );
    let (entity, more) = access("SalesOrder", &["reserve"]);
    rights.grant(&entity, more);
    actor.rights = std::sync::Arc::new(rights);
    shop.kernel.run(&actor, &call("Diagram", "publish", Some(id), json!({}))).unwrap();
    let order = shop.order(1, 1);
    assert_eq!(shop.stands("SalesOrder", order.id), "ended at e");
}

#[test]
fn what_a_diagram_must_say_of_itself() {
    let shop = Shop::on_sqlite();
    let a = |inner: &str| format!("{START}{END}{inner}");
    let whole = a(&[service("a", RESERVE), flows(&["s > a", "a > e"])].concat());
    let nobody = a(&[r#"<userTask id="u"/>"#.to_owned(), flows(&["s > u", "u > e"])].concat());
    let twice = whole.replace(r#"id="s""#, r#"id="s" celota:attach="Delivery""#);
    let loose = a(&[
        r#"<boundaryEvent id="b" attachedToRef="x"><errorEventDefinition/></boundaryEvent>"#.to_owned(),
        flows(&["s > e", "b > e"]),
    ]
    .concat());
    let nameless = a(&[r"<userTask/>".to_owned(), flows(&["s > e"])].concat());
    let role = r#" celota:role="sales""#;
    let attach = r#" celota:attach="SalesOrder""#;
    for (xml, wanted) in [
        (diagram(&whole).replace(role, ""), "a process.nobody_mends"),
        (diagram(&nobody).replace(role, ""), "u process.no_role"),
        (diagram(&whole).replace(attach, ""), "p process.no_attach"),
        (diagram(&whole).replace(attach, r#" celota:attach="Moon""#), "p process.no_entity"),
        (diagram(&twice), "s process.attach_twice"),
        (diagram(&loose), "b process.loose_boundary"),
        (diagram(&nameless), " process.no_id"),
        (diagram(&a(&flows(&["s > e", "e > s"]))), "e process.after_end"),
        (diagram(&a(&flows(&["s > e", "e > s"]))), "s process.incoming"),
        (
            diagram(&whole.replace(RESERVE, &format!(r#"{RESERVE} celota:record="today()""#))),
            "a process.clock",
        ),
    ] {
        let found = faults(&shop, &xml);
        assert!(found.iter().any(|f| f == wanted), "{wanted}: {found:?}");
    }
}

#[test]
fn each_refusal_has_its_words() {
    let shop = Shop::on_sqlite();
    let texts = &shop.kernel.registry.texts;
    let codes: Vec<String> = texts
        .keys("en")
        .filter_map(|k| k.strip_prefix("refusals.")?.strip_suffix(".is"))
        .filter(|k| k.starts_with("process."))
        .map(ToOwned::to_owned)
        .collect();
    let sources = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut source = String::new();
    for folder in [sources.clone(), sources.join("case")] {
        for file in std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()).filter(|p| p.is_file()) {
            source.push_str(&std::fs::read_to_string(file).unwrap());
        }
    }
    let unused: Vec<&String> = codes.iter().filter(|c| !source.contains(&format!("\"{c}\""))).collect();
    assert!(unused.is_empty(), "nobody says {unused:?}");
    for language in ["en", "sl"] {
        assert!(codes.iter().all(|c| texts.has(language, &format!("refusals.{c}.is"))
            && texts.has(language, &format!("refusals.{c}.do"))));
    }
}
