//! What is rounded, where, and by how much; num-rational is the independent judge.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive};
use numbers::*;
use proptest::prelude::*;

fn decimal(text: &str) -> Decimal6 {
    text.parse().unwrap()
}

fn money(text: &str) -> Money {
    text.parse().unwrap()
}

/// Half away from zero, said once more and differently: twice the number, toward the outside, halved.
fn half_away(exact: BigRational) -> i64 {
    let doubled = (exact.abs() * BigInt::from(2)).floor().to_integer();
    let rounded: BigInt = (doubled + 1) / 2;
    let rounded = rounded.to_i64().unwrap();
    if exact.is_negative() { -rounded } else { rounded }
}

fn ratio(numerator: i64, denominator: i64) -> BigRational {
    BigRational::new(numerator.into(), denominator.into())
}

#[test]
fn a_line_is_rounded_once_half_away_from_zero() {
    for (quantity, price, discount, net) in [
        ("3", "2024.9940", "0", "6074.98"),
        ("1", "0.005", "0", "0.01"),
        ("1", "0.004999", "0", "0.00"),
        ("-1", "0.005", "0", "-0.01"),
        ("2.5", "1.1", "10", "2.48"), // 2.475
        ("7", "3.333333", "33.333333", "15.56"),
        ("1", "100", "100", "0.00"),
        ("1000000", "0.0085", "2.5", "8287.50"),
        ("0", "19.99", "0", "0.00"),
    ] {
        let got = line_net(decimal(quantity), decimal(price), decimal(discount)).unwrap();
        assert_eq!(got, money(net), "{quantity} × {price} − {discount} %");
    }
    assert_eq!(line_net(Decimal6::ONE, Decimal6::ONE, decimal("100.000001")), Err(NumberError::Discount));
    assert_eq!(line_net(Decimal6::ONE, Decimal6::ONE, decimal("-1")), Err(NumberError::Discount));
    assert_eq!(line_net(Decimal6(i64::MAX), Decimal6(i64::MAX), Decimal6::ZERO), Err(NumberError::Overflow));
}

#[test]
fn vat_is_rounded_per_category_and_not_per_line() {
    // Three lines of 0.03 at 22 %: per line 0.01 each, 0.03 in all; on their sum 0.02 (BR-CO-17).
    let lines = [
        ("S", "22", "0.03"),
        ("S", "22", "0.03"),
        ("S", "9.5", "100.00"),
        ("S", "22", "0.03"),
        ("Z", "0", "5.00"),
    ];
    let totals = round_per_category(lines.map(|(c, r, n)| (c, decimal(r), money(n)))).unwrap();
    let rows: Vec<_> = totals.iter().map(|t| (t.category, t.base.to_string(), t.tax.to_string())).collect();
    assert_eq!(
        rows,
        [
            ("S", "0.09".into(), "0.02".into()),
            ("S", "100.00".into(), "9.50".into()),
            ("Z", "5.00".into(), "0.00".into())
        ]
    );
    assert_eq!(vat(money("1"), decimal("-1")), Err(NumberError::Rate));
}

#[test]
fn a_gross_price_holds_its_net_and_its_vat() {
    for (gross, rate, net) in [
        ("122.00", "22", "100.00"),
        ("0.01", "22", "0.01"),
        ("10.00", "9.5", "9.13"),
        ("-122", "22", "-100.00"),
    ] {
        assert_eq!(gross_to_net(money(gross), decimal(rate)).unwrap(), money(net));
    }
}

#[test]
fn shares_add_up_to_the_cent() {
    let parts = |total, weights: &[i64]| {
        allocate(Money(total), weights).map(|p| p.iter().map(|m| m.0).collect::<Vec<_>>())
    };
    assert_eq!(parts(100, &[1, 1, 1]), Ok(vec![34, 33, 33]));
    assert_eq!(parts(-100, &[1, 1, 1]), Ok(vec![-34, -33, -33]));
    assert_eq!(parts(5, &[0, 3, 7]), Ok(vec![0, 2, 3])); // 1.5 and 3.5: the earlier first among equals
    assert_eq!(parts(0, &[2, 1]), Ok(vec![0, 0]));
    assert_eq!(parts(1, &[]), Err(NumberError::Weights));
    assert_eq!(parts(1, &[0]), Err(NumberError::Weights));
    assert_eq!(parts(1, &[2, -1]), Err(NumberError::Weights));
}

#[test]
fn a_million_pieces_need_exactly_8552_and_a_half() {
    let each = Factor::new(85_525, 10_000_000).unwrap(); // 0.0085525
    let million = decimal("1000000");
    assert_eq!(round_quantity(million, &explode(&[each]), 1), Ok(decimal("8552.5")));
    assert_eq!(each.apply(million, 6), Ok(decimal("8552.5")));
    assert_eq!(each.apply(million, 0), Ok(decimal("8553")));
    // Ten levels down and up again: nothing was lost on the way.
    let mut path = vec![each; 10];
    path.extend(vec![each.inverse().unwrap(); 10]);
    assert_eq!(round_quantity(million, &explode(&path), 6), Ok(million));
}

#[test]
fn factors_are_ratios_in_lowest_terms() {
    assert_eq!(Factor::new(24, -2).map(|f| (f.numerator(), f.denominator())), Ok((-12, 1)));
    assert_eq!(Factor::new(1, 0), Err(NumberError::ZeroDenominator));
    assert_eq!(Factor::new(0, 5).unwrap().inverse(), Err(NumberError::ZeroDenominator));
    assert_eq!(Factor::new(1, i64::MIN), Err(NumberError::Overflow));
    assert_eq!(Factor::new(12, 1).unwrap().apply(decimal("2.5"), 0), Ok(decimal("30")));
    assert_eq!(Factor::new(1, 3).unwrap().apply(decimal("10"), 3), Ok(decimal("3.333")));
}

