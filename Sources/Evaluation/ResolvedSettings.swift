// SPDX-License-Identifier: GPL-3.0-or-later

import Compression
import Language
import Records
import RobustCore
import Training

extension ResolvedExperiment {
  /// What every short name stands for once defaults are filled in, by the name as it was written.
  func settings() throws -> [String: String] {
    var settings: [String: String] = [:]
    for attack in attacks.asked + attacks.completion {
      let name = attack.specification
      settings["attack \(name)"] =
        Specification(name: name.name, values: attack.parameters).description
    }
    for rung in attacks.rungs {
      settings["isolation \(rung.name)"] =
        Specification(name: rung.specification.name, values: rung.parameters).description
      for attack in rung.attacks {
        settings["attack \(attack.specification) of isolation \(rung.name)"] =
          Specification(name: attack.specification.name, values: attack.parameters).description
      }
    }
    for training in experiment.trainings {
      settings["training \(training)"] = try Self.resolved(training: training)
      for model in experiment.models {
        let filled = try self.training(training, of: model)
        guard filled != training else { continue }
        settings["training \(training) of \(model)"] = try Self.resolved(training: filled)
      }
    }
    for recipe in experiment.compressions {
      settings["compression \(recipe)"] = try Self.resolved(recipe: recipe)
    }
    if let vocabulary = texts?.encoding.vocabulary, experiment.models.contains(where: \.isFile) {
      settings["vocabulary"] = "\(vocabulary.size) ids, sha256 \(vocabulary.digest)"
    }
    let radius = TrainingMember.Context(experiment, texts).threat
    settings["hardened against"] = "\(radius.norm.rawValue) \(radius.epsilon.text)"
    return settings
  }

  /// A training with its defaults filled in, so that a changed default makes another key.
  static func resolved(training: Specification) throws -> String {
    guard training != Experiment.given else { return training.description }
    let entry = try TrainingCatalog.member(for: training).entry
    return Specification(name: training.name, values: try entry.resolve(training)).description
  }

  /// A recipe with its defaults filled in.
  static func resolved(recipe: Recipe) throws -> String {
    try recipe.steps.map { step in
      let entry = try CompressionCatalog.member(for: step).entry
      return Specification(name: step.name, values: try entry.resolve(step)).description
    }.joined(separator: "+")
  }
}
