// SPDX-License-Identifier: GPL-3.0-or-later

/// A paired test that may be looked at after every example and stopped at any time.
///
/// The evidence is an e-value: were base and head right equally often, the chance that it ever
/// reaches 1/alpha is at most alpha, however often one looks.
///
/// With b examples that the base alone had right and c that the head alone had right it is
///
///     E = 2^(b + c) · B(b + 1/2, c + 1/2) / B(1/2, 1/2)
///
/// the likelihood ratio of a coin of unknown bias, under Jeffreys' prior, to a fair one.
///
/// > Source: Ville 1939 for the inequality; Krichevsky and Trofimov. IEEE Transactions on Information
/// > Theory 27 (1981) 199-207, for the mixture; Ramdas et al. "Game-Theoretic Statistics and Safe
/// > Anytime-Valid Inference." Statistical Science 38 (2023) 576-601.
public struct SequentialPairedTest: Sendable, Hashable {
  /// Examples so far that the base alone had right.
  public private(set) var baseOnly = 0
  /// Examples so far that the head alone had right.
  public private(set) var headOnly = 0
  /// The natural logarithm of the largest e-value so far.
  public private(set) var largestLogEvidence = 0.0

  /// Creates a test that has seen nothing.
  public init() {}

  /// Takes in the verdicts on one more example; one on which both agree changes nothing.
  public mutating func observe(baseIsRight: Bool, headIsRight: Bool) {
    guard baseIsRight != headIsRight else { return }
    if baseIsRight { baseOnly += 1 } else { headOnly += 1 }
    largestLogEvidence = max(largestLogEvidence, logEvidence)
  }

  /// The natural logarithm of the e-value now.
  public var logEvidence: Double {
    SequentialPairedTest.logEvidence(baseOnly: baseOnly, headOnly: headOnly)
  }

  /// A p-value that holds at any stopping time: one over the largest e-value so far.
  public var pValue: Double {
    GSL.exp(-largestLogEvidence)
  }

  /// Whether the hypothesis of equal rates may be rejected, with a chance of error of at most alpha.
  public func rejects(alpha: Double = 0.05) -> Bool {
    precondition(alpha > 0 && alpha < 1, "alpha lies strictly between 0 and 1")
    return largestLogEvidence >= -GSL.log(alpha)
  }

  /// Returns the natural logarithm of the e-value of some counts of discordant examples.
  public static func logEvidence(baseOnly: Int, headOnly: Int) -> Double {
    precondition(baseOnly >= 0 && headOnly >= 0, "a count is not negative")
    let pairs = Double(baseOnly + headOnly)
    return pairs * GSL.log(2) + GSL.logBeta(Double(baseOnly) + 0.5, Double(headOnly) + 0.5)
      - GSL.log(Double.pi)
  }
}
