//! The routes, on one screen, and what stands around them.

use crate::{fields, live, metadata, model, odata, openapi, session, web};
use axum::Json as Body;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, patch, post};
use kernel::{Actor, Kernel, Result, refuse};
use serde_json::Value as Json;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

/// Most bytes of one request: an import file of a middle-sized firm.
const MOST_BYTES: usize = 64 << 20;

/// What lies to the right of the server and is put in by the binary.
#[derive(Clone, Copy)]
pub struct Hooks {
    /// The first hour: company, accounts, first user. Answers the user's id.
    pub set_up: fn(&Kernel, &Json) -> Result<i64>,
    /// A paper about a record: entity, id, kind of paper → PDF.
    pub paper: fn(&Kernel, &Actor, &str, i64, &str) -> Result<Vec<u8>>,
    /// Further routes of modules.
    pub routes: fn(Router<App>) -> Router<App>,
    pub demo: bool,
}

/// What every handler has.
#[derive(Clone)]
pub struct App {
    pub kernel: Kernel,
    pub hooks: Hooks,
    /// Where files lie that are no rows: attachments, mail.
    pub folder: Arc<Path>,
    /// Whether what a proxy says of the client is believed.
    pub(crate) behind_proxy: bool,
    pub(crate) tries: Arc<session::Tries>,
    pub(crate) live: live::Hub,
}

impl App {
    #[must_use]
    pub fn new(kernel: Kernel, hooks: Hooks, folder: &Path) -> Self {
        Self {
            kernel,
            hooks,
            folder: folder.into(),
            behind_proxy: false,
            tries: Arc::new(session::tries()),
            live: live::Hub::default(),
        }
    }

    /// Behind a proxy that speaks TLS its `X-Forwarded-Proto` and `X-Forwarded-For` are believed; without one they
    /// are anybody's word.
    #[must_use]
    pub fn behind_proxy(mut self, yes: bool) -> Self {
        self.behind_proxy = yes;
        self
    }

    /// Runs blocking work of the kernel beside the async world.
    ///
    /// # Errors
    /// What the work refuses.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let app = self.clone();
        tokio::task::spawn_blocking(move || work(&app))
            .await
            .unwrap_or_else(|e| Err(kernel::Error::corrupt(&e.to_string())))
    }

    /// All routes.
    pub fn router(self) -> Router {
        let router = Router::new()
            .route("/api/sign-in", post(session::sign_in))
            .route("/api/sign-out", post(session::sign_out))
            .route("/api/session", get(session::show).merge(patch(session::change)))
            .route("/api/set-up", post(session::set_up))
            .route("/api/model", get(model::show))
            .route("/api/fields", post(fields::add))
            .route("/api/live", get(live::listen))
            .route("/api/openapi.json", get(openapi::show))
            .route("/odata/$metadata", get(metadata::show))
            .route("/odata/$search", get(odata::search))
            .route("/odata/undo", post(odata::undo))
            .route("/odata/", get(metadata::service))
            .route("/odata", get(metadata::service))
            .route("/odata/{*path}", axum::routing::any(odata::resource))
            .route("/pdf/{record}/{paper}", get(odata::paper))
            .route("/health", get(web::health))
            .route("/metrics", get(web::metrics));
        (self.hooks.routes)(router)
            .fallback(web::asset)
            .layer(DefaultBodyLimit::max(MOST_BYTES))
            .layer(middleware::from_fn_with_state(self.clone(), in_words))
            .layer(middleware::from_fn(headers))
            .layer(CompressionLayer::new())
            .layer(CatchPanicLayer::custom(crate::answer::panicked))
            .with_state(self)
    }
}

/// What axum refuses before a handler sees it becomes an error like all others.
async fn in_words(State(app): State<App>, request: Request, next: Next) -> Response {
    let language = session::accepted(request.headers());
    let path = request.uri().path();
    let for_programs = ["/api/", "/odata", "/pdf/", "/files"].iter().any(|p| path.starts_with(p));
    let response = next.run(request).await;
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if !for_programs || response.status().as_u16() < 400 || kind.starts_with("application/json") {
        return response;
    }
    let (head, body) = response.into_parts();
    let said = axum::body::to_bytes(body, 1000).await.unwrap_or_default();
    let refusal = match head.status {
        StatusCode::NOT_FOUND => refuse("kernel.no_such_address"),
        StatusCode::METHOD_NOT_ALLOWED => refuse("kernel.no_such_method"),
        StatusCode::PAYLOAD_TOO_LARGE => refuse("kernel.too_large"),
        _ => refuse("kernel.bad_request").arg("what", String::from_utf8_lossy(&said)),
    };
    (
        head.status,
        crate::answer::odata_headers(),
        Body(crate::answer::refused(&refusal, &app.kernel.registry.texts, language)),
    )
        .into_response()
}

/// Headers that keep other pages out (OWASP secure headers). Styles are inline where a width is computed.
async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let all = response.headers_mut();
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; object-src 'none'; frame-ancestors 'none'; base-uri 'none'",
        ),
        (HeaderName::from_static("permissions-policy"), "camera=(self), microphone=(), geolocation=()"),
    ] {
        all.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// Serves until `stop` resolves; what is under way is finished.
///
/// # Errors
/// When the address cannot be had.
pub async fn serve(
    app: App,
    address: SocketAddr,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let listener = tokio::net::TcpListener::bind(address).await?;
    tokio::spawn(live::poll(app.clone()));
    let hub = app.live.clone();
    let stop = async move {
        stop.await;
        hub.end();
    };
    let service = app.router().into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(stop).await
}
