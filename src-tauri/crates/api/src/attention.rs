//! What a face tells of what it shows, and what it is told of how it is served.
//!
//! A face names itself with an id of its own making, one for each open page, and
//! tells [`crate::Request::Attention`] whenever something changes, and at least
//! every 10 s (with no events: a heartbeat). What it tells twice harms nothing.

use crate::{ApiError, ErrorCode};
use model::{AttributeId, SensorId, ViewerId};
use runtime::{Action, Battery, Choice, Console, FaceReport, Input, Overrun, Quality, TRICKLE_MS, Target};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// So many events in one request at most.
pub const EVENTS_MAX: usize = 64;
/// So many targets in one request at most, all its events together.
pub const TARGETS_MAX: usize = 4096;

/// So many charts in one request at most.
pub const CHARTS_MAX: usize = 256;

/// A sensor, or one of its attributes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct AttentionTarget {
    /// Sensor id.
    pub sensor: String,
    /// Attribute id; none means the sensor as a whole.
    pub attribute: Option<String>,
}

/// What happened in a face.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case", tag = "event")]
#[ts(export)]
pub enum AttentionEvent {
    /// It lists these, without showing them.
    Register {
        /// Which.
        targets: Vec<AttentionTarget>,
    },
    /// They came into view.
    ViewEnter {
        /// Which.
        targets: Vec<AttentionTarget>,
    },
    /// They went out of view; that ends hover and focus too.
    ViewLeave {
        /// Which.
        targets: Vec<AttentionTarget>,
    },
    /// The pointer is over them.
    HoverEnter {
        /// Which.
        targets: Vec<AttentionTarget>,
    },
    /// The pointer has left them.
    HoverLeave {
        /// Which.
        targets: Vec<AttentionTarget>,
    },
    /// They have the focus, or were opened.
    Focus {
        /// Which.
        targets: Vec<AttentionTarget>,
    },
    /// They lost the focus, or were closed.
    Unfocus {
        /// Which.
        targets: Vec<AttentionTarget>,
    },
    /// The operator keeps them.
    Pin {
        /// Which.
        targets: Vec<AttentionTarget>,
    },
    /// The operator lets them go.
    Unpin {
        /// Which.
        targets: Vec<AttentionTarget>,
    },
    /// The page is not visible.
    PageHidden,
    /// The page is visible again.
    PageVisible,
    /// The page is being closed.
    Gone,
}

/// What the operator chose for a view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum QualityChoice {
    /// As good as the view can bear.
    Auto,
    /// Always every 64 ms.
    High,
    /// Always every 128 ms.
    Medium,
    /// Always every 250 ms.
    Low,
    /// Always every 500 ms.
    Minimal,
}

/// How a view is served from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Served {
    /// `high`, `medium`, `low`, `minimal`, `paused`.
    pub quality: String,
    /// What the operator chose, or the settings say.
    pub choice: QualityChoice,
    /// From one flush to the next, ms. Every frame says exactly when the chart may
    /// ask again; at the best quality a page draws as often as it likes.
    pub flush_ms: u32,
}

/// Tells the runtime what a viewer told.
pub fn attend(console: &Console, viewer: &str, events: Vec<AttentionEvent>) -> Result<(), ApiError> {
    let viewer = viewer_id(viewer)?;
    let targets: usize = events.iter().map(|event| targets_of(event).map_or(0, <[_]>::len)).sum();
    if events.len() > EVENTS_MAX || targets > TARGETS_MAX {
        let limits = format!("at most {EVENTS_MAX} events and {TARGETS_MAX} targets go into one request");
        return Err(bad_request(&limits));
    }
    if events.is_empty() {
        return console.attend(viewer, Input::Heartbeat).map_err(overrun);
    }
    for event in events {
        let input = input(console, event);
        console.attend(viewer.clone(), input).map_err(overrun)?;
    }
    Ok(())
}

/// Tells the runtime how a face fares; gives back how it is served.
pub fn health(
    console: &Console,
    viewer: &str,
    fps: Option<f32>,
    battery: Option<(f32, bool)>,
) -> Result<Served, ApiError> {
    let viewer = viewer_id(viewer)?;
    if let Some((percent, is_charging)) = battery {
        if !(0.0..=100.0).contains(&percent) {
            return Err(bad_request("a battery is charged between 0 and 100 %"));
        }
        console.attend(viewer.clone(), Input::Battery(Battery { percent, is_charging })).map_err(overrun)?;
    }
    // What is no frame rate is ignored there, and answered with how things stand.
    let (quality, choice) = console.report_health(&viewer, FaceReport { fps: fps.unwrap_or(f32::NAN) });
    Ok(served(quality, choice))
}

