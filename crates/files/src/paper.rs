//! Papers that leave the house as PDF, all on one letterhead: data in, bytes out. The same data gives the same
//! bytes; there is no clock, no network and no font but our own in here.

mod sheet;
mod view;
mod world;

pub use sheet::{Block, Firm, Line, Meta, Payment, Sheet, Step, Tax};

use crate::upn;
use kernel::{Error, LANGUAGES, Result, Texts, refuse};
use serde_json::Value as Json;
use std::sync::LazyLock;
use typst::foundations::Smart;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

/// Which paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paper {
    Quote,
    ProForma,
    OrderConfirmation,
    DeliveryNote,
    /// With goods that go from one warehouse of the firm to another.
    TransferNote,
    Invoice,
    CreditNote,
    PurchaseOrder,
    /// What a work order takes and what is done to it, for those who fetch and make.
    PickList,
}

impl Paper {
    pub const ALL: [Self; 9] = [
        Self::Quote,
        Self::ProForma,
        Self::OrderConfirmation,
        Self::DeliveryNote,
        Self::TransferNote,
        Self::Invoice,
        Self::CreditNote,
        Self::PurchaseOrder,
        Self::PickList,
    ];

    /// Its name in addresses and texts.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Quote => "quote",
            Self::ProForma => "pro_forma",
            Self::OrderConfirmation => "order_confirmation",
            Self::DeliveryNote => "delivery_note",
            Self::TransferNote => "transfer_note",
            Self::Invoice => "invoice",
            Self::CreditNote => "credit_note",
            Self::PurchaseOrder => "purchase_order",
            Self::PickList => "pick_list",
        }
    }

    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.name() == name)
    }

    /// What goes with the goods says what is in the parcel, not what it costs; so does what is carried to them.
    #[must_use]
    pub const fn shows_prices(self) -> bool {
        !matches!(self, Self::DeliveryNote | Self::TransferNote | Self::PickList)
    }
}

/// The title that a paper bears: `Invoice 2026-00017`.
#[must_use]
pub fn title(paper: Paper, number: &str, language: &str) -> String {
    let kind = text(language, &format!("papers.{}", paper.name()));
    if number.is_empty() { kind } else { format!("{kind} {number}") }
}

/// The PDF of a paper; `data` is a [`Sheet`].
///
/// # Errors
/// `files.paper_data` when the data is no sheet, and what the payment slip refuses.
pub fn paper(paper: Paper, data: &Json) -> Result<Vec<u8>> {
    let sheet: Sheet = serde_json::from_value(data.clone())
        .map_err(|e| Error::from(refuse("files.paper_data").arg("what", e)))?;
    let slip = sheet.payment.as_ref().filter(|p| p.slip).map(|p| upn::Slip::of(&sheet, p)).transpose()?;
    let view = view::view(paper, &sheet, slip.as_ref());
    let svg = slip.map(|s| s.svg()).transpose()?.unwrap_or_default();
    let world = world::Printing::new(&view, svg)?;
    let document = typst::compile(&world).output.map_err(|e| failed(&e))?;
    let options = PdfOptions {
        ident: Smart::Custom(format!("{}/{}/{}", paper.name(), sheet.firm.name, sheet.number)),
        creator: Smart::Custom(Some("Celota".into())),
        standards: PdfStandards::new(&[PdfStandard::A_3a]).map_err(|e| Error::corrupt(e.message()))?,
        ..PdfOptions::default()
    };
    let pdf = typst_pdf::pdf(&document, &options).map_err(|e| failed(&e));
    // What the next paper cannot use again would pile up for ever.
    comemo::evict(4);
    pdf
}

fn failed(diagnostics: &[typst::diag::SourceDiagnostic]) -> Error {
    let told: Vec<&str> = diagnostics.iter().map(|d| d.message.as_str()).collect();
    Error::corrupt(&format!("paper: {}", told.join("; ")))
}

/// Papers are in the reader's language, which is rarely the user's: they look into the catalogue themselves.
static TEXTS: LazyLock<Texts> = LazyLock::new(|| {
    let mut texts = Texts::default();
    for (language, catalogue) in LANGUAGES.into_iter().zip([crate::EN, crate::SL]) {
        // A catalogue that cannot be read fails every start, in the registry.
        drop(texts.add(language, "", catalogue));
    }
    texts
});

pub(crate) fn text(language: &str, key: &str) -> String {
    TEXTS.get(language, key).unwrap_or(key).to_owned()
}
