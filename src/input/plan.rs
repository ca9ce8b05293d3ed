//! What the user is told of how inputs are read, before they are.

/// How inputs are read, by their names: what is read alike is one line, which has no names where
/// all are.
pub(super) fn plan_of(inputs: &[(&str, String)]) -> Vec<String> {
    let mut alike: Vec<(Vec<&str>, &str)> = Vec::new();
    for (name, described) in inputs {
        match alike.iter_mut().find(|(_, known)| known == described) {
            Some((names, _)) => names.push(name),
            None => alike.push((vec![name], described)),
        }
    }
    let kinds = alike.len();
    let line = |(names, described): (Vec<&str>, &str)| match names.len() {
        1 if kinds == 1 => described.to_owned(),
        all if kinds == 1 => format!("{all} files: {described}"),
        _ => format!("{}: {described}", names.join(", ")),
    };
    alike.into_iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_alike_is_one_line_that_names_files_only_where_others_are_read_otherwise() {
        let of = |inputs: &[(&str, &str)]| {
            let inputs = inputs.iter().map(|&(name, how)| (name, how.to_owned()));
            plan_of(&inputs.collect::<Vec<_>>())
        };
        assert_eq!(of(&[("a.csv", "a table")]), ["a table"]);
        let alike = [("a.csv", "a table"), ("b.csv", "a table")];
        assert_eq!(of(&alike), ["2 files: a table"]);
        let mixed = [alike[0], ("c.mbox", "a mailbox"), alike[1]];
        assert_eq!(of(&mixed), ["a.csv, b.csv: a table", "c.mbox: a mailbox"]);
    }
}
