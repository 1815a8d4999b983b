//! Papers as a reader sees them: the text of the PDF, the code on the slip, the same bytes again.

use files::paper::{Block, Firm, Line, Meta, Payment, Sheet, Tax};
use files::{Paper, paper};
use std::process::Command;

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn firm() -> Firm {
    Firm {
        name: "Lesna Češnja".into(),
        legal_name: "Lesna Češnja, proizvodnja pohištva, d.o.o.".into(),
        street: "Žagarska cesta 12".into(),
        postal_code: "4240".into(),
        town: "Radovljica".into(),
        country: "SI".into(),
        tax_number: some("15012557"),
        vat_id: some("SI15012557"),
        registration_number: some("5860199000"),
        iban: some("SI56020170014356205"),
        bic: some("LJBASI2X"),
        email: some("prodaja@lesna-cesnja.si"),
        phone: some("+386 4 530 12 34"),
    }
}

fn line(code: &str, text: &str, quantity: &str, price: &str, rate: &str, net: &str) -> Line {
    Line {
        code: code.into(),
        text: text.into(),
        quantity: some(quantity),
        unit: "kos".into(),
        unit_price: some(price),
        tax_rate: some(rate),
        net: some(net),
        ..Line::default()
    }
}

fn invoice(language: &str) -> Sheet {
    Sheet {
        language: language.into(),
        number: "2026-00017".into(),
        currency: "EUR".into(),
        firm: firm(),
        to: Block {
            name: "Gostilna Pri Žabarju, Štefan Černič s.p.".into(),
            street: "Čopova ulica 8".into(),
            postal_code: "1000".into(),
            town: "Ljubljana".into(),
            country: "SI".into(),
            vat_id: some("SI98765430"),
            ..Block::default()
        },
        meta: vec![
            Meta::date("issued", "2026-11-24"),
            Meta::date("supply", "2026-11-23"),
            Meta::date("due", "2026-12-24"),
            Meta::text("order", "SO2026-00042"),
            Meta::text("delivery_note", "DN2026-00038"),
            Meta::text("your_reference", "NAR-118/26"),
        ],
        lines: vec![
            Line {
                discount_percent: some("5"),
                ..line("MIZ-180", "Miza Bled, hrast, 180 × 90 cm", "2", "489.00", "22", "929.10")
            },
            line("STO-04", "Stol Bohinj, oljen", "8", "94.50", "22", "756.00"),
            Line {
                text: "Dostava in montaža po dogovoru z gospodom Černičem, vhod z dvorišča.".into(),
                ..Line::default()
            },
            Line { unit: "ura".into(), ..line("MON", "Montaža", "3.5", "32.00", "22", "112.00") },
            line("KNJ", "Knjižica o negi lesa", "8", "4.20", "5", "33.60"),
        ],
        taxes: vec![
            Tax {
                rate: "22".into(),
                category: "S".into(),
                base: "1797.10".into(),
                tax: "395.36".into(),
                reason: None,
            },
            Tax {
                rate: "5".into(),
                category: "S".into(),
                base: "33.60".into(),
                tax: "1.68".into(),
                reason: None,
            },
        ],
        net: some("1830.70"),
        tax: some("397.04"),
        gross: some("2227.74"),
        payment: Some(Payment {
            iban: "SI56020170014356205".into(),
            bic: some("LJBASI2X"),
            reference: some("SI002026-17"),
            due_on: some("2026-12-24"),
            amount: "2227.74".into(),
            purpose: "Račun 2026-00017".into(),
            slip: true,
        }),
        notes: vec!["Hvala za naročilo.".into()],
        issued_by: some("Maja Kovač"),
        ..Sheet::default()
    }
}

