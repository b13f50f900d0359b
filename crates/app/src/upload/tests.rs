//! The nasty files of the shared checks, made here, and honest files that must pass.

use std::io::{Cursor, Write as _};

use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use zip::write::{SimpleFileOptions, ZipWriter};

use super::*;

fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).expect("starts");
        zip.write_all(content).expect("writes");
    }
    zip.finish().expect("finishes").into_inner()
}

fn docx(more: &[(&str, &[u8])]) -> Vec<u8> {
    let mut parts: Vec<(&str, &[u8])> =
        vec![("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<document/>")];
    parts.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
    parts.extend_from_slice(more);
    zipped(&parts)
}

fn refused(content: &[u8]) -> Refusal {
    check(content, None).expect_err("must be refused")
}

fn accepted(content: &[u8]) -> Accepted {
    check(content, None).expect("must be accepted")
}

/// Left half red, right half blue.
fn photo(width: u32, height: u32) -> DynamicImage {
    RgbImage::from_fn(width, height, |x, _| if x < width / 2 { Rgb([200, 0, 0]) } else { Rgb([0, 0, 200]) }).into()
}

fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    picture.write_to(&mut out, format).expect("encodes");
    out.into_inner()
}

/// Orientation 6 (turn right) and a GPS directory, put behind the JPEG's first marker.
fn with_exif(jpeg: &[u8]) -> Vec<u8> {
    let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x02".to_vec();
    exif.extend_from_slice(b"\x01\x12\0\x03\0\0\0\x01\0\x06\0\0");
    exif.extend_from_slice(b"\x88\x25\0\x04\0\0\0\x01\0\0\0\x26\0\0\0\0");
    exif.extend_from_slice(b"\0\x01\0\x01\0\x02\0\0\0\x02N\0\0\0\0\0\0\0");
    let mut out = b"\xff\xd8\xff\xe1".to_vec();
    out.extend_from_slice(&(exif.len() as u16 + 2).to_be_bytes());
    out.extend_from_slice(&exif);
    out.extend_from_slice(&jpeg[2..]);
    out
}

fn has(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|w| w == needle)
}

#[test]
fn a_photo_loses_its_place_and_stands_upright() {
    let sent = with_exif(&encoded(&photo(80, 40), ImageFormat::Jpeg));
    assert!(has(&sent, b"Exif"));
    let got = accepted(&sent);
    assert_eq!((got.kind, got.size), (Kind::Jpeg, Some((40, 80))));
    assert!(!has(&got.content, b"Exif") && !has(&got.content, b"GPS"));
    let drawn = image::load_from_memory(&got.content).expect("decodes").to_rgb8();
    let (top, bottom) = (drawn.get_pixel(20, 10), drawn.get_pixel(20, 70));
    assert!(top[0] > 150 && bottom[2] > 150, "turned: {top:?} {bottom:?}");
}

#[test]
fn pictures_of_all_three_kinds_are_drawn_anew() {
    let clear: DynamicImage = RgbaImage::from_pixel(8, 8, Rgba([1, 2, 3, 4])).into();
    assert_eq!(accepted(&encoded(&photo(8, 8), ImageFormat::Png)).kind, Kind::Png);
    assert_eq!(accepted(&encoded(&photo(8, 8), ImageFormat::WebP)).kind, Kind::Jpeg);
    assert_eq!(accepted(&encoded(&clear, ImageFormat::WebP)).kind, Kind::Png);
}

#[test]
fn a_large_photo_is_made_smaller() {
    let got = accepted(&encoded(&photo(5000, 100), ImageFormat::Jpeg));
    assert_eq!(got.size, Some((4096, 82)));
}

#[test]
fn what_hides_behind_a_picture_is_gone() {
    for format in [ImageFormat::Jpeg, ImageFormat::Png] {
        let mut sent = encoded(&photo(8, 8), format);
        sent.extend(zipped(&[("secret.exe", b"MZ")]));
        sent.extend_from_slice(b"<script>alert(1)</script>");
        let got = accepted(&sent);
        assert!(!has(&got.content, b"PK\x05\x06") && !has(&got.content, b"<script"));
    }
}

