//! Everything about a customer on one page.

use invoicing::Invoice;
use kernel::json::to_json;
use kernel::{Context, Entity, Input, Kind, Reader, Ref, Refusal, Result, Value};
use numbers::Date;
use parties::{Party, RelationRole};
use serde_json::{Value as Json, json};
use std::collections::HashMap;

fn money(amount: i64) -> Json {
    to_json(Kind::Money, &Value::Int(amount))
}

/// A customer with all records that are one with theirs by now: the page adds up what any of them has.
struct One(Vec<i64>);

impl One {
    fn of(id: i64, reader: &mut Reader) -> Result<Self> {
        let description = reader.registry.entity(Party::NAME)?;
        reader.merged_with(&description, id).map(Self)
    }

    /// The condition that a column names one of them.
    fn among(&self) -> String {
        kernel::rows::among(self.0.len())
    }

    fn params<const N: usize>(&self, more: [Value; N]) -> impl Iterator<Item = Value> {
        self.0.iter().map(|id| Value::Int(*id)).chain(more)
    }
}

/// What is owed and open, who decides, uses and pays, what they usually buy, what they earn us, and what is missing
/// for the next steps.
pub(crate) fn overview(id: i64, (): (), reader: &mut Reader) -> Result<Json> {
    let (registry, actor, now) = (reader.registry, reader.actor.clone(), reader.now);
    let description = registry.entity(Party::NAME)?;
    let one = One::of(id, reader)?;
    let (owed, overdue) = owed(&one, reader)?;
    let mut cx = Context::new(reader.tx, registry, actor, now);
    let party = cx.read(Ref::<Party>::new(id))?;
    let company = cx.read(Ref::<access::Company>::new(cx.actor.company))?;
    let today = cx.today();
    let lacks = invoicing::missing(&party, &company, today);
    let on_account = account_balance(&one, &mut cx)?;
    // What is made of entries is for who sees the entries.
    let on_account = reader.tells("Entry", &BOOKED)?.then_some(on_account);
    let limit = party.credit_limit.filter(|_| reader.actor.rights.sees_field(&description, "credit_limit"));
    let people = people(&party, reader)?;
    let said = |lacks: &[Refusal]| {
        let texts = &reader.registry.texts;
        let missing: Vec<Json> = lacks
            .iter()
            .map(|r| json!({"text": r.message(texts, &reader.actor.language), "do": r.advice(texts, &reader.actor.language), "field": r.field}))
            .collect();
        json!({"ok": missing.is_empty(), "missing": missing})
    };
    let ready = json!({"quote": said(&[]), "order": said(&[]), "invoice": said(&lacks)});
    let by_state = orders(&one, reader)?;
    let counted = |states: &[&str]| {
        let Some(by_state) = &by_state else { return json!({"count": null, "amount": null}) };
        let found = by_state.iter().filter(|(s, ..)| states.contains(&s.as_str()));
        let (count, amount) = found.fold((0, 0), |sum, (_, n, a)| (sum.0 + n, sum.1 + a));
        json!({"count": count, "amount": money(amount)})
    };
    let deliveries = "SELECT COUNT(*) FROM delivery t WHERE t.customer_id {one} AND t.company_id = ? AND t.state = 'draft'";
    Ok(json!({
        "owed": owed.map(money), "overdue": overdue.map(money), "credit_limit": limit.map(|l| money(l.0)),
        "credit_left": limit.zip(on_account).map(|(l, a)| money(l.0 - a)), "on_account": on_account.map(money),
        "open_quotes": counted(&["draft", "quoted"]), "open_orders": counted(&["confirmed"]),
        "open_deliveries": {"count": ruled(reader, "Delivery", &["customer_id", "state"], deliveries, &one)?},
        "open_cases": {"count": cases(&one, reader)?},
        "profit": profit(&one, reader)?, "usual": usual(&one, reader)?, "ready": ready,
        "decides": people.get("decides"), "uses": people.get("uses"), "pays": people.get("pays"), "contacts": people.get("contact"),
    }))
}

/// What a figure from the ledger is made of.
const BOOKED: [&str; 4] = ["posted_on", "amount", "account_id", "customer_id"];

/// A figure over the rows `t` of a customer (`{one}` in the statement) that this person may see; `None` where there is nothing to be told.
fn ruled(reader: &mut Reader, entity: &str, fields: &[&str], sql: &str, one: &One) -> Result<Option<i64>> {
    let Some((rule, params)) = reader.rule(entity, fields, "t")? else { return Ok(None) };
    let company = reader.actor.company;
    let params = one.params([company.into()]).chain(params).collect::<Vec<_>>();
    let sql = sql.replace("{one}", &one.among());
    Ok(Some(reader.tx.first(&format!("{sql} AND {rule}"), &params)?.map_or(0, |r| r.int(0))))
}

