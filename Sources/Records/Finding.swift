// SPDX-License-Identifier: GPL-3.0-or-later

/// A plain sentence that the numbers support, with the numbers.
public struct Finding: Codable, Sendable, Hashable {
  /// What the evidence allows to say about a claim.
  public enum Verdict: String, Codable, Sendable, CaseIterable {
    /// The head is better.
    case better
    /// The head is worse.
    case worse
    /// No difference was shown; there may be one.
    case undecided
  }

  /// The question answered, such as `pruning-raises-accuracy`.
  public var claim: String
  /// The answer.
  public var verdict: Verdict
  /// The evaluation compared with.
  public var base: String
  /// The evaluation that is judged.
  public var head: String
  /// One plain sentence.
  public var statement: String
  /// The numbers behind it.
  public var evidence: String

  /// Creates a finding.
  public init(
    claim: String, verdict: Verdict, base: String, head: String, statement: String,
    evidence: String
  ) {
    self.claim = claim
    self.verdict = verdict
    self.base = base
    self.head = head
    self.statement = statement
    self.evidence = evidence
  }
}
