//! Dense arithmetic in 32 bits that gives the same bits on every processor: products of matrices,
//! and loops over elements, each compiled for several sets of vector instructions, of which the
//! best that the processor has is chosen when the program runs.
//!
//! Every element of a product is summed by one thread, in the order of the inner index, by fused
//! multiply-add, however wide a vector is; a sum over a slice runs in sixteen lanes
//! (`nn::functions`). So AVX-512, AVX2 and scalar code give the same bits, and a test pins them.
//! `pulp` chooses without `unsafe` of ours. A processor without fused multiply-add computes the
//! same bits in software, slowly.

mod product;

pub use self::product::{Matrix, Packed, Write, multiply, multiply_into, multiply_packed};

use pulp::{Arch, NullaryFnOnce};
use std::sync::OnceLock;

/// The best instructions that the processor has.
fn arch() -> Arch {
    static BEST: OnceLock<Arch> = OnceLock::new();
    #[cfg(test)]
    if let Some(arch) = tests::chosen() {
        return arch;
    }
    *BEST.get_or_init(Arch::new)
}

/// Runs a loop compiled for the instructions that the processor has. The closure, and what it
/// calls, must be `#[inline(always)]`: only what is inlined is compiled anew.
#[inline(always)]
pub fn vectorized<R>(body: impl FnOnce() -> R) -> R {
    struct Body<F>(F);
    impl<R, F: FnOnce() -> R> NullaryFnOnce for Body<F> {
        type Output = R;

        #[inline(always)]
        fn call(self) -> R {
            (self.0)()
        }
    }
    arch().dispatch(Body(body))
}

#[cfg(test)]
pub(in crate::nn) mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Mutex, PoisonError};

    /// One more than the place in [`architectures`] of the one that is to be used; 0 for the best.
    static CHOSEN: AtomicUsize = AtomicUsize::new(0);

    pub(super) fn chosen() -> Option<Arch> {
        let chosen = CHOSEN.load(Ordering::SeqCst);
        architectures().get(chosen.checked_sub(1)?).copied()
    }

    /// Those that this processor has, scalar code first.
    fn architectures() -> Vec<Arch> {
        #[allow(unused_mut)]
        let mut all = vec![Arch::Scalar];
        #[cfg(target_arch = "x86_64")]
        {
            all.extend(pulp::x86::V3::try_new().map(Arch::V3));
            all.extend(pulp::x86::V4::try_new().map(Arch::V4));
        }
        all
    }

    /// What `run` gives with each set of instructions that this processor has. Meanwhile all other
    /// tests compute with them, too, to the same bits.
    pub fn on_every_architecture<T>(mut run: impl FnMut() -> T) -> Vec<T> {
        static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
        let _lock = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let with = |at: usize| {
            CHOSEN.store(at + 1, Ordering::SeqCst);
            run()
        };
        let all = (0..architectures().len()).map(with).collect();
        CHOSEN.store(0, Ordering::SeqCst);
        all
    }
}
