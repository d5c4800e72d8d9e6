// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// The verdict on each example of an evaluation: the worst case over all attacks.
public struct ExampleVerdicts: Sendable, Hashable {
  /// The examples' indices in the data set, rising.
  public let examples: [Int]
  /// The true class of each.
  public let labels: [Int]
  /// Whether the unchanged input of each is classified correctly.
  public let cleanCorrect: [Bool]
  /// Whether each is classified correctly and no attack broke it.
  public let robust: [Bool]
  /// How many examples each attack broke first, in the order of the attacks.
  public let firstBroken: [Int]

  /// Counts the outcomes of at least one attack; all are over the same examples.
  ///
  /// - Complexity: O(*n* log *n*) for an attack over *n* examples that are out of order, else O(*n*).
  public init(_ attacks: [AttackOutcomes]) {
    precondition(!attacks.isEmpty, "an evaluation has at least one attack")
    let sorted = attacks.map { ExampleVerdicts.sorted($0.outcomes) }
    let first = sorted[0]
    examples = first.map(\.example)
    labels = first.map(\.label)
    cleanCorrect = first.map(\.cleanCorrect)
    var robust = cleanCorrect
    firstBroken = sorted.map { outcomes in
      precondition(outcomes.count == first.count, "all attacks are over the same examples")
      var count = 0
      for (index, outcome) in outcomes.enumerated() {
        precondition(
          outcome.example == first[index].example && outcome.label == first[index].label
            && outcome.cleanPrediction == first[index].cleanPrediction,
          "attacks agree on the example, its label and its clean prediction")
        guard outcome.broken, robust[index] else { continue }
        robust[index] = false
        count += 1
      }
      return count
    }
    self.robust = robust
  }

  private static func sorted(_ outcomes: [Outcome]) -> [Outcome] {
    let rises = zip(outcomes, outcomes.dropFirst()).allSatisfy { $0.example < $1.example }
    if rises { return outcomes }
    let result = outcomes.sorted { $0.example < $1.example }
    precondition(
      zip(result, result.dropFirst()).allSatisfy { $0.example < $1.example },
      "an attack has one outcome for each example")
    return result
  }

  /// The number of examples.
  public var count: Int { examples.count }

  /// Returns the verdicts of one kind in the order of ``examples``.
  public func correct(_ kind: ComparisonRecord.Kind) -> [Bool] {
    switch kind {
    case .clean: cleanCorrect
    case .robust: robust
    }
  }
}
