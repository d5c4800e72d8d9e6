// SPDX-License-Identifier: GPL-3.0-or-later

/// How a run that ends as soon as a policy is decided came to its number of examples.
///
/// Such a number depends on the verdicts, so that only tests that hold at any time are valid on them.
public struct StoppingRecord: Codable, Sendable, Hashable {
  /// Why a run stops.
  public enum Rule: String, Codable, Sendable {
    /// Every rule of a policy was decided, or no example was left.
    case untilDecided = "until-decided"
  }

  /// Why it stopped.
  public var rule: Rule
  /// The digest of the policy file.
  public var policySHA256: String
  /// The digest of the report compared with; nil without one.
  public var baselineSHA256: String?
  /// Examples that were judged.
  public var examplesSeen: Int
  /// Examples that would have been judged at most.
  public var examplesAvailable: Int
  /// After every so many examples the policy was asked.
  public var examplesPerLook: Int
  /// The seed of the order in which the examples came.
  public var orderSeed: UInt64

  /// Creates a record.
  public init(
    policySHA256: String, baselineSHA256: String?, examplesSeen: Int, examplesAvailable: Int,
    examplesPerLook: Int, orderSeed: UInt64
  ) {
    rule = .untilDecided
    self.policySHA256 = policySHA256
    self.baselineSHA256 = baselineSHA256
    self.examplesSeen = examplesSeen
    self.examplesAvailable = examplesAvailable
    self.examplesPerLook = examplesPerLook
    self.orderSeed = orderSeed
  }

  private enum CodingKeys: String, CodingKey {
    case rule
    case policySHA256 = "policy_sha256"
    case baselineSHA256 = "baseline_sha256"
    case examplesSeen = "examples_seen"
    case examplesAvailable = "examples_available"
    case examplesPerLook = "examples_per_look"
    case orderSeed = "order_seed"
  }

  /// Whether two runs met the same examples in the same order.
  public func sharesOrder(with other: StoppingRecord) -> Bool {
    orderSeed == other.orderSeed && examplesAvailable == other.examplesAvailable
  }
}
