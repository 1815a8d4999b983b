//! The OpenAPI 3.1 document, from the same descriptions.

use crate::answer::{Reply, ok};
use crate::app::App;
use crate::session::Who;
use axum::extract::State;
use kernel::{Actor, Description, Field, InputFacts, Kind, Registry, Scope};
use serde_json::{Map, Value as Json, json};

/// `GET /api/openapi.json`
pub async fn show(State(app): State<App>, Who(who): Who) -> Reply {
    Ok(ok(document(&app.kernel.registry, &who.actor)))
}

/// The document of everything that `actor` may do.
#[must_use]
pub fn document(registry: &Registry, actor: &Actor) -> Json {
    let entities = registry.entities();
    let mut paths = Map::new();
    let mut schemas = Map::new();
    for d in entities.by_name.values().filter(|d| actor.rights.may_read(d)) {
        schemas.insert(d.name.to_owned(), schema(d, actor));
        paths.insert(format!("/odata/{}", d.set), set_path(d, actor));
        paths.insert(format!("/odata/{}({{id}})", d.set), record_path(d, actor));
        for c in registry.commands_of(d.name).filter(|c| actor.rights.may_run(d, c.name)) {
            let (at, parameters) = match c.scope {
                Scope::Record => (format!("/odata/{}({{id}})/{}", d.set, c.name), json!([id()])),
                Scope::Set => (format!("/odata/{}/{}", d.set, c.name), json!([])),
            };
            let operation = json!({"post": {
                "operationId": format!("{}_{}", d.name, c.name), "tags": [d.name], "parameters": parameters,
                "requestBody": {"content": {"application/json": {"schema": input(&c.input)}}},
                "responses": responses("200", &json!({"type": "object"})),
            }});
            paths.insert(at, operation);
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {"title": "Celota", "version": env!("CARGO_PKG_VERSION")},
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
        "security": [{"bearer": []}],
    })
}

fn id() -> Json {
    json!({"name": "id", "in": "path", "required": true, "schema": {"type": "integer", "format": "int64"}})
}

fn responses(status: &str, schema: &Json) -> Json {
    let error = json!({"description": "An error with code, field and advice", "content": {"application/json": {"schema": {
        "type": "object", "required": ["error"], "properties": {"error": {"type": "object", "required": ["code", "message"],
            "properties": {"code": {"type": "string"}, "message": {"type": "string"}, "target": {"type": ["string", "null"]}}}}}}}});
    json!({
        status: {"description": "Done", "content": {"application/json": {"schema": schema}}},
        "4XX": error,
    })
}

fn kind(field: &Field) -> Json {
    let (ty, format) = match field.kind {
        Kind::Bool => ("boolean", None),
        Kind::Date => ("string", Some("date")),
        Kind::Instant => ("string", Some("date-time")),
        Kind::Money | Kind::Decimal | Kind::Quantity => ("number", None),
        Kind::Integer | Kind::Reference | Kind::OriginId => ("integer", Some("int64")),
        Kind::Json => return json!({}),
        _ => ("string", None),
    };
    let mut out = Map::new();
    out.insert("type".into(), if field.required { json!(ty) } else { json!([ty, "null"]) });
    if let Some(format) = format {
        out.insert("format".into(), json!(format));
    }
    if !field.choices.is_empty() {
        let mut choices: Vec<Json> = field.choices.iter().map(|c| json!(c)).collect();
        if !field.required {
            choices.push(Json::Null);
        }
        out.insert("enum".into(), Json::Array(choices));
    }
    Json::Object(out)
}

fn schema(d: &Description, actor: &Actor) -> Json {
    let mut properties = Map::new();
    properties.insert("id".into(), json!({"type": "integer", "format": "int64", "readOnly": true}));
    for field in d.fields.iter().filter(|f| actor.rights.sees_field(d, &f.name)) {
        let mut own = kind(field);
        if let Some(map) = own.as_object_mut()
            && (field.readonly || field.computed.is_some())
        {
            map.insert("readOnly".into(), json!(true));
        }
        properties.insert(field.name.clone(), own);
    }
    for lines in &d.lines {
        let items = json!({"$ref": format!("#/components/schemas/{}", lines.entity)});
        properties.insert(lines.name.clone(), json!({"type": "array", "items": items}));
    }
    json!({"type": "object", "properties": properties})
}

fn input(facts: &InputFacts) -> Json {
    let mut properties: Map<String, Json> = facts.fields.iter().map(|f| (f.name.clone(), kind(f))).collect();
    for (name, facts) in &facts.lines {
        properties.insert((*name).into(), json!({"type": "array", "items": input(facts)}));
    }
    let required: Vec<&String> =
        facts.fields.iter().filter(|f| f.required && f.empty().is_null()).map(|f| &f.name).collect();
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

fn set_path(d: &Description, actor: &Actor) -> Json {
    let option = |name: &str, ty: &str| json!({"name": name, "in": "query", "schema": {"type": ty}});
    let reference = json!({"$ref": format!("#/components/schemas/{}", d.name)});
    let list =
        json!({"type": "object", "properties": {"value": {"type": "array", "items": {"type": "object"}}}});
    let mut out = Map::new();
    out.insert("get".into(), json!({
        "operationId": format!("list_{}", d.set), "tags": [d.name],
        "parameters": [option("$filter", "string"), option("$orderby", "string"), option("$top", "integer"),
                       option("$select", "string"), option("$expand", "string"), option("$search", "string")],
        "responses": responses("200", &list),
    }));
    if actor.rights.may_write(d) && d.parent.is_none() {
        out.insert(
            "post".into(),
            json!({
                "operationId": format!("create_{}", d.name), "tags": [d.name],
                "requestBody": {"content": {"application/json": {"schema": reference}}},
                "responses": responses("201", &json!({"type": "object"})),
            }),
        );
    }
    Json::Object(out)
}

fn record_path(d: &Description, actor: &Actor) -> Json {
    let reference = json!({"$ref": format!("#/components/schemas/{}", d.name)});
    let mut out = Map::new();
    out.insert("parameters".into(), json!([id()]));
    out.insert("get".into(), json!({
        "operationId": format!("get_{}", d.name), "tags": [d.name], "responses": responses("200", &json!({"type": "object"})),
    }));
    if actor.rights.may_write(d) && d.parent.is_none() {
        out.insert(
            "patch".into(),
            json!({
                "operationId": format!("update_{}", d.name), "tags": [d.name],
                "requestBody": {"content": {"application/json": {"schema": reference}}},
                "responses": responses("200", &json!({"type": "object"})),
            }),
        );
        out.insert(
            "delete".into(),
            json!({
                "operationId": format!("delete_{}", d.name), "tags": [d.name],
                "responses": responses("200", &json!({"type": "object"})),
            }),
        );
    }
    Json::Object(out)
}
