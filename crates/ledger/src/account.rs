//! The chart of accounts.

use access::Company;
use kernel::{Choice, Context, Entity, Ref, Result};
use std::collections::HashMap;
use std::sync::Arc;

/// An account of a company. Those with a role are where documents post.
#[derive(Clone, Debug, Entity)]
#[entity(search = "code,name", list = "code,name,kind,role", title = "name", unique = "company_id,code")]
pub struct Account {
    pub id: i64,
    pub company: Ref<Company>,
    pub code: String,
    pub name: String,
    pub kind: AccountKind,
    pub role: Option<AccountRole>,
    pub archived: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum AccountKind {
    Asset,
    Liability,
    Equity,
    Income,
    Expense,
}

/// What documents look for when they post.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Choice)]
pub enum AccountRole {
    Receivable,
    Payable,
    Bank,
    Stock,
    ReceivedNotInvoiced,
    DeliveredNotInvoiced,
    Revenue,
    CostOfGoods,
    PurchasedServices,
    VatOutput,
    VatInput,
    PriceDifference,
    CountDifference,
    SmallDifference,
    Opening,
    Retained,
    /// What open work orders have taken up and not given yet.
    WorkInProgress,
    /// Hours of people and machines that went into products.
    AbsorbedLabour,
    /// Material of closed work orders that no product took.
    UsageVariance,
    /// Hours of closed work orders that no product took, by their number or their rate.
    EfficiencyVariance,
    /// Components and bought services of closed work orders that have cost more than their standard.
    ProductionPriceVariance,
    /// Hours of closed work orders that have cost more than their standard rate.
    RateVariance,
    /// Set-up of closed work orders over another lot than the standard's.
    LotVariance,
    /// What closed work orders have scrapped beyond what was planned.
    YieldVariance,
    /// Closed work orders that were made otherwise than the standard cost says.
    MethodVariance,
    /// Parts that the upkeep of machines has used.
    SpareParts,
}

/// The accounts on which documents of the actor's company post, all in one statement.
///
/// # Errors
/// The database's.
pub(crate) fn accounts_by_role(cx: &mut Context) -> Result<Arc<ByRole>> {
    cx.memo::<Account, ByRole>(|cx| {
        // Where several share a role the lowest code wins: it comes last and stays.
        let rows = cx.tx.query(
            "SELECT role, id FROM account WHERE company_id = ? AND role IS NOT NULL AND archived = 0 ORDER BY code DESC",
            &[cx.actor.company.into()],
        )?;
        Ok(rows.iter().filter_map(|r| Some((AccountRole::of(r.text(0))?, Ref::new(r.int(1))))).collect())
    })
}

pub(crate) type ByRole = HashMap<AccountRole, Ref<Account>>;
