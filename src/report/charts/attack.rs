//! Attacks: the spam that is still caught by the words of the attack, under each defence, with
//! words found by asking another model, and the ham that is lost to poisoned mail.

use crate::base::numbers::{count, number};
use crate::report::axis::Axis;
use crate::report::figure::{Figure, LegendEntry, LegendMark, Marks, MatrixCell, Panel, Series};
use crate::report::palette::Role;
use crate::results::Family;
use crate::results::experiments::{Attack, AttackFound, CLEAN_RATES, Defence, Poison};

/// What stands above the pictures.
const KICKER: &str = "Attack";
/// All spam, in percent.
const ALL: f64 = 100.0;
const HAM: &str = "ham_misclassified_pct";

/// The pictures of attacks, each with the name of its files.
pub fn of_an_attack(found: &AttackFound) -> Vec<(&'static str, Figure)> {
    let of_rate = |draw: fn(&AttackFound, usize) -> Option<Figure>| draw(found, found.told_rate()?);
    [
        ("attack", of_rate(by_words)),
        ("attack_defences", of_rate(defences)),
        ("attack_transfer", of_rate(transfers)),
        ("attack_poison", by_poison(found)),
    ]
    .into_iter()
    .filter_map(|(key, figure)| Some((key, figure?)))
    .map(|(key, figure)| {
        let kicker = KICKER.to_owned();
        (key, Figure { kicker, ..figure })
    })
    .collect()
}

/// The role of each model: of each family the one that withstands attacks best stands out.
fn roles(found: &AttackFound, rate: usize) -> Vec<Role> {
    let best = Family::BOTH.map(|family| Some(found.withstands_best(family, rate)?.0));
    let mut others = [0, 0];
    let models = found.models.iter().enumerate();
    models
        .map(|(at, model)| {
            if best.contains(&Some(at)) {
                return Role::Best(model.family);
            }
            let of_family = usize::from(model.family == Family::BOTH[1]);
            others[of_family] += 1;
            Role::Model(model.family, others[of_family])
        })
        .collect()
}

fn legend(found: &AttackFound, roles: &[Role]) -> Vec<LegendEntry> {
    let models = found.models.iter().zip(roles);
    models
        .map(|(model, role)| LegendEntry::new(&*model.name, *role, LegendMark::LineAndMarker))
        .collect()
}

fn at_place((place, value): (usize, f64)) -> [f64; 2] {
    [place as f64 + 0.5, value]
}

fn by_words(found: &AttackFound, rate: usize) -> Option<Figure> {
    let roles = roles(found, rate);
    let panel = |attack: Attack| {
        let words = found.words(attack);
        if words.is_empty() {
            return None;
        }
        let line = |(model, role): (usize, &Role)| {
            let before = found.caught(model, attack.baseline(), 0, rate);
            let after = words
                .iter()
                .map(|&words| found.caught(model, attack, words, rate));
            let values = std::iter::once(before).chain(after).enumerate();
            let points = values.filter_map(|(at, value)| Some(at_place((at, value?))));
            let marks = Marks::MarkedLine(points.collect());
            Series::new(&*found.models[model].name, *role, marks)
        };
        let lines = roles.iter().enumerate().map(line).collect();
        let numbers = std::iter::once(0).chain(words.iter().copied()).map(count);
        let x = Axis::places("words added or changed", numbers);
        let y = Axis::linear("spam caught, %", [0.0, ALL]);
        Some(Panel::new(x, y, lines).titled(attack.name()))
    };
    let attacks = Attack::PASSIVE.into_iter().chain(Attack::ACTIVE);
    let panels: Vec<Panel> = attacks.filter_map(panel).collect();
    if panels.is_empty() {
        return None;
    }
    let description = format!(
        "Spam that is still caught at thresholds that misclassify {} % of the clean ham, by the \
         number of words that an attack adds or changes.",
        number(100.0 * CLEAN_RATES[rate], 1)
    );
    let figure = Figure::new(description, panels, legend(found, &roles));
    let title = format!("Spam caught under attack: {}", found.mail);
    Some(figure.in_grid(3, 330).entitled(title))
}

/// A matrix cell that is darker the less spam is caught.
fn cell((column, row): (usize, usize), caught: f64) -> MatrixCell {
    let (left, bottom) = (column as f64, row as f64);
    MatrixCell {
        from: [left, bottom],
        to: [left + 1.0, bottom + 1.0],
        shade: 1.0 - caught / ALL,
        text: number(caught, 0),
        detail: String::new(),
        link: None,
    }
}

