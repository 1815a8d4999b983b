//! The serving process on the filled database: how long from its start to its first answer by HTTP, and what it holds
//! in memory when eight clients have done some of everything over HTTP.

use crate::firm::{Firm, order};
use crate::list;
use crate::report::{Better, Report};
use celota::{database, serve};
use checks::http::{Client, encoded};
use serde_json::{Value as Json, json};
use std::path::Path;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::{Duration, Instant};
use store::Place;

/// The first page that somebody sees.
const PAGE: &str = "/odata/SalesOrders?$top=50&$orderby=ordered_on%20desc";

pub fn run(firm: Firm, report: &mut Report) {
    let place = match &firm.place {
        Place::Folder(folder) => folder.display().to_string(),
        Place::Server(url) => url.clone(),
    };
    let (start, memory) = (firm.name("start"), firm.name("memory"));
    let token = access::random_token().expect("randomness");
    let issue = json!({"name": "bench", "user_id": firm.actor.user, "token_hash": access::digest(&token)});
    firm.call("Token", "issue", None, &issue, None);
    let products = firm.ids("SELECT id FROM product ORDER BY id LIMIT 500");
    let customers = firm.ids("SELECT id FROM party WHERE is_customer = 1 AND id IN (SELECT parent_id FROM address) ORDER BY id LIMIT 20");
    let database = firm.database;
    let Firm { kernel, .. } = firm;
    drop(kernel);

    let begun = Instant::now();
    let (mut child, client) = served(&place, &token);
    report.value(start, "s", begun.elapsed().as_secs_f64(), 1.0, Better::Lower);
    if products.len() >= 5 && !customers.is_empty() {
        some_of_everything(&client, &products, &customers);
    }
    report.value(memory, "MB", held(&child), 200.0, Better::Lower);
    drop(child.kill());
    drop(child.wait());
    if database == "sqlite" {
        drop(std::fs::remove_dir_all(place));
    }
}

/// A fresh process that has answered with its first page.
fn served(place: &str, token: &str) -> (Child, Client) {
    let port =
        std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port").port();
    let program = std::env::current_exe().expect("this program");
    let child = Command::new(program)
        .args(["--child", place, &port.to_string()])
        .env("RUST_LOG", "warn")
        .spawn()
        .expect("a process");
    let client = Client::new(port).with("authorization", &format!("Bearer {token}"));
    let begun = Instant::now();
    while !client.get(PAGE).is_ok_and(|a| a.status == 200 && a.json().get("value").is_some()) {
        assert!(begun.elapsed() < Duration::from_secs(60), "no answer");
        std::thread::sleep(Duration::from_millis(2));
    }
    (child, client)
}

/// In the fresh process: what `celota serve` does.
pub fn child(place: &str, port: &str) {
    let port: u16 = port.parse().expect("a port");
    let place =
        if place.starts_with("postgres") { Place::Server(place.into()) } else { Place::Folder(place.into()) };
    let data = match &place {
        Place::Folder(folder) => folder.clone(),
        Place::Server(_) => Path::new("target/bench-data").to_owned(),
    };
    let kernel = database::open(&place).expect("the database");
    serve::run(kernel, ([127, 0, 0, 1], port).into(), &data, false).expect("it serves");
}

/// Anonymous resident memory of the process, in megabytes.
fn held(child: &Child) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    let anonymous = status.lines().find_map(|l| l.strip_prefix("RssAnon:")).unwrap_or_default();
    anonymous.trim().trim_end_matches(" kB").parse().unwrap_or(0.0) / 1024.0
}

fn post(client: &Client, path: &str, body: &Json) -> Json {
    let answer = client.post(path, body).expect("an answer");
    assert!(answer.status < 300, "{path}: {}", answer.text());
    answer.json()
}

fn changed(reply: &Json, entity: &str) -> i64 {
    let changed = reply.get("changed").and_then(Json::as_array).into_iter().flatten();
    let mut ids = changed.filter(|c| c["entity"] == entity).filter_map(|c| c["id"].as_i64());
    ids.next().expect("the command made one")
}

fn some_of_everything(client: &Client, products: &[i64], customers: &[i64]) {
    let next = AtomicUsize::new(0);
    let made = |at: usize| {
        let body = order(customers[at % customers.len()], products, at);
        post(client, "/odata/SalesOrders", &body)["id"].as_i64().expect("an order")
    };
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let (next, made) = (&next, &made);
            scope.spawn(move || {
                for n in 0..25 {
                    let at = next.fetch_add(1, SeqCst);
                    let customer = customers[at % customers.len()];
                    let order = made(at);
                    let confirmed = post(client, &format!("/odata/SalesOrders({order})/confirm"), &json!({}));
                    let delivery = changed(&confirmed, "Delivery");
                    let shipped = post(client, &format!("/odata/Deliveries({delivery})/ship"), &json!({}));
                    let invoices = [json!({"invoice_id": changed(&shipped, "Invoice")})];
                    let pay = json!({"party_id": customer, "direction": "in", "amount": "122.00", "invoices": invoices});
                    post(client, "/odata/Payments/pay", &pay);
                    let words = format!("/odata/$search?q={}", encoded(&list::typed(n * 8 + thread)));
                    for path in [PAGE, &words, "/odata/Accounts/trial_balance()"] {
                        assert_eq!(client.get(path).expect("an answer").status, 200, "{path}");
                    }
                }
            });
        }
    });
    let drafts: Vec<i64> = (0..500).map(made).collect();
    post(client, "/odata/SalesOrders/confirm", &json!({"ids": drafts}));
}
