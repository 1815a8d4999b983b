//! A firm moves in: with a mapping of its own, with faults in its files, twice, and after a kill.

mod house;

use celota::import::{Import, Report};
use house::{House, on_both};
use kernel::{Actor, Error, Result};
use std::path::Path;

const MAPPING: &str = r#"
name = "A small shop"
[recognise]
customers = ["Št", "Naziv", "Limit"]
orders = ["Št", "Kupec", "Znesek"]
[formats]
date = "DD.MM.YYYY"
decimal = ","
thousands = "."
yes = ["da"]
no = ["ne"]
[[field]]
entity = "SalesOrder"
name = "exact"
kind = "decimal"
label = "Exact"
[[table]]
what = "Customers"
from = "customers"
to = "Party"
key = "customer/{Št}"
set.kind = { column = "Vrsta", words = { o = "person", p = "organisation" } }
set.name = "Naziv"
set.number = { text = "K{Št}" }
set.tax_number = "Davčna"
set.is_customer = { is = true }
set.archived = { column = "Neaktiven", default = "ne" }
set.credit_limit = "Limit"
set.organisation_id = { ref = "customer/{Podjetje}", optional = true }
[[table.check]]
same = ["Naziv"]
column = "Naziv"
say = "{Naziv} comes twice."
do = "Look whether they are one."
[[table]]
what = "Orders"
from = "orders"
to = "SalesOrder"
key = "order/{Št}"
set.number = { text = "N{Št}" }
set.customer_id = { ref = "customer/{Kupec}" }
set.state = { is = "closed" }
set.history = { is = true }
set.ordered_on = "Datum"
set.gross = { column = "Znesek", round = 2 }
set.x_exact = "Znesek"
control = { Znesek = ["x_exact", "gross"] }
[[table.lines]]
of = "lines"
from = "rows"
its = "Naročilo"
ours = "Št"
set.text = "Opis"
set.quantity = "Kol"
set.net = { column = "Kol", round = 2 }
"#;

/// Written by a spreadsheet of this part of the world: semicolons, decimal commas, windows-1250.
const CUSTOMERS: &str = "Št;Naziv;Vrsta;Davčna;Limit;Neaktiven;Podjetje\n\
    1;Žaga d.o.o.;p;15012557;1.000,50;ne;\n\
    2;Čebela d.o.o.;p;;;da;\n\
    3;Ana Čuk;o;;;;1\n";
const ORDERS: &str = "Št;Kupec;Datum;Znesek\n10;1;31.5.2011;1.234,5675\n11;2;1.6.2011;0,0050\n";
const ROWS: &str = "Naročilo;Opis;Kol\n10;deske;3\n10;prevoz;1,5\n11;med;2\n";

fn import(house: &House, customers: &str, orders: &str, rows: &str) -> Result<Import> {
    std::fs::create_dir_all(house.data.join("mappings")).expect("a folder");
    std::fs::write(house.data.join("mappings/shop.toml"), MAPPING).expect("written");
    let (windows, ..) = encoding_rs::WINDOWS_1250.encode(customers);
    let file = |name: &str, bytes: &[u8]| (name.to_owned(), bytes.to_vec());
    let files = [
        file("customers.csv", &windows),
        file("orders.csv", orders.as_bytes()),
        file("rows.csv", rows.as_bytes()),
    ];
    Import::of(&files, &house.data, None, &house.kernel.registry)
}

fn brought_in(house: &House, import: &Import) -> Report {
    import.apply(&house.kernel, &Actor::program(house.company), &mut |_, _| Ok(())).expect("an import")
}

fn told(report: &Report) -> Vec<(String, u64, String, String)> {
    report.all_problems.iter().map(|p| (p.file.clone(), p.row, p.column.clone(), p.message.clone())).collect()
}

