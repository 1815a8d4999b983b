//! A firm in an empty database, and questions about it.

use kernel::{Actor, Kernel, Result};
use serde_json::json;
use std::path::PathBuf;
use store::Place;

/// It goes when the test ends.
pub struct House {
    pub kernel: Kernel,
    pub company: i64,
    pub data: PathBuf,
}

/// Tells the story in a house on SQLite, and in one on PostgreSQL where `CELOTA_TEST_POSTGRES` names a server.
pub fn on_both(name: &str, story: impl Fn(&House)) {
    let data = std::env::temp_dir().join(format!("celota-house-{name}-{}", std::process::id()));
    drop(std::fs::remove_dir_all(&data));
    story(&House::open(&Place::Folder(data.clone()), &data));
    drop(std::fs::remove_dir_all(&data));
    let Ok(admin) = std::env::var("CELOTA_TEST_POSTGRES") else {
        println!("skipped on PostgreSQL: CELOTA_TEST_POSTGRES names no server");
        return;
    };
    let own = format!("celota_house_{name}_{}", std::process::id());
    let server = store::Store::open(&Place::Server(admin.clone())).expect("the test server answers");
    let run = |sql: String| server.read(|tx| tx.batch(&sql)).expect("the test server obeys");
    run(format!("CREATE DATABASE {own} TEMPLATE template0 ENCODING 'UTF8'"));
    let (base, _) = admin.rsplit_once('/').expect("a URL with a database");
    std::fs::create_dir_all(&data).expect("a folder");
    story(&House::open(&Place::Server(format!("{base}/{own}")), &data));
    drop(std::fs::remove_dir_all(&data));
    run(format!("DROP DATABASE {own} WITH (FORCE)"));
}

impl House {
    fn open(place: &Place, data: &std::path::Path) -> Self {
        let kernel = celota::database::open(place).expect("a database");
        let input = json!({"company": {"name": "House", "country": "SI"}, "user": {"login": "admin", "password": "longer than ten"}});
        celota::first_hour::set_up(&kernel, &input).expect("set up");
        let company = kernel
            .store
            .read(|tx| -> Result<_> { Ok(tx.first("SELECT id FROM company", &[])?.map_or(0, |r| r.int(0))) });
        Self { company: company.expect("a company"), kernel, data: data.to_owned() }
    }

    /// Rows with bars between their cells.
    pub fn rows(&self, sql: &str) -> Vec<String> {
        let rows = self.kernel.store.read(|tx| -> Result<_> { Ok(tx.query(sql, &[])?) }).expect("a question");
        let shown = |row: &store::Row| {
            let cells = row.0.iter().map(|v| {
                v.as_int().map_or_else(|| v.as_text().unwrap_or_default().to_owned(), |n| n.to_string())
            });
            cells.collect::<Vec<_>>().join("|")
        };
        rows.iter().map(shown).collect()
    }

    /// The answer to a question for one sum, in whole numbers on either database.
    #[allow(dead_code, reason = "not every test asks everything")]
    pub fn figure(&self, question: &str) -> String {
        let summed = question.contains("SELECT SUM(");
        let named = question.replacen(") FROM", ") AS figure FROM", 1);
        let whole = format!("SELECT CAST(q.figure AS BIGINT) FROM ({named}) q");
        self.rows(if summed { &whole } else { question }).pop().unwrap_or_default()
    }

    #[allow(dead_code, reason = "not every test asks everything")]
    pub fn count(&self, table: &str) -> usize {
        self.rows(&format!("SELECT COUNT(*) FROM {table}"))
            .pop()
            .and_then(|n| n.parse().ok())
            .unwrap_or_default()
    }

    #[allow(dead_code, reason = "not every test asks everything")]
    pub fn found(&self, text: &str) -> usize {
        self.kernel.read(&Actor::program(self.company), |r| r.search(text, &[], 50)).expect("a search").len()
    }

    /// How many rows each table has, and the sum of all versions: what must not change when nothing does.
    #[allow(dead_code, reason = "not every test asks everything")]
    pub fn everything(&self) -> Vec<(String, usize, String)> {
        let schema = self.kernel.store.read(store::Schema::read).expect("a schema");
        let counted = |table: &String| {
            let has_version =
                schema.0.get(table).is_some_and(|t| t.columns.iter().any(|c| c.name == "version"));
            let versions = if has_version {
                self.rows(&format!("SELECT CAST(SUM(version) AS BIGINT) FROM {table}"))
            } else {
                Vec::new()
            };
            (table.clone(), self.count(table), versions.join(""))
        };
        schema.0.keys().filter(|t| !t.starts_with("search_text") && *t != "series").map(counted).collect()
    }

    pub fn breaches(&self) -> Vec<String> {
        let registry = std::sync::Arc::clone(&self.kernel.registry);
        let found = self.kernel.store.read(|tx| registry.breaches(tx)).expect("checks");
        found
            .into_iter()
            .filter(|(_, b)| !b.is_empty())
            .map(|(name, b)| format!("{name}: {}", b.len()))
            .collect()
    }
}
