// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import RobustCore

extension ResolvedExperiment {
  /// A model file may do anything with the ids of words; no attack sees vectors in it.
  ///
  /// - Throws: ``ExperimentError`` with code `noWordVectors`.
  static func checkWordVectors(_ attacks: [ResolvedAttack], _ models: [ModelSource]) throws {
    guard let file = models.first(where: \.isFile) else { return }
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
