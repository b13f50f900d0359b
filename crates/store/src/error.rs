//! What can go wrong in a store, by what the caller should do about it. Causes are sources, never part of the words.

use crate::rows::CommandRow;

/// An error of a store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file has moved on since it was loaded: load again and decide again.
    #[error("the case file has moved on")]
    Conflict,
    /// The command was carried out before: give its answer.
    #[error("the command was carried out before")]
    Duplicate(Box<CommandRow>),
    /// The disk is full or not writable; reading goes on.
    #[error("the store cannot be written")]
    ReadOnly(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A flush failed: nothing more is written until the process starts again.
    #[error("a flush to disk failed; writing has stopped")]
    FlushFailed,
    /// The database does not answer.
    #[error("the store does not answer during {during}")]
    Unavailable {
        /// The operation.
        during: &'static str,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The database is damaged.
    #[error(
        "数据库已损坏：{what}。先用 gongzhi verify 查明哪些案卷受损，再用最近的备份恢复 / the store is damaged: {what}; `gongzhi verify` names what is hit, `gongzhi restore` brings the latest backup back"
    )]
    Corrupt {
        /// What was found.
        what: String,
    },
    /// Nothing is damaged, but something has to be put right by the operator first; said whole, in both languages.
    #[error("{what}")]
    Setup {
        /// What is wrong and what to do.
        what: String,
    },
    /// The database was written by a newer program.
    #[error(
        "数据库是第 {found} 版结构，本程序只认到第 {known} 版，请用更新的程序 / the store has schema {found}, this program knows {known}; use the newer program"
    )]
    Newer {
        /// Its schema.
        found: i64,
        /// The newest that this program knows.
        known: i64,
    },
    /// Another process has it open for writing.
    #[error("另一个程序正开着这个数据库，请先停掉它 / another process has the store open; stop it first")]
    InUse,
}