#[test]
fn false_and_monstrous_pictures_are_refused() {
    assert_eq!(refused(b"\xff\xd8\xff\xe0<html><script>document.title=1</script>"), Refusal::BrokenPicture);
    let jpeg = encoded(&photo(64, 64), ImageFormat::Jpeg);
    assert_eq!(refused(&jpeg[..20]), Refusal::BrokenPicture);
    let mut png = encoded(&photo(8, 8), ImageFormat::Png);
    png[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
    let crc = crc32(&png[12..29]);
    png[29..33].copy_from_slice(&crc.to_be_bytes());
    assert_eq!(refused(&png), Refusal::TooManyPixels);
    let bytes = b"\xff\xd8\xff\xe1\0\x26Exif\0\0MM\0*\0\0\0\x08\0\0\xff\xd9";
    assert_eq!(refused(bytes), Refusal::BrokenPicture);
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

#[test]
fn sizes_have_limits() {
    assert_eq!(refused(b""), Refusal::Empty);
    assert_eq!(refused(&vec![0xff; MAX_BYTES + 1]), Refusal::TooLarge);
}

#[test]
fn plain_documents_pass_unchanged() {
    let word = docx(&[("word/media/image1.png", b"\x89PNG")]);
    let got = accepted(&word);
    assert_eq!((got.kind, &got.content), (Kind::Docx, &word));
    assert!(!got.kind.inline());
    let sheet = zipped(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("xl/workbook.xml", b"<workbook/>"),
        ("xl/printerSettings/printerSettings1.bin", b"x"),
    ]);
    assert_eq!(accepted(&sheet).kind, Kind::Xlsx);
}

#[test]
fn documents_that_run_fetch_or_burst_are_refused() {
    assert_eq!(refused(&docx(&[("word/vbaProject.bin", b"x")])), Refusal::ActiveContent);
    assert_eq!(refused(&docx(&[("word/activeX/activeX1.xml", b"<x/>")])), Refusal::ActiveContent);
    assert_eq!(refused(&docx(&[("word/embeddings/oleObject1.bin", b"x")])), Refusal::ActiveContent);
    let types = b"<Override ContentType=\"application/vnd.ms-word.document.macroEnabled.main+xml\"/>";
    assert_eq!(refused(&docx(&[("[Content_Types].xml", types)])), Refusal::ActiveContent);
    let remote = b"<Relationship Type=\"x/attachedTemplate\" Target=\"http://e.example/t\" TargetMode=\"External\"/>";
    assert_eq!(refused(&docx(&[("word/_rels/settings.xml.rels", remote)])), Refusal::ActiveContent);
    let xxe = b"<!DOCTYPE a [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><a>&e;</a>";
    assert_eq!(refused(&docx(&[("word/document.xml", xxe)])), Refusal::BrokenDocument);
    let wide: Vec<u8> = "<!DOCTYPE a>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(refused(&docx(&[("word/document.xml", &wide)])), Refusal::BrokenDocument);
    assert_eq!(refused(&docx(&[("../../etc/x", b"x")])), Refusal::BrokenDocument);
    assert_eq!(refused(&docx(&[("C:\\x", b"x")])), Refusal::BrokenDocument);
    assert_eq!(refused(&docx(&[("word/document.xml", &vec![b' '; 120 << 20])])), Refusal::Bomb);
    let parts: Vec<String> = (0..2100).map(|i| format!("word/{i}.xml")).collect();
    let many: Vec<(&str, &[u8])> = parts.iter().map(|name| (name.as_str(), &b""[..])).collect();
    assert_eq!(refused(&docx(&many)), Refusal::Bomb);
}

#[test]
fn a_document_that_lies_about_its_size_is_refused() {
    let big = vec![b' '; 8 << 20];
    let mut file = docx(&[("word/document.xml", &big)]);
    let honest = (big.len() as u32).to_le_bytes();
    let at: Vec<usize> = (0..file.len() - 4).filter(|i| file[*i..*i + 4] == honest).collect();
    assert!(!at.is_empty());
    for at in at {
        file[at..at + 4].copy_from_slice(&10u32.to_le_bytes());
    }
    assert!(matches!(refused(&file), Refusal::Bomb | Refusal::BrokenDocument));
}

#[test]
fn archives_are_refused() {
    assert_eq!(refused(&zipped(&[("a.txt", &vec![0; 1 << 20])])), Refusal::Archive);
    assert_eq!(refused(&zipped(&[("x.zip", &zipped(&[("x", b"x")]))])), Refusal::Archive);
    assert_eq!(refused(&zipped(&[("../../etc/x", b"x"), ("C:\\x", b"x")])), Refusal::Archive);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.add_symlink("l", "/etc/passwd", SimpleFileOptions::default()).expect("adds");
    assert_eq!(refused(&zip.finish().expect("finishes").into_inner()), Refusal::Archive);
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(&vec![0; 1 << 20]).expect("writes");
    assert_eq!(refused(&gz.finish().expect("finishes")), Refusal::UnknownKind);
}

#[test]
fn a_document_with_something_before_or_behind_it_is_refused() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for name in ["[Content_Types].xml", "word/document.xml"] {
        zip.start_file(name, SimpleFileOptions::default()).expect("starts");
    }
    zip.set_comment("<script>").expect("sets a comment");
    assert_eq!(refused(&zip.finish().expect("finishes").into_inner()), Refusal::TwoKinds);
    let mut shifted = b"PK".to_vec();
    shifted.extend(docx(&[]));
    assert!(check(&shifted, None).is_err());
    let mut cut = docx(&[]);
    cut.truncate(cut.len() - 30);
    assert_eq!(refused(&cut), Refusal::BrokenDocument);
}

