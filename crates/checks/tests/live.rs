//! Open screens hear of what others change, under the rights that they have then.
#![expect(clippy::expect_used, reason = "tests stop at what should not happen")]

use checks::http::Answer;
use checks::served::{Home, Served, own_folder, remove};
use serde_json::json;
use std::thread;
use std::time::Duration;

#[test]
fn a_stream_ends_when_rights_change() {
    let home = Home { folder: own_folder("live"), database: None };
    home.init();
    let served = Served::start(&home);
    let ana = served.client().sign_in("ana", "correct-horse").expect("signed in");
    let stream = {
        let ana = ana.clone();
        thread::spawn(move || ana.get("/api/live"))
    };
    thread::sleep(Duration::from_secs(1));
    let post = |path: &str, body: serde_json::Value| -> Answer { ana.post(path, &body).expect("an answer") };
    assert_eq!(post("/odata/Parties", json!({"name": "Nova stranka", "kind": "organisation"})).status, 201);
    thread::sleep(Duration::from_millis(1500));
    assert!(!stream.is_finished(), "a customer is no change of rights");
    let role = post("/odata/Roles", json!({"name": "Watches"}));
    assert_eq!(role.status, 201, "{}", role.text());
    let heard = stream.join().expect("a stream").expect("the end of it");
    assert!(heard.text().contains("\"Party\""), "{}", heard.text());
    assert!(!heard.text().contains("\"Role\""), "{}", heard.text());
    assert!(served.stop(20), "a clean stop");
    remove(&home.folder);
}
