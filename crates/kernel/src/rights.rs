//! Who may see and do what. A row rule becomes a condition of *every* statement that reads: list, record, count,
//! sum, expand, search, export, file and live update all build their `WHERE` here.

use crate::describe::Description;
use crate::refusal::{Result, refuse};
use crate::registry::Registry;
use std::collections::{HashMap, HashSet};
use store::Value;

/// Which rows of an entity a role reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rows {
    /// Those that the person answers for: own customers and what is theirs.
    Own,
    All,
}

/// What a role may do with one entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    pub rows: Rows,
    /// Create, update and delete.
    pub write: bool,
    /// Names of commands; `*` for all.
    pub commands: HashSet<String>,
    pub hidden: HashSet<String>,
}

/// The rights of a person: those of all their roles together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rights {
    everything: bool,
    user: i64,
    /// Legal entities whose documents may be seen; empty for all.
    companies: Vec<i64>,
    access: HashMap<String, Access>,
}

/// A condition and its parameters.
pub type Condition = (String, Vec<Value>);

impl Rights {
    /// The administrator's, and the program's own.
    #[must_use]
    pub fn all() -> Self {
        Self { everything: true, ..Self::default() }
    }

    #[must_use]
    pub fn new(user: i64, companies: Vec<i64>) -> Self {
        Self { user, companies, ..Self::default() }
    }

    /// Adds what another role gives. A role's `*` means every entity that this role does not name, so it widens
    /// what other roles say of those by name.
    pub fn join(&mut self, role: Self) {
        self.everything |= role.everything;
        let names: HashSet<String> = self.access.keys().chain(role.access.keys()).cloned().collect();
        let mut joined = Self::default();
        for name in names {
            for side in [&self.access, &role.access] {
                if let Some(access) = side.get(&name).or_else(|| side.get("*")) {
                    joined.grant(&name, access.clone());
                }
            }
        }
        self.access = joined.access;
    }

    /// Adds to one role's access; `*` as entity means every one that is not named. The wider right wins, and a field
    /// is hidden only where every grant hides it.
    pub fn grant(&mut self, entity: &str, access: Access) {
        match self.access.get_mut(entity) {
            None => {
                self.access.insert(entity.to_owned(), access);
            }
            Some(known) => {
                known.rows = known.rows.max(access.rows);
                known.write |= access.write;
                known.commands.extend(access.commands);
                known.hidden.retain(|f| access.hidden.contains(f));
            }
        }
    }

    /// Everything in the companies that the person works for.
    pub fn grant_everything(&mut self) {
        self.everything = true;
    }

    fn access(&self, description: &Description) -> Option<&Access> {
        let name = description.parent.unwrap_or(description.name);
        self.access.get(name).or_else(|| self.access.get("*"))
    }

    /// What these rights give on one entity, so that it can be granted on: the steps of a diagram get at most what its
    /// publisher has.
    #[must_use]
    pub fn on(&self, description: &Description) -> Option<Access> {
        let whole = || Access {
            rows: Rows::All,
            write: true,
            commands: HashSet::from(["*".to_owned()]),
            hidden: HashSet::new(),
        };
        if self.everything { Some(whole()) } else { self.access(description).cloned() }
    }

    /// The legal entities whose documents may be seen; empty for all.
    #[must_use]
    pub fn companies(&self) -> &[i64] {
        &self.companies
    }

    #[must_use]
    pub fn may_read(&self, description: &Description) -> bool {
        self.everything || self.access(description).is_some()
    }

    #[must_use]
    pub fn may_write(&self, description: &Description) -> bool {
        !description.closed && (self.everything || self.access(description).is_some_and(|a| a.write))
    }

    /// Whether this person answers for the program itself.
    #[must_use]
    pub const fn may_everything(&self) -> bool {
        self.everything
    }

    #[must_use]
    pub fn may_run(&self, description: &Description, command: &str) -> bool {
        match command {
            "create" | "update" | "delete" => self.may_write(description),
            _ => {
                self.everything
                    || self
                        .access(description)
                        .is_some_and(|a| a.commands.contains("*") || a.commands.contains(command))
            }
        }
    }

    #[must_use]
    pub fn sees_field(&self, description: &Description, field: &str) -> bool {
        let secret = description.field(field).is_some_and(|f| f.secret);
        !secret && (self.everything || self.access(description).is_some_and(|a| !a.hidden.contains(field)))
    }

