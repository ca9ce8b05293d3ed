//! What several corpora say of the same models.

use crate::base::numbers::{count, number, probability, shown_p};
use crate::report::statements::joined::joined;
use crate::report::statements::statement::Statement;
use crate::results::{
    Family, Friedman, OverCorpora, PairOverCorpora, RankedModel, SIGNIFICANCE_LEVEL, is_significant,
};

/// Whether ranks differ, from which models the first is distinguishable, what is believed of the
/// best of both families, and how many pairs are practically equivalent.
pub fn over_corpora(found: &OverCorpora) -> Vec<Statement> {
    let told = [
        Some(best_ranks(found)),
        friedman(found),
        pairs_of_first(found),
        best_of_families(found),
        equivalent_pairs(found),
        left_out(found),
    ];
    told.into_iter().flatten().collect()
}

/// Which models rank best, where that is more than chance explains.
fn best_ranks(found: &OverCorpora) -> Statement {
    let (corpora, models) = (found.corpora.len(), found.models.len());
    let mut rests_on = vec![corpora as f64, models as f64];
    let over = format!("Over {} corpora", count(corpora));
    let models = count(models);
    let text = match found.friedman {
        None => format!("{over}, all {models} models make equally many errors."),
        Some(test) if test.is_significant() => {
            let first = found.models[0].rank;
            let best = found.models.iter().filter(|one| one.rank <= first);
            let best: Vec<&str> = best.map(|one| one.model.as_str()).collect();
            let rank = if best.len() == 1 { "ranks" } else { "rank" };
            rests_on.push(first);
            format!(
                "{over}, {} {rank} best of {models} models by error rate, {} on average.",
                joined(&best, "and"),
                number(first, 1)
            )
        }
        Some(_) => format!("{over}, no order of {models} models by error rate is distinguishable."),
    };
    Statement::new(text, rests_on)
}

/// Whether the ranks differ by more than chance explains.
fn friedman(found: &OverCorpora) -> Option<Statement> {
    let test = found.friedman?;
    let p = shown_p(test.p_value);
    let text = if test.is_significant() {
        format!("The ranks differ by more than chance explains (Friedman’s test, {p}).")
    } else {
        format!("The ranks do not differ by more than chance explains (Friedman’s test, {p}).")
    };
    Some(Statement::new(text, vec![test.p_value]))
}

/// From which models the one of the best rank is distinguishable; nothing where the ranks are
/// chance.
fn pairs_of_first(found: &OverCorpora) -> Option<Statement> {
    found.friedman.filter(Friedman::is_significant)?;
    let first = &found.models[0].model;
    let apart = found.pairs.iter();
    let apart = apart.filter(|pair| pair.a == *first && is_significant(pair.p_value));
    let apart: Vec<&PairOverCorpora> = apart.collect();
    let names: Vec<&str> = apart.iter().map(|pair| pair.b.as_str()).collect();
    let corrected = format!(
        "(mean ranks, Holm’s correction for {} pairs)",
        count(found.pairs.len())
    );
    let text = match (names.len(), found.models.len() - 1) {
        (0, _) => format!("It is not distinguishable from any other model {corrected}."),
        (apart, others) if apart == others => {
            format!("It is distinguishable from every other model {corrected}.")
        }
        _ => format!(
            "It is distinguishable from {} {corrected}.",
            joined(&names, "and")
        ),
    };
    let text = text.replacen("It is", &format!("{first} is"), 1);
    let rests_on = apart.iter().map(|pair| pair.p_value).collect();
    Some(Statement::new(text, rests_on))
}

/// How many pairs the critical difference of mean ranks tells apart.
pub fn ranks_apart(found: &OverCorpora) -> Statement {
    let rank = |name: &str| {
        let model = found.models.iter().find(|one| one.model == name);
        model.map_or(0.0, |one| one.rank)
    };
    let is_apart = |pair: &&PairOverCorpora| {
        (rank(&pair.a) - rank(&pair.b)).abs() >= found.critical_difference
    };
    let apart = found.pairs.iter().filter(is_apart).count();
    let rests_on = [apart, found.pairs.len()].map(|number| number as f64);
    let text = match (apart, found.pairs.len()) {
        (0, 1) => "The mean ranks of both models are not distinguishable.".to_owned(),
        (_, 1) => "The mean ranks of both models are distinguishable.".to_owned(),
        (0, _) => "No two models are distinguishable by their mean ranks alone.".to_owned(),
        (apart, pairs) => {
            let verb = if apart == 1 { "is" } else { "are" };
            format!(
                "{} of {} pairs of models {verb} distinguishable by their mean ranks.",
                count(apart),
                count(pairs)
            )
        }
    };
    Statement::new(text, rests_on.to_vec())
}

