//! From which level of a damage on one of the best models of both families falls behind the other,
//! in words.

use super::noise::names;
use crate::base::numbers::number;
use crate::results::experiments::{Damage, NoiseFound, NoiseLevel};

/// By the error rate and by (1-ROCA) %.
pub fn damage_in_words(found: &NoiseFound, damage: Damage) -> String {
    let named = [
        ("error rate", "error_pct"),
        ("(1-ROCA) %", "one_minus_roca_pct"),
    ];
    let told = named.map(|(name, key)| Some(Apart::new(found, damage, key)?.told(name)));
    let told: Vec<String> = told.into_iter().flatten().collect();
    told.join(" ")
}

/// How far the best models are apart, from undamaged mail to the highest level of a damage.
struct Apart<'a> {
    /// The generative model and the discriminative one.
    names: [&'a str; 2],
    /// Each level, and the generative model less the discriminative one.
    levels: Vec<(String, f64, [f64; 2])>,
}

impl<'a> Apart<'a> {
    /// None where no level was reached at which both were fitted.
    fn new(found: &'a NoiseFound, damage: Damage, key: &str) -> Option<Apart<'a>> {
        let levels = found.of(damage);
        if levels.iter().all(|level| level.damage.is_none()) {
            return None;
        }
        let of = |level: &&NoiseLevel| {
            let (value, interval) = level.differences.get(key)?;
            Some((level.name(), *value, *interval))
        };
        let levels: Option<Vec<(String, f64, [f64; 2])>> = levels.iter().map(of).collect();
        Some(Apart {
            names: names(found)?,
            levels: levels?,
        })
    }

    /// Who is ahead at a level: -1 is the generative model, 0 neither by more than chance.
    fn ahead(&self, at: usize) -> i8 {
        let (.., [low, high]) = self.levels[at];
        if high < 0.0 { -1 } else { i8::from(low > 0.0) }
    }

    /// The model that is ahead at a level and the other one.
    fn sides(&self, at: usize) -> [&'a str; 2] {
        let [generative, discriminative] = self.names;
        if self.ahead(at) < 0 {
            [generative, discriminative]
        } else {
            [discriminative, generative]
        }
    }

    /// By how much the model that is ahead at a level is so.
    fn by(&self, at: usize) -> String {
        let (_, value, [low, high]) = self.levels[at];
        let numbers = if self.ahead(at) < 0 {
            [-value, -high, -low]
        } else {
            [value, low, high]
        };
        let [by, low, high] = numbers.map(|points| number(points, 2));
        format!("{by} points ({low} to {high})")
    }

    /// What there is between two models of which neither is ahead.
    fn between(&self, at: usize) -> String {
        let [generative, discriminative] = self.names;
        format!("{generative} less {discriminative} is {}", self.by(at))
    }

    fn undamaged(&self) -> String {
        if self.ahead(0) == 0 {
            format!("on undamaged mail neither is ahead ({})", self.between(0))
        } else {
            let [winner, _] = self.sides(0);
            format!("on undamaged mail {winner} is ahead by {}", self.by(0))
        }
    }

    /// As a sentence that begins with the name of the metric.
    fn told(&self, metric: &str) -> String {
        let last = self.levels.len() - 1;
        let most = &self.levels[last].0;
        let same = |at: &usize| self.ahead(*at) == self.ahead(last);
        let since = (0..last).rev().take_while(same).last().unwrap_or(last);
        let [winner, loser] = self.sides(last);
        let by = self.by(last);
        if self.ahead(last) == 0 {
            let between = self.between(last);
            let undamaged = self.undamaged();
            return format!("By {metric}, neither is ahead at {most} ({between}); {undamaged}.");
        }
        if since == 0 {
            let first = self.by(0);
            return format!(
                "By {metric}, {winner} is ahead of {loser} throughout: on undamaged mail by \
                 {first}, at {most} by {by}."
            );
        }
        let there = if since < last {
            let (from, there) = (&self.levels[since].0, self.by(since));
            format!("{from} on, there by {there}, and at {most} by {by}")
        } else {
            format!("{most} on, there by {by}")
        };
        let undamaged = self.undamaged();
        format!("By {metric}, {loser} falls behind {winner} from {there}; {undamaged}.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::Family;
    use crate::results::experiments::NamedModel;

    /// Undamaged mail and then 25, 50 and 75 % of the words missing, by these differences.
    fn found(differences: [(f64, [f64; 2]); 4]) -> NoiseFound {
        let model = |name: &str, family: Family| NamedModel {
            name: name.to_owned(),
            family,
        };
        let level = |(at, difference): (usize, (f64, [f64; 2]))| NoiseLevel {
            damage: (at > 0).then_some(Damage::MissingWords),
            level: 25 * at,
            draws: 1,
            models: Vec::new(),
            differences: [("error_pct".to_owned(), difference)].into(),
        };
        NoiseFound {
            mail: "mail".to_owned(),
            training: [8, 8],
            test: [2, 2],
            left_out: 0,
            seed: 1,
            replicates: 100,
            models: vec![
                model("bayes", Family::Generative),
                model("svm", Family::Discriminative),
            ],
            best: [Some(0), Some(1)],
            levels: differences.into_iter().enumerate().map(level).collect(),
        }
    }

    #[test]
    fn who_falls_behind_is_told_with_the_level_and_the_interval() {
        let told = |differences| damage_in_words(&found(differences), Damage::MissingWords);
        let (behind, level, ahead) = ((2.0, [1.0, 3.0]), (0.1, [-1.0, 1.0]), (-2.5, [-4.0, -1.0]));
        assert_eq!(
            told([behind, level, ahead, ahead]),
            "By error rate, svm falls behind bayes from 50 % on, there by 2.50 points (1.00 to \
             4.00), and at 75 % by 2.50 points (1.00 to 4.00); on undamaged mail svm is ahead by \
             2.00 points (1.00 to 3.00)."
        );
        assert_eq!(
            told([level, level, level, behind]),
            "By error rate, bayes falls behind svm from 75 % on, there by 2.00 points (1.00 to \
             3.00); on undamaged mail neither is ahead (bayes less svm is 0.10 points (−1.00 to \
             1.00))."
        );
        assert_eq!(
            told([ahead; 4]),
            "By error rate, bayes is ahead of svm throughout: on undamaged mail by 2.50 points \
             (1.00 to 4.00), at 75 % by 2.50 points (1.00 to 4.00)."
        );
        assert_eq!(
            told([ahead, ahead, behind, level]),
            "By error rate, neither is ahead at 75 % (bayes less svm is 0.10 points (−1.00 to \
             1.00)); on undamaged mail bayes is ahead by 2.50 points (1.00 to 4.00)."
        );
        // Of other damage nothing is known but undamaged mail.
        assert_eq!(damage_in_words(&found([ahead; 4]), Damage::RareSpam), "");
    }
}
