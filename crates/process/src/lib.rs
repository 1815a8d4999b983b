//! What comes next: BPMN 2.0 diagrams that run, their cases and tasks.
//!
//! A module's command says what happened ([`kernel::Context::emit`]); [`follow`] looks which cases wait for it and
//! moves their tokens in the same transaction, each step in a savepoint with the rights of its diagram. A step that
//! refuses stops its case visibly and nothing else. The kernel calls [`follow`] when a command is done; jobs come
//! in by [`work`]. A diagram is read by [`bpmn`], checked as the program that it is when it is published, kept in
//! memory, and written here in no other way than as the XML that it came as.

pub mod bpmn;
mod case;
mod check;
mod diagram;
mod engine;
pub mod feel;
mod follow;
mod index;
pub mod model;
mod outline;
mod program;
mod task;
mod timer;
mod words;

pub use case::{Case, CaseState, CaseStep, StepState};
pub use diagram::{Diagram, DiagramState, ship};
pub use follow::follow;
pub use outline::outline;
pub use task::{Task, TaskKind, TaskState};
pub use timer::work;
pub use words::names;

use kernel::{Kind, Module};

/// The module's list.
#[must_use]
pub fn module() -> Module {
    Module::new("process", include_str!("../locale/en.json"), include_str!("../locale/sl.json"))
        .entity::<Diagram>()
        .life(diagram::LIFE)
        .prepare::<Diagram>(Diagram::prepare)
        .computed(
            "running",
            Kind::Integer,
            "SELECT COUNT(*) FROM case_ c WHERE c.diagram_id = {t}.id AND c.state = 'running'",
        )
        .computed(
            "stopped",
            Kind::Integer,
            "SELECT COUNT(*) FROM case_ c WHERE c.diagram_id = {t}.id AND c.state = 'stopped'",
        )
        .command::<Diagram, _, _>("publish", Diagram::publish)
        .command::<Diagram, _, _>("retire", Diagram::retire)
        .command::<Diagram, _, _>("revise", Diagram::revise)
        .closed::<Case>()
        .computed("open", Kind::Bool, "CASE WHEN {t}.state IN ('running', 'stopped') THEN 1 ELSE 0 END")
        .set_command::<Case, _, _>("start", Case::start)
        .command::<Case, _, _>("retry", Case::retry)
        .command::<Case, _, _>("skip", Case::skip)
        .is_final()
        .command::<Case, _, _>("done_by_hand", Case::done_by_hand)
        .is_final()
        .command::<Case, _, _>("cancel", Case::cancel)
        .is_final()
        .set_query::<Case, _>("of", case::of)
        .query::<Case, _>("show", case::show)
        .closed::<CaseStep>()
        .closed::<Task>()
        .computed("open", Kind::Bool, "CASE WHEN {t}.state = 'open' THEN 1 ELSE 0 END")
        .command::<Task, _, _>("take", Task::take)
        .command::<Task, _, _>("give_back", Task::give_back)
        .command::<Task, _, _>("complete", Task::complete)
        .set_query::<Task, _>("inbox", task::inbox)
        .set_query::<Task, _>("words", words::words)
        .events(&[
            "process.Published",
            "process.Retired",
            "process.Started",
            "process.Retried",
            "process.Skipped",
            "process.DoneByHand",
            "process.Cancelled",
            "process.TaskDone",
            "process.Woken",
        ])
        .check("every running case stands at a step of its diagram", case::lost)
        .area("processes", &["Task", "Case", "Diagram"])
}
