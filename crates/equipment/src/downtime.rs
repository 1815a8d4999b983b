//! When a work center stands.

use crate::WorkCenter;
use access::Company;
use jiff::Timestamp;
use kernel::{Choice, Context, Entity, Input, Origin, Ref, Result, refuse};

/// A time in which nothing runs there.
#[derive(Clone, Debug, Entity)]
#[entity(
    search = "reason",
    list = "work_center_id,kind,starts_at,ends_at,reason",
    title = "reason",
    index = "work_center_id;company_id,starts_at"
)]
pub struct Downtime {
    pub id: i64,
    pub company: Ref<Company>,
    pub work_center: Ref<WorkCenter>,
    pub kind: DowntimeKind,
    pub starts_at: Timestamp,
    /// A breakdown lasts until somebody says that it is over.
    pub ends_at: Option<Timestamp>,
    pub reason: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum DowntimeKind {
    Maintenance,
    Breakdown,
}

#[derive(Debug, Input)]
pub struct End {
    /// Now where empty.
    pub ends_at: Option<Timestamp>,
}

impl Downtime {
    pub(crate) fn prepare(&mut self, _: Option<&Self>, _: &mut Context) -> Result<()> {
        if self.kind == DowntimeKind::Maintenance && self.ends_at.is_none() {
            return Err(refuse("kernel.required").field("ends_at").into());
        }
        if self.ends_at.is_some_and(|end| end < self.starts_at) {
            return Err(refuse("equipment.ends_before").field("ends_at").into());
        }
        Ok(())
    }

    /// It runs again.
    pub(crate) fn end(&mut self, input: End, cx: &mut Context) -> Result<()> {
        let end = input.ends_at.unwrap_or_else(|| cx.now());
        if self.kind == DowntimeKind::Breakdown && self.ends_at.is_some() {
            return Err(refuse("equipment.ended").into());
        }
        self.ends_at = Some(end);
        cx.emit("equipment.Ended", Origin::of(self), vec![Origin::new("WorkCenter", self.work_center.id())])
    }
}
