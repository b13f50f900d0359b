//! What the cryptographic parts of raising one matter cost, in microseconds of one core.
//!
//! Run with `cargo run --release -p app --example seal_cost`. It judges nothing: the gates are elsewhere.

use std::hint::black_box;
use std::time::Instant;

use app::keys::{Epoch, Key, KeyClass, Owner};
use app::note::SigningKeys;
use app::random::{self, SeededRandom};
use app::receipt::Receipt;
use app::seal::{Cipher, VaultField, VaultRow};
use app::{code, keys, receipt, seal, terms};
use sha2::{Digest, Sha256};

/// The median of eleven batches.
#[expect(clippy::print_stdout, reason = "an example that prints its measurements")]
fn measure(name: &str, rounds: u32, mut work: impl FnMut()) {
    let mut batches: Vec<f64> = (0..11)
        .map(|_| {
            let start = Instant::now();
            (0..rounds).for_each(|_| work());
            start.elapsed().as_secs_f64() * 1e6 / f64::from(rounds)
        })
        .collect();
    batches.sort_by(f64::total_cmp);
    println!("{name:<44} {:>9.2} µs", batches[5]);
}

fn text(chars: usize) -> String {
    let mut random = SeededRandom::new(7);
    let pick = |bytes: [u8; 2]| char::from_u32(0x4e00 + u32::from(u16::from_be_bytes(bytes)) % 2500);
    (0..chars).filter_map(|_| pick(random::bytes(&mut random))).collect()
}

#[expect(clippy::print_stdout, reason = "an example that prints its measurements")]
fn main() {
    let mut random = SeededRandom::new(1);
    let owner = Owner { cell: 1, matter: &[7; 16] };
    let key = Key::random(&mut random);
    let content: VaultRow = [("text", text(330)), ("place", "北街".into())]
        .into_iter()
        .map(|(field, text)| (field.to_owned(), VaultField::new(text, &mut random)))
        .collect();
    for cipher in [Cipher::ChaCha20Poly1305, Cipher::Sm4Gcm] {
        let sealed = seal::seal_row(cipher, &key, b"aad", &content, &mut random);
        println!("{cipher:?}: row {} bytes", sealed.to_bytes().len());
        measure("seal a vault row of 1 kB", 2000, || {
            black_box(seal::seal_row(cipher, &key, b"aad", black_box(&content), &mut random));
        });
        measure("open it", 2000, || {
            black_box(seal::open_row(&key, b"aad", black_box(&sealed)).is_ok());
        });
        measure("wrap one matter key", 2000, || {
            let epoch = Epoch { number: 1, key: &key };
            black_box(keys::wrap(cipher, epoch, owner, KeyClass::Handlers, &key, &mut random));
        });
    }
    measure("commitment of 1 kB", 2000, || {
        black_box(content["text"].commitment("text"));
    });
    measure("both query codes", 2000, || {
        black_box(code::issue(&key, owner, black_box(1)));
    });
    let given = code::Given::Long(code::issue(&key, owner, 2).long);
    measure("verify a code, matter present", 20_000, || {
        black_box(code::verify(&key, black_box(Some((owner, 1))), given));
    });
    measure("verify a code, matter absent", 20_000, || {
        black_box(code::verify(&key, black_box(None), given));
    });
    let body = text(100);
    measure("chain hash of an entry of 300 bytes", 5000, || {
        let inner = Sha256::new().chain_update([1; 16]).chain_update(black_box(&body)).finalize();
        black_box(Sha256::new().chain_update([2; 32]).chain_update([0; 8]).chain_update(inner).finalize());
    });
    let term_key = terms::TermKey::new(&key);
    for chars in [300, 500] {
        let text = text(chars);
        let row = terms::TermRow::encode(&terms::of_text(&term_key, &text));
        println!("{chars} characters: {} terms, {} bytes", row.decode().len(), row.as_bytes().len());
        measure(&format!("terms of {chars} characters, encoded"), 500, || {
            black_box(terms::TermRow::encode(&terms::of_text(&term_key, black_box(&text))));
        });
        let query = terms::of_query(&term_key, &text.chars().skip(50).take(4).collect::<String>());
        measure("row holds a query of four characters", 2000, || {
            black_box(row.contains_all(black_box(&query)));
        });
    }
    measure("(HMAC-SHA256 of one term, for comparison)", 5000, || {
        black_box(key.mac(black_box("路灯".as_bytes())));
    });
    measure("(SipHash-2-4 of one term)", 5000, || {
        black_box(term_key.keyed(black_box("路灯")));
    });
    let signer = SigningKeys::from_seed("demo.example/gongzhi", &key).expect("good name");
    let promise = Receipt {
        origin: signer.origin().into(),
        number: "YX-2026-0941733".into(),
        received_at: "2026-11-21T09:30:00+08:00".into(),
        arrived_at: None,
        mechanism: "street-repair 3".into(),
        mechanism_hash: [1; 32],
        entry: [2; 32],
        fields: [3; 32],
        due_by: "2026-12-11".into(),
        promised_by: "2026-11-28".into(),
        logged_within_s: 60,
    };
    measure("sign a receipt", 500, || {
        black_box(receipt::issue(&promise, &signer).is_ok());
    });
    let note = receipt::issue(&promise, &signer).expect("issues");
    let verifier = signer.verifier_key();
    measure("check a receipt", 500, || {
        black_box(receipt::check(&note, &verifier).is_ok());
    });
    let qr = receipt::qr_text(&signer, "https://gongzhi.demo.example", &promise.number, &note, None);
    password_and_photo(&mut random);
    measure("draw the QR", 50, || {
        black_box(receipt::qr_svg(&qr, "回执").is_ok());
    });
}

fn password_and_photo(random: &mut SeededRandom) {
    measure("hash a password", 3, || {
        black_box(app::password::hash("lan-shan-hua-4821", random).is_ok());
    });
    let dots = |x: u32, y: u32| image::Rgb([(x ^ y) as u8, (x / 7 + y) as u8, (y / 5) as u8]);
    let photo = image::DynamicImage::from(image::RgbImage::from_fn(4000, 3000, dots));
    let mut file = std::io::Cursor::new(Vec::new());
    photo.write_to(&mut file, image::ImageFormat::Jpeg).expect("encodes");
    measure("check and redraw a photo of 12 megapixels", 1, || {
        black_box(app::upload::check(black_box(file.get_ref()), None).is_ok());
    });
}
