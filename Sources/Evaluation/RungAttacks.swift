// SPDX-License-Identifier: GPL-3.0-or-later

import Attacks
import Isolation
import Records
import RobustCore
import Statistics

extension ResolvedExperiment {
  /// The rungs that an experiment asks for, without the one on which nothing is hidden.
  ///
  /// - Throws: `SpecificationError` where a name or parameter is wrong; ``ExperimentError`` with code
  ///   `senselessIsolation` where no ball binds the attacks, or no attack has a form for the norm.
  static func rungs(
    of experiment: Experiment, mode: JudgingMode, classes: Int, texts: ConstraintSet?
  ) throws -> [ResolvedRung] {
    try experiment.isolations.compactMap { specification in
      let (rung, parameters) = try IsolationCatalog.member(for: specification).rung(specification)
      guard rung.view != .everything else { return nil }
      let subject = "isolation '\(specification)'"
      guard texts == nil || !rung.view.dividesLayers else {
        throw ExperimentError(
          .senselessIsolation, subject: subject,
          detail: "no attack on texts works with some layers alone, and the data set holds texts",
          remedy: "choose parent, scores or label")
      }
      if let budget = rung.policy?.queryBudget, let learning = rung.extraction?.queries,
        budget < learning
      {
        throw ExperimentError(
          .senselessIsolation, subject: subject,
          detail: "its process answers \(budget) queries, and \(learning) are to be learned by",
          remedy: "raise budget, or lower queries")
      }
      guard mode == .worstCase else {
        throw ExperimentError(
          .senselessIsolation, subject: subject,
          detail: "its attacks work inside a ball, and those asked for do not",
          remedy: "choose a suite such as quick or standard, or leave the isolation out")
      }
      let attacks =
        if let texts {
          try RungAttacks.onTexts(rung, obeying: texts)
        } else {
          try RungAttacks(rung: rung, norm: experiment.norm, classes: classes).all
        }
      guard !attacks.isEmpty else {
        throw ExperimentError(
          .senselessIsolation, subject: subject,
          detail: "none of its attacks has a form for the norm \(experiment.norm.rawValue)",
          remedy: "choose linf, l2 or l1")
      }
      return ResolvedRung(
        specification: specification, parameters: parameters, rung: rung, attacks: attacks)
    }
  }

  /// Says, before anything is trained, whether the models have what the rungs name.
  func checkRungs() throws {
    for resolved in attacks.rungs {
      let rung = resolved.rung
      let subject = "isolation '\(resolved.name)'"
      if case .member(_, let count) = rung.view,
        !plan.variants.contains(where: { $0.members == count })
      {
        throw ViewError(
          .noMember, subject: subject, detail: "no model is sharded into \(count) members",
          remedy: "add --compression shard:parts=\(count):by=data")
      }
      if rung.view == .parent, plan.variants.allSatisfy({ $0.recipe == nil }) {
        throw ExperimentError(
          .senselessIsolation, subject: subject,
          detail: "no model is compressed, so none has a dense parent",
          remedy: "add a sparsity above 0, or leave it out")
      }
      if rung.extraction?.inputs == .train, train == nil {
        throw ExperimentError(
          .noTrainingData, subject: subject, detail: "\(dataset.name) has no training part",
          remedy: "let it learn by inputs=generated")
      }
      guard rung.view.dividesLayers else { continue }
      for (source, architecture) in architectures {
        do {
          guard let layered = architecture as? any LayeredArchitecture else {
            throw ViewError(
              .unknownLayers, subject: subject, detail: "the layers of '\(source)' are not known",
              remedy: "hide the whole model, by scores or label")
          }
          let parameters = architecture.initialParameters(random: RandomKey(seed: 0))
          try rung.view.check(try layered.layered(parameters).architecture)
        } catch let error as ViewError {
          throw error
        } catch let error as any InputError {
          throw ViewError(
            .unknownLayers, subject: subject,
            detail: "the layers of '\(source)' are not known: \(error.detail)",
            remedy: "hide the whole model, by scores or label")
        }
      }
    }
  }
}

/// What an attacker does who sees so much of a model, cheap ways first.
///
/// The worst of them counts for each example. Who sees more can do all that who sees less can.
struct RungAttacks {
  let rung: Rung
  let norm: Norm
  let classes: Int

