//! Products of two matrices, in tiles of six rows and two vectors that stay in registers.
//!
//! Goto and van de Geijn (ACM Transactions on Mathematical Software 34, 2008): both factors are
//! packed, so that a tile reads them in one sweep; the inner dimension is cut into blocks that fit
//! the cache. Left out: blocks of the outer dimensions, since these matrices are small. A factor
//! that few tiles read is read where it stands, since packing would cost as much as the product.

use super::arch;
use pulp::{Arch, Simd, WithSimd};
use std::cell::RefCell;

/// Rows of a tile.
const ROWS: usize = 6;
/// The longest vector, in numbers.
const MOST_LANES: usize = 16;
/// Inner dimension of a block.
const DEPTH: usize = 512;
/// Tiles that must read a panel for packing it to pay.
const MANY: usize = 6;
/// Rows that are packed together if numbers below each other stand beside each other.
const BESIDE: usize = 16;

/// A matrix over numbers that somebody else holds.
#[derive(Debug, Clone, Copy)]
pub struct Matrix<'a> {
    values: &'a [f32],
    rows: usize,
    columns: usize,
    /// From a number to the one below.
    row_step: usize,
    /// From a number to the one at its right.
    column_step: usize,
}

impl<'a> Matrix<'a> {
    /// Rows one after the other; `values` has as many numbers as it needs.
    pub fn new(values: &'a [f32], rows: usize, columns: usize) -> Matrix<'a> {
        assert_eq!(values.len(), rows * columns, "{rows} rows of {columns}");
        Matrix {
            values,
            rows,
            columns,
            row_step: columns,
            column_step: 1,
        }
    }

    /// Rows that begin `step` numbers apart: part of the columns of a wider matrix. `values` has at
    /// least as many numbers as that needs.
    pub fn part(values: &'a [f32], rows: usize, columns: usize, step: usize) -> Matrix<'a> {
        assert!(columns <= step && values.len() >= reach(rows, columns, step));
        Matrix {
            values,
            rows,
            columns,
            row_step: step,
            column_step: 1,
        }
    }

    /// Its columns as rows.
    pub fn transposed(self) -> Matrix<'a> {
        Matrix {
            rows: self.columns,
            columns: self.rows,
            row_step: self.column_step,
            column_step: self.row_step,
            ..self
        }
    }

    /// A panel of `width` columns from column `first` on, and from row `from` on as many rows as it
    /// has room for: row by row, with zeros right of the last column.
    #[inline(always)]
    fn pack(self, [from, first]: [usize; 2], width: usize, panel: &mut [f32]) {
        let used = width.min(self.columns - first);
        if used < width {
            panel.fill(0.0);
        }
        if self.column_step == 1 {
            for (row, packed) in panel.chunks_exact_mut(width).enumerate() {
                let start = (from + row) * self.row_step + first;
                packed[..used].copy_from_slice(&self.values[start..start + used]);
            }
        } else {
            // Some rows at a time, which stay in the cache from column to column.
            for (block, rows) in panel.chunks_mut(BESIDE * width).enumerate() {
                let above = from + block * BESIDE;
                for column in 0..used {
                    let start = (first + column) * self.column_step + above * self.row_step;
                    let values = self.values[start..].iter().step_by(self.row_step.max(1));
                    let packed = rows[column..].iter_mut().step_by(width);
                    for (packed, value) in packed.zip(values) {
                        *packed = *value;
                    }
                }
            }
        }
    }

    /// All such panels of these rows, one after the other.
    #[inline(always)]
    fn pack_all(self, from: usize, depth: usize, width: usize, panels: &mut Vec<f32>) {
        panels.resize(self.columns.div_ceil(width) * depth * width, 0.0);
        for (at, panel) in panels.chunks_exact_mut(depth * width).enumerate() {
            self.pack([from, at * width], width, panel);
        }
    }

    /// A panel where it stands, of full width and with numbers beside each other in each row.
    #[inline(always)]
    fn in_place(self, [from, first]: [usize; 2], width: usize) -> Option<Panel<'a>> {
        let stands = self.column_step == 1 && first + width <= self.columns;
        stands.then(|| Panel {
            values: &self.values[from * self.row_step + first..],
            // A single row may be a column of the matrix that this one is turned from.
            step: self.row_step.max(width),
        })
    }

