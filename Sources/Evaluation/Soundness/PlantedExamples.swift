// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import RobustCore
import Statistics

/// Row 13: the attacks find adversarial inputs that were planted next to the examples.
struct PlantedExamples: SampleCheck {
  let row = SoundnessRow.planted

  private static let threshold = 0.95
  /// Points inside the ball, as published and where the budget is small.
  private static let innerCounts = [999, 199]
  private static let enough = 12
  private static let most = 48

  func measure(_ probe: ProbeSetting, _ budget: inout ProbeBudget) throws -> SoundnessFinding {
    let attacks = probe.attacks.filter(\.followsGradients)
    guard !attacks.isEmpty, probe.threat.norm != .l0 else {
      let reason =
        attacks.isEmpty
        ? "no attack follows gradients" : "in l0 no attack follows gradients inside the ball"
      return .leftOut(row, threshold: Self.threshold, because: reason)
    }
    let climbing = attacks.reduce(0) { $0 + $1.gradientsPerExample(classes: probe.sample.classes) }
    var (count, inner) = (0, Self.innerCounts[0])
    for (round, points) in Self.innerCounts.enumerated() where count < Self.enough {
      let cost = climbing + Double(points + 9 + PlantedTest.randomAttempts + 2) / 2
      count = budget.examples(
        min(Self.most, probe.sample.count), costing: cost, share: round == 0 ? 0.15 : 0)
      inner = points
    }
    let result = try PlantedTest(
      features: probe.features, classes: probe.sample.classes,
      inputRange: probe.sample.inputRange, threat: probe.threat, inner: inner,
      random: probe.random.split("planted")
    ).result(of: attacks.map(\.attack), on: probe.sample.prefix(count).batch)
    guard result.planted > 0 else {
      return .leftOut(
        row, threshold: Self.threshold,
        because: count == 0
          ? "no example could be afforded"
          : "no point on the sphere could be told from \(inner) inside by the features")
    }
    return finding(result, inner: inner, probe)
  }

  private func finding(
    _ result: PlantedTest.Result, inner: Int, _ probe: ProbeSetting
  ) -> SoundnessFinding {
    let upper = ProportionInterval.upperBound(
      successes: result.found, trials: result.planted, level: SuspectShare.level)
    let isFlagged = upper < Self.threshold
    return SoundnessFinding(
      row, value: Double(result.found) / Double(result.planted), threshold: Self.threshold,
      sample: result.planted,
      severity: isFlagged ? (probe.hasBlackBox ? .warning : .blocking) : nil,
      message: "the gradient attacks found \(result.found) of \(result.planted) planted"
        + " adversarial inputs (with 95 % confidence fewer than \((upper * 100).fixed(1)) %), random"
        + " noise \(result.foundAtRandom), against \(inner) inner points"
        + (isFlagged ? "; the gradients do not lead to what is there" : ""))
  }
}
