//! Opening a database, and the migrations that bring it up to date.

use crate::modules;
use kernel::{Kernel, Result};
use std::sync::Arc;
use store::{Place, Schema, Store, Tx};

/// Each was proposed by `celota schema diff`, read by a person, and is never changed again.
pub const MIGRATIONS: [(&str, &str); 1] =
    [("0001_ground", include_str!("../../../migrations/0001_ground.sql"))];

/// Opens the database and applies what it lacks.
///
/// # Errors
/// The database's.
pub fn open(place: &Place) -> Result<Kernel> {
    let store = Store::open(place)?;
    let registry = Arc::new(modules::registry()?);
    migrate(&store)?;
    kernel::search::prepare(&store)?;
    store.read(|tx| registry.refresh(tx))?;
    Ok(Kernel::new(store, registry))
}

/// Opens a database to read it as it is, beside a server that works on it.
///
/// # Errors
/// When there is none, or it is of another version.
pub fn open_to_read(place: &Place) -> Result<Kernel> {
    let store = Store::open_to_read(place)?;
    let registry = Arc::new(modules::registry()?);
    store.read(|tx| registry.refresh(tx))?;
    Ok(Kernel::new(store, registry))
}

fn migrate(store: &Store) -> Result<()> {
    let known = store.read(Schema::read)?;
    let applied: Vec<String> = if known.0.contains_key("migration") {
        store.read(|tx| -> Result<_> {
            Ok(tx.query("SELECT name FROM migration", &[])?.iter().map(|r| r.text(0).to_owned()).collect())
        })?
    } else {
        Vec::new()
    };
    for (name, sql) in MIGRATIONS.iter().filter(|(name, _)| !applied.iter().any(|a| a == name)) {
        let note = |tx: &mut Tx, name: &str| {
            let row = vec![tx.next_id()?.into(), name.into(), 0.into()];
            tx.insert("migration", &["id", "name", "at"], &[row])
        };
        store.migrate(sql, note, name)?;
        tracing::info!(migration = name, "applied");
    }
    Ok(())
}

/// What the database lacks of what is declared.
///
/// # Errors
/// The database's.
pub fn missing(store: &Store) -> Result<Vec<String>> {
    let registry = modules::registry()?;
    Ok(store.read(Schema::read)?.diff(&registry.schema()))
}
