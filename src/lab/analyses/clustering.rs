//! Kinds of mail in a corpus that nobody sorted: a mixture of multinomials over the words that are
//! neither rare nor everywhere, fitted by EM without looking at any label, from several beginnings
//! of which the best stays.
//!
//! How many kinds there are is chosen by the Bayesian information criterion ([`em::bic`]), a rule
//! of thumb here; the table of all numbers of kinds is given beside it. Left out: messages that
//! belong to two kinds are counted for the likelier one.

use super::analysis::{Analysis, LooksAt, erased, parameters};
use crate::base::mail::Label;
use crate::base::progress::Progress;
use crate::base::streams::Stream;
use crate::dataset::{Corpus, CorpusOptions};
use crate::input::Labels;
use crate::lab::data::Reading;
use crate::lab::error::LabError;
use crate::lab::spec::ExperimentSpec;
use crate::optim::em::{self, Components, Observed, Steps};
use crate::tokenize::{TokenId, TokenKind};
use serde::{Deserialize, Serialize};

/// The most words that are looked at.
const WORDS: usize = 2_000;
/// Messages for each word at least: words that are not said often enough tell no kind.
const EMAILS_PER_WORD: usize = 2;
/// Share of the messages in which a word may stand at most.
const EVERYWHERE: f64 = 0.4;
/// Messages in which it must stand at least.
const RARE: usize = 3;
/// Beginnings tried for each number of kinds.
const BEGINNINGS: u8 = 5;
/// Telling words and typical messages of a kind.
const TELLING: usize = 10;
const TYPICAL: usize = 3;
/// Characters of a subject.
const SUBJECT: usize = 70;
const STEPS: Steps = Steps {
    alpha: 0.1,
    max_iter: 100,
    tol: 1e-6,
};

/// The row of the table.
pub(super) const ANALYSIS: Analysis = Analysis {
    name: "clusters",
    question: "What kinds of mail are there, if nobody looks at the labels?",
    looks_at: LooksAt::Mail(|spec, _, given, progress| {
        erased(cluster(spec, &parameters("clusters", given)?, progress))
    }),
    section: None,
    charts: &[],
};

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClusterParameters {
    /// The number of kinds; None for the one of lowest Bayesian information criterion.
    pub kinds: Option<u16>,
    /// The largest number of kinds that is tried.
    pub most: u16,
}

impl Default for ClusterParameters {
    fn default() -> ClusterParameters {
        ClusterParameters {
            kinds: None,
            most: 12,
        }
    }
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Clusters {
    /// The kinds, largest first.
    pub kinds: Vec<KindOfMail>,
    /// Every number of kinds that was tried.
    pub tried: Vec<Count>,
    /// The id of each message and its kind, from 0; None for a message without any of the words.
    #[serde(skip)]
    pub assigned: Vec<(String, Option<usize>)>,
    /// Words looked at.
    pub words: usize,
}

/// One number of kinds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Count {
    /// How many.
    pub kinds: usize,
    /// Log likelihood of all messages, in nats.
    pub log_likelihood: f64,
    /// Bayesian information criterion; the least is best.
    pub bic: f64,
}

/// One kind of mail.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KindOfMail {
    /// Messages of it.
    pub emails: usize,
    /// Those of them that have a label, which is looked up afterwards.
    pub labels: LabelCounts,
    /// Its most telling words, each with how many times likelier it is here than in all mail.
    pub words: Vec<(String, f64)>,
    /// Its most typical messages, the most typical first.
    pub typical: Vec<TypicalEmail>,
}

/// Messages by label.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct LabelCounts {
    /// Ham.
    pub ham: usize,
    /// Spam.
    pub spam: usize,
}

/// A message that is typical of its kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TypicalEmail {
    /// What it is called.
    pub id: String,
    /// The beginning of its first line.
    pub subject: String,
}