fn printed(kind: Paper, sheet: &Sheet) -> Vec<u8> {
    let pdf = paper(kind, &serde_json::to_value(sheet).expect("json")).expect("a paper");
    if let Ok(folder) = std::env::var("CELOTA_PAPERS") {
        std::fs::write(format!("{folder}/{}-{}.pdf", kind.name(), sheet.language), &pdf).expect("written");
    }
    pdf
}

/// The text of a PDF by a program that knows nothing of ours; `None` where there is none.
fn text_of(pdf: &[u8], name: &str) -> Option<String> {
    let file = std::env::temp_dir().join(format!("celota-{name}-{}.pdf", std::process::id()));
    std::fs::write(&file, pdf).expect("written");
    let out = Command::new("pdftotext").args(["-layout", "-enc", "UTF-8"]).arg(&file).arg("-").output();
    drop(std::fs::remove_file(&file));
    match out {
        // A blank that holds a figure together reads as any other.
        Ok(out) if out.status.success() => Some(String::from_utf8_lossy(&out.stdout).replace('\u{a0}', " ")),
        _ => {
            println!("skipped: no pdftotext on this machine (Debian: poppler-utils)");
            None
        }
    }
}

#[test]
fn an_invoice_has_what_the_law_wants() {
    let pdf = printed(Paper::Invoice, &invoice("sl"));
    let Some(text) = text_of(&pdf, "invoice") else { return };
    // ZDDV-1, art. 82: dates, number, both names, addresses and VAT numbers, quantity and kind, price, rate, VAT.
    for wanted in [
        "Račun 2026-00017",
        "24. 11. 2026",
        "23. 11. 2026",
        "Lesna Češnja, proizvodnja pohištva, d.o.o.",
        "Žagarska cesta 12",
        "SI15012557",
        "Gostilna Pri Žabarju, Štefan Černič s.p.",
        "Čopova ulica 8",
        "1000 Ljubljana",
        "SI98765430",
        "Miza Bled, hrast, 180 × 90 cm",
        "489,00",
        "22 %",
        "929,10",
        "3,5",
        "1.797,10",
        "395,36",
        "2.227,74",
        "UPN QR",
        "SI00 2026-17",
        "Stran 1 od 1",
    ] {
        assert!(text.contains(wanted), "{wanted} is not in:\n{text}");
    }
}

#[test]
fn the_same_data_gives_the_same_bytes() {
    assert_eq!(printed(Paper::Invoice, &invoice("sl")), printed(Paper::Invoice, &invoice("sl")));
}

#[test]
fn the_slip_carries_the_fields_of_the_standard() {
    let sheet = invoice("sl");
    let slip = files::upn::Slip::of(&sheet, sheet.payment.as_ref().expect("payment")).expect("a slip");
    let content = slip.content();
    // Worked out by hand from the standard's table of fields.
    let body = "UPNQR\n\n\n\n\nGostilna Pri Žabarju, Štefan Čern\nČopova ulica 8\n1000 Ljubljana\n00000222774\n\n\nGDSV\nRačun 2026-00017\n\
        24.12.2026\nSI56020170014356205\nSI002026-17\nLesna Češnja\nŽagarska cesta 12\n4240 Radovljica\n";
    assert_eq!(content, format!("{body}{:03}\n", body.chars().count()));
    let code = slip.code().expect("it fits");
    assert_eq!(
        (code.version(), code.error_correction_level(), code.width()),
        (qrcode::Version::Normal(15), qrcode::EcLevel::M, 77)
    );
}

#[test]
fn the_longest_slip_still_fits() {
    let long = "Žšč".repeat(40);
    let mut sheet = invoice("sl");
    sheet.to =
        Block { name: long.clone(), street: long.clone(), postal_code: long.clone(), ..Block::default() };
    sheet.firm = Firm { name: long.clone(), street: long.clone(), town: long.clone(), ..firm() };
    let payment = Payment {
        purpose: long,
        amount: "999999999.99".into(),
        reference: some("SI00123456789012-1234567-8"),
        ..sheet.payment.clone().expect("payment")
    };
    let slip = files::upn::Slip::of(&sheet, &payment).expect("a slip");
    assert_eq!(slip.payer[0].chars().count(), 33);
    assert!(slip.content().chars().count() <= 411);
    slip.code().expect("it fits");
}

