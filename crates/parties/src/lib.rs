//! Persons and organisations. Each exists once, and is lead, contact, customer, supplier or employee by role:
//! nothing is ever converted by copying. Who decides, who uses and who pays are three relations.

mod job_title;
mod party;

pub use job_title::JobTitle;
pub use party::{Address, AddressKind, Billing, Identifier, Party, PartyKind, Relation, RelationRole};

use kernel::Module;

/// The module's list.
#[must_use]
pub fn module() -> Module {
    Module::new("parties", include_str!("../locale/en.json"), include_str!("../locale/sl.json"))
        .entity::<JobTitle>()
        .command::<JobTitle, _, _>("accept", JobTitle::accept)
        .life(job_title::LIFE)
        .entity::<Party>()
        .prepare::<Party>(Party::prepare)
        .command::<Party, _, _>("merge_into", Party::merge_into)
        .command::<Party, _, _>("unmerge", Party::unmerge)
        .entity::<Address>()
        .entity::<Identifier>()
        .entity::<Relation>()
        .area("relationships", &["Party", "JobTitle"])
}
