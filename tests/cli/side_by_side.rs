//! Several saved experiments on one page.

use crate::folder::Folder;

#[test]
fn two_reports_are_drawn_on_one_page_in_a_folder_of_its_own() {
    let folder = Folder::with_mail();
    let compare = "compare mail.csv -q --model multinomial,svm --folds 3 --resamples 100 \
                   --no-analysis learning_curve";
    folder.run(&format!("{compare} -o a"));
    folder.run(&format!("{compare} --stem no -o b"));
    folder.run("report -q a b/experiment.json a -o both");
    let page = folder.text("both/report.html");
    let found = folder.json("both/side_by_side.json");
    assert_eq!(found["experiments"].to_string(), r#"["a","b","a (2)"]"#);
    assert!(page.contains("All tested the same 60 messages") && page.contains("recipe.stem"));
    let asked = folder.text("both/tables/asked.csv");
    assert!(asked.contains("recipe.stem,auto,no,auto"), "{asked}");
    let text = folder.text("both/report.md");
    assert!(text.contains("charts/errors.png") && folder.holds("both/charts/errors.png"));
    let said = folder.refused("report a b");
    assert!(said.contains("give -o FOLDER"), "{said}");
    let said = folder.refused("report a b -o a");
    assert!(
        said.contains("a exists and is not a spamlab report"),
        "{said}"
    );
    assert!(folder.json("a/experiment.json")["models"].is_array());
}