    /// The tile from row `first` and column `from` on: where it stands, or packed into `room` if it
    /// is not whole.
    #[inline(always)]
    fn tile<'b>(self, [first, from]: [usize; 2], depth: usize, room: &'b mut Vec<f32>) -> Tile<'b>
    where
        'a: 'b,
    {
        let above = self.transposed();
        if let Some(panel) = above.in_place([from, first], ROWS) {
            return Tile::Beside(panel);
        }
        if self.column_step == 1 && first + ROWS <= self.rows {
            return Tile::Below(std::array::from_fn(|row| {
                let start = (first + row) * self.row_step + from;
                &self.values[start..start + depth]
            }));
        }
        room.resize(depth * ROWS, 0.0);
        above.pack([from, first], ROWS, room);
        Tile::Beside(Panel {
            values: room,
            step: ROWS,
        })
    }
}

/// Part of the columns of a matrix: rows that begin `step` numbers apart.
#[derive(Clone, Copy)]
struct Panel<'a> {
    values: &'a [f32],
    step: usize,
}

/// Rows of a left factor that are multiplied together.
enum Tile<'a> {
    /// Numbers of all rows beside each other, column by column.
    Beside(Panel<'a>),
    /// Each row on its own.
    Below([&'a [f32]; ROWS]),
}

/// Numbers from the first of a matrix to its last, that included.
fn reach(rows: usize, columns: usize, step: usize) -> usize {
    rows.checked_sub(1)
        .map_or(0, |above| above * step + columns)
}

/// Whether a product replaces what stands in its place or is added to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Write {
    /// It replaces it.
    Set,
    /// It is added.
    Add,
}

/// A right factor that was packed for many products.
#[derive(Debug, Clone)]
pub struct Packed {
    rows: usize,
    columns: usize,
    /// Block by block of the inner dimension.
    panels: Vec<f32>,
    /// For whose instructions it was packed, which say how wide a panel is.
    arch: Arch,
}

impl Packed {
    /// Packs a matrix.
    pub fn of(matrix: Matrix<'_>) -> Packed {
        let arch = arch();
        arch.dispatch(Packing(matrix, arch))
    }
}

struct Packing<'a>(Matrix<'a>, Arch);

impl WithSimd for Packing<'_> {
    type Output = Packed;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> Packed {
        let (Packing(matrix, arch), width) = (self, 2 * S::F32_LANES);
        let (mut panels, mut block) = (Vec::new(), Vec::new());
        for from in (0..matrix.rows).step_by(DEPTH) {
            matrix.pack_all(from, DEPTH.min(matrix.rows - from), width, &mut block);
            panels.extend_from_slice(&block);
        }
        Packed {
            rows: matrix.rows,
            columns: matrix.columns,
            panels,
            arch,
        }
    }
}

/// `out = a b`, or that added to it. `out` holds the rows of the product one after the other.
pub fn multiply(out: &mut [f32], a: Matrix<'_>, b: Matrix<'_>, write: Write) {
    assert_eq!(a.columns, b.rows, "inner dimensions");
    assert_eq!(out.len(), a.rows * b.columns, "rows of the product");
    product(out, b.columns, a, Right::Plain(b), b.columns, write);
}

/// The same into part of a wider matrix: rows of the product begin `step` numbers apart.
pub fn multiply_into(out: &mut [f32], step: usize, a: Matrix<'_>, b: Matrix<'_>, write: Write) {
    assert_eq!(a.columns, b.rows, "inner dimensions");
    product(out, step, a, Right::Plain(b), b.columns, write);
}

/// The same with a right factor that was packed.
pub fn multiply_packed(out: &mut [f32], a: Matrix<'_>, b: &Packed, write: Write) {
    assert_eq!(a.columns, b.rows, "inner dimensions");
    assert_eq!(out.len(), a.rows * b.columns, "rows of the product");
    product(out, b.columns, a, Right::Packed(b), b.columns, write);
}

