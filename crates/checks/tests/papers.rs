//! Each document as the paper that leaves the house, and the letter that carries it.

use celota::jobs::{Place, next};
use celota::papers;
use checks::{Shop, Workshop, on_both};
use files::mail::Post;
use serde_json::{Value as Json, json};
use std::process::Command;

/// The text of a paper; empty where there is no pdftotext, which is said.
fn text_of(pdf: &[u8]) -> Option<String> {
    let file = std::env::temp_dir().join(format!(
        "celota-paper-{}-{:?}.pdf",
        std::process::id(),
        std::thread::current().id()
    ));
    std::fs::write(&file, pdf).expect("written");
    let out = Command::new("pdftotext").args(["-layout", "-enc", "UTF-8"]).arg(&file).arg("-").output();
    drop(std::fs::remove_file(&file));
    match out {
        Ok(out) if out.status.success() => Some(String::from_utf8_lossy(&out.stdout).replace('\u{a0}', " ")),
        _ => {
            println!("skipped: no pdftotext on this machine (Debian: poppler-utils)");
            None
        }
    }
}

/// Prints a paper, and expects these words on it.
fn says(shop: &Shop, entity: &str, id: i64, paper: &str, wanted: &[&str]) {
    let (name, pdf) = papers::named(&shop.kernel, &shop.actor, entity, id, paper)
        .unwrap_or_else(|e| panic!("{paper}: {e}"));
    if let Ok(folder) = std::env::var("CELOTA_PAPERS") {
        std::fs::write(format!("{folder}/{paper}-{id}.pdf"), &pdf).expect("written");
    }
    let Some(text) = text_of(&pdf) else { return };
    let number = shop.field(entity, id, "number");
    assert!(name.contains(&number), "{name} is called after {number}");
    for word in wanted.iter().copied().chain([number.as_str()]) {
        assert!(text.contains(word), "{word} is not on the {paper}:\n{text}");
    }
}

#[test]
fn every_document_has_its_paper() {
    on_both(|shop| {
        let table = shop.product("Miza", "489.00", "210.00");
        shop.stock(table, 5, "210.00");
        let customer = shop.customer("Gostilna Žabar d.o.o.");
        let order = shop.create(
            "SalesOrder",
            json!({"customer_id": customer, "your_reference": "NAR-7", "valid_until": "2026-03-31", "lines": [
                {"product_id": table, "quantity": 3, "discount_percent": "5"},
                {"text": "Dostava po dogovoru", "quantity": 0, "unit_price": "0"},
            ]}),
        );
        let seller = [
            "Mizarstvo Kranjc d.o.o.",
            "Glavna ulica 1",
            "SI12345679",
            "Gostilna Žabar d.o.o.",
            "1000 Ljubljana",
        ];
        says(
            shop,
            "SalesOrder",
            order,
            "quote",
            &[&seller[..], &["Ponudba", "31. 3. 2026", "489,00", "1.393,65", "NAR-7", "Dostava po dogovoru"]]
                .concat(),
        );
        says(
            shop,
            "SalesOrder",
            order,
            "pro_forma",
            &["Predračun", "1.700,25", "SI56 0201 7001 4356 205", "ni račun"],
        );
        shop.run("SalesOrder", "confirm", order, json!({}));
        says(shop, "SalesOrder", order, "order_confirmation", &["Potrditev naročila", "1.700,25"]);

        let delivery = shop.ship(order, 2);
        says(shop, "Delivery", delivery, "delivery_note", &["Dobavnica", "Miza", "Prevzel", "2. 3. 2026"]);
        shop.run("SalesOrder", "invoice", order, json!({}));
        let invoice = shop.invoices(order)[0];
        says(
            shop,
            "Invoice",
            invoice,
            "invoice",
            &[
                "Račun",
                "929,10",
                "204,40",
                "1.133,50",
                "22 %",
                "UPN QR",
                "Rok plačila",
                "Datum dobave",
                "Za plačilo EUR",
            ],
        );
        let line = shop.line("Invoice", invoice, 0);
        shop.run(
            "Invoice",
            "credit",
            invoice,
            json!({"reason": "Praska", "lines": [{"line_id": line, "quantity": 1}]}),
        );
        let credit = shop.invoices(order)[1];
        says(shop, "Invoice", credit, "credit_note", &["Dobropis", "K računu", "566,75"]);

        let steel = shop.supplier("Jeklo d.o.o.");
        let purchase = shop.create(
            "PurchaseOrder",
            json!({"supplier_id": steel, "lines": [{"product_id": table, "quantity": 10, "unit_price": "4.005", "expected_on": "2026-03-20"}]}),
        );
        says(
            shop,
            "PurchaseOrder",
            purchase,
            "purchase_order",
            &["Naročilnica", "Jeklo d.o.o.", "4,005", "40,05", "20. 3. 2026"],
        );
        let wrong = papers::render(&shop.kernel, &shop.actor, "Party", customer, "invoice")
            .expect_err("a party is no paper");
        assert_eq!(wrong.refusal().map(|r| r.code), Some("kernel.no_such_command"));
    });
}