/// Owed and overdue by the open invoices, credit notes taken off.
fn owed(one: &One, reader: &mut Reader) -> Result<(Option<i64>, Option<i64>)> {
    let (company, today) = (reader.actor.company, reader.today());
    let fields = ["kind", "gross", "open", "due_on", "customer_id", "payer_id"];
    let Some((rule, params)) = reader.rule(Invoice::NAME, &fields, "i")? else { return Ok((None, None)) };
    let sql = format!(
        "SELECT o.due_on, CAST(SUM(o.open) AS BIGINT) FROM (
            SELECT i.due_on, CASE i.kind WHEN 'credit_note' THEN -1 ELSE 1 END * (i.gross
                - COALESCE((SELECT SUM(a.amount) FROM allocation a WHERE a.invoice_id = i.id), 0)
                - COALESCE((SELECT SUM(a.amount) FROM allocation a WHERE a.credit_id = i.id), 0)) AS open
            FROM invoice i WHERE COALESCE(i.payer_id, i.customer_id) {} AND i.company_id = ? AND i.state = 'posted' AND {rule}) o
         WHERE o.open <> 0 GROUP BY o.due_on",
        one.among()
    );
    let params: Vec<Value> = one.params([company.into()]).chain(params).collect();
    let rows = reader.tx.query(&sql, &params)?;
    let owed = rows.iter().map(|r| r.int(1)).sum();
    let overdue = rows
        .iter()
        .filter(|r| r.get(0).as_int().is_some_and(|d| d < today.days()))
        .map(|r| r.int(1))
        .sum::<i64>();
    Ok((Some(owed), Some(overdue.max(0))))
}

/// What stands on the party's account: receivables and what is delivered and not invoiced.
fn account_balance(one: &One, cx: &mut Context) -> Result<i64> {
    let sql = format!(
        "SELECT CAST(COALESCE(SUM(l.amount), 0) AS BIGINT) FROM entry_line l JOIN account a ON a.id = l.account_id
         WHERE l.party_id {} AND a.company_id = ? AND a.role IN ('receivable', 'delivered_not_invoiced')",
        one.among()
    );
    let row = cx.tx.first(&sql, &one.params([cx.actor.company.into()]).collect::<Vec<_>>())?;
    Ok(row.map_or(0, |r| r.int(0)))
}

/// State, count and net sum of the orders; history is counted apart.
fn orders(one: &One, reader: &mut Reader) -> Result<Option<Vec<(String, i64, i64)>>> {
    let company = reader.actor.company;
    let Some((rule, params)) = reader.rule("SalesOrder", &["customer_id", "state", "net"], "t")? else {
        return Ok(None);
    };
    let sql = format!(
        "SELECT t.state, COUNT(*), CAST(SUM(t.net) AS BIGINT) FROM sales_order t WHERE t.customer_id {} AND t.company_id = ? AND {rule} GROUP BY t.state",
        one.among()
    );
    let params: Vec<Value> = one.params([company.into()]).chain(params).collect();
    let rows = reader.tx.query(&sql, &params)?;
    Ok(Some(rows.iter().map(|r| (r.text(0).to_owned(), r.int(1), r.int(2))).collect()))
}

/// Cases about the customer's orders that are not at their end.
fn cases(one: &One, reader: &mut Reader) -> Result<Option<i64>> {
    if reader.registry.entity("Case").is_err() || reader.rule("SalesOrder", &["customer_id"], "o")?.is_none()
    {
        return Ok(None);
    }
    let sql = "SELECT COUNT(*) FROM case_ t JOIN sales_order o ON o.id = t.about_id
         WHERE o.customer_id {one} AND o.company_id = ? AND t.state IN ('running', 'stopped')";
    ruled(reader, "Case", &["state", "about_id"], sql, one)
}

/// Revenue and profit by year from the ledger, and sales from before the start of the books apart.
fn profit(one: &One, reader: &mut Reader) -> Result<Json> {
    let told = reader.tells("Entry", &BOOKED)?;
    let years = if told { ledger::profit_of(reader, &one.0)? } else { Vec::new() };
    let total: i64 = years.iter().map(|y| y.2).sum();
    let sql = "SELECT CAST(COALESCE(SUM(t.net), 0) AS BIGINT) FROM sales_order t WHERE t.customer_id {one} AND t.company_id = ? AND t.history = 1";
    let before = ruled(reader, "SalesOrder", &["customer_id", "net", "history"], sql, one)?;
    let years: Vec<Json> =
        years.iter().map(|(y, r, p)| json!({"year": y, "revenue": money(*r), "profit": money(*p)})).collect();
    Ok(json!({"total": told.then(|| money(total)), "years": years, "sales_before_start": before.map(money)}))
}