#[test]
fn pdfs_pass_unless_they_run_or_hide_something() {
    let good = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n".to_vec();
    assert_eq!(accepted(&good).kind, Kind::Pdf);
    let js = b"%PDF-1.4\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\ntrailer<</Root 1 0 R>>";
    assert_eq!(refused(js), Refusal::ActiveContent);
    assert_eq!(refused(b"%PDF-1.4\n<</S/Launch/F(x.exe)>>\n%%EOF"), Refusal::ActiveContent);
    assert_eq!(refused(b"%PDF-1.4\n<</Encrypt 3 0 R>>\n%%EOF"), Refusal::Encrypted);
    assert_eq!(refused(b"%PDF-1.4\n<html><script>\n%%EOF"), Refusal::TwoKinds);
    assert_eq!(refused(b"%PDF-1.4\ncut off"), Refusal::BrokenDocument);
    let mut both = good;
    both.extend(zipped(&[("a", b"b")]));
    assert_eq!(refused(&both), Refusal::TwoKinds);
}

#[test]
fn text_passes_in_both_encodings_and_markup_does_not() {
    assert_eq!(accepted("路灯不亮\r\n三天了".as_bytes()).kind, Kind::Text);
    let (old, ..) = encoding_rs::GB18030.encode("路灯不亮，请尽快修理");
    assert_eq!(accepted(&old).content, "路灯不亮，请尽快修理".as_bytes());
    assert_eq!(accepted(b"\xff\xfeh\0i\0").content, b"hi");
    assert_eq!(refused(b"\xff\xfe<\0s\0v\0g\0"), Refusal::Markup);
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"x()\"></svg>";
    for bad in [
        &svg[..],
        b"<script>document.title=1</script>",
        b"<!DOCTYPE l [<!ENTITY a \"aaaa\">]><l>&a;</l>",
        b"hello <ScRiPt>",
    ] {
        assert_eq!(refused(bad), Refusal::Markup);
    }
    for bad in [&b"\0\0\0\0"[..], b"MZ\x90\0\x03", b"\x7fELF\x02", b"a\x1b[2J"] {
        assert_eq!(refused(bad), Refusal::UnknownKind);
    }
}