/// Finds the kinds of mail in the data of `spec`, which may be without labels.
pub fn cluster(
    spec: &ExperimentSpec,
    parameters: &ClusterParameters,
    progress: &dyn Progress,
) -> Result<Clusters, LabError> {
    let keep = CorpusOptions::TEXT;
    let reading = Reading {
        labels: Labels::Optional,
        ..Reading::new(&spec.data, &spec.recipe, keep)
    };
    let read = reading.read(progress)?;
    let found = cluster_corpus(read.mail.emails(), parameters, spec.seed, progress);
    progress.end();
    found
}

fn cluster_corpus(
    corpus: &Corpus,
    parameters: &ClusterParameters,
    seed: u64,
    progress: &dyn Progress,
) -> Result<Clusters, LabError> {
    let wanted = parameters.kinds.map(usize::from);
    let most = usize::from(parameters.most);
    let words = words(corpus);
    let bags = Bags::of(corpus, &words);
    let too_little = || LabError::TooLittleToCluster {
        emails: bags.rows.len(),
        words: words.len(),
    };
    if bags.rows.len() < 2 * wanted.unwrap_or(2) || words.len() < 2 {
        return Err(too_little());
    }
    let counts: Vec<usize> = wanted.map_or_else(
        || (1..=most.min(bags.rows.len() / 2).max(1)).collect(),
        |one| vec![one],
    );
    progress.begin("finding kinds", counts.len() as u64 * u64::from(BEGINNINGS));
    let found = counts.into_iter().map(|count| {
        let fits = (0..BEGINNINGS).map(|beginning| {
            let fitted = bags.fit(count, words.len(), seed, beginning);
            progress.advance(1);
            fitted
        });
        let best = fits.reduce(|best, next| if next.1 > best.1 { next } else { best });
        best.map(|(components, log_likelihood)| {
            let bic = em::bic(log_likelihood, count, words.len(), bags.rows.len());
            (
                components,
                Count {
                    kinds: count,
                    log_likelihood,
                    bic,
                },
            )
        })
    });
    let found: Vec<(Components, Count)> = found.flatten().collect();
    let tried = found.iter().map(|(_, count)| *count).collect();
    let best = found
        .into_iter()
        .reduce(|best, next| if next.1.bic < best.1.bic { next } else { best });
    let (components, _) = best.ok_or_else(too_little)?;
    Ok(bags.describe(corpus, &words, &components, tried))
}

/// The beginning of the first line of a message that is not blank.
fn subject(corpus: &Corpus, row: usize) -> String {
    let text = String::from_utf8_lossy(corpus.text(row));
    let line = text.lines().map(str::trim).find(|line| !line.is_empty());
    let letters = line.unwrap_or_default().chars();
    letters
        .filter(|letter| !letter.is_control())
        .take(SUBJECT)
        .collect()
}

/// The words that are neither rare nor everywhere, those of most messages first.
fn words(corpus: &Corpus) -> Vec<TokenId> {
    let mut emails = vec![0usize; corpus.lexicon().len()];
    for row in 0..corpus.len() {
        for &(token, _) in corpus.bag(row) {
            emails[token as usize] += 1;
        }
    }
    let everywhere = EVERYWHERE * corpus.len() as f64;
    let fits = |token: &TokenId| {
        let held = emails[*token as usize];
        let is_word = matches!(
            corpus.lexicon().kind(*token),
            TokenKind::Word | TokenKind::Subject
        );
        is_word && held >= RARE && (held as f64) <= everywhere
    };
    let mut words: Vec<TokenId> = (0..corpus.lexicon().len() as TokenId)
        .filter(fits)
        .collect();
    words.sort_by(|&a, &b| emails[b as usize].cmp(&emails[a as usize]).then(a.cmp(&b)));
    words.truncate(WORDS.min(corpus.len() / EMAILS_PER_WORD));
    words
}

/// The messages that hold any of the words.
struct Bags {
    /// Rows in the corpus.
    rows: Vec<usize>,
    columns: Vec<Vec<u32>>,
    ones: Vec<f32>,
}

