//! Who asks: session cookie or bearer token, and the protection of both.

use crate::answer::{Failure, Reply, ok};
use crate::app::App;
use access::SignedIn;
use axum::Json as Body;
use axum::extract::{ConnectInfo, FromRequestParts, RawQuery, State};
use axum::http::{HeaderMap, Method, header, request::Parts};
use axum::response::IntoResponse;
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use kernel::{Actor, Call, Error, refuse};
use serde_json::{Map, Value as Json, json};
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;

const COOKIE: &str = "celota_session";
const SHORTEST_PASSWORD: usize = 10;

/// Sign-ins from one address: by account they are counted in the database.
pub type Tries = DefaultKeyedRateLimiter<IpAddr>;

pub fn tries() -> Tries {
    const PER_MINUTE: NonZeroU32 = NonZeroU32::MIN.saturating_add(59);
    RateLimiter::keyed(Quota::per_minute(PER_MINUTE))
}

/// Somebody with a valid session or token. Extracting it also checks the CSRF header of unsafe requests.
pub struct Who(pub SignedIn);

impl FromRequestParts<App> for Who {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let language = accepted(&parts.headers);
        let fail = |e: &Error| Failure::new(e, &app.kernel.registry.texts, language);
        let bearer = parts.headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok());
        if let Some(token) = bearer.and_then(|v| v.strip_prefix("Bearer ")).map(ToOwned::to_owned) {
            return app
                .run(move |app| access::actor_of_token(&app.kernel, &token))
                .await
                .map(Self)
                .map_err(|e| fail(&e));
        }
        let jar = CookieJar::from_headers(&parts.headers);
        let Some(token) = jar.get(COOKIE).map(|c| c.value().to_owned()) else {
            return Err(fail(&refuse("access.signed_out").into()));
        };
        let found =
            app.run(move |app| access::actor_of_session(&app.kernel, &token)).await.map_err(|e| fail(&e))?;
        let safe = matches!(parts.method, Method::GET | Method::HEAD);
        let sent = parts.headers.get("x-csrf").and_then(|v| v.to_str().ok());
        if !safe && sent != Some(found.csrf.as_str()) {
            return Err(fail(&refuse("access.csrf").into()));
        }
        Ok(Self(found))
    }
}

pub fn accepted(headers: &HeaderMap) -> &'static str {
    let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if wanted.starts_with("sl") { "sl" } else { "en" }
}

/// From where somebody signs in, and whether by TLS.
struct Way {
    from: IpAddr,
    tls: bool,
}

impl Way {
    /// The proxy's own entry is the last one: those before it came from the client.
    fn of(app: &App, peer: SocketAddr, headers: &HeaderMap) -> Self {
        let said = |name: &str| {
            let text = headers.get_all(name).iter().next_back()?.to_str().ok()?;
            text.rsplit(',').next().map(str::trim).filter(|_| app.behind_proxy)
        };
        Self {
            from: said("x-forwarded-for").and_then(|ip| ip.parse().ok()).unwrap_or_else(|| peer.ip()),
            tls: said("x-forwarded-proto").is_some_and(|p| p.eq_ignore_ascii_case("https")),
        }
    }
}

/// `POST /api/sign-in`
pub async fn sign_in(
    State(app): State<App>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Body(body): Body<Json>,
) -> Reply {
    let language = accepted(&headers);
    let fail = |e: &Error| Failure::new(e, &app.kernel.registry.texts, language);
    let way = Way::of(&app, from, &headers);
    if app.tries.check_key(&way.from).is_err() {
        return Err(fail(&refuse("access.too_many_tries").field("password").into()));
    }
    let word = |name: &str| body.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
    let (login, password) = (word("login"), word("password"));
    let user =
        app.run(move |app| access::sign_in(&app.kernel, &login, &password)).await.map_err(|e| fail(&e))?;
    signed_in(&app, user.id, way, language).await
}

async fn signed_in(app: &App, user: i64, way: Way, language: &str) -> Reply {
    let fail = |e: &Error| Failure::new(e, &app.kernel.registry.texts, language);
    let (token, shown) = app
        .run(move |app| {
            let random = || access::random_token().map_err(|e| Error::corrupt(&e.to_string()));
            let (token, csrf) = (random()?, random()?);
            access::start_session(&app.kernel, user, &token, &csrf, &way.from.to_string())?;
            let found = access::actor_of_session(&app.kernel, &token)?;
            Ok((token, session_json(app, &found)?))
        })
        .await
        .map_err(|e| fail(&e))?;
    let cookie = Cookie::build((COOKIE, token)).path("/").http_only(true).same_site(SameSite::Strict);
    let cookie = cookie.secure(way.tls).build();
    Ok((CookieJar::new().add(cookie), ok(shown)).into_response())
}

/// `POST /api/sign-out`
pub async fn sign_out(State(app): State<App>, Who(who): Who) -> Reply {
    let language = who.actor.language.clone();
    let texts = std::sync::Arc::clone(&app.kernel.registry);
    app.run(move |app| access::sign_out(&app.kernel, who.session))
        .await
        .map_err(|e| Failure::new(&e, &texts.texts, &language))?;
    let gone = Cookie::build((COOKIE, "")).path("/").build();
    Ok((CookieJar::new().remove(gone), ok(json!({}))).into_response())
}

