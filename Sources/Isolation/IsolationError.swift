// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// Why an isolated model gave no answer, or is none.
///
/// The same values cross the socket, by the number of their code.
public struct IsolationError: InputError, Equatable {
  /// The kinds; the numbers are part of the protocol.
  public enum Code: UInt16, Sendable, CaseIterable {
    /// Bytes that are no frame, or a frame that is cut off.
    case malformedFrame = 1
    /// A frame of another version of the protocol.
    case wrongVersion = 2
    /// A frame that claims more bytes than its kind may have.
    case oversizeFrame = 3
    /// A tensor whose shape, type and size do not fit together.
    case malformedTensor = 4
    /// A message that has no place here.
    case unexpectedMessage = 5
    /// Inputs of another shape or type than the model's.
    case wrongInput = 6
    /// More queries than the model answers.
    case budgetSpent = 7
    /// The other side stopped in the middle of a frame, or does not read.
    case tooSlow = 8
    /// What was sent to be isolated cannot be computed with.
    case modelRefused = 9
    /// The process that holds the model has ended.
    case workerGone = 10
    /// The process cannot be started.
    case cannotStart = 11
    /// The system forbids what an isolated model needs.
    case notIsolated = 12
    /// A gradient was asked of a model that has none to give.
    case noGradient = 13
    /// The model cannot be cut into stages.
    case noStages = 14
  }

  /// The kind.
  public let code: Code
  /// The model's name, or the process.
  public let subject: String
  /// What was found and what was expected.
  public let detail: String

  /// Creates an error.
  public init(_ code: Code, subject: String = "the isolated model", detail: String) {
    self.code = code
    self.subject = subject
    self.detail = detail
  }

  /// What to do.
  public var remedy: String {
    switch code {
    case .malformedFrame, .oversizeFrame, .malformedTensor, .unexpectedMessage:
      "use the protocol as it is described"
    case .wrongVersion: "use both sides of one build"
    case .wrongInput: "ask with inputs of the model's shape"
    case .budgetSpent: "raise the query budget, or choose an attack that needs fewer"
    case .tooSlow: "run again on a machine with less to do"
    case .modelRefused: "build again; both sides must come from one build"
    case .workerGone: "run the same command again to go on"
    case .cannotStart: "build the whole package with `make build`"
    case .notIsolated:
      "allow unprivileged user namespaces, or do not ask for an isolated process"
    case .noGradient: "choose attacks that need scores or labels only"
    case .noStages: "choose fewer stages, or a model whose layers are known"
    }
  }
}
