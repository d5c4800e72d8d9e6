// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore
import Torch

/// How fast the margins of the examples of a random search shrink, and which of them could still vanish.
///
/// Margins of such searches shrink by about as much with every doubling of the queries, or by less.
/// After an eighth, a quarter and half of the budget, an example is without hope if its margin would
/// not vanish even if every doubling that is left brought `patience` times as much as the last one.
///
/// - Note: The published attack spends its whole budget on every example that holds.
struct Pace {
  /// How many times the last gain each further doubling is trusted to bring.
  let patience: Double
  /// The whole budget.
  let queries: Int
  /// The losses at the last look, those of the active examples.
  private var losses: Tensor?

  /// The looks: a share of the budget, and how often the queries can still double after it.
  private static let looks: [(share: Int, doublings: Int)] = [(16, 4), (8, 3), (4, 2), (2, 1)]

  /// Begins before the first query; a patience of zero never gives up.
  init(patience: Double, queries: Int) {
    self.patience = patience
    self.queries = queries
  }

  /// Looks at the losses where it is time to, and says which examples are worth more queries.
  ///
  /// - Parameters:
  ///   - losses: `[A]`, the margin loss of each active example: negative, and rising to zero.
  ///   - asked: The queries that each has had.
  /// - Returns: Positions among the active examples; nil where all go on.
  mutating func worthwhile(_ losses: Tensor, asked: Int) -> [Int]? {
    guard patience > 0,
      let doublings = Self.looks.first(where: { asked == queries / $0.share })?.doublings
    else { return nil }
    defer { self.losses = losses }
    guard let earlier = self.losses else { return nil }
    let reach = losses + (losses - earlier) * (patience * Double(doublings))
    let hopes = (reach .> 0).elements(of: Bool.self)
    return hopes.contains(false) ? hopes.indices.filter { hopes[$0] } : nil
  }

  /// Drops every example but those at some positions.
  mutating func keep(_ positions: [Int]) { losses = losses?.rows(Tensor(positions)) }
}
