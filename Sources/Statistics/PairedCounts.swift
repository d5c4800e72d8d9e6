// SPDX-License-Identifier: GPL-3.0-or-later

/// How often two models were right on the same examples.
///
/// The difference is always head minus base: negative where the new version lost.
public struct PairedCounts: Sendable, Hashable {
  /// Examples that the base alone had right.
  public let baseOnly: Int
  /// Examples that the head alone had right.
  public let headOnly: Int
  /// Examples that both had right.
  public let both: Int
  /// Examples that neither had right.
  public let neither: Int

  /// Creates a table of counts; none is negative and at least one is positive.
  public init(baseOnly: Int, headOnly: Int, both: Int, neither: Int) {
    precondition(min(baseOnly, headOnly, both, neither) >= 0, "a count is not negative")
    precondition(baseOnly + headOnly + both + neither > 0, "a comparison needs an example")
    self.baseOnly = baseOnly
    self.headOnly = headOnly
    self.both = both
    self.neither = neither
  }

  /// Counts two lists of verdicts on the same examples in the same order.
  public init(base: [Bool], head: [Bool]) {
    precondition(base.count == head.count, "paired verdicts come from the same examples")
    var counts = [0, 0, 0, 0]
    for (baseIsRight, headIsRight) in zip(base, head) {
      counts[(baseIsRight ? 1 : 0) + (headIsRight ? 2 : 0)] += 1
    }
    self.init(baseOnly: counts[1], headOnly: counts[2], both: counts[3], neither: counts[0])
  }

  /// The number of examples.
  public var total: Int { baseOnly + headOnly + both + neither }
  /// The number of examples on which the two differ.
  public var discordant: Int { baseOnly + headOnly }
  /// The head's rate minus the base's, in -1...1.
  public var difference: Double { Double(headOnly - baseOnly) / Double(total) }
}
