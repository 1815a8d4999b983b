//! Where things lie.

use access::Company;
use kernel::{Context, Entity, Error, Ref, Result, refuse};

#[derive(Clone, Debug, Entity)]
#[entity(search = "code,name", list = "code,name", title = "name", unique = "company_id,code")]
pub struct Warehouse {
    pub id: i64,
    pub company: Ref<Company>,
    pub code: String,
    pub name: String,
    pub archived: bool,
    #[lines]
    pub locations: Vec<Location>,
}

/// A place in a warehouse; the first one is where goods arrive and leave unless said otherwise.
#[derive(Clone, Debug, Entity)]
#[entity(line_of = "Warehouse", title = "name", search = "")]
pub struct Location {
    pub id: i64,
    pub code: String,
    pub name: String,
}

struct First(Option<Ref<Location>>);

/// The first location of the actor's company.
///
/// # Errors
/// `stock.no_warehouse`.
pub fn default_location(cx: &mut Context) -> Result<Ref<Location>> {
    let first = cx.memo::<Warehouse, First>(|cx| {
        let row = cx.tx.first(
            "SELECT l.id FROM location l JOIN warehouse w ON w.id = l.parent_id
             WHERE w.company_id = ? AND w.archived = 0 ORDER BY w.id, l.id LIMIT 1",
            &[cx.actor.company.into()],
        )?;
        Ok(First(row.map(|r| Ref::new(r.int(0)))))
    })?;
    first.0.ok_or_else(|| Error::from(refuse("stock.no_warehouse").field("location_id")))
}
