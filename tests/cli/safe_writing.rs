//! What the program writes is safe for the machine: links, devices, permissions, inputs and older
//! files are respected, and a program that is killed leaves the old or the new.

use crate::folder::{Folder, files};
use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

const TRAIN: &str = "train mail.csv -q --model multinomial";
const COMPARE: &str = "compare mail.csv -q --model multinomial,logistic --folds 2 --resamples 0 \
                       --no-analysis learning_curve";

#[test]
fn a_fit_that_did_not_converge_is_named_when_it_is_trained() {
    let folder = Folder::with_mail();
    let said = folder.said("train mail.csv --model logistic --set logistic.max_iter=1");
    assert!(
        said.contains("logistic did not converge in 1 passes"),
        "{said}"
    );
    let said = folder.said("train mail.csv --model logistic");
    assert!(!said.contains("converge"), "{said}");
}

#[test]
fn no_file_that_is_read_is_written() {
    let folder = Folder::with_mail();
    folder.run(&format!("{TRAIN} -o a.spamlab"));
    folder.write("split.csv", "id,split\nm0,train\n");
    folder.write("spec.toml", "seed = 3\n");
    fs::create_dir(folder.path("in")).unwrap();
    folder.write("in/1.eml", "Subject: prize\n\nclaim cash");
    #[cfg(unix)]
    std::os::unix::fs::symlink("mail.csv", folder.path("link.csv")).unwrap();
    fs::hard_link(folder.path("mail.csv"), folder.path("hard.csv")).unwrap();
    let before = folder.files();
    let bytes = [
        "mail.csv",
        "a.spamlab",
        "split.csv",
        "spec.toml",
        "in/1.eml",
    ];
    let held = bytes.map(|name| folder.bytes(name));
    let mut lines = vec![
        "train mail.csv -o mail.csv",
        "train mail.csv -o ./in/../mail.csv",
        "train mail.csv -o hard.csv",
        "train mail.csv -o new --rejects mail.csv",
        "train mail.csv -o new --rejects new",
        "train mail.csv --config spec.toml -o spec.toml",
        "train in mail.csv -o in/1.eml",
        "convert mail.csv -o mail.csv",
        "compare mail.csv --predictions mail.csv -o out",
        "compare mail.csv --split split.csv --predictions split.csv -o out",
        "compare mail.csv --predictions out/experiment.json -o out",
        "tune mail.csv -o mail.csv",
        "evaluate mail.csv -m a.spamlab --predictions a.spamlab",
        "evaluate mail.csv -m a.spamlab --rejects a.spamlab",
        "classify mail.csv -m a.spamlab --rejects mail.csv",
        "export -m a.spamlab -o a.spamlab",
        "cluster mail.csv --assign mail.csv",
        "generate -m a.spamlab --copies-of mail.csv --rejects mail.csv",
    ];
    if cfg!(unix) {
        lines.push("train mail.csv -o link.csv");
    }
    for line in lines {
        let said = folder.refused(&format!("{line} -q"));
        let is_told = [
            " cannot be written: ",
            " has the name of a file of the report",
        ];
        assert!(
            is_told.iter().any(|why| said.contains(why)),
            "{line}: {said}"
        );
        assert_eq!(folder.files(), before, "{line}");
        assert!(bytes.map(|name| folder.bytes(name)) == held, "{line}");
    }
}

#[test]
fn a_model_goes_to_standard_output_and_the_table_beside_it() {
    let folder = Folder::with_mail();
    folder.run(&format!("{TRAIN} -o a.spamlab"));
    let names = ["-", "/dev/stdout"];
    for name in &names[..if cfg!(unix) { 2 } else { 1 }] {
        let output = folder
            .spamlab(&format!("{TRAIN} -o {name}"))
            .output()
            .unwrap();
        assert!(output.status.success() && output.stdout == folder.bytes("a.spamlab"));
        assert!(
            String::from_utf8(output.stderr)
                .unwrap()
                .contains("multinomial")
        );
    }
    assert_eq!(folder.files(), ["a.spamlab", "mail.csv"]);
}

#[cfg(unix)]
#[test]
fn links_and_pipes_stay_what_they_are() {
    use std::os::unix::fs::{FileTypeExt, symlink};
    let folder = Folder::with_mail();
    fs::create_dir(folder.path("in")).unwrap();
    symlink("in/a.spamlab", folder.path("link")).unwrap();
    folder.run(&format!("{TRAIN} -o link"));
    assert!(folder.path("link").is_symlink() && folder.holds("in/a.spamlab"));

    let made = Command::new("mkfifo").arg(folder.path("pipe")).status();
    assert!(made.unwrap().success());
    let reader = Command::new("cat")
        .arg(folder.path("pipe"))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    folder.run(&format!("{TRAIN} -o pipe"));
    let read = reader.wait_with_output().unwrap().stdout;
    assert_eq!(read, folder.bytes("in/a.spamlab"));
    let pipe = fs::metadata(folder.path("pipe")).unwrap();
    assert!(pipe.file_type().is_fifo());
    // A link to a folder of a report stays a link, too.
    folder.run(&format!("{COMPARE} -o in/report"));
    symlink("in/report", folder.path("report")).unwrap();
    folder.run(&format!("{COMPARE} -o report"));
    assert!(folder.path("report").is_symlink() && folder.holds("report/report.html"));
}

