//! Helpers of the whole-program tests: finding binaries, running the console under a display.