thread_local! {
    /// Room for the packed factors of this thread.
    static ROOM: RefCell<[Vec<f32>; 2]> = const { RefCell::new([Vec::new(), Vec::new()]) };
}

fn product(
    out: &mut [f32],
    step: usize,
    a: Matrix<'_>,
    b: Right<'_>,
    columns: usize,
    write: Write,
) {
    assert!(columns <= step && out.len() >= reach(a.rows, columns, step));
    let arch = match b {
        Right::Plain(_) => arch(),
        Right::Packed(packed) => packed.arch,
    };
    ROOM.with_borrow_mut(|room| {
        arch.dispatch(Product {
            out,
            step,
            a,
            b,
            columns,
            write,
            room,
        });
    });
}

/// The right factor.
enum Right<'a> {
    Plain(Matrix<'a>),
    Packed(&'a Packed),
}

impl<'a> Right<'a> {
    /// The panel from row `from` and column `first` on: where it stands if few tiles read it, and
    /// packed into `room` otherwise.
    #[inline(always)]
    fn panel<'b>(
        &self,
        [from, first]: [usize; 2],
        depth: usize,
        width: usize,
        tiles: usize,
        room: &'b mut Vec<f32>,
    ) -> Panel<'b>
    where
        'a: 'b,
    {
        match *self {
            Right::Packed(packed) => {
                let start = from * packed.columns.next_multiple_of(width) + first * depth;
                Panel {
                    values: &packed.panels[start..],
                    step: width,
                }
            }
            Right::Plain(plain) => match plain.in_place([from, first], width) {
                Some(panel) if tiles < MANY => panel,
                _ => {
                    room.resize(depth * width, 0.0);
                    plain.pack([from, first], width, room);
                    Panel {
                        values: room,
                        step: width,
                    }
                }
            },
        }
    }
}

/// A product to be computed.
struct Product<'a> {
    out: &'a mut [f32],
    /// From a row of the product to the next.
    step: usize,
    a: Matrix<'a>,
    b: Right<'a>,
    columns: usize,
    write: Write,
    room: &'a mut [Vec<f32>; 2],
}

impl WithSimd for Product<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Product {
            out,
            step,
            a,
            b,
            columns,
            write,
            room: [left, right],
        } = self;
        if write == Write::Set && a.columns == 0 {
            out.chunks_mut(step.max(1))
                .for_each(|row| row[..columns].fill(0.0));
        }
        let width = 2 * S::F32_LANES;
        let [tiles, panels] = [a.rows.div_ceil(ROWS), columns.div_ceil(width)];
        for from in (0..a.columns).step_by(DEPTH) {
            let depth = DEPTH.min(a.columns - from);
            let add = write == Write::Add || from > 0;
            let is_packed = panels >= MANY;
            if is_packed {
                a.transposed().pack_all(from, depth, ROWS, left);
            }
            for panel in 0..panels {
                let column = panel * width;
                let b = b.panel([from, column], depth, width, tiles, right);
                for tile in 0..tiles {
                    let row = tile * ROWS;
                    let place = Place {
                        row,
                        column,
                        rows: ROWS.min(a.rows - row),
                        columns: width.min(columns - column),
                        step,
                    };
                    let a = if is_packed {
                        let values = &left[tile * depth * ROWS..];
                        Tile::Beside(Panel { values, step: ROWS })
                    } else {
                        a.tile([row, from], depth, left)
                    };
                    let before = place.before(simd, out, add);
                    let sums = match a {
                        Tile::Beside(a) => summed(simd, before, beside(a).take(depth), b),
                        Tile::Below(a) => summed_rows(simd, before, a, b),
                    };
                    place.write::<S>(out, sums);
                }
            }
        }
    }
}

