//! What lies beside an entry: personal and long words, with the salted commitment that the entry keeps of them.

use crate::chain::{Personal, commitment, field_salt, hex};
use crate::decide::Context;
use crate::entry::Commitment;
use crate::form::{Filled, Given, kept_as};
use crate::ids::Class;

/// Splits a form: coded values stay in the entry, everything else leaves a commitment there and lies beside it.
pub(crate) fn seal(ctx: &Context<'_>, seq: u32, filled: &Filled) -> (Vec<Commitment>, Vec<Personal>) {
    let mut commitments = Vec::new();
    let mut personal = Vec::new();
    for (id, given) in filled {
        let content = match given {
            Given::Coded(_) => continue,
            Given::Text(text) | Given::Matter(text, _) => text.clone(),
            Given::Files(files) => files.join(","),
            Given::Tasks(_, words) => words.join("\n"),
        };
        let unnamed = if crate::vote::is_kept(id) { Class::Sealed } else { Class::Handlers };
        let class = ctx.mechanism.field.get(id).map_or(unnamed, kept_as);
        // The days and bodies of tasks are coded; their words never are.
        let class = if class == Class::Coded { Class::Handlers } else { class };
        let (commitment, own) = seal_one(ctx, seq, id, class, content);
        commitments.push(commitment);
        personal.push(own);
    }
    (commitments, personal)
}

/// One content that lies beside the entry, and what the entry keeps of it.
pub(crate) fn seal_one(
    ctx: &Context<'_>,
    seq: u32,
    field: &str,
    class: Class,
    content: String,
) -> (Commitment, Personal) {
    let mut seed = ctx.seed;
    seed.iter_mut().zip(seq.to_be_bytes()).for_each(|(s, b)| *s ^= b);
    let salt = field_salt(&seed, field);
    let hash = hex(&commitment(ctx.hash, &salt, field, content.as_bytes()));
    let field = field.to_owned();
    (Commitment { field: field.clone(), class, hash }, Personal { seq, field, class, alg: ctx.hash, salt, content })
}
