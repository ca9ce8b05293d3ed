//! The files of LIBSVM and LIBLINEAR: a problem and a linear model as text, so that a fit can be
//! checked by a program that is not ours.
//!
//! A problem has a line a message, `+1 3:0.25 17:0.5`: sign, then column (from 1, ascending) and
//! value. A model has a head, `w`, and a weight a line, the constant column last, as LIBLINEAR 2.50
//! reads and writes it. Numbers are written so that they are read back to the same bits. Left out:
//! more than two classes, and LIBLINEAR's option to leave the bias free (`-R`).

use crate::dataset::CsrMatrix;
use crate::discriminative::problem::BIAS;
use crate::model::LinearProblem;
use crate::model::MarginLoss;
use std::fmt::Write as _;
use std::io::{self, Write};

/// What LIBLINEAR calls a problem that it can solve too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SolverKind {
    /// Its name in a model file.
    pub name: &'static str,
    /// The number of the solver that comes nearest to the optimum, with a tolerance that makes it
    /// go there.
    pub options: &'static str,
}

/// What LIBLINEAR calls a problem; None if it has no such problem.
pub fn kind(problem: &LinearProblem) -> Option<SolverKind> {
    let kind = |name, options| Some(SolverKind { name, options });
    let (l1, l2) = (problem.l1_ratio == 1.0, problem.l1_ratio == 0.0);
    match problem.loss {
        MarginLoss::Logistic if l2 => kind("L2R_LR", "-s 0 -e 1e-9"),
        MarginLoss::Logistic if l1 => kind("L1R_LR", "-s 6 -e 1e-6"),
        MarginLoss::SquaredHinge if l2 => kind("L2R_L2LOSS_SVC_DUAL", "-s 1 -e 1e-6"),
        MarginLoss::SquaredHinge if l1 => kind("L1R_L2LOSS_SVC", "-s 5 -e 1e-6"),
        MarginLoss::Hinge if l2 => kind("L2R_L1LOSS_SVC_DUAL", "-s 3 -e 1e-6"),
        _ => None,
    }
}

/// Writes rows and signs.
pub fn write_problem(out: &mut dyn Write, rows: &CsrMatrix, signs: &[f64]) -> io::Result<()> {
    let mut line = String::new();
    for (sign, (columns, values)) in signs.iter().zip(rows.iter()) {
        let mut entries: Vec<(u32, f64)> = columns
            .iter()
            .copied()
            .zip(values.iter().map(|&value| f64::from(value)))
            .collect();
        entries.sort_unstable_by_key(|(column, _)| *column);
        line.clear();
        line.push_str(if *sign > 0.0 { "+1" } else { "-1" });
        for (column, value) in entries {
            // Writing to a string does not fail.
            let _ = write!(line, " {}:{value}", column + 1);
        }
        line.push('\n');
        out.write_all(line.as_bytes())?;
    }
    Ok(())
}

/// Writes a hyperplane whose constant column holds 1.
pub fn write_model(
    out: &mut dyn Write,
    kind: SolverKind,
    weights: &[f64],
    bias: f64,
) -> io::Result<()> {
    writeln!(
        out,
        "solver_type {}\nnr_class 2\nlabel 1 -1\nnr_feature {}\nbias {BIAS}\nw",
        kind.name,
        weights.len()
    )?;
    weights
        .iter()
        .chain([&bias])
        .try_for_each(|weight| writeln!(out, "{weight} "))
}

/// A line that is not what it should be.
#[derive(Debug, thiserror::Error, PartialEq)]
#[error("line {line}: {what}")]
pub struct FormatError {
    /// From 1.
    pub line: usize,
    /// What is wrong with it.
    pub what: &'static str,
}

/// Reads rows and signs, the values rounded to what a [`CsrMatrix`] holds; a label below 0 is -1,
/// any other +1.
pub fn read_problem(text: &str) -> Result<(CsrMatrix, Vec<f64>), FormatError> {
    let mut signs = Vec::new();
    let mut found: Vec<Vec<(u32, f32)>> = Vec::new();
    for (line, words) in (1..).zip(text.lines().map(str::split_ascii_whitespace)) {
        let wrong = |what| FormatError { line, what };
        let mut words = words;
        let Some(label) = words.next() else { continue };
        let label: f64 = label
            .parse()
            .map_err(|_| wrong("the label is not a number"))?;
        signs.push(if label < 0.0 { -1.0 } else { 1.0 });
        let entry = |word: &str| {
            let (column, value) = word.split_once(':')?;
            let column = column.parse::<u32>().ok()?.checked_sub(1)?;
            Some((
                column,
                value
                    .parse::<f32>()
                    .ok()
                    .filter(|value| value.is_finite())?,
            ))
        };
        let entries: Option<Vec<(u32, f32)>> = words.map(entry).collect();
        let entries =
            entries.ok_or_else(|| wrong("an entry is not COLUMN:VALUE with a column from 1 on"))?;
        if !entries.is_sorted_by(|a, b| a.0 < b.0) {
            return Err(wrong("the columns do not ascend"));
        }
        found.push(entries);
    }
    let columns = found
        .iter()
        .filter_map(|row| row.last())
        .map(|(column, _)| *column as usize + 1)
        .max()
        .unwrap_or(0);
    let mut rows = CsrMatrix::new(columns);
    for row in found {
        rows.push(row);
    }
    Ok((rows, signs))
}

