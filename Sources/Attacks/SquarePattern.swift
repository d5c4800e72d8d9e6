// SPDX-License-Identifier: GPL-3.0-or-later

import Records

/// The bump of two signs that ``SquareAttack`` moves about in l2 and l1.
///
/// > Source: Andriushchenko et al. 2020, section 4.3, equation 2; for l1 Croce and Hein 2021, where
/// > the bump falls off with the fourth power of the ring instead of the second.
enum SquarePattern {
  /// Values in row-major order of a square whose upper half is positive, of unit length.
  static func values(side: Int, norm: Norm) -> [Float] {
    let upper = half(rows: side / 2, columns: side, norm: norm)
    let lower = half(rows: side - side / 2, columns: side, norm: norm).map(-)
    return unit(upper + lower, norm).map(Float.init)
  }

  /// Nested rectangles around the middle, each weaker than the one inside it.
  private static func half(rows: Int, columns: Int, norm: Norm) -> [Double] {
    var values = [Double](repeating: 0, count: rows * columns)
    let (middleRow, middleColumn) = (rows / 2, columns / 2)
    for ring in 0...max(middleRow, middleColumn) {
      let weight = 1 / Double((ring + 1) * (ring + 1))
      for row in max(middleRow - ring, 0)..<min(middleRow + ring + 1, rows) {
        for column in max(middleColumn - ring, 0)..<min(middleColumn + ring + 1, columns) {
          values[row * columns + column] += norm == .l1 ? weight * weight : weight
        }
      }
    }
    return unit(values, norm)
  }

  private static func unit(_ values: [Double], _ norm: Norm) -> [Double] {
    let length =
      norm == .l1
      ? values.reduce(0) { $0 + abs($1) }
      : values.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return length > 0 ? values.map { $0 / length } : values
  }
}
