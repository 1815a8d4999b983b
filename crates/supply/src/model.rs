//! The firm's records as a planning model: what is demanded, on hand, on order, and how each product is got.

use crate::demand::Demand;
use crate::item::{item, step};
use crate::perishing;
use crate::to_order::Role;
use crate::upkeep::Upkeep;
use crate::warehouses::{Places, Warehouses};
use crate::ways::Shop;
use catalog::Environment;
use kernel::{Choice, Result, Value};
use numbers::{Date, Decimal6, Rational};
use planning::model::{Calendar, DAY, Kind, Method, Model, Receipt, Resource, Seconds, Taken};
use purchasing::{Offer, best_offers};
use std::collections::{BTreeSet, HashMap};
use store::{Row, Tx};

/// A planning model, and which record each of its parts is.
#[derive(Clone, Debug)]
pub(crate) struct Records {
    pub model: Model,
    pub products: Vec<Product>,
    pub demands: Vec<Demand>,
    pub supplies: Vec<Supply>,
    pub offers: HashMap<i64, Offer>,
    /// The bill of each product that is made.
    pub bills: HashMap<i64, i64>,
    /// The work center of each of the first resources; behind them come the people.
    pub centers: Vec<i64>,
    /// For each of them the resources that stand when it does: itself, and what is a part of it over all levels.
    pub stand: Vec<Vec<usize>>,
    /// The employees behind them.
    pub people: Vec<i64>,
    /// The next time of each maintenance.
    pub upkeep: Vec<Upkeep>,
    /// The receipt that each open work order is.
    pub(crate) work_orders: HashMap<i64, u32>,
    /// The receipt that each open line of a transfer order is.
    pub(crate) transfers: HashMap<i64, u32>,
    pub warehouses: Warehouses,
    pub(crate) places: Places,
    /// The calendars that have no shifts.
    pub(crate) without_shifts: BTreeSet<usize>,
}

/// A product that is planned in a warehouse.
#[derive(Clone, Debug)]
pub(crate) struct Product {
    pub id: i64,
    pub code: String,
    pub name: String,
    /// What its unit can count.
    pub step: Rational,
    pub warehouse: i64,
    /// What that is called, where the firm has several.
    pub place: Option<String>,
    pub environment: Environment,
    pub engineering_days: u32,
    pub role: Role,
}

impl Product {
    /// Its name, and where, if that is not clear.
    pub fn label(&self) -> String {
        self.place.as_ref().map_or_else(|| self.name.clone(), |place| format!("{} ({place})", self.name))
    }
}

/// A line that will bring something.
#[derive(Clone, Debug)]
pub(crate) struct Supply {
    pub document_entity: &'static str,
    pub document: i64,
    pub line: i64,
    pub number: String,
    pub party: Option<(i64, String)>,
    /// When it is to be there; the model has what is past due come today.
    pub due_on: Date,
}

/// What stands longer than this stands for as long as a plan reaches: a machine that never works has no clock.
pub(crate) const LONGEST: Seconds = 2 * 365 * DAY;

/// Each work center's resource, and how much slower than planned it is.
pub(crate) type Centers = HashMap<i64, (usize, Rational)>;

/// What a row says of a product, in a warehouse.
fn product(r: &Row, warehouse: i64, place: Option<String>) -> Product {
    Product {
        id: r.int(0),
        code: r.text(1).into(),
        name: r.text(2).into(),
        step: step(0, r.int(7)),
        warehouse,
        place,
        environment: Environment::of(r.text(11)).unwrap_or(Environment::MakeToStock),
        engineering_days: r.get(12).as_int().and_then(|days| u32::try_from(days).ok()).unwrap_or(0),
        role: Role::Stocked,
    }
}

