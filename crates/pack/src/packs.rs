//! The set of packs: national mechanisms, overlays, letters and scenarios of an installation, and what is effective where.
//! Pure: it is given names and bytes. Proving is `check`'s, reading one file `source`'s and `schema`'s.

use crate::fault::{Fault, Place, Sources};
use crate::merge::{Overlay, merge};
use crate::near::nearest;
use crate::source::{Node, Plain, parse};
use crate::{letters, schema};
use kernel::mechanism::Mechanism;
use kernel::region::RegionCode;
use kernel::text::Text;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The files that are built in: path below `packs/` and bytes.
pub static EMBEDDED: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// A mechanism by region; the national one has none.
type Variants = BTreeMap<Option<RegionCode>, Result<Effective, Vec<Fault>>>;
/// One of them: the mechanism's id, the region, what is effective or why nothing is.
pub type Variant<'a> = (&'a str, Option<&'a RegionCode>, Result<&'a Effective, &'a [Fault]>);

/// All packs of an installation. Effective mechanisms are computed once, at the start.
#[derive(Clone, Debug, Default)]
pub struct PackSet {
    sources: Sources,
    effective: BTreeMap<String, Variants>,
    faults: Vec<Fault>,
    scenarios: Vec<ScenarioFile>,
    letterheads: BTreeMap<String, Arc<[u8]>>,
}

/// A mechanism as it holds in a region, and where each of its parts was written.
#[derive(Clone, Debug)]
pub struct Effective {
    /// The mechanism.
    pub mechanism: Arc<Mechanism>,
    /// The overlays that were laid over it, from the province down: name and source.
    pub overlays: Vec<(Text, String)>,
    tree: Node,
}

impl Effective {
    /// Where a path such as `action.transfer.assign` was written: in the base or in an overlay.
    #[must_use]
    pub fn place(&self, path: &str) -> Place {
        // What an overlay did to a clock's length stands in the number, not where the clock names it.
        let row = path.strip_suffix(".length").and(self.tree.words(path)).map(|n| format!("number.{n}"));
        let changed = row.and_then(|r| self.tree.get(&r)).and_then(|n| elsewhere(n, &self.tree.file));
        changed.map_or_else(|| self.tree.place(path), |node| node.here(path))
    }
}

/// The first value below a node that was not written in this file; within a row the value (a table) before its source.
fn elsewhere<'a>(node: &'a Node, file: &Arc<str>) -> Option<&'a Node> {
    match &node.plain {
        _ if node.file != *file => Some(node),
        Plain::Table(parts) => {
            parts.values().filter(|n| n.table().is_some()).chain(parts.values()).find_map(|n| elsewhere(n, file))
        }
        _ => None,
    }
}

/// A scenario file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ScenarioFile {
    /// Its path below `packs/`.
    pub file: String,
    /// The mechanism in whose folder it lies.
    pub mechanism: String,
    /// Its text.
    pub text: Arc<str>,
}

impl PackSet {
    /// The packs that are built in, with more laid over them: a file of the same path takes the place of the built-in one.
    #[must_use]
    pub fn embedded_with(files: Vec<(String, Vec<u8>)>) -> PackSet {
        let mut all: BTreeMap<String, Vec<u8>> = EMBEDDED.iter().map(|(n, b)| ((*n).to_owned(), b.to_vec())).collect();
        all.extend(files);
        PackSet::from_dirs(all)
    }

    /// The packs that are built in.
    #[must_use]
    pub fn embedded() -> PackSet {
        PackSet::from_dirs(EMBEDDED.iter().map(|(name, bytes)| (*name, *bytes)))
    }

    /// Packs from files: the path below `packs/` and the bytes; a later file takes the place of an earlier of the same path.
    /// What cannot be read is kept as faults, so that one broken file does not hide the others.
    #[must_use]
    pub fn from_dirs<N: Into<String>, B: AsRef<[u8]>>(files: impl IntoIterator<Item = (N, B)>) -> PackSet {
        let mut all: BTreeMap<String, B> = BTreeMap::new();
        for (name, bytes) in files {
            all.insert(name.into(), bytes);
        }
        let mut reader = Reader::default();
        for (name, bytes) in &all {
            reader.file(name, bytes.as_ref());
        }
        reader.finish()
    }

