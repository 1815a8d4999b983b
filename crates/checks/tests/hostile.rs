//! What nobody should send: every route, entity set and command of the demo company gets what is malformed, absurd or
//! forbidden, and answers with an error that says what is wrong. Never a failure of the program, never a word in its log.

use checks::http::{Answer, Client, encoded};
use checks::served::{Home, Served, own_folder, remove};
use serde_json::{Value as Json, json};
use std::cell::RefCell;
use std::collections::BTreeSet;

struct House {
    served: Served,
    home: Home,
    ana: Client,
}

impl House {
    fn open(name: &str) -> Self {
        let home = Home { folder: own_folder(name), database: None };
        let made = home.run(&["init", "--demo"]);
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let served = Served::start(&home);
        let ana = served.client().sign_in("ana", "demo-mizarstvo").expect("ana signs in");
        Self { served, home, ana }
    }

    fn close(self) {
        FAULTS.with_borrow(|f| {
            assert!(
                f.is_empty(),
                "{} answers, the first: {:#?}",
                f.len(),
                f.iter().take(40).collect::<Vec<_>>()
            )
        });
        let log = self.served.log();
        assert!(!log.contains("panic") && !log.contains("\"ERROR\""), "{log}");
        assert!(self.served.stop(20));
        self.home.check();
        remove(&self.home.folder);
    }
}

thread_local! {
    /// All that was answered badly, told at the end.
    static FAULTS: RefCell<BTreeSet<String>> = RefCell::default();
}

/// No failure, and where refused, an error in OData's form with a code, words and advice.
fn in_words(what: &str, answer: &Answer) {
    let error = answer.json()["error"].clone();
    let text = |name: &str| error[name].as_str().unwrap_or_default();
    let words = [text("code"), text("message"), text("@celota.advice")];
    let unfilled = |t: &str| {
        t.split('{').skip(1).any(|r| {
            r.split('}')
                .next()
                .is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
        })
    };
    let told =
        words.iter().all(|w| !w.is_empty()) && words[0] != words[1] && !words.iter().any(|w| unfilled(w));
    if answer.status >= 500 || (answer.status >= 400 && !told) {
        FAULTS.with_borrow_mut(|f| f.insert(format!("{what}: {} {}", answer.status, answer.text())));
    }
}

fn send(client: &Client, method: &str, path: &str, body: &[u8]) -> Answer {
    client
        .send(method, path, body)
        .unwrap_or_else(|e| panic!("{method} {path} {}: {e}", String::from_utf8_lossy(body)))
}

fn entities(client: &Client) -> Vec<Json> {
    let model = send(client, "GET", "/api/model", b"").json();
    model["entities"].as_object().map(|e| e.values().cloned().collect()).unwrap_or_default()
}

fn list(of: &Json, name: &str) -> Vec<Json> {
    of[name].as_array().cloned().unwrap_or_default()
}

fn text<'a>(of: &'a Json, name: &str) -> &'a str {
    of[name].as_str().unwrap_or_default()
}

const OPTIONS: [(&str, &str); 34] = [
    ("$filter", "nothing eq 1"),
    ("$filter", "id eq 'x'"),
    ("$filter", "id eq"),
    ("$filter", "(((((id eq 1"),
    ("$filter", "id eq 99999999999999999999999"),
    ("$filter", "'; DROP TABLE party; --"),
    ("$filter", "id eq 1 or 1=1"),
    ("$filter", "contains(id,'x')"),
    ("$filter", "id in (1,'x')"),
    ("$filter", "not not not"),
    ("$filter", "id eq null and"),
    ("$filter", "a/b/c/d/e/f eq 1"),
    ("$filter", "\u{0}"),
    ("$filter", "id eq -9223372036854775808"),
    ("$filter", "title eq '\u{0}'"),
    ("$orderby", "nothing"),
    ("$orderby", "id sideways"),
    ("$orderby", "id,id,id"),
    ("$orderby", "a/b/c"),
    ("$orderby", ";"),
    ("$expand", "nothing"),
    ("$expand", "lines($expand=lines)"),
    ("$expand", "lines("),
    ("$apply", "nothing"),
    ("$apply", "groupby((nothing))"),
    ("$apply", "aggregate(id with nothing as n)"),
    ("$apply", "groupby((id),aggregate(id with sum as n))"),
    ("$skiptoken", "x"),
    ("$skiptoken", "[1,2,3,4,5]"),
    ("$skiptoken", "{}"),
    ("$top", "-1"),
    ("$top", "99999999999999999999"),
    ("$select", "nothing"),
    ("$skip", "x"),
];

