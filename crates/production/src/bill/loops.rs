//! Nothing may be made of itself, over whatever levels.

use super::Bill;
use kernel::{Context, Error, Ref, Result, Value, refuse};
use std::collections::HashMap;

impl Bill {
    /// Nothing may be made of itself, over whatever levels. A loop that this bill would close goes through its product.
    pub(super) fn no_loop(&self, cx: &mut Context) -> Result<()> {
        let mut above: HashMap<i64, i64> = HashMap::new();
        let components = self.components.iter().map(|c| c.product.id());
        let mut level: Vec<i64> =
            components.chain(self.substitutes.iter().map(|s| s.substitute.id())).collect();
        for component in &level {
            above.insert(*component, self.product.id());
        }
        while !level.is_empty() {
            if above.contains_key(&self.product.id()) {
                return Err(self.loop_named(&above, cx));
            }
            let mut next = Vec::new();
            for (product, component) in parts_of(&level, self, cx)? {
                if let std::collections::hash_map::Entry::Vacant(free) = above.entry(component) {
                    free.insert(product);
                    next.push(component);
                }
            }
            level = next;
        }
        Ok(())
    }

    /// `wheel → hub → wheel`
    fn loop_named(&self, above: &HashMap<i64, i64>, cx: &mut Context) -> Error {
        let mut path = vec![self.product];
        let mut at = self.product.id();
        while let Some(parent) = above.get(&at).filter(|_| path.len() <= above.len() + 1) {
            path.push(Ref::new(*parent));
            at = *parent;
            if at == self.product.id() {
                break;
            }
        }
        path.reverse();
        let names: Vec<String> =
            path.into_iter().map(|p| cx.read(p).map(|p| p.name).unwrap_or_default()).collect();
        refuse("production.loop").field("components").arg("items", names.join(" → ")).into()
    }
}

/// Pairs of product and component of the company's other bills.
fn parts_of(products: &[i64], bill: &Bill, cx: &mut Context) -> Result<Vec<(i64, i64)>> {
    let mut out = Vec::new();
    for chunk in products.chunks(500) {
        let sql = format!(
            "SELECT b.product_id, l.part_id FROM bill b JOIN (
                SELECT parent_id, product_id AS part_id, id FROM bill_line
                UNION ALL SELECT parent_id, substitute_id AS part_id, id FROM bill_substitute) l ON l.parent_id = b.id
             WHERE b.company_id = ? AND b.archived = 0 AND b.kind <> 'disassembly' AND b.id <> ? AND b.product_id {} ORDER BY l.id",
            kernel::rows::among(chunk.len())
        );
        let params: Vec<Value> =
            [bill.company.id(), bill.id].into_iter().chain(chunk.iter().copied()).map(Value::Int).collect();
        out.extend(cx.tx.query(&sql, &params)?.iter().map(|r| (r.int(0), r.int(1))));
    }
    Ok(out)
}
