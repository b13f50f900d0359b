//! Parts: their names fit together, and what a part waits for is owed by somebody who can act. The other rules see parts
//! only as `lower` leaves them. Parts that outlive the file are proved once more alone, as a small mechanism of their own.

mod names;
mod proved;

pub(super) use names::{check, guard};
pub(super) use proved::proved;
