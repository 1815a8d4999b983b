//! Who asks for an item, and what brings it without a lot of its own.

use crate::model::{Method, Seconds};
use crate::net::{Demand, LotRef, Record, Supply};
use crate::shop::Shop;
use numbers::Rational;
use std::collections::HashMap;

/// A gross requirement.
#[derive(Clone, Debug)]
pub struct Requirement {
    /// When it is needed.
    pub at: Seconds,
    /// How much.
    pub qty: Rational,
    /// For what.
    pub demand: Demand,
}

/// Who asks for an item: kept beside the records, so that a record can be made at any time.
#[derive(Debug)]
pub struct Links {
    parents: Vec<Vec<Parent>>,
    orders: Vec<Vec<u32>>,
    receipts: Vec<Vec<u32>>,
    /// The items that may take an item's place, with those whose place they may take.
    pub(crate) replaces: HashMap<u32, Vec<u32>>,
    /// The methods that bring an item beside their own.
    brought: HashMap<u32, Vec<Parent>>,
    /// Where each item stands in the order of the low-level codes.
    place: Vec<u32>,
}

/// A method that takes or brings so much of an item for one.
#[derive(Debug)]
struct Parent {
    item: u32,
    method: u32,
    per: Rational,
}

impl Links {
    /// Reads who asks for what from a model.
    pub fn new(shop: &Shop<'_>) -> Self {
        let model = shop.model;
        let count = model.items.len();
        let mut place = vec![0; count];
        shop.order().iter().enumerate().for_each(|(n, item)| place[*item as usize] = n as u32);
        let mut links = Self {
            parents: std::iter::repeat_with(Vec::new).take(count).collect(),
            orders: vec![Vec::new(); count],
            receipts: vec![Vec::new(); count],
            replaces: HashMap::new(),
            brought: HashMap::new(),
            place,
        };
        for (parent, one) in model.items.iter().enumerate() {
            for (n, method) in one.methods.iter().enumerate() {
                links.add(parent as u32, n as u32, method);
            }
        }
        // Of two that may take each other's place, only the one that is netted later can.
        let place = &links.place;
        for (other, replaces) in &mut links.replaces {
            replaces.retain(|item| place[*item as usize] < place[*other as usize]);
        }
        for (n, order) in model.orders.iter().enumerate() {
            links.orders[order.item].push(n as u32);
        }
        for (n, receipt) in model.receipts.iter().enumerate() {
            links.receipts[receipt.item].push(n as u32);
        }
        for orders in &mut links.orders {
            orders.sort_by_key(|n| (model.orders[*n as usize].due, model.orders[*n as usize].priority));
        }
        for receipts in &mut links.receipts {
            receipts.sort_by_key(|n| model.receipts[*n as usize].at);
        }
        links
    }

    fn add(&mut self, item: u32, method: u32, way: &Method) {
        for component in &way.components {
            // A component listed twice is one requirement.
            match self.parents[component.item].last_mut() {
                Some(last) if last.item == item && last.method == method => last.per += &component.per,
                _ => self.parents[component.item].push(Parent { item, method, per: component.per.clone() }),
            }
            for substitute in &component.substitutes {
                let replaces = self.replaces.entry(substitute.item as u32).or_default();
                if !replaces.contains(&(component.item as u32)) {
                    replaces.push(component.item as u32);
                }
            }
        }
        for output in &way.outputs {
            let per = output.per.clone();
            self.brought.entry(output.item as u32).or_default().push(Parent { item, method, per });
        }
    }

    /// All that is needed of an item, first what is needed first.
    pub fn gross(&self, shop: &Shop<'_>, item: u32, records: &[Record]) -> Vec<Requirement> {
        let mut gross: Vec<Requirement> = Vec::new();
        for n in &self.orders[item as usize] {
            let order = &shop.model.orders[*n as usize];
            gross.push(Requirement { at: order.due, qty: order.qty.clone(), demand: Demand::Order(*n) });
        }
        for parent in &self.parents[item as usize] {
            for (n, lot) in records[parent.item as usize].lots.iter().enumerate() {
                if lot.method == parent.method {
                    let demand = Demand::Lot(LotRef { item: parent.item, n: n as u32 });
                    gross.push(Requirement { at: lot.start, qty: &parent.per * &lot.qty, demand });
                }
            }
        }
        for instead in
            self.replaces.get(&item).into_iter().flatten().flat_map(|of| &records[*of as usize].instead)
        {
            if instead.item == item {
                let at = records[instead.lot.item as usize].lots[instead.lot.n as usize].start;
                gross.push(Requirement { at, qty: instead.qty.clone(), demand: Demand::Lot(instead.lot) });
            }
        }
        // Stable, and so the same in every run; the lists are sorted runs already, which the sort makes use of.
        gross.sort_by_key(|r| r.at);
        gross
    }

    /// An item's receipts, by the time they are there.
    pub(crate) fn receipts(&self, item: u32) -> &[u32] {
        &self.receipts[item as usize]
    }

    /// Whether an item comes beside others.
    pub(crate) fn comes_beside(&self, item: u32) -> bool {
        self.brought.contains_key(&item)
    }

    /// Where an item stands in the order of the low-level codes.
    pub(crate) fn place(&self, item: u32) -> u32 {
        self.place[item as usize]
    }

    /// The items of which something is on order and that these go into, on any level: whether they wait for it depends
    /// on what there is of these.
    pub(crate) fn waiting(&self, of: &[usize]) -> Vec<usize> {
        let mut seen = vec![false; self.parents.len()];
        let (mut open, mut waiting) = (of.to_vec(), Vec::new());
        while let Some(item) = open.pop() {
            for parent in &self.parents[item] {
                let parent = parent.item as usize;
                if !std::mem::replace(&mut seen[parent], true) {
                    open.push(parent);
                    waiting.extend((!self.receipts[parent].is_empty()).then_some(parent));
                }
            }
        }
        waiting
    }

    /// What comes of an item without a new lot of it, by the time it is there. A receipt that is there before any new
    /// lot could be counts as there already.
    pub(crate) fn coming(
        &self,
        shop: &Shop<'_>,
        item: u32,
        records: &[Record],
        floor: Seconds,
    ) -> Vec<Coming> {
        let receipts = self.receipts[item as usize].iter().map(|n| {
            let receipt = &shop.model.receipts[*n as usize];
            Coming { at: receipt.at, supply: Supply::Receipt(*n), qty: receipt.qty.clone() }
        });
        let mut coming: Vec<Coming> = receipts.collect();
        for coming in coming.iter_mut().filter(|coming| coming.at <= floor) {
            coming.at = Seconds::MIN;
        }
        for parent in self.brought.get(&item).into_iter().flatten() {
            for (n, lot) in records[parent.item as usize].lots.iter().enumerate() {
                if lot.method == parent.method {
                    let supply = Supply::Beside(LotRef { item: parent.item, n: n as u32 });
                    // Where making takes no time a lot still cannot take what it brings itself.
                    let at = lot.end.max(lot.start + 1);
                    coming.push(Coming { at, supply, qty: &parent.per * &lot.qty });
                }
            }
        }
        coming.sort_by_key(|coming| coming.at);
        coming
    }
}

/// Something that comes by itself.
#[derive(Clone)]
pub(crate) struct Coming {
    pub at: Seconds,
    pub supply: Supply,
    pub qty: Rational,
}
