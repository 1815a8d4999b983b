//! Firm, customer and supplier as blocks of a sheet.

use super::{some, text};
use files::paper::{Block, Firm};
use numbers::Date;
use serde_json::Value as Json;

pub fn firm(company: &Json) -> Firm {
    Firm {
        name: text(company, "/name").into(),
        legal_name: text(company, "/legal_name").into(),
        street: text(company, "/street").into(),
        postal_code: text(company, "/postal_code").into(),
        town: text(company, "/town").into(),
        country: text(company, "/country").into(),
        tax_number: some(company, "/tax_number"),
        vat_id: some(company, "/vat_id"),
        registration_number: some(company, "/registration_number"),
        iban: some(company, "/iban"),
        bic: some(company, "/bic"),
        email: some(company, "/email"),
        phone: some(company, "/phone"),
    }
}

/// The firm as the place where goods are wanted.
pub fn seat(company: &Json) -> Block {
    Block {
        name: text(company, "/name").into(),
        street: text(company, "/street").into(),
        postal_code: text(company, "/postal_code").into(),
        town: text(company, "/town").into(),
        country: text(company, "/country").into(),
        ..Block::default()
    }
}

/// The language that the reader chose; else that of the country, where we have it.
pub fn language_of(party: &Json) -> String {
    match text(party, "/language") {
        language @ ("en" | "sl") => language.into(),
        _ => {
            let at_home = text(party, "/addresses/0/country");
            if at_home.is_empty() || at_home == "SI" { "sl" } else { "en" }.into()
        }
    }
}

/// A party with the first of its addresses of these kinds that is valid on the day, or its first valid one.
pub fn address_block(party: &Json, kinds: &[&str], on: Date) -> Block {
    let mut block = Block {
        name: text(party, "/name").into(),
        vat_id: some(party, "/vat_id"),
        tax_number: some(party, "/tax_number"),
        ..Block::default()
    };
    let known = valid(party, on);
    let chosen =
        kinds.iter().find_map(|k| known.iter().find(|a| text(a, "/kind") == *k)).or_else(|| known.first());
    if let Some(address) = chosen {
        place(&mut block, address);
    }
    block
}

/// Where goods go, if a delivery address says so and differs.
pub fn delivery_block(party: &Json, to: &Block, on: Date) -> Option<Block> {
    let known = valid(party, on);
    let address = known.iter().find(|a| text(a, "/kind") == "delivery")?;
    let mut block = Block { name: to.name.clone(), ..Block::default() };
    place(&mut block, address);
    (!same_place(&block, to)).then_some(block)
}

/// Whether two blocks are at one address, and nobody in particular is asked for.
pub fn same_place(a: &Block, b: &Block) -> bool {
    a.contact.is_none() && (&a.street, &a.postal_code, &a.town) == (&b.street, &b.postal_code, &b.town)
}

fn valid(party: &Json, on: Date) -> Vec<&Json> {
    let all = party.get("addresses").and_then(Json::as_array);
    let holds = |a: &&Json| {
        let day = |pointer| text(a, pointer).parse::<Date>().ok();
        day("/valid_from").is_none_or(|d| d <= on) && day("/valid_to").is_none_or(|d| d >= on)
    };
    all.map(|a| a.iter().filter(holds).collect()).unwrap_or_default()
}

fn place(block: &mut Block, address: &Json) {
    block.street =
        format!("{} {}", text(address, "/street"), text(address, "/house_number")).trim().to_owned();
    block.postal_code = text(address, "/postal_code").into();
    block.town = text(address, "/town").into();
    block.country = text(address, "/country").into();
}

/// An address kept as text: street, postal code and town, country, a line each or with commas between.
pub fn typed_block(address: &str, contact: &str) -> Option<Block> {
    let mut parts: Vec<&str> = address.split(['\n', ',']).map(str::trim).filter(|p| !p.is_empty()).collect();
    if parts.is_empty() {
        return None;
    }
    let mut block = Block { contact: Some(contact.to_owned()).filter(|c| !c.is_empty()), ..Block::default() };
    if let Some(code) = parts.last().filter(|p| p.len() == 2 && p.bytes().all(|b| b.is_ascii_uppercase())) {
        block.country = (*code).to_owned();
        parts.pop();
    }
    let town = parts.pop().unwrap_or_default();
    let (code, name) =
        town.split_once(' ').filter(|(c, _)| c.chars().any(|c| c.is_ascii_digit())).unwrap_or(("", town));
    block.postal_code = code.into();
    block.town = name.trim().into();
    block.street = parts.join(", ");
    Some(block)
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_typed_address_comes_apart() {
        for (typed, street, code, town, country) in [
            ("Čopova ulica 8\n1000 Ljubljana", "Čopova ulica 8", "1000", "Ljubljana", ""),
            ("Hauptplatz 1, 8010 Graz, AT", "Hauptplatz 1", "8010", "Graz", "AT"),
            ("Bled", "", "", "Bled", ""),
        ] {
            let block = super::typed_block(typed, "").expect("something");
            assert_eq!(
                (
                    block.street.as_str(),
                    block.postal_code.as_str(),
                    block.town.as_str(),
                    block.country.as_str()
                ),
                (street, code, town, country)
            );
        }
        assert_eq!(super::typed_block(" \n", ""), None);
    }
}
