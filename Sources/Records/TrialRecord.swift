// SPDX-License-Identifier: GPL-3.0-or-later

/// One candidate in one round of a search over structures.
public struct TrialRecord: Codable, Sendable, Hashable {
  /// The candidate's number; 0 has the dense model's proportions.
  public let candidate: Int
  /// The round, from 0; in each the candidates that are left are trained for longer.
  public let round: Int
  /// Passes over the training data.
  public let epochs: Double
  /// Prunable parameters.
  public let parameters: Int
  /// Multiply-accumulates of convolutions and matrices in one forward pass.
  public let macs: Int
  /// Correct on held-out examples, as a share.
  public let cleanAccuracy: Double
  /// Correct under attack on held-out examples, as a share.
  public let robustAccuracy: Double

  /// Creates a record.
  public init(
    candidate: Int, round: Int, epochs: Double, parameters: Int, macs: Int,
    cleanAccuracy: Double, robustAccuracy: Double
  ) {
    self.candidate = candidate
    self.round = round
    self.epochs = epochs
    self.parameters = parameters
    self.macs = macs
    self.cleanAccuracy = cleanAccuracy
    self.robustAccuracy = robustAccuracy
  }

  private enum CodingKeys: String, CodingKey {
    case candidate, round, epochs, parameters, macs
    case cleanAccuracy = "clean_accuracy"
    case robustAccuracy = "robust_accuracy"
  }
}

extension [TrialRecord] {
  /// The candidates that go on from a round, best first: by robust, then by clean accuracy, then by
  /// number; half of them, rounded up.
  public var betterHalf: [Int] {
    let ranked = sorted { one, other in
      if one.robustAccuracy != other.robustAccuracy {
        return one.robustAccuracy > other.robustAccuracy
      }
      return one.cleanAccuracy == other.cleanAccuracy
        ? one.candidate < other.candidate : one.cleanAccuracy > other.cleanAccuracy
    }
    return ranked.prefix((count + 1) / 2).map(\.candidate)
  }
}