#[test]
fn a_sent_invoice_lies_in_the_folder() {
    on_both(|shop| {
        let table = shop.product("Miza", "100.00", "40.00");
        shop.stock(table, 5, "40.00");
        let order = shop.order(shop.customer("Ana d.o.o."), &[(1, table, "100.00")]);
        shop.ship(order, 1);
        shop.run("SalesOrder", "invoice", order, json!({}));
        let invoice = shop.invoices(order)[0];
        shop.run("Invoice", "send", invoice, json!({}));
        let data =
            std::env::temp_dir().join(format!("celota-post-{}", shop.ids("SELECT MAX(id) FROM job")[0]));
        let place = Place { post: Post::of(None, &data), data: data.clone() };
        while next(&shop.kernel, &place).expect("jobs are done") {}
        assert!(shop.ids("SELECT id FROM job WHERE error <> ''").is_empty());
        let letters: Vec<_> = std::fs::read_dir(data.join("mail")).expect("a folder").flatten().collect();
        assert_eq!(letters.len(), 1);
        let letter = std::fs::read_to_string(letters[0].path()).expect("a letter");
        for wanted in [
            "To: office@example.com",
            "application/pdf",
            &format!("{}.pdf", shop.field("Invoice", invoice, "number")),
        ] {
            assert!(letter.contains(wanted), "{wanted} is not in the letter");
        }
        drop(std::fs::remove_dir_all(data));
    });
}

/// A letter that cannot go is tried again, and says why; nothing is lost.
#[test]
fn a_letter_that_cannot_go_waits() {
    on_both(|shop| {
        let body = json!({"to": "nobody", "subject": "s", "text": "t"});
        let input: Json = body.clone();
        shop.kernel.work(&shop.actor, "test", move |cx| cx.later("mail", input.clone(), 0)).expect("a job");
        let data = std::env::temp_dir().join("celota-no-post");
        let place = Place { post: Post::of(None, &data), data };
        assert!(next(&shop.kernel, &place).expect("a job"));
        assert!(!next(&shop.kernel, &place).expect("none is due"));
        assert_eq!(shop.ids("SELECT tries FROM job WHERE state = 'waiting' AND error LIKE '%nobody%'"), [1]);
        shop.wait(1);
        assert!(next(&shop.kernel, &place).expect("it is due again"));
        assert_eq!(shop.ids("SELECT tries FROM job WHERE state = 'waiting'"), [2]);
    });
}

