//! A bank statement of the demo company, as the bank would send it: camt.053.001.08.

use super::Firm;
use kernel::{Error, Result};
use numbers::{Date, Money};
use std::fmt::Write;

/// Payments of customers that nobody has matched yet, and the bank's fee.
pub fn write(
    firm: &Firm,
    payments: &[(String, Option<String>)],
    fee: Option<&str>,
    on: Date,
) -> Result<String> {
    let mut entries = String::new();
    let mut net = Money(0);
    for (order, amount) in payments {
        let order = firm.named(order)?;
        let sql = "SELECT i.gross, i.number, p.name FROM invoice i JOIN party p ON p.id = i.customer_id
                   WHERE i.order_id = ? AND i.kind = 'invoice' ORDER BY i.id DESC LIMIT 1";
        let row = firm.kernel.store.read(|tx| -> Result<_> { Ok(tx.first(sql, &[order.into()])?) })?;
        let row = row.ok_or_else(|| Error::corrupt("an order that is paid has no invoice"))?;
        let amount = match amount {
            Some(amount) => amount.parse()?,
            None => Money(row.int(0)),
        };
        net = net.plus(amount)?;
        entry(&mut entries, amount, on, row.text(2), &format!("SI00{}", row.text(1)));
    }
    if let Some(fee) = fee {
        let fee: Money = fee.parse()?;
        net = net.minus(fee)?;
        entry(&mut entries, fee.negated()?, on, "", "Nadomestilo za vodenje računa");
    }
    let balance = |code: &str, amount: Money, day: Date| {
        format!(
            "<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">{}</Amt><CdtDbtInd>{}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>",
            Money(amount.0.abs()),
            if amount.0 < 0 { "DBIT" } else { "CRDT" }
        )
    };
    let opening: Money = "48210.55".parse()?;
    let closing = opening.plus(net)?;
    Ok(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt>\
         <GrpHdr><MsgId>DEMO{on}</MsgId><CreDtTm>{on}T06:00:00</CreDtTm></GrpHdr><Stmt><Id>DEMO-{on}</Id><ElctrncSeqNb>214</ElctrncSeqNb>\
         <CreDtTm>{on}T06:00:00</CreDtTm><Acct><Id><IBAN>SI56020170014356205</IBAN></Id><Ccy>EUR</Ccy></Acct>{}{}{entries}</Stmt></BkToCstmrStmt></Document>",
        balance("OPBD", opening, on),
        balance("CLBD", closing, on),
    ))
}

fn entry(out: &mut String, amount: Money, on: Date, name: &str, text: &str) {
    let (sign, party) = if amount.0 < 0 { ("DBIT", "Cdtr") } else { ("CRDT", "Dbtr") };
    let name = if name.is_empty() {
        String::new()
    } else {
        format!("<RltdPties><{party}><Pty><Nm>{name}</Nm></Pty></{party}></RltdPties>")
    };
    let reference = match text.strip_prefix("SI00") {
        Some(_) => format!("<RmtInf><Strd><CdtrRefInf><Ref>{text}</Ref></CdtrRefInf></Strd></RmtInf>"),
        None => format!("<RmtInf><Ustrd>{text}</Ustrd></RmtInf>"),
    };
    // Writing to a text cannot fail.
    let _ = write!(
        out,
        "<Ntry><Amt Ccy=\"EUR\">{}</Amt><CdtDbtInd>{sign}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{on}</Dt></BookgDt>\
         <NtryDtls><TxDtls><Amt Ccy=\"EUR\">{}</Amt><CdtDbtInd>{sign}</CdtDbtInd>{name}{reference}</TxDtls></NtryDtls></Ntry>",
        Money(amount.0.abs()),
        Money(amount.0.abs()),
    );
}
