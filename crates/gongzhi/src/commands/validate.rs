//! `gongzhi validate`: the same checks that forms use.

use super::say;
use anyhow::Result;
use clap::{Args, ValueEnum};
use kernel::identifier;
use kernel::region::RegionCode;
use std::process::ExitCode;

/// Checks a value
#[derive(Args)]
pub struct Validate {
    kind: Kind,
    value: String,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    ResidentId,
    CreditCode,
    Region,
    Phone,
}

impl Validate {
    /// Answers: the normalised value, or what is wrong and exit 1.
    pub fn run(self) -> Result<ExitCode> {
        let checked = match self.kind {
            Kind::ResidentId => identifier::resident_id(&self.value),
            Kind::CreditCode => identifier::credit_code(&self.value),
            Kind::Phone => identifier::phone(&self.value),
            Kind::Region => return Ok(region(&self.value)),
        };
        match checked {
            Ok(value) => {
                say(value.as_str());
                Ok(ExitCode::SUCCESS)
            }
            Err(e) => {
                eprintln!("{}\n{}", e.zh(), e.en());
                Ok(ExitCode::FAILURE)
            }
        }
    }
}

fn region(value: &str) -> ExitCode {
    let code: RegionCode = match value.parse() {
        Ok(code) => code,
        Err(e) => {
            eprintln!("{}", crate::open::both(&e));
            return ExitCode::FAILURE;
        }
    };
    match pack::regions::embedded().get_any(&code) {
        Some(region) => {
            let until = region.valid_to.map_or_else(String::new, |to| format!("（到 {to} 为止 until）"));
            say(format!("{code} {}{until}", pack::regions::embedded().path(&code).join(" ")));
            if region.valid_to.is_some() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
        }
        None => {
            eprintln!("没有 {code} 这个区划。There is no region {code}.");
            ExitCode::FAILURE
        }
    }
}
