// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import Reporting

extension VariantRecord {
  /// A variant of which only what the analysis reads is said.
  static func small(
    _ id: String, parent: String? = nil, training: String = "standard",
    compression: String = "magnitude", sparsity: Double = 0.5, seed: UInt64 = 1
  ) -> VariantRecord {
    VariantRecord(
      id: id, parent: parent, architecture: "cnn", training: training,
      compression: parent == nil ? "none" : compression, seed: seed,
      sparsity: SparsityRecord(
        requested: parent == nil ? 0 : sparsity, achieved: parent == nil ? 0 : sparsity),
      parameters: 100, nonzeroParameters: 50, macs: 500, denseMacs: 1000, packedBytes: 200,
      denseBytes: 400, sha256: "00", seconds: 1)
  }
}

extension Report {
  /// A report of some variants, not yet analysed.
  static func small(_ variants: [VariantRecord], dataset: String = "shapes") -> Report {
    Report(
      tool: ToolRecord(name: "robust-eval", version: "0.1.0"), created: "2024-05-06T07:08:09Z",
      command: "robust-eval", seed: 1,
      environment: EnvironmentRecord(
        os: "Debian", cpu: "Example", cores: 2, device: "cpu", libraries: [:]),
      dataset: DatasetRecord(
        name: dataset, examples: 40, classes: 2, inputShape: [1, 8, 8], inputRange: 0...1),
      experiment: nil, variants: variants, evaluations: [])
  }
}

extension EvaluationOutcomes {
  /// Makes one attack over examples that are each given by a letter.
  ///
  /// An `x` is wrong without attack, a `b` is broken, an `r` robust; indices rise from `start`.
  static func letters(
    _ letters: String, id: String, variant: String, threat: ThreatModel = .tenth,
    suite: String = "quick", start: Int = 0, flags: [SoundnessFlag] = []
  ) -> EvaluationOutcomes {
    let outcomes = letters.enumerated().map { index, letter in
      letter == "x"
        ? Outcome(unattacked: start + index, label: 0, cleanPrediction: 1)
        : Outcome(
          example: start + index, label: 0, cleanPrediction: 0,
          adversarialPrediction: letter == "b" ? 1 : 0, distance: 0.1, queries: 3, gradients: 2)
    }
    return EvaluationOutcomes(
      id: id, variant: variant, threat: threat, suite: suite,
      attacks: [AttackOutcomes(name: "pgd", seconds: 1, outcomes: outcomes)],
      checks: flags.map {
        CheckRecord(
          check: $0.check, value: $0.value, threshold: $0.threshold, sample: 1,
          severity: $0.severity, message: $0.message)
      })
  }
}

extension ThreatModel {
  /// White box, linf, one tenth.
  static let tenth = ThreatModel(norm: .linf, epsilon: .tenth)
}

extension String {
  /// Some copies in a row.
  static func * (text: String, count: Int) -> String { String(repeating: text, count: count) }
}