/// What is believed of the best of each family by rank; of one family, of its first two.
fn best_of_families(found: &OverCorpora) -> Option<Statement> {
    let of = |family: Family| found.models.iter().find(|one| one.family == family);
    let (first, second): (&RankedModel, &RankedModel) =
        match (of(Family::Generative), of(Family::Discriminative)) {
            (Some(a), Some(b)) => (a, b),
            _ => (found.models.first()?, found.models.get(1)?),
        };
    let pair = found.pair(&first.model, &second.model)?;
    let who = if first.family == second.family {
        format!("{} and {}, which rank best,", pair.a, pair.b)
    } else {
        format!(
            "{} and {}, the best of each family by rank,",
            pair.a, pair.b
        )
    };
    Some(belief(found, pair, &who))
}

/// What is believed of a pair that `who` introduces.
fn belief(found: &OverCorpora, pair: &PairOverCorpora, who: &str) -> Statement {
    let within = region(found);
    let PairOverCorpora { a, b, belief, .. } = pair;
    let [lower, equivalent, higher] = [belief.lower, belief.equivalent, belief.higher];
    let rests_on = vec![lower, equivalent, higher];
    let text = if belief.is_equivalent() {
        format!(
            "{who} are practically equivalent (error rates within {within}) with probability {}.",
            probability(equivalent)
        )
    } else if belief.is_apart() {
        let (better, worse) = if lower > higher { (a, b) } else { (b, a) };
        format!(
            "Of {who} {better} makes fewer errors than {worse} by more than {within}, with \
             probability {}.",
            probability(lower.max(higher))
        )
    } else {
        format!(
            "Of {who} it is open which is better: the probability is {} that they are practically \
             equivalent (error rates within {within}), {} that {a} makes fewer errors by more than \
             that, and {} that {b} does.",
            probability(equivalent),
            probability(lower),
            probability(higher)
        )
    };
    Statement::new(text, rests_on)
}

/// How many pairs are practically equivalent, and of how many one is better by more than that.
fn equivalent_pairs(found: &OverCorpora) -> Option<Statement> {
    let pairs = found.pairs.len();
    let count_of =
        |is: &dyn Fn(&PairOverCorpora) -> bool| found.pairs.iter().filter(|pair| is(pair)).count();
    let equivalent = count_of(&|pair| pair.belief.is_equivalent());
    let apart = count_of(&|pair| pair.belief.is_apart());
    let text = format!(
        "With a probability of {} or more, {} of the {} pairs of models {} practically equivalent \
         (Bayesian signed-rank test), and in {} one model makes fewer errors by more than {}.",
        number(1.0 - SIGNIFICANCE_LEVEL, 2),
        count(equivalent),
        count(pairs),
        if equivalent == 1 { "is" } else { "are" },
        if apart == 0 {
            "no pair".to_owned()
        } else {
            count(apart)
        },
        region(found)
    );
    let rests_on = [equivalent, pairs, apart].map(|number| number as f64);
    (pairs > 1).then(|| Statement::new(text, rests_on.to_vec()))
}

/// The models of which nothing is said.
fn left_out(found: &OverCorpora) -> Option<Statement> {
    let left_out = &found.left_out;
    let has = if left_out.len() == 1 { "has" } else { "have" };
    let text = format!(
        "{} {has} no result on some of the corpora and {has} no rank.",
        joined(left_out, "and")
    );
    (!left_out.is_empty()).then(|| Statement::new(text, vec![left_out.len() as f64]))
}

/// The region of practical equivalence in points.
fn region(found: &OverCorpora) -> String {
    // A share of 0.07 is not quite 7 points.
    let points = (1e8 * found.practically_equivalent).round() / 1e6;
    let unit = if points == 1.0 { "point" } else { "points" };
    format!("{points} {unit}")
}
