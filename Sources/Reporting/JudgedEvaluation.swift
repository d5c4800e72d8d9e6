// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// An evaluation after counting: its record, and the verdicts that paired tests need.
public struct JudgedEvaluation: Sendable, Hashable {
  /// What the report says.
  public let record: EvaluationRecord
  /// The verdict on each example.
  public let verdicts: ExampleVerdicts
  /// The distance of each example's nearest adversarial input in any attack, whatever the radius.
  ///
  /// Zero where it is wrong unchanged, nil where none was found; nil as a whole where the attacks do
  /// not look for the nearest.
  public let distances: [Double?]?
  /// The queries and gradients of each attack's costliest example.
  public let costliest: [Int]
  /// Whether the number of examples depends on what was found.
  public let isStopped: Bool
}