/// What they buy most often, with what is free of it now.
fn usual(one: &One, reader: &mut Reader) -> Result<Vec<Json>> {
    let company = reader.actor.company;
    let bought = ["customer_id", "ordered_on", "state", "product_id", "quantity"];
    let (Some(orders), Some(products)) =
        (reader.rule("SalesOrder", &bought, "o")?, reader.rule("Product", &["name"], "p")?)
    else {
        return Ok(Vec::new());
    };
    let sql = format!(
        "SELECT l.product_id, p.name, COUNT(*), CAST(SUM(l.quantity) AS BIGINT), MAX(o.ordered_on)
         FROM sales_order o JOIN sales_order_line l ON l.parent_id = o.id JOIN product p ON p.id = l.product_id
         WHERE o.customer_id {} AND o.company_id = ? AND o.state IN ('confirmed', 'closed') AND {} AND {}
         GROUP BY l.product_id, p.name ORDER BY 3 DESC, 4 DESC LIMIT 8",
        one.among(),
        orders.0,
        products.0
    );
    let params: Vec<Value> = one.params([company.into()]).chain(orders.1).chain(products.1).collect();
    let rows = reader.tx.query(&sql, &params)?;
    let in_stock = reader.tells("ProductStock", &["free"])?;
    let products: Vec<i64> = rows.iter().map(|r| r.int(0)).collect();
    let free = stock::free_of(reader.tx, company, stock::Within::Firm, &products)?;
    Ok(rows
        .iter()
        .map(|r| {
            json!({"product_id": r.int(0), "product": r.text(1), "orders": r.int(2),
                   "quantity": to_json(Kind::Quantity, r.get(3)), "last_on": to_json(Kind::Date, r.get(4)),
                   "free": in_stock.then(|| to_json(Kind::Quantity, &Value::Int(free.get(&r.int(0)).map_or(0, |f| f.0))))})
        })
        .collect())
}

/// Who decides, uses and pays, of those whom this person may see.
fn people(party: &Party, reader: &mut Reader) -> Result<HashMap<&'static str, Vec<Json>>> {
    let mut out: HashMap<&'static str, Vec<Json>> = HashMap::new();
    let mut ids: Vec<Value> = party.relations.iter().map(|r| r.person.into()).collect();
    ids.sort();
    ids.dedup();
    let mut known = HashMap::new();
    let rights = &reader.actor.rights;
    let description = reader.registry.entity(Party::NAME)?;
    if !rights.sees_field(&description, "role") || !rights.sees_field(&description, "person_id") {
        return Ok(out);
    }
    let shown = ["phone", "email", "job_title_id"].map(|f| rights.sees_field(&description, f));
    let titles = reader.rule("JobTitle", &["name"], "t")?.is_some();
    let rule = reader.rule(Party::NAME, &["name"], "p")?;
    if let Some((rule, params)) = rule.filter(|_| !ids.is_empty()) {
        let sql = format!(
            "SELECT p.id, p.name, p.phone, p.email, t.name FROM party p LEFT JOIN job_title t ON t.id = p.job_title_id WHERE p.id {} AND {rule}",
            kernel::rows::among(ids.len())
        );
        ids.extend(params);
        for r in reader.tx.query(&sql, &ids)? {
            let text = |at: usize, told: bool| told.then(|| r.text(at).to_owned());
            let [phone, email, title] = shown;
            let person = json!({"id": r.int(0), "name": r.text(1), "phone": text(2, phone), "email": text(3, email), "job_title": text(4, title && titles)});
            known.insert(r.int(0), person);
        }
    }
    for relation in &party.relations {
        let role = match relation.role {
            RelationRole::Decides => "decides",
            RelationRole::Uses => "uses",
            RelationRole::Pays => "pays",
            RelationRole::Contact => "contact",
        };
        out.entry(role).or_default().extend(known.get(&relation.person.id()).cloned());
    }
    Ok(out)
}

#[derive(Debug, Input)]
pub struct YearAsked {
    pub year: Option<i64>,
}

