// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import RobustCore

extension VariantPlan {
  /// The record of a model that is not made yet: its names, and zero for each figure.
  func outline(_ resolved: ResolvedExperiment) -> VariantRecord {
    VariantRecord(
      id: id, parent: parent,
      architecture: resolved.architectures[model]?.name ?? model.description,
      training: training.description, compression: recipe?.description ?? "none", seed: seed,
      sparsity: SparsityRecord(requested: sparsity.value, achieved: 0), parameters: 0,
      nonzeroParameters: 0, macs: 0, denseMacs: 0, packedBytes: 0, denseBytes: 0, sha256: "",
      seconds: 0)
  }
}

extension EvaluationPlan {
  /// The record of an evaluation that is not made yet: its names, and nothing for each figure.
  func outline(suite: String) -> EvaluationRecord {
    let nothing = Estimate(value: 0, low: 0, high: 1)
    return EvaluationRecord(
      id: id, variant: variant, isolation: isolation, threat: threat, suite: suite, examples: 0,
      cleanAccuracy: nothing, robustAccuracy: nothing, attacks: [])
  }
}
