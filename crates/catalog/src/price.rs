//! Price lists, net or gross: they say which.

use crate::{Kits, Product};
use kernel::{Choice, Entity, Ref, Result, Value};
use numbers::{Date, Decimal6};
use std::collections::HashMap;
use store::Row;

#[derive(Clone, Debug, Entity)]
#[entity(search = "name", list = "name,currency,basis", unique = "name")]
pub struct PriceList {
    pub id: i64,
    pub name: String,
    #[field(default = "EUR")]
    pub currency: String,
    pub basis: Basis,
    pub archived: bool,
    #[lines]
    pub prices: Vec<Price>,
}

/// Whether prices contain the tax.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum Basis {
    Net,
    Gross,
}

#[derive(Clone, Debug, Entity)]
#[entity(line_of = "PriceList", title = "price", index = "product_id")]
pub struct Price {
    pub id: i64,
    pub product: Ref<Product>,
    pub price: Decimal6,
    #[field(quantity)]
    pub from_quantity: Decimal6,
    pub valid_from: Option<Date>,
    pub valid_to: Option<Date>,
}

/// A net price found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quoted {
    pub net: Decimal6,
    /// The list it comes from; none for the product's own.
    pub list: Option<Ref<PriceList>>,
}

/// What a price is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    pub product: &'a Product,
    /// Percent; to take the tax out of a gross price.
    pub tax_rate: Decimal6,
    pub quantity: Decimal6,
}

/// The net prices of products on a day in a currency: the best break of the lists that are valid, else the
/// product's own list price. One statement, however many.
///
/// # Errors
/// The database's.
pub fn prices_of(wanted: &[Wanted], currency: &str, on: Date, tx: &mut store::Tx) -> Result<Vec<Quoted>> {
    let mut ids: Vec<i64> = wanted.iter().map(|w| w.product.id).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut listed: HashMap<i64, Vec<Row>> = HashMap::new();
    for chunk in ids.chunks(500) {
        let sql = format!(
            "SELECT p.product_id, p.from_quantity, p.price, l.basis, l.id FROM price p JOIN price_list l ON l.id = p.parent_id
             WHERE l.currency = ? AND l.archived = 0 AND (p.valid_from IS NULL OR p.valid_from <= ?)
               AND (p.valid_to IS NULL OR p.valid_to >= ?) AND p.product_id {} ORDER BY p.from_quantity DESC, p.price, p.id",
            kernel::rows::among(chunk.len())
        );
        let fixed = [currency.into(), on.days().into(), on.days().into()];
        let params: Vec<Value> = fixed.into_iter().chain(chunk.iter().map(|i| Value::Int(*i))).collect();
        for row in tx.query(&sql, &params)? {
            listed.entry(row.int(0)).or_default().push(row);
        }
    }
    wanted.iter().map(|w| quoted(w, listed.get(&w.product.id).map_or(&[], Vec::as_slice))).collect()
}

fn quoted(wanted: &Wanted, listed: &[Row]) -> Result<Quoted> {
    let Some(row) = listed.iter().find(|r| r.int(1) <= wanted.quantity.0) else {
        return Ok(Quoted { net: wanted.product.list_price, list: None });
    };
    let price = Decimal6(row.int(2));
    let net = if row.text(3) == "gross" {
        let with_tax = Decimal6(100_000_000).plus(wanted.tax_rate)?;
        price.times(Decimal6(100_000_000))?.over(with_tax)?
    } else {
        price
    };
    Ok(Quoted { net, list: Some(Ref::new(row.int(4))) })
}

/// What one of each kit costs that has no price of its own, on no list and on itself: the sum of its parts'.
///
/// # Errors
/// The database's.
pub fn kits_by_parts(
    wanted: &[Wanted],
    known: &HashMap<i64, Product>,
    kits: &Kits,
    (currency, on): (&str, Date),
    tx: &mut store::Tx,
) -> Result<HashMap<i64, Decimal6>> {
    let mut out = HashMap::new();
    for one in wanted.iter().filter(|w| kits.has(w.product.id) && w.product.list_price.0 == 0) {
        if prices_of(&[*one], currency, on, tx)?.first().is_some_and(|own| own.net.0 != 0) {
            continue;
        }
        let parts = kits.goods(Ref::new(one.product.id), one.quantity)?;
        let of_parts: Vec<Wanted> = parts
            .iter()
            .filter_map(|(part, quantity)| {
                Some(Wanted { product: known.get(&part.id())?, tax_rate: one.tax_rate, quantity: *quantity })
            })
            .collect();
        let each = kits.goods(Ref::new(one.product.id), Decimal6::ONE)?;
        let mut sum = Decimal6::ZERO;
        for (quoted, (_, per)) in prices_of(&of_parts, currency, on, tx)?.iter().zip(&each) {
            sum = sum.plus(quoted.net.times(*per)?)?;
        }
        out.insert(one.product.id, sum);
    }
    Ok(out)
}
