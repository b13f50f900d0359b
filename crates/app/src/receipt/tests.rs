//! Receipts: what they promise cannot be altered, and what is attached belongs to them.

use super::*;
use crate::keys::Key;
use crate::log::tree::{leaf_hash, node_hash};
use crate::random::SeededRandom;
use crate::seal::VaultField;

fn keys(seed: u64) -> SigningKeys {
    SigningKeys::from_seed("demo.example/gongzhi", &Key::random(&mut SeededRandom::new(seed))).expect("good name")
}

fn openings() -> Openings {
    let random = &mut SeededRandom::new(3);
    let row = [("text", "路灯不亮三天了。\ngongzhi.openings/v1\n"), ("place", "北街")]
        .into_iter()
        .map(|(field, text)| (field.to_owned(), VaultField::new(text, random)))
        .collect();
    Openings::new(&row, [("contact".to_owned(), [9; 32])])
}

/// A proof that a log of two leaves holds it second.
fn proof(receipt: &Receipt) -> String {
    let (other, leaf) = (leaf_hash(b"another"), receipt.leaves()[0]);
    let root = node_hash(&other, &leaf_hash(&leaf));
    let checkpoint = Checkpoint { origin: "demo.example/gongzhi".into(), size: 2, root };
    let checkpoint = keys(1).sign(&checkpoint.text()).expect("signs");
    Proof { leaf: leaf.to_vec(), index: 1, hashes: vec![other], checkpoint }.text()
}

fn receipt() -> Receipt {
    Receipt {
        origin: "demo.example/gongzhi".into(),
        number: "YX-2026-0941733".into(),
        received_at: "2026-11-21T09:30:00+08:00".into(),
        arrived_at: None,
        mechanism: "street-repair 3".into(),
        mechanism_hash: [1; 32],
        entry: [2; 32],
        fields: openings().digest(),
        due_by: "2026-12-11T24:00+08:00".into(),
        promised_by: "15 个工作日 + 听证".into(),
        logged_within_s: 60,
    }
}

#[test]
fn a_receipt_is_readable_and_checks_offline() {
    let text = issue(&receipt(), &keys(1)).expect("issues");
    assert!(text.starts_with("gongzhi.receipt/v1\norigin: demo.example/gongzhi\nnumber: YX-2026-0941733\n"));
    assert!(text.contains("\n\n— demo.example/gongzhi "));
    let key = VerifierKey::parse(&keys(1).verifier_key().to_string()).expect("note key");
    assert_eq!(check(&text, &key), Ok(receipt()));
    assert!(matches!(check(&text, &keys(2).verifier_key()), Err(ReceiptError::Note(_))));
}

#[test]
fn the_day_of_arrival_is_signed_where_there_is_one_and_older_receipts_hold() {
    let key = keys(1).verifier_key();
    let letter = Receipt {
        arrived_at: Some("2026-11-02T09:00:00+08:00".into()),
        due_by: "2026-11-20T23:59:59+08:00".into(),
        promised_by: "2026-12-20T23:59:59+08:00".into(),
        ..receipt()
    };
    let text = issue(&letter, &keys(1)).expect("issues");
    assert!(
        text.contains("\nreceived_at: 2026-11-21T09:30:00+08:00\narrived_at: 2026-11-02T09:00:00+08:00\nmechanism: ")
    );
    assert_eq!(check(&text, &key).as_ref(), Ok(&letter));
    assert_eq!(letter.over(), (true, false));
    let older = issue(&letter.older(), &keys(1)).expect("issues");
    assert!(!older.contains("arrived_at"));
    assert_eq!(check(&older, &key).expect("holds").arrived_at, None);
    // In another place, or twice, it is no receipt of this version.
    for bad in [
        older.replace("\ndue_by", "\narrived_at: 2026-11-02T09:00:00+08:00\ndue_by"),
        text.replace("\nmechanism:", "\narrived_at: x\nmechanism:"),
    ] {
        let body = bad.split_once("\n\n").expect("a note").0;
        let signed = keys(1).sign(&format!("{body}\n")).expect("signs");
        assert!(matches!(check(&signed, &key), Err(ReceiptError::Format(_))), "{signed}");
    }
}

