//! The comments of a scenario file, each with the step that it stands over. TOML throws comments away, so the lines are read
//! here; a `#` inside a text is none, because only lines that begin with it count.

/// What the author of a scenario says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Remarks {
    /// Before the first step.
    pub lead: Vec<String>,
    /// Over each step, in order.
    pub steps: Vec<Vec<String>>,
}

pub(super) fn read(text: &str) -> Remarks {
    let mut remarks = Remarks::default();
    let mut waiting: Vec<String> = Vec::new();
    let mut long = None;
    for line in text.lines() {
        if let Some(quotes) = long {
            long = Some(quotes).filter(|_| !line.contains(quotes));
            continue;
        }
        long = ["\"\"\"", "'''"].into_iter().find(|q| line.matches(q).count() % 2 == 1);
        let line = line.trim();
        if let Some(said) = line.strip_prefix('#') {
            let said = said.trim();
            waiting.extend(Some(said).filter(|s| !s.is_empty()).map(str::to_owned));
        } else if line == "[[step]]" {
            remarks.steps.push(std::mem::take(&mut waiting));
        } else if !line.is_empty() {
            // What stands over or between the head's lines is about the whole; within a step, about that step.
            let place = remarks.steps.last_mut().unwrap_or(&mut remarks.lead);
            place.append(&mut waiting);
        }
    }
    remarks.steps.last_mut().unwrap_or(&mut remarks.lead).append(&mut waiting);
    remarks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_comment_finds_its_step() {
        let text = "# 开头。\n\nname = \"x\"\n\n# 甲。\n# 乙。\n[[step]]\nat = \"1\"\n# 丙。\nwith = { a = \"# 不是\" }\n\n[[step]]\nb = \"\"\"\n# 也不是\n\"\"\"\n# 完。\n";
        let read = read(text);
        assert_eq!(read.lead, ["开头。"]);
        assert_eq!(read.steps, [vec!["甲。", "乙。", "丙。"], vec!["完。"]]);
    }
}
