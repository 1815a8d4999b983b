//! Numbers that somebody gives by hand, and the series that goes on behind them.
#![expect(clippy::expect_used, reason = "tests stop at what should not happen")]

use checks::{Shop, on_both};
use kernel::Result;
use parties::{Party, PartyKind};

fn import(shop: &Shop, numbers: &'static [&'static str]) {
    let made = shop.kernel.work(&shop.actor, "Party.create", move |cx| -> Result<()> {
        for number in numbers {
            let mut party = Party::named(number, PartyKind::Organisation);
            party.number = Some((*number).to_owned());
            cx.insert(&mut party)?;
        }
        Ok(())
    });
    made.expect("parties with numbers of their own");
}

#[test]
fn a_series_goes_on_behind_a_number_by_hand() {
    on_both(|shop| {
        let number = |id: i64| shop.field("Party", id, "number");
        assert_eq!(number(shop.customer("First")), "C00001");
        import(shop, &["C00003", "C00002", "K17"]);
        assert_eq!(number(shop.customer("Second")), "C00004");
        // One below does not bring it back; one that it never comes to leaves it alone.
        import(shop, &["C1", "C99999999999"]);
        assert_eq!(number(shop.customer("Third")), "C00005");
        // By hand and by the series in one go.
        let both = shop.kernel.work(&shop.actor, "Party.create", |cx| -> Result<i64> {
            let mut given = Party::named("Given", PartyKind::Organisation);
            given.number = Some("C00006".into());
            let mut taken = Party::named("Taken", PartyKind::Organisation);
            cx.insert(&mut taken)?;
            cx.insert(&mut given)?;
            Ok(taken.id)
        });
        assert_eq!(number(both.expect("both")), "C00007");
    });
}