  /// In the order in which they run.
  var all: [ResolvedExperiment.ResolvedAttack] {
    get throws {
      switch rung.view {
      case .everything: []
      case .parent: transfers(from: .parent) + (try byLabels)
      case .front: transfers(from: .learned) + features + hybrid + (try byScores)
      case .back, .middle, .largest: transfers(from: .learned) + hybrid + (try byScores)
      case .member:
        transfers(from: .member) + transfers(from: .learned) + hybrid + (try byScores)
      case .scores: transfers(from: .learned) + hybrid + (try byScores)
      case .label: transfers(from: .learned) + (try byLabels)
      }
    }
  }

  /// The strongest ways to make inputs on another model; each restart costs one query.
  ///
  /// > Source: for momentum, Dong et al., CVPR 2018, [arXiv:1710.06081](https://arxiv.org/abs/1710.06081);
  /// > for resized inputs, Xie et al., CVPR 2019, [arXiv:1803.06978](https://arxiv.org/abs/1803.06978).
  private func transfers(from source: Surrogate) -> [ResolvedExperiment.ResolvedAttack] {
    guard norm != .l0 else { return [] }
    let ratio: Loss =
      classes >= Loss.logitRatio.minimumClasses(targeted: false)
      ? .logitRatio : .margin
    let ways: [(TransferAttack.Method, Loss, restarts: Int)] = [
      (.apgd, .crossEntropy, 3), (.apgd, ratio, 3), (.mim, .margin, 2),
      (.diverse, .crossEntropy, 3),
    ]
    return ways.map { method, loss, restarts in
      let values: [String: ParameterValue] = [
        "source": .choice(source.rawValue), "method": .choice(method.rawValue),
        "steps": .integer(50), "restarts": .integer(restarts), "loss": .choice(loss.rawValue),
      ]
      let named = values.filter { ["source", "method", "loss"].contains($0.key) }
      return ResolvedExperiment.ResolvedAttack(
        specification: Specification(name: "transfer", values: named), parameters: values,
        reach: .ball,
        attack: .prepared(
          TransferAttack(
            from: source, method: method, steps: 50, restarts: restarts, loss: loss)))
    }
  }

  /// What can be done with the first layers alone.
  private var features: [ResolvedExperiment.ResolvedAttack] {
    guard norm != .l0 else { return [] }
    let values: [String: ParameterValue] = ["steps": .integer(50), "restarts": .integer(5)]
    return [
      ResolvedExperiment.ResolvedAttack(
        specification: Specification(named: "features"), parameters: values,
        reach: .ball,
        attack: .prepared(
          FeatureAttack(climb: AutoProjectedGradient(steps: 50), restarts: 5)))
    ]
  }

  /// A search that begins where the attack on the stand-in ends.
  private var hybrid: [ResolvedExperiment.ResolvedAttack] {
    guard norm != .l0 else { return [] }
    let values: [String: ParameterValue] = [
      "source": .choice(Surrogate.learned.rawValue), "queries": .integer(rung.searchQueries),
    ]
    return [
      ResolvedExperiment.ResolvedAttack(
        specification: Specification(name: "hybrid", values: values), parameters: values,
        reach: .ball,
        attack: .prepared(HybridAttack(from: .learned, queries: rung.searchQueries)))
    ]
  }

  /// What is open to all who are answered logits, so to those as well who hold a part besides.
  private var byScores: [ResolvedExperiment.ResolvedAttack] {
    get throws {
      try searches(["square:queries=\(rung.searchQueries)"] + estimates)
    }
  }

  /// Estimated gradients, where the queries allow a step: one for its input and two for each pair, and
  /// one at the end.
  private var estimates: [String] {
    let pairs = min(25, (rung.searchQueries - 2) / 2)
    guard pairs >= 1 else { return [] }
    return ["nes:pairs=\(pairs):steps=\((rung.searchQueries - 1) / (2 * pairs + 1))"]
  }

  /// What is open to all who are answered the class.
  private var byLabels: [ResolvedExperiment.ResolvedAttack] {
    get throws { try searches(["hop-skip-jump:queries=\(rung.searchQueries)"]) }
  }

  /// Attacks of the catalog that have a form for the norm.
  private func searches(_ names: [String]) throws -> [ResolvedExperiment.ResolvedAttack] {
    try names.compactMap { name in
      let specification = try Specification(name)
      let member = try AttackCatalog.member(for: specification)
      guard member.norms.contains(norm) else { return nil }
      let (attack, parameters) = try member.attack(specification)
      return ResolvedExperiment.ResolvedAttack(
        specification: specification, parameters: parameters, reach: .ball, attack: attack)
    }
  }
}
