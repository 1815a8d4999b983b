//! Every command of the command line, on a folder and on a server: what it does, and its exit code.

use checks::served::{Home, Served};
use serde_json::Value as Json;

/// Runs it for a program: exit code, and the JSON of its answer or of its refusal.
fn told(home: &Home, arguments: &[&str]) -> (Option<i32>, Json) {
    let out = home.run(&[arguments, &["--json"]].concat());
    let said = if out.status.success() { &out.stdout } else { &out.stderr };
    let json = serde_json::from_slice(said).or_else(|_| serde_json::from_slice(&out.stdout));
    (
        out.status.code(),
        json.unwrap_or_else(|e| panic!("{arguments:?}: {e}: {}", String::from_utf8_lossy(said))),
    )
}

#[test]
fn every_command_on_both_databases() {
    for home in Home::each("line") {
        let on_server = home.database.is_some();
        assert_eq!(told(&home, &["version"]).0, Some(0));
        let (code, answer) = told(
            &home,
            &["init", "--company", "Mizarstvo d.o.o.", "--login", "ana", "--password", "correct-horse"],
        );
        assert_eq!((code, answer["user"].is_i64()), (Some(0), true), "{answer}");
        assert_eq!(
            told(&home, &["init", "--company", "X d.o.o.", "--login", "x", "--password", "short"]).0,
            Some(1)
        );
        let (code, answer) =
            told(&home, &["user", "bor", "--name", "Bor", "--role", "sales", "--password", "another-horse"]);
        assert_eq!((code, answer["id"].is_i64()), (Some(0), true), "{answer}");
        let (code, answer) = told(&home, &["user", "eva", "--role", "nobody", "--password", "another-horse"]);
        assert_eq!(
            (code, answer["error"]["code"].as_str()),
            (Some(1), Some("kernel.no_such_record")),
            "{answer}"
        );
        assert_eq!(
            told(&home, &["schema", "diff"]),
            (Some(0), serde_json::json!({"text": "", "changes": []}))
        );

        std::fs::create_dir_all(&home.folder).expect("a folder");
        let sheet = home.folder.join("Parties.csv");
        std::fs::write(&sheet, "name,email,is_customer\nŽaga d.o.o.,info@zaga.example,true\nHrast d.o.o.,info@hrast.example,true\n").expect("written");
        let sheet = sheet.to_string_lossy().into_owned();
        assert_eq!(told(&home, &["import", &sheet, "--dry-run"]).0, Some(0));
        let names =
            |home: &Home| String::from_utf8_lossy(&home.run(&["export", "Parties"]).stdout).into_owned();
        assert!(!names(&home).contains("Hrast"), "tried, not kept");
        assert_eq!(told(&home, &["import", &sheet]).0, Some(0));
        assert!(names(&home).contains("Žaga d.o.o.") && names(&home).contains("info@hrast.example"));
        assert_eq!(told(&home, &["import", "/nowhere/at/all.csv"]).0, Some(1));
        assert_eq!(told(&home, &["export", "Nothing"]).1["error"]["code"], "kernel.no_such_entity");

        let (code, answer) = told(&home, &["check"]);
        assert_eq!(code, Some(0), "{answer}");
        let served = Served::start(&home);
        assert!(served.client().sign_in("bor", "another-horse").is_some(), "who was added signs in");
        assert_eq!(told(&home, &["check"]).0, Some(0), "beside the server");
        assert!(served.stop(20), "SIGTERM ends it in order");

        let copy = home.folder.with_extension("copy");
        let to = copy.to_string_lossy().into_owned();
        let (code, answer) = told(&home, &["backup", &to]);
        if on_server {
            // A server is backed up by its own tools; nothing is done by half.
            assert_eq!((code, answer["error"]["code"].as_str()), (Some(1), Some("celota.servers_own_tools")));
            assert_eq!(told(&home, &["restore", &to]).1["error"]["code"], "celota.servers_own_tools");
            assert!(!copy.exists());
        } else {
            assert_eq!(code, Some(0), "{answer}");
            let restored = Home { folder: home.folder.with_extension("restored"), database: None };
            assert_eq!(told(&restored, &["restore", &to]).0, Some(0));
            assert_eq!(names(&restored), names(&home));
            assert_eq!(told(&restored, &["restore", &to]).0, Some(1), "over nothing that is there");
            restored.check();
            restored.remove();
        }
        drop(std::fs::remove_dir_all(&copy));
        home.remove();
        let gone = Home { database: Some("postgres://nobody@127.0.0.1:1/nothing".into()), ..home };
        assert_eq!(told(&gone, &["check"]).0, Some(1), "no server, said and not hung upon");
    }
}
