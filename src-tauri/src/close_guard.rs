//! A window does not close over a running recording: the page asks first.

use api::Api;
use std::sync::Arc;
use tauri::{Emitter, Manager, Window, WindowEvent};

/// Told to the page, which then asks the operator.
const CLOSE_REQUESTED: &str = "close-requested";

/// Holds a close back while a recording runs.
pub fn on_window_event(window: &Window, event: &WindowEvent) {
    let WindowEvent::CloseRequested { api: close, .. } = event else { return };
    if window.state::<Arc<Api>>().console().recorder().file.is_none() {
        return;
    }
    // If the page can't be asked, closing is better than a window that never closes;
    // the recording is committed and opens as it is.
    if window.emit(CLOSE_REQUESTED, ()).is_ok() {
        close.prevent_close();
    }
}