const STORES: &str = r#"
name = "A small store"
[recognise]
places = ["Place", "House"]
goods = ["Code", "Place", "Pieces"]
costs = ["Code", "From", "Cost"]
[[table]]
what = "Places"
from = "places"
to = "Warehouse"
key = "warehouse/{House}"
once = true
set.code = "House"
set.name = "House"
[[table.lines]]
of = "locations"
from = "places"
its = "House"
ours = "House"
key = "place/{Place}"
set.code = "Place"
set.name = "Place"
[[table]]
what = "Goods"
from = "goods"
to = "Product"
key = "good/{Code}"
once = true
set.code = "Code"
set.name = "Code"
set.kind = { is = "goods" }
set.unit_id = { column = "Unit", find = "code" }
[[table]]
what = "Hours"
from = "places"
to = "WorkCalendar"
key = "hours/{Place}"
set.code = "Place"
set.name = "Place"
[[table.lines]]
of = "shifts"
each = ["monday", "friday"]
set.weekday = { is = "{each}" }
set.starts_at = { is = "07:00" }
set.ends_at = { is = "15:00" }
[[table]]
what = "Opening stock"
from = "places"
to = "StockCount"
key = "opening/{Place}"
then = "post"
set.kind = { is = "opening" }
set.counted_on = "Day"
set.location_id = { ref = "place/{Place}" }
[[table.lines]]
of = "lines"
from = "goods"
its = "Place"
ours = "Place"
with = [{ name = "cost", from = "costs", its = "Code", ours = "Code", latest = "From" }]
set.product_id = { ref = "good/{Code}" }
set.counted = "Pieces"
set.unit_cost = "cost.Cost"
"#;

/// Opening stock goes the way of any count: posted when it is in, and after a kill or a refusal by the next run.
#[test]
fn opening_stock_is_posted_by_the_ordinary_command() {
    on_both("stores", |house| {
        std::fs::create_dir_all(house.data.join("mappings")).expect("a folder");
        std::fs::write(house.data.join("mappings/stores.toml"), STORES).expect("written");
        let file = |name: &str, text: &str| (name.to_owned(), text.as_bytes().to_vec());
        let files = [
            file("places.csv", "Place,House,Day\nA,Main,2026-01-31\nB,Main,2026-01-31\n"),
            file("goods.csv", "Code,Place,Pieces,Unit\nbolt,A,30,C62\nbolt,B,12,C62\nnut,B,5,C62\n"),
            file(
                "costs.csv",
                "Code,From,Cost\nbolt,2024-05-01,2.50\nbolt,2025-12-01,3.10\nbolt,2023-01-01,2.00\nnut,2025-01-01,0.40\n",
            ),
        ];
        let import = Import::of(&files, &house.data, None, &house.kernel.registry).expect("recognised");
        // January is closed to the warehouse: everything comes in, and the counts wait.
        let lock = |command: &str, id: Option<i64>, body: serde_json::Value| {
            let body = body.as_object().cloned().unwrap_or_default();
            let call = kernel::Call {
                entity: "Lock".into(),
                command: command.into(),
                id,
                body,
                ..kernel::Call::default()
            };
            house.kernel.run(&Actor::program(house.company), &call).expect("a lock").id
        };
        let closed = lock("create", None, serde_json::json!({"kind": "stock", "until_day": "2026-01-31"}));
        let report = brought_in(house, &import);
        assert_eq!(told(&report).len(), 2, "{:?}", told(&report));
        assert_eq!(house.rows("SELECT DISTINCT state FROM stock_count"), ["draft"]);
        assert_eq!(house.count("stock_move"), 0);

        lock("delete", Some(closed), serde_json::json!({}));
        assert_eq!(told(&brought_in(house, &import)), []);
        let lying = "SELECT l.code, p.code, b.on_hand / 1000000 FROM stock_balance b JOIN location l ON l.id = b.location_id
                     JOIN product p ON p.id = b.product_id ORDER BY l.code, p.code";
        assert_eq!(house.rows(lying), ["A|bolt|30", "B|bolt|12", "B|nut|5"]);
        // 42 × 3.10, the latest cost, and 5 × 0.40.
        assert_eq!(house.figure("SELECT SUM(value) FROM product_stock"), "13220");
        assert_eq!(
            house.rows("SELECT DISTINCT weekday FROM shift WHERE starts_at = '07:00' ORDER BY weekday"),
            ["friday", "monday"]
        );
        assert_eq!(house.breaches(), Vec::<String>::new());

        let before = house.everything();
        brought_in(house, &import);
        assert_eq!(house.everything(), before);
    });
}