#[test]
fn every_flipped_bit_of_the_file_is_noticed() {
    let text = file(&issue(&receipt(), &keys(1)).expect("issues"), Some(&proof(&receipt())), Some(&openings()));
    let key = keys(1).verifier_key();
    let sound = check_file(&text, &key).expect("checks");
    assert_eq!(sound.openings, Some(openings()));
    assert_eq!(sound.logged.as_ref().map(|l| (l.index, l.checkpoint.size)), Some((1, 2)));
    let note = text.find(ATTACHED).expect("attached");
    for at in 0..text.len() {
        for bit in 0..8 {
            let mut bad = text.clone().into_bytes();
            bad[at] ^= 1 << bit;
            let Ok(bad) = String::from_utf8(bad) else {
                continue;
            };
            let Ok(found) = check_file(&bad, &key) else {
                continue;
            };
            // Blanks between JSON tokens mean nothing; everything that is read must be unchanged.
            assert!(at >= note && found == sound, "byte {at} bit {bit}: {bad}");
        }
    }
    let bare = text.find(proof::HEADER).expect("a proof") - 1;
    for len in (0..note).filter(|len| *len != bare) {
        if let Some(cut) = text.get(..len) {
            assert!(check_file(cut, &key).is_err(), "cut at {len}");
        }
    }
    assert_eq!(check_file(&text[..bare], &key).expect("the promise alone").logged, None);
}

#[test]
fn openings_of_another_receipt_are_refused() {
    let other = Openings::new(&[("text".to_owned(), VaultField::new("别的", &mut SeededRandom::new(9)))].into(), []);
    let text = file(&issue(&receipt(), &keys(1)).expect("issues"), None, Some(&other));
    assert_eq!(check_file(&text, &keys(1).verifier_key()).err(), Some(ReceiptError::Openings));
}

#[test]
fn values_cannot_smuggle_lines() {
    for bad in ["", "a\nnumber: B", " x", "a\r", "a\u{0}"] {
        let forged = Receipt { mechanism: bad.into(), ..receipt() };
        assert_eq!(issue(&forged, &keys(1)).err(), Some(ReceiptError::Format("mechanism")));
    }
}

#[test]
fn a_signed_text_that_is_no_receipt_is_refused() {
    let keys = keys(1);
    let key = keys.verifier_key();
    let other = keys.sign("gongzhi.receipt/v2\nx\n").expect("signs");
    assert_eq!(check(&other, &key).err(), Some(ReceiptError::Format("header")));
    let text = issue(&receipt(), &keys).expect("issues");
    let body = text.split("\n\n").next().expect("body");
    let more = keys.sign(&format!("{body}\nvoid: yes\n")).expect("signs");
    assert_eq!(check(&more, &key).err(), Some(ReceiptError::Format("lines")));
}

#[test]
fn a_proof_of_another_receipt_or_log_is_refused() {
    let (note, key) = (issue(&receipt(), &keys(1)).expect("issues"), keys(1).verifier_key());
    let withheld = proof(&Receipt { entry: [9; 32], ..receipt() });
    let refused = |proof: &str| check_file(&file(&note, Some(proof), None), &key).expect_err("refused");
    assert_eq!(refused(&withheld), ReceiptError::Proof(ProofError::Other));
    // The leaf that is wanted, in a log that does not hold it.
    let mut forged = Proof::parse(&withheld).expect("a proof");
    forged.leaf = receipt().leaves()[0].to_vec();
    assert_eq!(refused(&forged.text()), ReceiptError::Proof(ProofError::NotIncluded));
    // A log that somebody else signed under our name.
    let mut forged = Proof::parse(&proof(&receipt())).expect("a proof");
    let body = forged.checkpoint.split_once("\n\n").expect("a note").0;
    forged.checkpoint = keys(2).sign(&format!("{body}\n")).expect("signs");
    assert!(matches!(refused(&forged.text()), ReceiptError::Proof(ProofError::Checkpoint(_))));
    assert_eq!(refused("c2sp.org/tlog-proof@v1\nindex 1\n\n"), ReceiptError::Proof(ProofError::Format));
}
