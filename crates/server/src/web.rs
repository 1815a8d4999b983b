//! The web app out of the binary, health and metrics.

use crate::app::App;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Assets;

/// Files by their path; everything else is the app, which has its own addresses.
pub async fn asset(uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    if ["api/", "odata/", "pdf/", "files/"].iter().any(|p| path.starts_with(p)) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let (file, name) = match Assets::get(path) {
        Some(file) if !path.is_empty() => (file, path),
        _ => match Assets::get("index.html") {
            Some(file) => (file, "index.html"),
            None => return (StatusCode::NOT_FOUND, "The web app is not built: make build").into_response(),
        },
    };
    let etag = format!(
        "\"{}\"",
        file.metadata.sha256_hash().iter().take(12).fold(String::new(), |o, b| format!("{o}{b:02x}"))
    );
    if headers.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok()) == Some(etag.as_str()) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    // Names below assets/ carry the hash of their content.
    let cache = if name.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let kind = file.metadata.mimetype().to_owned();
    (
        [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, cache.to_owned()), (header::ETAG, etag)],
        file.data,
    )
        .into_response()
}

/// `GET /health`: the database answers.
pub async fn health(State(app): State<App>) -> Response {
    let alive = app.run(|app| app.kernel.store.read(|tx| Ok(tx.first("SELECT 1", &[])?.is_some()))).await;
    if matches!(alive, Ok(true)) {
        (StatusCode::OK, "ok\n").into_response()
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response()
    }
}

/// `GET /metrics`, in Prometheus' text format.
pub async fn metrics(State(app): State<App>) -> Response {
    let counted = app
        .run(|app| {
            app.kernel.store.read(|tx| {
                let one = |tx: &mut store::Tx, sql: &str| -> kernel::Result<i64> {
                    Ok(tx.first(sql, &[])?.map_or(0, |r| r.int(0)))
                };
                let waiting = one(tx, "SELECT COUNT(*) FROM job WHERE state = 'waiting'")?;
                let failed = one(tx, "SELECT COUNT(*) FROM job WHERE state = 'failed'")?;
                Ok((waiting, failed))
            })
        })
        .await;
    match counted {
        Ok((waiting, failed)) => format!(
            "# TYPE celota_jobs gauge\ncelota_jobs{{state=\"waiting\"}} {waiting}\ncelota_jobs{{state=\"failed\"}} {failed}\n\
             # TYPE celota_up gauge\ncelota_up 1\n"
        )
        .into_response(),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}
