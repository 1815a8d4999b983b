//! The pegging tree of a product: each of its supplies, up to the customers that wait for it and down to the materials
//! that it waits for.

use crate::desk::{exact, money, order};
use crate::kept::{Kept, kept};
use crate::machines::needs;
use catalog::Product;
use kernel::{Input, Reader, Ref, Result, refuse};
use numbers::{Money, Rational};
use planning::net::{Demand, LotRef, Peg, Supply};
use serde_json::{Value as Json, json};
use std::collections::{BTreeSet, HashMap};
use stock::Warehouse;

/// Rows of a tree: more of them nobody reads.
const MOST: usize = 1_500;

#[derive(Debug, Input)]
pub struct OfProduct {
    pub product: Ref<Product>,
    /// The firm's first where empty.
    pub warehouse: Option<Ref<Warehouse>>,
}

/// Each supply of a product with what it is for and what it takes, level by level.
pub(crate) fn pegging(input: OfProduct, reader: &mut Reader) -> Result<Json> {
    let description = reader.registry.entity("Product")?;
    reader.visible(&description, input.product.id())?;
    needs(reader)?;
    let kept = kept(reader)?;
    let items = kept.records.items_of(input.product.id(), input.warehouse.map(Ref::id));
    if items.is_empty() {
        return Err(refuse("supply.not_planned").field("product_id").into());
    }
    let mut tree = Tree { kept: &kept, left: MOST, indexes: HashMap::new() };
    let mut value = Vec::new();
    for item in items {
        value.extend(tree.of_item(item)?);
    }
    Ok(json!({"value": value, "cut": tree.left == 0}))
}

/// Each supply of an item, in the order in which it is used.
fn supplies(kept: &Kept, item: usize) -> Vec<Supply> {
    let model = &kept.records.model;
    let receipts = (0..model.receipts.len()).filter(|n| model.receipts[*n].item == item);
    let lots = 0..kept.plan.records[item].lots.len();
    let on_hand = model.items[item].on_hand.is_positive().then_some(Supply::OnHand);
    // What comes beside other items is known by what it serves.
    let mut beside: Vec<Supply> = kept.plan.records[item].pegs.iter().map(|peg| peg.supply).collect();
    beside.retain(|supply| matches!(supply, Supply::Beside(_)));
    beside.dedup();
    on_hand
        .into_iter()
        .chain(beside)
        .chain(receipts.map(|n| Supply::Receipt(n as u32)))
        .chain(lots.map(|n| Supply::Lot(n as u32)))
        .collect()
}

/// A demand or supply that has been walked already on the way: pegs through work orders might lead in a circle.
type Walked = BTreeSet<(usize, u32, u32)>;

type Row = serde_json::Map<String, Json>;

/// Pegs of one item by what they serve: orders by their place, lots by item and place.
type Index = HashMap<(u32, u32), Vec<usize>>;

struct Tree<'a> {
    kept: &'a Kept,
    left: usize,
    indexes: HashMap<usize, Index>,
}

fn key(demand: Demand) -> (u32, u32) {
    match demand {
        Demand::Order(n) => (u32::MAX, n),
        Demand::Lot(lot) => (lot.item, lot.n),
    }
}

fn place(item: usize, supply: Supply) -> (usize, u32, u32) {
    match supply {
        Supply::OnHand => (item, 0, 0),
        Supply::Receipt(n) => (item, 1, n),
        Supply::Lot(n) => (item, 2, n),
        // It hangs on the lot that brings it.
        Supply::Beside(of) => (of.item as usize, 2, of.n),
    }
}

