//! Serving: logs, jobs, the listening address, and a clean stop.

use crate::jobs::{Place, Worker};
use crate::{attachments, first_hour, papers};
use kernel::{Error, Kernel, Result};
use server::{App, Hooks};
use std::net::SocketAddr;
use std::path::Path;
use tracing_subscriber::EnvFilter;

/// Structured logs on standard error; `RUST_LOG` says how much. They name records, never persons.
pub fn log() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    // A second call, as in a test, changes nothing.
    drop(tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).json().try_init());
}

/// Serves until SIGTERM or Ctrl C.
///
/// # Errors
/// When the address is taken.
pub fn run(kernel: Kernel, address: SocketAddr, data: &Path, behind_proxy: bool) -> Result<()> {
    // After an upgrade; a diagram that cannot be brought up to date leaves the one in force.
    if let Err(error) = crate::modules::ship(&kernel) {
        tracing::error!(%error, "diagrams are not up to date");
    }
    let demo = std::env::var_os("CELOTA_DEMO").is_some();
    let hooks = Hooks {
        set_up: first_hour::set_up,
        paper: papers::render,
        routes: |r| crate::import::routes(attachments::routes(r)),
        demo,
    };
    // Dropped last, and here: a connection to PostgreSQL cannot be closed on a thread of the runtime.
    let _last = kernel.clone();
    let worker = Worker::start(kernel.clone(), Place::new(data));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|e| Error::corrupt(&e.to_string()))?;
    let served = runtime.block_on(async {
        tracing::info!(%address, "serving");
        server::serve(App::new(kernel, hooks, data).behind_proxy(behind_proxy), address, stopped()).await
    });
    worker.stop();
    served.map_err(|e| Error::corrupt(&format!("{address}: {e}")))
}

async fn stopped() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! { _ = interrupt => {}, _ = terminate.recv() => {} }
            return;
        }
    }
    drop(interrupt.await);
}