    /// The texts of all files, for showing faults.
    #[must_use]
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// Faults that belong to no effective mechanism: files that cannot be read, overlays of nothing.
    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// The ids of all mechanisms.
    #[must_use]
    pub fn mechanisms(&self) -> Vec<&str> {
        self.effective.keys().map(String::as_str).collect()
    }

    /// The scenario files, by path.
    #[must_use]
    pub fn scenarios(&self) -> &[ScenarioFile] {
        &self.scenarios
    }

    /// The offices' own templates for letters as Word files, by what stands between `letters/` and `.docx`: `bodies/ID`, a
    /// function, `office`. They are unpacked and checked elsewhere.
    #[must_use]
    pub fn letterheads(&self) -> &BTreeMap<String, Arc<[u8]>> {
        &self.letterheads
    }

    /// The mechanism as it holds in a region.
    ///
    /// # Errors
    /// What keeps it from being read; an unknown id is one fault.
    pub fn effective(&self, id: &str, region: &RegionCode) -> Result<Arc<Mechanism>, Vec<Fault>> {
        self.effective_with_places(id, Some(region)).map(|e| e.mechanism.clone())
    }

    /// The national mechanism without any overlay.
    ///
    /// # Errors
    /// As `effective`.
    pub fn base(&self, id: &str) -> Result<Arc<Mechanism>, Vec<Fault>> {
        self.effective_with_places(id, None).map(|e| e.mechanism.clone())
    }

    /// The same with its places; without a region the national one.
    ///
    /// # Errors
    /// As `effective`.
    pub fn effective_with_places(&self, id: &str, region: Option<&RegionCode>) -> Result<&Effective, Vec<Fault>> {
        let variants = self.effective.get(id).ok_or_else(|| vec![self.no_such(id)])?;
        let deepest = variants.keys().flatten().filter(|r| region.is_some_and(|at| r.contains(at)));
        let key = deepest.max_by_key(|r| r.level()).copied();
        let found = variants.get(&key).ok_or_else(|| vec![self.no_such(id)])?;
        found.as_ref().map_err(Clone::clone)
    }

    /// The regions whose own overlay changes a mechanism; below each of them the same holds, unless another lies there.
    #[must_use]
    pub fn regions_with_overlays(&self, id: &str) -> Vec<RegionCode> {
        self.effective.get(id).into_iter().flat_map(|v| v.keys().flatten().copied()).collect()
    }

    /// Whether a mechanism can be raised in a region: it reads, and no value of its required routes is missing.
    #[must_use]
    pub fn offered(&self, id: &str, region: &RegionCode) -> bool {
        self.effective(id, region).is_ok_and(|m| missing_values(&m).is_empty())
    }

    /// Ids and names of all mechanisms, which must not stand in code.
    #[must_use]
    pub fn names(&self) -> BTreeSet<String> {
        let base = |id: &String| self.base(id).map(|m| [m.mechanism.name.zh.clone(), m.mechanism.name.en.clone()]);
        let names = self.effective.keys().filter_map(|id| base(id).ok()).flatten();
        self.effective.keys().cloned().chain(names).collect()
    }

    /// Every effective variant: the national one first, then by region.
    pub fn variants(&self) -> impl Iterator<Item = Variant<'_>> {
        let all = self.effective.iter().flat_map(|(id, variants)| variants.iter().map(move |(r, e)| (id, r, e)));
        all.map(|(id, region, effective)| (id.as_str(), region.as_ref(), effective.as_ref().map_err(Vec::as_slice)))
    }

    fn no_such(&self, id: &str) -> Fault {
        let help = near_help(id, self.effective.keys());
        let at = Place { file: "packs".into(), path: id.to_owned(), span: None };
        let message = [&*format!("没有“{id}”这个机制"), &*format!("there is no mechanism `{id}`")];
        Fault::new(&at, "unknown", message, [&help[0], &help[1]])
    }
}

/// The numbers that the region still has to give: `local` rows that a clock, an extension, the escalation or an approval
/// uses, apart from those that only optional actions use.
#[must_use]
pub fn missing_values(mechanism: &Mechanism) -> Vec<String> {
    let required = |action: &str| mechanism.action.get(action).is_none_or(|a| !a.optional);
    let mut used: BTreeSet<&str> = BTreeSet::new();
    for clock in mechanism.clock.values().filter(|c| c.from.iter().any(|a| required(a))) {
        used.insert(&clock.length);
    }
    for action in mechanism.action.values().filter(|a| !a.optional) {
        used.extend(action.extends.iter().map(|e| e.by.as_str()));
        used.extend(action.approval.as_ref().and(mechanism.approval.as_ref()).map(|a| a.within.as_str()));
    }
    used.extend(mechanism.escalation.iter().map(|e| e.within.as_str()));
    let missing = |id: &&str| mechanism.number.get(*id).is_none_or(|row| row.value.is_missing());
    used.into_iter().filter(missing).map(str::to_owned).collect()
}

