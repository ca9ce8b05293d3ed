//! The seeded random streams from which every random choice in the program is drawn.
//!
//! A seed has many streams, one for each use, so that what one stage draws never depends on how
//! much another one drew. [`Stream`] names the uses; no two share a number.

use super::mail::Label;
use rand_pcg::Pcg64;

/// What random numbers are drawn for. Each use has a number of its own, or a range of numbers where
/// it needs many streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Whatever a test, a bench or an example draws: from 0.
    Test(u8),
    /// First weights of a net: 0x317.
    NetWeights,
    /// Order in which an online model sees the messages: 0x911.
    OnlineOrder,
    /// Order of the rows in the passes over them that train a net: 0xE97.
    NetOrder,
    /// Order of the rows in stochastic gradient descent: 0x56D0.
    DescentOrder,
    /// Subset of one class in a resample of the learning curve: from 0xC04E, two per resample.
    LearningCurve(u8, Label),
    /// Order of the coordinates in dual coordinate descent: 0xD0A1.
    DualOrder,
    /// Units that dropout silences: 0xD20F.
    Dropout,
    /// Messages with which the components of a class begin, in a mixture: from 0xE300.
    MixtureStart(Label),
    /// Messages with which a clustering begins: from 0xE310, one per restart.
    ClusterStart(u8),
    /// Order in which groups of messages are dealt to folds: 0xF01D.
    Folds,
    /// Synthetic messages that are added to a training set: from 0x5_7E00_0000.
    Synthetic(u32),
    /// Resamples of the bootstrap: from 0xB007_0000_0000.
    Bootstrap(u32),
    /// Labels drawn from a model's own probabilities: from 0xCA1_0000_0000.
    CalibratedLabels(u32),
    /// Signs of the differences of groups: from 0x516_0000_0000.
    Signs(u32),
    /// Changed copies of training messages, by the place of the augmentation and the row: from
    /// 0xA06 << 40, 2^40 per augmentation.
    Augmented(u8, u32),
    /// Settings drawn for the model of that name: a hash of the name, from 0x5FBF_0000_0000 or
    /// 1 << 53.
    Search(&'static str),
    /// Messages that a generative model is asked for: from 1 << 64.
    Generated(u32),
    /// Corruption of messages, to measure how well it is undone: from 2 << 64.
    Corrupted(u32),
    /// Order of the rows in one of the passes that train a net: from 3 << 64.
    NetPass(u32),
    /// What is random in one part of one step that trains a net: from 4 << 64, 256 per step.
    NetStep(u32, u8),
    /// Latent variables of a message, by a hash of what it says: from 5 << 64.
    Latent(u64),
    /// Which candidates a discriminator keeps: from 6 << 64.
    Chosen(u32),
    /// What generators write that are judged or shown: from 7 << 64.
    Judged(u8),
    /// First directions of a latent semantic analysis: 0x15A.
    LatentSemantics,
    /// Messages that are looked at while a model is fitted, of the training mail and of others:
    /// from 0x100C, two.
    Watched(bool),
    /// Messages that a picture shows: 0x5E0.
    Drawn,
    /// Of which messages a filter is told the label: 0x4EC.
    Told,
    /// What an attacker draws: from 8 << 64.
    Attack(u32),
    /// Random divisions of mail into two parts: from 0xD1F0_0000.
    Divided(u8),
    /// Weights of corpora, drawn from what is believed of the next one: 0xD181.
    Dirichlet,
}

/// A hash of what something says, for a stream of its own: FNV-1a of the bytes.
pub fn hash_of_content(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01B3)
    })
}

