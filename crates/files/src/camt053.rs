//! Bank statements by ISO 20022, camt.053 versions 2 to 13: what is in them, exactly, and what does not add up.
//!
//! Nothing is rounded or mended. A statement that contradicts itself is refused with every fault, each with its
//! place in the file, because what is booked from it would have to be taken back by hand.

use kernel::{Refusal, Result, refuse};
use numbers::{Date, Money};
use roxmltree::{Document, Node};

/// One day, or more, of one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The bank's own identification of the statement.
    pub id: String,
    /// Its number in the year, as the bank counts.
    pub number: String,
    /// The account: an IBAN, or another number where the bank gives no IBAN.
    pub iban: String,
    pub currency: String,
    /// The day of the closing balance.
    pub closing_on: Date,
    /// Balances in minor units of the currency, negative when overdrawn.
    pub opening: Money,
    pub closing: Money,
    pub entries: Vec<Entry>,
}

/// One movement; of a collective entry whose details carry amounts that add up, one for each detail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    pub status: Status,
    /// `None` only where the bank has not booked it yet.
    pub booked_on: Option<Date>,
    pub value_on: Option<Date>,
    /// In minor units; negative when money left the account.
    pub amount: Money,
    /// It takes an earlier movement back.
    pub reversal: bool,
    pub counterparty_name: Option<String>,
    pub counterparty_iban: Option<String>,
    /// The creditor's structured reference: `SI00…`, `RF…`.
    pub reference: Option<String>,
    pub end_to_end_id: Option<String>,
    pub remittance: String,
    /// The bank's reference of the movement.
    pub bank_reference: Option<String>,
    /// Where it stands in the file: `Stmt 1/Ntry 3`.
    pub place: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Status {
    #[default]
    Booked,
    /// Announced; it is no money yet and is not part of the balance.
    Pending,
    /// Told for information only.
    Information,
}

impl Statement {
    /// The sum of what is booked.
    ///
    /// # Errors
    /// When it is beyond all measure.
    pub fn net(&self) -> Result<Money> {
        Ok(Money::sum(self.booked().map(|e| e.amount))?)
    }

    /// What moved money.
    pub fn booked(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|e| e.status == Status::Booked)
    }
}

/// Reads all statements of a file.
///
/// # Errors
/// Everything that is wrong with the file, at once: `files.camt_*`.
pub fn read(xml: &str) -> Result<Vec<Statement>> {
    let xml = xml.trim_start_matches('\u{feff}');
    let document = Document::parse(xml).map_err(|e| refuse("files.camt_not_xml").arg("at", e))?;
    let root = document.root_element();
    let namespace = root.tag_name().namespace().unwrap_or_default();
    let message = namespace.rsplit(':').next().unwrap_or_default();
    let body =
        child(root, "BkToCstmrStmt").filter(|_| namespace.is_empty() || message.starts_with("camt.053."));
    let Some(body) = body else {
        let what = if message.is_empty() { root.tag_name().name() } else { message };
        return Err(refuse("files.camt_other_message").arg("message", what).into());
    };
    let mut faults = Vec::new();
    let mut statements = Vec::new();
    for (i, node) in children(body, "Stmt").enumerate() {
        let mut reading = Reading { place: format!("Stmt {}", i + 1), faults: &mut faults };
        statements.extend(reading.statement(node));
    }
    if statements.is_empty() && faults.is_empty() {
        faults.push(refuse("files.camt_empty"));
    }
    Refusal::all(faults)?;
    Ok(statements)
}

/// A statement under way, with the place that faults name.
struct Reading<'a> {
    place: String,
    faults: &'a mut Vec<Refusal>,
}

