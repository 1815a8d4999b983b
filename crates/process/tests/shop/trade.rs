//! Toy modules under the real names. Figures are pieces and whole euros.

use access::Company;
use kernel::{Choice, Context, Entity, Input, Kind, Life, Module, Origin, Ref, Result, life, refuse};
use numbers::Date;
use serde_json::{Value as Json, json};

#[derive(Clone, Debug, Entity)]
pub struct SalesOrder {
    pub id: i64,
    pub company: Ref<Company>,
    pub customer: String,
    pub state: OrderState,
    pub tax_number: Option<String>,
    pub unit_price: i64,
    pub ordered: i64,
    pub waived: i64,
    pub delivered: i64,
    /// Pieces that are there for it.
    pub on_hand: i64,
    pub invoiced: i64,
    pub paid: i64,
    pub promised_on: Option<Date>,
    pub pay_by: Option<Date>,
    pub chance: Option<Origin>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum OrderState {
    Draft,
    Confirmed,
    Closed,
    Cancelled,
}

const LIFE: Life = life![
    draft: confirm => confirmed;
    confirmed: close => closed, cancel => cancelled, invoice => confirmed, take_back => confirmed,
        deliver => confirmed, amend => confirmed, waive => confirmed, accept_excess => confirmed;
    closed: invoice => closed, take_back => confirmed;
    cancelled: invoice => cancelled
];

#[derive(Clone, Debug, Entity)]
#[entity(set = "Deliveries")]
pub struct Delivery {
    pub id: i64,
    pub order: Origin,
    pub quantity: i64,
    pub state: DeliveryState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum DeliveryState {
    Draft,
    Shipped,
}

#[derive(Debug, Input)]
pub struct Quantity {
    pub quantity: i64,
}

#[derive(Debug, Input)]
pub struct Amount {
    pub amount: i64,
}

#[derive(Debug, Input)]
pub struct Amend {
    pub ordered: Option<i64>,
    pub unit_price: Option<i64>,
}

impl SalesOrder {
    fn confirm(&mut self, (): (), cx: &mut Context) -> Result<()> {
        self.plan(self.ordered.min(self.on_hand), cx)?;
        cx.emit("sales.Confirmed", Origin::of(self), self.chance.clone().into_iter().collect())
    }

    fn open(&self) -> i64 {
        if self.state == OrderState::Confirmed { self.ordered - self.waived - self.delivered } else { 0 }
    }

    fn reserve(&mut self, (): (), cx: &mut Context) -> Result<()> {
        self.plan(self.open().min(self.on_hand).max(0), cx)
    }

    fn plan(&self, quantity: i64, cx: &mut Context) -> Result<()> {
        let draft = cx
            .hold_all::<Delivery>("order_id = ? AND state = 'draft'", &[self.id.into()])?
            .into_iter()
            .next();
        match (draft, quantity) {
            (None, 0) => Ok(()),
            (Some(draft), 0) => cx.delete(draft),
            (Some(mut draft), _) => {
                draft.quantity = quantity;
                cx.save(draft)
            }
            (None, _) => {
                let mut delivery =
                    Delivery { id: 0, order: Origin::of(self), quantity, state: DeliveryState::Draft };
                cx.insert(&mut delivery).map(drop)
            }
        }
    }

    /// What came too much waits until the customer accepts it.
    fn to_invoice(&self) -> i64 {
        self.delivered.min(self.ordered - self.waived) * self.unit_price
    }

    fn accept_excess(&mut self, (): (), cx: &mut Context) -> Result<()> {
        self.ordered = self.delivered + self.waived;
        cx.emit("sales.Amended", Origin::of(self), vec![])
    }

    fn invoice(&mut self, (): (), cx: &mut Context) -> Result<()> {
        let value = self.to_invoice();
        if value > self.invoiced {
            if self.tax_number.is_none() {
                return Err(refuse("sales.no_tax_number").arg("customer", &self.customer).into());
            }
            self.invoiced = value;
            self.pay_by = Some(cx.today().plus_days(30)?);
            cx.emit("invoicing.Posted", Origin::of(self), vec![])?;
        } else if value < self.invoiced {
            self.invoiced = value;
            cx.emit("invoicing.Credited", Origin::of(self), vec![])?;
        }
        Ok(())
    }

