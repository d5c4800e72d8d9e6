// SPDX-License-Identifier: GPL-3.0-or-later

/// A paired test between two evaluations on the same examples.
public struct ComparisonRecord: Codable, Sendable, Hashable {
  /// Which correctness is compared.
  public enum Kind: String, Codable, Sendable, CaseIterable {
    /// Correct on the unchanged input.
    case clean
    /// Correct under the worst attack.
    case robust
  }

  /// The evaluation compared with, such as the dense parent's.
  public var base: String
  /// The evaluation that is judged.
  public var head: String
  /// Which correctness is compared.
  public var kind: Kind
  /// Examples that the base has right and the head wrong.
  public var b: Int
  /// Examples that the base has wrong and the head right.
  public var c: Int
  /// Of the `b` examples, those that both have right unchanged; robust comparisons alone have it.
  public var bAttacked: Int?
  /// Of the `c` examples, those that both have right unchanged; robust comparisons alone have it.
  public var cAttacked: Int?
  /// Examples that both were judged on.
  public var n: Int
  /// Accuracy of the head minus accuracy of the base, `(c - b) / n`.
  public var difference: Double
  /// Lower end of the difference's interval.
  public var low: Double
  /// Upper end of the difference's interval.
  public var high: Double
  /// The confidence level of that interval.
  public var level: Double
  /// Two-sided p-value of the exact McNemar test.
  public var pExact: Double
  /// Its mid-p.
  public var pMid: Double
  /// The exact p-value after Holm's correction over all comparisons of the report.
  public var pHolm: Double

  /// Creates a record.
  public init(
    base: String, head: String, kind: Kind, b: Int, c: Int, bAttacked: Int? = nil,
    cAttacked: Int? = nil, n: Int, difference: Double,
    low: Double, high: Double, level: Double = 0.95, pExact: Double, pMid: Double, pHolm: Double
  ) {
    self.base = base
    self.head = head
    self.kind = kind
    self.b = b
    self.c = c
    self.bAttacked = bAttacked
    self.cAttacked = cAttacked
    self.n = n
    self.difference = difference
    self.low = low
    self.high = high
    self.level = level
    self.pExact = pExact
    self.pMid = pMid
    self.pHolm = pHolm
  }

  private enum CodingKeys: String, CodingKey {
    case base, head, kind, b, c, n, difference, low, high, level
    case bAttacked = "b_attacked"
    case cAttacked = "c_attacked"
    case pExact = "p_exact"
    case pMid = "p_mid"
    case pHolm = "p_holm"
  }
}