fn near_help<'a>(id: &str, known: impl Iterator<Item = &'a String> + Clone) -> [String; 2] {
    match nearest(id, known.clone().map(String::as_str)) {
        Some(near) => [format!("是不是想写“{near}”？"), format!("did you mean `{near}`?")],
        None => {
            let all: Vec<&str> = known.map(String::as_str).collect();
            [format!("现有：{}", all.join("、")), format!("there are: {}", all.join(", "))]
        }
    }
}

#[derive(Default)]
struct Reader {
    set: PackSet,
    bases: BTreeMap<String, Result<Node, Vec<Fault>>>,
    overlays: Vec<Overlay>,
}

impl Reader {
    fn file(&mut self, name: &str, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes);
        let steps: Vec<&str> = name.split('/').collect();
        let is_toml = name.ends_with(".toml");
        let kept = match steps[..] {
            ["national", id, "mechanism.toml"] => {
                self.bases.insert(id.to_owned(), parse(name, bytes));
                true
            }
            ["national", id, "scenarios", _] if is_toml => {
                let (file, mechanism) = (name.to_owned(), id.to_owned());
                self.set.scenarios.push(ScenarioFile { file, mechanism, text: (*text).into() });
                true
            }
            ["overlays", _, _] if is_toml => {
                match parse(name, bytes).and_then(|root| Overlay::new(name, root)) {
                    Ok(overlay) => self.overlays.push(overlay),
                    Err(faults) => self.set.faults.extend(faults),
                }
                true
            }
            ["national" | "overlays", _, "letters", _] => true,
            ["letters", _] | ["letters", "bodies", _] if name.ends_with(".docx") => {
                let of = name.trim_start_matches("letters/").trim_end_matches(".docx");
                self.set.letterheads.insert(of.to_owned(), bytes.into());
                false
            }
            ["scenarios", ..] => true,
            ["calendars" | "regions" | "demo", ..] => false,
            _ => {
                if is_toml {
                    self.set.faults.push(not_used(name));
                }
                false
            }
        };
        if kept {
            self.set.sources.insert(name.to_owned(), (*text).into());
        }
    }

    fn finish(mut self) -> PackSet {
        // From the province down: a shorter code first.
        let level = |o: &Overlay| o.head.regions().iter().map(RegionCode::level).min();
        self.overlays.sort_by_key(|o| (level(o), o.file.clone()));
        for overlay in &self.overlays {
            if !self.bases.contains_key(&overlay.head.of) {
                let of = &overlay.head.of;
                let help = near_help(of, self.bases.keys());
                let message = [&*format!("没有“{of}”这个机制"), &*format!("there is no mechanism `{of}` to change")];
                self.set.faults.push(Fault::new(&overlay.place("of"), "unknown", message, [&help[0], &help[1]]));
            }
        }
        self.two_for_one_region();
        for (id, base) in &self.bases {
            let ours: Vec<&Overlay> = self.overlays.iter().filter(|o| o.head.of == *id).collect();
            let regions: BTreeSet<RegionCode> = ours.iter().flat_map(|o| o.head.regions()).copied().collect();
            let keys = std::iter::once(None).chain(regions.into_iter().map(Some));
            let each = |region: Option<RegionCode>| {
                let at = |o: &&&Overlay| o.head.regions().iter().any(|r| region.is_some_and(|x| r.contains(&x)));
                let laid: Vec<&Overlay> = ours.iter().filter(at).copied().collect();
                let effective = base.clone().and_then(|b| effective(id, &b, &laid, &self.set.sources));
                (region, effective)
            };
            self.set.effective.insert(id.clone(), keys.map(each).collect());
        }
        self.set
    }

    fn two_for_one_region(&mut self) {
        let mut seen: BTreeMap<(&str, RegionCode), &str> = BTreeMap::new();
        for overlay in &self.overlays {
            for region in overlay.head.regions() {
                if let Some(other) = seen.insert((&overlay.head.of, *region), &overlay.file) {
                    let message = [
                        &*format!("“{other}”已经写了 {region} 的规定"),
                        &*format!("`{other}` already says what holds in {region}"),
                    ];
                    let help = ["把两份并成一份", "put both into one file"];
                    self.set.faults.push(Fault::new(&overlay.place("region"), "overlay", message, help));
                }
            }
        }
    }
}