#[test]
fn recordings_are_told_from_films_and_noise() {
    let frame = |more: usize| [&b"\xff\xfb\x90\x00"[..], &vec![0; 413 + more]].concat();
    let mp3 = [frame(0), frame(0)].concat();
    assert_eq!(accepted(&mp3).kind, Kind::Mp3);
    assert_eq!(accepted(&[&b"ID3\x03\0\0\0\0\0\x02ab"[..], &mp3].concat()).kind, Kind::Mp3);
    assert_eq!(refused(&[frame(1), frame(0)].concat()), Refusal::UnknownKind);
    assert_eq!(accepted(b"#!AMR\n\x3c\x00").kind, Kind::Amr);
    assert_eq!(accepted(b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0").kind, Kind::Wav);
    let mp4 =
        |handler: &[u8]| [&b"\0\0\0\x18ftypisom\0\0\x02\0....\0\0\0\x20hdlr\0\0\0\0\0\0\0\0"[..], handler].concat();
    assert_eq!(accepted(&mp4(b"soun")).kind, Kind::M4a);
    assert_eq!(refused(&mp4(b"vide")), Refusal::Video);
    assert_eq!(refused(b"#!AMR\n<html><script>"), Refusal::TwoKinds);
}

#[test]
fn a_scanner_is_heard() {
    let signature = ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-", "ANTIVIRUS-TEST-FILE!$H+H*"].concat();
    let scanner = |bytes: &[u8]| has(bytes, b"EICAR-STANDARD");
    assert_eq!(check(signature.as_bytes(), Some(&scanner)).err(), Some(Refusal::Virus));
    assert!(check("路灯不亮".as_bytes(), Some(&scanner)).is_ok());
}

#[test]
fn every_refusal_says_what_to_do_in_both_languages() {
    let all = [
        Refusal::Empty,
        Refusal::TooLarge,
        Refusal::UnknownKind,
        Refusal::BrokenPicture,
        Refusal::TooManyPixels,
        Refusal::Bomb,
        Refusal::BrokenDocument,
        Refusal::ActiveContent,
        Refusal::Encrypted,
        Refusal::Archive,
        Refusal::Markup,
        Refusal::TwoKinds,
        Refusal::Video,
        Refusal::Virus,
    ];
    for refusal in all {
        assert!(refusal.zh().contains("请") || refusal == Refusal::UnknownKind, "{refusal:?}");
        assert!(refusal.en().matches(". ").count() >= 1 && refusal.to_string() == refusal.en());
    }
}

/// A hostile file may be refused or accepted; it must not bring the process down.
#[test]
fn damaged_files_never_panic() {
    use crate::random::{self, Random, SeededRandom};
    let random: &mut dyn Random = &mut SeededRandom::new(11);
    let frame = [&b"\xff\xfb\x90\x00"[..], &[0; 413]].concat();
    let files = [
        with_exif(&encoded(&photo(40, 20), ImageFormat::Jpeg)),
        encoded(&photo(16, 16), ImageFormat::Png),
        encoded(&photo(16, 16), ImageFormat::WebP),
        docx(&[("word/styles.xml", b"<styles/>")]),
        [&frame[..], &frame].concat(),
    ];
    for file in files {
        assert!(check(&file, None).is_ok());
        for _ in 0..400 {
            let mut bad = file.clone();
            let [count, cut, rest @ ..] = random::bytes::<26>(random);
            for three in rest.chunks_exact(3).take(usize::from(count % 8) + 1) {
                let at = usize::from(u16::from_be_bytes([three[0], three[1]])) % bad.len();
                bad[at] = three[2];
            }
            if cut < 64 {
                bad.truncate(bad.len() * usize::from(cut) / 64);
            }
            let _ = check(&bad, None);
        }
    }
}
