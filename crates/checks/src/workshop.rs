//! A workshop that makes to order, for the planner's stories: tables out of tops and screws, tops out of boards.

use crate::Shop;
use serde_json::{Value as Json, json};

/// Table ← top (← 3 boards) + 8 screws; boards take five days to come, screws two. One shift of eight hours, Monday to
/// Friday.
pub struct Workshop {
    pub table: i64,
    pub top: i64,
    pub board: i64,
    pub screw: i64,
    pub saw: i64,
    pub bench: i64,
    pub week: i64,
}

impl Workshop {
    /// Tables are mounted on the bench, an hour each; a top takes half an hour of the saw, and a quarter for each.
    pub fn open(shop: &Shop) -> Self {
        Self::with(shop, false)
    }

    /// The same, and each table goes back to the saw for a quarter of an hour.
    pub fn that_trims(shop: &Shop) -> Self {
        Self::with(shop, true)
    }

    fn with(shop: &Shop, trims: bool) -> Self {
        let hours: Vec<Json> = ["monday", "tuesday", "wednesday", "thursday", "friday"]
            .iter()
            .map(|d| json!({"weekday": d, "starts_at": "06:00", "ends_at": "14:00"}))
            .collect();
        let week = shop.create("WorkCalendar", json!({"code": "ONE", "name": "One shift", "shifts": hours}));
        let center = |name: &str| {
            let code = name.to_uppercase();
            let body = json!({"code": code, "name": name, "calendar_id": week, "hourly_cost": "30.00"});
            shop.create("WorkCenter", body)
        };
        let (saw, bench) = (center("saw"), center("bench"));
        let (table, top) = (shop.product("table", "400.00", "0"), shop.product("top", "0", "0"));
        let (board, screw) = (shop.product("board", "0", "12.00"), shop.product("screw", "0", "0.10"));
        let bill = |product: i64, parts: Json, operations: Json| {
            let body = json!({"product_id": product, "components": parts, "operations": operations});
            shop.create("Bill", body)
        };
        bill(
            top,
            json!([{"product_id": board, "quantity": 3}]),
            json!([{"name": "Saw", "work_center_id": saw, "setup_minutes": 30, "run_minutes": 15}]),
        );
        let mount = json!({"name": "Mount", "work_center_id": bench, "run_minutes": 60});
        let trim = trims.then(|| json!({"name": "Trim", "work_center_id": saw, "run_minutes": 15}));
        let parts = json!([{"product_id": top, "quantity": 1}, {"product_id": screw, "quantity": 8}]);
        bill(table, parts, std::iter::once(mount).chain(trim).collect());
        let timber = shop.supplier("Timber d.o.o.");
        shop.offer(timber, board, "12.00", 5);
        let screws = shop.supplier("Screws d.o.o.");
        shop.offer(screws, screw, "0.10", 2);
        Self { table, top, board, screw, saw, bench, week }
    }
}

/// A text of an answer.
pub fn text<'a>(json: &'a Json, pointer: &str) -> &'a str {
    json.pointer(pointer).and_then(Json::as_str).unwrap_or_else(|| panic!("{pointer} in {json:#}"))
}

/// The rows of an answer.
pub fn rows(answer: &Json) -> Vec<Json> {
    answer["value"].as_array().cloned().unwrap_or_default()
}

impl Shop {
    /// A day so many days from now.
    pub fn day(&self, in_days: i64) -> String {
        self.today().plus_days(in_days).map(|d| d.to_string()).unwrap_or_else(|e| panic!("{e}"))
    }

    /// The planner's bench, as far as it looks.
    pub fn plan(&self) -> Json {
        self.ask("Product", "plan", None, json!({"days": 400}))
    }

    /// `make table 4`, and so on, in the order of the alphabet.
    pub fn proposed(&self) -> Vec<String> {
        let said = |r: &Json| {
            let quantity = r["quantity"].as_f64().unwrap_or(0.0);
            format!("{} {} {quantity}", text(r, "/kind"), text(r, "/code"))
        };
        let mut said: Vec<String> = rows(&self.plan()).iter().map(said).collect();
        said.sort();
        said
    }

    /// Agrees to everything that a plan wants made, bought and fetched.
    pub fn accept(&self, plan: &Json) -> Json {
        let lines: Vec<Json> = rows(plan)
            .iter()
            .filter(|r| ["make", "buy", "transfer"].contains(&text(r, "/kind")))
            .map(|r| {
                json!({"product_id": r["product_id"], "quantity": r["quantity"], "make": text(r, "/kind") == "make",
                    "start_on": r["start_on"], "due_on": r["due_on"], "supplier_id": r["supplier_id"],
                    "warehouse_id": r["warehouse_id"], "from_warehouse_id": r["from_warehouse_id"],
                    "order_line_id": r["order_line_id"]})
            })
            .collect();
        self.call("Product", "accept", json!({"lines": lines}))
    }

    /// An order that is not confirmed, at 400.00 each; wanted in so many days, or as soon as can be.
    pub fn draft_order(&self, customer: &str, product: i64, quantity: i64, in_days: Option<i64>) -> i64 {
        let lines = json!([{"product_id": product, "quantity": quantity, "unit_price": "400.00"}]);
        let on = in_days.map(|days| self.day(days));
        let body = json!({"customer_id": self.customer(customer), "requested_on": on, "lines": lines});
        self.create("SalesOrder", body)
    }

    /// The same, confirmed.
    pub fn sell(&self, customer: &str, product: i64, quantity: i64, in_days: i64) -> i64 {
        let order = self.draft_order(customer, product, quantity, Some(in_days));
        self.run("SalesOrder", "confirm", order, json!({}));
        order
    }

    /// The day that a customer who asks for so much would be told.
    pub fn promise(&self, product: i64, quantity: i64) -> String {
        let asked = json!({"product_id": product, "quantity": quantity});
        text(&self.ask("Product", "promise", None, asked), "/on").to_owned()
    }
}