#[test]
fn a_slip_that_no_bank_would_take_is_refused() {
    for (field, change) in [
        (
            "iban",
            Box::new(|p: &mut Payment| p.iban = "SI56020170014356206".into()) as Box<dyn Fn(&mut Payment)>,
        ),
        ("reference", Box::new(|p: &mut Payment| p.reference = some("SI12123"))),
        ("amount", Box::new(|p: &mut Payment| p.amount = "-1".into())),
    ] {
        let mut sheet = invoice("sl");
        change(sheet.payment.as_mut().expect("payment"));
        let error = paper(Paper::Invoice, &serde_json::to_value(&sheet).expect("json")).expect_err("refused");
        let refusal = error.refusal().expect("a refusal");
        assert_eq!((refusal.code, refusal.field.as_deref()), ("files.slip", Some(field)));
    }
    let error = paper(Paper::Invoice, &serde_json::json!({"lines": 5})).expect_err("refused");
    assert_eq!(error.refusal().map(|r| r.code), Some("files.paper_data"));
}

#[test]
fn every_paper_in_both_languages() {
    for kind in Paper::ALL {
        for language in ["en", "sl"] {
            let mut sheet = invoice(language);
            if kind != Paper::Invoice {
                sheet.payment = None;
            }
            if !kind.shows_prices() {
                for l in sheet.lines.iter_mut().filter(|l| l.quantity.is_some()) {
                    l.ordered = some("10");
                }
                sheet.deliver_to = Some(Block {
                    name: "Gradbišče".into(),
                    street: "Rožna dolina 3".into(),
                    postal_code: "5000".into(),
                    town: "Nova Gorica".into(),
                    ..Block::default()
                });
            }
            if kind == Paper::PurchaseOrder {
                sheet.lines.iter_mut().for_each(|l| l.expected_on = some("2026-12-01"));
            }
            let text = text_of(&printed(kind, &sheet), &format!("{}-{language}", kind.name()));
            let Some(text) = text else { return };
            assert!(text.contains(&files::paper::title(kind, "2026-00017", language)), "{text}");
            assert_eq!(text.contains("929"), kind.shows_prices(), "{}", kind.name());
        }
    }
}

#[test]
fn long_invoices_repeat_their_head() {
    let mut sheet = invoice("en");
    sheet.number = "2026-00018".into();
    sheet.lines = (1..=70)
        .map(|i| {
            line(
                &format!("ART-{i:03}"),
                "Shelf board, beech, oiled on both sides",
                "3",
                "12.345678",
                "22",
                "37.04",
            )
        })
        .collect();
    sheet.to.country = "AT".into();
    sheet.taxes = vec![Tax {
        rate: "0".into(),
        category: "K".into(),
        base: "2592.80".into(),
        tax: "0.00".into(),
        reason: None,
    }];
    sheet.payment.as_mut().expect("payment").slip = false;
    sheet.draft = true;
    let pdf = printed(Paper::CreditNote, &sheet);
    let Some(text) = text_of(&pdf, "long") else { return };
    let pages: Vec<&str> = text.split('\u{c}').filter(|p| !p.trim().is_empty()).collect();
    assert!(pages.len() >= 3, "{} pages", pages.len());
    for (i, page) in pages.iter().enumerate() {
        assert!(page.contains(&format!("Page {} of {}", i + 1, pages.len())), "{page}");
        assert!(page.contains("Credit note 2026-00018"), "{page}");
    }
    assert!(
        pages[1].contains("Quantity")
            && text.contains("12.345678")
            && text.contains("Austria")
            && text.contains("138")
    );
    assert!(text.contains("Draft"));
}