#[test]
fn a_mapping_needs_no_code() {
    on_both("mapping", |house| {
        let import = import(house, CUSTOMERS, ORDERS, ROWS).expect("recognised");
        let looked = import.dry_run(&house.kernel, &Actor::program(house.company)).expect("a dry run");
        assert_eq!(told(&looked), []);
        assert_eq!(house.count("party"), 0, "a dry run writes nothing");
        assert_eq!(house.count("import_key"), 0);
        let before = ["event", "job", "entry"].map(|t| house.count(t));

        let report = brought_in(house, &import);
        assert_eq!(told(&report), []);
        assert_eq!(
            house.rows("SELECT number, name, kind, credit_limit, archived FROM party ORDER BY number"),
            [
                "K1|Žaga d.o.o.|organisation|100050|0",
                "K2|Čebela d.o.o.|organisation||1",
                "K3|Ana Čuk|person||0"
            ]
        );
        assert_eq!(
            house.rows(
                "SELECT p.name FROM party p JOIN party a ON a.organisation_id = p.id WHERE a.name = 'Ana Čuk'"
            ),
            ["Žaga d.o.o."]
        );
        // 1,234.5675 rounds up and 0.005 too: half goes away from zero, and the exact figure stays beside it.
        assert_eq!(
            house.rows("SELECT number, state, history, gross, x_exact FROM sales_order ORDER BY number"),
            ["N10|closed|1|123457|1234567500", "N11|closed|1|1|5000"]
        );
        assert_eq!(
            house.rows("SELECT position, text, quantity FROM sales_order_line ORDER BY id"),
            ["1|deske|3000000", "2|prevoz|1500000", "1|med|2000000"]
        );
        let sums: Vec<String> =
            report.controls.iter().map(|c| format!("{} {} {}", c.source, c.here, c.difference)).collect();
        assert_eq!(sums, ["1234.5725 1234.5725 0.0000", "1234.5725 1234.58 0.0075"]);
        let silent = ["event", "job", "entry"].map(|t| house.count(t));
        assert_eq!(silent, before, "history makes no event, no job and no entry");
        assert_eq!(house.rows("SELECT COUNT(*) FROM audit WHERE command = 'import'"), ["5"]);
        assert_eq!(house.found("cebela"), 1, "what came in is found");
        assert_eq!(house.breaches(), Vec::<String>::new());
    });
}

#[test]
fn a_second_run_changes_nothing() {
    on_both("twice", |house| {
        let import = import(house, CUSTOMERS, ORDERS, ROWS).expect("recognised");
        brought_in(house, &import);
        let before = house.everything();
        let again = brought_in(house, &import);
        assert_eq!(house.everything(), before);
        assert!(again.tables.iter().all(|t| t.new == 0 && t.known == t.rows), "{:?}", again.tables);
    });
}

#[test]
fn a_killed_import_goes_on_where_it_stood() {
    on_both("killed", |house| {
        let import = import(house, CUSTOMERS, ORDERS, ROWS).expect("recognised");
        let actor = Actor::program(house.company);
        // Everything is given its key first; then it dies after the first table.
        let died = import.apply(&house.kernel, &actor, &mut |_, _| Err(Error::corrupt("killed")));
        assert!(died.is_err());
        assert_eq!((house.count("party"), house.count("sales_order"), house.count("import_key")), (3, 0, 5));
        let report = brought_in(house, &import);
        let counts: Vec<_> = report.tables.iter().map(|t| (t.new, t.known, t.refused)).collect();
        assert_eq!(counts, [(0, 3, 0), (2, 0, 0)]);
        // The orders found their customers by the ids of the first run.
        assert_eq!(
            house.rows(
                "SELECT o.number, p.name FROM sales_order o JOIN party p ON p.id = o.customer_id ORDER BY 1"
            ),
            ["N10|Žaga d.o.o.", "N11|Čebela d.o.o."]
        );
        assert_eq!((house.count("import_key"), house.count("sales_order_line")), (5, 3));
    });
}

#[test]
fn each_fault_is_told_with_file_line_and_column() {
    on_both("faults", |house| {
        let customers = "Št;Naziv;Vrsta;Davčna;Limit;Neaktiven;Podjetje\n\
            1;Žaga d.o.o.;p;15012557;1,000.50;ne;\n\
            2;;p;;;ne;\n\
            2;Dvojnik;p;;;ne;\n\
            4;Četrti;x;;;mogoče;\n\
            5;Peti;p;15012558;;ne;\n\
            6;Šesti;p;;12,345;ne;\n\
            7;Dober;p;;;ne;\n\
            8;Dober;p;;;ne;\n";
        let orders = "Št;Kupec;Datum;Znesek\n10;99;31.5.2011;1\n11;7;30.2.2011;1\n12;7;1.2.2011;x\n13;7;1.2.2011;1,12345678\n14;7;1.2.2011;2\n";
        let rows = "Naročilo;Opis;Kol\n14;deske;3\n77;nikogaršnje;1\n";
        let import = import(house, customers, orders, rows).expect("recognised");
        let looked = import.dry_run(&house.kernel, &Actor::program(house.company)).expect("a dry run");
        let report = brought_in(house, &import);
        let places = |r: &Report| {
            told(r).into_iter().map(|(f, row, c, _)| format!("{f}:{row} {c}")).collect::<Vec<_>>()
        };
        let wanted = [
            "customers.csv:4 ",
            "customers.csv:2 Limit",
            "customers.csv:3 Naziv",
            "customers.csv:5 Neaktiven",
            "customers.csv:5 Vrsta",
            "customers.csv:6 Davčna",
            "customers.csv:7 Limit",
            "customers.csv:8 Naziv",
            "customers.csv:9 Naziv",
            "orders.csv:2 Kupec",
            "orders.csv:3 Datum",
            "orders.csv:4 Znesek",
            "orders.csv:5 Znesek",
            "rows.csv:3 Naročilo",
        ];
        for place in wanted {
            assert!(places(&report).iter().any(|p| p == place), "{place} is not among {:#?}", told(&report));
        }
        let mut dry = places(&looked);
        let mut wet = places(&report);
        dry.sort();
        wet.sort();
        wet.dedup();
        dry.dedup();
        assert_eq!(dry, wet, "the dry run told it all");
        assert_eq!(house.rows("SELECT number FROM party ORDER BY 1"), ["K7", "K8"]);
        assert_eq!(house.rows("SELECT number FROM sales_order"), ["N14"]);
        assert!(!report.is_whole());
        let text = celota::import::as_csv(&report.all_problems);
        assert_eq!(text.lines().count(), report.all_problems.len() + 1, "{text}");
    });
}

