//! Somebody might buy.

use access::{Company, User};
use kernel::{Choice, Context, Entity, Input, Life, Origin, Reader, Ref, Refusal, Result, life, refuse};
use numbers::{Date, Money};
use parties::{Party, PartyKind, Relation, RelationRole};
use sales::SalesOrder;
use serde_json::{Value as Json, json};

#[derive(Clone, Debug, Entity)]
#[entity(
    set = "Opportunities",
    title = "title",
    search = "title",
    list = "title,stage,party_id,amount,probability,expected_on,responsible_id",
    owner = "responsible",
    index = "party_id;stage,expected_on;responsible_id"
)]
pub struct Opportunity {
    pub id: i64,
    pub company: Ref<Company>,
    pub title: String,
    #[field(readonly)]
    pub stage: Stage,
    pub party: Ref<Party>,
    pub contact: Option<Ref<Party>>,
    pub amount: Money,
    /// Percent.
    pub probability: Option<i64>,
    pub expected_on: Option<Date>,
    pub responsible: Option<Ref<User>>,
    pub source: Option<String>,
    pub next_step: Option<String>,
    pub next_step_on: Option<Date>,
    #[field(readonly)]
    pub lost_reason: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum Stage {
    Lead,
    Qualified,
    Proposal,
    Won,
    Lost,
}

pub const LIFE: Life = life![
    lead: qualify => qualified, propose => proposal, win => won, lose => lost, edit => lead;
    qualified: propose => proposal, win => won, lose => lost, edit => qualified;
    proposal: propose => proposal, win => won, lose => lost, edit => proposal;
    won: reopen => qualified, edit => won;
    lost: reopen => qualified, edit => lost];

impl Stage {
    /// How likely a deal is in this stage where nobody said otherwise.
    const fn usual_probability(self) -> i64 {
        match self {
            Self::Lead => 10,
            Self::Qualified => 30,
            Self::Proposal => 60,
            Self::Won => 100,
            Self::Lost => 0,
        }
    }
}

impl Opportunity {
    pub(crate) fn prepare(&mut self, before: Option<&Self>, cx: &mut Context) -> Result<()> {
        let mut faults = Vec::new();
        if self.title.trim().is_empty() {
            faults.push(refuse("kernel.required").field("title"));
        }
        if self.amount.0 < 0 {
            faults.push(refuse("crm.amount").field("amount"));
        }
        if self.probability.is_some_and(|p| !(0..=100).contains(&p)) {
            faults.push(refuse("crm.probability").field("probability"));
        }
        Refusal::all(faults)?;
        self.probability = self.probability.or(Some(self.stage.usual_probability()));
        if before.is_none() {
            if self.responsible.is_none() && cx.actor.user > 0 {
                self.responsible = Some(Ref::new(cx.actor.user));
            }
            if self.id == 0 {
                self.id = cx.next_id()?;
            }
            cx.emit("crm.Opened", Origin::of(self), vec![Origin::new(Party::NAME, self.party.id())])?;
        }
        Ok(())
    }

    fn goes_to(&mut self, stage: Stage, event: &'static str, cx: &mut Context) -> Result<()> {
        if self.probability == Some(self.stage.usual_probability()) {
            self.probability = Some(stage.usual_probability());
        }
        cx.emit(event, Origin::of(self), vec![Origin::new(Party::NAME, self.party.id())])
    }

    /// There is a need, money, and somebody who decides.
    pub(crate) fn qualify(&mut self, (): (), cx: &mut Context) -> Result<()> {
        self.goes_to(Stage::Qualified, "crm.Qualified", cx)
    }

    /// Begins a quote for it.
    pub(crate) fn propose(&mut self, (): (), cx: &mut Context) -> Result<Json> {
        let body = json!({"customer_id": self.party.id(), "contact_id": self.contact.map(Ref::id),
            "opportunity_entity": Self::NAME, "opportunity_id": self.id});
        let call = kernel::Call {
            entity: SalesOrder::NAME.into(),
            command: "create".into(),
            body: body.as_object().cloned().unwrap_or_default(),
            ..kernel::Call::default()
        };
        let (order, _) = cx.call(&call)?;
        self.goes_to(Stage::Proposal, "crm.Proposed", cx)?;
        Ok(json!({"order_id": order}))
    }

    /// They buy: the party is a customer from now on.
    pub(crate) fn win(&mut self, (): (), cx: &mut Context) -> Result<()> {
        let mut party = cx.hold::<Party>(self.party.id())?;
        if !party.is_customer {
            party.is_customer = true;
            cx.save(party)?;
        }
        self.goes_to(Stage::Won, "crm.Won", cx)
    }

    /// They do not.
    pub(crate) fn lose(&mut self, input: Lose, cx: &mut Context) -> Result<()> {
        self.lost_reason = Some(input.reason);
        // What its quotes held is there for others.
        let holding = "SELECT id FROM sales_order WHERE opportunity_id = ? AND state = 'quoted' AND reserved = 1 ORDER BY id";
        for row in cx.tx.query(holding, &[self.id.into()])? {
            let (entity, command) = (SalesOrder::NAME.into(), "release_reservation".into());
            cx.call(&kernel::Call { entity, command, id: Some(row.int(0)), ..kernel::Call::default() })?;
        }
        self.goes_to(Stage::Lost, "crm.Lost", cx)
    }

