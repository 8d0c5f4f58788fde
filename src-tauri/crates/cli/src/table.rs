//! Plain tables for people: columns as wide as their widest cell.

/// Lays rows out under a header; `right` names the columns of numbers.
pub fn lines(header: &[&str], rows: &[Vec<String>], right: &[usize]) -> Vec<String> {
    let header: Vec<String> = header.iter().map(|&cell| cell.to_owned()).collect();
    let all = || std::iter::once(&header).chain(rows);
    let width = |column: usize| {
        all().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..header.len()).map(width).collect();
    all().map(|row| line(row, &widths, right)).collect()
}

fn line(row: &[String], widths: &[usize], right: &[usize]) -> String {
    let cell = |(column, text): (usize, &String)| {
        let width = widths.get(column).copied().unwrap_or_default();
        if right.contains(&column) { format!("{text:>width$}") } else { format!("{text:<width$}") }
    };
    row.iter().enumerate().map(cell).collect::<Vec<_>>().join("  ").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [vec!["a".to_owned(), "1".to_owned()], vec!["long".to_owned(), "100".to_owned()]];
        assert_eq!(lines(&["x", "n"], &rows, &[1]), ["x       n", "a       1", "long  100"]);
    }
}