#[test]
fn what_nobody_knows_is_refused_with_a_way_out() {
    on_both("unknown", |house| {
        let code = |r: Result<Import>| r.err().and_then(|e| e.refusal().map(|r| r.code));
        assert_eq!(
            code(Import::of(
                &[("x.csv".into(), b"a,b\n1,2\n".to_vec())],
                &house.data,
                None,
                &house.kernel.registry
            )),
            Some("import.not_known")
        );
        assert_eq!(
            code(Import::of(
                &[("x.xlsx".into(), b"no workbook".to_vec())],
                &house.data,
                None,
                &house.kernel.registry
            )),
            Some("import.unreadable")
        );
        std::fs::create_dir_all(house.data.join("mappings")).expect("a folder");
        std::fs::write(house.data.join("mappings/bad.toml"), "name = 5").expect("written");
        assert_eq!(
            code(Import::of(&[("x.csv".into(), b"a\n".to_vec())], &house.data, None, &house.kernel.registry)),
            Some("import.mapping")
        );
        // A name that is none is told before anything is written.
        let wrong = MAPPING.replace("set.name = \"Naziv\"", "set.nme = \"Naziv\"");
        std::fs::remove_file(house.data.join("mappings/bad.toml")).expect("removed");
        std::fs::write(house.data.join("mappings/shop.toml"), wrong).expect("written");
        let files: Vec<_> = [("customers.csv", CUSTOMERS), ("orders.csv", ORDERS), ("rows.csv", ROWS)]
            .map(|(n, t)| (n.to_owned(), t.as_bytes().to_vec()))
            .into();
        let import = Import::of(&files, &house.data, None, &house.kernel.registry).expect("recognised");
        let error =
            import.dry_run(&house.kernel, &Actor::program(house.company)).expect_err("a wrong mapping");
        assert!(error.to_string().contains("Party has no field nme"), "{error}");
        assert!(celota::import::source::gather(&[Path::new("/nonexistent")]).is_err());
    });
}

/// A list that a person typed, with the headings of the screen, and the mistakes that people make.
#[test]
fn a_typed_list_needs_no_mapping() {
    on_both("typed", |house| {
        let list = "Ime;Vrsta;Davčna številka;E-pošta;Kupec;Rok plačila v dneh;Opomba\n\
            Žaga d.o.o.;Organizacija;15012557;info@zaga.si;da;15;stara stranka\n\
            ;Organizacija;;;da;15;\n\
            Čebela d.o.o.;Organizacija;15012558;;da;15;\n\
            Ana Čuk;Oseba;;;morda;15;\n\
            Peti d.o.o.;Nekaj;;;da;petnajst;\n\
            Bor Žan;Oseba;;;ne;8;\n";
        let files = [("stranke.csv".to_owned(), list.as_bytes().to_vec())];
        let import = Import::of(&files, &house.data, None, &house.kernel.registry)
            .expect("recognised by its headings");
        let report = brought_in(house, &import);
        let places: Vec<String> =
            told(&report).into_iter().map(|(_, row, column, _)| format!("{row} {column}")).collect();
        let mut sorted = places.clone();
        sorted.sort();
        assert_eq!(sorted, ["3 Ime", "4 Davčna številka", "5 Kupec", "6 Rok plačila v dneh", "6 Vrsta"]);
        assert_eq!(
            house.rows("SELECT name, kind, tax_number, is_customer, payment_days FROM party ORDER BY name"),
            ["Bor Žan|person||0|8", "Žaga d.o.o.|organisation|15012557|1|15"]
        );
        assert!(report.unread.iter().any(|(_, columns)| columns == &["Opomba"]), "{:?}", report.unread);
        let again = brought_in(house, &import);
        assert_eq!((again.tables[0].new, again.tables[0].known), (0, 2));
    });
}