impl Stream {
    fn number(self) -> u128 {
        match self {
            Stream::Test(at) => u128::from(at),
            Stream::NetWeights => 0x317,
            Stream::OnlineOrder => 0x911,
            Stream::NetOrder => 0xE97,
            Stream::DescentOrder => 0x56D0,
            Stream::LearningCurve(resample, label) => {
                0xC04E + 2 * u128::from(resample) + label.index() as u128
            }
            Stream::DualOrder => 0xD0A1,
            Stream::Dropout => 0xD20F,
            Stream::MixtureStart(label) => 0xE300 + label.index() as u128,
            Stream::ClusterStart(restart) => 0xE310 + u128::from(restart),
            Stream::Folds => 0xF01D,
            Stream::LatentSemantics => 0x15A,
            Stream::Drawn => 0x5E0,
            Stream::Told => 0x4EC,
            Stream::Dirichlet => 0xD181,
            Stream::Divided(division) => 0xD1F0_0000 + u128::from(division),
            Stream::Watched(learned) => 0x100C + u128::from(learned),
            Stream::Synthetic(at) => 0x5_7E00_0000 + u128::from(at),
            Stream::Bootstrap(resample) => 0xB007_0000_0000 + u128::from(resample),
            Stream::CalibratedLabels(sample) => 0xCA1_0000_0000 + u128::from(sample),
            Stream::Signs(flip) => 0x516_0000_0000 + u128::from(flip),
            Stream::Augmented(way, row) => ((0xA06 + u128::from(way)) << 40) + u128::from(row),
            Stream::Search(model) => u128::from(name_hash(model)),
            Stream::Generated(at) => (1 << 64) + u128::from(at),
            Stream::Corrupted(at) => (2 << 64) + u128::from(at),
            Stream::NetPass(pass) => (3 << 64) + u128::from(pass),
            Stream::NetStep(step, part) => (4 << 64) + 256 * u128::from(step) + u128::from(part),
            Stream::Latent(hash) => (5 << 64) + u128::from(hash),
            Stream::Chosen(round) => (6 << 64) + u128::from(round),
            Stream::Judged(of) => (7 << 64) + u128::from(of),
            Stream::Attack(of) => (8 << 64) + u128::from(of),
        }
    }
}

/// Hashes of names of three letters: a gap between the numbers of other uses.
const SHORT_NAMES: std::ops::Range<u64> = 0x5FBF_0000_0000..0x5FC0_0000_0000;
/// Hashes from here up belong to names; all other uses of 64 bits lie below.
const NAMES: u64 = 1 << 53;

/// A number of 64 bits for a name, in [`SHORT_NAMES`] or from [`NAMES`] up.
fn name_hash(name: &str) -> u64 {
    let hash = name.bytes().fold(0x5EA_2C4, |hash: u64, byte| {
        hash.wrapping_mul(257) ^ u64::from(byte)
    });
    if SHORT_NAMES.contains(&hash) {
        hash
    } else if hash < NAMES {
        hash | 1 << 63
    } else {
        hash
    }
}

