//! Cases as pages show them: the diagram, the token, what happened, and why it stands still.

use crate::task::titles;
use kernel::read::{Ask, Reader};
use kernel::{Input, Result, Value};
use serde_json::{Value as Json, json};

#[derive(Debug, Input)]
pub struct About {
    pub entity: String,
    pub id: i64,
}

/// Cases about a record, the latest first.
pub(crate) fn of(about: About, reader: &mut Reader) -> Result<Json> {
    let description = reader.registry.entity("Case")?;
    let filter = kernel::filter::parse(&format!("about_id eq {}", about.id))?;
    let order = vec![(vec!["id".to_owned()], true)];
    let ask = Ask { filter: Some(filter), order, top: Some(50), ..Ask::default() };
    let rows = reader.list(&description, &ask)?.rows;
    let mut out = Vec::new();
    for row in rows
        .into_iter()
        .filter(|r| r.get("about_entity").and_then(Json::as_str) == Some(about.entity.as_str()))
    {
        out.push(whole(row, reader)?);
    }
    Ok(json!({"value": out}))
}

/// One case.
pub(crate) fn show(id: i64, (): (), reader: &mut Reader) -> Result<Json> {
    let row = reader.record("Case", id, Vec::new())?;
    whole(row, reader)
}

fn whole(mut row: Json, reader: &mut Reader) -> Result<Json> {
    titles(std::slice::from_mut(&mut row), reader)?;
    explain(&mut row, reader);
    let id = row.get("id").and_then(Json::as_i64).unwrap_or_default();
    let diagram = row.get("diagram_id").and_then(Json::as_i64).unwrap_or_default();
    // The picture belongs to the case: who sees the case sees where it stands.
    let picture = reader
        .tx
        .first("SELECT xml, edition, published_at, code FROM diagram WHERE id = ?", &[diagram.into()])?;
    // Counted are the cases that this person may see.
    let counts = match reader.rule("Case", &["state", "diagram_id"], "c")? {
        None => None,
        Some((rule, mut params)) => {
            params.push(diagram.into());
            let sql = format!(
                "SELECT SUM(CASE WHEN c.state = 'running' THEN 1 ELSE 0 END), SUM(CASE WHEN c.state = 'stopped' THEN 1 ELSE 0 END)
                 FROM case_ c WHERE {rule} AND c.diagram_id = ?"
            );
            reader.tx.first(&sql, &params)?
        }
    };
    let history = history(id, reader)?;
    if let (Some(row), Some(picture)) = (row.as_object_mut(), picture) {
        let over = row.get("ended_at").is_some_and(|e| !e.is_null());
        let tokens: Vec<Json> =
            row.get("step").filter(|s| !over && !s.is_null()).cloned().into_iter().collect();
        row.insert("tokens".into(), Json::Array(tokens));
        row.insert("xml".into(), json!(picture.text(0)));
        row.insert("edition".into(), json!(picture.int(1)));
        row.insert("published_at".into(), kernel::json::to_json(kernel::Kind::Instant, picture.get(2)));
        row.insert("code".into(), json!(picture.text(3)));
        row.insert("running".into(), json!(counts.as_ref().map_or(0, |c| c.int(0))));
        row.insert("stopped_cases".into(), json!(counts.as_ref().map_or(0, |c| c.int(1))));
        row.insert("history".into(), Json::Array(history));
    }
    Ok(row)
}

/// Why it stands still, in the reader's language.
pub(crate) fn explain(row: &mut Json, reader: &mut Reader) {
    let Some(code) = row.get("error").and_then(Json::as_str).map(ToOwned::to_owned) else { return };
    let id = row.get("id").and_then(Json::as_i64).unwrap_or_default();
    let args = reader.tx.first("SELECT error_args FROM case_ WHERE id = ?", &[id.into()]);
    let args = args.ok().flatten().map(|r| r.text(0).to_owned()).unwrap_or_default();
    let (message, advice) = in_words(reader, &code, &args);
    if let Some(row) = row.as_object_mut() {
        row.insert("stopped".into(), json!({"code": code, "message": message, "advice": advice}));
    }
}

fn in_words(reader: &Reader, code: &str, args: &str) -> (String, String) {
    let args: Json = serde_json::from_str(args).unwrap_or_default();
    let args: Vec<(&str, &str)> = args
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)))
        .collect();
    let text = |part: &str| {
        reader.registry.texts.filled(&reader.actor.language, &format!("refusals.{code}.{part}"), &args)
    };
    (text("is"), text("do"))
}

fn history(case: i64, reader: &mut Reader) -> Result<Vec<Json>> {
    let rows = reader.tx.query(
        "SELECT s.element, s.name, s.kind, s.state, s.at, s.user_id, u.name, s.event, s.flow, s.error, s.error_args
         FROM case_step s LEFT JOIN user_ u ON u.id = s.user_id WHERE s.parent_id = ? ORDER BY s.id DESC LIMIT 500",
        &[case.into()],
    )?;
    Ok(rows
        .iter()
        .map(|r| {
            let mut step = json!({
                "element": r.text(0), "name": r.text(1), "kind": r.text(2), "state": r.text(3),
                "at": kernel::json::to_json(kernel::Kind::Instant, r.get(4)),
                "user_id": r.get(5).as_int(), "user": r.get(6).as_text(), "event": r.get(7).as_text(), "flow": r.get(8).as_text(),
            });
            if let (Value::Text(code), Some(step)) = (r.get(9), step.as_object_mut()) {
                let (message, advice) = in_words(reader, code, r.text(10));
                step.insert("error".into(), json!(code));
                step.insert("message".into(), json!(message));
                step.insert("advice".into(), json!(advice));
            }
            step
        })
        .collect())
}
