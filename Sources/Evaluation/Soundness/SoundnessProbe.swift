// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import RobustCore
import Statistics

/// Asks whether the number of an evaluation may be believed, by attacks of its own on a sample.
///
/// Every check is about what the evaluation left standing: where something cheaper, blinder or longer
/// breaks it, the number is too high.
struct SoundnessProbe: Sendable {
  /// The model under attack.
  let network: any Network
  /// The model without its last layer; nil where it cannot be taken apart.
  var features: (any Network)?
  /// The dense model that it was made from.
  var parent: (any Network)?
  /// Examples, and which of them the evaluation left standing.
  let sample: SoundnessSample
  let threat: ThreatModel
  /// The evaluation's attacks.
  let attacks: [ResolvedExperiment.ResolvedAttack]
  /// An attack without gradients.
  var blackBox: ProbeSetting.BlackBox?
  let random: RandomKey
  /// What the checks may spend, in gradients; a forward pass counts as half of one.
  let budget: Double
  /// Whether the inputs are ids of words, between which there is nothing.
  var readsTexts = false

  /// The part of an evaluation's own cost that its checks may take.
  static let share = 0.15

  /// What the checks of an evaluation may spend.
  static func budget(of outcomes: [[Outcome]]) -> Double {
    let spent = outcomes.joined().reduce(0.0) {
      $0 + Double($1.gradients) + Double(max(0, $1.queries - $1.gradients)) / 2
    }
    return share * spent
  }

  /// Every check of a sample, in the order in which they run: cheap ones leave more to the others.
  static let checks: [any SampleCheck] = [
    ProbabilitiesNotLogits(), ZeroGradient(), NotDifferentiable(), OneStepStronger(),
    UnboundedAttack(), RandomOutput(), NoiseStronger(), TransferStronger(), BlackBoxStronger(),
    PlantedExamples(), MoreStepsHelp(), NotConverged(), SilentSuccess(),
  ]

  /// What was found, and what it cost.
  struct Report: Codable, Sendable {
    /// One for each check, in the order of their numbers.
    let findings: [SoundnessFinding]
    /// Gradients that were spent.
    let gradients: Double
    /// Gradients that could have been spent.
    let budget: Double
  }

  /// Runs every check.
  ///
  /// - Throws: What the model throws.
  func report() throws -> Report {
    let meter = CostMeter()
    var purse = ProbeBudget(total: budget, meter: meter)
    let metered = MeteredNetwork(inner: network, meter: meter)
    var probe = ProbeSetting(
      network: metered,
      features: features.map { MeteredNetwork(inner: $0, meter: meter) } ?? metered,
      parent: parent.map { MeteredNetwork(inner: $0, meter: meter) }, sample: sample,
      threat: threat, attacks: attacks, blackBox: blackBox, random: random)
    var findings: [SoundnessFinding] = []
    for check in Self.checks where !readsTexts || check.isForTexts {
      if check is UnboundedAttack { probe.unbounded = try UnboundedAttack.run(probe, &purse) }
      if check is TransferStronger { probe.direct = try DirectRun.run(probe, &purse) }
      if check is NotConverged { probe.watched = try WatchedRun.run(probe, &purse) }
      findings.append(try check.measure(probe, &purse))
      if check is MoreStepsHelp { probe.longer = findings.last }
    }
    let order = SoundnessRow.all.map(\.check)
    findings.sort {
      (order.firstIndex(of: $0.check) ?? 0) < (order.firstIndex(of: $1.check) ?? 0)
    }
    return Report(findings: findings, gradients: meter.gradients, budget: budget)
  }
}
