//! The floor of what is written: the very rows that the commands made, written again with new ids by prepared
//! multi-row inserts, one a table. Ids are unique in the whole database, so an id is known wherever it stands.

use kernel::Result;
use std::collections::{BTreeMap, HashMap};
use store::{Row, Schema, Tx, Value};

/// Rows of one table.
pub struct Rows {
    pub table: String,
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Value>>,
}

/// The rows that came since an id was drawn.
pub struct Taken(pub Vec<Rows>);

/// Hot counters and kept sums are brought up to date by statements of their own.
const APART: [&str; 4] = ["series", "product_stock", "stock_balance", "celota_id"];

impl Taken {
    /// Everything whose id is above `mark`.
    pub fn since(mark: i64, tx: &mut Tx) -> Result<Self> {
        let mut taken = Vec::new();
        for table in Schema::read(tx)?.0.into_values().filter(|t| !APART.contains(&t.name.as_str())) {
            let columns: Vec<String> = table.columns.iter().map(|c| c.name.clone()).collect();
            let sql = format!("SELECT {} FROM {} WHERE id > ? ORDER BY id", columns.join(","), table.name);
            let rows: Vec<Vec<Value>> = tx.query(&sql, &[mark.into()])?.into_iter().map(|Row(r)| r).collect();
            if !rows.is_empty() {
                taken.push(Rows { table: table.name, columns, rows });
            }
        }
        if let Some(search) = taken.iter().find(|t| t.table == "search")
            && tx.dialect() == store::Dialect::Sqlite
        {
            let rows =
                search.rows.iter().map(|r| [r.first(), r.last()].into_iter().flatten().cloned().collect());
            let (columns, rows) = (vec!["rowid".into(), "folded".into()], rows.collect());
            taken.push(Rows { table: "search_text".into(), columns, rows });
        }
        Ok(Self(taken))
    }

    pub fn count(&self) -> usize {
        self.0.iter().map(|t| t.rows.len()).sum()
    }

    /// The same in turns of so many rows of each table.
    pub fn chunked(self, size: usize) -> Vec<Self> {
        let mut out: Vec<Self> = Vec::new();
        for table in self.0 {
            for (at, rows) in table.rows.chunks(size).enumerate() {
                if out.len() <= at {
                    out.push(Self(Vec::new()));
                }
                let (name, columns) = (table.table.clone(), table.columns.clone());
                if let Some(turn) = out.get_mut(at) {
                    turn.0.push(Rows { table: name, columns, rows: rows.to_vec() });
                }
            }
        }
        out
    }

    pub fn table(&self, name: &str) -> Option<&Rows> {
        self.0.iter().find(|t| t.table == name)
    }

    /// A new id for each row.
    pub fn renew(&self, ids: &mut HashMap<i64, i64>, tx: &mut Tx) -> Result<()> {
        for row in
            self.0.iter().filter(|t| t.table != "search" && t.table != "search_text").flat_map(|t| &t.rows)
        {
            if let Some(id) = row.first().and_then(Value::as_int) {
                ids.insert(id, tx.next_id()?);
            }
        }
        Ok(())
    }

    /// Writes all rows with their new ids; texts that must be unique get `tail` behind them.
    pub fn write(&self, ids: &HashMap<i64, i64>, tail: &str, tx: &mut Tx) -> Result<()> {
        for table in &self.0 {
            let unique: Vec<bool> =
                table.columns.iter().map(|c| ["number", "source_key", "key"].contains(&c.as_str())).collect();
            let columns: Vec<&str> = table.columns.iter().map(String::as_str).collect();
            let named = |c: &String| c == "id" || c == "rowid" || c.ends_with("_id");
            let reference: Vec<bool> = table.columns.iter().map(named).collect();
            let anew = |row: &Vec<Value>| -> Vec<Value> {
                row.iter()
                    .zip(unique.iter().zip(&reference))
                    .map(|(value, (unique, reference))| match value {
                        Value::Int(n) if *reference => Value::Int(ids.get(n).copied().unwrap_or(*n)),
                        Value::Text(t) if *unique && !t.is_empty() => Value::Text(format!("{t}{tail}")),
                        other => other.clone(),
                    })
                    .collect()
            };
            let rows: Vec<Vec<Value>> = table.rows.iter().map(anew).collect();
            tx.insert(&table.table, &columns, &rows)?;
        }
        Ok(())
    }
}

/// Counts up the series whose names begin so, in one statement.
pub fn count_up(names: &[&str], by: i64, tx: &mut Tx) -> Result<()> {
    let sums: BTreeMap<&str, i64> = names.iter().map(|n| (*n, by)).collect();
    let mut rows = Vec::with_capacity(sums.len());
    for (name, by) in sums {
        rows.push(vec![tx.next_id()?.into(), name.into(), by.into()]);
    }
    let tail = "ON CONFLICT (name) DO UPDATE SET next = series.next + excluded.next RETURNING name, next";
    tx.insert_or("series", &["id", "name", "next"], &rows, tail)?;
    Ok(())
}
