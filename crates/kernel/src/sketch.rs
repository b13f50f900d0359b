//! Sketches (示意图): lines, marks, areas and labels over an optional photo or plan, as data with a text twin.
//! Does not draw; a sketch is kept as text beside the chain, like words, and is never coded.

use crate::text::Text;
use serde::{Deserialize, Serialize};

/// Points lie from 0 to this, from the left and from the top.
pub const SIDE: u16 = 1000;
/// The most marks of one sketch.
pub const MOST_MARKS: usize = 60;
/// The most points of one mark.
pub const MOST_POINTS: usize = 120;
/// The longest words of one mark, in characters.
pub const MOST_WORDS: usize = 60;
/// The largest sketch as text, in bytes.
pub const MOST_BYTES: usize = 64 * 1024;

/// A drawing.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sketch {
    /// The attachment that lies under it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// What is drawn, in the order in which it is told.
    pub marks: Vec<Mark>,
}

/// One thing that is drawn.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    /// What it is.
    pub kind: MarkKind,
    /// Where, as `[x, y]`.
    pub points: Vec<[u16; 2]>,
    /// What it stands for.
    #[serde(default)]
    pub text: String,
}

/// What may be drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarkKind {
    /// From point to point.
    Line,
    /// A numbered spot.
    Mark,
    /// What lies between the points.
    Area,
    /// Words at a spot.
    Label,
}

impl MarkKind {
    fn name(self) -> (&'static str, &'static str) {
        match self {
            MarkKind::Line => ("线", "line"),
            MarkKind::Mark => ("标记", "mark"),
            MarkKind::Area => ("范围", "area"),
            MarkKind::Label => ("文字", "label"),
        }
    }

    /// How many points it needs, and how many it may have.
    fn points(self) -> (usize, usize) {
        match self {
            MarkKind::Line => (2, MOST_POINTS),
            MarkKind::Area => (3, MOST_POINTS),
            MarkKind::Mark | MarkKind::Label => (1, 1),
        }
    }
}

impl Sketch {
    /// Reads a sketch; the text says what is wrong with it.
    ///
    /// # Errors
    /// The code of the fault and what to change. Nothing of a sketch that is too large is read.
    pub fn read(text: &str) -> Result<Sketch, (&'static str, Text)> {
        if text.len() > MOST_BYTES {
            let (most, now) = (MOST_BYTES / 1024, text.len() / 1024);
            let says = Text::new(
                format!("示意图太大：最多 {most} KB，现在 {now} KB。请少画几笔，照片另外作为附件上传"),
                format!(
                    "the sketch is too large: at most {most} KB, there are {now} KB; draw less, send photos as files"
                ),
            );
            return Err(("too_large", says));
        }
        let form = || ("wrong_type", Text::new("这不是示意图", "this is no sketch"));
        let sketch: Sketch = serde_json::from_str(text).map_err(|_| form())?;
        sketch.fault().map_or(Ok(sketch), Err)
    }

    fn fault(&self) -> Option<(&'static str, Text)> {
        let count = self.marks.len();
        if count == 0 {
            return Some(("required", Text::new("还没有画什么", "nothing is drawn yet")));
        }
        if count > MOST_MARKS {
            let zh = format!("最多画 {MOST_MARKS} 处，现在 {count} 处");
            return Some(("too_many", Text::new(zh, format!("at most {MOST_MARKS} marks, there are {count}"))));
        }
        if self.base.as_ref().is_some_and(|b| b.len() > 64 || !b.chars().all(|c| c.is_ascii_alphanumeric())) {
            return Some(("wrong_type", Text::new("底图不是附件", "what lies under it is no attachment")));
        }
        self.marks.iter().zip(1..).find_map(|(mark, n)| mark.fault(n))
    }

    /// Reads what a form carries: it may be unfinished, and nothing is said about that here.
    #[must_use]
    pub fn drafted(text: &str) -> Option<Sketch> {
        (text.len() <= MOST_BYTES).then(|| serde_json::from_str(text).ok())?
    }

    /// As it is kept.
    #[must_use]
    pub fn written(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The same in words, one line for each mark, before them that something lies under it; who cannot see the drawing
    /// reads these.
    #[must_use]
    pub fn twin(&self) -> Vec<Text> {
        let line = |(mark, n): (&Mark, usize)| {
            let (zh, en) = mark.kind.name();
            let words =
                |joint: &str| if mark.text.is_empty() { String::new() } else { format!("{joint}{}", mark.text) };
            let square = mark.square();
            Text::new(format!("{zh} {n}{}（{square}）", words("：")), format!("{en} {n}{} ({square})", words(": ")))
        };
        let under = self.base.as_ref().map(|_| Text::new("画在一张照片或平面图上", "drawn over a photo or plan"));
        under.into_iter().chain(self.marks.iter().zip(1..).map(line)).collect()
    }
}

impl Mark {
    fn fault(&self, n: usize) -> Option<(&'static str, Text)> {
        let (least, most) = self.kind.points();
        let (have, words) = (self.points.len(), self.text.chars().count());
        let say =
            |code, zh: &str, en: &str| Some((code, Text::new(format!("第 {n} 处{zh}"), format!("mark {n} {en}"))));
        if !(least..=most).contains(&have) {
            return say(
                "too_many",
                &format!("要有 {least} 到 {most} 个点"),
                &format!("takes {least} to {most} points"),
            );
        }
        if self.points.iter().flatten().any(|v| *v > SIDE) {
            return say("out_of_range", "画到图外面去了", "lies outside the drawing");
        }
        if words > MOST_WORDS || self.text.chars().any(char::is_control) {
            return say(
                "too_long",
                &format!("的文字最多 {MOST_WORDS} 字"),
                &format!("may have {MOST_WORDS} characters at most"),
            );
        }
        if self.kind == MarkKind::Label && self.text.trim().is_empty() {
            return say("required", "没有写字", "has no words");
        }
        None
    }

