// SPDX-License-Identifier: GPL-3.0-or-later

import Attacks
import Records
import RobustCore
import Statistics

/// What an attack of the probe's own, on the margin and by the model's own gradients, breaks.
///
/// It tells masked gradients from attacks that were merely too weak: what it breaks as well needs no
/// other explanation.
struct DirectRun: Sendable {
  static let steps = 20
  /// The size of the sample, standing or not.
  var sample = 0
  /// For each standing example of the sample, whether it broke.
  var isBroken: [Bool] = []

  static func run(_ probe: ProbeSetting, _ budget: inout ProbeBudget) throws -> DirectRun {
    guard probe.threat.norm != .l0 else { return DirectRun() }
    let count = budget.examples(
      probe.sample.count, costing: Double(steps) + 1, share: 0.06)
    let batch = probe.sample.prefix(count).standing
    guard batch.count > 0 else { return DirectRun(sample: count) }
    let returned = try ProjectedGradient(steps: steps, loss: .margin).perturb(
      batch, within: probe.threat, against: probe.victim(batch.count),
      random: probe.random.split("transfer"))
    return DirectRun(
      sample: count, isBroken: try probe.isBroken(returned, labels: batch.labels))
  }
}
