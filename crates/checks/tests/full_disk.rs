//! The disk is full: who asks for too much is told so, the others go on, and nothing is broken afterwards.

use checks::served::{Home, Served, own_folder, remove};
use serde_json::json;
use std::process::Command;

fn run(program: &str, arguments: &[&str]) -> bool {
    Command::new(program).args(arguments).output().is_ok_and(|o| o.status.success())
}

#[test]
fn a_full_disk_harms_no_innocent_command() {
    let place = own_folder("full");
    std::fs::create_dir_all(&place).expect("a folder");
    let at = place.to_string_lossy().into_owned();
    if !run("mount", &["-t", "tmpfs", "-o", "size=24m", "tmpfs", &at]) {
        println!("skipped: no small disk can be mounted here");
        return;
    }
    let home = Home { folder: place.join("data"), database: None };
    home.init();
    let served = Served::start(&home);
    let ana = served.client().sign_in("ana", "correct-horse").expect("ana signs in");
    let party = |name: String| ana.post("/odata/Parties", &json!({"name": name})).expect("it answers");
    // Thirty megabytes of lines: more than the disk has.
    let line = json!({"entity": "Party", "rows": "all", "hidden_fields": "x".repeat(1000)});
    let lines = vec![line; 30_000];
    let large = |name: String| {
        ana.post("/odata/Roles", &json!({"code": name, "name": name, "permissions": lines}))
            .expect("it answers")
    };
    let mut full = 0;
    for round in 0..3 {
        std::thread::scope(|scope| {
            let asked = scope.spawn(|| large(format!("Large {round}")));
            let party = &party;
            let small: Vec<_> =
                (0..4).map(|n| scope.spawn(move || party(format!("Small {round}-{n}")))).collect();
            for one in small {
                let answer = one.join().expect("it ends");
                assert_eq!(answer.status, 201, "{}", answer.text());
            }
            let answer = asked.join().expect("it ends");
            assert_eq!(answer.status, 507, "{} {}", answer.status, answer.text());
            assert_eq!(answer.json()["error"]["code"], "store.full");
            full += 1;
        });
    }
    let count = ana.get("/odata/Parties/$count?$filter=startswith(name,'Small')").expect("it answers");
    assert_eq!((full, count.text().as_str()), (3, "12"));
    // Somebody makes room.
    assert!(run("mount", &["-o", "remount,size=96m", &at]));
    home.check();
    assert!(served.stop(20));
    home.check();
    assert!(run("umount", &[&at]));
    remove(&place);
}