impl Records {
    /// Reads all that a company plans; so much of today is over.
    pub fn read(company: i64, today: Date, over: Seconds, tx: &mut Tx) -> Result<Self> {
        let warehouses = Warehouses::read(company, tx)?;
        let home = warehouses.home();
        let rows = tx.query(
            "SELECT p.id, p.code, p.name, p.safety_stock, p.lot_minimum, p.lot_multiple, p.standard_cost, u.decimals,
                    COALESCE(s.usable, 0), COALESCE(s.on_hand, 0), COALESCE(s.value, 0), p.environment, p.engineering_days,
                    p.lot_sizing, p.lot_quantity, p.lot_days, p.ordering_cost, p.holding_cost_percent, p.lot_maximum,
                    p.safety_days, p.planning_fence_days
             FROM product p JOIN unit u ON u.id = p.unit_id
             LEFT JOIN product_stock s ON s.product_id = p.id AND s.company_id = ? AND s.warehouse_id = ?
             WHERE p.kind = 'goods' AND (p.safety_stock > 0 OR p.planned_by = 'forecast'
                OR p.id IN (SELECT product_id FROM peg WHERE company_id = ?)
                OR p.id IN (SELECT l.product_id FROM sales_order_line l JOIN sales_order o ON o.id = l.parent_id
                            WHERE o.company_id = ? AND o.state = 'quoted' AND (o.reserved = 1 OR o.opportunity_id IS NOT NULL))
                OR p.id IN (SELECT product_id FROM kit_part)
                OR p.id IN (SELECT product_id FROM bill WHERE company_id = ? AND archived = 0)
                OR p.id IN (SELECT l.product_id FROM bill_line l JOIN bill b ON b.id = l.parent_id WHERE b.company_id = ? AND b.archived = 0)
                OR p.id IN (SELECT l.substitute_id FROM bill_substitute l JOIN bill b ON b.id = l.parent_id WHERE b.company_id = ? AND b.archived = 0)
                OR p.id IN (SELECT l.product_id FROM bill_output l JOIN bill b ON b.id = l.parent_id WHERE b.company_id = ? AND b.archived = 0)
                OR p.id IN (SELECT l.product_id FROM purchase_order_line l JOIN purchase_order o ON o.id = l.parent_id
                            WHERE o.company_id = ? AND o.state = 'confirmed' AND l.waived = 0)
                OR p.id IN (SELECT l.product_id FROM transfer_line l JOIN transfer_order o ON o.id = l.parent_id
                            WHERE o.company_id = ? AND o.state IN ('confirmed', 'shipped'))
                OR p.id IN (SELECT l.product_id FROM maintenance_part l JOIN maintenance m ON m.id = l.parent_id
                            WHERE m.company_id = ? AND m.archived = 0))
             ORDER BY p.id",
            &[company, home].into_iter().chain([company; 9]).map(Value::Int).collect::<Vec<_>>(),
        )?;
        let place = warehouses.name(home).map(ToOwned::to_owned);
        let products = rows.iter().map(|r| product(r, home, place.clone()));
        let mut records = Self {
            model: Model {
                start: today,
                calendars: Vec::new(),
                resources: Vec::new(),
                items: rows.iter().map(item).collect(),
                receipts: Vec::new(),
                taken: Vec::new(),
                orders: Vec::new(),
            },
            products: products.collect(),
            demands: Vec::new(),
            supplies: Vec::new(),
            offers: HashMap::new(),
            bills: HashMap::new(),
            centers: Vec::new(),
            stand: Vec::new(),
            people: Vec::new(),
            upkeep: Vec::new(),
            work_orders: HashMap::new(),
            transfers: HashMap::new(),
            places: rows.iter().enumerate().map(|(n, r)| ((r.int(0), home), n)).collect(),
            warehouses,
            without_shifts: BTreeSet::new(),
        };
        let calendars = records.calendars(company, over, tx)?;
        let centers = records.resources(&calendars, company, tx)?;
        let mut shop = Shop::read(&mut records, &centers, &calendars, company, tx)?;
        let recipes = records.made(&mut shop, company, tx)?;
        perishing::keep(&mut records, company, tx)?;
        records.offers(company, tx)?;
        records.purchased(company, tx)?;
        records.worked(company, &centers, &shop, tx)?;
        records.transferred(company, tx)?;
        records.wanted(company, tx)?;
        records.split_by_order(&recipes, &mut shop, company, tx)?;
        records.tell_parts_apart();
        records.keep_closed();
        Ok(records)
    }

