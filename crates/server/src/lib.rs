//! HTTP: OData in front of the kernel, sessions, and the web app. No business noun occurs here; a handler reads
//! the request, calls one command or reading, and answers.

mod address;
mod answer;
mod app;
mod fields;
mod live;
mod metadata;
mod model;
mod odata;
mod openapi;
mod session;
mod web;

pub use answer::{Failure, Reply, ok};
pub use app::{App, Hooks, serve};
pub use session::Who;