impl Bags {
    fn of(corpus: &Corpus, words: &[TokenId]) -> Bags {
        let mut column = vec![u32::MAX; corpus.lexicon().len()];
        for (at, &word) in words.iter().enumerate() {
            column[word as usize] = at as u32;
        }
        let (mut rows, mut columns) = (Vec::new(), Vec::new());
        for row in 0..corpus.len() {
            let held = corpus
                .bag(row)
                .iter()
                .map(|&(token, _)| column[token as usize]);
            let held: Vec<u32> = held.filter(|&column| column != u32::MAX).collect();
            if !held.is_empty() {
                rows.push(row);
                columns.push(held);
            }
        }
        let longest = columns.iter().map(Vec::len).max().unwrap_or(0);
        Bags {
            rows,
            columns,
            ones: vec![1.0; longest],
        }
    }

    fn observed(&self, count: usize) -> Vec<Observed<'_>> {
        let observed = self.columns.iter().map(|columns| Observed {
            columns,
            values: &self.ones[..columns.len()],
            weight: 1.0,
            allowed: 0..count,
        });
        observed.collect()
    }

    /// The components from one beginning, and the log likelihood of all messages by them.
    fn fit(&self, count: usize, words: usize, seed: u64, beginning: u8) -> (Components, f64) {
        let all: Vec<usize> = (0..self.rows.len()).collect();
        let start = em::beginnings(&all, count, seed, Stream::ClusterStart(beginning));
        let observed = self.observed(count);
        let components =
            em::fit(&observed, words, count, &start, &STEPS, &mut |_, _| true).components;
        let whole = |mail: &Observed<'_>| {
            em::log_sum(&components.joint(mail.columns, mail.values, 0..count))
        };
        let log_likelihood = observed.iter().map(whole).sum();
        (components, log_likelihood)
    }

    fn describe(
        &self,
        corpus: &Corpus,
        words: &[TokenId],
        components: &Components,
        tried: Vec<Count>,
    ) -> Clusters {
        let count = components.log_weight.len();
        // By mail the likeliest component, and how much likelier than the corpus as a whole it
        // makes a word on average.
        let placed: Vec<(usize, f64)> = self
            .observed(count)
            .iter()
            .map(|mail| {
                let joint = components.joint(mail.columns, mail.values, 0..count);
                let best = (0..count)
                    .max_by(|&a, &b| joint[a].total_cmp(&joint[b]).then(b.cmp(&a)))
                    .unwrap_or(0);
                (
                    best,
                    (joint[best] - em::log_sum(&joint)) / mail.columns.len() as f64,
                )
            })
            .collect();
        let mut kinds: Vec<(usize, KindOfMail)> = (0..count)
            .map(|at| (at, self.kind(corpus, words, components, &placed, at)))
            .collect();
        kinds.sort_by(|(a, one), (b, other)| other.emails.cmp(&one.emails).then(a.cmp(b)));
        let ids = (0..corpus.len()).map(|row| (corpus.id(row).to_owned(), None));
        let mut assigned: Vec<(String, Option<usize>)> = ids.collect();
        for (&row, (component, _)) in self.rows.iter().zip(&placed) {
            assigned[row].1 = kinds.iter().position(|(at, _)| at == component);
        }
        Clusters {
            kinds: kinds.into_iter().map(|(_, kind)| kind).collect(),
            tried,
            assigned,
            words: words.len(),
        }
    }

    fn kind(
        &self,
        corpus: &Corpus,
        words: &[TokenId],
        components: &Components,
        placed: &[(usize, f64)],
        at: usize,
    ) -> KindOfMail {
        let own: Vec<usize> = (0..placed.len())
            .filter(|&mail| placed[mail].0 == at)
            .collect();
        let everywhere = |column: usize| -> f64 {
            let parts = components
                .log_weight
                .iter()
                .zip(&components.log_probability);
            parts
                .map(|(weight, table)| (weight + table[column]).exp())
                .sum()
        };
        // What a word contributes to the distance of this kind from the corpus (Kullback and
        // Leibler 1951).
        let ratio =
            |column: usize| components.log_probability[at][column] - everywhere(column).ln();
        let telling = |column: usize| components.log_probability[at][column].exp() * ratio(column);
        let mut ranked: Vec<usize> = (0..words.len()).collect();
        ranked.sort_by(|&a, &b| telling(b).total_cmp(&telling(a)).then(a.cmp(&b)));
        let word = |&column: &usize| {
            (
                corpus.lexicon().token(words[column]).to_owned(),
                ratio(column).exp(),
            )
        };
        let mut typical = own.clone();
        // The surest, and of those equally sure the one with most to go by.
        typical.sort_by(|&a, &b| {
            let longer = self.columns[b].len().cmp(&self.columns[a].len());
            placed[b]
                .1
                .total_cmp(&placed[a].1)
                .then(longer)
                .then(a.cmp(&b))
        });
        let mut labels = LabelCounts::default();
        for label in own.iter().filter_map(|&mail| corpus.label(self.rows[mail])) {
            match label {
                Label::Ham => labels.ham += 1,
                Label::Spam => labels.spam += 1,
            }
        }
        let typical = typical.into_iter().take(TYPICAL).map(|mail| TypicalEmail {
            id: corpus.id(self.rows[mail]).to_owned(),
            subject: subject(corpus, self.rows[mail]),
        });
        KindOfMail {
            emails: own.len(),
            labels,
            words: ranked
                .iter()
                .take(TELLING)
                .filter(|&&column| ratio(column) > 0.0)
                .map(word)
                .collect(),
            typical: typical.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::mail::{Content, Email};
    use crate::base::math::below;
    use crate::base::progress::Silent;
    use crate::base::streams::random_stream;
    use crate::dataset::{CorpusBuilder, CorpusOptions};
    use crate::tokenize::{Recipe, Stem};

    /// Messages of three kinds, each with twelve words of its own.
    fn corpus(emails: usize) -> Corpus {
        let mut rng = random_stream(2, Stream::Test(0));
        let mut mail = |at: usize| {
            let kind = ["tea", "rail", "moon"][at % 3];
            let words: Vec<String> = (0..10)
                .map(|_| format!("{kind}{}", (b'a' + below(&mut rng, 12) as u8) as char))
                .collect();
            let content = Content::Fields {
                from: String::new(),
                subject: String::new(),
                body: words.join(" "),
            };
            Email {
                id: at.to_string(),
                line: 1,
                label: None,
                kind: None,
                content,
            }
        };
        let recipe = Recipe {
            stem: Stem::No,
            ..Recipe::default()
        };
        let mut builder = CorpusBuilder::new(&recipe, CorpusOptions::default());
        builder.add((0..emails).map(&mut mail).collect());
        builder.finish()
    }

    #[test]
    fn three_kinds_are_found_counted_and_named_by_their_words() {
        let corpus = corpus(300);
        let of = |kinds| {
            let parameters = ClusterParameters { kinds, most: 6 };
            cluster_corpus(&corpus, &parameters, 1, &Silent).unwrap()
        };
        let found = of(None);
        assert_eq!(found.kinds.len(), 3, "{:?}", found.tried);
        assert!(found.kinds.iter().all(|kind| kind.emails == 100
            && kind.words.len() == TELLING
            && kind.typical.len() == 3));
        for kind in &found.kinds {
            let start = &kind.words[0].0[..3];
            assert!(
                kind.words
                    .iter()
                    .all(|(word, times)| word.starts_with(start) && (times - 3.0).abs() < 0.2),
                "{kind:?}"
            );
        }
        assert!((0..300).all(|row| found.assigned[row].1 == found.assigned[row % 3].1));
        assert_eq!(of(Some(2)).kinds.len(), 2);
        assert_eq!(found, of(None));
    }

    #[test]
    fn too_little_mail_is_said_to_be_too_little() {
        let refused = cluster_corpus(&corpus(2), &ClusterParameters::default(), 1, &Silent);
        assert!(matches!(
            refused,
            Err(LabError::TooLittleToCluster {
                emails: 0,
                words: 0
            })
        ));
    }
}
