//! Stories of goods that are not good enough: they go back, are claimed, are made good, or wait for their inspection.

use checks::{Shop, on_both, rows, text};
use serde_json::{Value as Json, json};

/// Ten hubs at 8.00 come on hold; the inspection of them.
fn hubs_on_hold(shop: &Shop) -> (i64, i64, i64) {
    let hub = shop.product("hub", "30.00", "8.00");
    let maker = shop.supplier("Pesta d.o.o.");
    let lines = json!([{"product_id": hub, "quantity": 10, "unit_price": "8.00"}]);
    let order = shop.create("PurchaseOrder", json!({"supplier_id": maker, "lines": lines}));
    shop.run("PurchaseOrder", "confirm", order, json!({}));
    shop.run("PurchaseOrder", "receive", order, json!({"blocked": true}));
    (hub, order, *shop.ids("SELECT MAX(id) FROM inspection").first().expect("an inspection"))
}

#[test]
fn rejected_goods_go_back_before_they_are_invoiced() {
    on_both(|shop| {
        let (hub, order, held) = hubs_on_hold(shop);
        shop.books("stock 80.00 | received_not_invoiced -80.00");
        let sold = shop.order(shop.customer("Ana d.o.o."), &[(8, hub, "30.00")]);
        shop.run("Inspection", "pass", held, json!({"quantity": 6}));
        assert_eq!(shop.pegged(sold), ["short 2", "stock 6"]);
        shop.refuses("Inspection", "return_goods", held, json!({"quantity": 1}), "kernel.required");
        shop.refuses(
            "Inspection",
            "return_goods",
            held,
            json!({"quantity": 5, "reason": "Rust"}),
            "stock.waits",
        );
        let later = json!({"quantity": 1, "reason": "Rust", "on": shop.day(1)});
        shop.refuses("Inspection", "return_goods", held, later, "stock.in_future");
        shop.run("Inspection", "reject", held, json!({"quantity": 3, "reason": "Rust"}));
        assert_eq!(shop.field("Inspection", held, "to_settle"), "3.0");
        let back = shop.run("Inspection", "return_goods", held, json!({})).result["receipt_id"]
            .as_i64()
            .expect("a paper");
        assert_eq!(
            (shop.field("Receipt", back, "kind"), shop.field("Inspection", held, "returned")),
            ("return".into(), "3.0".into())
        );
        shop.refuses("Receipt", "reverse", back, json!({}), "stock.return_stays");
        // What has not come is open again, and what is owed is what is here; who waits, waits for the supplier.
        assert_eq!(shop.pegged(sold), ["stock 6", "supply 2"]);
        shop.books("stock 56.00 | received_not_invoiced -56.00");
        assert_eq!(shop.field("PurchaseOrder", order, "to_receive"), "3.0");
        // The last one is rejected and scrapped in one.
        shop.run("Inspection", "scrap", held, json!({"reason": "Bent"}));
        shop.refuses("Inspection", "scrap", held, json!({}), "stock.waits");
        shop.books("stock 48.00 | count_difference 8.00 | received_not_invoiced -56.00");
        assert_eq!(shop.field("Inspection", held, "state"), "done");
        assert_eq!(shop.lies(hub), [" good 6"]);
        // The invoice is for what stays.
        shop.run("PurchaseOrder", "invoice", order, json!({"supplier_number": "R-1"}));
        shop.books("received_not_invoiced 0.00 | payable -68.32");
    });
}

