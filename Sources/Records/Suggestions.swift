// SPDX-License-Identifier: GPL-3.0-or-later

/// The names a user may have meant by one that is unknown.
public enum Suggestions {
  /// The known names nearest to a misspelt one, nearest first.
  ///
  /// Upper and lower case count as equal. A name is near if at most a third of its letters, and never fewer
  /// than two, would have to change, or if it begins with what was written.
  ///
  /// - Parameters:
  ///   - name: What was written.
  ///   - known: The names that exist.
  ///   - limit: The most names to return.
  /// - Returns: Names out of `known`; equally near ones in the order of `known`.
  public static func nearest(to name: String, among known: [String], limit: Int = 3) -> [String] {
    let wanted = name.lowercased()
    guard !wanted.isEmpty else { return [] }
    let ranked = known.enumerated().compactMap { index, candidate -> (Int, Int, String)? in
      let lowered = candidate.lowercased()
      if lowered.hasPrefix(wanted) { return (0, index, candidate) }
      let distance = editDistance(wanted, lowered)
      guard distance <= max(2, lowered.count / 3), distance < lowered.count else { return nil }
      return (distance, index, candidate)
    }
    return ranked.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.prefix(limit).map { $0.2 }
  }

  /// The least number of insertions, deletions, substitutions and swaps of neighbours between two texts.
  ///
  /// No letter is edited twice (the "optimal string alignment" form), so the triangle inequality
  /// does *not* hold.
  ///
  /// - Complexity: O(m · n) time, O(n) memory.
  ///
  /// > Source: Damerau, "A technique for computer detection and correction of spelling errors."
  /// > Communications of the ACM 7(3), 1964, [doi:10.1145/363958.363994](https://doi.org/10.1145/363958.363994).
  public static func editDistance(_ first: String, _ second: String) -> Int {
    let rows = Array(first)
    let columns = Array(second)
    guard !rows.isEmpty, !columns.isEmpty else { return max(rows.count, columns.count) }
    var beforeLast: [Int] = []
    var last = Array(0...columns.count)
    for row in 1...rows.count {
      var current = [row] + [Int](repeating: 0, count: columns.count)
      for column in 1...columns.count {
        let substitution = rows[row - 1] == columns[column - 1] ? 0 : 1
        var best = min(
          last[column] + 1, current[column - 1] + 1, last[column - 1] + substitution)
        if row > 1, column > 1, rows[row - 1] == columns[column - 2],
          rows[row - 2] == columns[column - 1]
        {
          best = min(best, beforeLast[column - 2] + 1)
        }
        current[column] = best
      }
      beforeLast = last
      last = current
    }
    return last[columns.count]
  }
}
