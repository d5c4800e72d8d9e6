// SPDX-License-Identifier: GPL-3.0-or-later

import Language
import Records
import RobustCore
import Statistics
import Torch

extension BlockJudge {
  /// Runs an attack on texts and judges what it returns; nothing is clipped in silence.
  ///
  /// The model is asked about what the string of each text reads as, not about what the attack says.
  ///
  /// - Throws: ``ExperimentError`` with code `outsideBall` where a text breaks the constraints; what the
  ///   model throws.
  func judge(
    _ attack: ResolvedExperiment.ResolvedAttack, texts batch: Batch, _ setting: TextSetting,
    team: Int?
  ) throws -> Found {
    let victim = ModelTextVictim(
      asked ?? network, encoding: setting.encoding, classes: examples.classes,
      rules: setting.rules, rows: batch.count,
      budget: [threat.queryBudget, attack.mostQueries].compactMap(\.self).min())
    let returned: [Text] = try attack.attack.perturb(
      batch, within: threat, against: victim,
      random: random.split("attack/\(attack.specification)"))
    let originals = batch.texts ?? []
    precondition(returned.count == originals.count, "a text for each example")
    for (text, original) in zip(returned, originals) {
      guard
        let fault = setting.inspection.fault(text, original: original, within: threat.epsilon)
      else { continue }
      throw ExperimentError(
        .outsideBall, subject: "attack '\(attack.specification)'", detail: "it returned \(fault)",
        remedy: "this is a bug of the attack; please report it")
    }
    let read = returned.map { setting.inspection.tokenizer.text(of: $0.joined) }
    var found = Found(inputs: setting.encoding.ids(of: read))
    found.texts = returned
    found.distances = zip(returned, originals).map { setting.inspection.distance($0, original: $1) }
    found.judgements = try network.confirmedJudgements(
      of: found.inputs, labels: batch.labels.elements(of: Int.self), byTeamOf: team)
    found.queries = victim.queries
    found.gradients = victim.gradients
    // A search that ends where its own limit lies has done all that it was asked to.
    let isOwnLimit = attack.mostQueries.map { $0 <= threat.queryBudget ?? .max } ?? false
    if victim.isRefused || victim.isBudgetSpent && !isOwnLimit { found.failures = .budgetSpent }
    if case .text(let searching) = attack.attack {
      found.leftOut = Set(
        originals.indices.filter {
          searching.leavesOut(originals[$0], within: threat, under: setting.rules)
        })
    }
    return found
  }
}
