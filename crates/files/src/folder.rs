//! Files by their content: `ab/cdef…` is the SHA-256 of what is in them, so the same file lies there once, and a
//! changed one is noticed.

use kernel::{Breach, Error, Result, refuse};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Most bytes of one attachment.
pub const MOST_BYTES: usize = 32 << 20;

/// What `celota check` calls this.
pub const FILES_ARE_THERE: &str = "every attached file is there and unchanged";

/// A folder of files.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// The files of a data folder.
    #[must_use]
    pub fn in_data(data: &Path) -> Self {
        Self(data.join("files"))
    }

    /// Keeps the bytes; answers their digest. They are on the disk when this returns.
    ///
    /// # Errors
    /// `files.too_large`, `files.empty`, or the disk's.
    pub fn put(&self, bytes: &[u8]) -> Result<String> {
        if bytes.is_empty() {
            return Err(refuse("files.empty").field("name").into());
        }
        if bytes.len() > MOST_BYTES {
            return Err(refuse("files.too_large").field("name").arg("most", MOST_BYTES >> 20).into());
        }
        let digest = digest(bytes);
        let path = self.path(&digest)?;
        if path.exists() {
            return Ok(digest);
        }
        let parent = path.parent().unwrap_or(&self.0);
        std::fs::create_dir_all(parent).map_err(|e| disk(&e))?;
        // Written beside and renamed, so that a crash leaves no half file under a whole one's name. Two that write
        // the same at once write the same bytes.
        let beside = path.with_extension(format!("part{}", std::process::id()));
        let written = std::fs::File::create(&beside)
            .and_then(|mut f| f.write_all(bytes).and_then(|()| f.sync_all()))
            .and_then(|()| std::fs::rename(&beside, &path))
            .and_then(|()| std::fs::File::open(parent)?.sync_all());
        if let Err(e) = written {
            drop(std::fs::remove_file(&beside));
            return Err(disk(&e));
        }
        Ok(digest)
    }

    /// The bytes with this digest.
    ///
    /// # Errors
    /// `files.gone` when they are not there or are no longer what they were.
    pub fn get(&self, digest: &str) -> Result<Vec<u8>> {
        let bytes = std::fs::read(self.path(digest)?).map_err(|_| Error::from(refuse("files.gone")))?;
        if self::digest(&bytes) == digest { Ok(bytes) } else { Err(refuse("files.gone").into()) }
    }

    /// Attached files that are not there, or are no longer what they were.
    ///
    /// # Errors
    /// The database's.
    pub fn breaches(&self, tx: &mut store::Tx) -> Result<Vec<Breach>> {
        let rows =
            tx.query("SELECT MIN(id), digest, MIN(name) FROM attachment GROUP BY digest ORDER BY 1", &[])?;
        let gone = |r: &&store::Row| self.get(r.text(1)).is_err();
        let breach =
            |r: &store::Row| Breach { entity: "Attachment".into(), id: r.int(0), what: r.text(2).into() };
        Ok(rows.iter().filter(gone).map(breach).collect())
    }

    fn path(&self, digest: &str) -> Result<PathBuf> {
        match digest.split_at_checked(2) {
            Some((first, rest)) if is_digest(digest) => Ok(self.0.join(first).join(rest)),
            _ => Err(refuse("files.gone").into()),
        }
    }
}

/// SHA-256 in hexadecimal.
#[must_use]
pub fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut out, b| {
        let _ = write!(out, "{b:02x}");
        out
    })
}

/// Whether the text is a digest, and no path.
pub(crate) fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

pub(crate) fn disk(e: &std::io::Error) -> Error {
    // What callers do about a full disk is the same whoever found it full.
    if e.kind() == std::io::ErrorKind::StorageFull {
        Error::Store(store::Error::Full)
    } else {
        Error::corrupt(&e.to_string())
    }
}
