//! Where things lie, and which warehouse is supplied from which.

use access::Company;
use kernel::{Context, Entity, Error, Ref, Result, refuse};
use numbers::Date;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

#[derive(Clone, Debug, Entity)]
#[entity(
    search = "code,name",
    list = "code,name,supplied_from_id,transfer_days",
    title = "name",
    unique = "company_id,code"
)]
pub struct Warehouse {
    pub id: i64,
    pub company: Ref<Company>,
    pub code: String,
    pub name: String,
    /// Where goods arrive and leave where nothing is said; where none says so, it is the oldest one.
    pub is_default: bool,
    /// The warehouse from which the plan fetches what is wanted here; where empty it is bought or made here.
    pub supplied_from: Option<Ref<Warehouse>>,
    /// Working days that goods take from there.
    pub transfer_days: i64,
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

/// Longer than any journey.
const MOST_DAYS: i64 = 3650;

impl Warehouse {
    pub(crate) fn prepare(&mut self, before: Option<&Self>, cx: &mut Context) -> Result<()> {
        if !(0..=MOST_DAYS).contains(&self.transfer_days) {
            return Err(refuse("stock.transfer_days").field("transfer_days").arg("most", MOST_DAYS).into());
        }
        if self.archived && before.is_some_and(|b| !b.archived) {
            let sql = "SELECT 1 FROM product_stock WHERE warehouse_id = ? AND (on_hand <> 0 OR pegged <> 0) LIMIT 1";
            if cx.tx.first(sql, &[self.id.into()])?.is_some() {
                return Err(refuse("stock.not_empty").field("archived").arg("warehouse", &self.name).into());
            }
        }
        self.no_circle(cx)
    }

    /// Following who supplies whom comes to an end.
    fn no_circle(&self, cx: &mut Context) -> Result<()> {
        let mut names = vec![self.name.clone()];
        let mut next = self.supplied_from;
        while let Some(one) = next {
            if one.id() == self.id {
                names.push(self.name.clone());
                let names = names.join(" → ");
                return Err(refuse("stock.supplied_in_a_circle")
                    .field("supplied_from_id")
                    .arg("names", names)
                    .into());
            }
            let warehouse = cx.head(one)?;
            if warehouse.company != self.company {
                return Err(refuse("stock.no_warehouse").field("supplied_from_id").into());
            }
            names.push(warehouse.name);
            next = warehouse.supplied_from;
        }
        Ok(())
    }
}

/// In SQL, the first (default, else oldest) warehouse of a company, whose id is its parameter.
pub const HOME: &str = "(SELECT h.id FROM warehouse h WHERE h.company_id = ? AND h.archived = 0
    AND EXISTS (SELECT 1 FROM location p WHERE p.parent_id = h.id) ORDER BY h.is_default DESC, h.id LIMIT 1)";

/// The warehouses of the actor's company with their first locations.
struct Firsts(Vec<(Ref<Warehouse>, Ref<Location>)>);

fn firsts(cx: &mut Context) -> Result<Arc<Firsts>> {
    cx.memo::<Warehouse, Firsts>(|cx| {
        let rows = cx.tx.query(
            "SELECT w.id, (SELECT MIN(l.id) FROM location l WHERE l.parent_id = w.id) FROM warehouse w
             WHERE w.company_id = ? AND w.archived = 0 ORDER BY w.is_default DESC, w.id",
            &[cx.actor.company.into()],
        )?;
        Ok(Firsts(
            rows.iter().filter_map(|r| Some((Ref::new(r.int(0)), Ref::new(r.get(1).as_int()?)))).collect(),
        ))
    })
}

/// The first warehouse of the actor's company and its first location, if there is any.
///
/// # Errors
/// The database's.
pub fn usual(cx: &mut Context) -> Result<Option<(Ref<Warehouse>, Ref<Location>)>> {
    Ok(firsts(cx)?.0.first().copied())
}

/// The first warehouse of the actor's company.
///
/// # Errors
/// `stock.no_warehouse`.
pub fn home(cx: &mut Context) -> Result<Ref<Warehouse>> {
    usual(cx)?.map(|(warehouse, _)| warehouse).ok_or_else(none)
}

/// The first location of the actor's company.
///
/// # Errors
/// `stock.no_warehouse`.
pub fn default_location(cx: &mut Context) -> Result<Ref<Location>> {
    first_location(None, cx)
}

/// The first location of a warehouse of the actor's company; of the firm's first one where empty.
///
/// # Errors
/// `stock.no_warehouse`.
pub fn first_location(warehouse: Option<Ref<Warehouse>>, cx: &mut Context) -> Result<Ref<Location>> {
    let known = firsts(cx)?;
    let mut own = known.0.iter().filter(|(one, _)| warehouse.is_none_or(|wanted| wanted == *one));
    own.next().map(|(_, location)| *location).ok_or_else(none)
}

/// When goods that leave one warehouse are in another: as many weekdays later as they take to there; the same day where
/// that is not known. A person may say otherwise, and the plan counts the firm's own working days.
///
/// # Errors
/// The database's.
pub fn arrival(
    (from, to): (Ref<Warehouse>, Ref<Warehouse>),
    ships_on: Date,
    cx: &mut Context,
) -> Result<Date> {
    let to = cx.head(to)?;
    let mut left = if to.supplied_from == Some(from) { to.transfer_days } else { 0 };
    let mut on = ships_on;
    while left > 0 {
        on = on.plus_days(1)?;
        // 1970-01-01 was a Thursday, the fourth day of a week that starts on Monday.
        left -= i64::from((on.days() + 3).rem_euclid(7) < 5);
    }
    Ok(on)
}

/// Whether it is a warehouse of the actor's company in which something can lie.
pub(crate) fn is_ours(warehouse: Ref<Warehouse>, cx: &mut Context) -> Result<bool> {
    Ok(firsts(cx)?.0.iter().any(|(one, _)| *one == warehouse))
}

fn none() -> Error {
    refuse("stock.no_warehouse").field("warehouse_id").into()
}

/// The warehouse and company of each location that was asked for: neither ever changes, so it is remembered between
/// commands.
#[derive(Default)]
struct Places(Mutex<HashMap<i64, (i64, i64)>>);

/// The warehouse in which a location of the actor's company lies.
///
/// # Errors
/// `stock.no_place`.
pub fn warehouse_of(location: Ref<Location>, cx: &mut Context) -> Result<Ref<Warehouse>> {
    let memory = &cx.registry.memory;
    let places = memory.get::<Places>().unwrap_or_else(|| {
        memory.keep(Arc::new(Places::default()));
        memory.get().unwrap_or_default()
    });
    let known = places.0.lock().unwrap_or_else(PoisonError::into_inner).get(&location.id()).copied();
    let found = match known {
        Some(found) => Some(found),
        None => {
            let sql = "SELECT w.id, w.company_id FROM location l JOIN warehouse w ON w.id = l.parent_id WHERE l.id = ?";
            let found = cx.tx.first(sql, &[location.into()])?.map(|r| (r.int(0), r.int(1)));
            if let Some(found) = found {
                places.0.lock().unwrap_or_else(PoisonError::into_inner).insert(location.id(), found);
            }
            found
        }
    };
    let own = found.filter(|(_, company)| *company == cx.actor.company);
    own.map(|(id, _)| Ref::new(id)).ok_or_else(|| Error::from(refuse("stock.no_place").field("location_id")))
}