    /// Where a product of the firm's first warehouse stands in the model.
    pub fn place(&self, product: i64) -> Option<usize> {
        self.place_in(product, None)
    }

    /// Where a product of a warehouse stands in the model; of the firm's first one where empty.
    pub fn place_in(&self, product: i64, warehouse: Option<i64>) -> Option<usize> {
        self.places.get(&(product, warehouse.unwrap_or(self.warehouses.home()))).copied()
    }

    /// All items that a product is in a warehouse: what is there for anybody first, then what is for one order line each.
    pub fn items_of(&self, product: i64, warehouse: Option<i64>) -> Vec<usize> {
        let Some(first) = self.place_in(product, warehouse) else { return Vec::new() };
        let warehouse = self.products[first].warehouse;
        let own = |one: &Product| {
            one.id == product && one.warehouse == warehouse && matches!(one.role, Role::Line(_))
        };
        let lines = (0..self.products.len()).filter(|n| own(&self.products[*n]));
        std::iter::once(first).chain(lines).collect()
    }

    /// Where a product stands that is for an order line alone; for anybody where empty, or where the line has no item.
    pub fn place_for(&self, product: i64, warehouse: Option<i64>, line: Option<i64>) -> Option<usize> {
        let items = self.items_of(product, warehouse);
        let own = |n: &&usize| self.products[**n].line().is_some_and(|of| Some(of.line) == line);
        items.iter().find(own).or(items.first()).copied()
    }

    /// The bill by which an item is made.
    pub fn bill_of(&self, item: usize) -> Option<i64> {
        let product = &self.products[item];
        product.line().and_then(|line| line.bill).or_else(|| self.bills.get(&product.id).copied())
    }

    /// Where a work center or an employee stands among the resources.
    pub fn resource(&self, entity: &str, id: i64) -> Option<usize> {
        if entity == "Employee" {
            let place = self.people.iter().position(|employee| *employee == id)?;
            Some(self.centers.len() + place)
        } else {
            self.centers.iter().position(|center| *center == id)
        }
    }

    /// The receipt that a demand's own document is, where it is a work order or takes goods to another warehouse.
    pub fn receipt_of(&self, demand: &Demand) -> Option<u32> {
        match demand.document_entity.as_str() {
            "WorkOrder" => self.work_orders.get(&demand.document).copied(),
            "TransferOrder" => self.transfers.get(&demand.line).copied(),
            _ => None,
        }
    }

    /// A date as the model counts time.
    pub fn at(&self, days: i64) -> Seconds {
        (days - self.model.start.days()) * DAY
    }

    /// A moment as the model counts time: local, as calendars are.
    pub fn moment(&self, micros: i64) -> Seconds {
        let zone = jiff::tz::TimeZone::system();
        let Ok(timestamp) = jiff::Timestamp::from_microsecond(micros) else { return 0 };
        let local = zone.to_datetime(timestamp);
        let of_day =
            i64::from(local.hour()) * 3600 + i64::from(local.minute()) * 60 + i64::from(local.second());
        self.at(Date::from(local.date()).days()) + of_day
    }

