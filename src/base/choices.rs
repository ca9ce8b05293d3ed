//! Closed choices by name. [`choices!`] declares an enum whose variants have names; that is the one
//! place where they stand, and every `match` on it is exhaustive, so that a choice that is added
//! cannot be forgotten anywhere.

/// An enum declared by [`choices!`].
///
/// ```
/// use spamlab::base::choices::{Choice, choices};
///
/// choices! {
///     enum Penalty {
///         L1 = "l1",
///         L2 = "l2",
///     }
/// }
///
/// fn choice_of_name<C: Choice>(name: &str) -> Option<C> {
///     C::ALL.iter().copied().find(|choice| choice.name() == name)
/// }
///
/// assert_eq!(choice_of_name("l2"), Some(Penalty::L2));
/// assert_eq!(choice_of_name::<Penalty>("l3"), None);
/// ```
pub trait Choice: Copy + Eq + 'static {
    /// Every choice, in the order in which they are declared.
    const ALL: &'static [Self];
    /// Their names, in the same order.
    const NAMES: &'static [&'static str];

    /// Its name on the command line and in files.
    fn name(self) -> &'static str;

    /// The choice of this name.
    fn named(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|choice| choice.name() == name)
    }
}

/// Declares an enum of named choices that implements [`Choice`] and is written and read by name.
///
/// ```
/// use spamlab::base::choices::{Choice, choices};
///
/// choices! {
///     /// How much a class counts.
///     pub enum ClassWeight {
///         /// As many messages as it has.
///         None = "none",
///         /// As much as the other class.
///         Balanced = "balanced",
///     }
/// }
///
/// assert_eq!(ClassWeight::NAMES, ["none", "balanced"]);
/// assert_eq!(ClassWeight::Balanced.name(), "balanced");
/// assert_eq!(ClassWeight::named("balanced"), Some(ClassWeight::Balanced));
/// assert_eq!(serde_json::to_value(ClassWeight::None).unwrap(), "none");
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __choices {
    (
        $(#[$meta:meta])*
        $visibility:vis enum $choice:ident {
            $($(#[$variant_meta:meta])* $variant:ident = $name:literal),+ $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ::serde::Serialize, ::serde::Deserialize)]
        $visibility enum $choice {
            $($(#[$variant_meta])* #[serde(rename = $name)] $variant),+
        }

        impl $crate::base::choices::Choice for $choice {
            const ALL: &'static [Self] = &[$(Self::$variant),+];
            const NAMES: &'static [&'static str] = &[$($name),+];

            fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name),+
                }
            }
        }
    };
}

#[doc(inline)]
pub use __choices as choices;

#[cfg(test)]
mod tests {
    use super::*;

    choices! {
        enum Fruit {
            RedApple = "red-apple",
            Pear = "pear",
        }
    }

    #[test]
    fn a_choice_is_written_and_read_by_the_name_it_was_declared_with() {
        assert_eq!(Fruit::ALL, [Fruit::RedApple, Fruit::Pear]);
        assert_eq!(Fruit::NAMES, ["red-apple", "pear"]);
        for (fruit, name) in Fruit::ALL.iter().zip(Fruit::NAMES) {
            assert_eq!(fruit.name(), *name);
            assert_eq!(serde_json::to_value(fruit).unwrap(), *name);
            assert_eq!(
                serde_json::from_value::<Fruit>((*name).into()).unwrap(),
                *fruit
            );
        }
        assert!(serde_json::from_value::<Fruit>("RedApple".into()).is_err());
    }
}
