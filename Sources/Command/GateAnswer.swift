// SPDX-License-Identifier: GPL-3.0-or-later

/// What a gate found, ready to be printed.
public struct GateAnswer: Sendable, Hashable {
  /// The text for standard output.
  public let text: String
  /// Lines for GitHub's runner, which it shows beside a change; printed where one is listening.
  public let annotations: String
  /// How the program ends.
  public let status: ExitCode

  /// Creates an answer.
  public init(text: String, annotations: String, status: ExitCode) {
    self.text = text
    self.annotations = annotations
    self.status = status
  }
}
