//! Who may do what: companies (legal entities), users, roles, and how a person or a program proves who it is.
//!
//! A person signs in with a password (argon2id) and gets a session; a program carries a bearer token. Both are
//! rows like any other: listed, revoked, audited. Rights follow from the roles of the user.

mod company;
mod role;
mod secret;
mod sign_in;
mod user;

pub use company::Company;
pub use role::{Permission, PermissionRows, Role};
pub use secret::{digest, hash_password, random_token};
pub use sign_in::{
    Session, SignedIn, Token, actor_of_session, actor_of_token, sign_in, sign_out, start_session,
};
pub use user::{User, UserCompany, UserRole};

use kernel::Module;

/// The module's list.
#[must_use]
pub fn module() -> Module {
    Module::new("access", include_str!("../locale/en.json"), include_str!("../locale/sl.json"))
        .entity::<Company>()
        .prepare::<Company>(Company::prepare)
        .entity::<Role>()
        .entity::<Permission>()
        .entity::<User>()
        .prepare::<User>(User::prepare)
        .command::<User, _, _>("set_password", User::set_password)
        .entity::<UserRole>()
        .entity::<UserCompany>()
        .closed::<Session>()
        .command::<Session, _, _>("revoke", Session::revoke)
        .closed::<Token>()
        .set_command::<Token, _, _>("issue", Token::issue)
        .command::<Token, _, _>("revoke", Token::revoke)
        .table("sign_in_failure", "id login:text at", &[("login,at", false)])
        .area("settings", &["Company", "User", "Role", "Token", "Session"])
}