/// The entries behind the profit figure, the latest first.
pub(crate) fn profit_entries(id: i64, input: YearAsked, reader: &mut Reader) -> Result<Json> {
    reader.needs(&[
        ("Entry", &["number", "kind", "source_entity", "source_id", "text"]),
        ("Entry", &BOOKED),
        ("Account", &["code", "name"]),
    ])?;
    let company = reader.actor.company;
    let (from, to) = match input.year.and_then(|y| i16::try_from(y).ok()) {
        Some(year) => (Date::new(year, 1, 1)?.days(), Date::new(year, 12, 31)?.days()),
        None => (i64::from(i32::MIN), i64::from(i32::MAX)),
    };
    let one = One::of(id, reader)?;
    let sql = format!(
        "SELECT e.id, e.number, e.posted_on, a.code, a.name, l.amount, l.text, e.source_entity, e.source_id, e.kind
         FROM entry_line l JOIN entry e ON e.id = l.parent_id JOIN account a ON a.id = l.account_id
         WHERE l.customer_id {} AND e.company_id = ? AND a.kind IN ('income', 'expense') AND e.posted_on BETWEEN ? AND ?
         ORDER BY e.posted_on DESC, e.id DESC, l.id LIMIT 2000",
        one.among()
    );
    let params: Vec<Value> = one.params([company.into(), from.into(), to.into()]).collect();
    let rows = reader.tx.query(&sql, &params)?;
    let total: i64 = rows.iter().map(|r| -r.int(5)).sum();
    let value: Vec<Json> = rows
        .iter()
        .map(|r| {
            json!({"entry_id": r.int(0), "number": r.text(1), "posted_on": to_json(Kind::Date, r.get(2)),
                   "account": format!("{} {}", r.text(3), r.text(4)), "profit": money(-r.int(5)), "text": r.text(6),
                   "source_entity": r.get(7).as_text(), "source_id": r.get(8).as_int(), "kind": r.text(9)})
        })
        .collect();
    Ok(json!({"value": value, "total": money(total)}))
}

/// Everything that happened with a party, the latest first: documents, calls, notes.
pub(crate) fn timeline(id: i64, (): (), reader: &mut Reader) -> Result<Json> {
    let kinds = [
        ("SalesOrder", "sales_order", "number", "ordered_on", "customer_id", "state", "net"),
        (
            "Delivery",
            "delivery",
            "number",
            "COALESCE(shipped_on, planned_on)",
            "customer_id",
            "state",
            "NULL",
        ),
        (Invoice::NAME, "invoice", "number", "invoice_on", "customer_id", "kind", "gross"),
        ("Payment", "payment", "number", "paid_on", "party_id", "direction", "amount"),
        ("PurchaseOrder", "purchase_order", "number", "ordered_on", "supplier_id", "state", "net"),
        (
            "SupplierInvoice",
            "supplier_invoice",
            "supplier_number",
            "invoice_on",
            "supplier_id",
            "state",
            "gross",
        ),
        ("Opportunity", "opportunity", "title", "expected_on", "party_id", "stage", "amount"),
        ("Activity", "activity", "subject", "COALESCE(done_on, due_on)", "about_id", "kind", "NULL"),
        ("Note", "note", "text", "NULL", "about_id", "'note'", "NULL"),
    ];
    let one = One::of(id, reader)?;
    let mut value: Vec<(i64, i64, Json)> = Vec::new();
    for (entity, table, title, day, party, state, amount) in kinds {
        let description = reader.registry.entity(entity)?;
        if !reader.actor.rights.may_read(&description) {
            continue;
        }
        let (rule, params) = reader
            .actor
            .rights
            .rows(reader.registry, &description, "t")?
            .unwrap_or_else(|| ("1 = 1".into(), vec![]));
        let seen = |what: &str| {
            let mut names = what.split(|c: char| !c.is_alphanumeric() && c != '_');
            let hidden =
                |n: &str| description.field(n).is_some() && !reader.actor.rights.sees_field(&description, n);
            if names.any(hidden) { "NULL".to_owned() } else { what.to_owned() }
        };
        if seen(party) == "NULL" {
            continue;
        }
        let (title, day, state, amount) = (seen(title), seen(day), seen(state), seen(amount));
        // A record's first audit row tells when it came to be.
        let sql = format!(
            "SELECT t.id, {title}, {day}, {state}, {amount}, (SELECT MIN(a.at) FROM audit a WHERE a.record_id = t.id)
             FROM {table} t WHERE {rule} AND t.{party} {} ORDER BY t.id DESC LIMIT 100",
            one.among()
        );
        let params: Vec<Value> = params.into_iter().chain(one.params([])).collect();
        for r in reader.tx.query(&sql, &params)? {
            let at = r.get(2).as_int().map_or(r.int(5), |d| d * 86_400_000_000);
            let shown = json!({"entity": entity, "id": r.int(0), "title": r.text(1), "on": to_json(Kind::Date, r.get(2)),
                "state": r.text(3), "amount": to_json(Kind::Money, r.get(4)), "at": to_json(Kind::Instant, r.get(5))});
            value.push((at, r.int(0), shown));
        }
    }
    value.sort_by_key(|(at, id, _)| std::cmp::Reverse((*at, *id)));
    value.truncate(200);
    Ok(json!({"value": value.into_iter().map(|(_, _, v)| v).collect::<Vec<_>>()}))
}
