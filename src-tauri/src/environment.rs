//! What the webview needs from its environment on Linux, set before anything
//! starts: the program replaces itself once, because changing the environment
//! of a running program is not sound.
//!
//! - Without a GPU, WebKitGTK's DMA-BUF renderer halves the frame rate:
//!   it is switched off where there is no render node (never on a real GPU).
//! - With the locale `C`, `Intl` throws in the webview.

#[cfg(not(target_os = "linux"))]
pub fn settle() {}

#[cfg(target_os = "linux")]
pub fn settle() {
    let wanted: Vec<(&str, &str)> = [dmabuf(), language()].into_iter().flatten().collect();
    if !wanted.is_empty() && std::env::var_os(SETTLED).is_none() {
        replace_with(&wanted);
    }
}

#[cfg(target_os = "linux")]
const SETTLED: &str = "SENSOCTO_ENVIRONMENT_SETTLED";
#[cfg(target_os = "linux")]
const DMABUF: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

#[cfg(target_os = "linux")]
fn replace_with(wanted: &[(&'static str, &'static str)]) {
    use std::os::unix::process::CommandExt;
    let Ok(program) = std::env::current_exe() else { return };
    let mut again = std::process::Command::new(program);
    again.args(std::env::args_os().skip(1)).envs(wanted.iter().copied()).env(SETTLED, "1");
    // Returns only where it fails; then the console runs as it is, only slower.
    let error = again.exec();
    tracing::warn!(%error, "the environment could not be set");
}

#[cfg(target_os = "linux")]
fn dmabuf() -> Option<(&'static str, &'static str)> {
    let has_gpu = std::fs::read_dir("/dev/dri")
        .into_iter()
        .flatten()
        .flatten()
        .any(|node| node.file_name().to_string_lossy().starts_with("renderD"));
    (!has_gpu && std::env::var_os(DMABUF).is_none()).then_some((DMABUF, "1"))
}

#[cfg(target_os = "linux")]
fn language() -> Option<(&'static str, &'static str)> {
    let locale = ["LC_ALL", "LANG"].iter().find_map(std::env::var_os).unwrap_or_default();
    let is_c = locale.is_empty() || locale.to_string_lossy().split('.').next() == Some("C");
    (is_c && std::env::var_os("LC_ALL").is_none()).then_some(("LANG", "en_US.UTF-8"))
}
