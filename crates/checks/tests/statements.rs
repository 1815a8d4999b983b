//! How many statements the chain from order to cash takes, against the fewest by which the same rows can be made.
#![expect(clippy::expect_used, reason = "tests stop at what should not happen")]

use checks::{Shop, on_both};
use kernel::Result;
use serde_json::json;

/// The chain by hand, five lines: each transaction one multi-row statement for each table that it writes, and one
/// reading for each fact that it cannot do without, joined wherever a person would join.
const FLOOR: [(&str, &[&str], &[&str]); 4] = [
    (
        "create",
        // The customer, products with their stock, conversions of units, tax rates, price lists.
        &["party", "product, product_stock", "conversion", "tax_code", "price, price_list"],
        &["sales_order", "sales_order_line", "audit", "series", "search", "search_text"],
    ),
    (
        "confirm",
        &[
            "sales_order",
            "sales_order_line, product, delivery_line",
            "party, address",
            "product_stock",
            "peg",
            "delivery",
            "location, warehouse",
            "case_",
        ],
        &[
            "peg",
            "product_stock",
            "delivery",
            "delivery_line",
            "sales_order",
            "case_",
            "task",
            "case_step",
            "audit",
            "event",
            "series",
            "search",
            "search_text",
        ],
    ),
    (
        "ship, and its invoice",
        &[
            "delivery",
            "delivery_line, product",
            "product_stock",
            "peg",
            "lock",
            "stock_move (later ones)",
            "account",
            "case_",
            "sales_order",
            "party, address",
            "delivery, invoice_line (what is not invoiced)",
            "tax_code",
            "company",
        ],
        &[
            "peg",
            "stock_move",
            "stock_balance",
            "value_entry",
            "product_stock",
            "entry (both)",
            "entry_line (of both)",
            "delivery_line",
            "delivery",
            "tax_record",
            "invoice",
            "invoice_line",
            "invoice_tax",
            "case_",
            "task",
            "case_step",
            "audit",
            "event",
            "job",
            "series",
            "search",
            "search_text",
        ],
    ),
    (
        "pay, and the close of the order",
        &["account", "lock", "invoice", "allocation", "case_", "sales_order (with what is left)"],
        &[
            "payment",
            "entry",
            "entry_line",
            "allocation",
            "sales_order",
            "case_",
            "case_step",
            "audit",
            "event",
            "series",
            "search",
            "search_text",
        ],
    ),
];

#[test]
fn the_chain_takes_few_statements() {
    on_both(|shop| {
        // PostgreSQL indexes the search rows themselves.
        let sqlite = shop.kernel.store.dialect() == store::Dialect::Sqlite;
        let by_hand = |(_, reads, writes): &(&str, &[&str], &[&str])| {
            reads.len() + writes.iter().filter(|w| sqlite || **w != "search_text").count()
        };
        let floor: usize = FLOOR.iter().map(by_hand).sum();
        let products: Vec<i64> = (0..5).map(|n| shop.product(&format!("P{n}"), "10.00", "4.00")).collect();
        products.iter().for_each(|p| shop.stock(*p, 100, "4.00"));
        let customer = shop.customer("Ana d.o.o.");
        // The first chain reads what a process reads once.
        chain(shop, customer, &products);
        let counts = chain(shop, customer, &products);
        let sum: u64 = counts.iter().sum();
        for (step, count) in FLOOR.iter().zip(&counts) {
            println!("{}: {count}, by hand {}", step.0, by_hand(step));
        }
        println!("together {sum}, by hand {floor}");
        assert!(sum * 10 <= 13 * floor as u64, "{counts:?} = {sum}, more than 1.3 × {floor}");
    });
}

fn chain(shop: &Shop, customer: i64, products: &[i64]) -> Vec<u64> {
    let lines: Vec<_> =
        products.iter().map(|p| json!({"product_id": p, "quantity": 2, "unit_price": "10.00"})).collect();
    let (mut counts, frame) = (Vec::new(), frame(shop));
    let mut counted = |work: &mut dyn FnMut() -> i64| {
        let before = statements(shop);
        let made = work();
        // What begins and ends the transaction is no statement of the command, nor is this counting.
        counts.push(statements(shop) - before - 2 * frame);
        made
    };
    let order = counted(&mut || shop.create("SalesOrder", json!({"customer_id": customer, "lines": lines})));
    counted(&mut || shop.run("SalesOrder", "confirm", order, json!({})).id);
    let delivery = shop.draft(order);
    counted(&mut || shop.run("Delivery", "ship", delivery, json!({})).id);
    let invoice = *shop.invoices(order).first().expect("an invoice");
    let pay = json!({"party_id": customer, "direction": "in", "amount": "122.00", "invoices": [{"invoice_id": invoice}]});
    counted(&mut || {
        shop.call("Payment", "pay", pay.clone());
        0
    });
    assert_eq!(shop.field("SalesOrder", order, "state"), "closed");
    counts
}

/// Statements of the connection that writes, so far.
fn statements(shop: &Shop) -> u64 {
    shop.kernel.store.write(|tx| -> Result<u64> { Ok(tx.statements()) }).expect("a count")
}

/// Statements of a transaction in which nothing is done.
fn frame(shop: &Shop) -> u64 {
    let first = statements(shop);
    statements(shop) - first
}
