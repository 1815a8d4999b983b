//! Two records of one customer become one: reading follows, nothing is rewritten, and it can be taken back.
#![expect(clippy::expect_used, reason = "tests stop at what should not happen")]

use checks::{Shop, on_both};
use kernel::read::{Ask, Expand};
use kernel::{apply, filter};
use serde_json::{Value as Json, json};

/// Orders by a filter: their customers' names as shown.
fn shown(shop: &Shop, condition: &str) -> Vec<String> {
    let orders = shop.kernel.registry.entity("SalesOrder").expect("orders");
    let expand = Expand { name: "customer".into(), select: vec!["name".into()], expand: Vec::new() };
    let ask = Ask {
        filter: Some(filter::parse(condition).expect("a filter")),
        order: vec![(vec!["customer".into(), "name".into()], false)],
        expand: vec![expand],
        ..Ask::default()
    };
    let (page, count) = shop
        .kernel
        .read_at_once(&shop.actor, |r| Ok((r.list(&orders, &ask)?, r.count(&orders, &ask)?)))
        .expect("a page");
    assert_eq!(page.rows.len() as i64, count, "{condition}");
    page.rows.iter().map(|r| r["customer"]["name"].as_str().unwrap_or("?").to_owned()).collect()
}

/// Orders by customer: how many of which.
fn grouped(shop: &Shop) -> Vec<(i64, i64)> {
    let orders = shop.kernel.registry.entity("SalesOrder").expect("orders");
    let apply = apply::parse("groupby((customer_id),aggregate($count as n))").expect("groups");
    let rows = shop.kernel.read(&shop.actor, |r| r.groups(&orders, &Ask::default(), &apply)).expect("groups");
    rows.iter().filter_map(|r| Some((r["customer_id"].as_i64()?, r["n"].as_i64()?))).collect()
}

#[test]
fn reading_follows_a_merger() {
    on_both(|shop| {
        let product = shop.product("P", "10.00", "4.00");
        let [ana, anna, bor] = ["Ana", "Anna", "Bor"].map(|name| shop.customer(name));
        let made = [ana, anna, anna, bor].map(|customer| shop.order(customer, &[(1, product, "10.00")]));
        let of = |customer: i64| format!("customer_id eq {customer}");
        assert_eq!(shown(shop, &of(ana)), ["Ana"]);
        assert_eq!(grouped(shop), [(ana, 1), (anna, 2), (bor, 1)]);

        let merged = shop.run("Party", "merge_into", anna, json!({"party_id": ana}));
        for customer in [ana, anna] {
            assert_eq!(shown(shop, &of(customer)), ["Ana", "Ana", "Ana"]);
            assert_eq!(shown(shop, &format!("customer/id eq {customer}")), ["Ana", "Ana", "Ana"]);
            assert_eq!(shown(shop, &format!("customer_id ne {customer}")), ["Bor"]);
            assert_eq!(shown(shop, &format!("customer_id in ({customer},{bor})")).len(), 4);
        }
        assert_eq!(shown(shop, "customer/name eq 'Ana'").len(), 3);
        assert_eq!(shown(shop, "customer/name eq 'Anna'").len(), 0);
        assert_eq!(grouped(shop), [(ana, 3), (bor, 1)]);
        let kept = shop.record("SalesOrder", made[1]);
        assert_eq!(kept["customer_id"].as_i64(), Some(anna), "no reference is rewritten");

        // Her page adds up what either has, under whichever name it is opened.
        for customer in [ana, anna] {
            let overview = shop.ask("Party", "overview", Some(customer), json!({}));
            assert_eq!(overview["open_orders"], json!({"count": 3, "amount": 30.0}));
            let story = shop.ask("Party", "timeline", Some(customer), json!({}));
            let orders = story["value"].as_array().expect("a story").iter();
            assert_eq!(orders.filter(|row| row["entity"] == "SalesOrder").count(), 3);
        }

        // One after the other: what was merged into Ana goes with her.
        shop.run("Party", "merge_into", ana, json!({"party_id": bor}));
        assert_eq!(shown(shop, &of(anna)), ["Bor"; 4]);
        assert_eq!(grouped(shop), [(bor, 4)]);
        shop.refuses("Party", "merge_into", bor, json!({"party_id": ana}), "parties.merge_target");
        shop.run("Party", "unmerge", ana, json!({}));

        let token = merged.undo.expect("it can be undone").parse().expect("a token");
        shop.kernel.undo(&shop.actor, token).expect("undone");
        assert_eq!(shown(shop, &of(ana)), ["Ana"]);
        assert_eq!(shown(shop, &of(anna)), ["Anna", "Anna"]);
        assert_eq!(grouped(shop), [(ana, 1), (anna, 2), (bor, 1)]);
        assert_eq!(shop.record("Party", anna)["archived"], Json::Bool(false));
    });
}