impl Reading<'_> {
    fn fault(&mut self, place: &str, refusal: Refusal) {
        let place = if place.is_empty() { self.place.clone() } else { format!("{}/{place}", self.place) };
        self.faults.push(refusal.arg("place", &place).field(place));
    }

    fn statement(&mut self, node: Node) -> Option<Statement> {
        let account = child(node, "Acct");
        let identification = account.and_then(|a| child(a, "Id"));
        let iban = identification.and_then(|i| text(i, &["IBAN"]).or_else(|| text(i, &["Othr", "Id"])));
        if iban.is_none() {
            self.fault("Acct", refuse("files.camt_missing").arg("what", "Acct/Id/IBAN"));
        }
        let currency = account.and_then(|a| text(a, &["Ccy"])).or_else(|| {
            children(node, "Bal")
                .chain(children(node, "Ntry"))
                .find_map(|b| child(b, "Amt")?.attribute("Ccy").map(Into::into))
        });
        let Some(currency) = currency else {
            self.fault("Acct", refuse("files.camt_missing").arg("what", "Acct/Ccy"));
            return None;
        };
        let opening = self.balance(node, &["OPBD", "PRCD"], &currency);
        let closing = self.balance(node, &["CLBD"], &currency);
        let entries: Vec<Entry> = children(node, "Ntry")
            .enumerate()
            .flat_map(|(i, n)| self.entry(n, &format!("Ntry {}", i + 1), &currency, iban.as_deref()))
            .collect();
        let id = text(node, &["Id"]).unwrap_or_default();
        let number =
            text(node, &["LglSeqNb"]).or_else(|| text(node, &["ElctrncSeqNb"])).unwrap_or_else(|| id.clone());
        let ((opening, _), (closing, closing_on)) = (opening?, closing?);
        let closing_on = closing_on?;
        let statement =
            Statement { id, number, iban: iban?, currency, closing_on, opening, closing, entries };
        self.adds_up(&statement);
        Some(statement)
    }

    /// Opening and movements make the closing balance, to the last unit.
    fn adds_up(&mut self, statement: &Statement) {
        let money = |m: Money| shown(m, &statement.currency);
        let Ok(net) = statement.net() else { return };
        let Ok(expected) = statement.opening.plus(net) else { return };
        if expected == statement.closing {
            return;
        }
        let code =
            if expected.negated() == Ok(statement.closing) { "files.camt_sign" } else { "files.camt_sum" };
        let difference = statement.closing.minus(expected).map(money).unwrap_or_default();
        self.fault(
            "",
            refuse(code)
                .arg("opening", money(statement.opening))
                .arg("net", money(net))
                .arg("expected", money(expected))
                .arg("closing", money(statement.closing))
                .arg("difference", difference),
        );
    }

    fn balance(&mut self, node: Node, codes: &[&str], currency: &str) -> Option<(Money, Option<Date>)> {
        let code = |b: &Node| text(*b, &["Tp", "CdOrPrtry", "Cd"]);
        let mut found: Vec<(usize, Node)> = children(node, "Bal")
            .enumerate()
            .filter(|(_, b)| code(b).is_some_and(|c| codes.contains(&c.as_str())))
            .collect();
        // Some banks give both OPBD and PRCD: the order of `codes` decides.
        found.sort_by_key(|(_, b)| codes.iter().position(|c| code(b).as_deref() == Some(*c)));
        let Some((i, balance)) = found.first().copied() else {
            self.fault("", refuse("files.camt_missing").arg("what", format!("Bal {}", codes.join("/"))));
            return None;
        };
        let place = format!("Bal {}", i + 1);
        let amount = self.signed(balance, &place, currency)?;
        Some((amount, self.date(balance, "Dt", &place)))
    }

    /// An amount in the account's currency, with its sign.
    fn signed(&mut self, node: Node, place: &str, currency: &str) -> Option<Money> {
        let amount = child(node, "Amt")?;
        let given = amount.attribute("Ccy").unwrap_or(currency);
        if given != currency {
            self.fault(place, refuse("files.camt_currency").arg("given", given).arg("currency", currency));
        }
        let text = amount.text().unwrap_or_default().trim();
        let minor = match minor_units(text, decimals(given)) {
            Ok(minor) => minor,
            Err(code) => {
                self.fault(
                    place,
                    refuse(code).arg("amount", text).arg("currency", given).arg("most", decimals(given)),
                );
                return None;
            }
        };
        match self::text(node, &["CdtDbtInd"]).as_deref() {
            Some("CRDT") => Some(Money(minor)),
            Some("DBIT") => Some(Money(-minor)),
            _ => {
                self.fault(place, refuse("files.camt_missing").arg("what", "CdtDbtInd"));
                None
            }
        }
    }

    /// Banks give a day, or an instant whose day is the bank's own.
    fn date(&mut self, node: Node, name: &str, place: &str) -> Option<Date> {
        let at = child(node, name)?;
        let text = text(at, &["Dt"]).or_else(|| text(at, &["DtTm"]))?;
        let date = text.get(..10).and_then(|d| d.parse().ok());
        if date.is_none() {
            self.fault(place, refuse("files.camt_date").arg("date", text));
        }
        date
    }

    fn entry(&mut self, node: Node, place: &str, currency: &str, own: Option<&str>) -> Vec<Entry> {
        let Some(amount) = self.signed(node, place, currency) else {
            if child(node, "Amt").is_none() {
                self.fault(place, refuse("files.camt_missing").arg("what", "Amt"));
            }
            return Vec::new();
        };
        let status = match text(node, &["Sts", "Cd"]).or_else(|| text(node, &["Sts"])).as_deref() {
            Some("PDNG" | "FUTR") => Status::Pending,
            Some("INFO") => Status::Information,
            _ => Status::Booked,
        };
        let (booked_on, value_on) = (self.date(node, "BookgDt", place), self.date(node, "ValDt", place));
        if status == Status::Booked && booked_on.or(value_on).is_none() {
            self.fault(place, refuse("files.camt_missing").arg("what", "BookgDt"));
        }
        let whole = Entry {
            status,
            booked_on: booked_on.or(value_on).filter(|_| status == Status::Booked),
            value_on,
            amount,
            reversal: text(node, &["RvslInd"]).as_deref() == Some("true"),
            bank_reference: text(node, &["AcctSvcrRef"]),
            remittance: text(node, &["AddtlNtryInf"]).unwrap_or_default(),
            place: format!("{}/{place}", self.place),
            ..Entry::default()
        };
        let details: Vec<Node> = children(node, "NtryDtls").flat_map(|d| children(d, "TxDtls")).collect();
        match details.as_slice() {
            [] => vec![whole],
            [one] => vec![detailed(&whole, *one, own)],
            many => split(&whole, many, currency, own).unwrap_or_else(|| {
                let texts: Vec<String> =
                    many.iter().map(|d| remittance(*d)).filter(|t| !t.is_empty()).collect();
                vec![Entry { remittance: texts.join("; "), ..whole }]
            }),
        }
    }
}

