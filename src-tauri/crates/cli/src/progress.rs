//! Progress of long work on standard error; silent for scripts and pipes.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar over samples.
pub fn samples(what: &str, json: bool) -> ProgressBar {
    let bar = hidden_for_scripts(ProgressBar::new(0), json);
    bar.set_message(what.to_owned());
    bar.set_style(style("{msg} {bar:30} {human_pos}/{human_len} samples {percent}%"));
    bar
}

/// A line that says how a recording is doing.
pub fn line(json: bool) -> ProgressBar {
    let bar = hidden_for_scripts(ProgressBar::new_spinner(), json);
    bar.set_style(style("{msg}"));
    bar
}

fn hidden_for_scripts(bar: ProgressBar, json: bool) -> ProgressBar {
    if json {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
    bar
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