    /// It lives again.
    pub(crate) fn reopen(&mut self, (): (), cx: &mut Context) -> Result<()> {
        self.lost_reason = None;
        self.goes_to(Stage::Qualified, "crm.Reopened", cx)
    }
}

#[derive(Debug, Input)]
pub struct Lose {
    pub reason: String,
}

/// A telephone call in five words: who, from where, how to reach them, what about, how much.
#[derive(Debug, Input)]
pub struct CallIn {
    /// The person; taken as known when it is the id of a party.
    pub who: Option<String>,
    pub company: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub what: Option<String>,
    pub amount: Option<Money>,
    /// Who it is, where the screen has shown them to be known.
    pub party: Option<Ref<Party>>,
    pub contact: Option<Ref<Party>>,
}

/// Makes what is missing of organisation, person and opportunity; somebody known is not made twice.
pub(crate) fn call_in(input: CallIn, cx: &mut Context) -> Result<Json> {
    let firm = input.company.as_deref().map(str::trim).filter(|f| !f.is_empty());
    let who = input.who.as_deref().map(str::trim).filter(|w| !w.is_empty());
    if firm.is_none() && who.is_none() && input.party.is_none() {
        return Err(refuse("crm.who").field("who").into());
    }
    let (organisation, known_firm) = match (input.party, firm) {
        (Some(party), _) => (Some(party), true),
        (None, Some(name)) => {
            let known = by_name(name, PartyKind::Organisation, None, cx)?;
            (
                Some(known.map_or_else(|| new_party(name, PartyKind::Organisation, None, cx), Ok)?),
                known.is_some(),
            )
        }
        (None, None) => (None, false),
    };
    let (person, known_person) = match (input.contact, who) {
        (Some(contact), _) => (Some(contact), true),
        (None, Some(name)) => {
            let known = by_name(name, PartyKind::Person, organisation, cx)?;
            (
                Some(known.map_or_else(|| new_party(name, PartyKind::Person, organisation, cx), Ok)?),
                known.is_some(),
            )
        }
        (None, None) => (None, false),
    };
    let Some(reached) = person.or(organisation) else { return Err(refuse("crm.who").field("who").into()) };
    reach(reached, input.phone, input.email, cx)?;
    let Some(party) = organisation.or(person) else { return Err(refuse("crm.who").field("who").into()) };
    if let (Some(firm), Some(person), false) = (organisation, person, known_person) {
        relate(firm, person, cx)?;
    }
    let mut opportunity = Opportunity {
        id: 0,
        company: Ref::new(cx.actor.company),
        title: input
            .what
            .filter(|w| !w.trim().is_empty())
            .or_else(|| firm.or(who).map(ToOwned::to_owned))
            .unwrap_or_default(),
        stage: Stage::Lead,
        party,
        contact: person.filter(|p| *p != party),
        amount: input.amount.unwrap_or_default(),
        probability: None,
        expected_on: None,
        responsible: None,
        source: None,
        next_step: None,
        next_step_on: None,
        lost_reason: None,
    };
    cx.insert(&mut opportunity)?;
    Ok(
        json!({"id": opportunity.id, "party_id": party.id(), "contact_id": person.map(Ref::id), "existing": known_firm || known_person}),
    )
}

fn by_name(
    name: &str,
    kind: PartyKind,
    of: Option<Ref<Party>>,
    cx: &mut Context,
) -> Result<Option<Ref<Party>>> {
    let row = cx.tx.first(
        "SELECT id FROM party WHERE name = ? AND kind = ? AND archived = 0 AND (? = 0 OR organisation_id = ?) ORDER BY id LIMIT 1",
        &[name.into(), kind.word().into(), of.map_or(0, Ref::id).into(), of.map_or(0, Ref::id).into()],
    )?;
    Ok(row.map(|r| Ref::new(r.int(0))))
}

fn new_party(
    name: &str,
    kind: PartyKind,
    organisation: Option<Ref<Party>>,
    cx: &mut Context,
) -> Result<Ref<Party>> {
    let mut party = Party::named(name, kind);
    party.organisation = organisation;
    party.responsible = (cx.actor.user > 0).then(|| Ref::new(cx.actor.user));
    cx.insert(&mut party)
}

fn reach(party: Ref<Party>, phone: Option<String>, email: Option<String>, cx: &mut Context) -> Result<()> {
    let mut held = cx.hold::<Party>(party.id())?;
    held.phone = held.phone.clone().or(phone.filter(|p| !p.is_empty()));
    held.email = held.email.clone().or(email.filter(|e| !e.is_empty()));
    cx.save(held)
}

fn relate(firm: Ref<Party>, person: Ref<Party>, cx: &mut Context) -> Result<()> {
    let mut held = cx.hold::<Party>(firm.id())?;
    held.relations.push(Relation { id: 0, role: RelationRole::Contact, person, note: String::new() });
    cx.save(held)
}

#[derive(Debug, Input)]
pub struct Text {
    pub text: String,
}

/// Parties that may be the one who is being typed.
pub(crate) fn duplicates(input: Text, reader: &mut Reader) -> Result<Json> {
    let hits = reader.search(&input.text, &[Party::NAME.to_owned()], 6)?;
    let value: Vec<Json> =
        hits.iter().map(|h| json!({"id": h.id, "name": h.title, "note": h.note})).collect();
    Ok(json!({"value": value}))
}
