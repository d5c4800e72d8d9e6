// SPDX-License-Identifier: GPL-3.0-or-later

import Statistics

/// A random height map by the diamond-square method: clouds of every size.
enum PlasmaFractal {
  /// Heights from 0 to 1 on a square whose opposite edges meet, in row-major order.
  ///
  /// Every pass halves the spacing and lays the mean of four neighbours plus uniform noise between
  /// them. The noise starts 10,000 high and its size falls by the square of `decay` from pass to pass,
  /// as in the published code, which multiplies by its amplitude twice.
  ///
  /// - Parameters:
  ///   - side: A power of two, at least 2.
  ///   - decay: Above 1; large values leave large clouds only.
  ///   - stream: Drawn from once for each point but the first.
  /// - Returns: `side²` heights.
  static func heights(side: Int, decay: Double, _ stream: RandomStream) -> [Double] {
    precondition(side >= 2 && side & (side - 1) == 0, "a power of two")
    var map = Array(repeating: 0.0, count: side * side)
    var amplitude = 100.0
    var spacing = side
    while spacing >= 2 {
      let half = spacing / 2
      func height(_ row: Int, _ column: Int) -> Double {
        map[(row & (side - 1)) * side + (column & (side - 1))]
      }
      func varied(_ sum: Double) -> Double {
        sum / 4 + amplitude * stream.uniform(in: -amplitude..<amplitude)
      }
      for row in stride(from: 0, to: side, by: spacing) {
        for column in stride(from: 0, to: side, by: spacing) {
          map[(row + half) * side + column + half] = varied(
            height(row, column) + height(row + spacing, column)
              + height(row, column + spacing) + height(row + spacing, column + spacing))
        }
      }
      for row in stride(from: 0, to: side, by: spacing) {
        for column in stride(from: 0, to: side, by: spacing) {
          map[row * side + column + half] = varied(
            height(row + half, column + half) + height(row - half, column + half)
              + height(row, column) + height(row, column + spacing))
          map[(row + half) * side + column] = varied(
            height(row + half, column + half) + height(row + half, column - half)
              + height(row, column) + height(row + spacing, column))
        }
      }
      spacing = half
      amplitude /= decay
    }
    return scaled(map)
  }

  private static func scaled(_ map: [Double]) -> [Double] {
    let low = map.min() ?? 0
    let span = max((map.max() ?? 0) - low, .leastNormalMagnitude)
    return map.map { ($0 - low) / span }
  }
}
