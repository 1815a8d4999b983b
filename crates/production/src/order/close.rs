//! The end of an order: what no product has taken is a variance, by its cause.

use super::WorkOrder;
use super::variance::Variances;
use kernel::{Context, Origin, Result};
use ledger::{AccountRole, post};
use numbers::Money;
use serde_json::{Map, Value as Json};

impl WorkOrder {
    /// Nothing more is made, used or worked for it.
    pub(crate) fn close(&mut self, (): (), cx: &mut Context) -> Result<Json> {
        let mut draft = self.draft(cx.today(), None);
        let product = cx.read(self.product)?;
        let found = match product.fixed_cost().filter(|_| !self.takes_apart) {
            Some(_) => self.variances(product.costing_lot, cx)?,
            // It was given what it has cost: what is left is material that became nothing, and hours.
            None => {
                Variances { usage: self.wip_material, efficiency: self.wip_labour, ..Variances::default() }
            }
        };
        (self.price_variance, self.usage_variance) = (found.price, found.usage);
        (self.rate_variance, self.efficiency_variance) = (found.rate, found.efficiency);
        (self.lot_variance, self.yield_variance) = (found.lot, found.yields);
        self.method_variance = found.method;
        let mut reply = Map::new();
        for (name, role, amount) in found.named() {
            draft.add(role, amount, None, None, cx)?;
            if amount.0 != 0 {
                cx.effect(effect_of(role), vec![("amount", amount.to_string())]);
            }
            let amount = kernel::json::to_json(kernel::Kind::Money, &kernel::Value::Int(amount.0));
            reply.insert(name.into(), amount);
        }
        let left = self.wip;
        (self.wip_material, self.wip_labour) = (Money(0), Money(0));
        self.weigh(left.negated()?, &mut draft, cx)?;
        reply.insert("entry_id".into(), post(draft, cx)?.into());
        self.let_go(cx)?;
        cx.emit("production.Closed", Origin::of(self), vec![])?;
        Ok(Json::Object(reply))
    }
}

/// How the dry run says it.
fn effect_of(role: AccountRole) -> &'static str {
    match role {
        AccountRole::ProductionPriceVariance => "production.price_variance",
        AccountRole::RateVariance => "production.rate_variance",
        AccountRole::EfficiencyVariance => "production.efficiency_variance",
        AccountRole::LotVariance => "production.lot_variance",
        AccountRole::YieldVariance => "production.yield_variance",
        AccountRole::MethodVariance => "production.method_variance",
        _ => "production.usage_variance",
    }
}

impl Variances {
    fn named(&self) -> [(&'static str, AccountRole, Money); 7] {
        [
            ("price", AccountRole::ProductionPriceVariance, self.price),
            ("usage", AccountRole::UsageVariance, self.usage),
            ("rate", AccountRole::RateVariance, self.rate),
            ("efficiency", AccountRole::EfficiencyVariance, self.efficiency),
            ("lot", AccountRole::LotVariance, self.lot),
            ("yield", AccountRole::YieldVariance, self.yields),
            ("method", AccountRole::MethodVariance, self.method),
        ]
    }
}
