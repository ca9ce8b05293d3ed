//! Solvers of linear problems. They know rows, signs and costs, and nothing of mail.
//!
//! The problem: minimise `w'w / 2 + Σ cost_i · loss(y_i w'x_i)`. A bias is one more column that is 1 in every row and is regularised
//! like the others, as LIBLINEAR has it. `dual` solves it to a proven gap; `loss` holds the three losses.

mod dual;
mod loss;

pub use dual::{Problem, Solution, Stop, WarmStart, primal_objective, solve};
pub use loss::{Hinge, Logistic, Loss, SquaredHinge};
