//! Relationships: who might buy, what was said and agreed, and what a customer is worth to us.
//!
//! Nothing is converted: a lead is an opportunity in its first stage, about a party that exists once.

mod activity;
mod customer;
mod opportunity;

pub use activity::{Activity, Note};
pub use opportunity::{Opportunity, Stage};

use kernel::{Kind, Module};
use parties::Party;

/// The module's list.
#[must_use]
pub fn module() -> Module {
    Module::new("crm", include_str!("../locale/en.json"), include_str!("../locale/sl.json"))
        .entity::<Opportunity>()
        .life(opportunity::LIFE)
        .computed("weighted", Kind::Money, "CAST({t}.amount * {t}.probability / 100 AS BIGINT)")
        .prepare::<Opportunity>(Opportunity::prepare)
        .set_command::<Opportunity, _, _>("call_in", opportunity::call_in)
        .set_query::<Opportunity, _>("duplicates", opportunity::duplicates)
        .command::<Opportunity, _, _>("qualify", Opportunity::qualify)
        .command::<Opportunity, _, _>("propose", Opportunity::propose)
        .command::<Opportunity, _, _>("win", Opportunity::win)
        .command::<Opportunity, _, _>("lose", Opportunity::lose)
        .command::<Opportunity, _, _>("reopen", Opportunity::reopen)
        .entity::<Activity>()
        .command::<Activity, _, _>("complete", Activity::complete)
        .command::<Activity, _, _>("reopen", Activity::reopen)
        .entity::<Note>()
        // Who said it, and when, stands in the audit.
        .computed("said_at", Kind::Instant, "SELECT MIN(a.at) FROM audit a WHERE a.record_id = {t}.id")
        .computed(
            "said_by",
            Kind::Text,
            "SELECT u.name FROM user_ u WHERE u.id = (SELECT a.user_id FROM audit a WHERE a.record_id = {t}.id ORDER BY a.id LIMIT 1)",
        )
        .query::<Party, _>("overview", customer::overview)
        .query::<Party, _>("timeline", customer::timeline)
        .query::<Party, _>("profit_entries", customer::profit_entries)
        .events(&["crm.Opened", "crm.Qualified", "crm.Proposed", "crm.Won", "crm.Lost", "crm.Reopened"])
        .area("relationships", &["Opportunity", "Activity", "Note"])
}
