//! Moving in by browser: the files go up and are looked at, nothing is written; then a job brings them in, and the
//! page is told how far it is.

use super::problem::Problem;
use super::source::Given;
use super::{Import, Report};
use axum::Router;
use axum::extract::{Json as Body, Path as At, State};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kernel::job::Job;
use kernel::{Actor, Error, Field, Kernel, Registry, Result, Value, refuse};
use serde::Deserialize;
use serde_json::{Value as Json, json};
use server::{App, Failure, Reply, Who, ok};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How many problems of a file are shown one by one.
const SHOWN: usize = 200;

pub fn routes(router: Router<App>) -> Router<App> {
    router
        .route("/api/import/preview", post(preview))
        .route("/api/import/start", post(start))
        .route("/api/import/{id}", get(progress))
}

#[derive(Deserialize)]
struct Upload {
    name: String,
    /// Base64.
    content: String,
}

/// A list of files, or an object with one.
#[derive(Deserialize)]
#[serde(untagged)]
enum Uploads {
    List(Vec<Upload>),
    Object { files: Vec<Upload> },
}

async fn preview(State(app): State<App>, Who(who): Who, Body(uploads): Body<Uploads>) -> Reply {
    let (language, registry) = (who.actor.language.clone(), Arc::clone(&app.kernel.registry));
    let looked = app.run(move |app| {
        let (Uploads::List(list) | Uploads::Object { files: list }) = uploads;
        let files = list.into_iter().map(given).collect::<Result<Vec<Given>>>()?;
        let import = Import::of(&files, &app.folder, None, &app.kernel.registry)?;
        permitted(&app.kernel, &who.actor, &import)?;
        let report = import.dry_run(&app.kernel, &who.actor)?;
        let token = access::random_token().map_err(|e| Error::corrupt(&e.to_string()))?;
        keep(&folder(&app.folder, &token)?, &files)?;
        let id = remember(&app.kernel, &who.actor, &token, &report)?;
        Ok(shown(&report, &import, &app.kernel.registry, &token, id))
    });
    looked.await.map(ok).map_err(|e| Failure::new(&e, &registry.texts, &language))
}

fn given(upload: Upload) -> Result<Given> {
    let name = upload.name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
    let plain = !name.is_empty()
        && !name.starts_with('.')
        && name.chars().all(|c| c.is_alphanumeric() || " ._-()".contains(c));
    let bytes = STANDARD.decode(upload.content.as_bytes());
    match (plain, bytes) {
        (true, Ok(bytes)) => Ok((name, bytes)),
        _ => Err(refuse("import.unreadable")
            .field("files")
            .arg("file", name)
            .arg("what", "name or content")
            .into()),
    }
}

/// Who brings records in must be one who may write them.
fn permitted(kernel: &Kernel, actor: &Actor, import: &Import) -> Result<()> {
    for table in &import.mapping.tables {
        let description = kernel.registry.entity(&table.to)?;
        if !actor.rights.may_run(&description, "create") {
            return Err(refuse("kernel.forbidden").arg("what", description.name).into());
        }
    }
    Ok(())
}

fn folder(data: &Path, token: &str) -> Result<PathBuf> {
    if token.is_empty() || !token.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err(refuse("kernel.not_found").arg("entity", "import").arg("id", "?").into());
    }
    Ok(data.join("imports").join(token))
}

fn keep(folder: &Path, files: &[Given]) -> Result<()> {
    let disk = |e: std::io::Error| Error::corrupt(&e.to_string());
    std::fs::create_dir_all(folder).map_err(disk)?;
    files.iter().try_for_each(|(name, bytes)| std::fs::write(folder.join(name), bytes).map_err(disk))
}

fn remember(kernel: &Kernel, actor: &Actor, token: &str, report: &Report) -> Result<i64> {
    let total: usize = report.tables.iter().map(|t| t.rows).sum();
    let row: Vec<Value> = vec![
        token.into(),
        report.mapping.as_str().into(),
        "preview".into(),
        0.into(),
        i64::try_from(total).unwrap_or(i64::MAX).into(),
        "".into(),
        (kernel.clock)().as_microsecond().into(),
        actor.user.into(),
        actor.company.into(),
    ];
    kernel.store.write(move |tx| {
        let id = tx.next_id()?;
        let row = std::iter::once(Value::Int(id)).chain(row.iter().cloned()).collect();
        const COLUMNS: [&str; 10] =
            ["id", "token", "mapping", "state", "done", "total", "report", "at", "user_id", "company_id"];
        tx.insert("import_run", &COLUMNS, &[row])?;
        Ok::<_, Error>(id)
    })
}

/// Fields without which no row can come in, and that no column of the file fills.
fn missing(import: &Import, file: &str, entity: &str, registry: &Registry) -> Vec<String> {
    let name = import.sheets.iter().find(|s| s.file == file).map(|s| s.name.as_str());
    let table = import.mapping.tables.iter().find(|t| Some(t.from.as_str()) == name && t.to == entity);
    let (Some(table), Ok(description)) = (table, registry.entity(entity)) else { return Vec::new() };
    let unfilled = |f: &&Field| {
        f.required
            && !f.readonly
            && f.empty().is_null()
            && f.name != "company_id"
            && !table.set.contains_key(&f.name)
    };
    description.stored().filter(unfilled).map(|f| f.name.clone()).collect()
}

