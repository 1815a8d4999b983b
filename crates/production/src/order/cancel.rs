//! Giving up before anything is in it.

use super::WorkOrder;
use kernel::{Context, Origin, Result, refuse};

impl WorkOrder {
    /// Nothing was issued and nothing done; who waited for it is short again.
    pub(crate) fn cancel(&mut self, (): (), cx: &mut Context) -> Result<()> {
        let issued = self.components.iter().any(|l| l.issued.0 != 0);
        let done = self
            .operations
            .iter()
            .any(|o| o.good.0 != 0 || o.scrapped.0 != 0 || o.rework.0 != 0 || o.cost.0 != 0);
        if issued || done || self.completed.0 != 0 {
            return Err(refuse("production.issued_already").into());
        }
        self.let_go(cx)?;
        cx.emit("production.Cancelled", Origin::of(self), vec![])
    }
}