/// Reads weights and bias, as the decision value of +1.
pub fn read_model(text: &str) -> Result<(Vec<f64>, f64), FormatError> {
    let (mut turned, mut features, mut constant) = (false, None, false);
    let mut lines = (1..).zip(text.lines());
    for (line, content) in lines.by_ref() {
        let wrong = |what| FormatError { line, what };
        match content.trim().split_once(' ') {
            Some(("label", "1 -1")) => turned = false,
            Some(("label", "-1 1")) => turned = true,
            Some(("label", _)) => return Err(wrong("the labels are not 1 and -1")),
            Some(("nr_feature", number)) => {
                features = Some(
                    number
                        .parse::<usize>()
                        .map_err(|_| wrong("nr_feature is not a number"))?,
                );
            }
            Some(("bias", number)) => {
                constant = number.parse::<f64>().is_ok_and(|bias| bias >= 0.0);
            }
            None if content.trim() == "w" => break,
            _ => {}
        }
    }
    let weight = |(line, text): (usize, &str)| {
        let weight = text
            .trim()
            .parse::<f64>()
            .ok()
            .filter(|weight| weight.is_finite());
        let weight = weight.ok_or(FormatError {
            line,
            what: "the weight is not a number",
        })?;
        Ok(if turned { -weight } else { weight })
    };
    let mut weights: Vec<f64> = lines.map(weight).collect::<Result<_, _>>()?;
    let wanted = features.map(|features| features + usize::from(constant));
    if wanted != Some(weights.len()) {
        return Err(FormatError {
            line: text.lines().count(),
            what: "there are not as many weights as the head says",
        });
    }
    let bias = if constant {
        weights.pop().unwrap_or(0.0)
    } else {
        0.0
    };
    Ok((weights, bias))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_read_back_to_the_same_bits() {
        let mut rows = CsrMatrix::new(7);
        rows.push([(6, 0.1), (0, -1.0 / 3.0)]);
        rows.push([]);
        rows.push([(2, 1e-30)]);
        let mut text = Vec::new();
        write_problem(&mut text, &rows, &[1.0, -1.0, 1.0]).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert!(
            text.starts_with("+1 1:-0.3333333432674408 7:0.10000000149011612\n-1\n+1 3:0.000"),
            "{text}"
        );
        let (again, signs) = read_problem(&text).unwrap();
        assert_eq!((signs, again.columns()), (vec![1.0, -1.0, 1.0], 7));
        assert_eq!(again.row(0), (&[0, 6][..], &[-1.0 / 3.0, 0.1][..]));
        assert_eq!(again.row(2), (&[2][..], &[1e-30][..]));
    }

    #[test]
    fn a_model_is_read_back_and_so_is_one_of_liblinear() {
        let mut text = Vec::new();
        let kind = kind(&LinearProblem {
            loss: MarginLoss::Logistic,
            l1_ratio: 0.0,
            cost: 1.0,
            balanced: false,
        });
        let kind = kind.unwrap();
        write_model(&mut text, kind, &[0.1, -2.0 / 3.0], 1e-20).unwrap();
        assert_eq!(
            read_model(&String::from_utf8(text).unwrap()),
            Ok((vec![0.1, -2.0 / 3.0], 1e-20))
        );
        // What `train -s 1 -B 1` of LIBLINEAR 2.50 writes where the first message of the file is
        // ham.
        let theirs = "solver_type L2R_L2LOSS_SVC_DUAL\nnr_class 2\nlabel -1 1\nnr_feature 2\nbias \
                      1\nw\n-0.25 \n0.5 \n1 \n";
        assert_eq!(read_model(theirs), Ok((vec![0.25, -0.5], -1.0)));
    }

    #[test]
    fn what_is_not_the_format_is_refused_with_its_line() {
        let line = |text: &str| read_problem(text).map(|_| ()).unwrap_err().line;
        assert_eq!(line("+1 1:2\nspam 1:2"), 2);
        assert_eq!(line("+1 0:2"), 1);
        assert_eq!(line("+1 1:inf"), 1);
        assert_eq!(line("+1 2:1 1:1"), 1);
        assert_eq!(
            read_model("nr_feature 2\nbias -1\nw\n1\n")
                .unwrap_err()
                .line,
            4
        );
        assert_eq!(
            read_model("nr_feature 1\nbias -1\nw\none\n")
                .unwrap_err()
                .line,
            4
        );
    }
}