/// What came from before the start is history: nothing of it is to be delivered, what it cost is not known, and what
/// its net holds beside its lines is named on the paper.
#[test]
fn an_order_from_before_the_start() {
    on_both(|shop| {
        let bolt = shop.product("bolt", "10.00", "4.00");
        let customer = shop.customer("Gostilna Žabar d.o.o.");
        let order = shop.create(
            "SalesOrder",
            json!({"customer_id": customer, "lines": [{"product_id": bolt, "quantity": 3, "unit_price": "10.00"}]}),
        );
        let sql = format!(
            "UPDATE sales_order SET history = 1, state = 'closed', number = 'SO-OLD-1', net = net + 1234, cost = 0 WHERE id = {order}"
        );
        shop.kernel
            .store
            .write(move |tx| -> kernel::Result<()> { Ok(tx.execute(&sql, &[]).map(|_| ())?) })
            .expect("history");
        let record = shop.record("SalesOrder", order);
        assert_eq!(record["margin"], Json::Null, "what it cost is not known");
        assert_eq!((&record["to_deliver"], &record["lines"][0]["to_deliver"]), (&json!(0.0), &json!(0.0)));
        says(shop, "SalesOrder", order, "order_confirmation", &["Prevoz in drugi stroški", "12,34", "42,34"]);
    });
}

#[test]
fn a_delivery_note_says_what_is_in_a_kit() {
    on_both(|shop| {
        let (table, chair) = (shop.product("Miza", "0", "0"), shop.product("Stol", "0", "0"));
        shop.stock(table, 2, "100.00");
        shop.stock(chair, 8, "20.00");
        let set = shop.product("Jedilnica", "300.00", "0");
        let contents = json!([{"product_id": table, "quantity": 1}, {"product_id": chair, "quantity": 4}]);
        shop.run("Product", "update", set, json!({"contents": contents}));
        let order = shop.order(shop.customer("Gostilna Žabar d.o.o."), &[(2, set, "300.00")]);
        let delivery = shop.ship(order, 2);
        says(shop, "Delivery", delivery, "delivery_note", &["Jedilnica", "2 × Miza", "8 × Stol"]);
        let invoice = shop.invoices(order)[0];
        says(shop, "Invoice", invoice, "invoice", &["Jedilnica", "600,00"]);
    });
}

#[test]
fn goods_between_warehouses_have_their_paper() {
    on_both(|shop| {
        let (table, chair) = (shop.product("Miza", "0", "0"), shop.product("Stol", "0", "0"));
        shop.stock(table, 9, "100.00");
        shop.stock(chair, 8, "20.00");
        let here = shop.ids("SELECT id FROM warehouse ORDER BY id")[0];
        let there = shop.create("Warehouse", json!({"name": "Maribor", "locations": [{"name": "Polica"}]}));
        let lines = json!([{"product_id": table, "quantity": 5}, {"product_id": chair, "quantity": 7}]);
        let body = json!({"from_warehouse_id": here, "to_warehouse_id": there, "arrives_on": shop.day(3), "note": "Krhko", "lines": lines});
        let order = shop.create("TransferOrder", body);
        let text = |language: &str| {
            let actor = kernel::Actor { language: language.into(), ..shop.actor.clone() };
            let pdf = papers::render(&shop.kernel, &actor, "TransferOrder", order, "transfer_note");
            text_of(&pdf.unwrap_or_else(|e| panic!("{e}"))).unwrap_or_default()
        };
        let says = |language: &str, words: &[&str]| {
            let text = text(language);
            words.iter().for_each(|word| assert!(text.is_empty() || text.contains(word), "{word}:\n{text}"));
            text
        };
        says("sl", &["Medskladiščnica", "Osnutek"]);
        shop.run("TransferOrder", "confirm", order, json!({}));
        let line = shop.line("TransferOrder", order, 0);
        shop.run("TransferOrder", "ship", order, json!({"lines": [{"line_id": line, "quantity": 4}]}));
        let from = shop.field("Warehouse", here, "name");
        let said = says(
            "sl",
            &[
                "Medskladiščnica TO2026-00001",
                "Maribor",
                "Iz skladišča",
                &from,
                "Miza",
                "Krhko",
                "Prevzel",
                "5. 3. 2026",
            ],
        );
        assert!(!said.contains("Stol"), "what stayed behind is not on it:\n{said}");
        says("en", &["Transfer note TO2026-00001", "From warehouse", "Miza", "Received by"]);
        let delivery = papers::render(&shop.kernel, &shop.actor, "TransferOrder", order, "delivery_note");
        assert!(delivery.is_err(), "it is no delivery");
    });
}