#[test]
fn absurd_questions_to_every_set() {
    let house = House::open("questions");
    let deep = format!("{}id eq 1{}", "(".repeat(5_000), ")".repeat(5_000));
    let wide = vec!["id eq 1"; 2_000].join(" or ");
    for entity in entities(&house.ana) {
        let set = text(&entity, "set");
        for (name, value) in OPTIONS {
            let path = format!("/odata/{set}?{}={}", encoded(name), encoded(value));
            in_words(&format!("{set} {name}={value}"), &send(&house.ana, "GET", &path, b""));
        }
        for id in ["0", "-1", "x", "9223372036854775807", "99999999999999999999", "'1'", "1,2", ""] {
            for rest in ["", "/story()", "/nothing()", "/nothing"] {
                let path = format!("/odata/{set}({id}){rest}");
                in_words(&path, &send(&house.ana, "GET", &path, b""));
            }
        }
        for query in list(&entity, "queries") {
            let name = text(&query, "name");
            for arguments in ["", "x=1", "id=99999999999999999999,on=never", "party_id='x'", "=", ",,,"] {
                for at in [String::new(), "(1)".into()] {
                    let path = format!("/odata/{set}{at}/{name}({})", encoded(arguments));
                    in_words(&path, &send(&house.ana, "GET", &path, b""));
                }
            }
        }
    }
    let lower = format!("contains({}name{},'x')", "tolower(".repeat(4_000), ")".repeat(4_000));
    for filter in [deep, wide, lower] {
        let path = format!("/odata/Parties?$filter={}", filter.replace(' ', "%20"));
        in_words("a filter without end", &send(&house.ana, "GET", &path, b""));
    }
    let path = format!("/odata/Parties?$expand={}{}", "addresses($expand=".repeat(2_000), ")".repeat(2_000));
    in_words("an expand without end", &send(&house.ana, "GET", &path, b""));
    house.close();
}

/// Values of every kind but the right one.
fn wrong(kind: &str) -> Vec<Json> {
    let huge = json!(1e300);
    let all = vec![
        json!("'; DROP TABLE party; --"),
        json!({"a": 1}),
        json!([1, [2]]),
        json!(true),
        huge,
        json!(-9_007_199_254_740_993_i64),
        json!(1.5),
        json!("\u{0}"),
    ];
    let fits = |v: &Json| match kind {
        "text" | "long_text" | "file" | "json" => v.is_string(),
        "bool" => v.is_boolean(),
        _ => false,
    };
    all.into_iter().filter(|v| !fits(v)).collect()
}

#[test]
fn malformed_bodies_to_every_command() {
    let house = House::open("bodies");
    // Tried, never kept: the firm is the same at the end.
    let dry = house.ana.clone().with("celota-dry-run", "true");
    let broken: [&[u8]; 9] = [
        b"{",
        b"[]",
        b"null",
        b"\"x\"",
        b"{\"a\":\xff\xfe}",
        b"{\"a\":1,\"a\":2}",
        b"{\"nothing\":1}",
        b"{\"lines\":[1,null,{}]}",
        b"{\"id\":\"x\"}",
    ];
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    for entity in entities(&dry) {
        let set = text(&entity, "set");
        let some = send(&dry, "GET", &format!("/odata/{set}?$top=1"), b"").json()["value"][0]["id"]
            .as_i64()
            .unwrap_or(1);
        let mut targets = vec![
            ("POST", format!("/odata/{set}"), list(&entity, "fields")),
            ("PATCH", format!("/odata/{set}({some})"), list(&entity, "fields")),
        ];
        for command in list(&entity, "commands") {
            let at = if text(&command, "scope") == "record" { format!("({some})") } else { String::new() };
            targets.push((
                "POST",
                format!("/odata/{set}{at}/{}", text(&command, "name")),
                list(&command, "input"),
            ));
        }
        for (method, path, fields) in targets {
            for body in broken.iter().copied().chain([deep.as_bytes()]) {
                let shown: String = String::from_utf8_lossy(body).chars().take(60).collect();
                in_words(&format!("{method} {path} {shown}"), &send(&dry, method, &path, body));
            }
            for field in fields {
                let name = text(&field, "name");
                for value in wrong(text(&field, "kind")) {
                    let body = json!({name: value}).to_string();
                    in_words(&format!("{method} {path} {body}"), &send(&dry, method, &path, body.as_bytes()));
                }
            }
        }
        in_words(set, &send(&dry, "DELETE", &format!("/odata/{set}(99999999)"), b""));
        in_words(set, &send(&dry, "PATCH", &format!("/odata/{set}"), b"{}"));
        in_words(
            set,
            &send(&dry.clone().with("if-match", "x"), "PATCH", &format!("/odata/{set}({some})"), b"{}"),
        );
    }
    house.close();
}

