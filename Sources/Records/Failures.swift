// SPDX-License-Identifier: GPL-3.0-or-later

/// What went wrong while one example was attacked; several can hold at once.
public struct Failures: OptionSet, Codable, Sendable, Hashable {
  /// The bits, as the journal keeps them.
  public let rawValue: UInt16

  /// Creates a set from its bits.
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// An input gradient was zero everywhere.
  public static let zeroGradient = Failures(rawValue: 1 << 0)
  /// An input gradient held a value that is not finite.
  public static let nonFiniteGradient = Failures(rawValue: 1 << 1)
  /// The loss was still moving in the last steps.
  public static let notConverged = Failures(rawValue: 1 << 2)
  /// A point on the path was adversarial and the returned one is not.
  public static let silentSuccess = Failures(rawValue: 1 << 3)
  /// The prediction changes with the batch size or the number of threads.
  public static let unstablePrediction = Failures(rawValue: 1 << 4)
  /// The budget ended before the attack did.
  public static let budgetSpent = Failures(rawValue: 1 << 5)
  /// The nearest adversarial input that was found lies outside the threat's ball.
  public static let outsideBall = Failures(rawValue: 1 << 6)
  /// The model answered a logit that is not finite.
  public static let nonFiniteLogits = Failures(rawValue: 1 << 7)

  /// There is more to write than the attack tries; it says nothing of the example.
  public static let spaceTooLarge = Failures(rawValue: 1 << 8)

  private static let all: [(flag: Failures, name: String)] = [
    (.zeroGradient, "zero-gradient"), (.nonFiniteGradient, "non-finite-gradient"),
    (.notConverged, "not-converged"), (.silentSuccess, "silent-success"),
    (.unstablePrediction, "unstable-prediction"), (.budgetSpent, "budget-spent"),
    (.outsideBall, "outside-ball"), (.nonFiniteLogits, "non-finite-logits"),
    (.spaceTooLarge, "space-too-large"),
  ]

  /// The names of the failures that hold, in a fixed order.
  public var names: [String] { Failures.all.filter { contains($0.flag) }.map(\.name) }
}
