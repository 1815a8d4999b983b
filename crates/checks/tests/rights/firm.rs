//! A group of two companies with rows of several owners; every text that could leak is one of a kind.

use checks::http::Client;
use serde_json::{Map, Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};

pub type Row = Map<String, Json>;

/// All there is, as the administrator reads it: nothing is hidden from her.
pub struct World {
    pub model: Json,
    pub rows: BTreeMap<String, Vec<Row>>,
    /// Texts and figures that are one of a kind: who holds them, by entity, id and field.
    pub canaries: BTreeMap<String, Vec<(String, i64, String)>>,
    pub companies: [i64; 2],
    pub owners: Vec<i64>,
}

pub fn post(client: &Client, path: &str, body: &Json) -> Json {
    let answer = client.post(path, body).unwrap_or_else(|e| panic!("{path}: {e}"));
    assert!(answer.status < 300, "{path} {body}: {}", answer.text());
    answer.json()
}

fn id(answer: &Json) -> i64 {
    answer["id"].as_i64().unwrap_or_else(|| panic!("an id: {answer}"))
}

pub fn create(client: &Client, set: &str, body: &Json) -> i64 {
    id(&post(client, &format!("/odata/{set}"), body))
}

/// All rows of a set.
pub fn all(client: &Client, set: &str) -> Vec<Row> {
    let answer = client.get(&format!("/odata/{set}?$top=5000")).expect("it answers");
    assert_eq!(answer.status, 200, "{set}: {}", answer.text());
    let rows: Vec<Row> = answer.json()["value"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|r| r.as_object().cloned())
        .collect();
    assert!(rows.len() < 5000, "{set} fits on one page");
    rows
}

/// The people who own customers; they are users like all others.
fn owners(ana: &Client) -> Vec<i64> {
    (0..4)
        .map(|n| create(ana, "Users", &json!({"login": format!("owner{n}"), "name": format!("Owner {n}")})))
        .collect()
}

fn parties(ana: &Client, owners: &[i64]) -> Vec<i64> {
    let mut made: Vec<i64> = Vec::new();
    for n in 0..16_usize {
        let person = made.last().copied();
        let relations =
            person.map(|p| json!([{"role": "decides", "person_id": p, "note": format!("zq41{n:02}x")}]));
        let body = json!({
            "name": format!("zq10{n:02}x stranka"), "email": format!("zq11{n:02}x@example.com"), "phone": format!("zq12{n:02}x"),
            "plan": format!("zq13{n:02}x"), "is_customer": true, "is_supplier": n % 5 == 0, "tax_number": "12345679",
            "credit_limit": format!("{}.17", 50_000 + n * 101), "responsible_id": owners.get(n % 5), "organisation_id": person.filter(|_| n % 4 == 3),
            "addresses": [{"kind": "office", "street": format!("zq14{n:02}x"), "postal_code": "1000", "town": "Ljubljana"}],
            "relations": relations.unwrap_or(json!([])),
        });
        made.push(create(ana, "Parties", &body));
    }
    made
}

fn products(ana: &Client) -> Vec<i64> {
    let first = |set: &str, filter: &str| {
        all(ana, set).iter().find(|r| r.values().any(|v| v == filter)).map(|r| r["id"].clone())
    };
    let (unit, tax) = (first("Units", "C62"), first("TaxCodes", "S22"));
    (0..3)
        .map(|n| {
            create(ana, "Products", &json!({
                "code": format!("zq20{n:02}x"), "name": format!("zq21{n:02}x izdelek"), "unit_id": unit, "tax_code_id": tax,
                "list_price": format!("{}.29", 61_000 + n * 113), "standard_cost": format!("{}.31", 31_000 + n * 117),
                "is_bought": true, "is_sold": true,
            }))
        })
        .collect()
}

/// Orders, some of them delivered and invoiced, some short; opportunities, activities, notes and files beside them.
fn trade(ana: &Client, parties: &[i64], products: &[i64], owners: &[i64]) {
    for (n, customer) in parties.iter().enumerate() {
        let product = products[n % products.len()];
        let order = create(
            ana,
            "SalesOrders",
            &json!({
                "customer_id": customer, "payer_id": parties.get(n + 2), "your_reference": format!("zq30{n:02}x"), "note": format!("zq31{n:02}x"),
                "lines": [{"product_id": product, "quantity": 1, "unit_price": format!("{}.37", 70_000 + n * 103)}],
            }),
        );
        let opportunity = create(
            ana,
            "Opportunities",
            &json!({
                "title": format!("zq32{n:02}x"), "party_id": customer, "amount": format!("{}.41", 80_000 + n * 107), "responsible_id": owners.get(n % 4),
            }),
        );
        for (entity, id) in [("Party", *customer), ("SalesOrder", order), ("Opportunity", opportunity)] {
            create(
                ana,
                "Notes",
                &json!({"about_entity": entity, "about_id": id, "text": format!("zq33{id}x")}),
            );
            create(
                ana,
                "Activities",
                &json!({
                    "about_entity": entity, "about_id": id, "kind": "task", "subject": format!("zq34{id}x"), "responsible_id": owners.get(n % 3),
                }),
            );
            let path = format!("/files?entity={entity}&id={id}&name=zq35{id}x.txt");
            let kept = ana.clone().with("content-type", "text/plain").send(
                "POST",
                &path,
                format!("zq36{id}x").as_bytes(),
            );
            assert!(kept.is_ok_and(|a| a.status == 200), "a file at {entity} {id}");
        }
        let _ = ana.post(&format!("/odata/SalesOrders({order})/confirm"), &json!({}));
    }
}

