//! Entity sets, records, actions and functions.

use crate::address::{self, Address};
use crate::answer::{Failure, Reply, odata_headers, ok};
use crate::app::App;
use crate::session::Who;
use axum::Json as Body;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::read::Ask;
use kernel::{Actor, Call, Description, Error, Result, Scope, refuse};
use serde_json::{Map, Value as Json, json};
use std::sync::Arc;

/// Rows of a page where the client names no number.
const PAGE: usize = 100;
/// Records of one chunk, a transaction each.
const CHUNK: usize = 500;

struct Request {
    actor: Actor,
    address: Address,
    method: Method,
    options: Vec<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
}

/// Every address below `/odata/`.
pub async fn resource(
    State(app): State<App>,
    Who(who): Who,
    method: Method,
    Path(path): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Reply {
    let language = who.actor.language.clone();
    let registry = Arc::clone(&app.kernel.registry);
    let fail = |e: &Error| Failure::new(e, &registry.texts, &language);
    let address = address::read(&path).map_err(|r| fail(&r.into()))?;
    let request = Request {
        actor: who.actor,
        address,
        method,
        options: options(query.as_deref().unwrap_or_default()),
        headers,
        body,
    };
    app.run(move |app| request.answer(app)).await.map_err(|e| fail(&e))
}

impl Request {
    fn answer(&self, app: &App) -> Result<Response> {
        let description = app.kernel.registry.set(&self.address.set)?;
        let get = matches!(self.method, Method::GET | Method::HEAD);
        match (&self.address.rest, self.address.id) {
            (Some((name, None)), None) if get && name == "$count" => self.count(app, &description),
            (Some((name, Some(arguments))), id) if get => {
                self.function(app, &description, id, name, arguments)
            }
            (Some((name, _)), id) if self.method == Method::POST => self.action(app, &description, id, name),
            (None, None) if get => self.list(app, &description),
            (None, Some(id)) if get => self.record(app, &description, id),
            (None, None) if self.method == Method::POST => self.write(app, &description, "create", None),
            (None, id) if self.method == Method::PATCH => self.write(app, &description, "update", id),
            (None, id) if self.method == Method::DELETE => self.write(app, &description, "delete", id),
            (Some((name, _)), _) => {
                Err(refuse("kernel.no_such_command").arg("name", name).arg("entity", description.name).into())
            }
            _ => Ok(StatusCode::METHOD_NOT_ALLOWED.into_response()),
        }
    }

    fn option(&self, name: &str) -> Option<&str> {
        self.options.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    fn list(&self, app: &App, description: &Arc<Description>) -> Result<Response> {
        let mut ask = Ask::from_options(&self.options)?;
        if let Some(apply) = self.option("$apply") {
            let apply = kernel::apply::parse(apply)?;
            ask.filter = apply.filter.clone().or(ask.filter);
            let rows = app.kernel.read(&self.actor, |r| r.groups(description, &ask, &apply))?;
            return Ok(ok(json!({"value": rows})));
        }
        ask.top = ask.top.or(Some(PAGE));
        let counted = self.option("$count") == Some("true");
        let (page, count) = if counted {
            app.kernel.read_at_once(&self.actor, |r| {
                Ok((r.list(description, &ask)?, Some(r.count(description, &ask)?)))
            })?
        } else {
            (app.kernel.read(&self.actor, |r| r.list(description, &ask))?, None)
        };
        if self.option("$format") == Some("csv") {
            return Ok(csv(&page.rows));
        }
        let mut out = Map::new();
        out.insert("@odata.context".into(), json!(format!("/odata/$metadata#{}", description.set)));
        if let Some(count) = count {
            out.insert("@odata.count".into(), json!(count));
        }
        out.insert("value".into(), Json::Array(page.rows));
        if let Some(next) = page.next {
            out.insert("@odata.nextLink".into(), json!(self.next_link(&next)));
        }
        Ok(ok(Json::Object(out)))
    }

    fn next_link(&self, next: &[Json]) -> String {
        let mut query: Vec<String> = self
            .options
            .iter()
            .filter(|(n, _)| n != "$skiptoken" && n != "$count")
            .map(|(n, v)| format!("{n}={}", encoded(v)))
            .collect();
        query.push(format!("$skiptoken={}", encoded(&Json::Array(next.to_vec()).to_string())));
        format!("/odata/{}?{}", self.address.set, query.join("&"))
    }

    fn count(&self, app: &App, description: &Arc<Description>) -> Result<Response> {
        let ask = Ask::from_options(&self.options)?;
        let count = app.kernel.read(&self.actor, |r| r.count(description, &ask))?;
        Ok((odata_headers(), count.to_string()).into_response())
    }

    fn record(&self, app: &App, description: &Arc<Description>, id: i64) -> Result<Response> {
        let ask = Ask { ids: Some(vec![id]), ..Ask::from_options(&self.options)? };
        let found = app.kernel.read(&self.actor, |r| r.list(description, &ask))?.rows.pop();
        let found = found.ok_or_else(|| {
            Error::from(refuse("kernel.not_found").arg("entity", description.name).arg("id", id))
        })?;
        Ok(ok(found))
    }

    fn function(
        &self,
        app: &App,
        description: &Arc<Description>,
        id: Option<i64>,
        name: &str,
        arguments: &[(String, String)],
    ) -> Result<Response> {
        if name == "story" {
            let story =
                app.kernel.read(&self.actor, |r| r.story(description.name, id.unwrap_or_default()))?;
            let story = crate::model::told(app, &self.actor, description, &story)?;
            return Ok(ok(json!({"value": story})));
        }
        let query = app.kernel.registry.query(description.name, name).ok_or_else(|| {
            Error::from(refuse("kernel.no_such_command").arg("name", name).arg("entity", description.name))
        })?;
        if !self.actor.rights.may_read(description) {
            return Err(refuse("kernel.forbidden").arg("what", description.name).into());
        }
        let body: Map<String, Json> = arguments.iter().map(|(n, v)| (n.clone(), argument(v))).collect();
        let input = kernel::json::input_from_json(&query.input, &body, "").map_err(|f| {
            kernel::Refusal::all(f).err().unwrap_or_else(|| refuse("kernel.wrong_type").into())
        })?;
        let answer = app.kernel.read(&self.actor, |r| {
            if let (Some(id), Scope::Record) = (id, query.scope) {
                r.visible(description, id)?;
            }
            query.ask(r, id, input)
        })?;
        Ok(ok(answer))
    }

    fn call(&self, description: &Description, command: &str, id: Option<i64>) -> Result<Call> {
        let text = |name: &str| self.headers.get(name).and_then(|v| v.to_str().ok());
        let version = text("if-match")
            .filter(|v| *v != "*")
            .map(|v| {
                let digits = v.trim_start_matches("W/").trim_matches('"');
                digits.parse().map_err(|_| {
                    Error::from(refuse("kernel.not_a_whole_number").field("If-Match").arg("value", v))
                })
            })
            .transpose()?;
        Ok(Call {
            entity: description.name.into(),
            command: command.into(),
            id,
            version,
            body: object(&self.body)?,
            key: text("idempotency-key").filter(|k| k.len() <= 200).map(ToOwned::to_owned),
            dry_run: matches!(text("celota-dry-run"), Some("true" | "tell")),
        })
    }

    fn write(
        &self,
        app: &App,
        description: &Arc<Description>,
        command: &str,
        id: Option<i64>,
    ) -> Result<Response> {
        let call = self.call(description, command, id)?;
        let reply = match app.kernel.run(&self.actor, &call) {
            Err(Error::Refused(refusal)) if self.tells() => return Ok(self.told(app, &refusal)),
            Err(Error::Refused(refusal)) if refusal.current.is_some() => return self.stale(app, &refusal),
            other => other?,
        };
        let mut out = serde_json::to_value(&reply).map_err(|e| Error::corrupt(&e.to_string()))?;
        if command != "delete" && !call.dry_run {
            let record = app.kernel.read(&self.actor, |r| r.record(description.name, reply.id, vec![]))?;
            if let (Some(out), Some(record)) = (out.as_object_mut(), record.as_object()) {
                out.insert("record".into(), Json::Object(record.clone()));
                // Clients that know nothing of the envelope find the record's own properties.
                record.iter().for_each(|(k, v)| {
                    out.entry(k.clone()).or_insert_with(|| v.clone());
                });
            }
        }
        let status = if command == "create" { StatusCode::CREATED } else { StatusCode::OK };
        let place = format!("/odata/{}({})", description.set, reply.id);
        Ok((status, odata_headers(), [(header::LOCATION, place)], Body(out)).into_response())
    }

    /// `Celota-Dry-Run: tell`: somebody only wants to know, and "no, because" is an answer like any other.
    fn tells(&self) -> bool {
        self.headers.get("celota-dry-run").is_some_and(|v| v == "tell")
    }

    fn told(&self, app: &App, refusal: &kernel::Refusal) -> Response {
        ok(crate::answer::refused(refusal, &app.kernel.registry.texts, &self.actor.language))
    }

    /// Who wrote on an older version sees the newer one beside what was typed.
    fn stale(&self, app: &App, refusal: &kernel::Refusal) -> Result<Response> {
        let texts = &app.kernel.registry.texts;
        let current = refusal.current.as_ref().map(|(entity, id)| {
            app.kernel.read(&self.actor, |r| r.record(entity, *id, vec![])).unwrap_or(Json::Null)
        });
        let body = json!({"error": {
            "code": refusal.code, "message": refusal.message(texts, &self.actor.language), "target": refusal.field,
            "@celota.advice": refusal.advice(texts, &self.actor.language), "@celota.current": current,
        }});
        Ok((StatusCode::PRECONDITION_FAILED, odata_headers(), Body(body)).into_response())
    }

    fn action(
        &self,
        app: &App,
        description: &Arc<Description>,
        id: Option<i64>,
        name: &str,
    ) -> Result<Response> {
        let mut call = self.call(description, name, id)?;
        if id.is_none()
            && let Some(ids) = call.body.remove("ids")
        {
            return self.many(app, &call, &ids);
        }
        match app.kernel.run(&self.actor, &call) {
            Err(Error::Refused(refusal)) if self.tells() => Ok(self.told(app, &refusal)),
            Err(Error::Refused(refusal)) if refusal.current.is_some() => self.stale(app, &refusal),
            other => {
                let reply = serde_json::to_value(other?).map_err(|e| Error::corrupt(&e.to_string()))?;
                Ok(ok(reply))
            }
        }
    }

    /// One command on many records: a refusal is a result like any other.
    fn many(&self, app: &App, call: &Call, ids: &Json) -> Result<Response> {
        let ids: Vec<i64> = ids
            .as_array()
            .and_then(|a| a.iter().map(Json::as_i64).collect())
            .ok_or_else(|| Error::from(refuse("kernel.wrong_type").field("ids")))?;
        let texts = &app.kernel.registry.texts;
        let mut results = Vec::with_capacity(ids.len());
        for chunk in ids.chunks(CHUNK) {
            for (id, result) in app.kernel.run_many(&self.actor, call, chunk)? {
                results.push(match result {
                    Ok(_) => json!({"id": id, "ok": true}),
                    Err(refusal) => json!({"id": id, "ok": false, "error": {
                        "code": refusal.code, "message": refusal.message(texts, &self.actor.language),
                        "target": refusal.field, "@celota.advice": refusal.advice(texts, &self.actor.language),
                    }}),
                });
            }
        }
        Ok(ok(json!({"results": results})))
    }
}

/// `GET /odata/$search?q=…`
pub async fn search(State(app): State<App>, Who(who): Who, RawQuery(query): RawQuery) -> Reply {
    let language = who.actor.language.clone();
    let registry = Arc::clone(&app.kernel.registry);
    let options = options(query.as_deref().unwrap_or_default());
    app.run(move |app| {
        let option = |name: &str| options.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone());
        let text = option("q").or_else(|| option("$search")).unwrap_or_default();
        let top = option("top").and_then(|t| t.parse().ok()).unwrap_or(20).min(200);
        let only: Vec<String> =
            option("entities").map(|e| e.split(',').map(ToOwned::to_owned).collect()).unwrap_or_default();
        let hits = app.kernel.read(&who.actor, |r| r.search(&text, &only, top))?;
        Ok(ok(json!({"value": hits})))
    })
    .await
    .map_err(|e| Failure::new(&e, &registry.texts, &language))
}

/// `POST /odata/undo {"token"}`: runs the inverse that a command left.
pub async fn undo(State(app): State<App>, Who(who): Who, Body(body): Body<Json>) -> Reply {
    let language = who.actor.language.clone();
    let registry = Arc::clone(&app.kernel.registry);
    app.run(move |app| {
        let token =
            body.get("token").and_then(|t| t.as_str().and_then(|t| t.parse().ok()).or_else(|| t.as_i64()));
        let token: i64 = token.ok_or_else(|| Error::from(refuse("kernel.required").field("token")))?;
        let reply = app.kernel.undo(&who.actor, token)?;
        Ok(ok(serde_json::to_value(reply).map_err(|e| Error::corrupt(&e.to_string()))?))
    })
    .await
    .map_err(|e| Failure::new(&e, &registry.texts, &language))
}

/// `GET /pdf/SalesOrders(5)/order_confirmation`
pub async fn paper(
    State(app): State<App>,
    Who(who): Who,
    Path((record, paper)): Path<(String, String)>,
) -> Reply {
    let language = who.actor.language.clone();
    let registry = Arc::clone(&app.kernel.registry);
    app.run(move |app| {
        let address = address::read(&record)?;
        let description = app.kernel.registry.set(&address.set)?;
        let id = address.id.unwrap_or_default();
        app.kernel.read(&who.actor, |r| r.visible(&description, id))?;
        let pdf = (app.hooks.paper)(&app.kernel, &who.actor, description.name, id, &paper)?;
        let name = format!("inline; filename=\"{paper}-{id}.pdf\"");
        Ok(([(header::CONTENT_TYPE, "application/pdf".to_owned()), (header::CONTENT_DISPOSITION, name)], pdf)
            .into_response())
    })
    .await
    .map_err(|e| Failure::new(&e, &registry.texts, &language))
}

fn object(body: &Bytes) -> Result<Map<String, Json>> {
    if body.is_empty() {
        return Ok(Map::new());
    }
    match serde_json::from_slice(body) {
        Ok(Json::Object(map)) => Ok(map),
        Ok(_) => Err(refuse("kernel.wrong_type").field("body").into()),
        Err(e) => Err(refuse("kernel.bad_json").arg("at", e).into()),
    }
}

fn argument(value: &str) -> Json {
    match value {
        "true" => json!(true),
        "false" => json!(false),
        "null" => Json::Null,
        _ => json!(value),
    }
}

/// Names and values of a query, decoded; `+` is a blank.
fn options(query: &str) -> Vec<(String, String)> {
    query
        .split('&')
        .filter(|p| !p.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name), decoded(value))
        })
        .collect()
}

fn decoded(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(b) = bytes.next() {
        match b {
            b'+' => out.push(b' '),
            b'%' => {
                let hex: Vec<u8> = bytes.by_ref().take(2).collect();
                let byte = std::str::from_utf8(&hex).ok().and_then(|h| u8::from_str_radix(h, 16).ok());
                out.push(byte.unwrap_or(b'?'));
            }
            _ => out.push(b),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, b| {
        if b.is_ascii_alphanumeric() || b"-_.~".contains(&b) {
            out.push(char::from(b));
        } else {
            use std::fmt::Write;
            let _ = write!(out, "%{b:02X}");
        }
        out
    })
}

fn csv(rows: &[Json]) -> Response {
    let text = format!("\u{feff}{}{}", kernel::json::csv_head(rows), kernel::json::csv_body(rows));
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"list.csv\""),
    ];
    (headers, text).into_response()
}
