//! Formats numbers for people: commas separate thousands, and a minus is a minus sign.

use num_traits::AsPrimitive;

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

/// Formats a count of any integer type.
pub fn count(value: impl AsPrimitive<f64>) -> String {
    number(value.as_(), 0)
}

/// Formats a number of messages, of which none stands for all.
pub fn count_or_all(emails: Option<usize>) -> String {
    emails.map_or_else(|| "all".to_owned(), count)
}

/// Most decimals of a number that would else be shown as 0, or as equal to another.
const MOST_DECIMALS: usize = 6;

/// The number of decimals, `least` or more, with which none of the numbers is shown as 0 that is
/// not 0: whether an interval holds 0 is what it is read for.
pub fn decimals_off_zero(values: &[f64], least: usize) -> usize {
    let is_told = |decimals: &usize| {
        let mut off = values.iter().filter(|value| **value != 0.0);
        off.all(|value| number(value.abs(), *decimals) != number(0.0, *decimals))
    };
    (least..MOST_DECIMALS)
        .find(is_told)
        .unwrap_or(MOST_DECIMALS.max(least))
}

/// Whether a number is not 0 with as many decimals as any is shown with.
pub fn is_shown(value: f64) -> bool {
    number(value.abs(), MOST_DECIMALS) != number(0.0, MOST_DECIMALS)
}

/// Two numbers with as many decimals, `least` or more, as distinguish them.
pub fn distinct(numbers: [f64; 2], least: usize) -> [String; 2] {
    let shown = |decimals: usize| numbers.map(|value| number(value, decimals));
    let mut all = (least..MOST_DECIMALS).map(shown);
    let is_told = |[a, b]: &[String; 2]| a != b;
    all.find(is_told).unwrap_or_else(|| shown(least))
}

/// Formats a p-value.
pub fn shown_p(p: f64) -> String {
    let equals = if p < LEAST_P { "" } else { "= " };
    format!("p {equals}{}", p_value(p))
}

/// A probability to two decimals, which is not shown as 0 or 1 for being close.
pub fn probability(share: f64) -> String {
    match number(share, 2).as_str() {
        "0.00" => "below 0.01".to_owned(),
        "1.00" => "above 0.99".to_owned(),
        shown => shown.to_owned(),
    }
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
        assert_eq!(
            [0.003, 0.966, 0.996].map(probability),
            ["below 0.01", "0.97", "above 0.99"]
        );
        assert_eq!(number(f64::INFINITY, 2), "∞");
    }

    #[test]
    fn numbers_have_the_digits_that_keep_them_off_0_and_apart() {
        assert_eq!(decimals_off_zero(&[0.8, 0.003], 2), 3);
        assert_eq!(decimals_off_zero(&[0.8, -0.05], 2), 2);
        assert_eq!(decimals_off_zero(&[0.8, 0.0], 2), 2);
        assert_eq!(decimals_off_zero(&[1e-300], 2), 6);
        assert!(is_shown(-1e-6) && !is_shown(1e-14) && !is_shown(0.0));
        assert_eq!(distinct([0.4512, 0.4538], 2), ["0.451", "0.454"]);
        assert_eq!(distinct([0.5, 0.5], 2), ["0.50", "0.50"]);
    }
}
