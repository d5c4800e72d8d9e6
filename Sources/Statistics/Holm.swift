// SPDX-License-Identifier: GPL-3.0-or-later

/// Holm's correction of p-values for the number of comparisons.
public enum Holm {
  /// Returns the adjusted p-values, in the order of the given ones.
  ///
  /// Rejecting where the adjusted value is at most alpha keeps the chance of any false rejection at
  /// alpha, however the comparisons depend on each other. A smaller p-value is never adjusted to more
  /// than a larger one.
  ///
  /// > Source: Holm. "A Simple Sequentially Rejective Multiple Test Procedure." Scandinavian Journal
  /// > of Statistics 6 (1979) 65-70.
  public static func adjusted(_ pValues: [Double]) -> [Double] {
    precondition(pValues.allSatisfy((0...1).contains), "a p-value lies in 0...1")
    var result = pValues
    var largestSoFar = 0.0
    let order = pValues.indices.sorted { pValues[$0] < pValues[$1] }
    for (rank, index) in order.enumerated() {
      let remaining = Double(pValues.count - rank)
      largestSoFar = max(largestSoFar, min(1, remaining * pValues[index]))
      result[index] = largestSoFar
    }
    return result
  }
}