    fn pay(&mut self, input: Amount, cx: &mut Context) -> Result<()> {
        self.paid += input.amount;
        cx.emit("invoicing.Paid", Origin::new("Payment", cx.now().as_microsecond()), vec![Origin::of(self)])
    }

    /// Full credit to the wrong customer, a new invoice to the right one, what was paid allocated anew.
    fn correct(&mut self, (): (), cx: &mut Context) -> Result<()> {
        cx.emit("invoicing.Credited", Origin::new("Invoice", 4), vec![Origin::of(self)])?;
        cx.emit("invoicing.Posted", Origin::new("Invoice", 5), vec![Origin::of(self)])
    }

    fn count(&mut self, (): (), _: &mut Context) -> Result<Json> {
        Ok(json!({"on_hand": self.on_hand}))
    }

    fn pay_all((): (), cx: &mut Context) -> Result<()> {
        let mut about = Vec::new();
        for mut order in cx.hold_all::<Self>("invoiced > paid", &[])? {
            order.paid = order.invoiced;
            about.push(Origin::of(&*order));
            cx.save(order)?;
        }
        cx.emit("invoicing.Paid", Origin::new("Payment", 6), about)
    }

    fn deliver(&mut self, input: Quantity, cx: &mut Context) -> Result<()> {
        self.delivered += input.quantity;
        cx.emit("stock.Shipped", Origin::new("Delivery", 7), vec![Origin::of(self)])
    }

    fn receive(&mut self, input: Quantity, cx: &mut Context) -> Result<()> {
        self.on_hand += input.quantity;
        cx.emit("stock.Received", Origin::new("Receipt", 1), vec![Origin::of(self)])
    }

    fn take_back(&mut self, input: Quantity, cx: &mut Context) -> Result<()> {
        let excess = (self.delivered - (self.ordered - self.waived)).max(0);
        self.delivered -= input.quantity;
        self.waived += (input.quantity - excess).max(0);
        cx.emit("stock.Returned", Origin::new("Delivery", 2), vec![Origin::of(self)])
    }

    fn amend(&mut self, input: Amend, cx: &mut Context) -> Result<()> {
        self.ordered = input.ordered.unwrap_or(self.ordered);
        self.unit_price = input.unit_price.unwrap_or(self.unit_price);
        cx.emit("sales.Amended", Origin::of(self), vec![])
    }

    fn waive(&mut self, (): (), cx: &mut Context) -> Result<()> {
        self.waived += self.open();
        cx.emit("sales.Waived", Origin::of(self), vec![])
    }

    fn close(&mut self, (): (), cx: &mut Context) -> Result<()> {
        if self.open() > 0 {
            return Err(refuse("sales.not_delivered").into());
        }
        cx.emit("sales.Closed", Origin::of(self), vec![])
    }

    fn cancel(&mut self, (): (), cx: &mut Context) -> Result<()> {
        self.plan(0, cx)?;
        cx.emit("sales.Cancelled", Origin::of(self), vec![])
    }
}

impl Delivery {
    fn ship(&mut self, input: Quantity, cx: &mut Context) -> Result<()> {
        if self.state == DeliveryState::Shipped {
            return Err(refuse("stock.shipped_already").into());
        }
        self.state = DeliveryState::Shipped;
        self.quantity = input.quantity;
        let mut order = cx.hold::<SalesOrder>(self.order.id)?;
        order.delivered += input.quantity;
        order.on_hand = (order.on_hand - input.quantity).max(0);
        cx.save(order)?;
        cx.emit("stock.Shipped", Origin::of(self), vec![self.order.clone()])
    }
}

/// Somebody might buy.
#[derive(Clone, Debug, Entity)]
#[entity(set = "Opportunities")]
pub struct Opportunity {
    pub id: i64,
    pub name: String,
    pub stage: String,
    pub next_step_on: Option<Date>,
}

#[derive(Debug, Input)]
pub struct CallIn {
    pub who: String,
}

impl Opportunity {
    fn call_in(input: CallIn, cx: &mut Context) -> Result<Json> {
        let mut new = Self { id: 0, name: input.who, stage: "lead".into(), next_step_on: None };
        cx.insert(&mut new)?;
        cx.emit("crm.Opened", Origin::of(&new), vec![])?;
        Ok(json!({"id": new.id}))
    }

