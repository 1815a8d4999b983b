//! The command line: exit codes that mean something, answers for people and for programs, and a backup beside a
//! server at work.
#![expect(clippy::expect_used, reason = "a test stops at what should not happen")]

use std::path::PathBuf;
use std::process::{Command, Output};

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("celota-cli-{name}-{}", std::process::id()));
    drop(std::fs::remove_dir_all(&folder));
    folder
}

fn run(data: &PathBuf, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_celota"))
        .arg("--data")
        .arg(data)
        .args(arguments)
        .env_remove("CELOTA_DATABASE")
        .env("RUST_LOG", "warn")
        .output()
        .expect("the binary runs")
}

fn code(data: &PathBuf, arguments: &[&str]) -> Option<i32> {
    run(data, arguments).status.code()
}

#[test]
fn codes_and_answers() {
    let data = folder("codes");
    let help = run(&data, &["--help"]);
    let text = String::from_utf8_lossy(&help.stdout).into_owned();
    for command in
        ["init", "serve", "check", "schema", "backup", "restore", "user", "import", "export", "version"]
    {
        assert!(text.contains(command), "{command} is in the help");
        assert_eq!(code(&data, &[command, "--help"]), Some(0), "{command} --help");
    }
    assert_eq!(code(&data, &["nothing"]), Some(2), "not understood");
    assert_eq!(code(&data, &["check"]), Some(1), "there is no database");
    assert_eq!(
        code(&data, &["init", "--company", "X d.o.o.", "--login", "ana", "--password", "correct-horse"]),
        Some(0)
    );
    assert_eq!(code(&data, &["check"]), Some(0));
    let answer = run(&data, &["check", "--json"]);
    let json: serde_json::Value = serde_json::from_slice(&answer.stdout).expect("JSON");
    assert!(
        json["checks"]
            .as_array()
            .is_some_and(|c| c.len() > 10 && c.iter().all(|c| c["breaches"] == serde_json::json!([])))
    );
    let refused = run(&data, &["export", "Nothing", "--json"]);
    assert_eq!(refused.status.code(), Some(1));
    let json: serde_json::Value = serde_json::from_slice(&refused.stderr).expect("JSON");
    assert_eq!(json["error"]["code"], "kernel.no_such_entity");
    let exported = run(&data, &["export", "Accounts"]);
    assert!(String::from_utf8_lossy(&exported.stdout).lines().count() > 10, "a list with its head");
    assert_eq!(code(&data, &["user", "bor", "--password", "another-horse"]), Some(0));
    assert_eq!(
        code(&data, &["init", "--company", "Y", "--password", "correct-horse"]),
        Some(1),
        "there is one already"
    );
    assert_eq!(
        code(&data, &["--database", "postgres://nobody@127.0.0.1:1/x", "check"]),
        Some(1),
        "no server there"
    );
    std::fs::remove_dir_all(&data).expect("it was there");
}

#[test]
fn backed_up_while_it_serves() {
    let (data, copy, anew) = (folder("served"), folder("copy"), folder("anew"));
    assert_eq!(
        code(&data, &["init", "--company", "X d.o.o.", "--login", "ana", "--password", "correct-horse"]),
        Some(0)
    );
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("its address").to_string();
    drop(listener);
    let mut server = Command::new(env!("CARGO_BIN_EXE_celota"))
        .args(["--data", &data.to_string_lossy(), "serve", "--address", &address])
        .env("RUST_LOG", "warn")
        .spawn()
        .expect("the binary starts");
    // What a firm keeps in the folder goes along; an earlier backup that lies in it does not.
    let kept = "mappings/own.toml";
    for file in [kept, "earlier/celota.db"] {
        let file = data.join(file);
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        std::fs::write(file, "kept").expect("written");
    }
    // It holds the folder before it listens; whoever tried earlier would take it away from it.
    while std::net::TcpStream::connect(&address).is_err() {
        assert!(matches!(server.try_wait(), Ok(None)), "the server ended");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let locked = code(&data, &["init"]);
    let beside: Vec<_> =
        [&["check"][..], &["backup", &copy.to_string_lossy()], &["export", "Accounts"], &["schema", "diff"]]
            .iter()
            .map(|a| code(&data, a))
            .collect();
    server.kill().expect("it ran");
    server.wait().expect("it ended");
    assert_eq!((locked, beside), (Some(1), vec![Some(0); 4]));
    assert_eq!(code(&anew, &["restore", &copy.to_string_lossy()]), Some(0));
    assert_eq!(code(&anew, &["check"]), Some(0));
    assert_eq!(std::fs::read_to_string(anew.join(kept)).expect("it came back"), "kept");
    assert!(!copy.join("earlier").exists(), "a backup in a backup");
    assert_eq!(code(&anew, &["restore", &copy.to_string_lossy()]), Some(1), "nothing is overwritten");
    for one in [data, copy, anew] {
        std::fs::remove_dir_all(&one).expect("it was there");
    }
}
