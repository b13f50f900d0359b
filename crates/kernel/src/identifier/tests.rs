//! Tests of identifiers.

use super::*;
use proptest::prelude::*;

fn fault(result: Result<Normalised, IdentifierError>) -> IdentifierError {
    result.expect_err("refused")
}

fn good(result: Result<Normalised, IdentifierError>) -> String {
    result.expect("accepted").into_string()
}

#[test]
fn identity_numbers_of_the_standard() {
    assert_eq!(good(resident_id("11010519491231002X")), "11010519491231002X");
    assert_eq!(good(resident_id(" １１０１０５ 19491231 002x ")), "11010519491231002X");
}

#[test]
fn residence_permits_and_unknown_divisions_pass() {
    for id in ["810000194912310028", "830000200002290015", "000000200002290010", "999999200002290019"] {
        assert_eq!(good(resident_id(id)), id);
    }
}

#[test]
fn identity_number_faults_name_the_place() {
    let what = Identifier::ResidentId;
    assert_eq!(fault(resident_id("  ")), IdentifierError::Empty(what));
    assert_eq!(fault(resident_id("1101051949123100")), IdentifierError::Length { what, found: 16 });
    assert_eq!(fault(resident_id("1101O519491231002X")), IdentifierError::Character { what, at: 5 });
    assert_eq!(fault(resident_id("110105194912310X2X")), IdentifierError::Character { what, at: 16 });
    assert_eq!(fault(resident_id("1101051949号231002X")), IdentifierError::Character { what, at: 11 });
    // 1990 was no leap year.
    assert_eq!(fault(resident_id("83000019900229001X")), IdentifierError::BirthDate);
    assert_eq!(fault(resident_id("110105194912310029")), IdentifierError::CheckDigit(what));
    assert_eq!(fault(resident_id("11010519491231020X")), IdentifierError::CheckDigit(what));
}

#[test]
fn credit_codes_of_the_standard() {
    for code in [
        "91350100M000100Y43",
        "511000005000001238",
        // Letter prefixes of the first eight characters are real.
        "N2110000500000123P",
        "A11100005000001237",
        "Y1110000500000123J",
        "G11100005000001231",
    ] {
        assert_eq!(good(credit_code(code)), code);
    }
    assert_eq!(good(credit_code("91350100m000100y43")), "91350100M000100Y43");
}

#[test]
fn a_weighted_sum_divisible_by_31_asks_for_zero() {
    assert_eq!(good(credit_code("511000005000000080")), "511000005000000080");
    assert_eq!(fault(credit_code("511000005000000081")), IdentifierError::CheckDigit(Identifier::CreditCode));
}

#[test]
fn credit_code_faults_name_the_place() {
    let what = Identifier::CreditCode;
    assert_eq!(fault(credit_code("91350100I000100Y43")), IdentifierError::Character { what, at: 9 });
    assert_eq!(fault(credit_code("9135010")), IdentifierError::Length { what, found: 7 });
    assert_eq!(fault(credit_code("91350100M000100Y44")), IdentifierError::CheckDigit(what));
}

#[test]
fn telephone_numbers_get_one_form() {
    for (typed, written) in [
        ("13800000000", "13800000000"),
        ("+86 138 0000 0000", "13800000000"),
        ("0086-138-0000-0000", "13800000000"),
        ("8613800000000", "13800000000"),
        ("１３８００００００００", "13800000000"),
        ("010-12345678", "010-12345678"),
        ("（010）1234 5678", "010-12345678"),
        ("+86 10 2345 6789", "010-23456789"),
        ("0755 23456789", "0755-23456789"),
        ("0537-2345678", "0537-2345678"),
        ("010-23456789-801", "010-23456789-801"),
        ("010-23456789转801", "010-23456789-801"),
        ("12345", "12345"),
        ("10086", "10086"),
        ("95588", "95588"),
        ("950888", "950888"),
        ("96110", "96110"),
        ("400-123-4567", "4001234567"),
    ] {
        assert_eq!(good(phone(typed)), written, "{typed}");
    }
}

#[test]
fn telephone_faults_say_what_to_do() {
    assert_eq!(fault(phone("23456789")), IdentifierError::AreaCodeMissing);
    assert_eq!(fault(phone("")), IdentifierError::Empty(Identifier::Phone));
    assert_eq!(fault(phone("-")), IdentifierError::Empty(Identifier::Phone));
    assert_eq!(fault(phone("1380000000")), IdentifierError::Length { what: Identifier::Phone, found: 10 });
    assert_eq!(fault(phone("138oooo0000")), IdentifierError::Character { what: Identifier::Phone, at: 4 });
    // Too short to reach anybody, or nobody's own number.
    for short in ["77", "110", "123", "1234", "12", "1", "9999", "10001", "13800", "99999"] {
        let found = fault(phone(short));
        let length = IdentifierError::Length { what: Identifier::Phone, found: short.len() };
        assert!(found == IdentifierError::NoSuchShape || found == length, "{short}: {found:?}");
    }
    assert_eq!(fault(phone("010")), IdentifierError::Length { what: Identifier::Phone, found: 3 });
}

#[test]
fn nothing_prints_the_number() {
    let id = resident_id("11010519491231002X").expect("accepted");
    assert_eq!(format!("{id:?}"), "Normalised(hidden)");
    assert_eq!(id.masked(), "110*************2X");
    assert_eq!(phone("12345").expect("accepted").masked(), "12345");
    for error in [fault(resident_id("110105194912310029")), fault(phone("23456789"))] {
        assert!(!error.to_string().contains("1949") && !error.zh().contains("2345"));
        assert_eq!(error.to_string(), error.en());
    }
}

proptest! {
    #[test]
    fn no_text_panics(text in "\\PC{0,24}") {
        let _ = (resident_id(&text), credit_code(&text), phone(&text));
    }

    #[test]
    fn a_written_form_is_its_own_written_form(text in "[0-9()# +-]{3,16}") {
        if let Ok(once) = phone(&text) {
            prop_assert_eq!(good(phone(once.as_str())), once.into_string());
        }
    }

    #[test]
    fn one_wrong_digit_never_passes(at in 0usize..17, digit in 0u8..10) {
        let mut id = b"11010519491231002X".to_vec();
        if id[at] != b'0' + digit {
            id[at] = b'0' + digit;
            prop_assert!(resident_id(std::str::from_utf8(&id).expect("digits")).is_err());
        }
    }
}
