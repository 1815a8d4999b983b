//! What a party is.

use crate::JobTitle;
use access::User;
use kernel::{Choice, Context, Entity, Input, Ref, Refusal, Result, refuse};
use numbers::{Date, Decimal6, Money, check_slovenian_tax_number};

/// A person or an organisation.
#[derive(Clone, Debug, Entity)]
#[entity(
    set = "Parties",
    search = "name,number,email,phone,tax_number",
    list = "name,number,is_customer,is_supplier,responsible_id,email,phone",
    owner = "responsible",
    number = "C{n:05}",
    index = "name;responsible_id;organisation_id;source_key;merged_into_id",
    unique = "number"
)]
pub struct Party {
    pub id: i64,
    #[field(readonly)]
    pub number: Option<String>,
    pub kind: PartyKind,
    pub name: String,
    #[field(personal)]
    pub given_name: Option<String>,
    #[field(personal)]
    pub family_name: Option<String>,
    pub tax_number: Option<String>,
    pub vat_id: Option<String>,
    #[field(personal)]
    pub email: Option<String>,
    #[field(personal)]
    pub phone: Option<String>,
    pub is_customer: bool,
    pub is_supplier: bool,
    pub is_employee: bool,
    /// Who answers for the relationship here.
    pub responsible: Option<Ref<User>>,
    /// The plan for the relationship.
    #[field(long)]
    pub plan: Option<String>,
    pub next_step: Option<String>,
    pub next_step_on: Option<Date>,
    /// Nothing above it is delivered on credit; empty means no limit.
    pub credit_limit: Option<Money>,
    #[field(default = "30")]
    pub payment_days: i64,
    pub billing: Billing,
    /// So much more than ordered is taken and invoiced without asking, in percent.
    pub over_delivery_percent: Decimal6,
    pub language: Option<String>,
    pub job_title: Option<Ref<JobTitle>>,
    /// The organisation that a person works for.
    pub organisation: Option<Ref<Party>>,
    pub iban: Option<String>,
    pub archived: bool,
    /// Reads follow it; no reference is rewritten, so un-merging is cheap.
    #[field(readonly)]
    pub merged_into: Option<Ref<Party>>,
    pub retain_until: Option<Date>,
    /// The key in the data that it was imported from.
    #[field(readonly)]
    pub source_key: Option<String>,
    #[lines]
    pub addresses: Vec<Address>,
    #[lines]
    pub identifiers: Vec<Identifier>,
    #[lines]
    pub relations: Vec<Relation>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum PartyKind {
    Organisation,
    Person,
}

/// When a customer is invoiced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum Billing {
    ByDelivery,
    ByOrder,
    Monthly,
}

/// An address, structured by its country's scheme, dated, with the text it was typed as.
#[derive(Clone, Debug, Entity)]
#[entity(set = "Addresses", line_of = "Party", title = "street", search = "")]
pub struct Address {
    pub id: i64,
    pub kind: AddressKind,
    #[field(personal)]
    pub street: String,
    #[field(personal)]
    pub house_number: String,
    pub postal_code: String,
    pub town: String,
    pub region: String,
    #[field(default = "SI")]
    pub country: String,
    #[field(personal)]
    pub as_typed: Option<String>,
    pub valid_from: Option<Date>,
    pub valid_to: Option<Date>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum AddressKind {
    Office,
    Billing,
    Delivery,
    Home,
}

/// An identifier under a scheme: GLN, D-U-N-S, an electronic address, an old number.
#[derive(Clone, Debug, Entity)]
#[entity(line_of = "Party", title = "value", index = "value")]
pub struct Identifier {
    pub id: i64,
    pub scheme: String,
    pub value: String,
}

/// Somebody's part in this party's dealings.
#[derive(Clone, Debug, Entity)]
#[entity(line_of = "Party", title = "note", index = "person_id")]
pub struct Relation {
    pub id: i64,
    pub role: RelationRole,
    pub person: Ref<Party>,
    pub note: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum RelationRole {
    Decides,
    Uses,
    Pays,
    Contact,
}

#[derive(Debug, Input)]
pub struct MergeInto {
    pub party: Ref<Party>,
}

impl Party {
    /// Somebody of whom only the name is known.
    #[must_use]
    pub fn named(name: &str, kind: PartyKind) -> Self {
        Self {
            id: 0,
            number: None,
            kind,
            name: name.to_owned(),
            given_name: None,
            family_name: None,
            tax_number: None,
            vat_id: None,
            email: None,
            phone: None,
            is_customer: false,
            is_supplier: false,
            is_employee: false,
            responsible: None,
            plan: None,
            next_step: None,
            next_step_on: None,
            credit_limit: None,
            payment_days: 30,
            billing: Billing::ByDelivery,
            over_delivery_percent: Decimal6(0),
            language: None,
            job_title: None,
            organisation: None,
            iban: None,
            archived: false,
            merged_into: None,
            retain_until: None,
            source_key: None,
            addresses: Vec::new(),
            identifiers: Vec::new(),
            relations: Vec::new(),
        }
    }