#[test]
fn what_is_invoiced_and_goes_back_is_a_claim() {
    on_both(|shop| {
        let (hub, order, held) = hubs_on_hold(shop);
        let line = shop.line("PurchaseOrder", order, 0);
        let dearer = json!({"supplier_number": "R-1", "lines": [{"line_id": line, "unit_price": "9.00"}]});
        let invoice = shop.run("PurchaseOrder", "invoice", order, dearer).result["supplier_invoice_id"]
            .as_i64()
            .expect("an invoice");
        shop.books("stock 90.00 | received_not_invoiced 0.00 | payable -109.80");
        // Four go back for good: they came at 8.00.
        let body = json!({"quantity": 4, "reason": "Rust", "no_replacement": true});
        shop.run("Inspection", "return_goods", held, body);
        shop.books("stock 58.00 | received_not_invoiced 32.00");
        assert_eq!(shop.field("PurchaseOrder", order, "to_receive"), "0.0");
        assert_eq!(shop.field("PurchaseOrder", order, "to_invoice"), "-32.0");
        // One more is scrapped here and claimed.
        shop.run(
            "Inspection",
            "return_goods",
            held,
            json!({"quantity": 1, "reason": "Bent", "scrapped_here": true}),
        );
        shop.books("stock 50.00 | received_not_invoiced 40.00");
        assert_eq!(shop.field("PurchaseOrder", order, "to_receive"), "1.0", "it comes again");
        shop.holds();
        // The credit note: 5 at 9.00 with VAT of 22 percent. It settles the invoice as far as it goes.
        let credit = json!({"supplier_number": "D-1", "lines": [{"line_id": line, "unit_price": "9.00"}]});
        let credit = shop.run("PurchaseOrder", "invoice", order, credit).result["supplier_invoice_id"]
            .as_i64()
            .expect("a credit note");
        assert_eq!(shop.field("SupplierInvoice", credit, "gross"), "-54.9");
        assert_eq!(shop.field("SupplierInvoice", credit, "open"), "0.0");
        assert_eq!(shop.field("SupplierInvoice", invoice, "open"), "54.9");
        // What it gives back beyond what was booked is a difference of prices.
        shop.books("received_not_invoiced 0.00 | price_difference -5.00 | payable -54.90");
        // It was a mistake: everything is open again.
        shop.run("SupplierInvoice", "reverse", credit, json!({}));
        assert_eq!(shop.field("SupplierInvoice", invoice, "open"), "109.8");
        shop.books("received_not_invoiced 40.00 | payable -109.80 | price_difference 0.00");
        // Paid in full, the claim comes back as money.
        let pay = json!({"party_id": shop.field("PurchaseOrder", order, "supplier_id").parse::<i64>().ok(), "direction": "out",
            "amount": "109.80", "invoices": [{"supplier_invoice_id": invoice}]});
        shop.call("Payment", "pay", pay.clone());
        let credit = json!({"supplier_number": "D-2"});
        let credit = shop.run("PurchaseOrder", "invoice", order, credit).result["supplier_invoice_id"]
            .as_i64()
            .expect("a credit note");
        assert_eq!(shop.field("SupplierInvoice", credit, "open"), "-48.8");
        let mut refund = pay;
        refund["amount"] = json!("48.80");
        refund["invoices"] = json!([{"supplier_invoice_id": credit}]);
        shop.refuses("Payment", "pay", 0, refund.clone(), "invoicing.wrong_direction");
        refund["direction"] = json!("in");
        shop.call("Payment", "pay", refund);
        assert_eq!(shop.field("SupplierInvoice", credit, "open"), "0.0");
        shop.books("payable 0.00 | bank -61.00 | received_not_invoiced 0.00");
        assert_eq!(shop.lies(hub), [" blocked 5"]);
    });
}

/// A line of a bank statement: so much came in from somebody.
fn money_comes(shop: &Shop, name: &str, amount: &str, text: &str) -> i64 {
    let on = shop.day(0);
    let balance = |code: &str, sum: &str| {
        format!(
            "<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">{sum}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{on}</Dt></Dt></Bal>"
        )
    };
    let content = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt>
         <GrpHdr><MsgId>M</MsgId><CreDtTm>{on}T06:00:00</CreDtTm></GrpHdr><Stmt><Id>{text}</Id><ElctrncSeqNb>1</ElctrncSeqNb>
         <CreDtTm>{on}T06:00:00</CreDtTm><Acct><Id><IBAN>SI56020170014356205</IBAN></Id><Ccy>EUR</Ccy></Acct>{}{}
         <Ntry><Amt Ccy=\"EUR\">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{on}</Dt></BookgDt>
         <NtryDtls><TxDtls><Amt Ccy=\"EUR\">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><RltdPties><Dbtr><Pty><Nm>{name}</Nm></Pty></Dbtr></RltdPties>
         <RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>",
        balance("OPBD", "0.00"),
        balance("CLBD", amount)
    );
    shop.call("BankStatement", "import_camt", json!({"content": content}));
    shop.ids("SELECT MAX(id) FROM bank_line")[0]
}