fn not_used(name: &str) -> Fault {
    let at = Place { file: name.into(), path: String::new(), span: None };
    let message = ["这个文件不会被读取", "this file would not be read"];
    let help = [
        "机制写在 national/编号/mechanism.toml，地方规定写在 overlays/区划/编号.toml，场景写在 national/编号/scenarios/",
        "mechanisms are national/ID/mechanism.toml, overlays overlays/REGION/ID.toml, scenarios national/ID/scenarios/*.toml",
    ];
    Fault::new(&at, "unknown_file", message, help)
}

fn effective(id: &str, base: &Node, laid: &[&Overlay], sources: &Sources) -> Result<Effective, Vec<Fault>> {
    let mut tree = base.clone();
    for overlay in laid {
        tree = merge(&tree, overlay)?;
    }
    if tree.words("mechanism.id").is_some_and(|said| said != id) {
        let message = ["编号和文件夹的名字不一致", "the id is not the name of the folder"];
        let help = [&*format!("写成 id = \"{id}\""), &*format!("write id = \"{id}\"")];
        return Err(vec![Fault::new(&tree.place("mechanism.id"), "bad_value", message, help)]);
    }
    let files = fill_letters(&mut tree, sources)?;
    let mut mechanism = schema::mechanism(&tree)?;
    let faults = letters::check(&mechanism, &files);
    if !faults.is_empty() {
        return Err(faults);
    }
    let overlays = laid.iter().map(|o| (o.head.name.clone(), o.head.source.clone())).collect();
    in_written_order(&mut mechanism, &tree);
    Ok(Effective { mechanism: Arc::new(mechanism), overlays, tree })
}

/// Pages show actions in the order in which the pack writes them, those of overlays last.
fn in_written_order(mechanism: &mut Mechanism, tree: &Node) {
    let mut written: Vec<(Arc<str>, usize, String)> = Vec::new();
    for id in mechanism.action.keys() {
        let place = tree.place(&format!("action.{id}"));
        written.push((place.file, place.span.map_or(usize::MAX, |s| s.start), id.clone()));
    }
    written.sort_by_key(|(file, start, _)| (file.starts_with("overlays"), file.clone(), *start));
    for (n, (_, _, id)) in written.iter().enumerate() {
        let order = u32::try_from(n).unwrap_or(u32::MAX);
        mechanism.action.entry(id.clone()).and_modify(|a| a.order = order);
    }
}

/// Puts the text of each letter in the place of its file name. The file lies in `letters/` beside the file that names it.
fn fill_letters(tree: &mut Node, sources: &Sources) -> Result<BTreeMap<String, Arc<str>>, Vec<Fault>> {
    let mut files = BTreeMap::new();
    let mut faults = Vec::new();
    let letters = tree.table_mut().and_then(|t| t.get_mut("letter")).and_then(Node::table_mut);
    for (id, letter) in letters.into_iter().flatten() {
        let Some(template) = letter.table_mut().and_then(|t| t.get_mut("template")) else { continue };
        let Plain::Leaf(serde_json::Value::String(name)) = &template.plain else { continue };
        let folder = template.file.rsplit_once('/').map_or("", |(folder, _)| folder);
        let candidates = ["", ".txt", ".md"].map(|ending| format!("{folder}/letters/{name}{ending}"));
        match candidates.iter().find_map(|c| sources.get_key_value(c)) {
            Some((file, text)) => {
                files.insert(id.clone(), Arc::from(file.as_str()));
                template.plain = Plain::Leaf(serde_json::Value::String(text.to_string()));
            }
            None => {
                let at = template.here(&format!("letter.{id}.template"));
                let message = [&*format!("找不到函件模板“{name}”"), &*format!("there is no letter `{name}`")];
                let help = [&*format!("放在 {folder}/letters/ 下"), &*format!("put it into {folder}/letters/")];
                faults.push(Fault::new(&at, "letter", message, help));
            }
        }
    }
    if faults.is_empty() { Ok(files) } else { Err(faults) }
}
