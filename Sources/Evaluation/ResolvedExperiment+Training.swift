// SPDX-License-Identifier: GPL-3.0-or-later

import Models
import Records
import Training

extension ResolvedExperiment {
  /// A training as a model's defaults fill it in.
  ///
  /// What is stated stays; a model file has no defaults of its own, and one that reads texts takes those
  /// of `text-cnn`.
  func training(_ training: Specification, of model: ModelSource) throws -> Specification {
    guard training != Experiment.given else { return training }
    var defaults: [String: ParameterValue]
    switch model {
    case .architecture(let specification):
      defaults = try ModelCatalog.trainingDefaults(of: specification)
    case .file:
      defaults =
        texts == nil ? [:] : try ModelCatalog.trainingDefaults(of: Specification(named: "text-cnn"))
    }
    let member = try TrainingCatalog.member(for: training)
    if case .real(let epochs) = defaults["epochs"] {
      defaults["epochs"] = .real(epochs + member.extraEpochs)
    }
    let known = member.entry.parameters.map(\.name)
    let missing = defaults.filter { training[$0.key] == nil && known.contains($0.key) }
    return try Specification(
      missing.sorted { $0.key < $1.key }.reduce(training.description) { text, item in
        "\(text):\(item.key)=\(item.value)"
      })
  }

  /// Refuses a training that needs the other kind of data.
  ///
  /// - Throws: ``ExperimentError`` with code `wrongData`.
  static func checkData(
    of training: Specification, _ data: TrainingMember.Data, _ experiment: Experiment,
    holdsTexts: Bool
  ) throws {
    func refuse(_ detail: String) -> ExperimentError {
      let fitting = TrainingCatalog.members.filter { member in
        switch member.data {
        case .any: true
        case .images: !holdsTexts
        case .texts: holdsTexts
        }
      }.map(\.entry.name)
      return ExperimentError(
        .wrongData, subject: "training '\(training)'", detail: detail,
        remedy: "choose one of \(fitting.joined(separator: ", "))")
    }
    if holdsTexts, case .images = data {
      throw refuse("it changes values of images, and \(experiment.dataset) holds texts")
    }
    if !holdsTexts, experiment.norm == .l0, case .images = data {
      throw ExperimentError(
        .unsupportedNorm, subject: "training '\(training)'",
        detail: "it follows gradients inside a ball, which has no form in the norm l0",
        remedy: "give --training standard, or a model file that was hardened elsewhere")
    }
    if !holdsTexts, case .texts = data {
      throw refuse("it changes words, and \(experiment.dataset) holds images")
    }
    if !holdsTexts, let share = training["word-dropout"], Double(share) ?? 0 > 0 {
      throw refuse("word-dropout hides words, and \(experiment.dataset) holds images")
    }
  }
}
