//! The command line. None of the commands asks a question; each says by its exit code how it ended.

use crate::{database, first_hour, serve};
use clap::{Parser, Subcommand};
use kernel::{Actor, Call, Error, Kernel, LANGUAGES, Result, refuse};
use serde_json::{Value as Json, json};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use store::{Place, Store};

/// Customer relations, resources and processes of a firm, in one package.
#[derive(Parser)]
#[command(name = "celota", version)]
pub struct Arguments {
    /// Folder of the data
    #[arg(long, env = "CELOTA_DATA", default_value = "data", global = true)]
    data: PathBuf,
    /// PostgreSQL instead of the embedded database: postgres://user:password@host/name
    #[arg(long, env = "CELOTA_DATABASE", global = true)]
    database: Option<String>,
    /// Answer in JSON, for programs
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Create the database, and a company with its first user when they are named
    Init {
        #[arg(long)]
        company: Option<String>,
        #[arg(long, default_value = "SI")]
        country: String,
        #[arg(long, default_value = "admin")]
        login: String,
        /// Password of the first user, at least ten characters
        #[arg(long, env = "CELOTA_PASSWORD")]
        password: Option<String>,
        /// The demo company with half a year of business instead
        #[arg(long, conflicts_with = "company")]
        demo: bool,
    },
    /// Serve the web app and the API
    Serve {
        #[arg(long, env = "CELOTA_ADDRESS", default_value = "127.0.0.1:8080")]
        address: SocketAddr,
        /// It stands behind a proxy that speaks TLS: believe its `X-Forwarded-Proto` and `X-Forwarded-For`
        #[arg(long, env = "CELOTA_BEHIND_PROXY")]
        behind_proxy: bool,
    },
    /// Prove on this database what must always be true
    Check,
    /// Compare the declared tables with those of the database, or print the statements between them
    Schema {
        #[command(subcommand)]
        what: SchemaCommand,
    },
    /// Copy the database and its files, as they are at one moment, into a new folder
    Backup { folder: PathBuf },
    /// Put a backup into an empty data folder
    Restore { folder: PathBuf },
    /// Add a user, or set a password
    User {
        login: String,
        #[arg(long)]
        name: Option<String>,
        #[arg(long)]
        role: Option<String>,
        #[arg(long, env = "CELOTA_PASSWORD")]
        password: String,
    },
    /// Bring in the data of another program: files, or a folder with some
    Import {
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        /// Look at every row and write nothing
        #[arg(long)]
        dry_run: bool,
        /// A mapping of your own; otherwise one is found by the headers of the files
        #[arg(long)]
        mapping: Option<PathBuf>,
        /// The company that it belongs to, where there are several
        #[arg(long)]
        company: Option<String>,
        /// Write every problem into this CSV file
        #[arg(long)]
        problems: Option<PathBuf>,
    },
    /// Print a list as CSV
    Export { set: String },
    /// Plan a model that lies in a file (planning-model/1), without a database
    Plan {
        model: PathBuf,
        /// Capacity counts, and nothing starts in the past
        #[arg(long)]
        constrained: bool,
        /// Write the plan (plan/1) into this file
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Say which version this is
    Version,
}

#[derive(Subcommand)]
enum SchemaCommand {
    /// Statements that bring the database to what is declared
    Diff,
}

impl Arguments {
    /// Runs the command: 0 done, 1 refused or failed, 2 not understood, 3 checked and found wrong.
    #[expect(clippy::print_stdout, reason = "the answer of a command line")]
    pub fn run(self) -> ExitCode {
        serve::log();
        match self.dispatch() {
            Ok((answer, code)) => {
                if self.json {
                    println!("{answer}");
                } else if let Some(text) = answer.get("text").and_then(Json::as_str) {
                    println!("{text}");
                }
                ExitCode::from(code)
            }
            Err(error) => {
                let (code, what, advice) = explained(&error);
                if self.json {
                    eprintln!(
                        "{}",
                        json!({"error": {"code": code, "message": what, "@celota.advice": advice}})
                    );
                } else {
                    eprintln!("{what}\n{advice}");
                }
                ExitCode::from(1)
            }
        }
    }

    fn place(&self) -> Place {
        self.database
            .as_ref()
            .map_or_else(|| Place::Folder(self.data.clone()), |url| Place::Server(url.clone()))
    }

    fn open(&self) -> Result<Kernel> {
        database::open(&self.place())
    }

    /// What only reads may run while the server does.
    fn reading(&self) -> Result<Kernel> {
        database::open_to_read(&self.place())
    }

