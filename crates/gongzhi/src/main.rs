//! The binary: commands, configuration, wiring. What a command does is in `commands`; rules are in the crates below.

mod backup;
mod bench;
mod clock;
mod commands;
#[cfg(test)]
mod damage;
mod demo;
#[cfg(test)]
mod erased;
#[cfg(test)]
mod full_disk;
mod ledger;
mod open;
mod proved;
mod random;
mod witness;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// A request makes many small things on many threads; the C library's allocator spent a fifth of the time on its own locks.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// gongzhi (共治): people are heard, bodies act together, and every step can be proved.
#[derive(Parser)]
#[command(name = "gongzhi", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the server
    Serve(commands::serve::Serve),
    /// Proves mechanisms and prints their promises
    Check(commands::check::Check),
    /// Working days and due dates, with their derivation
    Calendar(commands::calendar::CalendarArgs),
    /// Checks an identity number, credit code, region or telephone
    Validate(commands::validate::Validate),
    /// Plays random lawful matters of a mechanism and checks the invariants
    Walk(commands::walk::Walk),
    /// Checks every case file, projection and counter, and the log over them
    Verify(commands::whole::Verify),
    /// Makes projections and counters again from the case files
    Rebuild(commands::whole::Rebuild),
    /// Backs up, beside a running server
    Backup(commands::backup::Backup),
    /// Restores a backup into an empty data directory
    Restore(commands::restore::Restore),
    /// The divisions of the country
    Regions(commands::regions::RegionsArgs),
    /// People with accounts
    User(commands::people::User),
    /// Bodies
    Body(commands::bodies::BodyArgs),
    /// API tokens: makes one and prints it once, or lists or ends them
    Token(commands::people::Token),
    /// Loads a list from a table, all of it or nothing
    Import(commands::sets::Import),
    /// Writes a list as a table
    Export(commands::sets::Export),
    /// Keys: what there is, whether it opens, rotation
    Keys(commands::keys::Keys),
    /// Measures this machine: intake and status page beside its own limits
    Bench(bench::Options),
    /// Cosigns the logs of other installations, and refuses what does not go on from before
    Witness(commands::witness::Witness),
    /// Goes on with a restored store that lacks what witnesses cosigned, and says so for ever
    DeclareLoss(commands::declare_loss::DeclareLoss),
    /// Checks a receipt without any server
    Prove(commands::prove::Prove),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command {
        Command::Serve(args) => args.run(),
        Command::Check(args) => args.run(),
        Command::Calendar(args) => args.run(),
        Command::Validate(args) => args.run(),
        Command::Walk(args) => args.run(),
        Command::Verify(args) => args.run(),
        Command::Rebuild(args) => args.run(),
        Command::Backup(args) => args.run(),
        Command::Restore(args) => args.run(),
        Command::Regions(args) => args.run(),
        Command::User(args) => args.run(),
        Command::Body(args) => args.run(),
        Command::Token(args) => args.run(),
        Command::Import(args) => args.run(),
        Command::Export(args) => args.run(),
        Command::Keys(args) => args.run(),
        Command::Bench(args) => commands::block(bench::run(args)).map(|()| ExitCode::SUCCESS),
        Command::Witness(args) => args.run(),
        Command::DeclareLoss(args) => args.run(),
        Command::Prove(args) => args.run(),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("gongzhi: {error:#}");
            ExitCode::FAILURE
        }
    }
}
