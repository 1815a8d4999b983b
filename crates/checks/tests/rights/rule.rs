//! The rule in plain words, applied to all rows: what a person's roles say, and nothing of how the program does it.

use crate::firm::{Row, World};
use checks::Dice;
use checks::http::Client;
use serde_json::{Value as Json, json};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// What one role says about one entity, or about `*`: every one that it does not name.
#[derive(Clone, Debug)]
pub struct Grant {
    pub all: bool,
    pub hidden: BTreeSet<String>,
}

#[derive(Clone, Debug, Default)]
pub struct RoleSaid {
    pub everything: bool,
    pub grants: BTreeMap<String, Grant>,
}

pub struct Person {
    pub id: i64,
    pub name: String,
    pub client: Client,
    pub roles: Vec<RoleSaid>,
    /// None: works for every company.
    pub companies: Vec<i64>,
    known: RefCell<BTreeMap<String, Rc<BTreeSet<i64>>>>,
    heard: RefCell<BTreeMap<String, bool>>,
}

/// Entities that hold what is worth hiding.
pub const NAMED: [&str; 17] = [
    "Party",
    "SalesOrder",
    "Opportunity",
    "Activity",
    "Note",
    "Attachment",
    "Invoice",
    "Delivery",
    "Product",
    "Entry",
    "Case",
    "Task",
    "SupplierPrice",
    "StockMove",
    "ProductStock",
    "Peg",
    "PurchaseOrder",
];

/// Whose a row is: its own field, or that of the customer that it names. All else belongs to nobody.
const OWN: [(&str, &str); 6] = [
    ("Party", "responsible_id"),
    ("Opportunity", "responsible_id"),
    ("Activity", "responsible_id"),
    ("SalesOrder", "customer_id"),
    ("Invoice", "customer_id"),
    ("Delivery", "customer_id"),
];

fn entity<'a>(world: &'a World, name: &str) -> &'a Json {
    &world.model["entities"][name]
}

pub fn fields(world: &World, name: &str) -> BTreeSet<String> {
    let all = entity(world, name)["fields"].as_array();
    all.into_iter().flatten().filter_map(|f| f["name"].as_str().map(ToOwned::to_owned)).collect()
}

fn role(world: &World, dice: &mut Dice) -> RoleSaid {
    let mut said = RoleSaid { everything: dice.throw(20) == 0, ..RoleSaid::default() };
    let mut named: Vec<&str> = NAMED.iter().copied().filter(|_| dice.throw(2) == 0).collect();
    if dice.throw(3) == 0 {
        named.push("*");
    }
    for name in named {
        let mut own: Vec<String> = fields(world, name).into_iter().collect();
        own.extend(
            world.model["entities"][name]["lines"]
                .as_array()
                .into_iter()
                .flatten()
                .flat_map(|l| fields(world, l["entity"].as_str().unwrap_or_default())),
        );
        let how_many = if dice.throw(2) == 0 { 0 } else { dice.throw(5) };
        let hidden = (0..how_many).filter_map(|_| dice.one_of(&own).cloned()).collect();
        said.grants.insert(name.to_owned(), Grant { all: dice.throw(5) < 2, hidden });
    }
    said
}

impl Person {
    /// Somebody with roles by chance, made through the API; she signs in with a token.
    pub fn by_chance(ana: &Client, world: &World, dice: &mut Dice, name: String) -> Self {
        let roles: Vec<RoleSaid> = (0..=dice.throw(2)).map(|_| role(world, dice)).collect();
        let companies: Vec<i64> = match dice.throw(3) {
            0 => vec![],
            1 => vec![world.companies[0]],
            _ => vec![world.companies[usize::from(dice.throw(2) == 0)]],
        };
        let ids: Vec<Json> = roles
            .iter()
            .enumerate()
            .map(|(n, said)| {
                let permissions: Vec<Json> = said
                    .grants
                    .iter()
                    .map(|(entity, g)| {
                        let hidden: Vec<&str> = g.hidden.iter().map(String::as_str).collect();
                        json!({"entity": entity, "rows": if g.all { "all" } else { "own" }, "write": false, "commands": "", "hidden_fields": hidden.join(" ")})
                    })
                    .collect();
                let code = format!("{name}_{n}");
                json!({"role_id": crate::firm::create(ana, "Roles", &json!({"code": code, "name": code, "everything": said.everything, "permissions": permissions}))})
            })
            .collect();
        let works: Vec<Json> = companies.iter().map(|c| json!({"company_id": c})).collect();
        // The first people are those who own customers.
        let number: usize = name.trim_start_matches(char::is_alphabetic).parse().unwrap_or_default();
        let body = json!({"roles": ids, "companies": works});
        let id = match world.owners.get(number % 8) {
            Some(owner) if number < 8 => {
                let path = format!("/odata/Users({owner})");
                let done = ana.send("PATCH", &path, body.to_string().as_bytes()).expect("it answers");
                assert_eq!(done.status, 200, "{}", done.text());
                *owner
            }
            _ => {
                let mut body = body;
                body["login"] = json!(name);
                crate::firm::create(ana, "Users", &body)
            }
        };
        let token = format!("token-of-{name}");
        crate::firm::post(
            ana,
            "/odata/Tokens/issue",
            &json!({"name": name, "user_id": id, "token_hash": access::digest(&token)}),
        );
        let client = Client::new(ana.port).with("authorization", &format!("Bearer {token}"));
        Self { id, name, client, roles, companies, known: RefCell::default(), heard: RefCell::default() }
    }