    /// Whether every row, of the companies that this person works for, is seen with these fields: then figures made
    /// of all of them may be told.
    #[must_use]
    pub fn sees_all(&self, description: &Description, fields: &[&str]) -> bool {
        self.everything
            || self
                .access(description)
                .is_some_and(|a| a.rows == Rows::All && !fields.iter().any(|f| a.hidden.contains(*f)))
    }

    /// Whether all that a record holds is shown, its lines too.
    #[must_use]
    pub fn sees_whole(&self, description: &Description) -> bool {
        self.everything || self.access(description).is_some_and(|a| a.hidden.is_empty())
    }

    /// Whether documents of this company may be seen.
    #[must_use]
    pub fn sees_company(&self, company: i64) -> bool {
        self.companies.is_empty() || self.companies.contains(&company)
    }

    /// The condition that rows of the table alias `t` meet when this person may see them; `None` for all rows.
    ///
    /// # Errors
    /// `kernel.forbidden` when the entity may not be read at all.
    pub fn rows(&self, registry: &Registry, description: &Description, t: &str) -> Result<Option<Condition>> {
        if !self.may_read(description) {
            return Err(refuse("kernel.forbidden").arg("what", description.name).into());
        }
        if let Some(parent) = description.parent {
            let parent = registry.entity(parent)?;
            return Ok(self.rows(registry, &parent, "p")?.map(|(condition, params)| {
                (format!("{t}.parent_id IN (SELECT p.id FROM {} p WHERE {condition})", parent.table), params)
            }));
        }
        let mut conditions = Vec::new();
        let mut params = Vec::new();
        if description.has_company() && !self.companies.is_empty() {
            conditions.push(format!("{t}.company_id {}", crate::rows::among(self.companies.len())));
            params.extend(self.companies.iter().map(|c| Value::Int(*c)));
        }
        if !self.everything && self.access(description).is_some_and(|a| a.rows == Rows::Own) {
            conditions.push(self.own(registry, description, t)?);
            params.push(self.user.into());
        }
        if let Some(about) = &description.about
            && let Some((condition, more)) = self.about(registry, about, t)?
        {
            conditions.push(condition);
            params.extend(more);
        }
        Ok((!conditions.is_empty()).then(|| (conditions.join(" AND "), params)))
    }

    /// A note or file is seen with the record that it is about; `None` for who sees all records.
    fn about(&self, registry: &Registry, about: &str, t: &str) -> Result<Option<Condition>> {
        if self.everything && self.companies.is_empty() {
            return Ok(None);
        }
        let (mut all, mut some, mut params) = (Vec::new(), Vec::new(), Vec::new());
        for target in registry.entities().by_name.values() {
            // What is about another record cannot be what a record is about: the rule would never end.
            if target.parent.is_some() || target.about.is_some() || !self.may_read(target) {
                continue;
            }
            match self.rows(registry, target, "a")? {
                None => all.push(Value::from(target.name)),
                Some((condition, more)) => {
                    some.push(format!(
                        "{t}.{about}_entity = ? AND {t}.{about}_id IN (SELECT a.id FROM {} a WHERE {condition})",
                        target.table
                    ));
                    params.push(target.name.into());
                    params.extend(more);
                }
            }
        }
        if !all.is_empty() {
            some.push(format!("{t}.{about}_entity {}", crate::rows::among(all.len())));
            params.extend(all);
        }
        let condition = if some.is_empty() { "1 = 0".into() } else { format!("({})", some.join(" OR ")) };
        Ok(Some((condition, params)))
    }

    /// `customer.responsible` → the customer is one that this person answers for.
    fn own(&self, registry: &Registry, description: &Description, t: &str) -> Result<String> {
        // Who may see only their own, of a thing that belongs to nobody, sees none.
        let Some(path) = &description.owner else { return Ok("1 = 0 AND 0 = ?".into()) };
        let Some((nav, rest)) = path.split_once('.') else { return Ok(format!("{t}.{path}_id = ?")) };
        let target = description.way(nav).and_then(|f| f.target.as_deref()).unwrap_or_default();
        let target = registry.entity(target)?;
        Ok(format!("{t}.{nav}_id IN (SELECT o.id FROM {} o WHERE o.{rest}_id = ?)", target.table))
    }
}