/// What one house exports, another takes in: references by number, code or name.
#[test]
fn a_list_comes_back_as_it_went_out() {
    on_both("list", |house| {
        let products = "code,name,kind,unit,tax_code,list_price,standard_cost,is_sold\n\
            MIZA,Miza,goods,C62,S22,489.50,210.123456,true\n\
            URA,Montaža,service,HUR,S22,32,0,true\n\
            X,Neznana,goods,XXX,S22,1,1,true\n";
        let files = [("Products.csv".to_owned(), products.as_bytes().to_vec())];
        let import =
            Import::of(&files, &house.data, None, &house.kernel.registry).expect("recognised by its name");
        let report = brought_in(house, &import);
        let problems: Vec<String> = told(&report)
            .into_iter()
            .map(|(_, row, column, what)| format!("{row} {column}: {what}"))
            .collect();
        assert_eq!(problems, ["4 unit: There is no Unit called “XXX”."]);
        assert_eq!(
            house.rows("SELECT p.code, u.code, t.code, p.list_price, p.standard_cost FROM product p
                        JOIN unit u ON u.id = p.unit_id JOIN tax_code t ON t.id = p.tax_code_id ORDER BY p.code"),
            ["MIZA|C62|S22|489500000|210123456", "URA|HUR|S22|32000000|0"]
        );
        // The same codes again are the same products.
        let again = "code,name,unit\nMIZA,Druga miza,C62\nNOVA,Nova,C62\n";
        let files = [("products.csv".to_owned(), again.as_bytes().to_vec())];
        let import = Import::of(&files, &house.data, None, &house.kernel.registry).expect("recognised");
        let report = brought_in(house, &import);
        assert_eq!((report.tables[0].new, report.tables[0].known), (1, 1));
        assert_eq!(house.rows("SELECT name FROM product WHERE code = 'MIZA'"), ["Miza"]);
    });
}

/// The program itself, killed at whatever moment, five times over.
#[test]
fn an_import_survives_being_killed() {
    let data = std::env::temp_dir().join(format!("celota-kill-{}", std::process::id()));
    drop(std::fs::remove_dir_all(&data));
    std::fs::create_dir_all(&data).expect("a folder");
    let rows: String = (0..12_000).map(|i| format!("K{i:05},Customer {i},organisation,true\n")).collect();
    let list = data.join("Parties.csv");
    std::fs::write(&list, format!("number,name,kind,is_customer\n{rows}")).expect("written");
    let celota = |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_celota"));
        command.arg("--data").arg(data.join("db")).args(arguments).stderr(std::process::Stdio::null());
        command.stdout(std::process::Stdio::null());
        command
    };
    let list = list.to_string_lossy().into_owned();
    let made =
        celota(&["init", "--company", "House", "--password", "longer than ten"]).status().expect("a program");
    assert!(made.success());
    for wait in [90, 180, 260, 340, 420] {
        let mut under_way = celota(&["import", &list]).spawn().expect("a program");
        std::thread::sleep(std::time::Duration::from_millis(wait));
        drop(under_way.kill());
        drop(under_way.wait());
    }
    assert!(celota(&["import", &list]).status().expect("a program").success());
    assert!(celota(&["check"]).status().expect("a program").success(), "check is clean");
    let kernel = celota::database::open(&store::Place::Folder(data.join("db"))).expect("a database");
    let count = |sql: &str| {
        let row = kernel.store.read(|tx| -> Result<_> { Ok(tx.first(sql, &[])?) });
        row.expect("a question").map_or(0, |r| r.int(0))
    };
    for sql in [
        "SELECT COUNT(*) FROM party",
        "SELECT COUNT(DISTINCT number) FROM party",
        "SELECT COUNT(*) FROM import_key",
        "SELECT COUNT(*) FROM audit WHERE entity = 'Party' AND kind = 'create'",
        "SELECT COUNT(*) FROM search WHERE entity = 'Party'",
    ] {
        assert_eq!(count(sql), 12_000, "{sql}");
    }
    drop(kernel);
    drop(std::fs::remove_dir_all(data));
}
