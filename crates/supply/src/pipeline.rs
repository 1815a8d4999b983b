//! What is offered for opportunities that are open: their latest quotes, for as long as they are valid.

use catalog::Kits;
use kernel::{Ref, Result};
use numbers::{Date, Decimal6, Factor};
use store::Tx;

/// A line of a quote for an opportunity; of a kit, each of its parts.
#[derive(Clone, Debug)]
pub(crate) struct Offered {
    pub order: i64,
    pub line: i64,
    pub product: i64,
    /// From where it would be shipped; the firm's first where empty.
    pub warehouse: Option<i64>,
    /// In the product's stock unit.
    pub quantity: Decimal6,
    /// When it would be wanted.
    pub on: Date,
    /// Percent.
    pub probability: i64,
    pub number: String,
    pub customer: (i64, String),
    /// What the line is worth, in minor units.
    pub net: i64,
}

/// The lines of the latest quote of each open opportunity; what a quote holds is a demand already.
pub(crate) fn offered(company: i64, today: Date, tx: &mut Tx) -> Result<Vec<Offered>> {
    let rows = tx.query(
        "SELECT o.id, l.id, l.product_id, l.quantity, c.numerator, c.denominator,
                COALESCE(o.requested_on, a.expected_on, l.promised_on), a.probability, o.number, y.id, y.name, l.net, p.kind, o.warehouse_id
         FROM opportunity a JOIN sales_order o ON o.opportunity_id = a.id AND o.opportunity_entity = 'Opportunity'
         JOIN sales_order_line l ON l.parent_id = o.id JOIN product p ON p.id = l.product_id
         JOIN party y ON y.id = o.customer_id
         LEFT JOIN conversion c ON c.parent_id = p.id AND c.unit_id = l.unit_id AND l.unit_id <> p.unit_id
         WHERE a.company_id = ? AND a.stage IN ('lead', 'qualified', 'proposal') AND o.company_id = a.company_id
           AND o.state = 'quoted' AND o.reserved = 0 AND o.valid_until >= ? AND p.kind IN ('goods', 'kit')
           AND NOT EXISTS (SELECT 1 FROM sales_order n WHERE n.opportunity_id = a.id AND n.state = 'quoted' AND n.id > o.id)
         ORDER BY l.id",
        &[company.into(), today.days().into()],
    )?;
    let of_kits = rows.iter().filter(|r| r.text(12) == "kit").map(|r| r.int(2)).collect();
    let kits = Kits::among(of_kits, tx)?;
    let mut out = Vec::with_capacity(rows.len());
    for r in &rows {
        let quantity = Decimal6(r.int(3));
        let factor = r.get(4).as_int().zip(r.get(5).as_int());
        let quantity = factor.map_or(Ok(quantity), |(n, d)| Factor::new(n, d)?.apply(quantity, 6))?;
        for (product, quantity) in kits.goods(Ref::new(r.int(2)), quantity)? {
            out.push(Offered {
                order: r.int(0),
                line: r.int(1),
                product: product.id(),
                warehouse: r.get(13).as_int(),
                quantity,
                on: r.get(6).as_int().map_or(Ok(today), Date::from_days)?.max(today),
                probability: r.get(7).as_int().unwrap_or(0),
                number: r.get(8).as_text().unwrap_or_default().into(),
                customer: (r.int(9), r.text(10).into()),
                net: r.int(11),
            });
        }
    }
    Ok(out)
}