    pub fn everything(&self) -> bool {
        self.roles.iter().any(|r| r.everything)
    }

    /// What the roles say about an entity; lines go with their document.
    fn grants(&self, world: &World, name: &str) -> Vec<&Grant> {
        let name = entity(world, name)["parent"].as_str().unwrap_or(name);
        self.roles.iter().filter_map(|r| r.grants.get(name).or_else(|| r.grants.get("*"))).collect()
    }

    pub fn may_read(&self, world: &World, name: &str) -> bool {
        self.everything() || !self.grants(world, name).is_empty()
    }

    pub fn sees_field(&self, world: &World, name: &str, field: &str) -> bool {
        ["id", "version", "parent_id"].contains(&field)
            || self.everything()
            || self.grants(world, name).iter().any(|g| !g.hidden.contains(field))
    }

    pub fn fields(&self, world: &World, name: &str) -> BTreeSet<String> {
        fields(world, name).into_iter().filter(|f| self.sees_field(world, name, f)).collect()
    }

    /// Whether all rows of the companies that this person works for are seen, with these fields.
    pub fn sees_all(&self, world: &World, name: &str, fields: &[&str]) -> bool {
        self.everything()
            || (self.grants(world, name).iter().any(|g| g.all)
                && fields.iter().all(|f| self.sees_field(world, name, f)))
    }

    /// The ids that this person may see.
    pub fn visible(&self, world: &World, name: &str) -> Rc<BTreeSet<i64>> {
        if let Some(known) = self.known.borrow().get(name) {
            return Rc::clone(known);
        }
        let all = world.rows.get(name).map(Vec::as_slice).unwrap_or_default();
        let rows = if self.may_read(world, name) { all } else { &[] };
        let found = rows.iter().filter(|r| self.sees_row(world, name, r)).map(number("id")).collect();
        let found = Rc::new(found);
        self.known.borrow_mut().insert(name.to_owned(), Rc::clone(&found));
        found
    }

    fn sees_row(&self, world: &World, name: &str, row: &Row) -> bool {
        if let Some(parent) = entity(world, name)["parent"].as_str() {
            return self.visible(world, parent).contains(&number("parent_id")(row));
        }
        let company = row.get("company_id").and_then(Json::as_i64);
        if company.is_some_and(|c| !self.companies.is_empty() && !self.companies.contains(&c)) {
            return false;
        }
        let all = self.everything() || self.grants(world, name).iter().any(|g| g.all);
        if !all && !self.owns(world, name, row) {
            return false;
        }
        // What is about a record is seen with it.
        let about = ["Note", "Activity", "Attachment", "Case", "Task"].contains(&name);
        let whole = self.everything() && self.companies.is_empty();
        !about
            || whole
            || self.visible(world, row["about_entity"].as_str().unwrap_or_default()).contains(&number(
                "about_id",
            )(
                row
            ))
    }

    fn owns(&self, world: &World, name: &str, row: &Row) -> bool {
        let Some((_, field)) = OWN.iter().find(|(n, _)| *n == name) else { return false };
        let holder = row.get(*field).and_then(Json::as_i64);
        if *field == "responsible_id" {
            return holder == Some(self.id);
        }
        let customer = world.rows["Party"].iter().find(|p| p["id"].as_i64() == holder);
        customer.is_some_and(|c| c["responsible_id"].as_i64() == Some(self.id))
    }

    /// Whether a word that is one of a kind may reach this person.
    pub fn may_hear(&self, world: &World, word: &str) -> bool {
        if let Some(known) = self.heard.borrow().get(word) {
            return *known;
        }
        let may = world.canaries.get(word).is_none_or(|holders| {
            holders.iter().any(|(entity, id, field)| {
                self.visible(world, entity).contains(id) && self.sees_field(world, entity, field)
            })
        });
        self.heard.borrow_mut().insert(word.to_owned(), may);
        may
    }
}

pub fn number(name: &'static str) -> impl Fn(&Row) -> i64 {
    move |row| row.get(name).and_then(Json::as_i64).unwrap_or_default()
}
