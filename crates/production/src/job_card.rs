//! What the shop floor has reported.

use crate::{WorkOrder, WorkOrderOperation};
use access::Company;
use equipment::WorkCenter;
use jiff::Timestamp;
use kernel::{Entity, Ref};
use numbers::{Date, Decimal6, Money};

/// One report about an operation: pieces, scrap with its reason, and time.
#[derive(Clone, Debug, Entity)]
#[entity(
    list = "worked_on,work_order_id,operation_id,work_center_id,good,scrapped,minutes,cost,reason",
    title = "name",
    index = "work_order_id;work_center_id,worked_on;company_id,worked_on"
)]
pub struct JobCard {
    pub id: i64,
    pub company: Ref<Company>,
    pub work_order: Ref<WorkOrder>,
    pub operation: Ref<WorkOrderOperation>,
    pub work_center: Ref<WorkCenter>,
    pub worked_on: Date,
    pub recorded_at: Timestamp,
    pub good: Decimal6,
    pub scrapped: Decimal6,
    /// Sent back to be done again; below zero where it was done again.
    pub rework: Decimal6,
    pub minutes: Decimal6,
    pub cost: Money,
    pub reason: String,
}
