//! The neutral formats: a model as JSON with names, minutes and ISO dates, and the plan of it with local instants.

mod model;
mod plan;

pub use model::read;
pub use plan::write;