#[cfg(unix)]
#[test]
fn permissions_follow_the_umask_and_stay_as_they_were() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::with_mail();
    let mode = |name: &str| {
        fs::metadata(folder.path(name))
            .unwrap()
            .permissions()
            .mode()
            & 0o777
    };
    let run = |umask: &str, line: &str| {
        let program = assert_cmd::cargo::cargo_bin("spamlab");
        let script = format!("umask {umask} && {} {line} > /dev/null", program.display());
        let mut shell = Command::new("sh");
        let ran = shell
            .args(["-c", &script])
            .current_dir(folder.path(""))
            .status();
        assert!(ran.unwrap().success(), "{line}");
    };
    for (umask, file, of_folder) in [("077", 0o600, 0o700), ("022", 0o644, 0o755)] {
        run(umask, &format!("{TRAIN} -o {umask}.spamlab"));
        run(umask, &format!("convert mail.csv -q -o {umask}.csv"));
        run(
            umask,
            &format!("{COMPARE} -o r{umask} --predictions p{umask}.csv"),
        );
        for name in [
            "{}.spamlab",
            "{}.csv",
            "p{}.csv",
            "r{}/experiment.json",
            "r{}/report.html",
        ] {
            let name = name.replace("{}", umask);
            assert_eq!(mode(&name), file, "{name}");
        }
        assert_eq!(mode(&format!("r{umask}")), of_folder);
    }
    // Neither widened nor narrowed by training again.
    run("022", &format!("{TRAIN} -o 077.spamlab"));
    run("022", &format!("{COMPARE} -o r077"));
    run("077", &format!("{TRAIN} -o 022.spamlab"));
    assert_eq!(
        [mode("077.spamlab"), mode("r077"), mode("022.spamlab")],
        [0o600, 0o700, 0o644]
    );
}

/// What was left of unfinished writes in a folder.
fn leftovers(folder: &Path) -> usize {
    let is_left = |name: &String| name.starts_with(".spamlab-");
    files(folder).iter().filter(|name| is_left(name)).count()
}

/// The names and bytes of all files of a report.
fn report_in(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut all = BTreeMap::new();
    for part in ["", "charts", "tables"] {
        for name in files(&folder.join(part)) {
            let path = folder.join(part).join(&name);
            if path.is_file() {
                all.insert(format!("{part}/{name}"), fs::read(path).unwrap());
            }
        }
    }
    all
}

