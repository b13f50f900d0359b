//! Each kind of input, some with errors, for the page of components.

use super::{Confidentiality, Field, Input, Opt, RegionLevel, Staged};
use crate::i18n::{Lang, t};

pub(super) fn sample_fields(lang: Lang) -> Vec<Field> {
    let word = |key| t(lang, key).to_owned();
    let options: Vec<Opt> = ["sample.opt.a", "sample.opt.b", "sample.opt.c"]
        .iter()
        .enumerate()
        .map(|(n, key)| Opt::new(n.to_string(), word(key)))
        .collect();
    let hinted: Vec<Opt> = options.iter().cloned().map(|opt| opt.hint(word("sample.opt.hint"))).collect();
    let levels = vec![
        RegionLevel {
            name: "street".into(),
            label: word("sample.street"),
            options: options.clone(),
            value: "1".into(),
        },
        RegionLevel {
            name: "community".into(),
            label: word("sample.community.label"),
            options: vec![],
            value: String::new(),
        },
    ];
    let staged = vec![Staged { id: "s1".into(), label: "IMG_0412.jpg".into(), thumb: None }];
    vec![
        Field::new("s-text", word("sample.place.label"), Input::text(word("sample.place.value")))
            .hint(word("sample.place.hint")),
        Field::new("s-long", word("sample.what"), Input::long(word("sample.voice"))).seen_by(Confidentiality::Handlers),
        Field::new("s-phone", word("sample.phone.label"), Input::Phone { value: "1380000".into() })
            .seen_by(Confidentiality::Sealed)
            .error(word("sample.phone.error")),
        Field::new("s-name", word("sample.name.label"), Input::PersonName { value: String::new() }).optional(),
        Field::new("s-choice", word("sample.when.label"), Input::Choice { value: "1".into(), options: hinted }),
        Field::new(
            "s-row",
            word("sample.when.label"),
            Input::ChoiceRow { value: String::new(), options: options.clone() },
        )
        .error(word("sample.when.error")),
        Field::new("s-select", word("sample.kind"), Input::Select { value: String::new(), options: options.clone() }),
        Field::new("s-many", word("sample.kind"), Input::Many { values: vec!["0".into()], options: options.clone() })
            .optional(),
        Field::new("s-yesno", word("sample.visit"), Input::YesNo { value: Some(true) }),
        Field::new(
            "s-check",
            word("sample.read.label"),
            Input::Check { checked: false, statement: word("sample.read.yes") },
        ),
        Field::new(
            "s-num",
            word("sample.people.label"),
            Input::Number { value: "4".into(), min: Some(1), max: Some(99), unit: Some(word("sample.people.unit")) },
        ),
        Field::new("s-date", word("sample.day"), Input::Date { value: "2026-10-16".into(), min: None, max: None }),
        Field::new("s-time", word("sample.at"), Input::DateTime { value: "2026-10-13T21:30".into() }),
        Field::new(
            "s-body",
            word("sample.body.label"),
            Input::Picker {
                value: "1".into(),
                search: "s-body-q".into(),
                query: word("sample.body.query"),
                options,
                searched: true,
            },
        ),
        Field::new("s-region", word("sample.region"), Input::Region { levels }),
        Field::new("s-files", word("sample.photo.label"), Input::Files { accept: "image/*", many: true, staged })
            .hint(word("sample.photo.hint"))
            .optional(),
    ]
}
