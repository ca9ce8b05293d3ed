//! One vocabulary, and what each model sees of it: an [`Encoder`] for every set of kinds that some
//! model reads, and rows encoded once for each [`FeatureView`], however many models share it.

use super::{Encoder, Vocabulary, VocabularySettings};
use crate::dataset::{AugmentedCorpus, FeatureView, Rows};
use crate::tokenize::{Lexicon, TokenKinds};
use std::sync::OnceLock;

/// Number of variants of [`Representation`](crate::dataset::Representation), for the table of rows.
const REPRESENTATIONS: usize = 6;

/// An encoder for the whole vocabulary and one for each set of kinds that leaves some of it out.
#[derive(Debug, Clone)]
pub struct Encoders {
    whole: Encoder,
    narrow: Vec<(TokenKinds, Encoder)>,
}

impl Encoders {
    /// Learns the vocabulary from `rows` of `corpus`: tokens that at least one of `views` reads.
    pub fn learn<'a>(
        corpus: impl Into<AugmentedCorpus<'a>>,
        rows: &[usize],
        settings: &VocabularySettings,
        views: impl Iterator<Item = FeatureView> + Clone,
    ) -> Encoders {
        Encoders::narrowing(
            Encoder::learn(corpus, rows, settings, FeatureView::union(views.clone())),
            views,
        )
    }

    /// Encoders for the tokens of `lexicon` by a vocabulary learned elsewhere.
    pub fn of(
        vocabulary: &Vocabulary,
        lexicon: &Lexicon,
        views: impl Iterator<Item = FeatureView>,
    ) -> Encoders {
        Encoders::narrowing(Encoder::of(vocabulary, lexicon), views)
    }

    /// The vocabulary of `whole` as each of `views` sees it.
    pub fn narrowing(whole: Encoder, views: impl Iterator<Item = FeatureView>) -> Encoders {
        let mut narrow: Vec<(TokenKinds, Encoder)> = Vec::new();
        for FeatureView { kinds, .. } in views {
            let narrower = whole.kinds.iter().any(|&kind| !kinds.holds(kind));
            if narrower && narrow.iter().all(|(known, _)| *known != kinds) {
                narrow.push((kinds, whole.only(kinds)));
            }
        }
        Encoders { whole, narrow }
    }

    /// The encoder for the whole vocabulary.
    pub fn whole(&self) -> &Encoder {
        &self.whole
    }

    /// The encoder of what `view` reads, which must be one of the views given.
    pub fn of_view(&self, view: FeatureView) -> &Encoder {
        self.position(view.kinds)
            .map_or(&self.whole, |at| &self.narrow[at].1)
    }

    fn position(&self, kinds: TokenKinds) -> Option<usize> {
        self.narrow.iter().position(|(known, _)| *known == kinds)
    }
}

/// Rows of a corpus encoded once for each view, when first asked for.
pub struct Encoded<'a> {
    corpus: AugmentedCorpus<'a>,
    encoders: &'a Encoders,
    rows: &'a [usize],
    /// By set of kinds, the whole vocabulary last, then by representation.
    views: Vec<[OnceLock<Rows<'a>>; REPRESENTATIONS]>,
}

impl<'a> Encoded<'a> {
    /// Rows of which none is encoded yet.
    pub fn new(
        corpus: impl Into<AugmentedCorpus<'a>>,
        encoders: &'a Encoders,
        rows: &'a [usize],
    ) -> Encoded<'a> {
        let views = (0..=encoders.narrow.len())
            .map(|_| Default::default())
            .collect();
        Encoded {
            corpus: corpus.into(),
            encoders,
            rows,
            views,
        }
    }

    /// The rows as a model with this view sees them.
    pub fn rows(&self, view: FeatureView) -> &Rows<'a> {
        let at = self
            .encoders
            .position(view.kinds)
            .unwrap_or(self.encoders.narrow.len());
        self.views[at][view.representation as usize].get_or_init(|| self.encode(self.rows, view))
    }

    /// Other rows of the corpus as a model with this view sees them, encoded anew at each call.
    pub fn encode(&self, rows: &[usize], view: FeatureView) -> Rows<'a> {
        self.encoders.of_view(view).encode(self.corpus, rows, view)
    }
}
