//! Ctrl-C and termination, as a channel that a wait can listen to.

use crate::failure::Failure;
use api::ErrorCode;
use crossbeam_channel::{Receiver, bounded};

/// A channel that gets a message when the operator wants to end.
///
/// # Errors
/// The system refuses to tell about signals.
pub fn channel() -> Result<Receiver<()>, Failure> {
    let (sender, receiver) = bounded(1);
    ctrlc::set_handler(move || {
        // A second Ctrl-C finds the channel full: one is enough.
        let _ = sender.try_send(());
    })
    .map_err(|error| Failure::new(ErrorCode::Internal, format!("Signals can't be handled: {error}."), ""))?;
    Ok(receiver)
}
