//! Sessions and tokens, and the actor that they stand for.

use crate::secret::is_password;
use crate::{Company, Role, User, digest};
use jiff::Timestamp;
use kernel::{Actor, Context, Entity, Error, Input, Kernel, Ref, Result, Rights, Value, refuse};
use std::sync::Arc;

/// Twelve hours: a working day without signing in twice.
const SESSION_MICROS: i64 = 12 * 3600 * 1_000_000;
/// So many wrong passwords for one account in a quarter of an hour, then it waits.
const WRONG_TRIES: i64 = 8;
const WINDOW_MICROS: i64 = 900 * 1_000_000;

/// A person at a screen.
#[derive(Clone, Debug, Entity)]
#[entity(title = "address", list = "user_id,address,started_at,expires_at", unique = "token_hash")]
pub struct Session {
    pub id: i64,
    pub user: Ref<User>,
    /// The company that the person works in just now.
    pub company: Option<Ref<Company>>,
    #[field(secret)]
    pub token_hash: String,
    #[field(secret)]
    pub csrf: String,
    pub address: String,
    pub started_at: Timestamp,
    pub expires_at: Timestamp,
}

/// A program's key.
#[derive(Clone, Debug, Entity)]
#[entity(list = "name,user_id,issued_at,revoked", unique = "token_hash")]
pub struct Token {
    pub id: i64,
    pub name: String,
    pub user: Ref<User>,
    #[field(secret)]
    pub token_hash: String,
    pub issued_at: Timestamp,
    pub revoked: bool,
}

/// The token itself is made by the caller and shown once.
#[derive(Debug, Input)]
pub struct Issue {
    pub name: String,
    pub user: Ref<User>,
    pub token_hash: String,
}

impl Session {
    pub(crate) fn revoke(&mut self, (): (), cx: &mut Context) -> Result<()> {
        self.expires_at = cx.now();
        Ok(())
    }
}

impl Token {
    pub(crate) fn issue(input: Issue, cx: &mut Context) -> Result<serde_json::Value> {
        if input.token_hash.trim().is_empty() {
            return Err(refuse("kernel.required").field("token_hash").into());
        }
        cx.read(input.user)?;
        let mut token = Self {
            id: 0,
            name: input.name,
            user: input.user,
            token_hash: input.token_hash,
            issued_at: cx.now(),
            revoked: false,
        };
        cx.insert(&mut token)?;
        Ok(serde_json::json!({"id": token.id}))
    }

    pub(crate) fn revoke(&mut self, (): (), _: &mut Context) -> Result<()> {
        self.revoked = true;
        Ok(())
    }
}

/// Somebody whose session or token was found.
#[derive(Clone, Debug)]
pub struct SignedIn {
    pub actor: Actor,
    pub session: i64,
    pub csrf: String,
    pub theme: String,
}

/// Checks a password. Wrong name and wrong password look the same, and take the same time.
///
/// # Errors
/// `access.wrong_password`, `access.too_many_tries`.
pub fn sign_in(kernel: &Kernel, login: &str, password: &str) -> Result<User> {
    let login = login.trim().to_lowercase();
    let now = (kernel.clock)().as_microsecond();
    let account = login.clone();
    let (wrong, user) = kernel.store.read(|tx| -> Result<_> {
        let wrong = tx.first(
            "SELECT COUNT(*) FROM sign_in_failure WHERE login = ? AND at > ?",
            &[account.as_str().into(), (now - WINDOW_MICROS).into()],
        )?;
        let row = tx.first("SELECT id FROM user_ WHERE login = ?", &[account.as_str().into()])?;
        Ok((wrong.map_or(0, |r| r.int(0)), row.map(|r| r.int(0))))
    })?;
    if wrong >= WRONG_TRIES {
        return Err(refuse("access.too_many_tries").field("password").into());
    }
    let user = user
        .map(|id| kernel.work(&Actor::program(0), "sign_in", move |cx| cx.read(Ref::<User>::new(id))))
        .transpose()?;
    // A hash of nothing, so that an unknown name costs as much as a wrong password.
    const NOBODY: &str =
        "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$Yk3fXn6zpYBqDmyhVJYq0m0mLtNzNpQyBz2nQ0xQkX0";
    let hash = user.as_ref().and_then(|u| u.password_hash.as_deref()).unwrap_or(NOBODY);
    let right = is_password(password, hash);
    match user {
        Some(user) if right && user.active => Ok(user),
        _ => {
            kernel.store.write(move |tx| -> Result<()> {
                let row = vec![tx.next_id()?.into(), login.as_str().into(), Value::Int(now)];
                Ok(tx.insert("sign_in_failure", &["id", "login", "at"], &[row])?)
            })?;
            Err(refuse("access.wrong_password").field("password").into())
        }
    }
}

