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

impl Drop for House {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.data));
    }
}

impl House {
    pub fn new(name: &str) -> Self {
        let data = std::env::temp_dir().join(format!("celota-house-{name}-{}", std::process::id()));
        drop(std::fs::remove_dir_all(&data));
        let kernel = celota::database::open(&Place::Folder(data.clone())).expect("a database");
        let input = json!({"company": {"name": "House", "country": "SI"}, "user": {"login": "admin", "password": "longer than ten"}});
        celota::first_hour::set_up(&kernel, &input).expect("set up");
        let company = kernel.store.read(|tx| -> Result<_> { Ok(tx.first("SELECT id FROM company", &[])?.map_or(0, |r| r.int(0))) });
        Self { company: company.expect("a company"), kernel, data }
    }

    /// Rows with bars between their cells.
    pub fn rows(&self, sql: &str) -> Vec<String> {
        let rows = self.kernel.store.read(|tx| -> Result<_> { Ok(tx.query(sql, &[])?) }).expect("a question");
        let shown = |row: &store::Row| {
            let cells = row.0.iter().map(|v| v.as_int().map_or_else(|| v.as_text().unwrap_or_default().to_owned(), |n| n.to_string()));
            cells.collect::<Vec<_>>().join("|")
        };
        rows.iter().map(shown).collect()
    }

    #[allow(dead_code, reason = "not every test asks everything")]
    pub fn count(&self, table: &str) -> usize {
        self.rows(&format!("SELECT COUNT(*) FROM {table}")).pop().and_then(|n| n.parse().ok()).unwrap_or_default()
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
            let has_version = schema.0.get(table).is_some_and(|t| t.columns.iter().any(|c| c.name == "version"));
            let versions = if has_version { self.rows(&format!("SELECT SUM(version) FROM {table}")) } else { Vec::new() };
            (table.clone(), self.count(table), versions.join(""))
        };
        schema.0.keys().filter(|t| !t.starts_with("search_text")).map(counted).collect()
    }

    pub fn breaches(&self) -> Vec<String> {
        let registry = std::sync::Arc::clone(&self.kernel.registry);
        let found = self.kernel.store.read(|tx| registry.breaches(tx)).expect("checks");
        found.into_iter().filter(|(_, b)| !b.is_empty()).map(|(name, b)| format!("{name}: {}", b.len())).collect()
    }
}
