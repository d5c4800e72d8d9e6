// SPDX-License-Identifier: GPL-3.0-or-later

/// What happened to one example under one attack.
///
/// Forty bytes, because a run holds up to millions of them.
public struct Outcome: Sendable, Hashable {
  /// The distance of the returned input in the threat's norm; nil where the example was not attacked.
  public let distance: Double?
  /// What went wrong while this example was attacked.
  public let failures: Failures
  private let storedExample: Int32
  private let storedLabel: Int32
  private let storedClean: Int32
  private let storedQueries: Int32
  private let storedGradients: Int32
  private let storedAdversarial: Int32?

  /// Records an example that the attack was run on.
  ///
  /// - Parameters:
  ///   - example: Index in the data set's own order.
  ///   - label: The true class.
  ///   - cleanPrediction: The class of the unchanged input.
  ///   - adversarialPrediction: The class of the input that the attack returned, as the evaluator
  ///     found it.
  ///   - distance: Distance of that input from the original, in the threat's norm.
  ///   - queries: Forward passes spent on this example.
  ///   - gradients: Input gradients spent on this example.
  ///   - failures: What went wrong.
  public init(
    example: Int, label: Int, cleanPrediction: Int, adversarialPrediction: Int, distance: Double,
    queries: Int, gradients: Int, failures: Failures = []
  ) {
    self.distance = distance
    self.failures = failures
    storedExample = Int32(example)
    storedLabel = Int32(label)
    storedClean = Int32(cleanPrediction)
    storedQueries = Int32(queries)
    storedGradients = Int32(gradients)
    storedAdversarial = Int32(adversarialPrediction)
  }

  /// Records an example that was left alone: already misclassified, or already broken by an
  /// earlier attack of the suite.
  public init(
    unattacked example: Int, label: Int, cleanPrediction: Int, failures: Failures = []
  ) {
    distance = nil
    self.failures = failures
    storedExample = Int32(example)
    storedLabel = Int32(label)
    storedClean = Int32(cleanPrediction)
    storedQueries = 0
    storedGradients = 0
    storedAdversarial = nil
  }

  /// Index of the example in the data set's own order.
  public var example: Int { Int(storedExample) }
  /// The true class.
  public var label: Int { Int(storedLabel) }
  /// The class of the unchanged input.
  public var cleanPrediction: Int { Int(storedClean) }
  /// The class of the returned input; nil where the example was not attacked.
  public var adversarialPrediction: Int? { storedAdversarial.map(Int.init) }
  /// Forward passes spent on this example.
  public var queries: Int { Int(storedQueries) }
  /// Input gradients spent on this example.
  public var gradients: Int { Int(storedGradients) }
  /// Whether the attack was run on this example.
  public var attacked: Bool { storedAdversarial != nil }
  /// Whether the unchanged input is classified correctly.
  public var cleanCorrect: Bool { storedClean == storedLabel }
  /// Whether the example was right and this attack made it wrong, inside the threat's ball.
  public var broken: Bool { misled && !failures.contains(.outsideBall) }
  /// Whether the example was right and this attack made it wrong, at whatever distance.
  public var misled: Bool {
    guard let storedAdversarial else { return false }
    return cleanCorrect && storedAdversarial != storedLabel
  }

  /// The same outcome as a ball of another radius sees it.
  ///
  /// - Parameter limit: The largest distance that counts.
  /// - Returns: The outcome, marked where its mistake lies further away.
  public func within(_ limit: Double) -> Outcome {
    guard let storedAdversarial, let distance else { return self }
    var seen = failures
    seen.remove(.outsideBall)
    if misled, distance > limit { seen.insert(.outsideBall) }
    return Outcome(
      example: example, label: label, cleanPrediction: cleanPrediction,
      adversarialPrediction: Int(storedAdversarial), distance: distance, queries: queries,
      gradients: gradients, failures: seen)
  }
}

extension Outcome: Codable {
  private enum CodingKeys: String, CodingKey {
    case distance, failures
    case storedExample = "example"
    case storedLabel = "label"
    case storedClean = "clean_prediction"
    case storedQueries = "queries"
    case storedGradients = "gradients"
    case storedAdversarial = "adversarial_prediction"
  }
}