impl Tree<'_> {
    fn of_item(&mut self, item: usize) -> Result<Vec<Json>> {
        let (kept, model) = (self.kept, &self.kept.records.model);
        let mut value = Vec::new();
        for supply in supplies(kept, item) {
            let quantity = match supply {
                Supply::OnHand => model.items[item].on_hand.clone(),
                Supply::Receipt(n) => model.receipts[n as usize].qty.clone(),
                Supply::Lot(n) => kept.plan.records[item].lots[n as usize].qty.clone(),
                Supply::Beside(of) => kept.beside(item, of),
            };
            let mut row = self.supply(item, supply, &quantity)?;
            row.insert("up".into(), Json::Array(self.up(item, supply, &mut BTreeSet::new())?));
            row.insert("down".into(), Json::Array(self.down(item, supply, &mut BTreeSet::new())?));
            value.push(Json::Object(row));
        }
        Ok(value)
    }

    /// Counts a row; false when there are enough.
    fn room(&mut self) -> bool {
        self.left = self.left.saturating_sub(1);
        self.left > 0
    }

    fn supply(&self, item: usize, supply: Supply, quantity: &Rational) -> Result<Row> {
        let (kept, product) = (self.kept, &self.kept.records.products[item]);
        let shares = kept.plan.pegging.of_item(item).iter().filter(|share| share.supply == supply);
        let orders: Vec<u32> = shares.map(|share| share.order).collect();
        let late = crate::desk::behind(kept, &orders)
            .into_iter()
            .any(|n| kept.plan.done[n] > kept.records.model.orders[n].due);
        let mut row = json!({"product_id": product.id, "code": product.code, "product": product.label(), "role": product.role.word(),
            "warehouse_id": product.place.as_ref().map(|_| product.warehouse), "quantity": exact(quantity), "late": late});
        let more = match supply {
            Supply::OnHand => json!({"kind": "on_hand"}),
            Supply::Receipt(n) => {
                let (receipt, supply) =
                    (&kept.records.model.receipts[n as usize], &kept.records.supplies[n as usize]);
                json!({"kind": "receipt", "on": kept.day(receipt.at)?.to_string(), "party": supply.party.as_ref().map(|p| p.1.as_str()),
                    "document": {"entity": supply.document_entity, "id": supply.document, "number": supply.number}})
            }
            Supply::Beside(of) => {
                let lot = &kept.plan.records[of.item as usize].lots[of.n as usize];
                json!({"kind": "planned", "start_on": kept.day(lot.start)?.to_string(), "on": kept.ends_on(of.item as usize, lot.end)?.to_string(),
                    "party": null})
            }
            Supply::Lot(n) => {
                let lot = &kept.plan.records[item].lots[n as usize];
                let offer = kept.records.offers.get(&product.id);
                json!({"kind": "planned", "start_on": kept.day(lot.start)?.to_string(), "on": kept.ends_on(item, lot.end)?.to_string(),
                    "party": offer.filter(|_| kept.buys(item)).map(|o| o.supplier_name.as_str()), "from": kept.fetched_from(item)})
            }
        };
        let mut row = row.as_object_mut().map(std::mem::take).unwrap_or_default();
        if let Json::Object(more) = more {
            row.extend(more);
        }
        Ok(row)
    }

    /// What a supply is for, and what that is for.
    fn up(&mut self, item: usize, supply: Supply, walked: &mut Walked) -> Result<Vec<Json>> {
        if !walked.insert(place(item, supply)) {
            return Ok(Vec::new());
        }
        let kept = self.kept;
        let mut rows = Vec::new();
        for peg in kept.plan.records[item].pegs.iter().filter(|peg| peg.supply == supply) {
            if !self.room() {
                break;
            }
            match peg.demand {
                Demand::Lot(lot) => {
                    let mut row = self.supply(lot.item as usize, Supply::Lot(lot.n), &peg.qty)?;
                    let up = self.up(lot.item as usize, Supply::Lot(lot.n), walked)?;
                    row.insert("up".into(), up.into());
                    rows.push(Json::Object(row));
                }
                Demand::Order(n) => rows.push(self.order(n as usize, &peg.qty, walked)?),
            }
        }
        walked.remove(&place(item, supply));
        Ok(rows)
    }

    /// Who waits at the end, or an own work order on the way to them.
    fn order(&mut self, n: usize, quantity: &Rational, walked: &mut Walked) -> Result<Json> {
        let (kept, demand) = (self.kept, &self.kept.records.demands[n]);
        let mut row = order(kept, n, demand)?;
        let own = kept.records.receipt_of(demand);
        let up = match own {
            Some(receipt) => {
                let item = kept.records.model.receipts[receipt as usize].item;
                let up = self.up(item, Supply::Receipt(receipt), walked)?;
                let product = &kept.records.products[item];
                row["product"] = product.label().into();
                row["product_id"] = product.id.into();
                row["warehouse_id"] = product.place.as_ref().map(|_| product.warehouse).into();
                up
            }
            None => Vec::new(),
        };
        let document =
            json!({"entity": demand.document_entity, "id": demand.document, "number": demand.number});
        row["kind"] = match own {
            None => "order",
            Some(_) if demand.document_entity == "TransferOrder" => "transfer",
            Some(_) => "work_order",
        }
        .into();
        row["quantity"] = exact(quantity);
        row["on"] = row["due_on"].clone();
        row["net"] = money(Money(demand.net));
        row["document"] = document;
        row["up"] = up.into();
        Ok(row)
    }

    /// What a supply takes, and what that takes.
    fn down(&mut self, item: usize, supply: Supply, walked: &mut Walked) -> Result<Vec<Json>> {
        if !walked.insert(place(item, supply)) {
            return Ok(Vec::new());
        }
        let kept = self.kept;
        let taken: Vec<(usize, Demand)> = match supply {
            Supply::OnHand => Vec::new(),
            Supply::Lot(n) => self.parts(LotRef { item: item as u32, n }),
            Supply::Beside(of) => self.parts(of),
            Supply::Receipt(n) => {
                let supply = &kept.records.supplies[n as usize];
                let wants = kept.records.demands.iter().enumerate().filter(|(_, demand)| {
                    demand.document_entity == supply.document_entity
                        && match supply.document_entity {
                            "WorkOrder" => demand.document == supply.document,
                            "TransferOrder" => demand.line == supply.line,
                            _ => false,
                        }
                });
                wants.map(|(n, _)| (kept.records.model.orders[n].item, Demand::Order(n as u32))).collect()
            }
        };
        let mut rows = Vec::new();
        for (part, demand) in taken {
            for peg in self.pegs(part, demand) {
                if !self.room() {
                    break;
                }
                let mut row = self.supply(part, peg.supply, &peg.qty)?;
                row.insert("down".into(), self.down(part, peg.supply, walked)?.into());
                rows.push(Json::Object(row));
            }
        }
        walked.remove(&place(item, supply));
        Ok(rows)
    }

    /// The items that a lot takes, those in others' places too.
    fn parts(&self, of: LotRef) -> Vec<(usize, Demand)> {
        let lot = &self.kept.plan.records[of.item as usize].lots[of.n as usize];
        let method = self.kept.records.model.items[of.item as usize].methods.get(lot.method as usize);
        let components = method.into_iter().flat_map(|method| &method.components);
        let all =
            components.flat_map(|c| std::iter::once(c.item).chain(c.substitutes.iter().map(|s| s.item)));
        let parts: BTreeSet<usize> = all.collect();
        parts.into_iter().map(|part| (part, Demand::Lot(of))).collect()
    }

    /// What serves a demand.
    fn pegs(&mut self, item: usize, demand: Demand) -> Vec<Peg> {
        let pegs = &self.kept.plan.records[item].pegs;
        let index = self.indexes.entry(item).or_insert_with(|| {
            let mut index = Index::new();
            for (n, peg) in pegs.iter().enumerate() {
                index.entry(key(peg.demand)).or_default().push(n);
            }
            index
        });
        index.get(&key(demand)).into_iter().flatten().map(|n| pegs[*n].clone()).collect()
    }
}
