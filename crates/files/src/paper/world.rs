//! What typst may see: one template, one file of data, one image, three fonts.

use kernel::{Error, Result};
use serde_json::Value as Json;
use std::path::PathBuf;
use std::sync::LazyLock;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

/// Inter, SIL Open Font License 1.1 (`fonts/OFL.txt`).
const FONTS: [&[u8]; 3] = [
    include_bytes!("../../fonts/Inter-Regular.otf"),
    include_bytes!("../../fonts/Inter-Medium.otf"),
    include_bytes!("../../fonts/Inter-SemiBold.otf"),
];
const TEMPLATE: &str = include_str!("../../paper/paper.typ");

static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));
static LOADED: LazyLock<(Vec<Font>, LazyHash<FontBook>)> = LazyLock::new(|| {
    let fonts: Vec<Font> = FONTS.iter().filter_map(|f| Font::new(Bytes::new(*f), 0)).collect();
    let book = LazyHash::new(FontBook::from_fonts(&fonts));
    (fonts, book)
});

/// One paper being set.
pub struct Printing {
    main: Source,
    data: (FileId, Bytes),
    code: (FileId, Bytes),
}

impl Printing {
    pub fn new(view: &Json, code: String) -> Result<Self> {
        let data = serde_json::to_vec(view).map_err(|e| Error::corrupt(&e.to_string()))?;
        Ok(Self {
            main: Source::new(file("paper.typ")?, TEMPLATE.to_owned()),
            data: (file("data.json")?, Bytes::new(data)),
            code: (file("code.svg")?, Bytes::from_string(code)),
        })
    }
}

fn file(name: &str) -> Result<FileId> {
    let path = VirtualPath::new(name).map_err(|_| Error::corrupt("paper: a file name is wrong"))?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

impl World for Printing {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &LOADED.1
    }

    fn main(&self) -> FileId {
        self.main.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.main.id() { Ok(self.main.clone()) } else { Err(FileError::NotFound(PathBuf::new())) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        [&self.data, &self.code]
            .into_iter()
            .find(|(known, _)| *known == id)
            .map(|(_, bytes)| bytes.clone())
            .ok_or_else(|| FileError::NotFound(PathBuf::new()))
    }

    fn font(&self, index: usize) -> Option<Font> {
        LOADED.0.get(index).cloned()
    }

    /// A paper has the dates of its document; the day it is printed does not matter.
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
