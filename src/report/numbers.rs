//! Formats numbers for people: commas separate thousands, and a minus is a minus sign.

/// Formats a number: `-1234.5` with one decimal is `−1,234.5`.
pub fn number(value: f64, decimals: usize) -> String {
    if value.is_infinite() {
        return if value > 0.0 { "∞" } else { "−∞" }.to_owned();
    }
    let plain = format!("{:.decimals$}", value.abs());
    let (whole, rest) = plain.split_at(plain.find('.').unwrap_or(plain.len()));
    let mut text = String::with_capacity(plain.len() + 4);
    // A number that rounds to zero has no sign.
    if value < 0.0 && plain.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) {
        text.push('−');
    }
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text + rest
}

/// Formats a count.
pub fn count(value: usize) -> String {
    number(value as f64, 0)
}

/// Formats a p-value.
pub fn shown_p(p: f64) -> String {
    let equals = if p < LEAST_P { "" } else { "= " };
    format!("p {equals}{}", p_value(p))
}

/// The least p-value that is told from smaller ones.
const LEAST_P: f64 = 0.0001;

/// A p-value in a table, whose title says what it is.
pub fn p_value(p: f64) -> String {
    if p < LEAST_P {
        format!("< {LEAST_P}")
    } else {
        number(p, 4)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_people_write_them() {
        assert_eq!(number(-1_234_567.25, 1), "−1,234,567.2");
        assert_eq!(number(-0.001, 2), "0.00");
        assert_eq!(count(999), "999");
        assert_eq!(shown_p(0.000_099), "p < 0.0001");
        assert_eq!(shown_p(0.0001), "p = 0.0001");
        assert_eq!([0.0, 0.5].map(p_value), ["< 0.0001", "0.5000"]);
        assert_eq!(number(f64::INFINITY, 2), "∞");
    }
}
