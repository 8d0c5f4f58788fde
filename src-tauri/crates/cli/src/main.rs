//! `sensocto`: the console without a window.

fn main() {}