/// Takes the operator's choice; gives back how the view is served.
pub fn choose(console: &Console, viewer: &str, choice: QualityChoice) -> Result<Served, ApiError> {
    let choice = match choice {
        QualityChoice::Auto => Choice::Auto,
        QualityChoice::High => Choice::High,
        QualityChoice::Medium => Choice::Medium,
        QualityChoice::Low => Choice::Low,
        QualityChoice::Minimal => Choice::Minimal,
    };
    Ok(served(console.choose_quality(&viewer_id(viewer)?, choice), choice))
}

/// Tells the runtime which charts a face shows no more.
pub fn let_go(console: &Console, viewer: &str, charts: &[u32]) -> Result<(), ApiError> {
    if charts.len() > CHARTS_MAX {
        return Err(bad_request(&format!("at most {CHARTS_MAX} charts go into one request")));
    }
    console.let_go(&viewer_id(viewer)?, charts);
    Ok(())
}

fn served(quality: Quality, choice: Choice) -> Served {
    let choice = match choice {
        Choice::Auto => QualityChoice::Auto,
        Choice::High => QualityChoice::High,
        Choice::Medium => QualityChoice::Medium,
        Choice::Low => QualityChoice::Low,
        Choice::Minimal => QualityChoice::Minimal,
    };
    let flush_ms = quality.flush_ms(model::AttentionLevel::High).unwrap_or(TRICKLE_MS);
    Served { quality: quality.name().to_owned(), choice, flush_ms }
}

fn targets_of(event: &AttentionEvent) -> Option<&[AttentionTarget]> {
    action_of(event).map(|(_, targets)| targets)
}

fn action_of(event: &AttentionEvent) -> Option<(Action, &[AttentionTarget])> {
    match event {
        AttentionEvent::Register { targets } => Some((Action::Register, targets)),
        AttentionEvent::ViewEnter { targets } => Some((Action::ViewEnter, targets)),
        AttentionEvent::ViewLeave { targets } => Some((Action::ViewLeave, targets)),
        AttentionEvent::HoverEnter { targets } => Some((Action::HoverEnter, targets)),
        AttentionEvent::HoverLeave { targets } => Some((Action::HoverLeave, targets)),
        AttentionEvent::Focus { targets } => Some((Action::Focus, targets)),
        AttentionEvent::Unfocus { targets } => Some((Action::Unfocus, targets)),
        AttentionEvent::Pin { targets } => Some((Action::Pin, targets)),
        AttentionEvent::Unpin { targets } => Some((Action::Unpin, targets)),
        AttentionEvent::PageHidden | AttentionEvent::PageVisible | AttentionEvent::Gone => None,
    }
}

/// The event in the runtime's words; ids that can't be any are left out and counted.
fn input(console: &Console, event: AttentionEvent) -> Input {
    let Some((action, targets)) = action_of(&event) else {
        return match event {
            AttentionEvent::PageHidden => Input::PageHidden,
            AttentionEvent::Gone => Input::Gone,
            _ => Input::PageVisible,
        };
    };
    let parsed: Vec<Target> = targets.iter().filter_map(target).collect();
    console.count_malformed_targets((targets.len() - parsed.len()) as u64);
    Input::Act(action, parsed)
}

fn target(text: &AttentionTarget) -> Option<Target> {
    let sensor = SensorId::parse(&text.sensor).ok()?;
    let attribute = text.attribute.as_deref().map(AttributeId::parse).transpose().ok()?;
    Some(Target { sensor, attribute })
}

fn viewer_id(text: &str) -> Result<ViewerId, ApiError> {
    ViewerId::parse(text).map_err(|error| bad_request(&error.to_string()))
}

fn bad_request(problem: &str) -> ApiError {
    ApiError::new(ErrorCode::BadRequest, format!("The request makes no sense: {problem}."), "")
}

fn overrun(overrun: Overrun) -> ApiError {
    ApiError::new(ErrorCode::Timeout, format!("{overrun}."), "Tell it again in a moment.")
}