    fn dispatch(&self) -> Result<(Json, u8)> {
        match &self.command {
            Command::Init { demo: true, .. } => {
                crate::demo::play(&self.open()?)?;
                Ok((
                    json!({"text": "The demo company is ready; sign in as ana with the password demo-mizarstvo."}),
                    0,
                ))
            }
            Command::Init { company, country, login, password, demo: false } => {
                let kernel = self.open()?;
                let Some(company) = company else {
                    return Ok((json!({"text": "The database is ready."}), 0));
                };
                let password = password.as_deref().unwrap_or_default();
                let input = json!({"company": {"name": company, "country": country}, "user": {"login": login, "password": password}});
                let user = first_hour::set_up(&kernel, &input)?;
                Ok((json!({"text": format!("{company} is set up; sign in as {login}."), "user": user}), 0))
            }
            Command::Serve { address, behind_proxy } => {
                serve::run(self.open()?, *address, &self.data, *behind_proxy)?;
                Ok((json!({}), 0))
            }
            Command::Check => check(&self.reading()?, &self.data),
            Command::Schema { what: SchemaCommand::Diff } => {
                // Of no database everything is lacking.
                let changes = database::missing(
                    &Store::open_to_read(&self.place()).or_else(|_| Store::open(&self.place()))?,
                )?;
                let text: String = changes.iter().map(|c| format!("{c};\n")).collect();
                Ok((json!({"text": text.trim_end(), "changes": changes}), 0))
            }
            Command::Backup { .. } | Command::Restore { .. } if self.database.is_some() => {
                Err(refuse("celota.servers_own_tools").into())
            }
            Command::Backup { folder } => {
                std::fs::create_dir_all(folder).map_err(|e| io(&e))?;
                self.reading()?.store.copy_to(&folder.join("celota.db"))?;
                // After the database: what it names was there before it.
                let files = copy_tree(&self.data, folder, &absolute(folder)?)?;
                Ok((
                    json!({"text": format!("Backed up to {} with {files} files.", folder.display()), "files": files}),
                    0,
                ))
            }
            Command::Restore { folder } => self.restore(folder),
            Command::User { login, name, role, password } => {
                user(&self.open()?, login, name.as_deref(), role.as_deref(), password)
            }
            Command::Import { paths, dry_run, mapping, company, problems } => {
                let files = crate::import::source::gather(paths)?;
                let kernel = self.open()?;
                let import =
                    crate::import::Import::of(&files, &self.data, mapping.as_deref(), &kernel.registry)?;
                drop(files);
                import_files(&kernel, &import, *dry_run, company.as_deref(), problems.as_deref())
            }
            Command::Export { set } => export(&self.reading()?, set),
            Command::Plan { model, constrained, out } => {
                Ok((crate::plan_file::run(model, *constrained, out.as_deref())?, 0))
            }
            Command::Version => Ok((json!({"text": concat!("celota ", env!("CARGO_PKG_VERSION"))}), 0)),
        }
    }