#[test]
fn a_supplier_pays_back_and_the_bank_page_knows_what() {
    on_both(|shop| {
        let (_, order, held) = hubs_on_hold(shop);
        let supplier = shop.field("PurchaseOrder", order, "supplier_id").parse::<i64>().expect("an id");
        let id = |result: &Json| result["supplier_invoice_id"].as_i64().expect("an invoice");
        let invoice =
            id(&shop.run("PurchaseOrder", "invoice", order, json!({"supplier_number": "R-1"})).result);
        let pay = json!({"party_id": supplier, "direction": "out", "amount": "97.60", "invoices": [{"supplier_invoice_id": invoice}]});
        shop.call("Payment", "pay", pay);
        shop.run(
            "Inspection",
            "return_goods",
            held,
            json!({"quantity": 5, "reason": "Rust", "no_replacement": true}),
        );
        let credit =
            id(&shop.run("PurchaseOrder", "invoice", order, json!({"supplier_number": "DOB-77"})).result);
        assert_eq!(shop.field("SupplierInvoice", credit, "open"), "-48.8");
        let line = money_comes(shop, "PESTA D.O.O.", "48.80", "Vracilo DOB-77");
        let proposals = shop.ask("BankLine", "proposals", Some(line), json!({}));
        let first = &proposals["value"][0];
        assert_eq!(
            (text(first, "/kind"), &first["id"], text(first, "/number")),
            ("supplier_invoice", &json!(credit), "DOB-77"),
            "{proposals:#}"
        );
        assert_eq!(
            (first["open"].as_f64(), first["amount"].as_f64(), first["score"].as_i64()),
            (Some(48.8), Some(48.8), Some(100))
        );
        // Customers' documents and suppliers' are not paid as one.
        let ana = shop.customer("Ana d.o.o.");
        let lamp = shop.product("lamp", "10.00", "4.00");
        shop.stock(lamp, 1, "4.00");
        let sold = shop.order(ana, &[(1, lamp, "10.00")]);
        shop.ship(sold, 1);
        let both = json!({"lines": [{"supplier_invoice_id": credit, "amount": 40}, {"invoice_id": shop.invoices(sold)[0], "amount": 8.8}]});
        shop.refuses("BankLine", "match", line, both, "invoicing.one_side");
        shop.run("BankLine", "match", line, json!({"lines": [{"supplier_invoice_id": credit}]}));
        assert_eq!(shop.field("SupplierInvoice", credit, "open"), "0.0");
        shop.books("payable 0.00 | received_not_invoiced 0.00 | bank -48.80");
        shop.holds();
        // What is settled is proposed no more; taken back, it is again.
        let other = money_comes(shop, "PESTA D.O.O.", "48.80", "Se enkrat DOB-77");
        let proposed = |line: i64| rows(&shop.ask("BankLine", "proposals", Some(line), json!({}))).len();
        assert_eq!(proposed(other), 0);
        shop.run("BankLine", "unmatch", line, json!({}));
        assert_eq!(proposed(other), 1);
        // A part of it comes back first.
        let part = money_comes(shop, "PESTA D.O.O.", "20.00", "Del DOB-77");
        shop.run("BankLine", "match", part, json!({"lines": [{"supplier_invoice_id": credit}]}));
        assert_eq!(shop.field("SupplierInvoice", credit, "open"), "-28.8");
    });
}

#[test]
fn rejected_goods_are_made_good() {
    on_both(|shop| {
        let (hub, order, held) = hubs_on_hold(shop);
        let days = json!([{"weekday": "monday", "starts_at": "06:00", "ends_at": "14:00"}]);
        let week = shop.create("WorkCalendar", json!({"code": "ONE", "name": "One shift", "shifts": days}));
        let bench = shop.create(
            "WorkCenter",
            json!({"code": "B", "name": "Bench", "calendar_id": week, "hourly_cost": "30.00"}),
        );
        let sold = shop.order(shop.customer("Ana d.o.o."), &[(3, hub, "30.00")]);
        assert_eq!(shop.pegged(sold), ["short 3"]);
        let steps = json!([{"name": "Grind", "work_center_id": bench, "run_minutes": 6}]);
        let body = json!({"quantity": 4, "reason": "Burrs", "operations": steps, "due_on": shop.day(2)});
        let made = shop.run("Inspection", "rework", held, body).result["work_order_id"]
            .as_i64()
            .expect("a work order");
        assert_eq!(shop.pegged(sold), ["supply 3"], "who is short waits for them");
        shop.books("stock 48.00 | work_in_progress 32.00");
        assert_eq!(shop.lies(hub), [" blocked 6"]);
        let operation = shop.record("WorkOrder", made)["operations"][0]["id"].clone();
        shop.run(
            "WorkOrder",
            "report",
            made,
            json!({"operation_id": operation, "good": 3, "scrapped": 1, "minutes": 24, "reason": "Cracked"}),
        );
        shop.run("WorkOrder", "complete", made, json!({}));
        // Three carry what four and the hours have cost: 32.00 + 12.00.
        shop.books("stock 92.00 | work_in_progress 0.00");
        assert_eq!(shop.lies(hub), [" blocked 6", " good 3"]);
        assert_eq!(shop.pegged(sold), ["stock 3"]);
        shop.run("WorkOrder", "close", made, json!({}));
        shop.holds();
        // Later one of the good ones turns out to be bad: it is on hold again, by the receipt that brought it.
        let receipt = shop.ids("SELECT MIN(id) FROM receipt")[0];
        let line = shop.line("Receipt", receipt, 0);
        let body = json!({"line_id": line, "quantity": 1, "reason": "Squeaks"});
        shop.refuses("Receipt", "hold", receipt, body.clone(), "stock.came_fewer");
        shop.run("Inspection", "pass", held, json!({"quantity": 6}));
        shop.run("Receipt", "hold", receipt, body);
        assert_eq!(shop.lies(hub), [" blocked 1", " good 8"]);
        shop.run("PurchaseOrder", "close", order, json!({}));
        let second = shop.ids("SELECT MAX(id) FROM inspection")[0];
        shop.run("Inspection", "return_goods", second, json!({"reason": "Squeaks"}));
        assert_eq!(shop.lies(hub), [" good 8"]);
        let open =
            (shop.field("PurchaseOrder", order, "state"), shop.field("PurchaseOrder", order, "to_receive"));
        assert_eq!(open, ("confirmed".into(), "1.0".into()), "it is open again");
    });
}