    fn step(&mut self, stage: &str, event: &'static str, cx: &mut Context) -> Result<()> {
        self.stage = stage.into();
        cx.emit(event, Origin::of(self), vec![])
    }

    fn qualify(&mut self, (): (), cx: &mut Context) -> Result<()> {
        self.step("qualified", "crm.Qualified", cx)
    }
    fn propose(&mut self, (): (), cx: &mut Context) -> Result<()> {
        self.step("proposal", "crm.Proposed", cx)
    }
    fn win(&mut self, (): (), cx: &mut Context) -> Result<()> {
        self.step("won", "crm.Won", cx)
    }
    fn lose(&mut self, (): (), cx: &mut Context) -> Result<()> {
        self.step("lost", "crm.Lost", cx)
    }
    fn reopen(&mut self, (): (), cx: &mut Context) -> Result<()> {
        self.step("lead", "crm.Reopened", cx)
    }
}

#[derive(Clone, Debug, Entity)]
pub struct PurchaseOrder {
    pub id: i64,
    pub state: OrderState,
    pub ordered: i64,
    pub received: i64,
    pub invoiced: i64,
    pub paid: i64,
    pub expected_on: Option<Date>,
}

impl PurchaseOrder {
    fn confirm(&mut self, (): (), cx: &mut Context) -> Result<()> {
        cx.emit("purchasing.Confirmed", Origin::of(self), vec![])
    }
    fn receive(&mut self, input: Quantity, cx: &mut Context) -> Result<()> {
        self.received += input.quantity;
        cx.emit("purchasing.Received", Origin::of(self), vec![])
    }
    fn invoice(&mut self, input: Quantity, cx: &mut Context) -> Result<()> {
        self.invoiced += input.quantity;
        cx.emit("invoicing.SupplierPosted", Origin::new("SupplierInvoice", 8), vec![Origin::of(self)])
    }
    fn pay(&mut self, input: Quantity, cx: &mut Context) -> Result<()> {
        self.paid += input.quantity;
        cx.emit("invoicing.SupplierPaid", Origin::new("SupplierInvoice", 3), vec![Origin::of(self)])
    }
    fn close(&mut self, (): (), cx: &mut Context) -> Result<()> {
        cx.emit("purchasing.Closed", Origin::of(self), vec![])
    }
    fn cancel(&mut self, (): (), cx: &mut Context) -> Result<()> {
        cx.emit("purchasing.Cancelled", Origin::of(self), vec![])
    }
}

pub fn module() -> Module {
    const OPEN: &str = "{t}.ordered - {t}.waived - {t}.delivered";
    let texts = r#"{"refusals": {
        "sales.no_tax_number": {"is": "{{customer}} has no tax number.", "do": "Enter it."},
        "sales.not_delivered": {"is": "Not all is delivered.", "do": "Deliver or waive the rest."},
        "stock.shipped_already": {"is": "It is shipped.", "do": "Nothing."}}}"#;
    let sl = r#"{"refusals": {"sales.no_tax_number": {"is": "{{customer}} nima davčne številke.", "do": "Vpišite jo."}}}"#;
    Module::new("sales", texts, sl)
        .entity::<SalesOrder>()
        .life(LIFE)
        .computed("to_deliver", Kind::Integer, &format!("CASE WHEN {{t}}.state = 'confirmed' THEN {OPEN} ELSE 0 END"))
        .computed("ready_to_ship", Kind::Bool, "EXISTS (SELECT 1 FROM delivery d WHERE d.order_id = {t}.id AND d.state = 'draft')")
        .computed("to_invoice", Kind::Integer, &format!("CASE WHEN {OPEN} < 0 THEN {{t}}.ordered - {{t}}.waived ELSE {{t}}.delivered END * {{t}}.unit_price - {{t}}.invoiced"))
        .computed("excess", Kind::Integer, &format!("CASE WHEN {OPEN} < 0 THEN -({OPEN}) ELSE 0 END"))
        .computed("draft_delivery", Kind::Integer, "SELECT MIN(d.id) FROM delivery d WHERE d.order_id = {t}.id AND d.state = 'draft'")
        .computed("to_pay", Kind::Integer, "{t}.invoiced - {t}.paid")
        .command::<SalesOrder, _, _>("confirm", SalesOrder::confirm)
        .command::<SalesOrder, _, _>("reserve", SalesOrder::reserve)
        .command::<SalesOrder, _, _>("accept_excess", SalesOrder::accept_excess)
        .command::<SalesOrder, _, _>("invoice", SalesOrder::invoice)
        .command::<SalesOrder, _, _>("pay", SalesOrder::pay)
        .command::<SalesOrder, _, _>("count", SalesOrder::count)
        .command::<SalesOrder, _, _>("correct", SalesOrder::correct)
        .set_command::<SalesOrder, _, _>("pay_all", SalesOrder::pay_all)
        .command::<SalesOrder, _, _>("deliver", SalesOrder::deliver)
        .command::<SalesOrder, _, _>("receive", SalesOrder::receive)
        .command::<SalesOrder, _, _>("take_back", SalesOrder::take_back)
        .command::<SalesOrder, _, _>("amend", SalesOrder::amend)
        .command::<SalesOrder, _, _>("waive", SalesOrder::waive)
        .command::<SalesOrder, _, _>("close", SalesOrder::close)
        .command::<SalesOrder, _, _>("cancel", SalesOrder::cancel)
        .entity::<Delivery>()
        .command::<Delivery, _, _>("ship", Delivery::ship)
        .entity::<Opportunity>()
        .set_command::<Opportunity, _, _>("call_in", Opportunity::call_in)
        .command::<Opportunity, _, _>("qualify", Opportunity::qualify)
        .command::<Opportunity, _, _>("propose", Opportunity::propose)
        .command::<Opportunity, _, _>("win", Opportunity::win)
        .command::<Opportunity, _, _>("lose", Opportunity::lose)
        .command::<Opportunity, _, _>("reopen", Opportunity::reopen)
        .entity::<PurchaseOrder>()
        .life(LIFE)
        .computed("to_receive", Kind::Integer, "CASE WHEN {t}.state = 'confirmed' THEN {t}.ordered - {t}.received ELSE 0 END")
        .computed("to_invoice", Kind::Integer, "{t}.received - {t}.invoiced")
        .computed("to_pay", Kind::Integer, "{t}.invoiced - {t}.paid")
        .command::<PurchaseOrder, _, _>("confirm", PurchaseOrder::confirm)
        .command::<PurchaseOrder, _, _>("receive", PurchaseOrder::receive)
        .command::<PurchaseOrder, _, _>("invoice", PurchaseOrder::invoice)
        .command::<PurchaseOrder, _, _>("pay", PurchaseOrder::pay)
        .command::<PurchaseOrder, _, _>("close", PurchaseOrder::close)
        .command::<PurchaseOrder, _, _>("cancel", PurchaseOrder::cancel)
        .events(&[
            "sales.Confirmed", "sales.Amended", "sales.Waived", "sales.Returned", "sales.Closed", "sales.Cancelled",
            "stock.Shipped", "stock.Received", "stock.Counted", "stock.Returned", "stock.ReceiptReversed",
            "invoicing.Paid", "invoicing.Unpaid", "invoicing.Posted", "invoicing.Credited", "invoicing.SupplierPaid",
            "invoicing.SupplierReversed", "invoicing.SupplierPosted", "stock.Unpegged", "crm.Opened", "crm.Reopened", "crm.Qualified", "crm.Proposed", "crm.Won", "crm.Lost",
            "purchasing.Confirmed", "purchasing.Received", "purchasing.Waived",
            "purchasing.Returned", "purchasing.Closed", "purchasing.Cancelled",
            "production.Completed", "stock.Freed",
        ])
}
