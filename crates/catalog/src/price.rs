//! Price lists, net or gross: they say which.

use crate::{Product, TaxCode};
use kernel::{Choice, Context, Entity, Ref, Result};
use numbers::{Date, Decimal6};

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

/// The net price of a product on a day for a quantity in a currency: the best break of the lists that are valid,
/// else the product's list price.
///
/// # Errors
/// The database's.
pub fn price_of(
    product: &Product,
    tax: Option<&TaxCode>,
    quantity: Decimal6,
    currency: &str,
    on: Date,
    cx: &mut Context,
) -> Result<Quoted> {
    let row = cx.tx.first(
        "SELECT p.price, l.basis, l.id FROM price p JOIN price_list l ON l.id = p.parent_id
         WHERE p.product_id = ? AND l.currency = ? AND l.archived = 0 AND p.from_quantity <= ?
           AND (p.valid_from IS NULL OR p.valid_from <= ?) AND (p.valid_to IS NULL OR p.valid_to >= ?)
         ORDER BY p.from_quantity DESC, p.price, p.id LIMIT 1",
        &[product.id.into(), currency.into(), quantity.0.into(), on.days().into(), on.days().into()],
    )?;
    let Some(row) = row else { return Ok(Quoted { net: product.list_price, list: None }) };
    let listed = Decimal6(row.int(0));
    let net = if row.text(1) == "gross" {
        let rate = tax.map_or(Decimal6(0), |t| t.rate);
        let with_tax = Decimal6(100_000_000).plus(rate)?;
        listed.times(Decimal6(100_000_000))?.over(with_tax)?
    } else {
        listed
    };
    Ok(Quoted { net, list: Some(Ref::new(row.int(2))) })
}
