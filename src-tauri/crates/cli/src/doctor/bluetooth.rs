//! Bluetooth, asked as the console itself asks.

use super::Finding;
use crate::scan::wait;
use crossbeam_channel::Receiver;
use model::AdapterState;
use runtime::{Config, Console};
use std::time::Duration;

const NAME: &str = "bluetooth";
/// How long the adapter may take to say something.
const DEADLINE: Duration = Duration::from_secs(5);

pub fn check(interrupt: &Receiver<()>) -> Finding {
    let console = match Console::start(Config { bluetooth: true, ..Config::default() }) {
        Ok(console) => console,
        Err(error) => {
            return Finding::failed(
                NAME,
                format!("No thread for it: {error}."),
                "Close other programs and try again.",
            );
        }
    };
    let _ = wait(DEADLINE, interrupt, || console.adapter() != AdapterState::Unknown);
    let found = finding(console.adapter());
    console.shut_down();
    found
}

/// Without Bluetooth the console still simulates, verifies and exports: never a failure.
fn finding(adapter: AdapterState) -> Finding {
    match adapter {
        AdapterState::Ready { name, .. } => Finding::good(NAME, format!("The adapter {name} is ready.")),
        AdapterState::Off { name } => Finding::warning(
            NAME,
            format!("The adapter {name} is switched off."),
            "Switch it on to use Bluetooth sensors.",
        ),
        AdapterState::Unavailable { problem, remedy } => Finding::warning(NAME, problem, remedy),
        AdapterState::Unknown => Finding::warning(
            NAME,
            format!("Bluetooth did not answer within {} s.", DEADLINE.as_secs()),
            "Restart the Bluetooth service, or take the adapter out and put it in again.",
        ),
    }
}
