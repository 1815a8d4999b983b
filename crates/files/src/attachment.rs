//! Files at records. Who may see the record may see its files, and nobody else.

use crate::folder::is_digest;
use access::User;
use jiff::Timestamp;
use kernel::{Context, Entity, Input, Origin, Ref, Result, refuse};
use serde_json::{Value as Json, json};

/// A file at a record. What was attached stays: it is put away, not deleted.
#[derive(Clone, Debug, Entity)]
#[entity(
    about = "about",
    title = "name",
    search = "name",
    list = "name,media_type,size,added_at,added_by_id,archived",
    index = "about_id;digest"
)]
pub struct Attachment {
    pub id: i64,
    pub about: Origin,
    pub name: String,
    /// What it is, by its first bytes or else its ending.
    pub media_type: String,
    /// In bytes.
    pub size: i64,
    /// SHA-256 of the content, under which it lies in the folder of files.
    #[field(file)]
    pub digest: String,
    pub added_at: Timestamp,
    pub added_by: Option<Ref<User>>,
    pub archived: bool,
}

/// What the upload found out about a file that lies in the folder already.
#[derive(Debug, Input)]
pub struct Attach {
    pub entity: String,
    pub id: i64,
    pub name: String,
    pub media_type: String,
    pub size: i64,
    pub digest: String,
}

impl Attachment {
    pub(crate) fn attach(input: Attach, cx: &mut Context) -> Result<Json> {
        let description = cx.about(&input.entity, input.id)?;
        let now = cx.now();
        if !is_digest(&input.digest) {
            return Err(refuse("files.gone").field("digest").into());
        }
        let name = file_name(&input.name);
        if name.is_empty() {
            return Err(refuse("kernel.required").field("name").into());
        }
        let mut attachment = Self {
            id: 0,
            about: Origin::new(description.name, input.id),
            name,
            media_type: input.media_type,
            size: input.size,
            digest: input.digest,
            added_at: now,
            added_by: (cx.actor.user > 0).then(|| Ref::new(cx.actor.user)),
            archived: false,
        };
        let id = cx.insert(&mut attachment)?;
        cx.undo_by("Attachment", id.id(), "put_away", json!({}));
        Ok(
            json!({"id": id.id(), "name": attachment.name, "size": attachment.size, "media_type": attachment.media_type}),
        )
    }

    pub(crate) fn put_away(&mut self, (): (), cx: &mut Context) -> Result<()> {
        self.archived = true;
        cx.undo_by("Attachment", self.id, "put_back", json!({}));
        Ok(())
    }

    pub(crate) fn put_back(&mut self, (): (), cx: &mut Context) -> Result<()> {
        self.archived = false;
        cx.undo_by("Attachment", self.id, "put_away", json!({}));
        Ok(())
    }
}

/// The name without the folders that some browsers send, and without what breaks headers and file systems.
fn file_name(text: &str) -> String {
    let last = text.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last.chars().filter(|c| !c.is_control()).take(200).collect();
    plain.trim().trim_matches('.').trim().to_owned()
}

/// What a file is. The first bytes decide about what a browser shows by itself; for the rest the ending is told,
/// and the browser keeps it.
#[must_use]
pub fn media_type(name: &str, bytes: &[u8]) -> &'static str {
    for (start, media_type) in [
        (b"%PDF-".as_slice(), "application/pdf"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"GIF87a", "image/gif"),
        (b"GIF89a", "image/gif"),
    ] {
        if bytes.starts_with(start) {
            return media_type;
        }
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP".as_slice()) {
        return "image/webp";
    }
    match name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase().as_str() {
        "txt" | "md" | "log" => "text/plain",
        "csv" => "text/csv",
        "xml" => "application/xml",
        "json" => "application/json",
        "eml" => "message/rfc822",
        "zip" => "application/zip",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "pptx" => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "odt" => "application/vnd.oasis.opendocument.text",
        "ods" => "application/vnd.oasis.opendocument.spreadsheet",
        _ => "application/octet-stream",
    }
}

/// Whether a browser may show it in a page of ours: it can hold no script that runs there.
#[must_use]
pub fn may_be_shown(media_type: &str) -> bool {
    matches!(media_type, "application/pdf" | "image/png" | "image/jpeg" | "image/gif" | "image/webp")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_decide_what_is_shown() {
        for (name, bytes, wanted, shown) in [
            ("offer.pdf", b"%PDF-1.7 ...".as_slice(), "application/pdf", true),
            ("photo.png", b"\x89PNG\r\n\x1a\n....", "image/png", true),
            ("photo.png", b"<html><script>", "application/octet-stream", false),
            ("drawing.svg", b"<svg onload=...>", "application/octet-stream", false),
            ("page.html", b"<html>", "application/octet-stream", false),
            ("list.CSV", b"a;b", "text/csv", false),
        ] {
            let found = media_type(name, bytes);
            assert_eq!((found, may_be_shown(found)), (wanted, shown), "{name}");
        }
    }

    #[test]
    fn names_carry_no_folders() {
        for (given, wanted) in [
            ("C:\\tmp\\a.pdf", "a.pdf"),
            ("../../etc/passwd", "passwd"),
            ("..", ""),
            ("a\r\nb", "ab"),
            (" č.txt ", "č.txt"),
        ] {
            assert_eq!(file_name(given), wanted);
        }
    }
}