/// Where a tile stands in the product.
#[derive(Clone, Copy)]
struct Place {
    row: usize,
    column: usize,
    /// Rows of the tile that the product has.
    rows: usize,
    /// Columns of the tile that the product has.
    columns: usize,
    /// From a row of the product to the next.
    step: usize,
}

impl Place {
    fn of_row(self, row: usize) -> std::ops::Range<usize> {
        let start = (self.row + row) * self.step + self.column;
        start..start + self.columns
    }
}

/// The sums of a tile.
type Sums<S> = [[<S as Simd>::f32s; 2]; ROWS];

impl Place {
    /// What stands there, or zeros.
    #[inline(always)]
    fn before<S: Simd>(self, simd: S, out: &[f32], add: bool) -> Sums<S> {
        let width = 2 * S::F32_LANES;
        let mut sums = [[simd.splat_f32s(0.0); 2]; ROWS];
        let mut edge = [0.0_f32; 2 * MOST_LANES];
        if add {
            for (row, sums) in sums.iter_mut().enumerate().take(self.rows) {
                let values = &out[self.of_row(row)];
                let (vectors, _) = if values.len() == width {
                    S::as_simd_f32s(values)
                } else {
                    edge[..values.len()].copy_from_slice(values);
                    S::as_simd_f32s(&edge[..width])
                };
                *sums = [vectors[0], vectors[1]];
            }
        }
        sums
    }

    /// Writes the sums there.
    #[inline(always)]
    fn write<S: Simd>(self, out: &mut [f32], sums: Sums<S>) {
        let width = 2 * S::F32_LANES;
        let mut edge = [0.0_f32; 2 * MOST_LANES];
        for (row, sums) in sums.iter().enumerate().take(self.rows) {
            let values = &mut out[self.of_row(row)];
            if values.len() == width {
                let (vectors, _) = S::as_mut_simd_f32s(values);
                vectors.copy_from_slice(sums);
            } else {
                let (vectors, _) = S::as_mut_simd_f32s(&mut edge[..width]);
                vectors.copy_from_slice(sums);
                values.copy_from_slice(&edge[..values.len()]);
            }
        }
    }
}

/// The same with rows that stand below each other.
#[inline(always)]
fn summed_rows<S: Simd>(
    simd: S,
    mut sums: Sums<S>,
    left: [&[f32]; ROWS],
    right: Panel<'_>,
) -> Sums<S> {
    let (width, depth) = (2 * S::F32_LANES, left[0].len());
    let rows = right.values.chunks(right.step).take(depth);
    for (at, b) in rows.enumerate() {
        let (b, _) = S::as_simd_f32s(&b[..width]);
        for (sums, a) in sums.iter_mut().zip(left) {
            let a = simd.splat_f32s(a[at]);
            sums[0] = simd.mul_add_f32s(a, b[0], sums[0]);
            sums[1] = simd.mul_add_f32s(a, b[1], sums[1]);
        }
    }
    sums
}

