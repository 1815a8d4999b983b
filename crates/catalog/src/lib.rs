//! What the firm buys and sells: goods, kits of them, services, text lines; units with exact conversion, price lists, tax codes.

mod environment;
mod kit;
mod lot_size;
mod price;
mod product;
mod tax;

pub use environment::Environment;
pub use kit::{KitPart, Kits};
pub use lot_size::LotSizing;
pub use price::{Basis, Price, PriceList, Quoted, Wanted, kits_by_parts, prices_of};
pub use product::{
    Conversion, Costing, PlannedBy, Product, ProductGroup, ProductKind, TrackedBy, Unit, products,
    products_and_parts,
};
pub use tax::{TaxCategory, TaxCode, TaxRates};

use kernel::Module;

/// The module's list.
#[must_use]
pub fn module() -> Module {
    Module::new("catalog", include_str!("../locale/en.json"), include_str!("../locale/sl.json"))
        .entity::<Unit>()
        .entity::<TaxCode>()
        .prepare::<TaxCode>(TaxCode::prepare)
        .entity::<ProductGroup>()
        .entity::<Product>()
        .prepare::<Product>(Product::prepare)
        .entity::<Conversion>()
        .entity::<KitPart>()
        .entity::<PriceList>()
        .entity::<Price>()
        .area("sales", &["PriceList"])
        .area("warehouse", &["Product", "ProductGroup"])
        .area("settings", &["Unit", "TaxCode"])
}
