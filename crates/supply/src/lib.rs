//! The planner's desk: what is short and buy it; the plan, its proposals, and what can be promised.
#![expect(
    clippy::indexing_slicing,
    reason = "places of a plan are places of the model that it was made from"
)]

mod accept;
mod available;
mod board;
mod closed;
mod demand;
mod desk;
mod engineering;
mod fetch;
mod forecast;
mod hurts;
mod item;
mod kept;
mod load;
mod machines;
mod model;
mod monthly;
mod outlook;
mod outside;
mod pegs;
mod perishing;
mod pipeline;
mod promise;
mod purchases;
mod rough_cut;
mod safety;
mod scenario;
mod sheet;
mod short;
mod sooner;
mod to_order;
mod upkeep;
mod warehouses;
mod ways;

pub use forecast::{DemandRule, Forecast, ForecastMethod, ForecastMonth};
pub use monthly::monthly;

use catalog::Product;
use kernel::{Kind, Module};
use production::WorkOrder;
use purchasing::PurchaseOrder;
use sales::SalesOrder;

/// The module's list.
#[must_use]
pub fn module() -> Module {
    Module::new("supply", include_str!("../locale/en.json"), include_str!("../locale/sl.json"))
        .set_query::<PurchaseOrder, _>("short", short::short)
        .set_command::<PurchaseOrder, _, _>("buy", short::buy)
        .command::<SalesOrder, _, _>("buy_short", short::buy_short)
        .command::<SalesOrder, _, _>("engineer", engineering::engineer)
        .query::<SalesOrder, _>("made_for", engineering::made_for)
        .command::<WorkOrder, _, _>("buy_outside", outside::buy_outside)
        .set_query::<Product, _>("plan", desk::plan)
        .set_query::<Product, _>("record", desk::record)
        .set_query::<Product, _>("promise", promise::promise)
        .set_query::<Product, _>("promises", promise::promises)
        .set_query::<Product, _>("pegging", pegs::pegging)
        .set_query::<Product, _>("hurts", hurts::what)
        .set_query::<Product, _>("purchases", purchases::purchases)
        .set_query::<Product, _>("scenario", scenario::scenario)
        .set_query::<Product, _>("load", load::load)
        .set_query::<Product, _>("rough_cut", rough_cut::rough_cut)
        .set_query::<Product, _>("rough_cut_items", rough_cut::rough_cut_items)
        .set_query::<Product, _>("board", board::board)
        .set_query::<Product, _>("moved", board::moving::moved)
        .set_command::<Product, _, _>("accept", accept::accept)
        .set_command::<Product, _, _>("withdraw", accept::withdraw)
        .closed::<Forecast>()
        .computed(
            "name",
            Kind::Text,
            "COALESCE((SELECT d.name FROM product d WHERE d.id = {t}.product_id), (SELECT g.name FROM product_group g WHERE g.id = {t}.group_id))",
        )
        .set_command::<Forecast, _, _>("make", forecast::make)
        .command::<Forecast, _, _>("adjust", Forecast::adjust)
        .set_command::<Forecast, _, _>("set_safety_stock", safety::set_safety_stock)
        .set_query::<Forecast, _>("sheet", sheet::sheet)
        .entity::<ForecastMonth>()
        .entity::<DemandRule>()
        .prepare::<DemandRule>(DemandRule::prepare)
        .area("plan", &["Forecast"])
        .area("settings", &["DemandRule"])
}
