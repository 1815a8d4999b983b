//! Statements of banks: what is read, and what is refused with its place.

use files::camt053::{Status, read};
use kernel::Refusal;
use numbers::Money;
use std::collections::BTreeMap;
use std::path::Path;

const TWO_DAYS: &str = include_str!("camt053/two_days.xml");

fn refusals(xml: &str) -> Vec<Refusal> {
    let error = read(xml).expect_err("refused");
    let first = error.refusal().expect("a refusal").clone();
    let more = first.more.clone();
    std::iter::once(first).chain(more).collect()
}

fn codes(xml: &str) -> Vec<(&'static str, String)> {
    refusals(xml).into_iter().map(|r| (r.code, r.field.unwrap_or_default())).collect()
}

#[test]
fn two_days_of_an_account() {
    let days = read(TWO_DAYS).expect("a sound file");
    let [monday, tuesday] = days.as_slice() else { panic!("two statements") };
    assert_eq!(
        (monday.number.as_str(), monday.iban.as_str(), monday.currency.as_str()),
        ("228", "SI56020170014356205", "EUR")
    );
    assert_eq!(
        (monday.opening, monday.closing, monday.closing_on.to_string().as_str()),
        (Money(100_000), Money(109_840), "2026-11-23")
    );
    let told: Vec<_> = monday
        .entries
        .iter()
        .map(|e| {
            (
                e.amount.0,
                e.status,
                e.counterparty_name.as_deref(),
                e.reference.as_deref(),
                e.remittance.as_str(),
                e.reversal,
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (3660, Status::Booked, Some("Žagar Čebelarstvo d.o.o."), Some("SI00 2026-17"), "", false),
            (-5000, Status::Booked, Some("Elektro"), None, "račun 7/26", false),
            (-3820, Status::Booked, Some("Voda"), None, "Paket plačil", false),
            (15000, Status::Booked, Some("Napačni prejemnik"), None, "", true),
            (-99900, Status::Pending, None, None, "", false),
        ]
    );
    assert_eq!(monday.entries[0].counterparty_iban.as_deref(), Some("SI56191000000123438"));
    assert_eq!(monday.entries[0].end_to_end_id, None);
    assert_eq!(monday.entries[2].place, "Stmt 1/Ntry 2/TxDtls 2");
    assert_eq!(monday.entries[1].booked_on.map(|d| d.to_string()).as_deref(), Some("2026-11-23"));
    assert_eq!((tuesday.closing, tuesday.number.as_str()), (Money(-160), "2026-229"));
}

#[test]
fn what_does_not_add_up_is_named_with_its_place() {
    for (from, to, code, place) in [
        (
            "1098.40</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-23",
            "1098.40</Amt><CdtDbtInd>DBIT</CdtDbtInd><Dt><Dt>2026-11-23",
            "files.camt_sign",
            "Stmt 1",
        ),
        (">36.6<", ">36.61<", "files.camt_sum", "Stmt 1"),
        (">36.6<", ">36.600<", "files.camt_decimals", "Stmt 1/Ntry 1"),
        (">36.6<", ">36,60<", "files.camt_amount", "Stmt 1/Ntry 1"),
        (">36.6<", ">-36.60<", "files.camt_amount", "Stmt 1/Ntry 1"),
        (
            "<Dt>2026-11-23</Dt></BookgDt><ValDt>",
            "<Dt>2026-02-30</Dt></BookgDt><ValDt>",
            "files.camt_date",
            "Stmt 1/Ntry 1",
        ),
        ("<Cd>PRCD</Cd>", "<Cd>OPAV</Cd>", "files.camt_missing", "Stmt 1"),
        ("<Amt Ccy=\"EUR\">1.60", "<Amt Ccy=\"USD\">1.60", "files.camt_currency", "Stmt 2/Bal 2"),
        ("<CdtDbtInd>DBIT</CdtDbtInd><Sts>PDNG", "<Sts>PDNG", "files.camt_missing", "Stmt 1/Ntry 4"),
    ] {
        assert!(TWO_DAYS.contains(from), "{from}");
        let found = codes(&TWO_DAYS.replacen(from, to, 1));
        assert!(found.contains(&(code, place.into())), "{from} → {to}: {found:?}");
    }
}

#[test]
fn what_is_no_statement_is_refused() {
    assert_eq!(codes("not xml")[0].0, "files.camt_not_xml");
    assert_eq!(
        codes(&TWO_DAYS.replace("camt.053.001.02", "camt.054.001.02"))[0].0,
        "files.camt_other_message"
    );
    assert_eq!(
        codes("<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.08'><BkToCstmrStmt/></Document>")
            [0]
        .0,
        "files.camt_empty"
    );
    // An entity that names a file of this machine is never followed.
    let entity = TWO_DAYS.replacen(
        "<Document",
        "<!DOCTYPE d [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><Document",
        1,
    );
    assert_eq!(codes(&entity.replace("<Nm>Voda", "<Nm>&x;"))[0].0, "files.camt_not_xml");
}

/// Every code has its text, and its text its figures, in both languages.
#[test]
fn refusals_speak_both_languages() {
    let registry = kernel::Registry::new(vec![files::module()], None).expect("texts");
    for refusal in refusals(&TWO_DAYS.replacen(">36.6<", ">36.61<", 1)) {
        for language in kernel::LANGUAGES {
            let text = refusal.message(&registry.texts, language);
            assert!(
                text.contains("0.01 EUR") && text.contains("1098.40 EUR") && !text.contains("{{"),
                "{text}"
            );
            assert!(!refusal.advice(&registry.texts, language).starts_with("refusals."));
        }
    }
}

/// Files of real banks, with figures that another program worked out.
#[test]
fn published_statements() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/bank");
    let Ok(table) = std::fs::read_to_string(folder.join("expected.csv")) else {
        println!("skipped: no ../shared/data/bank beside this repository");
        return;
    };
    let mut by_file: BTreeMap<&str, Vec<Vec<&str>>> = BTreeMap::new();
    for line in table.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        by_file.entry(cells[0]).or_default().push(cells);
    }
    let mut seen = 0;
    for (file, rows) in by_file.iter().filter(|(f, _)| f.starts_with("camt053")) {
        let xml = std::fs::read_to_string(folder.join(file)).expect("the file");
        let sound = rows.iter().all(|r| r[7].parse::<f64>() == Ok(0.0));
        match read(&xml) {
            Ok(statements) => {
                assert!(sound, "{file} does not add up");
                assert_eq!(statements.len(), rows.len(), "{file}");
                for (s, row) in statements.iter().zip(rows) {
                    let net = s.net().expect("small");
                    let told = [
                        s.currency.clone(),
                        s.opening.to_string(),
                        s.booked().count().to_string(),
                        net.to_string(),
                        s.closing.to_string(),
                    ];
                    assert_eq!(told.as_slice(), &row[2..7], "{file}");
                }
            }
            Err(error) => {
                assert!(!sound, "{file}: {error}");
                let codes: Vec<&str> = codes(&xml).iter().map(|c| c.0).collect();
                let wanted =
                    if file.contains("decimals") { "files.camt_decimals" } else { "files.camt_sign" };
                assert!(codes.contains(&wanted), "{file}: {codes:?}");
            }
        }
        seen += 1;
    }
    assert_eq!(seen, 3);
}
