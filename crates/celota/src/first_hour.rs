//! The first hour: from an empty database to a firm that can write an invoice.

use crate::cli::call;
use kernel::{Actor, Error, Kernel, Result, refuse};
use serde_json::{Value as Json, json};

const SHORTEST_PASSWORD: usize = 10;

/// Makes the company, what the books need, and its first user, whose id it answers.
///
/// # Errors
/// What is wrong with the answers given.
pub fn set_up(kernel: &Kernel, input: &Json) -> Result<i64> {
    let text = |pointer: &str| input.pointer(pointer).and_then(Json::as_str).unwrap_or_default();
    let company = input.get("company").cloned().unwrap_or_default();
    let mut body = json!({"name": text("/company/name"), "country": or(text("/company/country"), "SI")});
    for field in
        ["legal_name", "tax_number", "vat_id", "street", "postal_code", "town", "email", "phone", "currency"]
    {
        if let (Some(value), Some(body)) = (company.get(field), body.as_object_mut()) {
            body.insert(field.into(), value.clone());
        }
    }
    if let (Some(iban), Some(body)) = (input.pointer("/bank/iban"), body.as_object_mut()) {
        body.insert("iban".into(), iban.clone());
    }
    if text("/user/password").chars().count() < SHORTEST_PASSWORD {
        return Err(refuse("access.password_short").field("user/password").into());
    }
    let company = kernel.run(&Actor::program(0), &call("Company", "create", None, &body))?.id;
    let actor = Actor::program(company);
    crate::modules::ground(kernel, &actor, input)?;
    roles(kernel, &actor)?;
    let login = or(text("/user/login"), "admin");
    let user = add_user(kernel, &actor, login, or(text("/user/name"), login), "administrator")?;
    let language = or(text("/user/language"), "en");
    kernel.run(&actor, &call("User", "update", Some(user), &json!({"language": language})))?;
    set_password(kernel, &actor, user, text("/user/password"))?;
    Ok(user)
}

fn or<'a>(text: &'a str, otherwise: &'a str) -> &'a str {
    if text.is_empty() { otherwise } else { text }
}

/// Roles that the shipped diagrams name, each with what its work needs.
fn roles(kernel: &Kernel, actor: &Actor) -> Result<()> {
    let slovenian = ["Skrbnik", "Prodaja", "Nabava", "Skladišče", "Računovodstvo", "Proizvodnja"];
    for ((code, name, everything), _) in [
        ("administrator", "Administrator", true),
        ("sales", "Sales", false),
        ("buyer", "Buyer", false),
        ("warehouse", "Warehouse", false),
        ("accountant", "Accountant", false),
        ("foreman", "Foreman", false),
    ]
    .into_iter()
    .zip(slovenian)
    {
        let body =
            json!({"code": code, "name": name, "everything": everything, "permissions": permissions(code)});
        kernel.run(actor, &call("Role", "create", None, &body))?;
    }
    Ok(())
}

/// Everybody reads; each role writes and commands where its work is.
fn permissions(code: &str) -> Json {
    let own: &[&str] = match code {
        "sales" => &["Party", "Opportunity", "Activity", "Note", "SalesOrder", "JobTitle", "Forecast"],
        "buyer" => &[
            "Party",
            "PurchaseOrder",
            "Inspection",
            "SupplierPrice",
            "Product",
            "ProductGroup",
            "Forecast",
            "DemandRule",
            "Note",
            "Activity",
        ],
        "warehouse" => &[
            "Delivery",
            "Receipt",
            "Inspection",
            "Lot",
            "StockCount",
            "TransferOrder",
            "SalesOrder",
            "PurchaseOrder",
            "Note",
        ],
        "accountant" => {
            &["Invoice", "SupplierInvoice", "Payment", "BankStatement", "Entry", "Account", "Party", "Note"]
        }
        "foreman" => &[
            "WorkOrder",
            "Inspection",
            "Lot",
            "Bill",
            "Product",
            "ProductGroup",
            "Forecast",
            "DemandRule",
            "WorkCenter",
            "Downtime",
            "Maintenance",
            "WorkCalendar",
            "Employee",
            "Skill",
            "Absence",
            "StockMove",
            "Note",
        ],
        _ => return json!([]),
    };
    let mut rows =
        vec![json!({"entity": "*", "rows": "all", "write": false, "commands": "", "hidden_fields": ""})];
    // Tasks come to everybody, and whoever sees to a stopped case lets it go on.
    let own = own.iter().chain(&["Task", "Case", "Attachment"]);
    // Who sells says what will be wanted, not how much of it should always lie there.
    let commands = |entity: &str| if (code, entity) == ("sales", "Forecast") { "adjust make" } else { "*" };
    rows.extend(own.map(
        |e| json!({"entity": e, "rows": "all", "write": true, "commands": commands(e), "hidden_fields": ""}),
    ));
    Json::Array(rows)
}

/// Adds somebody who may sign in, once a password is set.
///
/// # Errors
/// When the role does not exist or the name is taken.
pub fn add_user(kernel: &Kernel, actor: &Actor, login: &str, name: &str, role: &str) -> Result<i64> {
    let code = role.to_owned();
    let role = kernel.store.read(|tx| -> Result<_> {
        Ok(tx.first("SELECT id FROM role WHERE code = ?", &[code.as_str().into()])?.map(|r| r.int(0)))
    })?;
    let role = role.ok_or_else(|| {
        Error::from(refuse("kernel.no_such_record").field("role").arg("entity", "Role").arg("id", &code))
    })?;
    let body = json!({"login": login, "name": name, "roles": [{"role_id": role}]});
    Ok(kernel.run(actor, &call("User", "create", None, &body))?.id)
}

/// # Errors
/// `access.password_short`.
pub fn set_password(kernel: &Kernel, actor: &Actor, user: i64, password: &str) -> Result<()> {
    if password.chars().count() < SHORTEST_PASSWORD {
        return Err(refuse("access.password_short").field("password").into());
    }
    let hash = access::hash_password(password).ok_or_else(|| Error::corrupt("no randomness"))?;
    kernel.run(actor, &call("User", "set_password", Some(user), &json!({"password_hash": hash})))?;
    Ok(())
}
