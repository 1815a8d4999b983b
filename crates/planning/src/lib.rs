//! What to buy and make, how much, when, on which machine, and for whom.
//!
//! [`plan::plan`] takes a [`model::Model`] and gives a [`plan::Plan`]. It knows no database and no clock; the same model
//! gives the same plan on any machine. In the order in which it works:
//! - [`shop`] checks the model, finds the low-level codes (or names the loop) and lays out the calendars ([`clock`]);
//! - [`net`] is MRP: item by item, what is wanted against what there is, the rest in lots ([`lots`]), each pegged; what is on
//!   order a little late is taken where nothing new could be there before it (`projected`, `sooner`);
//! - [`network`] keeps of it what waits for what, and [`schedule`] gives that times on real machines (`improve` makes
//!   them good);
//! - [`sequence`] knows what a set-up takes after what ran before, and `campaign` puts together what is alike; `shelf` nets
//!   what does not keep for ever;
//! - [`pegging`] follows every supply to the customers, [`explain`] says why an order is late, [`message`] what to do;
//! - [`promise`] answers from a plan what can be promised, without planning anew;
//! - [`forecast`] and [`demand`] say beforehand what to plan for, [`master`] whether there is capacity for it and what is
//!   left to promise, [`scenario`] what would be otherwise, whom it hits and what helps;
//! - [`format`](mod@format) reads and writes all of it as JSON.
#![expect(
    clippy::indexing_slicing,
    reason = "planning works on places in lists that this crate makes, and a model's own are checked when it is read"
)]

mod campaign;
pub mod clock;
mod delay;
pub mod demand;
mod drum;
pub mod explain;
pub mod forecast;
pub mod format;
mod handover;
mod improve;
pub mod lane;
mod links;
pub mod lots;
pub mod master;
pub mod message;
pub mod model;
pub mod net;
pub mod network;
pub mod pegging;
pub mod plan;
mod projected;
pub mod promise;
pub mod scenario;
pub mod schedule;
mod search;
pub mod sequence;
mod shelf;
pub mod shop;
mod sooner;
mod together;
