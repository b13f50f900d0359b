//! Regions in words. The table of divisions has Chinese names only; the English of one is that of the body that bears
//! its name, and where there is none the Chinese with its level. Looks nothing up outside the directory of today.

use crate::directory::Snapshot;
use crate::installation::App;
use kernel::region::{RegionCode, RegionLevel};
use kernel::text::Text;
use pack::regions::Region;

impl App {
    /// A region in words, placeholders left out: at most three levels, and below this place what is above it is not repeated.
    #[must_use]
    pub fn place(&self, region: &RegionCode) -> Text {
        let (regions, territory) = (self.regions(), self.settings().territory);
        let shown = |code: &RegionCode| -> Vec<Region<'_>> {
            let all = code.ancestors().chain([*code]);
            all.filter_map(|c| regions.get_any(&c)).filter(|r| !r.is_hidden()).collect()
        };
        let path = shown(region);
        let below = *region != territory && territory.contains(region);
        let above = if below { shown(&territory).len() } else { 0 };
        let from = path.len().saturating_sub(3).max(above);
        let directory = self.directory();
        let names: Vec<Text> = path[from..].iter().map(|r| name(&directory, r)).collect();
        let zh: Vec<&str> = names.iter().map(|n| n.zh.as_str()).collect();
        let en: Vec<&str> = names.iter().rev().map(|n| n.en.as_str()).collect();
        Text::new(zh.concat(), en.join(", "))
    }

    /// The name of one division, without what is above it; a code that nothing is known of stays a code.
    #[must_use]
    pub fn region_name(&self, code: &RegionCode) -> Text {
        let region = self.regions().get_any(code);
        region.map_or_else(|| Text::new(code.as_str(), code.as_str()), |r| name(&self.directory(), &r))
    }
}

fn name(directory: &Snapshot, region: &Region<'_>) -> Text {
    let known = directory.bodies_of(&region.code).find(|b| b.name == region.name && !b.name_en.is_empty());
    let en = match known {
        Some(body) => body.name_en.clone(),
        None => format!("{} ({})", region.name, level(region)),
    };
    Text::new(region.name, en)
}

/// What sort of division it is, as its own name ends, else by its level.
fn level(region: &Region<'_>) -> &'static str {
    const ENDS: [(&str, &str); 12] = [
        ("街道", "subdistrict"),
        ("社区", "community"),
        ("自治区", "autonomous region"),
        ("自治州", "autonomous prefecture"),
        ("地区", "prefecture"),
        ("省", "province"),
        ("区", "district"),
        ("县", "county"),
        ("旗", "banner"),
        ("镇", "town"),
        ("乡", "township"),
        ("村", "village"),
    ];
    if region.name.ends_with('市') {
        return if region.code.level() == RegionLevel::Province { "municipality" } else { "city" };
    }
    let by_name = ENDS.into_iter().find(|(end, _)| region.name.ends_with(end));
    by_name.map_or_else(
        || match region.code.level() {
            RegionLevel::Province => "province",
            RegionLevel::Prefecture => "prefecture",
            RegionLevel::County => "county",
            RegionLevel::Town => "township",
            RegionLevel::Village => "village",
        },
        |(_, en)| en,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::ids::BodyId;
    use pack::regions::embedded;
    use store::{BodyRow, DirectoryRows};

    #[test]
    fn a_division_is_called_like_the_body_of_its_name_else_by_its_level() {
        let code: RegionCode = "1101".parse().expect("a code");
        let street: RegionCode = "110101001".parse().expect("a code");
        let found = embedded().get_any(&street).expect("a street");
        let body = BodyRow {
            id: BodyId(1),
            name: found.name.to_owned(),
            name_en: "East Gate Street".into(),
            region: street,
            functions: Vec::new(),
            phone: None,
            address: None,
            valid_from: None,
            valid_to: None,
        };
        let rows = DirectoryRows { bodies: vec![body], ..DirectoryRows::default() };
        let known = Snapshot::new(rows, kernel::time::Date::constant(2026, 11, 22), 1);
        assert_eq!(name(&known, &found).en, "East Gate Street");
        assert_eq!(name(&Snapshot::default(), &found).en, format!("{} (subdistrict)", found.name));
        let capital = embedded().get_any(&code.parent().expect("a province")).expect("a municipality");
        assert_eq!(name(&known, &capital).en, "北京市 (municipality)");
    }
}
