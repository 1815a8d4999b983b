//! The real binary under load, killed at random moments: what was acknowledged is there, nothing is half there, and
//! who asks again with the same key is answered as before. `CELOTA_KILLS=500` kills more often.

use checks::Dice;
use checks::http::{Client, encoded};
use checks::served::{Home, Postgres, Served, own_folder, remove};
use serde_json::{Value as Json, json};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::Duration;

const THREADS: usize = 4;
const KILLS: usize = 50;

fn kills() -> usize {
    std::env::var("CELOTA_KILLS").ok().and_then(|k| k.parse().ok()).unwrap_or(KILLS)
}

/// A request with its key, and what was answered, if anything was.
struct Asked {
    path: String,
    body: Json,
    key: String,
    answer: Option<(u16, Json)>,
}

impl Asked {
    fn send(client: &Client, path: String, body: Json, key: String) -> Self {
        let keyed = client.clone().with("idempotency-key", &key);
        // That the database failed acknowledges nothing.
        let answer = keyed.post(&path, &body).ok().filter(|a| a.status < 500).map(|a| (a.status, a.json()));
        Self { path, body, key, answer }
    }

    fn id(&self) -> Option<i64> {
        self.answer.as_ref()?.1.get("id")?.as_i64()
    }
}

/// What a customer does until the line is dead: an order, confirmed and taken along. Answers all that was asked.
fn trade(client: &Client, round: usize, thread: usize, goods: (i64, i64), stop: &AtomicBool) -> Vec<Asked> {
    let mut told = Vec::new();
    for n in 0.. {
        if stop.load(SeqCst) {
            break;
        }
        let name = format!("{round}-{thread}-{n}");
        let body = json!({"customer_id": goods.0, "your_reference": name, "lines": [{"product_id": goods.1, "quantity": 2, "unit_price": "10.00"}]});
        let created = Asked::send(client, "/odata/SalesOrders".into(), body, format!("{name}-create"));
        let id = created.id();
        told.push(created);
        let Some(id) = id else { break };
        for step in ["confirm", "deliver"] {
            let asked = Asked::send(
                client,
                format!("/odata/SalesOrders({id})/{step}"),
                json!({}),
                format!("{name}-{step}"),
            );
            let dead = asked.answer.is_none();
            told.push(asked);
            if dead {
                return told;
            }
        }
    }
    told
}

/// The same request again: what was answered is answered again, what was not is done now, and once.
fn ask_again(client: &Client, asked: &Asked) {
    let keyed = client.clone().with("idempotency-key", &asked.key);
    let again = || {
        let answer = keyed.post(&asked.path, &asked.body).expect("it answers");
        assert!((200..300).contains(&answer.status), "{} {}: {}", asked.path, asked.key, answer.text());
        answer.json()
    };
    // What the record is like by now is not part of what was done.
    let done = |reply: &Json| {
        ["id", "entity", "result", "changed", "events", "effects"].map(|n| reply.get(n).cloned())
    };
    let first = again();
    if let Some((status, before)) = &asked.answer {
        assert!((200..300).contains(status), "{} {}: {before}", asked.path, asked.key);
        assert_eq!(done(&first), done(before), "{}", asked.key);
    }
    assert_eq!(done(&again()), done(&first), "{}", asked.key);
}

fn rows(client: &Client, path: &str) -> Vec<Json> {
    let answer = client.get(path).expect("it answers");
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer.json().get("value").and_then(Json::as_array).cloned().unwrap_or_default()
}

/// Every order of the round is there once, and as far as it was brought.
fn whole(client: &Client, told: &[Asked]) {
    for created in told.iter().filter(|a| a.path == "/odata/SalesOrders") {
        let name = created.key.trim_end_matches("-create");
        let orders = rows(
            client,
            &format!("/odata/SalesOrders?$filter={}", encoded(&format!("your_reference eq '{name}'"))),
        );
        assert_eq!(orders.len(), 1, "{name} is there once");
        let order = &orders[0];
        let asked = |step: &str| told.iter().any(|a| a.key == format!("{name}-{step}"));
        if asked("deliver") {
            assert_eq!(
                (order["to_deliver"].as_f64(), order["to_invoice"].as_f64()),
                (Some(0.0), Some(0.0)),
                "{name}: {order}"
            );
            let of = format!("$filter=order_id%20eq%20{}", order["id"]);
            let count = |set: &str| rows(client, &format!("/odata/{set}?{of}")).len();
            let shipped = rows(client, &format!("/odata/Deliveries?{of}"))
                .iter()
                .filter(|d| d["state"] == "shipped")
                .count();
            assert_eq!((shipped, count("Invoices")), (1, 1), "{name} was delivered and invoiced once");
        } else if asked("confirm") {
            assert_eq!(order["state"], "confirmed", "{name}");
        }
    }
}

