//! What a proxy says of a request is believed where somebody said that there is one, and nowhere else.
#![expect(clippy::expect_used, reason = "tests stop at what should not happen")]

use checks::served::{Home, Served, own_folder, remove};
use serde_json::json;

/// The cookie that somebody gets who signs in by way of `proto`.
fn cookie(served: &Served, proto: &str) -> String {
    let client =
        served.client().with("x-forwarded-proto", proto).with("x-forwarded-for", "10.0.0.1, 192.0.2.7");
    let answer = client.post("/api/sign-in", &json!({"login": "ana", "password": "correct-horse"}));
    let answer = answer.expect("an answer");
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.header("set-cookie").expect("a cookie").to_owned()
}

#[test]
fn a_session_by_tls_stays_with_tls() {
    let home = Home { folder: own_folder("proxy"), database: None };
    home.init();
    let bare = Served::start(&home);
    assert!(!cookie(&bare, "https").contains("Secure"), "anybody's word");
    assert!(bare.stop(20), "a clean stop");
    let behind = Served::start_with(&home, &["--behind-proxy"]);
    assert!(cookie(&behind, "https").contains("Secure"));
    assert!(!cookie(&behind, "http").contains("Secure"));
    let client = behind.client().sign_in("ana", "correct-horse").expect("signed in");
    let sessions = client.get("/odata/Sessions?$select=address").expect("an answer").text();
    assert!(sessions.contains("192.0.2.7") && !sessions.contains("10.0.0.1"), "{sessions}");
    assert!(behind.stop(20), "a clean stop");
    remove(&home.folder);
}
