// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// Adversarial inputs in a file, to be checked against a model.
public struct VerifyRequest: Sendable, Hashable {
  /// The `.npz` file.
  public var file: String
  /// The TorchScript file of the model.
  public var model: String
  /// The data set of the original inputs.
  public var dataset: String
  /// What the inputs may change.
  public var threat: ThreatModel
  /// Whether every input must mislead the model, unless that is wrong without a perturbation.
  public var isStrict: Bool
  /// Whether the verdict is printed as JSON.
  public var printsJSON: Bool
}

/// What a check of adversarial inputs found.
public struct VerifyAnswer: Sendable, Hashable {
  /// For standard output.
  public var text: String
  /// Whether every input is allowed and every mistake was seen again.
  public var isSound: Bool

  /// Creates an answer.
  public init(text: String, isSound: Bool) {
    self.text = text
    self.isSound = isSound
  }
}

extension Flag {
  fileprivate static let model = Flag(name: "model", letter: "m", value: .required("FILE.pt"))
  fileprivate static let strict = Flag(name: "strict", letter: nil, value: .optional)
  fileprivate static let verdictJSON = Flag(name: "json", letter: nil, value: .optional)
}

extension Invocation {
  /// Reads `verify FILE.npz --model FILE.pt [--dataset NAME] [--norm NORM] [--epsilon X] [--strict] [--json]`.
  static func verify(_ arguments: [String]) throws(UsageError) -> Invocation {
    let options: [RunOption] = [.dataset, .norm, .epsilon]
    let flags = [.model] + options.map(\.flag) + [.strict, .verdictJSON, .help]
    let parsed = try FlagParser(flags: flags).parse(arguments)
    if let early = early(parsed, help: .verify) { return early }
    guard let file = parsed.operands.first, !file.isEmpty else {
      throw UsageError(
        .missingArgument, subject: "verify", detail: "FILE is missing",
        remedy: "write robust-eval verify FILE.npz --model FILE.pt")
    }
    if parsed.operands.count > 1 {
      throw UsageError(
        .unexpectedArgument, subject: parsed.operands[1], detail: "unexpected argument",
        remedy: "name one file")
    }
    var settings: Settings = [:]
    var model: String?
    var isStrict = false
    var printsJSON = false
    for occurrence in parsed.flags {
      if let option = options.first(where: { $0.name == occurrence.flag.name }) {
        settings[option] = Setting(option, flagValue: occurrence.value)
      } else if occurrence.flag.name == Flag.model.name {
        model = occurrence.value
      } else if occurrence.flag.name == Flag.strict.name {
        isStrict = true
      } else {
        printsJSON = true
      }
    }
    guard let model, !model.isEmpty else {
      throw UsageError(
        .missingArgument, subject: "verify", detail: "--model is missing",
        remedy: "name a TorchScript file, such as models/*/model.pt in a run's folder")
    }
    let experiment = try SettingsReader(settings: settings).experiment()
    guard experiment.epsilons.count == 1, let epsilon = experiment.epsilons.first else {
      throw UsageError(
        .badValue, subject: "--epsilon", detail: "names several radii", remedy: "give one")
    }
    return .verify(
      VerifyRequest(
        file: file, model: model, dataset: experiment.dataset,
        threat: ThreatModel(norm: experiment.norm, epsilon: epsilon), isStrict: isStrict,
        printsJSON: printsJSON))
  }
}