    pub(crate) fn prepare(&mut self, before: Option<&Self>, _: &mut Context) -> Result<()> {
        if self.name.is_empty() {
            let parts = [self.given_name.as_deref(), self.family_name.as_deref()];
            self.name = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
        }
        let mut faults = Vec::new();
        if self.name.trim().is_empty() {
            faults.push(refuse("kernel.required").field("name"));
        }
        if before.is_none_or(|b| b.tax_number != self.tax_number || b.vat_id != self.vat_id) {
            faults.extend(self.tax_faults());
        }
        if self.payment_days < 0 {
            faults.push(refuse("parties.payment_days").field("payment_days"));
        }
        Refusal::all(faults)
    }

    /// Slovenian numbers carry a check digit; those of other countries are taken as given.
    fn tax_faults(&self) -> Vec<Refusal> {
        let slovenian = self.addresses.first().is_none_or(|a| a.country == "SI");
        let own = self.tax_number.as_deref().filter(|_| slovenian).map(|n| ("tax_number", n));
        let vat = self.vat_id.as_deref().and_then(|v| v.strip_prefix("SI")).map(|n| ("vat_id", n));
        [own, vat]
            .into_iter()
            .flatten()
            .filter(|(_, n)| !n.is_empty() && check_slovenian_tax_number(n).is_err())
            .map(|(field, n)| refuse("parties.tax_number").field(field).arg("number", n))
            .collect()
    }

    /// The address to use for a purpose on a day: the first of that kind that is valid, else the first valid one.
    #[must_use]
    pub fn address(&self, kind: AddressKind, on: Date) -> Option<&Address> {
        let valid = |a: &&Address| a.valid_from.is_none_or(|d| d <= on) && a.valid_to.is_none_or(|d| d >= on);
        let mut known = self.addresses.iter().filter(valid);
        known.clone().find(|a| a.kind == kind).or_else(|| known.next())
    }

    pub(crate) fn merge_into(&mut self, input: MergeInto, cx: &mut Context) -> Result<()> {
        let target = cx.read(input.party)?;
        if target.id == self.id || target.merged_into.is_some() {
            return Err(refuse("parties.merge_target").field("party_id").into());
        }
        match self.merged_into.replace(input.party) {
            None => cx.undo_by("Party", self.id, "unmerge", serde_json::json!({})),
            Some(other) => {
                cx.undo_by("Party", self.id, "merge_into", serde_json::json!({"party_id": other.id()}));
            }
        }
        self.archived = true;
        Ok(())
    }

    pub(crate) fn unmerge(&mut self, (): (), cx: &mut Context) -> Result<()> {
        if let Some(party) = self.merged_into {
            cx.undo_by("Party", self.id, "merge_into", serde_json::json!({"party_id": party.id()}));
        }
        self.merged_into = None;
        self.archived = false;
        Ok(())
    }
}

impl Address {
    /// As it stands on paper: street and number, postcode and town, the country where it is abroad.
    #[must_use]
    pub fn on_paper(&self) -> String {
        let line = |a: &str, b: &str| format!("{a} {b}").trim().to_owned();
        let mut lines = vec![line(&self.street, &self.house_number), line(&self.postal_code, &self.town)];
        if self.country != "SI" {
            lines.push(self.country.clone());
        }
        lines.retain(|l| !l.is_empty());
        lines.join("\n")
    }
}
