// SPDX-License-Identifier: GPL-3.0-or-later

import Records

extension Report {
  /// A report of six variants whose numbers were made up; the intervals were computed elsewhere.
  static let fixture: Report = {
    var report = judged
    report.effort = EffortRecord(
      queries: 61_404, gradients: 58_480, seconds: 74.04, shareOfAll: 0.4875, pace: 0.9125)
    return report
  }()

  private static let judged = Report(
    tool: ToolRecord(name: "robust-eval", version: "0.1.0", commit: "0123abc"),
    created: "2024-05-06T07:08:09Z", command: "robust-eval --sparsity 0.5,0.9", seed: 1,
    environment: EnvironmentRecord(
      os: "Debian GNU/Linux 12", cpu: "Example CPU @ 2.00 GHz", cores: 2, device: "cpu",
      libraries: ["libtorch": "1.13.1", "gsl": "2.7.1"]),
    dataset: DatasetRecord(
      name: "fashion-mnist", sha256: "abcdef", examples: 10000, classes: 10,
      inputShape: [1, 28, 28], inputRange: 0...1),
    experiment: ["sparsity": [0.5, 0.9], "training": ["standard", "pgd"]],
    variants: [
      variant("cnn-standard"),
      variant("cnn-standard-magnitude-0.5", parent: "cnn-standard", sparsity: 0.5),
      variant("cnn-standard-magnitude-0.9", parent: "cnn-standard", sparsity: 0.9),
      variant("cnn-pgd", training: "pgd"),
      variant("cnn-pgd-magnitude-0.5", training: "pgd", parent: "cnn-pgd", sparsity: 0.5),
      variant(
        "cnn-pgd-gradient-0.5", training: "pgd", parent: "cnn-pgd", "gradient", sparsity: 0.5),
    ],
    evaluations: [
      evaluation("cnn-standard", clean: (0.912, 0.893, 0.929), robust: (0.021, 0.013, 0.032)),
      evaluation(
        "cnn-standard-magnitude-0.5", clean: (0.914, 0.895, 0.931), robust: (0.009, 0.004, 0.017)),
      evaluation(
        "cnn-standard-magnitude-0.9", clean: (0.887, 0.866, 0.906), robust: (0, 0, 0.004)),
      evaluation("cnn-pgd", clean: (0.841, 0.817, 0.863), robust: (0.702, 0.673, 0.730)),
      evaluation(
        "cnn-pgd-magnitude-0.5", clean: (0.838, 0.814, 0.860), robust: (0.695, 0.665, 0.723)),
      evaluation(
        "cnn-pgd-gradient-0.5", clean: (0.829, 0.804, 0.852), robust: (0.681, 0.651, 0.710),
        flags: [
          SoundnessFlag(
            check: "not-converged", severity: .warning, value: 0.08, threshold: 0.05,
            message: "The loss of 8 % of the examples was still moving in the last 10 steps.")
        ]),
    ],
    comparisons: [
      ComparisonRecord(
        base: "cnn-pgd@linf-0.1", head: "cnn-pgd-gradient-0.5@linf-0.1", kind: .robust, b: 30,
        c: 9, bAttacked: 24, cAttacked: 7, n: 1000, difference: -0.021, low: -0.0339, high: -0.009,
        pExact: 0.0010571,
        pMid: 0.00067, pHolm: 0.0084572)
    ],
    findings: [
      Finding(
        claim: "easier-to-attack", verdict: .worse, base: "cnn-pgd@linf-0.1",
        head: "cnn-pgd-gradient-0.5@linf-0.1",
        statement: "Pruning made this checkpoint easier to attack.",
        evidence: "Robust accuracy -0.021 [-0.034, -0.009] (n = 1000).")
    ])

  private static func variant(
    _ id: String, training: String = "standard", parent: String? = nil,
    _ compression: String = "magnitude", sparsity: Double = 0
  ) -> VariantRecord {
    let kept = Int((421_642 * (1 - sparsity)).rounded())
    return VariantRecord(
      id: id, parent: parent, architecture: "cnn", training: training,
      compression: parent == nil ? "none" : compression, seed: 1,
      sparsity: SparsityRecord(requested: sparsity, achieved: sparsity), parameters: 421_642,
      nonzeroParameters: kept, macs: kept * 10, denseMacs: 4_216_420,
      packedBytes: kept * 4 + 55_000,
      denseBytes: 1_686_568, latency: MedianRecord(median: 0.412, low: 0.401, high: 0.43),
      latencyBatch64: parent == nil ? nil : MedianRecord(median: 9.5, low: 9.25, high: 10.125),
      speedup: parent == nil ? nil : MedianRecord(median: 1.25, low: 1.125, high: 1.5),
      speedupBatch64: parent == nil ? nil : MedianRecord(median: 1.01, low: 0.98, high: 1.04),
      sha256: "00ff", seconds: 61.25, stageSeconds: ["train": 61.25])
  }

  private static func evaluation(
    _ variant: String, clean: (Double, Double, Double), robust: (Double, Double, Double),
    flags: [SoundnessFlag] = []
  ) -> EvaluationRecord {
    let right = Int((clean.0 * 1000).rounded())
    let robustCount = Int((robust.0 * 1000).rounded())
    return EvaluationRecord(
      id: variant + "@linf-0.1", variant: variant,
      threat: ThreatModel(norm: .linf, epsilon: .tenth), suite: "quick", examples: 1000,
      cleanAccuracy: Estimate(value: clean.0, low: clean.1, high: clean.2),
      robustAccuracy: Estimate(value: robust.0, low: robust.1, high: robust.2),
      attacks: [
        AttackRecord(
          name: "pgd", parameters: ["steps": 20, "loss": "ce"], robustAccuracy: robust.0,
          low: robust.1, high: robust.2, attacked: right, broken: right - robustCount,
          gradients: right * 20, queries: right * 21,
          medianDistance: right == robustCount ? nil : 0.1, seconds: 12.34)
      ], flags: flags)
  }
}

extension GateResult {
  /// A policy of one rule with a case of each answer that cannot make it another one.
  static func fixture(_ verdict: GateVerdict) -> GateResult {
    GateResult(
      report: "reports/cnn/report.json", created: "2024-05-06T07:08:09Z",
      baseline: "reports/base/report.json", policy: "policy.yaml", tests: 2,
      rules: [
        RuleResult(
          id: "floor<b>", statement: "clean accuracy is at least 0.8",
          cases: [
            Case(
              subject: "cnn-pgd@linf-0.1", verdict: verdict, evidence: "0.841 [0.817, 0.863]",
              value: 0.841, low: 0.817, high: 0.863),
            Case(
              subject: "cnn-standard@linf-0.1", verdict: .pass, evidence: "0.912 [0.893, 0.929]",
              value: 0.912, low: 0.893, high: 0.929),
          ])
      ])
  }
}

extension Epsilon {
  /// One tenth, as written on a command line.
  static let tenth: Epsilon = {
    guard let epsilon = Epsilon("0.1") else { preconditionFailure("0.1 is a radius") }
    return epsilon
  }()
}