/// The entry with what one detail says of it.
fn detailed(whole: &Entry, detail: Node, own: Option<&str>) -> Entry {
    let parties = child(detail, "RltdPties");
    // The parties are those of the first movement; a reversal runs the other way.
    let from_them = (whole.amount.0 >= 0) != whole.reversal;
    let (theirs, ours) = if from_them { ("Dbtr", "Cdtr") } else { ("Cdtr", "Dbtr") };
    let iban = |side: &str| {
        let account = child(parties?, &format!("{side}Acct"))?;
        text(account, &["Id", "IBAN"]).or_else(|| text(account, &["Id", "Othr", "Id"]))
    };
    let name = |side: &str| {
        let party = child(parties?, side).or_else(|| child(parties?, &format!("Ultmt{side}")))?;
        text(party, &["Pty", "Nm"]).or_else(|| text(party, &["Nm"]))
    };
    // Some banks name only one side, and call the other party creditor whichever way the money ran.
    let swapped = name(theirs).is_none()
        && iban(theirs).is_none()
        && iban(ours).is_some_and(|i| Some(i.as_str()) != own);
    let side = if swapped { ours } else { theirs };
    let reference = child(detail, "RmtInf").and_then(|r| {
        children(r, "Strd")
            .find_map(|s| text(s, &["CdtrRefInf", "Ref"]).or_else(|| text(s, &["CdtrRefInf", "CdtrRef"])))
    });
    let told = remittance(detail);
    Entry {
        counterparty_name: name(side),
        counterparty_iban: iban(side),
        reference,
        // ISO 20022 asks for the word NOTPROVIDED where the payer gave none.
        end_to_end_id: text(detail, &["Refs", "EndToEndId"]).filter(|r| r != "NOTPROVIDED"),
        bank_reference: text(detail, &["Refs", "AcctSvcrRef"]).or_else(|| whole.bank_reference.clone()),
        remittance: if told.is_empty() { whole.remittance.clone() } else { told },
        ..whole.clone()
    }
}

