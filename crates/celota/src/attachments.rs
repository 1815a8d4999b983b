//! Files in and out: `POST /files?entity=…&id=…&name=…` with the bytes as body, `GET /files/{id}`.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use files::{Folder, may_be_shown, media_type};
use kernel::{Call, Error, Result, refuse};
use serde::Deserialize;
use serde_json::{Value as Json, json};
use server::{App, Failure, Reply, Who, ok};
use std::sync::Arc;

pub fn routes(router: Router<App>) -> Router<App> {
    router.route("/files", post(upload)).route("/files/{id}", get(download))
}

#[derive(Deserialize)]
struct Target {
    entity: String,
    id: i64,
    name: String,
}

async fn upload(State(app): State<App>, Who(who): Who, Query(target): Query<Target>, bytes: Bytes) -> Reply {
    let (language, registry) = (who.actor.language.clone(), Arc::clone(&app.kernel.registry));
    let attached = app.run(move |app| {
        let digest = Folder::in_data(&app.folder).put(&bytes)?;
        let call = Call {
            entity: "Attachment".into(),
            command: "attach".into(),
            body: body(&target, &bytes, &digest),
            ..Call::default()
        };
        // A refused command leaves bytes that nobody can reach; the same upload finds them again.
        let reply = app.kernel.run(&who.actor, &call)?;
        serde_json::to_value(reply).map_err(|e| Error::corrupt(&e.to_string()))
    });
    attached.await.map(ok).map_err(|e| Failure::new(&e, &registry.texts, &language))
}

fn body(target: &Target, bytes: &[u8], digest: &str) -> serde_json::Map<String, Json> {
    let body = json!({
        "entity": target.entity, "id": target.id, "name": target.name, "digest": digest, "size": bytes.len(),
        "media_type": media_type(&target.name, bytes),
    });
    body.as_object().cloned().unwrap_or_default()
}

async fn download(State(app): State<App>, Who(who): Who, Path(id): Path<i64>) -> Reply {
    let (language, registry) = (who.actor.language.clone(), Arc::clone(&app.kernel.registry));
    let found = app.run(move |app| {
        let record = app.kernel.read(&who.actor, |r| r.record("Attachment", id, Vec::new()))?;
        // Who may not see what a file is called or what it is does not get it either.
        let text = |name: &str| {
            let text = record.get(name).and_then(Json::as_str).map(ToOwned::to_owned);
            text.ok_or_else(|| Error::from(refuse("kernel.forbidden").arg("what", "Attachment")))
        };
        let bytes = Folder::in_data(&app.folder).get(&text("digest")?)?;
        headers(&text("name")?, &text("media_type")?).map(|headers| (headers, bytes).into_response())
    });
    found.await.map_err(|e| Failure::new(&e, &registry.texts, &language))
}

/// What a browser cannot run is shown, all else is kept as a file (OWASP, file upload).
fn headers(name: &str, media_type: &str) -> Result<[(HeaderName, HeaderValue); 3]> {
    let shown = may_be_shown(media_type);
    let how = if shown { "inline" } else { "attachment" };
    let media_type = if shown { media_type } else { "application/octet-stream" };
    // RFC 6266: a plain name for old clients, the real one in UTF-8 beside it.
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || "._- ".contains(c) { c } else { '_' }).collect();
    let value = |text: &str| HeaderValue::from_str(text).map_err(|e| Error::corrupt(&e.to_string()));
    Ok([
        (header::CONTENT_TYPE, value(media_type)?),
        (
            header::CONTENT_DISPOSITION,
            value(&format!("{how}; filename=\"{plain}\"; filename*=UTF-8''{}", percent(name)))?,
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache")),
    ])
}

/// RFC 8187: what is no letter or digit goes as its bytes.
fn percent(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, b| {
        if b.is_ascii_alphanumeric() || b"-_.".contains(&b) {
            out.push(char::from(b));
        } else {
            out.push_str(&format!("%{b:02X}"));
        }
        out
    })
}
