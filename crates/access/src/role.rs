//! Roles: what one may see and do, as records that an administrator edits.

use kernel::rights::{Access, Rows};
use kernel::{Choice, Entity, Rights};

/// A set of permissions.
#[derive(Clone, Debug, Entity)]
#[entity(search = "name", list = "name,everything", unique = "code")]
pub struct Role {
    pub id: i64,
    /// The name that diagrams use: `buyer`.
    pub code: String,
    pub name: String,
    /// Everything in the companies that the person works for.
    pub everything: bool,
    #[lines]
    pub permissions: Vec<Permission>,
}

/// What a role may do with one entity.
#[derive(Clone, Debug, Entity)]
#[entity(line_of = "Role", title = "entity")]
pub struct Permission {
    pub id: i64,
    /// An entity, or `*` for every one not named.
    pub entity: String,
    pub rows: PermissionRows,
    pub write: bool,
    /// Commands by name, separated by spaces; `*` for all.
    pub commands: String,
    /// Fields by name, separated by spaces.
    pub hidden_fields: String,
}

/// Which rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum PermissionRows {
    All,
    Own,
}

impl Role {
    /// Adds what this role permits.
    pub fn grant_to(&self, rights: &mut Rights) {
        let mut own = Rights::default();
        if self.everything {
            own.grant_everything();
        }
        for permission in &self.permissions {
            let words = |text: &str| text.split_whitespace().map(ToOwned::to_owned).collect();
            own.grant(
                &permission.entity,
                Access {
                    rows: if permission.rows == PermissionRows::All { Rows::All } else { Rows::Own },
                    write: permission.write,
                    commands: words(&permission.commands),
                    hidden: words(&permission.hidden_fields),
                },
            );
        }
        rights.join(own);
    }
}