/// Ships what is in stock; the diagram invoices it.
fn ship(ana: &Client) {
    for delivery in all(ana, "Deliveries") {
        let _ = ana.post(&format!("/odata/Deliveries({})/ship", delivery["id"]), &json!({}));
    }
    for order in all(ana, "SalesOrders") {
        let _ = ana.post(&format!("/odata/SalesOrders({})/invoice", order["id"]), &json!({}));
    }
}

/// Fills an empty firm.
pub fn fill(ana: &Client) -> World {
    let here =
        ana.get("/api/session").expect("it answers").json()["company"]["id"].as_i64().expect("a company");
    let owners = owners(ana);
    let (parties, products) = (parties(ana, &owners), products(ana));
    let lines: Vec<Json> = products
        .iter()
        .take(2)
        .map(|p| json!({"product_id": p, "counted": 4, "unit_cost": "29001.43"}))
        .collect();
    let count = create(ana, "StockCounts", &json!({"kind": "opening", "lines": lines}));
    post(ana, &format!("/odata/StockCounts({count})/post"), &json!({}));
    for (n, product) in products.iter().enumerate() {
        create(
            ana,
            "SupplierPrices",
            &json!({"supplier_id": parties[0], "product_id": product, "price": format!("{}.47", 41_000 + n), "lead_time_days": 3}),
        );
    }
    trade(ana, &parties, &products, &owners);
    ship(ana);
    let second = create(ana, "Companies", &json!({"name": "Druga d.o.o.", "tax_number": "12345679"}));
    for (n, customer) in parties.iter().enumerate() {
        create(
            ana,
            "SalesOrders",
            &json!({
                "company_id": second, "customer_id": customer, "your_reference": format!("zq50{n:02}x"),
                "lines": [{"product_id": products[0], "quantity": 1, "unit_price": format!("{}.53", 90_000 + n * 109)}],
            }),
        );
        create(
            ana,
            "Opportunities",
            &json!({"company_id": second, "title": format!("zq51{n:02}x"), "party_id": customer, "amount": format!("{}.59", 95_000 + n * 111), "responsible_id": owners.get(n % 4)}),
        );
    }
    world(ana, [here, second], owners)
}

/// What there is, read anew.
pub fn world(ana: &Client, companies: [i64; 2], owners: Vec<i64>) -> World {
    let model = ana.get("/api/model").expect("it answers").json();
    let mut rows = BTreeMap::new();
    for (name, entity) in model["entities"].as_object().into_iter().flatten() {
        rows.insert(name.clone(), all(ana, entity["set"].as_str().unwrap_or_default()));
    }
    let mut canaries: BTreeMap<String, Vec<(String, i64, String)>> = BTreeMap::new();
    for (entity, row) in rows.iter().flat_map(|(e, rows)| rows.iter().map(move |r| (e, r))) {
        let id = row["id"].as_i64().unwrap_or_default();
        for (field, value) in row.iter().filter(|(f, _)| *f != "title") {
            for word in words(value) {
                canaries.entry(word).or_default().push((entity.clone(), id, field.clone()));
            }
        }
    }
    World { model, rows, canaries, companies, owners }
}

/// What is one of a kind in a value: `zq1003x`, or a figure of more than a thousand with cents.
pub fn words(value: &Json) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    gather(value, &mut found);
    found
}

fn gather(value: &Json, found: &mut BTreeSet<String>) {
    match value {
        Json::Array(items) => items.iter().for_each(|i| gather(i, found)),
        Json::Object(map) => map.values().for_each(|i| gather(i, found)),
        Json::Number(n) => {
            let n = n.as_f64().unwrap_or_default().abs();
            if n > 1_000.0 && (n * 100.0).round() % 100.0 != 0.0 && n < 1e7 {
                found.insert(format!("{n:.2}"));
            }
        }
        Json::String(text) => marks(text, found),
        _ => {}
    }
}

/// The marks in a text.
pub fn marks(text: &str, found: &mut BTreeSet<String>) {
    for part in text.split("zq").skip(1) {
        let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
        if !digits.is_empty() && part.get(digits.len()..).is_some_and(|rest| rest.starts_with('x')) {
            found.insert(format!("zq{digits}x"));
        }
    }
}
