// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import RobustCore
import Training

extension ResolvedExperiment {
  /// A model file may do anything with the ids of words; neither attacks nor trainings see vectors in it.
  ///
  /// - Throws: ``ExperimentError`` with code `noWordVectors`.
  static func checkWordVectors(_ attacks: [ResolvedAttack], _ experiment: Experiment) throws {
    guard let file = experiment.models.first(where: \.isFile) else { return }
    for training in experiment.trainings where training != Experiment.given {
      guard try TrainingCatalog.member(for: training).needsWordVectors else { continue }
      throw ExperimentError(
        .noWordVectors, subject: "training '\(training)'",
        detail: "\(file) does not tell the vectors of its words",
        remedy: "choose a training that replaces words, such as synonyms")
    }
    for attack in attacks {
      if case .textByGradient = attack.attack {
        throw ExperimentError(
          .noWordVectors, subject: "attack '\(attack.specification)'",
          detail: "\(file) does not tell the vectors of its words",
          remedy: "choose an attack on answers, such as textfooler")
      }
    }
  }
}