/// The details of a collective entry as movements of their own, if their amounts make the entry's.
fn split(whole: &Entry, details: &[Node], currency: &str, own: Option<&str>) -> Option<Vec<Entry>> {
    let mut entries = Vec::with_capacity(details.len());
    for (i, detail) in details.iter().enumerate() {
        let amount = child(*detail, "Amt").or_else(|| {
            let all = child(*detail, "AmtDtls")?;
            child(child(all, "TxAmt").or_else(|| child(all, "InstdAmt"))?, "Amt")
        })?;
        if amount.attribute("Ccy").is_some_and(|c| c != currency) {
            return None;
        }
        let minor = minor_units(amount.text()?.trim(), decimals(currency)).ok()?;
        let negative = text(*detail, &["CdtDbtInd"]).map_or(whole.amount.0 < 0, |i| i == "DBIT");
        let entry = detailed(whole, *detail, own);
        let place = format!("{}/TxDtls {}", whole.place, i + 1);
        entries.push(Entry { amount: Money(if negative { -minor } else { minor }), place, ..entry });
    }
    let sum = Money::sum(entries.iter().map(|e| e.amount)).ok()?;
    (sum == whole.amount).then_some(entries)
}

fn remittance(detail: Node) -> String {
    let information = child(detail, "RmtInf");
    let free: Vec<String> =
        information.into_iter().flat_map(|r| children(r, "Ustrd")).filter_map(|u| text(u, &[])).collect();
    if !free.is_empty() {
        return free.join(" ");
    }
    let structured = information.and_then(|r| text(r, &["Strd", "AddtlRmtInf"]));
    structured.or_else(|| text(detail, &["AddtlTxInf"])).unwrap_or_default()
}

/// Decimals of a currency's minor unit; two unless it is named here (ISO 4217).
#[must_use]
pub fn decimals(currency: &str) -> usize {
    match currency {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "VND"
        | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

/// An amount without sign in minor units. ISO 20022 lets a file carry five decimals but binds it to the currency's:
/// a bank that writes more counts in other units than ours, even where they are zeros.
fn minor_units(text: &str, decimals: usize) -> std::result::Result<i64, &'static str> {
    if text.starts_with(['-', '+']) {
        return Err("files.camt_amount");
    }
    if text.split_once('.').is_some_and(|(_, fraction)| fraction.len() > decimals) {
        return Err("files.camt_decimals");
    }
    kernel::json::parse_scaled(text, decimals).ok_or("files.camt_amount")
}

fn shown(money: Money, currency: &str) -> String {
    let places = decimals(currency);
    let digits = format!("{:0width$}", money.0.unsigned_abs(), width = places + 1);
    let (whole, fraction) = digits.split_at(digits.len() - places);
    let sign = if money.0 < 0 { "-" } else { "" };
    if places == 0 {
        format!("{sign}{whole} {currency}")
    } else {
        format!("{sign}{whole}.{fraction} {currency}")
    }
}

fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|n| n.is_element() && n.tag_name().name() == name)
}

fn children<'a, 'i>(node: Node<'a, 'i>, name: &'static str) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(move |n| n.is_element() && n.tag_name().name() == name)
}

/// The text at the end of a path, if there is any.
fn text(node: Node, path: &[&str]) -> Option<String> {
    let end = path.iter().try_fold(node, |n, name| child(n, name))?;
    end.text().map(|t| t.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|t| !t.is_empty())
}