fn defences(found: &AttackFound, rate: usize) -> Option<Figure> {
    let measured = |defence: &Defence| found.cells.iter().any(|cell| cell.defence == *defence);
    let defences: Vec<Defence> = Defence::ALL.into_iter().filter(measured).collect();
    let defended = |cell: &&crate::results::experiments::AttackCell| {
        cell.defence != Defence::None && cell.words > 0
    };
    let words = found.cells.iter().find(defended)?.words;
    let attacks: Vec<(Attack, usize)> = [(Attack::None, 0)]
        .into_iter()
        .chain(Attack::PASSIVE.map(|attack| (attack, words)))
        .collect();
    let models: Vec<&str> = found.models.iter().map(|model| &*model.name).collect();
    let panel = |defence: &Defence| {
        let rows = attacks.iter().rev().enumerate();
        let of_row = |(row, (attack, words)): (usize, &(Attack, usize))| {
            let of_model = |model: usize| {
                let found = found.cell(model, *defence, *attack, *words)?;
                Some(cell((model, row), found.caught[rate].as_ref()?.value?))
            };
            let cells = (0..models.len()).filter_map(of_model).collect();
            Series::new(attack.name(), Role::Subject, Marks::Cells(cells))
        };
        let names: Vec<&str> = attacks
            .iter()
            .rev()
            .map(|(attack, _)| attack.name())
            .collect();
        let x = Axis::named("model", &models);
        let y = Axis::named("attack", &names);
        Panel::new(x, y, rows.map(of_row).collect()).titled(format!("defence: {}", defence.name()))
    };
    let panels: Vec<Panel> = defences.iter().map(panel).collect();
    let description = format!(
        "Spam caught in percent at thresholds that misclassify {} % of the clean ham under the \
         same defence, of messages to which an attack does {} words. The darker a cell, the more \
         gets through.",
        number(100.0 * CLEAN_RATES[rate], 1),
        count(words)
    );
    let figure = Figure::new(description, panels, Vec::new());
    let height = 130 + 30 * attacks.len() as u32;
    let title = format!("What defences are worth: {}", found.mail);
    Some(figure.in_grid(1, height).entitled(title))
}

fn transfers(found: &AttackFound, rate: usize) -> Option<Figure> {
    let words = found.transfers.first()?.words;
    let asked = |model: &usize| {
        found
            .transfers
            .iter()
            .any(|transfer| transfer.asked == *model)
    };
    let asked: Vec<usize> = (0..found.models.len()).filter(asked).collect();
    let of_row = |(row, &from): (usize, &usize)| {
        let of = found
            .transfers
            .iter()
            .filter(|transfer| transfer.asked == from);
        let cells = of.filter_map(|transfer| {
            Some(cell(
                (transfer.victim, row),
                transfer.caught[rate].as_ref()?.value?,
            ))
        });
        let name = &*found.models[from].name;
        Series::new(name, Role::Subject, Marks::Cells(cells.collect()))
    };
    let rows = asked.iter().rev().enumerate().map(of_row).collect();
    let models: Vec<&str> = found.models.iter().map(|model| &*model.name).collect();
    let from: Vec<&str> = asked.iter().rev().map(|&model| models[model]).collect();
    let panel = Panel::new(
        Axis::named("attacked", &models),
        Axis::named("asked", &from),
        rows,
    );
    let description = format!(
        "Spam caught in percent by each model (columns) if the {} best words are added that were \
         found by asking another one (rows), at thresholds that misclassify {} % of the clean \
         ham. The darker a cell, the more gets through.",
        count(words),
        number(100.0 * CLEAN_RATES[rate], 1)
    );
    let height = 130 + 34 * asked.len() as u32;
    let figure = Figure::new(description, vec![panel], Vec::new());
    let title = "What words that one model gives way to do to the others";
    Some(figure.in_grid(1, height).entitled(title))
}

fn by_poison(found: &AttackFound) -> Option<Figure> {
    let roles = roles(found, found.told_rate().unwrap_or_default());
    let shares = |poison: Poison| {
        let of = found.poisoned.iter().filter(|cell| cell.poison == poison);
        let mut shares: Vec<f64> = of.map(|cell| cell.share).collect();
        shares.sort_by(f64::total_cmp);
        shares.dedup();
        shares.retain(|share| *share > 0.0);
        shares
    };
    let lost = |model: usize, poison: Option<Poison>, share: f64| {
        let is_it = |cell: &&crate::results::experiments::PoisonedCell| {
            let of = poison.is_none_or(|poison| cell.poison == poison);
            of && cell.model == model && cell.share == share
        };
        found.poisoned.iter().find(is_it)?.metrics.get(HAM)?.value
    };
    let panel = |poison: Poison| {
        let shares = shares(poison);
        if shares.is_empty() {
            return None;
        }
        let line = |(model, role): (usize, &Role)| {
            let before = lost(model, None, 0.0);
            let after = shares.iter().map(|&share| lost(model, Some(poison), share));
            let values = std::iter::once(before).chain(after).enumerate();
            let points = values.filter_map(|(at, value)| Some(at_place((at, value?))));
            let marks = Marks::MarkedLine(points.collect());
            Series::new(&*found.models[model].name, *role, marks)
        };
        let lines = roles.iter().enumerate().map(line).collect();
        let numbers = std::iter::once(0.0).chain(shares.iter().copied());
        let x = Axis::places(
            "poisoned training emails, %",
            numbers.map(|share| number(100.0 * share, 0)),
        );
        let y = Axis::linear("ham misclassified, %", [0.0, ALL]);
        Some(Panel::new(x, y, lines).titled(poison.name()))
    };
    let panels: Vec<Panel> = Poison::ALL.into_iter().filter_map(panel).collect();
    if panels.is_empty() {
        return None;
    }
    let description = "\
        Clean ham that is misclassified, at each model's own threshold, by the share of training \
        emails that were put there to spoil it.";
    let figure = Figure::new(description.to_owned(), panels, legend(found, &roles));
    let title = format!("Ham lost to poisoned training mail: {}", found.mail);
    Some(figure.in_grid(3, 330).entitled(title))
}
