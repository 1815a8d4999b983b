//! The end of an order: what no product has taken is a variance, by its cause.

use super::WorkOrder;
use kernel::{Context, Origin, Result};
use ledger::{AccountRole, post};
use numbers::Money;
use serde_json::{Value as Json, json};

impl WorkOrder {
    /// Nothing more is made, used or worked for it.
    pub(crate) fn close(&mut self, (): (), cx: &mut Context) -> Result<Json> {
        let mut draft = self.draft(cx.today(), None);
        let (usage, efficiency) = (self.wip_material, self.wip_labour);
        draft.add(AccountRole::UsageVariance, usage, None, None, cx)?;
        draft.add(AccountRole::EfficiencyVariance, efficiency, None, None, cx)?;
        let left = self.wip;
        (self.wip_material, self.wip_labour) = (Money(0), Money(0));
        self.weigh(left.negated()?, &mut draft, cx)?;
        let entry = post(draft, cx)?;
        self.let_go(cx)?;
        cx.emit("production.Closed", Origin::of(self), vec![])?;
        let money = |m: Money| kernel::json::to_json(kernel::Kind::Money, &kernel::Value::Int(m.0));
        Ok(json!({"entry_id": entry, "usage": money(usage), "efficiency": money(efficiency)}))
    }
}