fn shown(report: &Report, import: &Import, registry: &Registry, token: &str, id: i64) -> Json {
    let of_file = |file: &str| -> Vec<&Problem> {
        report.all_problems.iter().filter(|p| p.file == file).take(SHOWN).collect()
    };
    let mut tables: Vec<Json> = Vec::new();
    let mut told: Vec<&str> = Vec::new();
    for t in &report.tables {
        let problems = if told.contains(&t.file.as_str()) { Vec::new() } else { of_file(&t.file) };
        told.push(&t.file);
        tables.push(json!({
            "what": t.what, "file": t.file, "entity": t.entity, "rows": t.rows, "new": t.new, "known": t.known,
            "refused": t.refused, "problems": problems, "missing": missing(import, &t.file, &t.entity, registry),
        }));
    }
    for sheet in &import.sheets {
        let problems = if told.contains(&sheet.file.as_str()) { Vec::new() } else { of_file(&sheet.file) };
        if !problems.is_empty() {
            tables.push(json!({"what": "", "file": sheet.file, "entity": null, "rows": sheet.rows.len(), "problems": problems}));
        }
    }
    json!({
        "token": token, "id": id, "mapping": report.mapping, "tables": tables, "problems": report.problems,
        "unknown_files": report.unknown_files, "homeless": report.homeless, "unread": report.unread, "notes": report.notes,
        "nearly": import.nearly.as_ref().map(|(mapping, files)| json!({"mapping": mapping, "files": files})),
    })
}

#[derive(Deserialize)]
struct Start {
    token: String,
}

async fn start(State(app): State<App>, Who(who): Who, Body(start): Body<Start>) -> Reply {
    let (language, registry) = (who.actor.language.clone(), Arc::clone(&app.kernel.registry));
    let started = app.run(move |app| {
        let (actor, token) = (who.actor.clone(), start.token);
        let id = app.kernel.work(&who.actor, "import", move |cx| {
            let row = cx.tx.first(
                "SELECT id FROM import_run WHERE token = ? AND user_id = ? AND state IN ('preview', 'failed')",
                &[token.as_str().into(), actor.user.into()],
            )?;
            let row = row.ok_or_else(|| Error::from(refuse("import.no_preview").field("token")))?;
            cx.tx.execute("UPDATE import_run SET state = 'waiting' WHERE id = ?", &[row.get(0).clone()])?;
            cx.later("import", json!({"id": row.int(0), "language": actor.language}), 0)?;
            Ok(row.int(0))
        })?;
        Ok(json!({"id": id, "state": "waiting"}))
    });
    started.await.map(ok).map_err(|e| Failure::new(&e, &registry.texts, &language))
}

async fn progress(State(app): State<App>, Who(who): Who, At(id): At<i64>) -> Reply {
    let (language, registry) = (who.actor.language.clone(), Arc::clone(&app.kernel.registry));
    let told = app.run(move |app| {
        let row = app.kernel.store.read(|tx| -> Result<_> {
            let sql = "SELECT state, done, total, report, mapping FROM import_run WHERE id = ? AND user_id = ?";
            Ok(tx.first(sql, &[id.into(), who.actor.user.into()])?)
        })?;
        let row = row.ok_or_else(|| Error::from(refuse("kernel.not_found").arg("entity", "import").arg("id", id)))?;
        let report: Json = serde_json::from_str(row.text(3)).unwrap_or(Json::Null);
        Ok(json!({
            "id": id, "state": row.text(0), "done": row.int(1), "total": row.int(2), "mapping": row.text(4), "report": report,
        }))
    });
    told.await.map(ok).map_err(|e| Failure::new(&e, &registry.texts, &language))
}

/// The job that `start` leaves.
///
/// # Errors
/// The database's; then it is tried again, and goes on where it stood.
pub fn job(kernel: &Kernel, data: &Path, job: &Job) -> Result<()> {
    let id = job.input.get("id").and_then(Json::as_i64).unwrap_or_default();
    let row = kernel.store.read(|tx| -> Result<_> {
        Ok(tx.first("SELECT token, user_id, company_id FROM import_run WHERE id = ?", &[id.into()])?)
    })?;
    let Some(row) = row else { return Ok(()) };
    let folder = folder(data, row.text(0))?;
    let language = job.input.get("language").and_then(Json::as_str).unwrap_or("en").to_owned();
    let actor = Actor { user: row.int(1), language, ..Actor::program(row.int(2)) };
    let told = bring_in(kernel, &actor, data, &folder, id);
    let (state, report) = match &told {
        Ok(report) => ("done", report.json()),
        Err(Error::Refused(refusal)) => {
            let texts = &kernel.registry.texts;
            (
                "failed",
                json!({"error": refusal.message(texts, &actor.language), "advice": refusal.advice(texts, &actor.language)}),
            )
        }
        Err(error) => return Err(error.clone()),
    };
    note(
        kernel,
        "UPDATE import_run SET state = ?, report = ? WHERE id = ?",
        vec![state.into(), Value::text(report), id.into()],
    )?;
    if state == "done" {
        // What came up holds persons' data, and is here now as records.
        drop(std::fs::remove_dir_all(folder));
    }
    Ok(())
}

fn bring_in(kernel: &Kernel, actor: &Actor, data: &Path, folder: &Path, id: i64) -> Result<Report> {
    let files = super::source::gather(&[folder])?;
    let import = Import::of(&files, data, None, &kernel.registry)?;
    import.apply(kernel, actor, &mut |done, total| {
        let number = |n: usize| Value::Int(i64::try_from(n).unwrap_or(i64::MAX));
        let sql = "UPDATE import_run SET state = 'running', done = ?, total = ? WHERE id = ?";
        note(kernel, sql, vec![number(done), number(total), id.into()])
    })
}

fn note(kernel: &Kernel, sql: &'static str, params: Vec<Value>) -> Result<()> {
    kernel.store.write(move |tx| {
        tx.execute(sql, &params)?;
        Ok(())
    })
}
