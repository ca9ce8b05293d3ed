//! Compares JSON across machines: texts, whole numbers and structure must be equal, and other
//! numbers nearly equal, since `exp` and `ln` depend on the platform.

use serde_json::Value;

/// The tolerance for two numbers: as a share of the larger one, and absolute.
const RELATIVE: f64 = 1e-9;
const ABSOLUTE: f64 = 1e-12;

/// The first difference between two documents; None if they are the same.
pub fn difference(expected: &Value, found: &Value) -> Option<String> {
    let inside = |at: String, difference: Option<String>| {
        difference.map(|difference| format!("{at}{difference}"))
    };
    match (expected, found) {
        (Value::Object(a), Value::Object(b)) if a.keys().eq(b.keys()) => a
            .iter()
            .find_map(|(key, value)| inside(format!(".{key}"), difference(value, &b[key]))),
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            (0..a.len()).find_map(|at| inside(format!("[{at}]"), difference(&a[at], &b[at])))
        }
        (Value::Number(a), Value::Number(b)) if a.is_f64() && b.is_f64() => {
            let (a, b) = (a.as_f64().unwrap(), b.as_f64().unwrap());
            let close = (a - b).abs() <= RELATIVE * a.abs().max(b.abs()) + ABSOLUTE;
            (!close).then(|| format!(": {a} became {b}"))
        }
        _ => {
            let short = |value: &Value| value.to_string().chars().take(200).collect::<String>();
            let told = || format!(": {} became {}", short(expected), short(found));
            (expected != found).then(told)
        }
    }
}

/// The document with every part that fits on one line, so that a changed number is a changed line
/// and there are few lines.
pub fn in_lines(document: &Value) -> String {
    fn write(value: &Value, depth: usize) -> String {
        let (margin, inner) = ("  ".repeat(depth), "  ".repeat(depth + 1));
        let all = |open: &str, items: Vec<String>, close: &str| {
            format!(
                "{open}\n{inner}{}\n{margin}{close}",
                items.join(&format!(",\n{inner}"))
            )
        };
        let flat = value.to_string();
        match value {
            _ if flat.len() + margin.len() <= 80 => flat,
            Value::Array(items) => {
                let items = items.iter().map(|item| write(item, depth + 1));
                all("[", items.collect(), "]")
            }
            Value::Object(fields) => {
                let field = |(key, value)| format!("{key:?}: {}", write(value, depth + 1));
                all("{", fields.iter().map(field).collect(), "}")
            }
            _ => flat,
        }
    }
    write(document, 0) + "\n"
}

#[test]
fn only_the_last_digits_of_a_number_may_differ() {
    use serde_json::json;
    let one = json!({"a": [1, 0.1, "x"], "b": 1e-12});
    let same = json!({"a": [1, 0.1 + 1e-11, "x"], "b": 2e-12});
    assert_eq!(difference(&one, &same), None);
    for (other, said) in [
        (
            json!({"a": [1, 0.101, "x"], "b": 1e-12}),
            ".a[1]: 0.1 became 0.101",
        ),
        (json!({"a": [2, 0.1, "x"], "b": 1e-12}), ".a[0]: 1 became 2"),
        (
            json!({"a": [1, 0.1, "y"], "b": 1e-12}),
            ".a[2]: \"x\" became \"y\"",
        ),
        (
            json!({"a": [1, 0.1], "b": 1e-12}),
            ".a: [1,0.1,\"x\"] became [1,0.1]",
        ),
    ] {
        assert_eq!(difference(&one, &other).as_deref(), Some(said));
    }
}

#[test]
fn what_fits_a_line_is_on_one() {
    let points = vec![[0.5, 1.0]; 10];
    let document = serde_json::json!({"points": points, "name": "x", "none": []});
    let lines = in_lines(&document);
    let points = ["    [0.5,1.0]"; 10].join(",\n");
    let expected = [
        "{\n  \"name\": \"x\",\n  \"none\": [],\n  \"points\": [\n",
        &points,
        "\n  ]\n}\n",
    ];
    assert_eq!(lines, expected.concat());
    assert_eq!(serde_json::from_str::<Value>(&lines).unwrap(), document);
}
