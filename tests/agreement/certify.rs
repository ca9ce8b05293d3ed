//! The output of `spamlab certify` agrees with the files that it exports, read back and computed
//! from their definition.

use assert_cmd::Command;
use serde_json::Value;
use spamlab::discriminative::linear::liblinear::{read_model, read_problem};
use spamlab::optim::{Hinge, Logistic, Loss, Problem, SquaredHinge, primal_objective};
use std::fs;
use std::path::Path;

fn certify(arguments: &[&str]) -> std::process::Output {
    Command::cargo_bin("spamlab")
        .unwrap()
        .args(["certify", "-q"])
        .args(arguments)
        .output()
        .unwrap()
}

/// The objective of the exported weights on the exported problem.
fn objective(folder: &Path, model: &str, cost: f64, loss: impl Loss) -> f64 {
    let (rows, signs) =
        read_problem(&fs::read_to_string(folder.join(format!("{model}.svm"))).unwrap()).unwrap();
    let file = folder.join(format!("{model}-c{cost}.model"));
    let (weights, bias) = read_model(&fs::read_to_string(file).unwrap()).unwrap();
    let costs = vec![cost; signs.len()];
    primal_objective(
        &Problem {
            rows: &rows,
            signs: &signs,
            costs: &costs,
            bias: 1.0,
        },
        loss,
        &weights,
        bias,
    )
}

#[test]
fn exported_problems_and_weights_give_the_objective_that_was_printed() {
    let folder = tempfile::tempdir().unwrap();
    let export = folder.path().to_str().unwrap();
    for (loss, solver) in [("squared_hinge", "newton"), ("hinge", "dual")] {
        let (loss_setting, solver_setting) =
            (format!("svm.loss={loss}"), format!("svm.solver={solver}"));
        let found = certify(&[
            "--json",
            "--export",
            export,
            "--set",
            &loss_setting,
            "--set",
            &solver_setting,
            "--set",
            "logistic.solver=lbfgs",
            "--set",
            "svm.max_iter=100000",
            "--set",
            "logistic.max_iter=100000",
        ]);
        assert!(
            found.status.success(),
            "{}",
            String::from_utf8_lossy(&found.stderr)
        );
        let certificates: Vec<Value> = serde_json::from_slice(&found.stdout).unwrap();
        assert_eq!(certificates.len(), 6);
        for certificate in certificates {
            let (model, cost) = (
                certificate["model"].as_str().unwrap(),
                certificate["settings"]["c"].as_f64().unwrap(),
            );
            let again = match (model, loss) {
                ("logistic", _) => objective(folder.path(), model, cost, Logistic),
                (_, "hinge") => objective(folder.path(), model, cost, Hinge),
                _ => objective(folder.path(), model, cost, SquaredHinge),
            };
            let printed = certificate["objective"].as_f64().unwrap();
            assert!(
                (printed - again).abs() <= 1e-11 * again,
                "{model} {cost}: {printed} is not {again}"
            );
            let gap = certificate["relative_gap"].as_f64().unwrap();
            assert!(
                certificate["converged"].as_bool().unwrap() && (0.0..=1e-4).contains(&gap),
                "{certificate}"
            );
        }
    }
    let commands = fs::read_to_string(folder.path().join("commands.sh")).unwrap();
    assert!(
        commands.contains("train -s 3 -e 1e-6 -c 10 -B 1 svm.svm liblinear-svm-c10.model"),
        "{commands}"
    );
}

#[test]
fn what_has_no_optimum_to_certify_or_no_like_in_liblinear_is_refused_in_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let export = folder.path().join("new");
    for (arguments, said) in [
        (
            vec!["--model", "multinomial"],
            "multinomial has no optimum to certify",
        ),
        (
            vec![
                "--model",
                "svm",
                "--set",
                "svm.loss=hinge",
                "--set",
                "svm.solver=lbfgs",
            ],
            "use svm.solver=dual",
        ),
        (
            vec!["--model", "nb-svm", "--export", export.to_str().unwrap()],
            "LIBLINEAR has no such problem as nb-svm",
        ),
    ] {
        let found = certify(&arguments);
        let error = String::from_utf8_lossy(&found.stderr).into_owned();
        assert!(
            found.status.code() == Some(2) && error.contains(said) && error.lines().count() == 1,
            "{error}"
        );
    }
    assert!(
        !export.exists(),
        "nothing is made where nothing will be written"
    );
}

#[test]
fn the_regularisation_path_goes_from_few_weights_to_many() {
    let found = certify(&[
        "--json",
        "--model",
        "elastic-net",
        "--set",
        "elastic-net.l1_ratio=1",
    ]);
    let certificates: Vec<Value> = serde_json::from_slice(&found.stdout).unwrap();
    let weights: Vec<u64> = certificates
        .iter()
        .map(|of| of["weights"].as_u64().unwrap())
        .collect();
    assert!(weights.len() == 3 && weights[0] < weights[2], "{weights:?}");
}
