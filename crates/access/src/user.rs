//! People who sign in.

use crate::{Company, Role};
use kernel::{Choice, Context, Entity, Input, Ref, Result, refuse};

/// Somebody who works with the program.
#[derive(Clone, Debug, Entity)]
#[entity(search = "name,login,email", list = "name,login,email,active", unique = "login")]
pub struct User {
    pub id: i64,
    pub login: String,
    pub name: String,
    #[field(personal)]
    pub email: Option<String>,
    pub language: Language,
    pub theme: Theme,
    #[field(default = "true")]
    pub active: bool,
    #[field(secret)]
    pub password_hash: Option<String>,
    #[lines]
    pub roles: Vec<UserRole>,
    /// None: works for every company.
    #[lines]
    pub companies: Vec<UserCompany>,
}

/// A role that a user has.
#[derive(Clone, Debug, Entity)]
#[entity(line_of = "User", title = "role_id")]
pub struct UserRole {
    pub id: i64,
    pub role: Ref<Role>,
}

/// A company that a user works for.
#[derive(Clone, Debug, Entity)]
#[entity(line_of = "User", title = "company_id")]
pub struct UserCompany {
    pub id: i64,
    pub company: Ref<Company>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum Language {
    En,
    Sl,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum Theme {
    System,
    Light,
    Dark,
}

/// The hash is made outside of the command: it needs randomness.
#[derive(Debug, Input)]
pub struct SetPassword {
    pub password_hash: String,
}

impl User {
    pub(crate) fn prepare(&mut self, _: Option<&Self>, _: &mut Context) -> Result<()> {
        self.login = self.login.trim().to_lowercase();
        if self.login.is_empty() || self.login.contains(char::is_whitespace) {
            return Err(refuse("access.login").field("login").into());
        }
        if self.name.is_empty() {
            self.name.clone_from(&self.login);
        }
        Ok(())
    }

    pub(crate) fn set_password(&mut self, input: SetPassword, _: &mut Context) -> Result<()> {
        if !input.password_hash.starts_with("$argon2id$") {
            return Err(refuse("access.password_hash").field("password_hash").into());
        }
        self.password_hash = Some(input.password_hash);
        Ok(())
    }
}
