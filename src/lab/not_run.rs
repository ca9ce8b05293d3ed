//! Models that were left out because the mail is beyond what they take, in as few lines as
//! possible.

use crate::base::numbers::count;
use serde_json::Value;
use std::collections::BTreeMap;

/// A line for each limit on training mail, with all models that have it, and one for each other
/// reason. A model is its name, its settings, and why it did not run.
pub fn not_run(models: &[(String, Value, String)]) -> Vec<String> {
    let mut by_limit: BTreeMap<u64, Vec<&str>> = BTreeMap::new();
    let mut others = Vec::new();
    for (name, settings, why) in models {
        match settings["max_emails"]
            .as_u64()
            .filter(|_| why.contains("max_emails"))
        {
            Some(limit) => by_limit.entry(limit).or_default().push(name),
            None => others.push(format!("{name}: {why}")),
        }
    }
    let line = |(limit, names): (u64, Vec<&str>)| {
        let names = names.join(", ");
        format!("not run above {} training messages: {names}", count(limit))
    };
    by_limit.into_iter().map(line).chain(others).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn models_with_one_limit_share_a_line() {
        let model = |name: &str, most: u64, why: &str| {
            (
                name.to_owned(),
                json!({ "max_emails": most }),
                why.to_owned(),
            )
        };
        let models = [
            model("a", 1000, "too many (a.max_emails)"),
            model("b", 20_000, "too many (b.max_emails)"),
            model("c", 1000, "too many (c.max_emails)"),
            model("d", 1000, "it reads words in order"),
        ];
        assert_eq!(
            not_run(&models),
            [
                "not run above 1,000 training messages: a, c",
                "not run above 20,000 training messages: b",
                "d: it reads words in order",
            ]
        );
    }
}
