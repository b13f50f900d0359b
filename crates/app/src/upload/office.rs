//! Word and Excel files: archives that are looked through, never unpacked to disk.
//!
//! Only what a plain document needs may be inside. Every part is inflated once under a limit, because
//! the sizes that an archive declares are the sender's word.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::{Kind, Refusal};

const MAX_PARTS: usize = 2000;
const MAX_UNPACKED: u64 = 100 << 20;
/// XML that Word writes packs about 20 : 1; empty tables somewhat better.
const MAX_RATIO: u64 = 200;

/// Which document it is, if it is a harmless one.
pub fn check(content: &[u8]) -> Result<Kind, Refusal> {
    if declared_parts(content) > MAX_PARTS {
        return Err(Refusal::Bomb);
    }
    let mut archive = ZipArchive::new(Cursor::new(content)).map_err(|_| Refusal::BrokenDocument)?;
    if archive.len() > MAX_PARTS {
        return Err(Refusal::Bomb);
    }
    let named: Result<Vec<String>, _> = archive.file_names().map(|name| name.map(String::from)).collect();
    let names = named.map_err(|_| Refusal::BrokenDocument)?;
    let has = |name: &str| names.iter().any(|n| n == name);
    if !has("[Content_Types].xml") {
        return Err(Refusal::Archive);
    }
    if archive.offset() != 0 || !archive.comment().is_empty() || !content.starts_with(b"PK\x03\x04") {
        return Err(Refusal::TwoKinds);
    }
    for name in &names {
        good_name(name)?;
    }
    let mut unpacked = 0;
    for index in 0..archive.len() {
        unpacked += look_through(&mut archive, index, unpacked)?;
    }
    // Two parts at the same place let two programs see two documents.
    if archive.has_overlapping_files().unwrap_or(true) {
        return Err(Refusal::BrokenDocument);
    }
    match (has("word/document.xml"), has("xl/workbook.xml")) {
        (true, false) => Ok(Kind::Docx),
        (false, true) => Ok(Kind::Xlsx),
        _ => Err(Refusal::Archive),
    }
}

/// The number of parts in the end record, read before the library builds its table.
fn declared_parts(content: &[u8]) -> usize {
    let tail = &content[content.len().saturating_sub(66_000)..];
    let record = tail.windows(4).rposition(|w| w == b"PK\x05\x06").and_then(|at| tail.get(at + 10..at + 12));
    record.map_or(0, |n| usize::from(n[0]) | usize::from(n[1]) << 8)
}

fn good_name(name: &str) -> Result<(), Refusal> {
    let lower = name.to_ascii_lowercase();
    let leaves = name.starts_with('/') || name.contains(['\\', ':', '\0']) || name.split('/').any(|part| part == "..");
    if leaves {
        return Err(Refusal::BrokenDocument);
    }
    let active = ["vbaproject", "vbadata", "/activex/", "oleobject", "/macrosheets/", "customui"];
    let endings = [".bin", ".exe", ".dll", ".js", ".vbs", ".hta", ".docm", ".xlsm", ".ole", ".zip", ".html", ".svg"];
    // Printer settings are the one harmless .bin that Excel writes.
    let printer = lower.starts_with("xl/printersettings/") || lower.starts_with("word/printersettings");
    if active.iter().any(|part| lower.contains(part)) || (!printer && endings.iter().any(|end| lower.ends_with(end))) {
        return Err(Refusal::ActiveContent);
    }
    Ok(())
}

/// Inflates one part and gives its true size.
fn look_through(archive: &mut ZipArchive<Cursor<&[u8]>>, index: usize, before: u64) -> Result<u64, Refusal> {
    let raw = archive.by_index_raw(index).map_err(|_| Refusal::BrokenDocument)?;
    let declared = raw.size();
    if raw.encrypted() {
        return Err(Refusal::Encrypted);
    }
    if raw.is_symlink() {
        return Err(Refusal::BrokenDocument);
    }
    let packed = raw.compressed_size();
    let (name, left) = (raw.name().map_err(|_| Refusal::BrokenDocument)?.to_ascii_lowercase(), MAX_UNPACKED - before);
    drop(raw);
    let allowed = left.min((packed + 4096) * MAX_RATIO);
    if declared > allowed {
        return Err(Refusal::Bomb);
    }
    let part = archive.by_index(index).map_err(|_| Refusal::BrokenDocument)?;
    let mut bytes = Vec::new();
    part.take(allowed + 1).read_to_end(&mut bytes).map_err(|_| Refusal::BrokenDocument)?;
    let size = bytes.len() as u64;
    if size > allowed {
        return Err(Refusal::Bomb);
    }
    if name.ends_with(".xml") || name.ends_with(".rels") {
        xml(&name, &bytes)?;
    }
    Ok(size)
}

fn xml(name: &str, bytes: &[u8]) -> Result<(), Refusal> {
    let has = |needle: &[u8]| bytes.windows(needle.len()).any(|w| w.eq_ignore_ascii_case(needle));
    // Office writes UTF-8; another encoding would hide what is looked for here.
    let utf8 = std::str::from_utf8(bytes).is_ok() && !bytes.contains(&0);
    if !utf8 || has(b"<!doctype") || has(b"<!entity") {
        return Err(Refusal::BrokenDocument);
    }
    // A template fetched from elsewhere when the document is opened brings its macros with it.
    let remote = name.ends_with(".rels") && has(b"attachedtemplate") && has(b"targetmode=\"external\"");
    if remote || (name == "[content_types].xml" && (has(b"macroenabled") || has(b"vbaproject"))) {
        return Err(Refusal::ActiveContent);
    }
    Ok(())
}
