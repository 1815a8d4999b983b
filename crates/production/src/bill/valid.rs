//! What a bill must be like.

use super::{Bill, BillKind, HUNDRED};
use crate::serials;
use catalog::{ProductKind, products};
use kernel::{Context, Ref, Refusal, Result, refuse};
use numbers::Decimal6;

impl Bill {
    pub(super) fn faults_of_operations(&mut self) -> Vec<Refusal> {
        let mut faults = Vec::new();
        for (i, (operation, position)) in self.operations.iter_mut().zip((10..).step_by(10)).enumerate() {
            let at = |name: &str| format!("operations/{i}/{name}");
            operation.position = position;
            for (name, minutes) in [
                ("setup_minutes", operation.setup_minutes),
                ("run_minutes", operation.run_minutes),
                ("queue_minutes", operation.queue_minutes),
                ("move_minutes", operation.move_minutes),
            ] {
                if minutes.0 < 0 {
                    faults.push(refuse("production.minutes").field(at(name)));
                }
            }
            if operation.yield_percent.0 <= 0 || operation.yield_percent > HUNDRED {
                faults.push(refuse("production.yield_percent").field(at("yield_percent")));
            }
            if operation.transfer_quantity.is_some_and(|q| q.0 <= 0) {
                faults.push(refuse("production.quantity").field(at("transfer_quantity")));
            }
            if operation.tool == Some(operation.work_center) {
                faults.push(refuse("production.tool").field(at("tool_id")));
            }
            operation.setup_family = operation.setup_family.take().filter(|f| !f.trim().is_empty());
        }
        faults
    }

    /// Operations that are put in between get new positions: components stay with the operation they have named.
    pub(super) fn follow_operations(&mut self, before: &Self) {
        for line in &mut self.components {
            let own = before.components.iter().find(|l| l.id == line.id && l.operation == line.operation);
            let named =
                own.and_then(|own| before.operations.iter().find(|o| Some(o.position) == own.operation));
            if let Some(now) = named.and_then(|named| self.operations.iter().find(|o| o.id == named.id)) {
                line.operation = Some(now.position);
            }
        }
    }

    /// After the operations, whose positions they name.
    pub(super) fn faults_of_components(&mut self) -> Vec<Refusal> {
        let mut faults = Vec::new();
        let positions: Vec<i64> = self.operations.iter().map(|o| o.position).collect();
        for (i, (line, position)) in self.components.iter_mut().zip((10..).step_by(10)).enumerate() {
            let at = |name: &str| format!("components/{i}/{name}");
            line.position = position;
            if line.quantity.0 <= 0 {
                faults.push(refuse("production.quantity").field(at("quantity")));
            }
            if line.scrap_percent.0 < 0 || line.scrap_percent >= HUNDRED {
                faults.push(refuse("production.scrap_percent").field(at("scrap_percent")));
            }
            if line.operation.is_some_and(|o| !positions.contains(&o)) {
                faults.push(refuse("production.no_position").field(at("operation")));
            }
            if matches!((line.valid_from, line.valid_to), (Some(from), Some(to)) if to < from) {
                faults.push(refuse("production.ends_before").field(at("valid_to")));
            }
            faults.extend(serials::fault(line.serials()).map(|fault| fault.field(at("until_serial"))));
        }
        faults
    }

    pub(super) fn faults_of_outputs(&mut self) -> Result<Vec<Refusal>> {
        let mut faults = Vec::new();
        let mut shares = Decimal6::ZERO;
        for (i, (output, position)) in self.outputs.iter_mut().zip((10..).step_by(10)).enumerate() {
            let at = |name: &str| format!("outputs/{i}/{name}");
            output.position = position;
            if output.quantity.0 <= 0 {
                faults.push(refuse("production.quantity").field(at("quantity")));
            }
            if output.cost_share_percent.0 < 0 {
                faults.push(refuse("production.cost_share").field(at("cost_share_percent")));
            }
            if output.product == self.product {
                faults.push(refuse("production.gives_itself").field(at("product_id")));
            }
            shares = shares.plus(output.cost_share_percent)?;
        }
        if shares > HUNDRED {
            faults.push(refuse("production.cost_shares").field("outputs").arg("sum", shares));
        }
        if self.kind != BillKind::Make && !self.outputs.is_empty() {
            faults.push(refuse("production.no_outputs").field("outputs"));
        }
        Ok(faults)
    }

    pub(super) fn faults_of_substitutes(&self) -> Vec<Refusal> {
        let mut faults = Vec::new();
        for (i, one) in self.substitutes.iter().enumerate() {
            let at = |name: &str| format!("substitutes/{i}/{name}");
            if one.ratio.0 <= 0 {
                faults.push(refuse("production.quantity").field(at("ratio")));
            }
            if !self.components.iter().any(|c| c.product == one.product) {
                faults.push(refuse("production.no_component").field(at("product_id")));
            }
            let twice =
                |o: &super::BillSubstitute| (o.product, o.substitute) == (one.product, one.substitute);
            if one.substitute == one.product || self.substitutes.iter().take(i).any(twice) {
                faults.push(refuse("production.substitute_twice").field(at("substitute_id")));
            }
        }
        faults
    }

    /// Goods are made of goods; what others do is a service.
    pub(super) fn faults_of_products(&self, cx: &mut Context) -> Result<Vec<Refusal>> {
        let named = |name: &str, i: usize, field: &str| format!("{name}/{i}/{field}");
        let mut goods = vec![(self.product, "product_id".to_owned())];
        let components = self.components.iter().enumerate();
        goods.extend(components.map(|(i, c)| (c.product, named("components", i, "product_id"))));
        let outputs = self.outputs.iter().enumerate();
        goods.extend(outputs.map(|(i, o)| (o.product, named("outputs", i, "product_id"))));
        let substitutes = self.substitutes.iter().enumerate();
        goods.extend(substitutes.map(|(i, s)| (s.substitute, named("substitutes", i, "substitute_id"))));
        let outside = self.operations.iter().enumerate().filter_map(|(i, o)| Some((i, o.outside?)));
        let services: Vec<_> =
            outside.map(|(i, service)| (service, named("operations", i, "outside_id"))).collect();
        let known = products(goods.iter().chain(&services).map(|(p, _)| *p), cx)?;
        let is = |p: &Ref<_>, kind| known.get(&p.id()).is_none_or(|p| p.kind == kind);
        let mut faults = Vec::new();
        for (_, at) in goods.into_iter().filter(|(p, _)| !is(p, ProductKind::Goods)) {
            faults.push(refuse("production.not_goods").field(at));
        }
        for (_, at) in services.into_iter().filter(|(p, _)| !is(p, ProductKind::Service)) {
            faults.push(refuse("production.not_a_service").field(at));
        }
        Ok(faults)
    }
}