    /// When there is work, of today what is left of it.
    fn calendars(&mut self, company: i64, over: Seconds, tx: &mut Tx) -> Result<HashMap<i64, usize>> {
        let mut calendars: HashMap<i64, usize> = HashMap::new();
        // One without hours that nobody works by yet is being written: it keeps nobody from planning.
        let sql = "SELECT c.id, c.code FROM work_calendar c WHERE c.company_id = ? AND (
                EXISTS (SELECT 1 FROM shift s WHERE s.parent_id = c.id)
                OR EXISTS (SELECT 1 FROM work_center w WHERE w.calendar_id = c.id AND w.archived = 0)
                OR EXISTS (SELECT 1 FROM employee e WHERE e.calendar_id = c.id AND e.archived = 0))
            ORDER BY c.id";
        for r in tx.query(sql, &[company.into()])? {
            calendars.insert(r.int(0), self.model.calendars.len());
            self.model.calendars.push(Calendar { id: r.text(1).into(), ..Calendar::default() });
        }
        let of = |parent: i64| calendars.get(&parent).copied();
        for r in
            tx.query("SELECT parent_id, weekday, starts_at, ends_at FROM shift ORDER BY parent_id, id", &[])?
        {
            let (Some(calendar), Some(day)) = (of(r.int(0)), weekday(r.text(1))) else { continue };
            if let (Some(from), Some(to)) = (minutes(r.text(2)), minutes(r.text(3)))
                && let Some(shifts) = self.model.calendars.get_mut(calendar).and_then(|c| c.week.get_mut(day))
            {
                shifts.push((from, to));
            }
        }
        let sql =
            "SELECT parent_id, day, starts_at, ends_at FROM calendar_exception ORDER BY parent_id, day, id";
        for r in tx.query(sql, &[])? {
            let Some(calendar) = of(r.int(0)).and_then(|c| self.model.calendars.get_mut(c)) else { continue };
            let text = |n: usize| r.get(n).as_text().and_then(minutes);
            let shift = text(2).zip(text(3));
            let day = Date::from_days(r.int(1))?;
            match calendar.exceptions.last_mut() {
                Some((last, shifts)) if *last == day => shifts.extend(shift),
                _ => calendar.exceptions.push((day, shift.into_iter().collect())),
            }
        }
        self.begun(over);
        Ok(calendars)
    }

    fn resources(&mut self, calendars: &HashMap<i64, usize>, company: i64, tx: &mut Tx) -> Result<Centers> {
        let mut centers = HashMap::new();
        let mut above = Vec::new();
        let sql = "SELECT id, name, calendar_id, capacity, efficiency_percent, parent_id FROM work_center
                   WHERE company_id = ? AND archived = 0 ORDER BY id";
        for r in tx.query(sql, &[company.into()])? {
            let Some(calendar) = calendars.get(&r.int(2)).copied() else { continue };
            let hundred = Rational::from(100);
            let efficiency = Rational::from(Decimal6(r.int(4).max(1)));
            self.centers.push(r.int(0));
            above.push(r.get(5).as_int());
            centers.insert(r.int(0), (self.model.resources.len(), hundred.over(&efficiency)?));
            let capacity = u32::try_from(r.int(3)).unwrap_or(1).max(1);
            self.model.resources.push(Resource {
                id: r.text(1).into(),
                capacity,
                calendar,
                ..Resource::default()
            });
        }
        self.stand = parts_of(&self.centers, &above);
        // A breakdown whose end nobody knows keeps its machine for a working week.
        let sql = "SELECT work_center_id, starts_at, ends_at FROM downtime WHERE company_id = ?";
        for r in tx.query(sql, &[company.into()])? {
            let Some((resource, _)) = centers.get(&r.int(0)) else { continue };
            let from = self.moment(r.int(1));
            let to = r.get(2).as_int().map_or(from.max(0) + 7 * DAY, |end| self.moment(end).min(LONGEST));
            if to > 0 {
                self.stands_still(*resource, from, to);
            }
        }
        self.maintained(company, self.model.start, &centers, tx)?;
        Ok(centers)
    }

    /// Of today nobody can work in the hours that are over: a date that counts on them is not true.
    fn begun(&mut self, over: Seconds) {
        let minute = u32::try_from(over / 60).unwrap_or(0);
        let today = self.model.start;
        for calendar in &mut self.model.calendars {
            let hours = calendar.shifts(today);
            if hours.iter().all(|(from, _)| *from >= minute) {
                continue;
            }
            let left = hours.iter().filter(|(_, to)| *to > minute);
            let left = left.map(|(from, to)| ((*from).max(minute), *to)).collect();
            calendar.exceptions.retain(|(day, _)| *day != today);
            let at = calendar.exceptions.partition_point(|(day, _)| *day < today);
            calendar.exceptions.insert(at, (today, left));
        }
    }

    /// A machine stands, and with it all that is a part of it.
    pub fn stands_still(&mut self, resource: usize, from: Seconds, to: Seconds) {
        for place in self.stand.get(resource).into_iter().flatten() {
            if let Some(resource) = self.model.resources.get_mut(*place) {
                resource.down.push((from, to));
            }
        }
    }

    /// What is not made is bought at the best offer.
    fn offers(&mut self, company: i64, tx: &mut Tx) -> Result<()> {
        let bought = self.products.iter().zip(&self.model.items).filter(|(_, item)| item.methods.is_empty());
        let mut bought: Vec<i64> = bought.map(|(product, _)| product.id).collect();
        bought.sort_unstable();
        bought.dedup();
        self.offers = best_offers(&bought, None, self.model.start, company, tx)?;
        for (product, item) in self.products.iter().zip(&mut self.model.items) {
            let Some(offer) = self.offers.get(&product.id).filter(|_| item.methods.is_empty()) else {
                continue;
            };
            item.methods = vec![method(Kind::Buy, u32::try_from(offer.lead_time_days).unwrap_or(0))];
            item.lot.minimum = item.lot.minimum.at_least(&Rational::from(offer.minimum));
        }
        Ok(())
    }

    fn purchased(&mut self, company: i64, tx: &mut Tx) -> Result<()> {
        for line in purchasing::open_lines(None, company, tx)? {
            let Some(item) = self.place_in(line.product, line.warehouse) else { continue };
            let at = self.at(line.expected_on.days()).max(0);
            self.receipt(
                item,
                line.quantity,
                at,
                Supply {
                    document_entity: "PurchaseOrder",
                    document: line.order,
                    line: line.line,
                    number: line.number,
                    party: Some((line.supplier, line.supplier_name)),
                    due_on: line.expected_on,
                },
            );
        }
        Ok(())
    }

    /// Open work orders: what they will bring, and what they hold of the machines.
    fn worked(&mut self, company: i64, centers: &Centers, shop: &Shop, tx: &mut Tx) -> Result<()> {
        let rows = tx.query(
            "SELECT w.id, w.number, w.product_id, w.quantity + w.planned_scrap - w.completed
                    - CASE WHEN w.scrapped > w.planned_scrap THEN w.scrapped ELSE w.planned_scrap END, w.due_on, w.takes_apart, p.parent_id
             FROM work_order w LEFT JOIN location p ON p.id = w.location_id
             WHERE w.company_id = ? AND w.state IN ('firm', 'released', 'started') ORDER BY w.due_on, w.id",
            &[company.into()],
        )?;
        for r in rows.iter().filter(|r| r.int(3) > 0 && r.int(5) == 0) {
            let Some(item) = self.place_in(r.int(2), r.get(6).as_int()) else { continue };
            let supply = Supply {
                document_entity: "WorkOrder",
                document: r.int(0),
                line: r.int(0),
                number: r.get(1).as_text().unwrap_or_default().into(),
                party: None,
                due_on: Date::from_days(r.int(4))?,
            };
            let at = self.at(r.int(4)).max(0);
            self.work_orders.insert(r.int(0), u32::try_from(self.supplies.len()).unwrap_or(u32::MAX));
            self.receipt(item, Decimal6(r.int(3)), at, supply);
        }
        self.brought(company, tx)?;
        let rows = tx.query(
            "SELECT o.work_center_id, o.starts_at, o.ends_at, o.skill_id, o.setup_family FROM work_order_operation o JOIN work_order w ON w.id = o.parent_id
             WHERE w.company_id = ? AND w.state IN ('firm', 'released', 'started') AND o.state <> 'done'
               AND o.starts_at IS NOT NULL AND o.ends_at IS NOT NULL ORDER BY o.starts_at, o.id",
            &[company.into()],
        )?;
        for r in &rows {
            let Some((resource, _)) = centers.get(&r.int(0)) else { continue };
            let (from, to) = (self.moment(r.int(1)), self.moment(r.int(2)));
            if to > 0 {
                let family = shop.family_of(r.get(4).as_text());
                self.model.taken.push(Taken { resource: *resource, from: from.max(0), to, family });
                let somebody = shop.held(r.int(0), r.get(3).as_int(), from.max(0), to, &self.model.taken);
                self.model.taken.extend(somebody);
            }
        }
        Ok(())
    }

    /// What open work orders give besides their product, or what they take apart.
    fn brought(&mut self, company: i64, tx: &mut Tx) -> Result<()> {
        let rows = tx.query(
            "SELECT w.id, w.number, o.product_id, o.quantity - o.completed, w.due_on, o.id, p.parent_id
             FROM work_order_output o JOIN work_order w ON w.id = o.parent_id LEFT JOIN location p ON p.id = w.location_id
             WHERE w.company_id = ? AND w.state IN ('firm', 'released', 'started') ORDER BY w.due_on, o.id",
            &[company.into()],
        )?;
        for r in rows.iter().filter(|r| r.int(3) > 0) {
            let Some(item) = self.place_in(r.int(2), r.get(6).as_int()) else { continue };
            let number = r.get(1).as_text().unwrap_or_default().into();
            let (document, line) = (r.int(0), r.int(5));
            let due_on = Date::from_days(r.int(4))?;
            let supply = Supply { document_entity: "WorkOrder", document, line, number, party: None, due_on };
            self.receipt(item, Decimal6(r.int(3)), self.at(r.int(4)).max(0), supply);
        }
        Ok(())
    }

    pub(crate) fn receipt(&mut self, item: usize, quantity: Decimal6, at: Seconds, supply: Supply) {
        let id = format!("{} {}", supply.document_entity, supply.line);
        self.model.receipts.push(Receipt { id, item, qty: Rational::from(quantity), at });
        self.supplies.push(supply);
    }
}

