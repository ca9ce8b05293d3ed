//! The figures that were published.

/// Sets of mail in the paper.
pub const SETS: usize = 6;
/// Attributes of the published figures.
pub const PUBLISHED_ATTRIBUTES: usize = 3000;

/// Spam and ham recall in percent on Enron1 to Enron6, as published.
pub const PUBLISHED: [(&str, [[f64; 2]; SETS]); 5] = [
    (
        "flexible Bayes",
        [
            [90.50, 97.64],
            [93.63, 98.83],
            [96.94, 95.36],
            [95.78, 96.61],
            [99.56, 90.76],
            [99.55, 89.97],
        ],
    ),
    (
        "multivariate Gauss",
        [
            [93.08, 94.83],
            [95.80, 96.97],
            [97.55, 88.81],
            [80.14, 99.39],
            [95.42, 97.28],
            [91.95, 95.87],
        ],
    ),
    (
        "multinomial, term frequency",
        [
            [95.66, 94.00],
            [96.81, 96.78],
            [95.04, 98.83],
            [97.79, 98.30],
            [99.42, 95.65],
            [98.08, 95.12],
        ],
    ),
    (
        "multivariate Bernoulli",
        [
            [97.08, 93.19],
            [91.05, 97.22],
            [97.42, 75.41],
            [97.70, 95.86],
            [97.95, 90.08],
            [97.92, 82.52],
        ],
    ),
    (
        "multinomial, Boolean",
        [
            [96.00, 95.25],
            [96.68, 97.83],
            [96.94, 98.88],
            [97.79, 99.05],
            [99.69, 95.65],
            [98.10, 96.88],
        ],
    ),
];
