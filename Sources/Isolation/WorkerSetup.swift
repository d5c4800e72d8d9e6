// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import RobustCore
import Torch

/// All that a worker is told before it answers: the model, its place among others, and the policy.
struct WorkerSetup {
  /// Where a worker stands.
  enum Place: Codable, Equatable {
    /// It holds the whole model.
    case whole
    /// It takes inputs and gives activations to the next stage.
    case firstStage
    /// It takes activations and gives activations.
    case innerStage
    /// It takes activations and gives answers.
    case lastStage

    /// Whether inputs come from outside.
    var isFirst: Bool { self == .whole || self == .firstStage }
    /// Whether answers go out.
    var isLast: Bool { self == .whole || self == .lastStage }
  }

  private struct Words: Codable {
    let form: StoredModel.Form
    let place: Place
    let policy: AnswerPolicy
    let patience: Double
  }

  private static let words = "setup"

  let model: StoredModel
  let place: Place
  let policy: AnswerPolicy
  /// How long a frame may take that has begun, in seconds.
  let patience: Double

  init(model: StoredModel, place: Place, policy: AnswerPolicy, patience: Double) {
    self.model = model
    self.place = place
    self.policy = policy
    self.patience = patience
  }

  var encoded: [UInt8] {
    let words = Words(form: model.form, place: place, policy: policy, patience: patience)
    guard let line = try? CanonicalJSON.line(words) else {
      preconditionFailure("names and numbers always have a JSON form")
    }
    return Safetensors(model.tensors, metadata: [Self.words: line]).encoded()
  }

  /// Reads what ``encoded`` wrote.
  ///
  /// - Throws: ``IsolationError`` with code `modelRefused`.
  init(decoding bytes: [UInt8]) throws(IsolationError) {
    guard let file = try? Safetensors(decoding: bytes, subject: "the model"),
      let line = file.metadata[Self.words],
      let words = try? CanonicalJSON.value(Words.self, from: line)
    else {
      throw IsolationError(.modelRefused, detail: "what was sent is no model with its policy")
    }
    self.init(
      model: StoredModel(form: words.form, tensors: file.tensors), place: words.place,
      policy: words.policy, patience: words.patience)
  }
}
