//! One command on many records: those first in line that are named first, and who is refused stops nobody.
#![expect(clippy::expect_used, reason = "tests stop at what should not happen")]

use checks::{Shop, on_both};
use kernel::Call;
use serde_json::json;

/// What became of each: empty where it was done, else the code of the refusal.
fn confirm(shop: &Shop, orders: &[i64]) -> Vec<&'static str> {
    let call = Call { entity: "SalesOrder".into(), command: "confirm".into(), ..Call::default() };
    let results = shop.kernel.run_many(&shop.actor, &call, orders).expect("a chunk");
    results.into_iter().map(|(_, result)| result.err().map_or("", |refusal| refusal.code)).collect()
}

fn held(shop: &Shop, order: i64) -> Vec<i64> {
    shop.ids(&format!(
        "SELECT p.quantity / 1000000 FROM peg p JOIN sales_order_line l ON l.id = p.demand_id
         WHERE l.parent_id = {order} AND p.kind = 'stock'"
    ))
}

#[test]
fn the_first_named_is_the_first_in_line() {
    on_both(|shop| {
        let product = shop.product("P", "10.00", "4.00");
        shop.stock(product, 5, "4.00");
        let customer = shop.customer("Ana");
        let draft = |quantity: i64| {
            let lines = json!([{"product_id": product, "quantity": quantity, "unit_price": "10.00"}]);
            shop.create("SalesOrder", json!({"customer_id": customer, "lines": lines}))
        };
        let [first, second, third] = [2, 2, 2].map(draft);
        assert_eq!(confirm(shop, &[second, third, first]), ["", "", ""]);
        assert_eq!([first, second, third].map(|o| held(shop, o)), [vec![1], vec![2], vec![2]]);
        for order in [first, second, third] {
            assert_eq!(shop.field("SalesOrder", order, "state"), "confirmed");
            assert_eq!(shop.ids(&format!("SELECT id FROM delivery WHERE order_id = {order}")).len(), 1);
            let cases = format!("SELECT id FROM case_ WHERE about_id = {order} AND state = 'running'");
            assert_eq!(shop.ids(&cases).len(), 1);
            let told =
                format!("SELECT id FROM audit WHERE record_id = {order} AND command = 'SalesOrder.confirm'");
            assert_eq!(shop.ids(&told).len(), 1);
        }
        // One without lines, one that is confirmed already, one named twice.
        let empty = shop.create("SalesOrder", json!({"customer_id": customer}));
        let [fourth, fifth] = [1, 1].map(draft);
        let codes = confirm(shop, &[fourth, empty, first, fifth, fourth]);
        assert_eq!(codes, ["", "sales.no_lines", "kernel.illegal_step", "", "kernel.illegal_step"]);
        let sixth = draft(1);
        assert_eq!(confirm(shop, &[sixth, sixth]), ["", "kernel.illegal_step"]);
        let pegs = format!(
            "SELECT p.id FROM peg p JOIN sales_order_line l ON l.id = p.demand_id WHERE l.parent_id = {sixth}"
        );
        assert_eq!(shop.ids(&pegs).len(), 1);
    });
}