/// Each work center's own place and those of its parts, over all levels; a group is never a part of itself.
fn parts_of(centers: &[i64], above: &[Option<i64>]) -> Vec<Vec<usize>> {
    let places: HashMap<i64, usize> = centers.iter().copied().zip(0..).collect();
    let mut parts: Vec<Vec<usize>> = (0..centers.len()).map(|place| vec![place]).collect();
    for place in 0..centers.len() {
        let up = |at: usize| places.get(&above.get(at).copied().flatten()?).copied();
        for group in std::iter::successors(up(place), |at| up(*at)).take(centers.len()) {
            if let Some(parts) = parts.get_mut(group) {
                parts.push(place);
            }
        }
    }
    parts
}

pub(crate) fn method(kind: Kind, lead_days: u32) -> Method {
    Method { kind, lead_days, ..Method::default() }
}

fn weekday(name: &str) -> Option<usize> {
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
        .iter()
        .position(|day| *day == name)
}

/// `06:30` in minutes of the day; `24:00` ends one.
fn minutes(text: &str) -> Option<u32> {
    let (hours, minutes) = text.split_once(':')?;
    let (hours, minutes): (u32, u32) = (hours.parse().ok()?, minutes.parse().ok()?);
    (minutes < 60 && hours * 60 + minutes <= 1440).then_some(hours * 60 + minutes)
}