/// The numbers of a tile, column by column.
#[inline(always)]
fn beside(tile: Panel<'_>) -> impl Iterator<Item = [f32; ROWS]> + '_ {
    let column = |column: &[f32]| *column.first_chunk().unwrap_or(&[0.0; ROWS]);
    tile.values.chunks(tile.step).map(column)
}

/// The sums with the products of each number of a tile of the left factor and the row of the panel.
#[inline(always)]
fn summed<S: Simd>(
    simd: S,
    mut sums: Sums<S>,
    left: impl Iterator<Item = [f32; ROWS]>,
    right: Panel<'_>,
) -> Sums<S> {
    let width = 2 * S::F32_LANES;
    for (a, b) in left.zip(right.values.chunks(right.step)) {
        let (b, _) = S::as_simd_f32s(&b[..width]);
        for (sums, a) in sums.iter_mut().zip(a) {
            let a = simd.splat_f32s(a);
            sums[0] = simd.mul_add_f32s(a, b[0], sums[0]);
            sums[1] = simd.mul_add_f32s(a, b[1], sums[1]);
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::math::uniform;
    use crate::base::streams::{Stream, random_stream};
    use crate::nn::kernel::tests::on_every_architecture;

    fn numbers(count: usize, seed: u8) -> Vec<f32> {
        let mut rng = random_stream(3, Stream::Test(seed));
        (0..count).map(|_| uniform(&mut rng) as f32 - 0.5).collect()
    }

    /// The definition: each sum in the order of the inner index, fused.
    fn by_definition(start: &[f32], a: &[f32], b: &[f32], inner: usize) -> Vec<f32> {
        let columns = b.len() / inner;
        let element = |(at, start): (usize, &f32)| {
            let (row, column) = (at / columns, at % columns);
            (0..inner).fold(*start, |sum, k| {
                a[row * inner + k].mul_add(b[k * columns + column], sum)
            })
        };
        start.iter().enumerate().map(element).collect()
    }

    fn turned(values: &[f32], rows: usize) -> Vec<f32> {
        let columns = values.len() / rows;
        (0..values.len())
            .map(|at| values[at % rows * columns + at / rows])
            .collect()
    }

    #[test]
    fn products_are_those_of_the_definition_to_the_bit_on_every_architecture() {
        let shapes = [
            (1, 1, 1),
            (6, 3, 32),
            (7, 40, 33),
            (5, 1100, 17),
            (13, 2, 70),
            (40, 1, 40),
            (40, 40, 1),
            (1, 40, 40),
            (40, 40, 200),
        ];
        for (rows, inner, columns) in shapes {
            let (a, b) = (numbers(rows * inner, 1), numbers(inner * columns, 2));
            let start = numbers(rows * columns, 3);
            let zero = vec![0.0; start.len()];
            let set = by_definition(&zero, &a, &b, inner);
            let added = by_definition(&start, &a, &b, inner);
            let (a_turned, b_turned) = (turned(&a, rows), turned(&b, inner));
            let forms_of_a = [
                Matrix::new(&a, rows, inner),
                Matrix::new(&a_turned, inner, rows).transposed(),
            ];
            let forms_of_b = [
                Matrix::new(&b, inner, columns),
                Matrix::new(&b_turned, columns, inner).transposed(),
            ];
            on_every_architecture(|| {
                for a in forms_of_a {
                    for b in forms_of_b {
                        let mut out = start.clone();
                        multiply(&mut out, a, b, Write::Add);
                        assert_eq!(out, added, "{rows} x {inner} x {columns}");
                        let packed = Packed::of(b);
                        multiply_packed(&mut out, a, &packed, Write::Set);
                        assert_eq!(out, set, "{rows} x {inner} x {columns}, packed");
                    }
                }
            });
        }
    }

    #[test]
    fn parts_of_wider_matrices_are_read_and_written_where_they_stand() {
        let (wide, b) = (numbers(4 * 10, 1), numbers(3 * 2, 2));
        let narrow: Vec<f32> = wide
            .chunks(10)
            .flat_map(|row| &row[5..8])
            .copied()
            .collect();
        let expected = by_definition(&[0.0; 8], &narrow, &b, 3);
        let mut out = [9.0; 4 * 6];
        let (a, b) = (Matrix::part(&wide[5..], 4, 3, 10), Matrix::new(&b, 3, 2));
        multiply_into(&mut out[1..], 6, a, b, Write::Set);
        for (row, expected) in out.chunks(6).zip(expected.chunks(2)) {
            assert_eq!((&row[1..3], row[0], row[5]), (expected, 9.0, 9.0));
        }
    }

    #[test]
    fn an_empty_product_is_zero_or_changes_nothing() {
        let mut out = [1.0, 2.0];
        let (a, b) = (Matrix::new(&[], 2, 0), Matrix::new(&[], 0, 1));
        multiply(&mut out, a, b, Write::Add);
        assert_eq!(out, [1.0, 2.0]);
        multiply(&mut out, a, b, Write::Set);
        assert_eq!(out, [0.0, 0.0]);
        multiply(
            &mut [],
            Matrix::new(&[], 0, 3),
            Matrix::new(&[1.0; 6], 3, 2),
            Write::Set,
        );
    }
}