/// Opens a session for a user who proved who he is; `token` and `csrf` are random texts.
///
/// # Errors
/// The database's.
pub fn start_session(kernel: &Kernel, user: i64, token: &str, csrf: &str, address: &str) -> Result<i64> {
    let (hash, csrf, address) = (digest(token), csrf.to_owned(), address.to_owned());
    let mut actor = Actor::program(0);
    actor.user = user;
    kernel.work(&actor, "start_session", move |cx| {
        let company = cx.tx.first(
            "SELECT c.id FROM company c WHERE NOT EXISTS (SELECT 1 FROM user_company u WHERE u.parent_id = ?)
             OR c.id IN (SELECT u.company_id FROM user_company u WHERE u.parent_id = ?) ORDER BY c.id LIMIT 1",
            &[user.into(), user.into()],
        )?;
        let expires_at = Timestamp::from_microsecond(cx.now().as_microsecond() + SESSION_MICROS)
            .map_err(|_| Error::corrupt("clock"))?;
        let mut session = Session {
            id: 0,
            user: Ref::new(user),
            company: company.map(|r| Ref::new(r.int(0))),
            token_hash: hash.clone(),
            csrf: csrf.clone(),
            address: address.clone(),
            started_at: cx.now(),
            expires_at,
        };
        Ok(cx.insert(&mut session)?.id())
    })
}

/// Ends a session.
///
/// # Errors
/// The database's.
pub fn sign_out(kernel: &Kernel, session: i64) -> Result<()> {
    kernel.work(&Actor::program(0), "sign_out", move |cx| {
        let mut held = cx.hold::<Session>(session)?;
        held.revoke((), cx)?;
        cx.save(held)
    })
}

/// The person behind a session's token.
///
/// # Errors
/// `access.signed_out`.
pub fn actor_of_session(kernel: &Kernel, token: &str) -> Result<SignedIn> {
    let now = (kernel.clock)();
    found(
        kernel,
        token,
        now,
        "session",
        "SELECT id, user_id, company_id, csrf FROM session WHERE token_hash = ? AND expires_at > ?",
    )
}

/// The program behind a bearer token.
///
/// # Errors
/// `access.signed_out`.
pub fn actor_of_token(kernel: &Kernel, token: &str) -> Result<SignedIn> {
    let now = (kernel.clock)();
    found(
        kernel,
        token,
        now,
        "token",
        "SELECT id, user_id, NULL, '' FROM token WHERE token_hash = ? AND revoked = 0 AND issued_at <= ?",
    )
}

fn found(kernel: &Kernel, token: &str, now: Timestamp, _: &str, sql: &str) -> Result<SignedIn> {
    let registry = Arc::clone(&kernel.registry);
    kernel.store.read(|tx| {
        let row = tx.first(sql, &[digest(token).into(), now.as_microsecond().into()])?;
        let row = row.ok_or_else(|| Error::from(refuse("access.signed_out")))?;
        let mut cx = Context::new(tx, &registry, Actor::program(0), now);
        let user: User = cx.read(Ref::new(row.int(1)))?;
        if !user.active {
            return Err(refuse("access.signed_out").into());
        }
        let companies: Vec<i64> = user.companies.iter().map(|c| c.company.id()).collect();
        // A session outlives the day on which somebody stops working for a company.
        let works_in = row.get(2).as_int().filter(|c| companies.is_empty() || companies.contains(c));
        let company = match works_in {
            Some(company) => company,
            None => match companies.first() {
                Some(first) => *first,
                None => cx.tx.first("SELECT MIN(id) FROM company", &[])?.map_or(0, |r| r.int(0)),
            },
        };
        let mut rights = Rights::new(user.id, companies);
        for role in &user.roles {
            cx.read::<Role>(role.role)?.grant_to(&mut rights);
        }
        let actor = Actor {
            user: user.id,
            name: user.name.clone(),
            language: kernel::Choice::word(&user.language).to_owned(),
            company,
            rights: Arc::new(rights),
            case: None,
        };
        Ok(SignedIn {
            actor,
            session: row.int(0),
            csrf: row.text(3).to_owned(),
            theme: kernel::Choice::word(&user.theme).to_owned(),
        })
    })
}
