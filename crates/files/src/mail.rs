//! Mail out: by SMTP where a server is named, else into a folder, where a person or a test can read it.

#![expect(clippy::disallowed_types, reason = "the one place that sends mail: a job, after the commit")]

use crate::folder::disk;
use kernel::{Error, Result, refuse};
use lettre::message::header::ContentType;
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message, SmtpTransport, Transport};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

/// Where mail goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Post {
    /// `smtp://host`, `smtps://user:password@host`
    Server(String),
    Folder(PathBuf),
}

impl Post {
    /// The server of the setting, else the folder `mail` of the data.
    #[must_use]
    pub fn of(setting: Option<&str>, data: &Path) -> Self {
        match setting.map(str::trim).filter(|s| !s.is_empty()) {
            Some(url) => Self::Server(url.to_owned()),
            None => Self::Folder(data.join("mail")),
        }
    }
}

/// The input of a job of kind `mail`.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Letter {
    /// Addresses, separated by commas.
    pub to: String,
    pub subject: String,
    pub text: String,
    #[serde(default, alias = "attach")]
    pub attachments: Vec<Enclosed>,
}

/// What goes with it: a paper of a record, or a file that is attached to one (`Attachment`, without paper).
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Enclosed {
    pub name: Option<String>,
    pub entity: String,
    pub id: i64,
    #[serde(default)]
    pub paper: Option<String>,
}

/// A file, ready to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub name: String,
    pub media_type: String,
    pub bytes: Vec<u8>,
}

/// Who writes, and when; `id` makes a repeated try the same letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    pub name: String,
    pub address: String,
    pub id: i64,
    pub at: jiff::Timestamp,
}

/// Sends a letter.
///
/// # Errors
/// `files.mail_address` for an address that is none, `files.mail_refused` when the server does not take it.
pub fn send(post: &Post, sender: &Sender, letter: &Letter, parts: Vec<Part>) -> Result<()> {
    let message = message(sender, letter, parts)?;
    match post {
        Post::Server(url) => {
            // The text of an error may name persons: the job keeps it, no log does.
            let refused =
                |e: lettre::transport::smtp::Error| Error::from(refuse("files.mail_refused").arg("what", e));
            let server =
                SmtpTransport::from_url(url).map_err(refused)?.timeout(Some(Duration::from_secs(30))).build();
            server.send(&message).map_err(refused)?;
        }
        Post::Folder(folder) => {
            std::fs::create_dir_all(folder).map_err(|e| disk(&e))?;
            std::fs::write(folder.join(format!("{}.eml", sender.id)), message.formatted())
                .map_err(|e| disk(&e))?;
        }
    }
    Ok(())
}

fn message(sender: &Sender, letter: &Letter, parts: Vec<Part>) -> Result<Message> {
    let mut builder =
        Message::builder().from(Mailbox::new(Some(sender.name.clone()), address(&sender.address, "from")?));
    let mut any = false;
    for to in letter.to.split([',', ';']).map(str::trim).filter(|t| !t.is_empty()) {
        builder = builder.to(to.parse().map_err(|_| wrong(to, "to"))?);
        any = true;
    }
    if !any {
        return Err(wrong(&letter.to, "to"));
    }
    let domain = sender.address.rsplit('@').next().unwrap_or("localhost");
    let seconds = u64::try_from(sender.at.as_second()).unwrap_or_default();
    let builder = builder
        .subject(letter.subject.replace(['\r', '\n'], " "))
        .message_id(Some(format!("<{}@{domain}>", sender.id)))
        .date(UNIX_EPOCH + Duration::from_secs(seconds));
    let text = SinglePart::plain(letter.text.clone());
    let built = if parts.is_empty() {
        builder.singlepart(text)
    } else {
        let all = parts.into_iter().fold(MultiPart::mixed().singlepart(text), |all, part| {
            let kind = ContentType::parse(&part.media_type).unwrap_or(ContentType::TEXT_PLAIN);
            all.singlepart(Attachment::new(part.name).body(part.bytes, kind))
        });
        builder.multipart(all)
    };
    built.map_err(|e| Error::corrupt(&format!("mail: {e}")))
}

fn address(text: &str, field: &str) -> Result<Address> {
    text.trim().parse().map_err(|_| wrong(text, field))
}

fn wrong(text: &str, field: &str) -> Error {
    refuse("files.mail_address").field(field).arg("address", text).into()
}
