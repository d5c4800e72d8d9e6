// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// Which accuracy is meant.
public enum Quantity: String, Codable, Sendable, CaseIterable {
  /// Right on the unchanged input.
  case clean
  /// Right under the worst attack.
  case robust
  /// Proved to be right under every attack.
  case certified

  /// The accuracy of an evaluation; nil where no certificate was computed.
  public func estimate(in evaluation: EvaluationRecord) -> Estimate? {
    switch self {
    case .clean: evaluation.cleanAccuracy
    case .robust: evaluation.robustAccuracy
    case .certified: evaluation.certifiedAccuracy
    }
  }

  /// The verdict on each example; nil in older reports, or where no certificate was kept.
  public func bits(of evaluation: EvaluationRecord) -> PackedBits? {
    switch self {
    case .clean: evaluation.verdicts?.clean
    case .robust: evaluation.verdicts?.robust
    case .certified: evaluation.verdicts?.certified
    }
  }

  /// How many examples an evaluation has right; nil where no certificate was computed.
  public func successes(in evaluation: EvaluationRecord) -> Int? {
    if let bits = bits(of: evaluation) { return bits.ones }
    return estimate(in: evaluation).map {
      Int(($0.value * Double(evaluation.examples)).rounded())
    }
  }

  /// Whether a soundness flag that blocks takes the number away.
  ///
  /// What is right without an attack, or proved, does not rest on how good the attack is.
  public func isBlocked(by evaluations: [EvaluationRecord]) -> Bool {
    self == .robust
      && evaluations.contains { $0.flags.contains { $0.severity == .blocking } }
  }
}