#[test]
fn every_other_route_answers_in_words() {
    let house = House::open("routes");
    let stranger = house.served.client();
    let routes = [
        "/api/sign-in",
        "/api/sign-out",
        "/api/session",
        "/api/set-up",
        "/api/fields",
        "/api/import/preview",
        "/api/import/start",
        "/odata/undo",
        "/odata/$batch",
        "/odata/Nothing",
        "/odata/Nothing(1)/x",
        "/odata/(((",
        "/files",
        "/files?entity=Party&id=x&name=y",
        "/files?entity=Nothing&id=1&name=y",
        "/api/nothing",
        "/odata/%ff%fe",
    ];
    let bodies: [&[u8]; 7] = [
        b"",
        b"{",
        b"[]",
        b"{\"login\":1,\"password\":[]}",
        b"\xff\xfe",
        b"{\"token\":\"x\"}",
        b"{\"entity\":\"Nothing\",\"name\":\"x\",\"kind\":\"x\",\"label\":\"x\"}",
    ];
    for client in [&stranger, &house.ana] {
        for route in routes {
            // Signing out would end the test.
            for method in ["POST", "PATCH", "DELETE", "PUT"]
                .iter()
                .filter(|m| !(**m == "POST" && route == "/api/sign-out"))
            {
                for body in bodies {
                    in_words(
                        &format!("{method} {route} {}", String::from_utf8_lossy(body)),
                        &send(client, method, route, body),
                    );
                }
            }
        }
        for path in [
            "/files/x",
            "/files/99999999999999999999",
            "/files/0",
            "/pdf/x/y",
            "/pdf/SalesOrders(1)/x",
            "/pdf/SalesOrders(x)/order_confirmation",
            "/api/import/x",
            "/odata/$search",
            "/odata/$search?q=%00",
            "/odata/$search?q='%25&top=-1",
            "/odata/Parties/$count?$filter=x",
            "/api/session?%ff",
        ] {
            in_words(path, &send(client, "GET", path, b""));
        }
    }
    // No word of HTTP, and a word too much.
    for raw in [
        &b"\x00\x01\x02\r\n\r\n"[..],
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /odata/Parties HTTP/1.1\r\nhost: x\r\ncontent-length: x\r\n\r\n",
    ] {
        let answer = stranger.raw(raw);
        assert!(answer.is_ok_and(|a| a.status == 400), "{}", String::from_utf8_lossy(raw));
    }
    let large = vec![b' '; 65 << 20];
    let answer = send(&house.ana, "POST", "/odata/Parties", &large);
    assert_eq!(answer.status, 413, "{}", answer.text());
    in_words("65 MB", &answer);
    house.close();
}

