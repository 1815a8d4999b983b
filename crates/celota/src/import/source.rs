//! Files as they come: CSV with any of the usual separators and encodings, packed or not, and XLSX.

use kernel::{Error, Result, refuse};
use std::io::Read;
use std::path::Path;

/// Most bytes of one file, unpacked: what fits into the memory of a small machine several times.
const MOST_BYTES: u64 = 512 << 20;

/// A file's rows, all text. An empty cell is no value.
pub struct Sheet {
    /// The file's name without its endings: how a mapping calls it.
    pub name: String,
    /// The file's name as it came, for messages.
    pub file: String,
    pub header: Vec<String>,
    pub rows: Vec<csv::StringRecord>,
    /// What stood between the cells; 0 for a workbook.
    pub separator: u8,
}

impl Sheet {
    /// The place of a column.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|h| h == name)
    }

    /// The line in the file at which a row begins: the header is the first.
    #[must_use]
    pub fn line(&self, row: usize) -> u64 {
        let at = self.rows.get(row).and_then(csv::StringRecord::position).map(csv::Position::line);
        at.unwrap_or_else(|| u64::try_from(row).unwrap_or(u64::MAX - 2) + 2)
    }
}

/// A file's name and what is in it.
pub type Given = (String, Vec<u8>);

/// All files of a folder, or the files named.
///
/// # Errors
/// `import.unreadable`, with the path.
pub fn gather(paths: &[impl AsRef<Path>]) -> Result<Vec<Given>> {
    let mut files = Vec::new();
    for path in paths {
        let path = path.as_ref();
        let unreadable = |e: std::io::Error| {
            Error::from(refuse("import.unreadable").arg("file", path.display()).arg("what", e))
        };
        if path.is_dir() {
            let mut inside: Vec<_> =
                std::fs::read_dir(path).map_err(unreadable)?.flatten().map(|e| e.path()).collect();
            inside.sort();
            for file in inside.iter().filter(|f| f.is_file() && is_table(&f.to_string_lossy())) {
                files.push((name_of(file), std::fs::read(file).map_err(unreadable)?));
            }
        } else {
            files.push((name_of(path), std::fs::read(path).map_err(unreadable)?));
        }
    }
    if files.is_empty() {
        return Err(refuse("import.nothing").into());
    }
    Ok(files)
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}

fn is_table(name: &str) -> bool {
    let name = name.to_lowercase();
    [".csv", ".csv.gz", ".txt", ".tsv", ".xlsx"].iter().any(|e| name.ends_with(e))
}

/// Reads one file.
///
/// # Errors
/// `import.unreadable`, with what is wrong with it.
pub fn read(file: &str, bytes: &[u8]) -> Result<Sheet> {
    let lower = file.to_lowercase();
    let name = file.split('.').next().unwrap_or(file).to_owned();
    if lower.ends_with(".xlsx") {
        return workbook(file, name, bytes);
    }
    let unpacked;
    let bytes = if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut out = Vec::new();
        let mut limited = flate2::read::GzDecoder::new(bytes).take(MOST_BYTES);
        limited.read_to_end(&mut out).map_err(|e| unreadable(file, &e))?;
        unpacked = out;
        unpacked.as_slice()
    } else {
        bytes
    };
    let text = decoded(bytes);
    let separator = separator(text.lines().next().unwrap_or_default());
    let mut reader =
        csv::ReaderBuilder::new().delimiter(separator).flexible(true).from_reader(text.as_bytes());
    let header =
        reader.headers().map_err(|e| unreadable(file, &e))?.iter().map(|h| h.trim().to_owned()).collect();
    let mut rows = Vec::new();
    for row in reader.into_records() {
        rows.push(row.map_err(|e| unreadable(file, &e))?);
    }
    Ok(Sheet { name, file: file.to_owned(), header, rows, separator })
}

/// UTF-8, or else what spreadsheets of this part of Europe write: windows-1250.
fn decoded(bytes: &[u8]) -> String {
    let plain = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(plain) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::WINDOWS_1250.decode(plain).0.into_owned(),
    }
}

/// The separator that occurs most often in the header.
fn separator(header: &str) -> u8 {
    let count = |s: u8| header.bytes().filter(|b| *b == s).count();
    [b',', b';', b'\t'].into_iter().max_by_key(|s| (count(*s), *s == b',')).unwrap_or(b',')
}

fn unreadable(file: &str, what: &impl std::fmt::Display) -> Error {
    refuse("import.unreadable").arg("file", file).arg("what", what).into()
}

/// The first sheet of a workbook, its first row as header.
fn workbook(file: &str, name: String, bytes: &[u8]) -> Result<Sheet> {
    use calamine::{Data, Reader, Xlsx};
    let mut book = Xlsx::new(std::io::Cursor::new(bytes)).map_err(|e| unreadable(file, &e))?;
    let range = book.worksheet_range_at(0).ok_or_else(|| unreadable(file, &"it has no sheet"))?;
    let range = range.map_err(|e| unreadable(file, &e))?;
    let text = |cell: &Data| match cell {
        Data::DateTime(at) => {
            let (year, month, day, ..) = at.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        Data::Float(n) => format!("{n}"),
        Data::Bool(b) => b.to_string(),
        Data::Empty | Data::Error(_) => String::new(),
        other => other.to_string(),
    };
    let mut rows = range.rows().map(|r| r.iter().map(text).collect::<Vec<String>>());
    let header = rows.next().unwrap_or_default().iter().map(|h| h.trim().to_owned()).collect();
    Ok(Sheet {
        name,
        file: file.to_owned(),
        header,
        rows: rows.map(csv::StringRecord::from).collect(),
        separator: 0,
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_spreadsheets_write_is_read() {
        for (bytes, header, cell) in [
            (b"\xef\xbb\xbfIme;Kraj\nAna;Ko\xc4\x8devje\n".as_slice(), "Ime", "Kočevje"),
            (b"Ime;Kraj\nAna;Ko\xe8evje\n", "Ime", "Kočevje"),
            (b"Ime\tKraj\nAna\t\"Ko, a\"\n", "Ime", "Ko, a"),
            (b"Ime,Kraj\n\"An\na\",x\n", "Ime", "x"),
        ] {
            let sheet = super::read("list.csv", bytes).expect("readable");
            assert_eq!(
                (sheet.header[0].as_str(), &sheet.rows[0][1], sheet.name.as_str()),
                (header, cell, "list")
            );
            assert_eq!(sheet.line(0), 2);
        }
    }
}
