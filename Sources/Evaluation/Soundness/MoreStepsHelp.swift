// SPDX-License-Identifier: GPL-3.0-or-later

import Attacks
import Records
import RobustCore
import Statistics

/// Row 8: twice the steps, from a fresh start, break no more.
struct MoreStepsHelp: SampleCheck {
  let row = SoundnessRow.moreSteps

  func measure(_ probe: ProbeSetting, _ budget: inout ProbeBudget) throws -> SoundnessFinding {
    guard let longer = try longerAttack(probe.attacks, classes: probe.sample.classes) else {
      return .leftOut(
        row, threshold: SuspectShare.tolerated, because: "no gradient attack has steps")
    }
    let cost = 2 * longer.source.gradientsPerExample(classes: probe.sample.classes)
    let count = budget.examples(probe.sample.count, costing: cost, share: 0.13)
    guard count > 0 else {
      return .leftOut(
        row, threshold: SuspectShare.tolerated, because: "no example could be afforded")
    }
    let found = try probe.newlyBroken(count) { batch in
      try longer.attack.perturb(
        batch, within: probe.threat, against: probe.victim(batch.count),
        random: probe.random.split("more-steps"))
    }
    return found.finding(
      row, "\(longer.text) broke, among those left standing,",
      remedy: "give the attacks more steps and restarts until nothing changes")
  }

  /// The cheapest gradient attack of at least ten steps, or the longest of all, doubled.
  private func longerAttack(
    _ attacks: [ResolvedExperiment.ResolvedAttack], classes: Int
  ) throws -> (source: ResolvedExperiment.ResolvedAttack, attack: AnyAttack, text: String)? {
    let iterated = attacks.filter { $0.followsGradients && $0.steps > 1 }
    let long = iterated.filter { $0.steps >= 10 }
    let source =
      long.min {
        $0.gradientsPerExample(classes: classes) < $1.gradientsPerExample(classes: classes)
      }
      ?? iterated.max { $0.steps < $1.steps }
    guard let source else { return nil }
    var values = source.parameters
    values["steps"] = .integer(2 * source.steps)
    let specification = Specification(name: source.specification.name, values: values)
    let member = try AttackCatalog.member(for: specification)
    return (
      // What follows gradients and borrows from the parent does so on a dense model alone.
      source, try member.attack(specification).attack.onItsOwnParent,
      "\(source.specification.name) with \(2 * source.steps) steps"
    )
  }
}

extension ResolvedExperiment.ResolvedAttack {
  fileprivate var steps: Int { parameters["steps"]?.integer ?? 0 }
}
