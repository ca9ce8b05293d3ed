//! Symmetric matrices: their eigenvalues, and the directions along which vectors vary most.

/// A square matrix, row by row.
pub type Square = Vec<Vec<f64>>;

/// Eigenvalues of a symmetric matrix, and its eigenvectors as columns: Jacobi's rotations (Golub
/// and Van Loan, section 8.5).
pub fn eigen(matrix: &Square) -> (Vec<f64>, Square) {
    let size = matrix.len();
    let mut a = matrix.clone();
    let mut vectors: Square = (0..size)
        .map(|at| {
            (0..size)
                .map(|other| f64::from(u8::from(at == other)))
                .collect()
        })
        .collect();
    for _ in 0..60 {
        let off: f64 = (0..size)
            .flat_map(|p| (0..p).map(move |q| (p, q)))
            .map(|(p, q)| a[p][q] * a[p][q])
            .sum();
        if off < 1e-24 {
            break;
        }
        for p in 0..size {
            for q in p + 1..size {
                rotate(&mut a, &mut vectors, p, q);
            }
        }
    }
    ((0..size).map(|at| a[at][at]).collect(), vectors)
}

/// Turns the plane of two axes so that their entry becomes 0.
fn rotate(a: &mut Square, vectors: &mut Square, p: usize, q: usize) {
    if a[p][q] == 0.0 {
        return;
    }
    let theta = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
    let tangent = theta.signum() / (theta.abs() + theta.hypot(1.0));
    let cosine = 1.0 / tangent.hypot(1.0);
    let sine = tangent * cosine;
    for row in a.iter_mut().chain(vectors) {
        (row[p], row[q]) = (
            cosine * row[p] - sine * row[q],
            sine * row[p] + cosine * row[q],
        );
    }
    let (upper, lower) = a.split_at_mut(q);
    for (x, y) in upper[p].iter_mut().zip(&mut lower[0]) {
        (*x, *y) = (cosine * *x - sine * *y, sine * *x + cosine * *y);
    }
}

/// The directions along which vectors vary, those of most variance first (principal components;
/// Pearson 1901).
#[derive(Debug, Clone, PartialEq)]
pub struct PrincipalComponents {
    /// The mean of the vectors.
    pub mean: Vec<f64>,
    /// Orthogonal directions of length 1. Of each, the entry of largest size is positive.
    pub directions: Vec<Vec<f64>>,
    /// The variance along each direction.
    pub variances: Vec<f64>,
}

impl PrincipalComponents {
    /// Those of at least two vectors of equal length; none of fewer.
    pub fn of(vectors: &[Vec<f64>]) -> Option<PrincipalComponents> {
        let size = vectors.first()?.len();
        if vectors.len() < 2 {
            return None;
        }
        let mean: Vec<f64> = (0..size)
            .map(|at| vectors.iter().map(|one| one[at]).sum::<f64>() / vectors.len() as f64)
            .collect();
        let covariance = |a: usize, b: usize| {
            let products = vectors
                .iter()
                .map(|one| (one[a] - mean[a]) * (one[b] - mean[b]));
            products.sum::<f64>() / (vectors.len() - 1) as f64
        };
        let matrix: Square = (0..size)
            .map(|a| (0..size).map(|b| covariance(a, b)).collect())
            .collect();
        let (values, columns) = eigen(&matrix);
        let mut order: Vec<usize> = (0..size).collect();
        order.sort_by(|&a, &b| values[b].total_cmp(&values[a]).then(a.cmp(&b)));
        let direction = |&at: &usize| {
            let direction: Vec<f64> = columns.iter().map(|row| row[at]).collect();
            let largest = direction
                .iter()
                .copied()
                .reduce(|most, next| if next.abs() > most.abs() { next } else { most });
            let sign = largest.map_or(1.0, f64::signum);
            direction.into_iter().map(|entry| sign * entry).collect()
        };
        Some(PrincipalComponents {
            directions: order.iter().map(direction).collect(),
            variances: order.iter().map(|&at| values[at].max(0.0)).collect(),
            mean,
        })
    }

    /// How far along a direction a vector lies from the mean.
    pub fn place(&self, vector: &[f64], direction: usize) -> f64 {
        let along = vector.iter().zip(&self.mean);
        along
            .zip(&self.directions[direction])
            .map(|((x, mean), way)| (x - mean) * way)
            .sum()
    }

    /// The share of all variance that lies along a direction; None where nothing varies.
    pub fn share(&self, direction: usize) -> Option<f64> {
        let all: f64 = self.variances.iter().sum();
        (all > 0.0).then(|| self.variances[direction] / all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pearson's data of 1901. Of variances a, c and covariance b the eigenvalues are the roots of
    /// λ² - (a + c) λ + ac - b², and the first direction is (b, λ - a): here 8.110825 and 0.068730,
    /// and the line y = 5.784044 - 0.545561 x.
    #[test]
    fn the_first_component_is_the_line_that_pearson_fitted() {
        let x = [0.0, 0.9, 1.8, 2.6, 3.3, 4.4, 5.2, 6.1, 6.5, 7.4];
        let y = [5.9, 5.4, 4.4, 4.6, 3.5, 3.7, 2.8, 2.8, 2.4, 1.5];
        let points: Vec<Vec<f64>> = x.iter().zip(y).map(|(&x, y)| vec![x, y]).collect();
        let found = PrincipalComponents::of(&points).unwrap();
        let near = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-6, "{found}");
        near(found.variances[0], 8.110_825);
        near(found.variances[1], 0.068_730);
        near(found.share(0).unwrap(), 8.110_825 / 8.179_555);
        let [across, up] = [found.directions[0][0], found.directions[0][1]];
        near(up / across, -0.545_561);
        near(found.mean[1] - found.mean[0] * up / across, 5.784_044);
        assert!(across > 0.0 && found.directions[1][1] > 0.0);
        // Along the directions the points vary by what is said, and not together.
        let places = [0, 1].map(|which| -> Vec<f64> {
            let each = points.iter();
            each.map(|point| found.place(point, which)).collect()
        });
        let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>() / 9.0;
        assert!((product(&places[0], &places[0]) - found.variances[0]).abs() < 1e-12);
        assert!((product(&places[1], &places[1]) - found.variances[1]).abs() < 1e-12);
        assert!(product(&places[0], &places[1]).abs() < 1e-12);
    }

    #[test]
    fn too_few_vectors_have_no_components_and_equal_ones_no_shares() {
        assert_eq!(PrincipalComponents::of(&[]), None);
        assert_eq!(PrincipalComponents::of(&[vec![1.0, 2.0]]), None);
        let alike = PrincipalComponents::of(&[vec![1.0, 2.0], vec![1.0, 2.0]]).unwrap();
        assert_eq!(alike.share(0), None);
    }
}
