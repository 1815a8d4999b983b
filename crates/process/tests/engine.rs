//! What the engine can do beyond the shipped diagrams, each in the smallest picture that shows it.

mod shop;

use serde_json::json;
use shop::draw::{END, START, catch, diagram, flows, service};
use shop::{Shop, call, everywhere};

const INVOICE: &str = r#"celota:command="SalesOrder.invoice""#;

fn boundary(id: &str, on: &str, inner: &str) -> String {
    format!(r#"<boundaryEvent id="{id}" attachedToRef="{on}" {inner}</boundaryEvent>"#)
}

/// An order whose invoice will be refused.
fn taxless(shop: &Shop) -> i64 {
    let body = json!({"customer": "Ana", "ordered": 1, "delivered": 1, "unit_price": 10});
    let id = shop.run("SalesOrder", "create", None, body).id;
    shop.run("SalesOrder", "confirm", Some(id), json!({}));
    id
}

#[test]
fn a_refusal_takes_the_way_drawn_for_it() {
    everywhere(|shop| {
        let xml = diagram(&format!(
            "{START}{END}{}{}{}{}{}",
            service("a", INVOICE),
            boundary("any", "a", "><errorEventDefinition/>"),
            boundary("tax", "a", r#"celota:code="sales.no_tax_number"><errorEventDefinition/>"#),
            r#"<userTask id="ask" celota:role="sales"/>"#,
            flows(&["s > a", "a > e", "any > e", "tax > ask", "ask > e"]),
        ));
        let shop = shop.with("t", &xml);
        let id = taxless(&shop);
        assert_eq!(shop.stands("SalesOrder", id), "running at ask");
        assert_eq!(shop.record("SalesOrder", id)["state"], json!("confirmed"));
    });
}

#[test]
fn a_step_after_the_commit_is_a_job_with_retries() {
    everywhere(|shop| {
        let xml = diagram(&format!(
            "{START}{END}{}{}",
            service("a", &format!(r#"{INVOICE} celota:after="commit""#)),
            flows(&["s > a", "a > e"])
        ));
        let shop = shop.with("t", &xml);
        let id = taxless(&shop);
        assert_eq!(shop.stands("SalesOrder", id), "running at a");
        shop.jobs();
        assert_eq!(shop.stands("SalesOrder", id), "stopped at a");
        shop.run("SalesOrder", "update", Some(id), json!({"tax_number": "SI1"}));
        shop.run("Case", "retry", shop.case("SalesOrder", id)["id"].as_i64(), json!({}));
        assert_eq!(shop.stands("SalesOrder", id), "running at a");
        shop.jobs();
        assert_eq!(shop.stands("SalesOrder", id), "ended at e");
    });
}

#[test]
fn inputs_variables_and_decisions() {
    everywhere(|shop| {
        let pay = r#"<serviceTask id="pay" celota:command="SalesOrder.pay"><extensionElements>
            <celota:input key="amount" value="record.ordered * 10 - 3"/></extensionElements></serviceTask>"#;
        let xml = diagram(&format!(
            r#"{START}{END}{pay}{}<exclusiveGateway id="g" default="g_e"/>{}{}"#,
            service("r", r#"celota:command="SalesOrder.count" celota:result="counted""#),
            catch("c", "sales.Amended"),
            flows(&[
                "s > r",
                "r > g",
                "g > pay: counted.on_hand > 0 and event.name = \"sales.Confirmed\"",
                "pay > c",
                "c > e",
                "g > e"
            ]),
        ));
        let shop = shop.with("t", &xml);
        let order = shop.order(2, 2);
        order.stands("running at c");
        assert_eq!(order.figure("paid"), json!(17));
        let other = shop.order(2, 0);
        other.stands("ended at e");
        assert_eq!(other.figure("paid"), json!(0));
    });
}

#[test]
fn a_loop_that_nothing_ends_stops_visibly() {
    everywhere(|shop| {
        let xml = diagram(&format!(
            r#"{START}{END}{}<exclusiveGateway id="g" default="g_e"/>{}"#,
            service("r", r#"celota:command="SalesOrder.reserve""#),
            flows(&["s > r", "r > g", "g > r: record.ordered > 0", "g > e"]),
        ));
        let shop = shop.with("t", &xml);
        let order = shop.order(2, 2);
        let case = shop.case("SalesOrder", order.id);
        assert_eq!(case["stopped"]["code"], json!("process.too_many_steps"));
        assert_eq!(case["state"], json!("stopped"));
        assert_eq!(order.figure("state"), json!("confirmed"));
    });
}

#[test]
fn timers_and_boundaries_of_a_task() {
    everywhere(|shop| {
        let xml = diagram(&format!(
            r#"{START}{END}<userTask id="u" celota:role="sales" celota:due="record.promised_on"/><endEvent id="late"/>{}{}"#,
            boundary(
                "b",
                "u",
                r"><timerEventDefinition><timeDuration>P2D</timeDuration></timerEventDefinition>"
            ),
            flows(&["s > u", "u > e", "b > late"]),
        ));
        let shop = shop.with("t", &xml);
        let order = shop.order(1, 1);
        shop.later(1);
        order.stands("running at u");
        shop.later(2);
        order.stands("ended at late");
        let body = json!({"customer": "B", "ordered": 1, "promised_on": "2026-12-24"});
        let id = shop.run("SalesOrder", "create", None, body).id;
        shop.run("SalesOrder", "confirm", Some(id), json!({}));
        let task = shop.ask("Task", "inbox", None, json!({}))["tasks"][0].clone();
        assert_eq!(task["due"], json!("2026-12-24"));
        shop.run("Task", "complete", task["id"].as_i64(), json!({}));
        assert_eq!(shop.stands("SalesOrder", id), "ended at e");
        shop.later(5);
        assert_eq!(shop.stands("SalesOrder", id), "ended at e");
    });
}

#[test]
fn a_dry_run_shows_what_follows_and_leaves_nothing() {
    everywhere(|shop| {
        let shop = shop.ship();
        let id =
            shop.run("SalesOrder", "create", None, json!({"customer": "B", "ordered": 1, "on_hand": 1})).id;
        let mut dry = call("SalesOrder", "confirm", Some(id), json!({}));
        dry.dry_run = true;
        let reply = shop.kernel.run(&shop.actor, &dry).unwrap();
        assert!(reply.changed.iter().any(|c| c.entity == "Delivery"), "{:?}", reply.changed);
        assert!(reply.changed.iter().any(|c| c.entity == "Case"));
        assert!(shop.rows("SELECT id FROM case_").is_empty());
        assert!(shop.rows("SELECT id FROM delivery").is_empty());
    });
}

#[test]
fn a_case_begun_by_hand() {
    everywhere(|shop| {
        let id =
            shop.run("SalesOrder", "create", None, json!({"customer": "B", "ordered": 1, "on_hand": 1})).id;
        shop.run("SalesOrder", "confirm", Some(id), json!({}));
        let shop = shop.ship();
        let about = json!({"code": "order-to-cash", "about_entity": "SalesOrder", "about_id": id});
        shop.run("Case", "start", None, about.clone());
        assert_eq!(shop.stands("SalesOrder", id), "running at Ship");
        shop.refuses("Case", "start", None, about, "process.runs_already");
        let wrong = json!({"code": "order-to-cash", "about_entity": "Delivery", "about_id": 1});
        shop.refuses("Case", "start", None, wrong, "process.not_attached");
        let none = json!({"code": "nothing", "about_entity": "Delivery", "about_id": 1});
        shop.refuses("Case", "start", None, none, "process.no_such_diagram");
    });
}

#[test]
fn one_case_of_each_diagram_runs_for_a_record() {
    everywhere(|shop| {
        let watch =
            diagram(&format!("{START}{END}{}{}", catch("c", "sales.Cancelled"), flows(&["s > c", "c > e"])));
        let shop = shop.ship().with("watch", &watch);
        let order = shop.order(1, 1);
        assert_eq!(shop.rows("SELECT id FROM case_ WHERE state = 'running'").len(), 2);
        order.run("cancel", json!({}));
        assert_eq!(shop.rows("SELECT id FROM case_ WHERE state = 'ended'").len(), 2);
    });
}

#[test]
fn many_hands_at_once() {
    everywhere(|shop| {
        let shop = shop.ship();
        let shared = shop.order(1, 1).id;
        shop.run(
            "Delivery",
            "ship",
            Some(shop.rows("SELECT id FROM delivery")[0].int(0)),
            json!({"quantity": 1}),
        );
        std::thread::scope(|scope| {
            for _ in 0..4 {
                let shop = &shop;
                scope.spawn(move || {
                    for _ in 0..6 {
                        let order = shop.order(2, 2);
                        order.ship(1);
                        shop.run("SalesOrder", "amend", Some(shared), json!({"unit_price": 10}));
                        order.ship(1);
                        order.run("pay", json!({"amount": 20}));
                        order.stands("ended at Whole");
                    }
                });
            }
        });
        assert_eq!(shop.stands("SalesOrder", shared), "running at Payment");
        shop.run("SalesOrder", "pay", Some(shared), json!({"amount": 10}));
        assert_eq!(shop.stands("SalesOrder", shared), "ended at Whole");
        assert_eq!(shop.rows("SELECT id FROM case_ WHERE state = 'ended'").len(), 25);
    });
}

#[test]
fn a_person_sees_the_tasks_of_their_roles() {
    everywhere(|shop| {
        let shop = shop.ship();
        shop.order(1, 1);
        let role = |code: &str| shop.rows(&format!("SELECT id FROM role WHERE code = '{code}'"))[0].int(0);
        let mut seen = Vec::new();
        for code in ["warehouse", "accountant", "administrator"] {
            let body = json!({"login": code, "name": code, "roles": [{"role_id": role(code)}]});
            let mut actor = shop.actor.clone();
            actor.user = shop.run("User", "create", None, body).id;
            let inbox = shop.kernel.registry.query("Task", "inbox").unwrap();
            let input = kernel::json::input_from_json(&inbox.input, &Default::default(), "").unwrap();
            let found = shop.kernel.read(&actor, |r| inbox.ask(r, None, input)).unwrap();
            seen.push(found["tasks"].as_array().unwrap().len());
        }
        assert_eq!(seen, [1, 0, 1]);
    });
}

#[test]
fn a_decision_that_cannot_be_made_stops_visibly() {
    everywhere(|shop| {
        let decides = |one: &str, other: &str| {
            diagram(&format!(
                r#"{START}{END}<exclusiveGateway id="g"/>{}{}"#,
                catch("c", "sales.Amended"),
                flows(&["s > g", &format!("g > c: {one}"), "c > e", &format!("g > e: {other}")]),
            ))
        };
        let shop = shop.with("t", &decides("record.promised_on > today", "not(record.promised_on > today)"));
        let order = shop.order(1, 1);
        assert_eq!(shop.case("SalesOrder", order.id)["stopped"]["code"], json!("process.no_way"));
        let shop = shop.with("t", &decides("record.ordered", "not(record.ordered)"));
        let order = shop.order(1, 1);
        assert_eq!(shop.case("SalesOrder", order.id)["stopped"]["code"], json!("process.not_yes_or_no"));
        // What is known by now decides when it is tried again.
        let case = shop.case("SalesOrder", order.id)["id"].as_i64();
        shop.run("Case", "retry", case, json!({}));
        order.stands("stopped at g");
        shop.run("Case", "done_by_hand", case, json!({}));
        order.stands("running at c");
    });
}

#[test]
fn a_task_that_an_event_completes_is_not_completed_by_word() {
    everywhere(|shop| {
        let task = r#"<userTask id="u" celota:role="sales" celota:event="sales.Amended"/>"#;
        let shop = shop.with("t", &diagram(&format!("{START}{END}{task}{}", flows(&["s > u", "u > e"]))));
        let order = shop.order(1, 1);
        let task = shop.ask("Task", "inbox", None, json!({}))["tasks"][0]["id"].as_i64();
        shop.refuses("Task", "complete", task, json!({}), "process.by_event");
        shop.run("Task", "take", task, json!({}));
        shop.run("Task", "give_back", task, json!({}));
        order.run("amend", json!({"ordered": 2}));
        order.stands("ended at e");
    });
}

#[test]
fn who_may_not_see_the_record_sees_nothing_of_its_case() {
    everywhere(|shop| {
        let shop = shop.ship();
        let order = shop.order(1, 1);
        let access = || kernel::rights::Access {
            rows: kernel::rights::Rows::All,
            write: false,
            commands: ["*".to_owned()].into(),
            hidden: Default::default(),
        };
        let mut seen = Vec::new();
        for entities in [&["Case", "Task", "CaseStep"][..], &["Case", "Task", "CaseStep", "SalesOrder"]] {
            let mut rights = kernel::Rights::new(7, vec![]);
            entities.iter().for_each(|e| rights.grant(e, access()));
            let mut actor = shop.actor.clone();
            actor.rights = std::sync::Arc::new(rights);
            let counts = ["Case", "Task", "CaseStep"].map(|e| {
                let description = shop.kernel.registry.entity(e).unwrap();
                shop.kernel.read(&actor, |r| r.count(&description, &Default::default())).unwrap()
            });
            seen.push(counts);
            let case = shop.case("SalesOrder", order.id)["id"].as_i64();
            let skipped = shop.kernel.run(&actor, &call("Case", "skip", case, json!({})));
            assert_eq!(skipped.is_ok(), entities.len() > 3);
        }
        assert_eq!(seen, [[0, 0, 0], [1, 1, 3]]);
    });
}
