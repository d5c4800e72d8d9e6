// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import RobustCore
import Statistics
import Torch

/// The evaluation's own gradient attacks, run once more on examples that stood, and watched.
struct WatchedRun: Sendable {
  /// The size of the sample, standing or not.
  var sample = 0
  /// Examples that an attack saw broken, and handed back unbroken.
  var silent = 0
  /// For each iterated attack by name, how far each unbroken example's loss moved at the end.
  var lateChanges: [String: [Double]] = [:]

  /// Steps at the end of an attack that should no longer raise the loss.
  static let lastSteps = 10

  /// Runs and watches as many examples as the budget allows.
  static func run(_ probe: ProbeSetting, _ budget: inout ProbeBudget) throws -> WatchedRun {
    let attacks = probe.attacks.filter(\.followsGradients)
    let cost = attacks.reduce(1) { $0 + $1.gradientsPerExample(classes: probe.sample.classes) }
    let count =
      attacks.isEmpty ? 0 : budget.examples(probe.sample.count, costing: cost, share: 0.12)
    var run = WatchedRun()
    run.sample = count
    let batch = probe.sample.prefix(count).standing
    guard batch.count > 0 else { return run }
    var silent: Set<Int> = []
    for attack in attacks {
      let victim = WatchingVictim(probe.victim(batch.count), batch: batch, threat: probe.threat)
      let returned = try attack.attack.perturb(
        batch, within: probe.threat, against: victim,
        random: probe.random.split("watched/\(attack.specification)"))
      let isBroken = try probe.isBroken(returned, labels: batch.labels)
      silent.formUnion(try silentRows(victim, isBroken, batch, probe))
      guard case .gradient = attack.attack else { continue }
      let changes = isBroken.indices.filter { !isBroken[$0] }
        .compactMap { lateChange(victim.margins[$0]) }
      if !changes.isEmpty { run.lateChanges[attack.specification.description] = changes }
    }
    run.silent = silent.count
    return run
  }

  /// Rows whose success is seen again with the input alone, and was not returned.
  private static func silentRows(
    _ victim: WatchingVictim, _ isBroken: [Bool], _ batch: Batch, _ probe: ProbeSetting
  ) throws -> [Int] {
    try victim.seen.filter { !isBroken[$0.key] }.compactMap { row, input in
      let label = batch.labels.slice(row..<row + 1)
      return try probe.isBroken(input, labels: label) == [true] ? row : nil
    }
  }

  /// The share of a path's whole rise that came in its last steps.
  ///
  /// - Returns: Nil for a path of too few steps to say.
  ///
  /// > Source: Pintor et al. "Indicators of Attack Failure." NeurIPS 2022,
  /// > [arXiv:2106.09947](https://arxiv.org/abs/2106.09947), indicator of incomplete optimisation.
  ///
  /// - Note: A path of fewer than twenty steps is judged by its second half, as otherwise its last ten
  ///   steps would be nearly all of it.
  static func lateChange(_ losses: [Double]) -> Double? {
    guard losses.count >= 4, losses.allSatisfy(\.isFinite) else { return nil }
    let window = min(lastSteps, losses.count / 2)
    var best = -Double.infinity
    let highest = losses.map { loss in
      best = max(best, loss)
      return best
    }
    let rise = best - losses[0]
    guard rise > 1e-9 * max(1, abs(best)) else { return 0 }
    return (best - highest[losses.count - 1 - window]) / rise
  }
}