#[test]
fn numbers_are_read_exactly_or_refused() {
    for (text, millionths) in
        [("2024.9940", 2_024_994_000), ("-0.000001", -1), ("+5", 5_000_000), (" 7.1000000 ", 7_100_000)]
    {
        assert_eq!(text.parse(), Ok(Decimal6(millionths)), "{text}");
    }
    for text in ["", "-", ".", "1.", ".5", "1,5", "1e3", "NaN", "--1", "1 000", "٣"] {
        assert_eq!(text.parse::<Decimal6>(), Err(NumberError::NotANumber), "{text}");
    }
    assert_eq!("0.0000001".parse::<Decimal6>(), Err(NumberError::TooManyDecimals(6)));
    assert_eq!("1.005".parse::<Money>(), Err(NumberError::TooManyDecimals(2)));
    assert_eq!("92233720368547758.08".parse::<Money>(), Err(NumberError::Overflow));
    assert_eq!("9".repeat(60).parse::<Money>(), Err(NumberError::Overflow));
    assert_eq!(
        "-92233720368547758.08".parse::<Money>().map(|m| m.to_string()),
        Ok("-92233720368547758.08".into())
    );
    assert_eq!(Decimal6(5_000_000).to_string(), "5");
    assert_eq!(Decimal6(1_000_000_000).to_string(), "1000");
    assert_eq!(Decimal6(-500_000).to_string(), "-0.5");
}

#[test]
fn decimals_round_to_any_precision() {
    assert_eq!(decimal("1.2345").round(3).map(|d| d.to_string()).as_deref(), Ok("1.235"));
    assert_eq!(decimal("-0.5").round(0), Ok(decimal("-1")));
    assert_eq!(decimal("1.5").times(decimal("0.000001")), Ok(Decimal6(2)));
    assert_eq!(decimal("1").over(decimal("3")), Ok(Decimal6(333_333)));
    assert_eq!(decimal("1").over(Decimal6::ZERO), Err(NumberError::ZeroDenominator));
    assert!(decimal("1.25").fits(2) && !decimal("1.25").fits(1));
    assert_eq!(Decimal6(i64::MAX).plus(Decimal6(1)), Err(NumberError::Overflow));
}

proptest! {
    #[test]
    fn a_line_net_is_the_exact_product_rounded(q in -10i64.pow(13)..10i64.pow(13), p in -10i64.pow(11)..10i64.pow(11), d in 0i64..=100_000_000) {
        let exact = ratio(q, 1_000_000) * ratio(p, 1_000_000) * ratio(100_000_000 - d, 100_000_000) * BigInt::from(100);
        match line_net(Decimal6(q), Decimal6(p), Decimal6(d)) {
            Ok(net) => prop_assert_eq!(net.0, half_away(exact)),
            Err(error) => prop_assert_eq!(error, NumberError::Overflow),
        }
    }

    #[test]
    fn vat_is_the_exact_share_rounded(base in -10i64.pow(15)..10i64.pow(15), rate in 0i64..50_000_000) {
        let exact = ratio(base, 1) * ratio(rate, 100_000_000);
        prop_assert_eq!(vat(Money(base), Decimal6(rate)).unwrap().0, half_away(exact));
        let net = ratio(base, 1) / (ratio(1, 1) + ratio(rate, 100_000_000));
        prop_assert_eq!(gross_to_net(Money(base), Decimal6(rate)).unwrap().0, half_away(net));
    }

    #[test]
    fn shares_add_up_and_stray_less_than_a_cent(total in any::<i64>(), weights in prop::collection::vec(0i64..i64::MAX, 1..20)) {
        prop_assume!(weights.iter().any(|w| *w > 0));
        let parts = allocate(Money(total), &weights).unwrap();
        prop_assert_eq!(parts.iter().map(|p| i128::from(p.0)).sum::<i128>(), i128::from(total));
        let sum = weights.iter().fold(BigInt::from(0), |sum, w| sum + w);
        for (part, weight) in parts.iter().zip(&weights) {
            let exact = BigRational::new(BigInt::from(total) * weight, sum.clone());
            prop_assert!((exact - BigInt::from(part.0)).abs() < ratio(1, 1));
        }
    }

    #[test]
    fn a_conversion_is_the_exact_quotient_rounded(q in -10i64.pow(13)..10i64.pow(13), n in 1i64..1_000_000, d in 1i64..1_000_000, precision in 0u32..=6) {
        let step = 10i64.pow(6 - precision);
        let exact = half_away(ratio(q, step) * ratio(n, d));
        match Factor::new(n, d).unwrap().apply(Decimal6(q), precision) {
            Ok(got) => {
                prop_assert_eq!(i128::from(got.0), i128::from(exact) * i128::from(step));
                prop_assert_eq!(round_quantity(Decimal6(q), &explode(&[Factor::new(n, d).unwrap()]), precision), Ok(got));
            }
            Err(error) => prop_assert_eq!(error, NumberError::Overflow),
        }
    }

    #[test]
    fn what_is_written_is_read_back(value in any::<i64>()) {
        prop_assert_eq!(Money(value).to_string().parse(), Ok(Money(value)));
        prop_assert_eq!(Decimal6(value).to_string().parse(), Ok(Decimal6(value)));
    }

    #[test]
    fn any_text_is_a_number_or_an_error(text in "\\PC{0,24}") {
        let _ = (text.parse::<Money>(), text.parse::<Decimal6>(), text.parse::<Date>(), text.parse::<Instant>());
        let _ = (check_iban(&text), check_reference(&text), check_slovenian_tax_number(&text), make_rf(&text));
    }
}