#[test]
fn doors_stay_shut() {
    let house = House::open("doors");
    let (ana, stranger) = (&house.ana, house.served.client());
    let refused = |client: &Client, method: &str, path: &str, status: u16, code: &str| {
        let answer = send(client, method, path, b"{}");
        assert_eq!(
            (answer.status, text(&answer.json()["error"], "code")),
            (status, code),
            "{method} {path}: {}",
            answer.text()
        );
    };
    // Without the word that other pages cannot know, a cookie alone writes nothing.
    let cookie: Vec<_> = ana.headers.iter().filter(|(n, _)| n == "cookie").cloned().collect();
    let forged = Client { port: ana.port, headers: cookie };
    refused(&forged, "POST", "/odata/Parties", 403, "access.csrf");
    refused(&forged, "POST", "/odata/undo", 403, "access.csrf");
    refused(
        &forged.clone().with("x-csrf", "guess"),
        "POST",
        "/files?entity=Party&id=1&name=x",
        403,
        "access.csrf",
    );
    for path in [
        "/odata/Parties",
        "/odata/$metadata",
        "/odata/",
        "/api/model",
        "/api/openapi.json",
        "/api/live",
        "/files/1",
        "/pdf/SalesOrders(1)/quote",
        "/odata/$search?q=abc",
    ] {
        refused(&stranger, "GET", path, 401, "access.signed_out");
    }
    refused(&stranger, "POST", "/api/set-up", 422, "access.already_set_up");
    // The cookie is for this server alone and out of reach of scripts.
    let body = json!({"login": "ana", "password": "demo-mizarstvo"});
    let answer = stranger.post("/api/sign-in", &body).expect("it answers");
    let cookie = answer.header("set-cookie").unwrap_or_default().to_owned();
    assert!(["HttpOnly", "SameSite=Strict", "Path=/"].iter().all(|flag| cookie.contains(flag)), "{cookie}");
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{name}");
    }
    assert!(
        answer
            .header("content-security-policy")
            .is_some_and(|p| p.contains("default-src 'self'") && p.contains("frame-ancestors 'none'"))
    );
    // A token opens what its user may, until it is revoked; no cookie, so no CSRF.
    let user = ana.get("/api/session").expect("it answers").json()["user"]["id"].clone();
    // Whoever asks for a token makes it, and sends what is kept of it.
    let token = "a-token-of-a-test";
    let body = json!({"name": "test", "user_id": user, "token_hash": access::digest(token)});
    let issued = ana.post("/odata/Tokens/issue", &body).expect("it answers").json();
    let program = stranger.clone().with("authorization", &format!("Bearer {token}"));
    assert_eq!(send(&program, "POST", "/odata/Parties", b"{\"name\":\"By a program d.o.o.\"}").status, 201);
    assert!(!ana.get("/odata/Tokens").expect("it answers").text().contains(token), "a token is shown once");
    assert!(
        ana.post(&format!("/odata/Tokens({})/revoke", issued["id"]), &json!({}))
            .is_ok_and(|a| a.status == 200)
    );
    refused(&program, "GET", "/odata/Parties", 401, "access.signed_out");
    refused(
        &stranger.clone().with("authorization", "Bearer "),
        "GET",
        "/odata/Parties",
        401,
        "access.signed_out",
    );
    // No way out of the folders.
    for path in [
        "/../../etc/passwd",
        "/..%2f..%2fetc%2fpasswd",
        "/assets/../../../etc/passwd",
        "/assets/%2e%2e/%2e%2e/etc/passwd",
        "/files/..%2f..%2fcelota.db",
        "/files/%2e%2e%2fcelota.db",
    ] {
        let answer = send(ana, "GET", path, b"");
        assert!(!answer.text().contains("root:") && !answer.text().contains("SQLite format"), "{path}");
    }
    // Nothing that is sent becomes a header.
    for path in [
        "/odata/Parties?x=%0d%0aset-cookie:%20a=b",
        "/pdf/SalesOrders(1)/x%0d%0aset-cookie:%20a=b",
        "/%0d%0aset-cookie:%20a=b",
    ] {
        assert!(send(ana, "GET", path, b"").header("set-cookie").is_none(), "{path}");
    }
    attachments(&house);
    let mut left = 70;
    while stranger
        .post("/api/sign-in", &json!({"login": "ana", "password": "wrong"}))
        .is_ok_and(|a| a.status != 429)
    {
        left -= 1;
        assert!(left > 0, "guessing has an end");
    }
    house.close();
}

/// Whoever may not see a record does not get its files, whatever they are called.
fn attachments(house: &House) {
    let made = |path: &str, body: Json| {
        house.ana.post(path, &body).expect("it answers").json()["id"].as_i64().unwrap_or_default()
    };
    let permissions = json!([{"entity": "Product", "rows": "all"}]);
    let role = made("/odata/Roles", json!({"code": "shelf", "name": "Shelf", "permissions": permissions}));
    let user = made("/odata/Users", json!({"login": "gaj", "name": "Gaj", "roles": [{"role_id": role}]}));
    made("/odata/Tokens/issue", json!({"name": "gaj", "user_id": user, "token_hash": access::digest("gaj")}));
    let gaj = house.served.client().with("authorization", "Bearer gaj");
    let (entity, record) = (
        "Party",
        house.ana.get("/odata/Parties?$top=1").expect("it answers").json()["value"][0]["id"].clone(),
    );
    let name = encoded("a\r\nset-cookie: a=b\".html");
    let upload = house
        .ana
        .send(
            "POST",
            &format!("/files?entity={entity}&id={record}&name={name}"),
            b"<script>alert(1)</script>",
        )
        .expect("it answers");
    assert!(upload.status < 300, "{}", upload.text());
    let id = upload.json()["id"].clone();
    let own = house.ana.get(&format!("/files/{id}")).expect("it answers");
    assert_eq!((own.status, own.header("set-cookie")), (200, None));
    assert!(
        own.header("content-disposition").is_some_and(|d| d.starts_with("attachment")),
        "no script runs in our house"
    );
    assert_eq!(gaj.get("/odata/Products?$top=1").expect("it answers").status, 200);
    for load in ["load()", "rough_cut()", "rough_cut_items(work_center_id=1,from=2026-03-02,days=7)"] {
        let answer = gaj.get(&format!("/odata/Products/{load}")).expect("it answers");
        assert_eq!(
            answer.status,
            403,
            "{load} tells of orders, which are not for everybody: {}",
            answer.text()
        );
    }
    assert!(
        [403, 404].contains(&gaj.get(&format!("/files/{id}")).expect("it answers").status),
        "who may not see a record does not get its files"
    );
}