/// The stream of one use of one seed; different uses give independent streams.
pub fn random_stream(seed: u64, stream: Stream) -> Pcg64 {
    // PCG's own advice: any state is as good as any other; the odd constant spreads neighbouring
    // seeds.
    Pcg64::new(
        u128::from(seed).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835),
        stream.number(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::math::shuffle;

    /// One of each kind of stream but [`Stream::Search`], whose ranges are constants.
    const KINDS: [Stream; 30] = [
        Stream::Test(0),
        Stream::NetWeights,
        Stream::OnlineOrder,
        Stream::NetOrder,
        Stream::DescentOrder,
        Stream::LearningCurve(0, Label::Ham),
        Stream::DualOrder,
        Stream::Dropout,
        Stream::MixtureStart(Label::Ham),
        Stream::ClusterStart(0),
        Stream::Folds,
        Stream::LatentSemantics,
        Stream::Drawn,
        Stream::Told,
        Stream::Dirichlet,
        Stream::Divided(0),
        Stream::Watched(false),
        Stream::Synthetic(0),
        Stream::Bootstrap(0),
        Stream::CalibratedLabels(0),
        Stream::Signs(0),
        Stream::Augmented(0, 0),
        Stream::Generated(0),
        Stream::Corrupted(0),
        Stream::NetPass(0),
        Stream::NetStep(0, 0),
        Stream::Latent(0),
        Stream::Chosen(0),
        Stream::Judged(0),
        Stream::Attack(0),
    ];

    /// The last of a kind. A kind that is new here belongs into [`KINDS`], too.
    fn last(kind: Stream) -> Stream {
        match kind {
            Stream::Test(_) => Stream::Test(u8::MAX),
            Stream::LearningCurve(..) => Stream::LearningCurve(u8::MAX, Label::Spam),
            Stream::MixtureStart(_) => Stream::MixtureStart(Label::Spam),
            Stream::ClusterStart(_) => Stream::ClusterStart(u8::MAX),
            Stream::Watched(_) => Stream::Watched(true),
            Stream::Synthetic(_) => Stream::Synthetic(u32::MAX),
            Stream::Bootstrap(_) => Stream::Bootstrap(u32::MAX),
            Stream::CalibratedLabels(_) => Stream::CalibratedLabels(u32::MAX),
            Stream::Signs(_) => Stream::Signs(u32::MAX),
            Stream::Augmented(..) => Stream::Augmented(u8::MAX, u32::MAX),
            Stream::Generated(_) => Stream::Generated(u32::MAX),
            Stream::Corrupted(_) => Stream::Corrupted(u32::MAX),
            Stream::NetPass(_) => Stream::NetPass(u32::MAX),
            Stream::NetStep(..) => Stream::NetStep(u32::MAX, u8::MAX),
            Stream::Latent(_) => Stream::Latent(u64::MAX),
            Stream::Chosen(_) => Stream::Chosen(u32::MAX),
            Stream::Divided(_) => Stream::Divided(u8::MAX),
            Stream::Judged(_) => Stream::Judged(u8::MAX),
            Stream::Attack(_) => Stream::Attack(u32::MAX),
            one @ (Stream::NetWeights
            | Stream::OnlineOrder
            | Stream::NetOrder
            | Stream::DescentOrder
            | Stream::DualOrder
            | Stream::Dropout
            | Stream::Folds
            | Stream::LatentSemantics
            | Stream::Drawn
            | Stream::Told
            | Stream::Dirichlet
            | Stream::Search(_)) => one,
        }
    }

    #[test]
    fn no_two_uses_share_a_number() {
        let mut ranges: Vec<[u128; 2]> = KINDS
            .iter()
            .map(|&kind| [kind.number(), last(kind).number()])
            .collect();
        ranges.push([SHORT_NAMES.start, SHORT_NAMES.end - 1].map(u128::from));
        ranges.push([NAMES, u64::MAX].map(u128::from));
        ranges.sort_unstable();
        for pair in ranges.windows(2) {
            assert!(pair[0][1] < pair[1][0], "{:X?} and {:X?}", pair[0], pair[1]);
        }
    }

    #[test]
    fn the_number_of_a_name_lies_where_no_other_ofhas_any() {
        for name in [
            "",
            "a",
            "up",
            "svm",
            "mlp",
            "ftrl",
            "poisson",
            "multinomial",
        ] {
            let number = name_hash(name);
            assert!(SHORT_NAMES.contains(&number) || number >= NAMES, "{name}");
        }
    }

    #[test]
    fn streams_of_one_seed_and_seeds_of_one_stream_differ() {
        let shuffled = |seed, stream| {
            let mut items: Vec<u32> = (0..100).collect();
            shuffle(&mut items, &mut random_stream(seed, stream));
            items
        };
        let one = shuffled(1, Stream::Test(0));
        assert_eq!(one, shuffled(1, Stream::Test(0)));
        assert_ne!(one, shuffled(1, Stream::Test(1)));
        assert_ne!(one, shuffled(2, Stream::Test(0)));
        assert_ne!(one, shuffled(1, Stream::Generated(0)));
    }
}