fn stocked(client: &Client) -> (i64, i64) {
    let made = |path: &str, body: Json| {
        let answer = client.post(path, &body).expect("it answers");
        assert!(answer.status < 300, "{path}: {}", answer.text());
        answer.json()["id"].as_i64().expect("an id")
    };
    let address = json!({"kind": "office", "street": "Cesta", "house_number": "5", "postal_code": "1000", "town": "Ljubljana"});
    let customer = made(
        "/odata/Parties",
        json!({"name": "Ana d.o.o.", "is_customer": true, "tax_number": "12345679", "addresses": [address]}),
    );
    let company = rows(client, "/odata/Companies")[0]["id"].clone();
    let own = client.send(
        "PATCH",
        &format!("/odata/Companies({company})"),
        json!({"tax_number": "12345679"}).to_string().as_bytes(),
    );
    assert!(own.is_ok_and(|a| a.status == 200), "the firm has a tax number");
    let unit = rows(client, "/odata/Units?$filter=code%20eq%20'C62'")[0]["id"].clone();
    let product = made(
        "/odata/Products",
        json!({"code": "bolt", "name": "Bolt", "unit_id": unit, "list_price": "10.00", "standard_cost": "4.00"}),
    );
    let count = made(
        "/odata/StockCounts",
        json!({"kind": "opening", "lines": [{"product_id": product, "counted": 1_000_000, "unit_cost": "4.00"}]}),
    );
    made(&format!("/odata/StockCounts({count})/post"), json!({}));
    (customer, product)
}

fn traded<T>(
    client: &Client,
    round: usize,
    goods: (i64, i64),
    meanwhile: impl FnOnce() -> T,
) -> (Vec<Asked>, T) {
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|t| {
                scope.spawn({
                    let stop = &stop;
                    move || trade(client, round, t, goods, stop)
                })
            })
            .collect();
        let ended = meanwhile();
        stop.store(true, SeqCst);
        (threads.into_iter().flat_map(|t| t.join().expect("a thread ends")).collect(), ended)
    })
}

/// Kills it so many times; `disaster` is what happens to a running server.
fn story(home: &Home, seed: u64, times: usize, disaster: &dyn Fn(Served, &mut Dice) -> Option<Served>) {
    let mut dice = Dice(seed);
    let mut served = Served::start(home);
    let mut client = served.client().sign_in("ana", "correct-horse").expect("ana signs in");
    let goods = stocked(&client);
    let mut acknowledged = 0;
    for round in 0..times {
        let wait = Duration::from_millis(u64::try_from(dice.throw(250)).unwrap_or(0));
        let (told, left) = traded(&client, round, goods, || {
            std::thread::sleep(wait);
            disaster(served, &mut dice)
        });
        served = left.unwrap_or_else(|| Served::start(home));
        client.port = served.port;
        told.iter().for_each(|asked| ask_again(&client, asked));
        whole(&client, &told);
        acknowledged += told.iter().filter(|a| a.answer.is_some()).count();
        if round % 10 == 9 {
            home.check();
        }
    }
    assert!(!served.log().contains("panic"), "{}", served.log());
    assert!(served.stop(20), "it stops when told");
    home.check();
    println!("{times} times, {acknowledged} requests acknowledged before");
}

fn killed(served: Served, _: &mut Dice) -> Option<Served> {
    served.kill();
    None
}

#[test]
fn killed_on_sqlite() {
    let home = Home { folder: own_folder("crash"), database: None };
    home.init();
    story(&home, 1, kills(), &killed);
    remove(&home.folder);
}

#[test]
fn killed_on_postgres() {
    let Some(server) = Postgres::start("crash-server") else {
        println!("skipped on PostgreSQL: none is installed");
        return;
    };
    let home = Home { folder: own_folder("crash-node"), database: Some(server.url()) };
    home.init();
    story(&home, 2, kills(), &killed);
    remove(&home.folder);
}

#[test]
fn postgres_itself_fails() {
    let Some(server) = Postgres::start("failing-server") else {
        println!("skipped on PostgreSQL: none is installed");
        return;
    };
    let home = Home { folder: own_folder("failing-node"), database: Some(server.url()) };
    home.init();
    // The node stays, finds its connections dead, and goes on with new ones.
    story(&home, 3, 4, &|served, _| {
        server.crash();
        server.begin();
        Some(served)
    });
    remove(&home.folder);
}

#[test]
fn a_clean_stop_under_load_loses_nothing() {
    let home = Home { folder: own_folder("stop"), database: None };
    home.init();
    story(&home, 4, 4, &|served, _| {
        assert!(served.stop(20), "it stops when told");
        None
    });
    remove(&home.folder);
}
