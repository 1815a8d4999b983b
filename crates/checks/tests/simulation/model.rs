//! The second, far simpler firm: quantities as a list of moves, money as what follows from orders and papers.
//! It knows no cost, no pegs, no allocation and no account but those that people owe.

use std::collections::BTreeMap;

/// Product, location, condition.
pub type Place = (i64, i64, &'static str);

#[derive(Clone, Debug)]
pub struct Line {
    pub id: i64,
    pub product: i64,
    pub quantity: i64,
    pub waived: i64,
    /// In cents.
    pub price: i64,
    /// Delivered and not come back, of what was ordered.
    pub kept: i64,
    /// Delivered too much, and not come back.
    pub excess: i64,
}

impl Line {
    pub fn delivered(&self) -> i64 {
        self.kept + self.excess
    }

    pub fn open(&self) -> i64 {
        (self.quantity - self.waived - self.delivered()).max(0)
    }

    pub fn deliver(&mut self, quantity: i64) {
        let fits = quantity.min(self.open());
        self.kept += fits;
        self.excess += quantity - fits;
    }

    /// What came too much goes back first; what was ordered and comes back is not wanted again.
    pub fn come_back(&mut self, quantity: i64) {
        let too_much = quantity.min(self.excess);
        self.excess -= too_much;
        self.kept -= quantity - too_much;
        self.waived += quantity - too_much;
    }

    pub fn accept(&mut self) {
        self.kept += self.excess;
        self.excess = 0;
        self.quantity = self.quantity.max(self.kept + self.waived);
    }
}

#[derive(Clone, Debug)]
pub struct Order {
    pub id: i64,
    pub customer: i64,
    pub lines: Vec<Line>,
    /// Given back by credit notes of a person, in cents.
    pub credited: i64,
}

#[derive(Clone, Debug)]
pub struct Receipt {
    pub id: i64,
    pub purchase: i64,
    pub product: i64,
    pub quantity: i64,
    pub price: i64,
    pub reversed: bool,
    pub invoice: Option<i64>,
}

#[derive(Clone, Debug)]
pub struct Bill {
    pub id: i64,
    pub gross: i64,
    pub paid: i64,
    pub reversed: bool,
}

#[derive(Clone, Debug, Default)]
pub struct Model {
    pub moves: Vec<(Place, i64, i64)>,
    pub orders: Vec<Order>,
    pub receipts: Vec<Receipt>,
    pub bills: Vec<Bill>,
    /// Money that came from each customer, less what went back.
    pub cash: BTreeMap<i64, i64>,
    /// Nothing moves, and nothing is posted, on or before these days.
    pub stock_lock: i64,
    pub ledger_lock: i64,
}

/// With VAT of 22 %; prices are multiples of half a euro, so that it is exact.
pub fn gross(net: i64) -> i64 {
    assert_eq!(net * 22 % 100, 0, "no story has cents that round");
    net + net * 22 / 100
}

impl Model {
    pub fn on_hand(&self, place: Place) -> i64 {
        self.moves.iter().filter(|m| m.0 == place).map(|m| m.2).sum()
    }

    /// Whether these moves of one day leave something below zero, on that day or any after it.
    pub fn lacks(&self, day: i64, moves: &[(Place, i64)]) -> bool {
        moves.iter().any(|(place, _)| {
            let mut all: BTreeMap<i64, i64> = BTreeMap::new();
            self.moves.iter().filter(|m| m.0 == *place).for_each(|m| *all.entry(m.1).or_default() += m.2);
            moves.iter().filter(|m| m.0 == *place).for_each(|m| *all.entry(day).or_default() += m.1);
            let mut left = 0;
            all.values().any(|n| {
                left += n;
                left < 0
            })
        })
    }

    pub fn go(&mut self, day: i64, moves: &[(Place, i64)]) {
        self.moves.extend(moves.iter().map(|(place, n)| (*place, day, *n)));
    }

    pub fn stock(&self) -> BTreeMap<Place, i64> {
        let mut all: BTreeMap<Place, i64> = BTreeMap::new();
        self.moves.iter().for_each(|m| *all.entry(m.0).or_default() += m.2);
        all.retain(|_, n| *n != 0);
        all
    }

    /// What each account says of each party, in cents; nothing where it is nothing.
    pub fn books(&self) -> BTreeMap<(&'static str, i64), i64> {
        let mut all: BTreeMap<(&'static str, i64), i64> = BTreeMap::new();
        for order in &self.orders {
            let of = |n: fn(&Line) -> i64| order.lines.iter().map(|l| n(l) * l.price).sum::<i64>();
            let (kept, excess) = (of(|l| l.kept), of(|l| l.excess));
            *all.entry(("revenue", order.customer)).or_default() -= kept + excess - order.credited;
            *all.entry(("delivered_not_invoiced", order.customer)).or_default() += excess;
            *all.entry(("receivable", order.customer)).or_default() += gross(kept - order.credited);
        }
        for (customer, cash) in &self.cash {
            *all.entry(("receivable", *customer)).or_default() -= cash;
        }
        for receipt in self.receipts.iter().filter(|r| !r.reversed && r.invoice.is_none()) {
            *all.entry(("received_not_invoiced", 0)).or_default() -= receipt.quantity * receipt.price;
        }
        for bill in self.bills.iter().filter(|b| !b.reversed) {
            *all.entry(("payable", 0)).or_default() -= bill.gross - bill.paid;
        }
        all.retain(|_, n| *n != 0);
        all
    }
}
