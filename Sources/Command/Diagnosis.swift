// SPDX-License-Identifier: GPL-3.0-or-later

/// The outcome of one check of the machine.
public struct Diagnosis: Sendable, Hashable {
  /// How the check ended.
  public enum Verdict: String, Sendable, CaseIterable {
    /// All is well.
    case good = "ok"
    /// Something optional is missing.
    case optional = "missing"
    /// A run would fail.
    case bad = "failed"
  }

  /// What was checked, as in `libtorch`.
  public let check: String
  /// How the check ended.
  public let verdict: Verdict
  /// What was found, with a version or a remedy.
  public let detail: String

  /// Creates a diagnosis.
  public init(check: String, verdict: Verdict, detail: String) {
    self.check = check
    self.verdict = verdict
    self.detail = detail
  }
}
