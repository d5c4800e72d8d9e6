// SPDX-License-Identifier: GPL-3.0-or-later

/// What a run left to be printed.
public struct RunAnswer: Sendable, Hashable {
  /// The text for standard output.
  public let text: String
  /// What the gate says of a run that went on until it was decided; nil for any other run.
  public let gate: GateAnswer?

  /// Creates an answer.
  public init(text: String, gate: GateAnswer? = nil) {
    self.text = text
    self.gate = gate
  }
}
