//! The names of calls in telemetry.

use crate::Request;

/// Counts requests that were answered with an error.
pub const ERRORS: &str = "api errors";
/// A frame of a trace.
pub const FRAME: &str = "api frame";

/// The name of a request's latencies.
pub const fn name(request: &Request) -> &'static str {
    match request {
        Request::Snapshot => "api snapshot",
        Request::System => "api system",
        Request::Scenarios => "api scenarios",
        Request::StartScenario { .. } => "api start_scenario",
        Request::StopScenario => "api stop_scenario",
        Request::StartScan => "api start_scan",
        Request::StopScan => "api stop_scan",
        Request::Connect { .. } => "api connect",
        Request::Disconnect { .. } => "api disconnect",
        Request::RefreshBluetooth => "api refresh_bluetooth",
        Request::StartRecording { .. } => "api start_recording",
        Request::StopRecording => "api stop_recording",
        Request::Recordings => "api recordings",
        Request::SetRecordingFolder { .. } => "api set_recording_folder",
        Request::Verify { .. } => "api verify",
        Request::ExportCsv { .. } => "api export_csv",
        Request::SetSwitch { .. } => "api set_switch",
        Request::Attention { .. } => "api attention",
        Request::ViewerHealth { .. } => "api viewer_health",
        Request::LetGo { .. } => "api let_go",
        Request::SetQuality { .. } => "api set_quality",
        Request::AskSensor { .. } => "api ask_sensor",
        Request::Known => "api known",
        Request::SetKnown { .. } => "api set_known",
        Request::ForgetKnown { .. } => "api forget_known",
        Request::Trails { .. } => "api trails",
        Request::Parked { .. } => "api parked",
        Request::ReleaseParked { .. } => "api release_parked",
        Request::DiscardParked { .. } => "api discard_parked",
        Request::DismissNotice { .. } => "api dismiss_notice",
    }
}