#[test]
fn what_an_operation_has_made_waits_for_its_inspection() {
    on_both(|shop| {
        let (part, thing) = (shop.product("part", "0", "5.00"), shop.product("thing", "90.00", "0"));
        let days = json!([{"weekday": "monday", "starts_at": "06:00", "ends_at": "14:00"}]);
        let week = shop.create("WorkCalendar", json!({"code": "ONE", "name": "One shift", "shifts": days}));
        let bench = shop.create(
            "WorkCenter",
            json!({"code": "B", "name": "Bench", "calendar_id": week, "hourly_cost": "30.00"}),
        );
        let steps = json!([{"name": "Weld", "work_center_id": bench, "run_minutes": 10, "inspect": true},
            {"name": "Paint", "work_center_id": bench, "run_minutes": 2, "inspect": true}]);
        let parts = json!([{"product_id": part, "quantity": 1}]);
        shop.create("Bill", json!({"product_id": thing, "components": parts, "operations": steps}));
        shop.stock(part, 10, "5.00");
        let order =
            shop.create("WorkOrder", json!({"product_id": thing, "quantity": 10, "due_on": shop.day(3)}));
        shop.run("WorkOrder", "release", order, json!({}));
        let operation = |n: usize| shop.record("WorkOrder", order)["operations"][n]["id"].clone();
        let of = |n: usize, name: &str, quantity: i64| {
            let mut body = json!({"operation_id": operation(n), "reason": "Pores"});
            body[name] = quantity.into();
            body
        };
        shop.run("WorkOrder", "report", order, of(0, "good", 10));
        assert_eq!(shop.field("WorkOrder", order, "to_inspect"), "10.0");
        shop.refuses("WorkOrder", "report", order, of(1, "good", 1), "production.more_than_came");
        shop.refuses("WorkOrder", "inspect", order, of(0, "passed", 11), "stock.waits");
        shop.refuses("WorkOrder", "inspect", order, of(0, "passed", -1), "production.below_zero");
        let silent = json!({"operation_id": operation(0), "scrapped": 1});
        shop.refuses("WorkOrder", "inspect", order, silent, "production.scrap_reason");
        // Seven pass, one is scrap, two are welded again and pass then.
        let seen = json!({"operation_id": operation(0), "scrapped": 1, "rework": 2, "reason": "Pores"});
        assert_eq!(shop.run("WorkOrder", "inspect", order, seen).result["passed"].as_f64(), Some(7.0));
        shop.refuses("WorkOrder", "inspect", order, of(0, "passed", 1), "stock.waits");
        let mut again = of(0, "good", 2);
        again["again"] = true.into();
        shop.run("WorkOrder", "report", order, again);
        shop.run("WorkOrder", "inspect", order, of(0, "passed", 2));
        shop.run("WorkOrder", "report", order, of(1, "good", 9));
        let all = json!({"quantity": 9});
        shop.refuses("WorkOrder", "complete", order, all.clone(), "production.not_inspected");
        shop.run("WorkOrder", "inspect", order, of(1, "passed", 9));
        shop.run("WorkOrder", "complete", order, all);
        assert_eq!(shop.field("WorkOrder", order, "state"), "completed");
        assert_eq!(shop.lies(thing), [" good 9"]);
        shop.run("WorkOrder", "close", order, json!({}));
        shop.books("work_in_progress 0.00");
    });
}