/// Two reports take turns, so that each run has a report of the other seed to replace. It is killed
/// at moments from the beginning of the new report to its end.
#[test]
fn a_killed_comparison_leaves_all_of_the_old_report_or_all_of_the_new_one() {
    let folder = Folder::with_mail();
    let line = |to: &str, seed: u64| {
        format!(
            "compare mail.csv -q --no-times --model multinomial --folds 2 --resamples 0 \
             --no-analysis learning_curve -o {to} --seed {seed}"
        )
    };
    let whole = [1, 2].map(|seed| {
        folder.run(&line("other", seed));
        fs::write(folder.path("other/notes.txt"), "mine").unwrap();
        report_in(&folder.path("other"))
    });
    assert_ne!(whole[0], whole[1]);
    fs::rename(folder.path("other"), folder.path("report")).unwrap();
    let (mut killed, mut left, mut seen) = (0, 0, [false; 2]);
    let mut now = 1;
    for at in 0..12 {
        let next = 1 - now;
        let mut program = Command::new(assert_cmd::cargo::cargo_bin("spamlab"));
        program.args(line("report", next as u64 + 1).split_whitespace());
        program.current_dir(folder.path("")).stdout(Stdio::null());
        let mut running = program.spawn().unwrap();
        // From the moment on when the new report is begun, until it has taken its place.
        let is_begun = || {
            let begun = files(&folder.path("")).into_iter();
            let mut begun = begun.filter(|name| name.starts_with(".spamlab-"));
            begun.any(|name| folder.path(&name).join("experiment.json").exists())
        };
        while !is_begun() && running.try_wait().unwrap().is_none() {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        std::thread::sleep(std::time::Duration::from_millis(at * 40));
        running.kill().unwrap();
        killed += usize::from(!running.wait().unwrap().success());
        left += leftovers(&folder.path(""));
        let found = report_in(&folder.path("report"));
        let which = whole.iter().position(|report| *report == found);
        now = which.unwrap_or_else(|| panic!("neither the old report nor the new one: {at}"));
        seen[usize::from(now == next)] = true;
    }
    assert!(
        killed > 0 && left > 0 && seen[0],
        "{killed} {left} {seen:?}"
    );
    folder.run(&line("report", 1));
    assert_eq!(leftovers(&folder.path("")), 0);
    assert_eq!(report_in(&folder.path("report")), whole[0]);
}

#[test]
fn a_folder_of_another_program_is_left_alone() {
    let folder = Folder::with_mail();
    fs::create_dir(folder.path("other")).unwrap();
    for experiment in [
        "{\"schema\":\"https://example.org/schema\",\"a\":1}",
        "{\"schema\":4,\"program\":\"another 1.0\"}",
        "{\"schema\":4}",
        "",
    ] {
        folder.write("other/experiment.json", experiment);
        let said = folder.refused(&format!("{COMPARE} -o other"));
        assert!(said.contains("is not a spamlab report"), "{said}");
        assert_eq!(folder.text("other/experiment.json"), experiment);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_written_is_known_before_the_work() {
    let folder = Folder::with_mail();
    // Nobody can make a file there, not even the administrator.
    for line in [
        "train mail.csv -o /proc/sys/a.spamlab",
        "compare mail.csv -o /proc/sys/report",
        "compare mail.csv -o out --predictions /proc/sys/p.csv",
        "convert mail.csv -o /proc/sys/a.csv",
        "tune mail.csv -o /proc/sys/a.toml",
        "cluster mail.csv --assign /proc/sys/a.csv",
        "certify mail.csv --model logistic --export /proc/sys/out",
        "train mail.csv -o a.spamlab --rejects /proc/sys/a.csv",
    ] {
        let said = folder.refused(line);
        // Nothing was told of the mail, which was not read.
        let lines: Vec<&str> = said.lines().collect();
        assert!(
            lines.len() == 1 && lines[0].starts_with("spamlab: "),
            "{line}: {said}"
        );
        assert!(
            lines[0].contains("cannot ") && !lines[0].contains(".spamlab-"),
            "{line}: {said}"
        );
    }
    assert_eq!(folder.files(), ["mail.csv"]);
}

#[cfg(target_os = "linux")]
#[test]
fn work_is_not_lost_when_nobody_listens_and_a_file_beyond_its_limit_is_an_error() {
    let folder = Folder::with_mail();
    let program = assert_cmd::cargo::cargo_bin("spamlab");
    let run = |script: &str| {
        let script = script.replace("spamlab", program.to_str().unwrap());
        let mut shell = Command::new("bash");
        let output = shell
            .args(["-c", &script])
            .current_dir(folder.path(""))
            .output();
        output.unwrap()
    };
    let train = "spamlab train mail.csv --model multinomial -o";
    for (at, elsewhere) in [
        "2>/dev/full",
        "2>&-",
        ">&- 2>&-",
        "2>&1 | head -n 0",
        "2> >(exec 0<&-)",
    ]
    .iter()
    .enumerate()
    {
        run(&format!("{train} {at}.model {elsewhere}; wait"));
        assert!(folder.holds(&format!("{at}.model")), "{elsewhere}");
    }
    folder.write("old.csv", "old");
    let limited = run("ulimit -f 1; spamlab convert mail.csv -q -o old.csv");
    let said = String::from_utf8(limited.stderr).unwrap();
    assert_eq!(
        said.trim_end(),
        "spamlab: old.csv cannot be written: the file is too large; \
                                 choose another path with -o"
    );
    assert_eq!(
        (limited.status.code(), folder.text("old.csv").as_str()),
        (Some(1), "old")
    );
    assert_eq!(leftovers(&folder.path("")), 0);
}

/// Before its threads start, `classify` reads some messages and may already write what cannot be
/// used.
#[cfg(unix)]
#[test]
fn an_interrupt_while_the_first_messages_are_read_leaves_nothing_unfinished() {
    let folder = Folder::with_mail();
    folder.run("train mail.csv -q --model multinomial -o a.spamlab");
    let before = files(&folder.path(""));
    let mut program = Command::new(assert_cmd::cargo::cargo_bin("spamlab"));
    program.args("classify - -m a.spamlab -q --rejects bad.csv".split_whitespace());
    program
        .current_dir(folder.path(""))
        .stdin(Stdio::piped())
        .stdout(Stdio::null());
    let mut running = program.spawn().unwrap();
    let mut input = running.stdin.take().unwrap();
    // More messages than are read at once, of which the last is still to come.
    let row = format!("{}\n", "some words of a message, ".repeat(20));
    input.write_all(b"text\n").unwrap();
    for _ in 0..600 {
        input
            .write_all(format!("\"{}\"\n", row.trim()).as_bytes())
            .unwrap();
    }
    input.flush().unwrap();
    let is_begun = || files(&folder.path("")).len() > before.len();
    while !is_begun() && running.try_wait().unwrap().is_none() {
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    assert!(is_begun(), "nothing was begun");
    let interrupted = Command::new("kill")
        .args(["-INT", &running.id().to_string()])
        .status();
    assert!(interrupted.unwrap().success());
    assert_eq!(running.wait().unwrap().code(), Some(130));
    assert_eq!(files(&folder.path("")), before);
}
