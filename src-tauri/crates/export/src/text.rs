//! Text from outside, made safe for spreadsheets.

/// A cell that a spreadsheet would run as a formula gets an apostrophe in
/// front, which spreadsheets do not show. Numbers do not come this way.
pub(crate) fn guarded(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_becomes_text_and_text_stays_as_it_is() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"] {
            assert_eq!(guarded(formula), format!("'{formula}"));
        }
        assert_eq!(guarded("ecg [mV]"), "ecg [mV]");
    }
}
