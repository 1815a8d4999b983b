//! `$metadata`: the service as OData's CSDL, from the same descriptions (OData CSDL XML 4.01).

use crate::answer::{Failure, Reply, ok};
use crate::app::App;
use crate::session::Who;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use kernel::{Actor, Description, Field, InputFacts, Kind, Registry, Scope};
use serde_json::json;
use std::fmt::Write;
use std::sync::Arc;

/// `GET /odata/$metadata`
pub async fn show(State(app): State<App>, Who(who): Who) -> Result<axum::response::Response, Failure> {
    let xml = csdl(&app.kernel.registry, &who.actor);
    Ok((
        [
            (header::CONTENT_TYPE, "application/xml"),
            (header::HeaderName::from_static("odata-version"), "4.0"),
        ],
        xml,
    )
        .into_response())
}

/// `GET /odata/`: the service document.
pub async fn service(State(app): State<App>, Who(who): Who) -> Reply {
    let entities = app.kernel.registry.entities();
    let sets: Vec<_> = entities
        .by_name
        .values()
        .filter(|d| who.actor.rights.may_read(d))
        .map(|d| json!({"name": d.set, "kind": "EntitySet", "url": d.set}))
        .collect();
    Ok(ok(json!({"@odata.context": "/odata/$metadata", "value": sets})))
}

/// What follows from others, so that clients do not send it (OData Core vocabulary).
const COMPUTED: &str = "<Annotation Term=\"Org.OData.Core.V1.Computed\" Bool=\"true\"/>";

fn edm(kind: Kind) -> &'static str {
    match kind {
        Kind::Text | Kind::LongText | Kind::Choice | Kind::File | Kind::OriginEntity | Kind::Json => {
            "Edm.String"
        }
        Kind::Bool => "Edm.Boolean",
        Kind::Date => "Edm.Date",
        Kind::Instant => "Edm.DateTimeOffset",
        Kind::Money | Kind::Decimal | Kind::Quantity => "Edm.Decimal",
        Kind::Integer | Kind::Reference | Kind::OriginId => "Edm.Int64",
    }
}

fn facets(kind: Kind) -> &'static str {
    match kind {
        Kind::Money => " Scale=\"2\"",
        Kind::Decimal | Kind::Quantity => " Scale=\"6\"",
        _ => "",
    }
}

fn csdl(registry: &Registry, actor: &Actor) -> String {
    let entities = registry.entities();
    let seen: Vec<&Arc<Description>> =
        entities.by_name.values().filter(|d| actor.rights.may_read(d)).collect();
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<edmx:Edmx Version=\"4.0\" xmlns:edmx=\"http://docs.oasis-open.org/odata/ns/edmx\">\
         <edmx:DataServices><Schema Namespace=\"Celota\" xmlns=\"http://docs.oasis-open.org/odata/ns/edm\">\n",
    );
    for d in &seen {
        entity_type(&mut out, d, actor, &|target| seen.iter().any(|s| s.name == target));
    }
    for d in &seen {
        operations(&mut out, registry, actor, d);
    }
    out.push_str("<EntityContainer Name=\"Container\">\n");
    for d in &seen {
        let _ = write!(out, "<EntitySet Name=\"{}\" EntityType=\"Celota.{}\">", d.set, d.name);
        for field in d.fields.iter().filter(|f| actor.rights.sees_field(d, &f.name)) {
            let target = field.target.as_deref().and_then(|t| seen.iter().find(|s| s.name == t));
            if let (Some(nav), Some(target)) = (&field.nav, target) {
                let _ = write!(out, "<NavigationPropertyBinding Path=\"{nav}\" Target=\"{}\"/>", target.set);
            }
        }
        out.push_str("</EntitySet>\n");
    }
    out.push_str("</EntityContainer></Schema></edmx:DataServices></edmx:Edmx>\n");
    out
}

fn entity_type(out: &mut String, d: &Description, actor: &Actor, known: &dyn Fn(&str) -> bool) {
    let _ = write!(
        out,
        "<EntityType Name=\"{}\"><Key><PropertyRef Name=\"id\"/></Key><Property Name=\"id\" Type=\"Edm.Int64\" Nullable=\"false\"/>",
        d.name
    );
    let second = if d.parent.is_some() { "parent_id" } else { "version" };
    let _ = write!(
        out,
        "<Property Name=\"{second}\" Type=\"Edm.Int64\" Nullable=\"false\">{COMPUTED}</Property>"
    );
    for field in d.fields.iter().filter(|f| actor.rights.sees_field(d, &f.name)) {
        property(out, field);
        if let (Some(nav), Some(target)) = (&field.nav, field.target.as_deref().filter(|t| known(t))) {
            let _ = write!(out, "<NavigationProperty Name=\"{nav}\" Type=\"Celota.{target}\"/>");
        }
    }
    if !d.fields.iter().any(|f| f.name == "title") {
        let _ = write!(out, "<Property Name=\"title\" Type=\"Edm.String\">{COMPUTED}</Property>");
    }
    for lines in &d.lines {
        let _ = write!(
            out,
            "<NavigationProperty Name=\"{}\" Type=\"Collection(Celota.{})\" ContainsTarget=\"true\"/>",
            lines.name, lines.entity
        );
    }
    out.push_str("</EntityType>\n");
}

fn property(out: &mut String, field: &Field) {
    let nullable = if field.required && field.computed.is_none() { " Nullable=\"false\"" } else { "" };
    let computed = if field.readonly || field.computed.is_some() { COMPUTED } else { "" };
    let _ = write!(
        out,
        "<Property Name=\"{}\" Type=\"{}\"{}{nullable}>{computed}</Property>",
        field.name,
        edm(field.kind),
        facets(field.kind)
    );
}

fn operations(out: &mut String, registry: &Registry, actor: &Actor, d: &Description) {
    let bound = |scope: Scope| match scope {
        Scope::Record => format!("Celota.{}", d.name),
        Scope::Set => format!("Collection(Celota.{})", d.name),
    };
    for command in registry.commands_of(d.name).filter(|c| actor.rights.may_run(d, c.name)) {
        let _ = write!(
            out,
            "<Action Name=\"{}\" IsBound=\"true\"><Parameter Name=\"it\" Type=\"{}\"/>",
            command.name,
            bound(command.scope)
        );
        parameters(out, &command.input);
        out.push_str("</Action>\n");
    }
    for query in registry.queries_of(d.name) {
        let _ = write!(
            out,
            "<Function Name=\"{}\" IsBound=\"true\"><Parameter Name=\"it\" Type=\"{}\"/>",
            query.name,
            bound(query.scope)
        );
        parameters(out, &query.input);
        out.push_str("<ReturnType Type=\"Edm.Untyped\"/></Function>\n");
    }
}

fn parameters(out: &mut String, facts: &InputFacts) {
    for field in &facts.fields {
        let nullable = if field.required { " Nullable=\"false\"" } else { "" };
        let _ = write!(
            out,
            "<Parameter Name=\"{}\" Type=\"{}\"{}{nullable}/>",
            field.name,
            edm(field.kind),
            facets(field.kind)
        );
    }
    for (name, _) in &facts.lines {
        let _ = write!(out, "<Parameter Name=\"{name}\" Type=\"Collection(Edm.Untyped)\"/>");
    }
}
