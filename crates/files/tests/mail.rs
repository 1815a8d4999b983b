//! Letters, in the folder where no server is named.

use files::mail::{Letter, Part, Post, Sender, send};
use std::path::Path;

fn letter(to: &str) -> Letter {
    serde_json::from_value(serde_json::json!({
        "to": to, "subject": "Račun 2026-00017\r\nBcc: x@y.si", "text": "Pozdravljeni,\nv prilogi je račun.",
        "attach": [{"entity": "Invoice", "id": 5, "paper": "invoice"}],
    }))
    .expect("a letter")
}

fn sender(address: &str) -> Sender {
    let at = jiff::Timestamp::from_second(1_795_500_000).expect("an instant");
    Sender { name: "Lesna Češnja".into(), address: address.into(), id: 4711, at }
}

#[test]
fn a_letter_lies_in_the_folder_once() {
    let data = std::env::temp_dir().join(format!("celota-mail-{}", std::process::id()));
    let post = Post::of(None, &data);
    let part = Part {
        name: "Račun.pdf".into(),
        media_type: "application/pdf".into(),
        bytes: b"%PDF-1.7\xff".to_vec(),
    };
    for _ in 0..2 {
        send(&post, &sender("prodaja@lesna.si"), &letter("ana@kupec.si, bor@kupec.si"), vec![part.clone()])
            .expect("sent");
    }
    let files: Vec<_> = std::fs::read_dir(data.join("mail")).expect("a folder").flatten().collect();
    assert_eq!(files.len(), 1, "the second try is the same letter");
    let text = std::fs::read_to_string(files[0].path()).expect("text");
    for wanted in [
        "To: ana@kupec.si, bor@kupec.si",
        "Message-ID: <4711@lesna.si>",
        "multipart/mixed",
        "application/pdf",
        "JVBERi0xLjf/",
    ] {
        assert!(text.contains(wanted), "{wanted} is not in:\n{text}");
    }
    assert!(!text.contains("\nBcc:"), "a subject makes no header:\n{text}");
    drop(std::fs::remove_dir_all(data));
}

#[test]
fn addresses_are_checked_before_anything_is_sent() {
    let post = Post::Folder(Path::new("/nonexistent").into());
    for (from, to, field) in [("x", "a@b.si", "from"), ("a@b.si", "nobody", "to"), ("a@b.si", " , ", "to")] {
        let error = send(&post, &sender(from), &letter(to), Vec::new()).expect_err("refused");
        let refusal = error.refusal().expect("a refusal");
        assert_eq!((refusal.code, refusal.field.as_deref()), ("files.mail_address", Some(field)));
    }
    let nowhere = Post::of(Some("smtp://127.0.0.1:1"), Path::new("."));
    let error = send(&nowhere, &sender("a@b.si"), &letter("a@b.si"), Vec::new()).expect_err("nobody listens");
    assert_eq!(error.refusal().map(|r| r.code), Some("files.mail_refused"));
}
