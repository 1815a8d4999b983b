//! Fields that an administrator adds while the program runs.

use crate::answer::{Failure, Reply, ok};
use crate::app::App;
use crate::session::Who;
use axum::Json as Body;
use axum::extract::State;
use kernel::custom::NewField;
use kernel::refuse;
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;

/// A field as the screen asks for it.
#[derive(Deserialize)]
pub struct Asked {
    entity: String,
    name: String,
    kind: String,
    label: String,
    #[serde(default)]
    choices: Vec<String>,
    target: Option<String>,
}

/// `POST /api/fields`: only for who may do everything, since a column is added to the database.
pub async fn add(State(app): State<App>, Who(who): Who, Body(asked): Body<Asked>) -> Reply {
    let (language, registry) = (who.actor.language.clone(), Arc::clone(&app.kernel.registry));
    app.run(move |app| {
        if !who.actor.rights.may_everything() {
            return Err(refuse("kernel.forbidden").arg("what", "custom fields").into());
        }
        let Asked { entity, name, kind, label, choices, target } = asked;
        app.kernel.add_field(&who.actor, NewField { entity, name, kind, label, choices, target })?;
        Ok(ok(json!({})))
    })
    .await
    .map_err(|e| Failure::new(&e, &registry.texts, &language))
}