/// What is fetched for a work order, of which lots and from where, and what is done to it: in the words of who prints it.
#[test]
fn a_work_order_is_picked_by_its_list() {
    on_both(|shop| {
        let w = Workshop::open(shop);
        shop.stock(w.screw, 100, "0.10");
        let timber = shop.ids("SELECT supplier_id FROM supplier_price ORDER BY id")[0];
        let lines = json!([{"product_id": w.board, "quantity": 20, "unit_price": "12.00"}]);
        let order = shop.create("PurchaseOrder", json!({"supplier_id": timber, "lines": lines}));
        shop.run("PurchaseOrder", "confirm", order, json!({}));
        let line = shop.line("PurchaseOrder", order, 0);
        let lot = |name: &str, quantity: i64, expires: i64| json!({"line_id": line, "quantity": quantity, "lot": name, "expires_on": shop.day(expires)});
        shop.run(
            "PurchaseOrder",
            "receive",
            order,
            json!({"lines": [lot("LATE", 15, 90), lot("SOON", 5, 30)]}),
        );
        let top = shop.create(
            "WorkOrder",
            json!({"product_id": w.top, "quantity": 4, "starts_on": shop.day(1), "due_on": shop.day(3)}),
        );
        shop.run("WorkOrder", "release", top, json!({}));
        let number = shop.field("WorkOrder", top, "number");
        let said = |language: &str| {
            let actor = kernel::Actor { language: language.into(), ..shop.actor.clone() };
            let (name, pdf) = papers::named(&shop.kernel, &actor, "WorkOrder", top, "pick_list")
                .unwrap_or_else(|e| panic!("{e}"));
            assert!(name.contains(&number), "{name} is called after {number}");
            if let Ok(folder) = std::env::var("CELOTA_PAPERS") {
                std::fs::write(format!("{folder}/pick_list-{language}.pdf"), &pdf).expect("written");
            }
            text_of(&pdf).map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "))
        };
        let has = |language: &str, wanted: &[&str]| {
            let Some(text) = said(language) else { return };
            for word in wanted {
                assert!(text.contains(word), "{word} is not on the pick list:\n{text}");
            }
        };
        // Twelve boards: five of what expires first, then seven. Set-up of 30 minutes and 4 × 15.
        has(
            "sl",
            &[
                "Izdajni list",
                "SOON 5",
                "LATE 7",
                "Od kod",
                "Vzeto",
                "Saw saw",
                "4 90",
                "Delovno mesto",
                "5. 3. 2026",
            ],
        );
        has("en", &["Pick list", "SOON 5", "LATE 7", "From", "Taken", "Work center", "5 Mar 2026"]);
        // What has been taken is not fetched again.
        let board = shop.record("WorkOrder", top)["components"][0]["id"].clone();
        shop.run("WorkOrder", "issue", top, json!({"lines": [{"line_id": board, "quantity": 5}]}));
        has("en", &["LATE 7"]);
        assert!(said("en").is_none_or(|text| !text.contains("SOON")));
        shop.run("WorkOrder", "issue", top, json!({}));
        assert!(said("en").is_none_or(|text| !text.contains("LATE") && text.contains("Saw saw")));
        // What the plan has placed says when.
        shop.sell("Ana d.o.o.", w.table, 2, 30);
        shop.accept(&shop.plan());
        let sql = "SELECT MAX(parent_id) FROM work_order_operation WHERE starts_at IS NOT NULL";
        let (_, pdf) = papers::named(&shop.kernel, &shop.actor, "WorkOrder", shop.ids(sql)[0], "pick_list")
            .expect("a paper");
        let Some(text) = text_of(&pdf) else { return };
        let clock = |word: &&str| word.len() == 5 && word.as_bytes()[2] == b':';
        assert_eq!(text.split_whitespace().filter(clock).count(), 2, "when it begins and ends:\n{text}");
    });
}
