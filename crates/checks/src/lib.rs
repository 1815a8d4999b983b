//! Tests of the whole: stories told through commands, conformance of every module, tidiness of the code, and the
//! simulation. Here is the shop in which the stories happen.
#![expect(clippy::expect_used, clippy::panic, reason = "tests stop at what should not happen")]

mod shop;

pub use shop::{Shop, on_both};