/// `GET /api/session`; with `?tell`, being signed out is an answer and no error, and with `&model` the model comes
/// along: a page that opens asks once.
pub async fn show(
    State(app): State<App>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    who: Result<Who, Failure>,
) -> Reply {
    let asked = |word: &str| query.as_deref().is_some_and(|q| q.split('&').any(|part| part == word));
    let (tell, model) = (asked("tell"), asked("model"));
    let language = accepted(&headers);
    let registry = std::sync::Arc::clone(&app.kernel.registry);
    let fail = |e: &Error| Failure::new(e, &registry.texts, language);
    match who {
        Ok(Who(who)) => app
            .run(move |app| {
                let mut shown = session_json(app, &who)?;
                if let (true, Some(shown)) = (model, shown.as_object_mut()) {
                    shown.insert("model".into(), crate::model::model(&app.kernel.registry, &who.actor));
                }
                Ok(shown)
            })
            .await
            .map(ok)
            .map_err(|e| fail(&e)),
        Err(failure) => {
            let empty = app.run(is_empty).await.map_err(|e| fail(&e))?;
            if tell {
                return Ok(ok(
                    json!({"code": if empty { "access.no_company" } else { "access.signed_out" }}),
                ));
            }
            Err(if empty { fail(&refuse("access.no_company").into()) } else { failure })
        }
    }
}

fn is_empty(app: &App) -> kernel::Result<bool> {
    app.kernel.store.read(|tx| Ok(tx.first("SELECT id FROM company LIMIT 1", &[])?.is_none()))
}

/// `PATCH /api/session`: own language and theme, and the company to work in.
pub async fn change(State(app): State<App>, Who(who): Who, Body(body): Body<Json>) -> Reply {
    let language = who.actor.language.clone();
    let registry = std::sync::Arc::clone(&app.kernel.registry);
    app.run(move |app| {
        let mut own = Map::new();
        for name in ["language", "theme"] {
            if let Some(value) = body.get(name) {
                own.insert(name.into(), value.clone());
            }
        }
        // One's own language and theme need no right to edit users.
        let mut actor = Actor::program(who.actor.company);
        actor.user = who.actor.user;
        if !own.is_empty() {
            let call = Call {
                entity: "User".into(),
                command: "update".into(),
                id: Some(who.actor.user),
                body: own,
                ..Call::default()
            };
            app.kernel.run(&actor, &call)?;
        }
        if let Some(company) = body.get("company_id").and_then(Json::as_i64) {
            if !who.actor.rights.sees_company(company) {
                return Err(refuse("kernel.forbidden").arg("what", "company").into());
            }
            let session = who.session;
            app.kernel.work(&actor, "work_in", move |cx| {
                let mut held = cx.hold::<access::Session>(session)?;
                held.company = Some(kernel::Ref::new(company));
                cx.save(held)
            })?;
        }
        Ok(json!({}))
    })
    .await
    .map(ok)
    .map_err(|e| Failure::new(&e, &registry.texts, &language))
}

/// `POST /api/set-up`: possible once, while there is no company.
pub async fn set_up(
    State(app): State<App>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Body(body): Body<Json>,
) -> Reply {
    let language = accepted(&headers);
    let registry = std::sync::Arc::clone(&app.kernel.registry);
    let fail = |e: &Error| Failure::new(e, &registry.texts, language);
    let user = app
        .run(move |app| {
            if !is_empty(app)? {
                return Err(refuse("access.already_set_up").into());
            }
            let password = body.pointer("/user/password").and_then(Json::as_str).unwrap_or_default();
            if password.chars().count() < SHORTEST_PASSWORD {
                return Err(refuse("access.password_short").field("user/password").into());
            }
            (app.hooks.set_up)(&app.kernel, &body)
        })
        .await
        .map_err(|e| fail(&e))?;
    signed_in(&app, user, Way::of(&app, from, &headers), language).await
}

fn session_json(app: &App, who: &SignedIn) -> kernel::Result<Json> {
    app.kernel.read(&Actor::program(0), |reader| {
        let user = reader.record("User", who.actor.user, vec![])?;
        let set = reader.registry.entity("Company")?;
        let companies = reader.list(&set, &kernel::read::Ask::default())?.rows;
        let seen = |c: &&Json| c.get("id").and_then(Json::as_i64).is_some_and(|id| who.actor.rights.sees_company(id));
        let short = |c: &Json| {
            let part = |n: &str| c.get(n).cloned().unwrap_or(Json::Null);
            json!({"id": part("id"), "name": part("name"), "currency": part("currency"), "country": part("country")})
        };
        let companies: Vec<Json> = companies.iter().filter(seen).map(short).collect();
        let own = companies.iter().find(|c| c.get("id").and_then(Json::as_i64) == Some(who.actor.company));
        let part = |n: &str| user.get(n).cloned().unwrap_or(Json::Null);
        Ok(json!({
            "user": {"id": who.actor.user, "login": part("login"), "name": part("name"),
                     "language": who.actor.language, "theme": who.theme},
            "company": own, "companies": companies, "csrf": who.csrf,
            "today": reader.today().to_string(), "demo": app.hooks.demo,
        }))
    })
}
