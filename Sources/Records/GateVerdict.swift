// SPDX-License-Identifier: GPL-3.0-or-later

/// What a gate, one of its rules or one case of a rule says.
public enum GateVerdict: String, Codable, Sendable, CaseIterable {
  /// The demand is shown to be met.
  case pass
  /// The demand is shown not to be met.
  case fail
  /// The data show neither.
  case inconclusive
  /// A soundness flag is up: the number is not to be believed.
  case refused

  /// The verdict on several together: one failure fails, and only if all pass is it a pass.
  ///
  /// A failure counts more than a refusal, since a rule that fails on sound numbers settles the matter.
  public static func joint(_ verdicts: [GateVerdict]) -> GateVerdict {
    [.fail, .refused, .inconclusive].first { verdicts.contains($0) } ?? .pass
  }
}