    fn restore(&self, folder: &std::path::Path) -> Result<(Json, u8)> {
        if self.data.join("celota.db").exists() {
            return Err(refuse("celota.not_empty").arg("folder", self.data.display()).into());
        }
        std::fs::create_dir_all(&self.data).map_err(|e| io(&e))?;
        std::fs::copy(folder.join("celota.db"), self.data.join("celota.db")).map_err(|e| io(&e))?;
        let files = copy_tree(folder, &self.data, &absolute(&self.data)?)?;
        self.open()?;
        Ok((json!({"text": format!("Restored from {} with {files} files.", folder.display())}), 0))
    }
}

/// The files of the database itself, which are not copied as files.
const DATABASE: [&str; 4] = ["celota.db", "celota.db-wal", "celota.db-shm", "celota.lock"];

fn io(e: &std::io::Error) -> Error {
    Error::corrupt(&e.to_string())
}

fn explained(error: &Error) -> (String, String, String) {
    match error {
        Error::Refused(refusal) => {
            let texts = crate::modules::registry().map(|r| r.texts).unwrap_or_default();
            let language = LANGUAGES[0];
            let more: String = refusal
                .more
                .iter()
                .map(|m| {
                    format!("\n{}: {}", m.field.as_deref().unwrap_or_default(), m.message(&texts, language))
                })
                .collect();
            (
                refusal.code.into(),
                format!("{}{more}", refusal.message(&texts, language)),
                refusal.advice(&texts, language),
            )
        }
        Error::Store(e @ store::Error::Unknown) => (
            "store.unknown".into(),
            e.to_string(),
            "Look first, then repeat it: a repeat with the same key does nothing twice.".into(),
        ),
        Error::Store(e) => ("store.failed".into(), e.to_string(), "Nothing was written.".into()),
    }
}

fn check(kernel: &Kernel, data: &Path) -> Result<(Json, u8)> {
    let registry = std::sync::Arc::clone(&kernel.registry);
    let mut found = kernel.store.read_at_once(|tx| registry.breaches(tx))?;
    let folder = files::Folder::in_data(data);
    found.push((files::FILES_ARE_THERE, kernel.store.read(|tx| folder.breaches(tx))?));
    let mut text = String::new();
    let mut wrong = 0;
    for (name, breaches) in &found {
        wrong += breaches.len();
        match breaches.first() {
            None => text.push_str(&format!("ok   {name}\n")),
            Some(first) => text.push_str(&format!(
                "FAIL {name}: {} found, first {} {}: {}\n",
                breaches.len(),
                first.entity,
                first.id,
                first.what
            )),
        }
    }
    let checks: Vec<Json> = found.iter().map(|(n, b)| json!({"name": n, "breaches": b})).collect();
    Ok((json!({"text": text.trim_end(), "checks": checks}), if wrong == 0 { 0 } else { 3 }))
}

fn user(
    kernel: &Kernel,
    login: &str,
    name: Option<&str>,
    role: Option<&str>,
    password: &str,
) -> Result<(Json, u8)> {
    let actor = Actor::program(0);
    let known = kernel.store.read(|tx| -> Result<_> {
        Ok(tx.first("SELECT id FROM user_ WHERE login = ?", &[login.into()])?.map(|r| r.int(0)))
    })?;
    let id = match known {
        Some(id) => id,
        None => first_hour::add_user(
            kernel,
            &actor,
            login,
            name.unwrap_or(login),
            role.unwrap_or("administrator"),
        )?,
    };
    first_hour::set_password(kernel, &actor, id, password)?;
    Ok((json!({"text": format!("{login} can sign in."), "id": id}), 0))
}

/// 0 when every row came in, 3 when some were refused.
fn import_files(
    kernel: &Kernel,
    import: &crate::import::Import,
    dry_run: bool,
    company: Option<&str>,
    problems: Option<&Path>,
) -> Result<(Json, u8)> {
    let actor = Actor::program(company_named(kernel, company)?);
    let report = if dry_run {
        import.dry_run(kernel, &actor)?
    } else {
        import.apply(kernel, &actor, &mut |done, total| {
            tracing::info!(done, total, "import");
            Ok(())
        })?
    };
    if let Some(file) = problems {
        std::fs::write(file, crate::import::as_csv(&report.all_problems)).map_err(|e| io(&e))?;
    }
    let mut answer = report.json();
    if let Some(answer) = answer.as_object_mut() {
        answer.insert("text".into(), report.text().into());
    }
    Ok((answer, if report.is_whole() { 0 } else { 3 }))
}

fn company_named(kernel: &Kernel, name: Option<&str>) -> Result<i64> {
    let rows = kernel
        .store
        .read(|tx| -> Result<_> { Ok(tx.query("SELECT id, name FROM company ORDER BY id", &[])?) })?;
    let mut fitting = rows.iter().filter(|r| name.is_none_or(|n| n == r.text(1)));
    match (fitting.next(), fitting.next()) {
        (Some(row), None) => Ok(row.int(0)),
        _ => Err(refuse("celota.which_company")
            .field("company")
            .arg("names", rows.iter().map(|r| r.text(1)).collect::<Vec<_>>().join(", "))
            .into()),
    }
}

fn export(kernel: &Kernel, set: &str) -> Result<(Json, u8)> {
    let description = kernel.registry.set(set)?;
    let actor = Actor::program(0);
    let mut ask = kernel::read::Ask::default();
    let mut text = String::new();
    loop {
        let page = kernel.read(&actor, |r| r.list(&description, &ask))?;
        if text.is_empty() {
            text.push_str(&kernel::json::csv_head(&page.rows));
        }
        text.push_str(&kernel::json::csv_body(&page.rows));
        match page.next {
            Some(next) => ask.after = Some(next),
            None => return Ok((json!({"text": text.trim_end()}), 0)),
        }
    }
}

fn absolute(folder: &Path) -> Result<PathBuf> {
    std::fs::canonicalize(folder).map_err(|e| io(&e))
}

/// Copies all that is in a data folder beside its database: files, mail, mappings, whatever else a firm keeps there;
/// but no other database that lies in it, an earlier backup or `target` itself.
fn copy_tree(from: &Path, to: &Path, target: &Path) -> Result<usize> {
    let mut count = 0;
    for entry in std::fs::read_dir(from).map_err(|e| io(&e))? {
        let entry = entry.map_err(|e| io(&e))?;
        let (path, name) = (entry.path(), entry.file_name());
        if entry.file_type().map_err(|e| io(&e))?.is_dir() {
            if !path.join("celota.db").exists() && absolute(&path)? != target {
                let folder = to.join(&name);
                std::fs::create_dir_all(&folder).map_err(|e| io(&e))?;
                count += copy_tree(&path, &folder, target)?;
            }
        } else if !DATABASE.iter().any(|own| name == *own) {
            std::fs::copy(path, to.join(name)).map_err(|e| io(&e))?;
            count += 1;
        }
    }
    Ok(count)
}

/// The call of a command on the command line's behalf.
pub fn call(entity: &str, command: &str, id: Option<i64>, body: &Json) -> Call {
    Call {
        entity: entity.into(),
        command: command.into(),
        id,
        body: body.as_object().cloned().unwrap_or_default(),
        ..Call::default()
    }
}