    /// The square of its first point on a grid of ten by ten: a letter from the left, a number from the top.
    #[must_use]
    pub fn square(&self) -> String {
        let [x, y] = self.points.first().copied().unwrap_or_default();
        let tenth = |v: u16| u8::try_from(v.min(SIDE - 1) / (SIDE / 10)).unwrap_or(9);
        format!("{}{}", char::from(b'A' + tenth(x)), tenth(y) + 1)
    }
}

/// The middle of a square such as `C4`.
#[must_use]
pub fn middle(square: &str) -> Option<[u16; 2]> {
    let column = square.chars().next().filter(|c| ('A'..='J').contains(c))?;
    let row: u16 = square.get(1..)?.parse().ok().filter(|r| (1..=10).contains(r))?;
    let step = SIDE / 10;
    Some([(u16::from(column as u8 - b'A')) * step + step / 2, (row - 1) * step + step / 2])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> &'static str {
        Sketch::read(text).expect_err("refused").0
    }

    #[test]
    fn a_sketch_reads_back_and_is_told_in_words() {
        let text = r#"{"marks":[{"kind":"mark","points":[[250,350]],"text":"消防通道口"},{"kind":"line","points":[[0,0],[1000,1000]],"text":""}]}"#;
        let sketch = Sketch::read(text).expect("a sketch");
        assert_eq!(Sketch::read(&sketch.written()).as_ref(), Ok(&sketch));
        let twin: Vec<String> = sketch.twin().into_iter().map(|t| t.zh).collect();
        assert_eq!(twin, ["标记 1：消防通道口（C4）", "线 2（A1）"]);
        let over = Sketch { base: Some("0a".repeat(32)), ..sketch };
        assert_eq!(Sketch::read(&over.written()).as_ref(), Ok(&over));
        assert_eq!(over.twin()[0].zh, "画在一张照片或平面图上");
        assert_eq!(over.twin().len(), 3);
    }

    #[test]
    fn a_form_carries_what_is_not_finished() {
        let bare = r#"{"base":"0a","marks":[]}"#;
        assert_eq!(code(bare), "required");
        assert_eq!(Sketch::drafted(bare).and_then(|s| s.base).as_deref(), Some("0a"));
        assert!(Sketch::drafted("{").is_none() && Sketch::drafted(&" ".repeat(MOST_BYTES + 1)).is_none());
    }

    #[test]
    fn what_is_too_much_or_outside_is_refused_with_what_to_change() {
        assert_eq!(code(&" ".repeat(50 * 1024 * 1024)), "too_large");
        assert_eq!(code("[]"), "wrong_type");
        assert_eq!(code(r#"{"marks":[]}"#), "required");
        assert_eq!(code(r#"{"marks":[{"kind":"mark","points":[[1001,0]]}]}"#), "out_of_range");
        assert_eq!(code(r#"{"marks":[{"kind":"mark","points":[[1,0],[2,0]]}]}"#), "too_many");
        assert_eq!(code(r#"{"marks":[{"kind":"area","points":[[1,0],[2,0]]}]}"#), "too_many");
        assert_eq!(code(r#"{"marks":[{"kind":"label","points":[[1,0]],"text":" "}]}"#), "required");
        assert_eq!(code(r#"{"base":"../x","marks":[{"kind":"mark","points":[[1,0]]}]}"#), "wrong_type");
        let many: Vec<_> = (0..61).map(|_| r#"{"kind":"mark","points":[[1,0]]}"#).collect();
        assert_eq!(code(&format!(r#"{{"marks":[{}]}}"#, many.join(","))), "too_many");
    }

    #[test]
    fn squares_have_a_middle_and_lead_back() {
        for square in ["A1", "C4", "J10"] {
            let at = middle(square).expect("a square");
            let mark = Mark { kind: MarkKind::Mark, points: vec![at], text: String::new() };
            assert_eq!(mark.square(), square);
        }
        assert!(["", "K1", "A0", "A11", "1A"].iter().all(|s| middle(s).is_none()));
    }
}
