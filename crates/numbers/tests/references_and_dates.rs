//! Check digits on papers, and the calendar.

use numbers::*;
use proptest::prelude::*;

#[test]
fn an_iban_is_right_or_says_what_is_wrong() {
    for good in [
        "SI56 0201 7001 4356 205",
        "DE89370400440532013000",
        "GB82 WEST 1234 5698 7654 32",
        "nl26vayb8060476890",
    ] {
        assert!(check_iban(good).is_ok(), "{good}");
    }
    for (bad, error) in [
        ("SI56 0201 7001 4356 250", NumberError::CheckDigit),
        ("SI56 0201 7001 4356 20", NumberError::Form),
        ("5602017001435620500", NumberError::Form),
        ("SI5", NumberError::Form),
        ("", NumberError::Form),
        ("SI56-0201", NumberError::Form),
        ("ŠI56020170014356205", NumberError::Form),
    ] {
        assert_eq!(check_iban(bad), Err(error), "{bad}");
    }
    assert_eq!(group_by_four("SI56020170014356205"), "SI56 0201 7001 4356 205");
}

#[test]
fn references_carry_their_check_digits() {
    // Examples printed in the ZBS rules and in ZBS's notes for programmers of UPN QR (2017).
    for good in [
        "RF45SBO2010",
        "RF81 352A DD05 899",
        "SI12 1234567890120",
        "SI00 2026-118",
        "SI99",
        "SI05 19-1235-84503",
    ] {
        assert!(check_reference(good).is_ok(), "{good}");
    }
    for (bad, error) in [
        ("RF46SBO2010", NumberError::CheckDigit),
        ("RF45", NumberError::Form),
        ("SI12 1234567890121", NumberError::CheckDigit),
        ("SI12 123", NumberError::Form),
        ("SI12 123456-789012", NumberError::Form),
        ("SI00 1-2-3-4", NumberError::Form),
        ("SI00 12A", NumberError::Form),
        ("SI00", NumberError::Form),
        ("SI00 1234567890123", NumberError::Form),
        ("SI99 1", NumberError::Form),
        ("XX00 1", NumberError::Form),
        ("SIč0", NumberError::Form),
    ] {
        assert_eq!(check_reference(bad), Err(error), "{bad}");
    }
    assert_eq!(make_rf("2026/00118"), make_rf("202600118"));
    assert_eq!(make_si12("118").as_deref(), Ok("SI120000000001180"));
    assert_eq!(make_si12("1234567890123"), Err(NumberError::Form));
    assert_eq!(make_si00("2026-118").as_deref(), Ok("SI002026-118"));
}

#[test]
fn a_slovenian_tax_number_has_its_check_digit() {
    assert_eq!(check_slovenian_tax_number("50223054").as_deref(), Ok("50223054"));
    assert_eq!(check_slovenian_tax_number("SI50223055"), Err(NumberError::CheckDigit));
    for bad in ["", "1234567", "123456789", "0122305X", "05022305"] {
        assert_eq!(check_slovenian_tax_number(bad), Err(NumberError::Form), "{bad}");
    }
}

#[test]
fn a_date_is_a_whole_number_of_days() {
    for (text, days) in
        [("1970-01-01", 0), ("2026-11-24", 20_781), ("1969-12-31", -1), ("2024-02-29", 19_782)]
    {
        let date: Date = text.parse().unwrap();
        assert_eq!((date.days(), Date::from_days(days), date.to_string()), (days, Ok(date), text.to_owned()));
    }
    for bad in ["2026-02-29", "2026-1-1", "24.11.2026", "2026-11-24T10:00", "+002026-11-24", ""] {
        assert_eq!(bad.parse::<Date>(), Err(NumberError::NotADate), "{bad}");
    }
    assert_eq!(Date::from_days(i64::MAX), Err(NumberError::NotADate));
    let january: Date = "2027-01-31".parse().unwrap();
    assert_eq!(january.plus_months(1).map(|d| d.to_string()).as_deref(), Ok("2027-02-28"));
    assert_eq!(january.plus_days(-31).map(|d| d.to_string()).as_deref(), Ok("2026-12-31"));
    assert_eq!(january.last_of_month(), january);
}

#[test]
fn an_instant_is_utc_and_its_business_day_is_the_firms() {
    let late: Instant = "2026-11-24T23:30:00Z".parse().unwrap();
    assert_eq!(Instant::from_micros(late.micros()), Ok(late));
    assert_eq!(late.to_string(), "2026-11-24T23:30:00Z");
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(1));
    assert_eq!(late.date_in(&zone).to_string(), "2026-11-25");
    assert_eq!(Instant::from_micros(i64::MAX), Err(NumberError::NotAnInstant));
}

proptest! {
    #[test]
    fn every_made_reference_is_right_and_a_mistyped_digit_is_noticed(body in "[0-9]{1,12}", at in 4usize..16, by in 1u32..10) {
        let rf = make_rf(&body).unwrap();
        prop_assert_eq!(check_reference(&rf), Ok(rf.clone()));
        prop_assert!(check_reference(&make_si12(&body).unwrap()).is_ok());
        let mistyped: String = rf.chars().enumerate()
            .map(|(i, c)| if i == at { char::from_digit((c.to_digit(10).unwrap() + by) % 10, 10).unwrap() } else { c })
            .collect();
        prop_assert_eq!(check_reference(&mistyped).is_ok(), mistyped == rf);
    }

    #[test]
    fn days_and_dates_agree(days in -700_000i64..2_000_000) {
        prop_assert_eq!(Date::from_days(days).unwrap().days(), days);
    }
}
