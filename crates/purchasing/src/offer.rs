//! What suppliers ask for a product, and how long they take.

use access::Company;
use catalog::Product;
use kernel::{Context, Entity, Ref, Result, Value, refuse};
use numbers::{Date, Decimal6};
use parties::Party;
use std::collections::HashMap;

#[derive(Clone, Debug, Entity)]
#[entity(
    search = "supplier_code",
    list = "product_id,supplier_id,supplier_code,price,minimum,lead_time_days",
    title = "supplier_code",
    index = "product_id;supplier_id;source_key"
)]
pub struct SupplierPrice {
    pub id: i64,
    pub company: Option<Ref<Company>>,
    pub supplier: Ref<Party>,
    pub product: Ref<Product>,
    /// What the supplier calls it.
    pub supplier_code: String,
    /// For one stock unit, net.
    pub price: Decimal6,
    #[field(quantity)]
    pub minimum: Decimal6,
    pub lead_time_days: i64,
    pub valid_from: Option<Date>,
    pub valid_to: Option<Date>,
    #[field(readonly)]
    pub source_key: Option<String>,
}

/// The offer that is taken for a product.
#[derive(Clone, Debug)]
pub struct Offer {
    pub supplier: Ref<Party>,
    pub supplier_name: String,
    pub supplier_code: String,
    pub price: Decimal6,
    pub minimum: Decimal6,
    pub lead_time_days: i64,
}

impl SupplierPrice {
    pub(crate) fn prepare(&mut self, _: Option<&Self>, _: &mut Context) -> Result<()> {
        if self.price.0 < 0 || self.minimum.0 < 0 || self.lead_time_days < 0 {
            return Err(refuse("purchasing.below_zero").field("price").into());
        }
        Ok(())
    }
}

/// The cheapest valid offer for each product, the quicker one among equals; of one supplier only where given.
///
/// # Errors
/// The database's.
pub fn best_offers(
    products: &[i64],
    supplier: Option<Ref<Party>>,
    on: Date,
    company: i64,
    tx: &mut store::Tx,
) -> Result<HashMap<i64, Offer>> {
    first_offers(products, supplier, on, company, tx, |_, _| true)
}

/// The cheapest valid offer for each product that takes fewer days than given.
///
/// # Errors
/// The database's.
pub fn quicker_offers(
    than: &HashMap<i64, i64>,
    on: Date,
    company: i64,
    tx: &mut store::Tx,
) -> Result<HashMap<i64, Offer>> {
    let products: Vec<i64> = than.keys().copied().collect();
    let quicker = |product: i64, days: i64| than.get(&product).is_some_and(|now| days < *now);
    first_offers(&products, None, on, company, tx, quicker)
}

/// Of each product the first offer that counts, the cheapest first.
fn first_offers(
    products: &[i64],
    supplier: Option<Ref<Party>>,
    on: Date,
    company: i64,
    tx: &mut store::Tx,
    counts: impl Fn(i64, i64) -> bool,
) -> Result<HashMap<i64, Offer>> {
    let mut out = HashMap::new();
    let supplier = supplier.map_or(0, Ref::id);
    for chunk in products.chunks(500) {
        let sql = format!(
            "SELECT s.product_id, s.supplier_id, p.name, s.supplier_code, s.price, s.minimum, s.lead_time_days
             FROM supplier_price s JOIN party p ON p.id = s.supplier_id
             WHERE (s.company_id IS NULL OR s.company_id = ?) AND (? = 0 OR s.supplier_id = ?) AND p.archived = 0
               AND (s.valid_from IS NULL OR s.valid_from <= ?) AND (s.valid_to IS NULL OR s.valid_to >= ?) AND s.product_id {}
             ORDER BY s.product_id, s.price, s.lead_time_days, s.id",
            kernel::rows::among(chunk.len())
        );
        let fixed = [company, supplier, supplier, on.days(), on.days()];
        let params: Vec<Value> = fixed.into_iter().chain(chunk.iter().copied()).map(Value::Int).collect();
        for r in tx.query(&sql, &params)?.iter().filter(|r| counts(r.int(0), r.int(6))) {
            out.entry(r.int(0)).or_insert_with(|| Offer {
                supplier: Ref::new(r.int(1)),
                supplier_name: r.text(2).to_owned(),
                supplier_code: r.text(3).to_owned(),
                price: Decimal6(r.int(4)),
                minimum: Decimal6(r.int(5)),
                lead_time_days: r.int(6),
            });
        }
    }
    Ok(out)
}
