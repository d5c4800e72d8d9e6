// SPDX-License-Identifier: GPL-3.0-or-later

import Attacks
import Compression
import Records
import RobustCore
import Statistics
import Torch
import Training

/// What a run will do and about how long it takes, from one measured tile.
struct CostEstimate {
  private let resolved: ResolvedExperiment
  private let workers: Int
  private let secondsPerGradient: Double
  /// A dozen words with a few candidates each, which is what greedy attacks on texts ask about.
  private static let queriesOfText = 60.0

  /// Times a few gradients of each architecture on one core.
  init(
    _ resolved: ResolvedExperiment, workers: Int, clock: @Sendable () -> Double
  ) throws {
    self.resolved = resolved
    self.workers = workers
    var slowest = 0.0
    for architecture in resolved.architectures.values {
      let parameters = architecture.initialParameters(random: RandomKey(seed: 0))
      let network = architecture.network(parameters)
      let batch = resolved.test.batch(Array(0..<min(ModelVictim.tileSize, resolved.test.count)))
      var best = Double.infinity
      for _ in 0..<4 {
        let start = clock()
        if architecture.words != nil {
          // Ids have no gradient; one costs about three passes.
          for _ in 0..<3 { _ = try network.tiledLogits(batch.inputs) }
        } else {
          _ = try network.tiledGradient(at: batch.inputs) { logits, range in
            Loss.crossEntropy.values(logits: logits, labels: batch.labels.slice(range))
          }
        }
        best = min(best, (clock() - start) / Double(batch.count))
      }
      slowest = max(slowest, best)
    }
    secondsPerGradient = slowest
  }

  /// Gradients of one evaluation if nothing were broken: an upper bound.
  private func gradientsPerExample(_ evaluation: EvaluationPlan) -> Double {
    let others = Double(max(1, resolved.dataset.classes - 1))
    return resolved.attacks.of(evaluation).reduce(0) { sum, attack in
      // Their product may be beyond any whole number.
      func number(_ name: String) -> Double? { attack.parameters[name]?.integer.map(Double.init) }
      let steps = number("steps") ?? (attack.attack.knowledge == .whiteBox ? 1 : 0)
      let climbs = min(number("targets") ?? 1, others) * (number("searches") ?? 1)
      let answers = (number("restarts") ?? 1) * (number("eot") ?? 1)
      // A forward pass alone costs about half as much.
      let queries =
        number("queries") ?? number("attempts") ?? number("limit")
        ?? number("population").map { $0 * (number("generations") ?? 1) }
        ?? (attack.constraints == nil ? 2 * steps * (number("pairs") ?? 0) : Self.queriesOfText)
      return sum + steps * climbs * answers + queries / 2
    }
  }

  /// Gradients that training and fine-tuning take, as if each step cost as much as an attack's.
  private func trainingGradients() throws -> Double {
    guard let train = resolved.train else { return 0 }
    return try resolved.plan.variants.reduce(0) { sum, plan in
      guard plan.recipe != nil || plan.training != Experiment.given else { return sum }
      let training = try resolved.training(VariantTuner.training(of: plan), of: plan.model)
      let member = try TrainingCatalog.member(for: training)
      let values = try member.entry.resolve(training)
      let inner = member.isAdversarial ? (values["steps"]?.integer ?? 1) : 0
      let dense = values["epochs"]?.real ?? 1
      let recipe = plan.recipe.flatMap { resolved.recipes[$0] }
      let epochs = recipe?.tuningEpochs(ofDense: dense, to: plan.sparsity.value) ?? dense
      return sum + epochs * Double(train.count) * Double(inner + 1)
    }
  }

  /// The plan, with the cost of each part.
  var summary: PlanSummary {
    get throws {
      let attacked =
        resolved.plan.evaluations.reduce(0) { $0 + gradientsPerExample($1) }
        * Double(resolved.test.count)
      let radii = resolved.experiment.embeddingRadii ?? []
      let moved = Double(
        radii.count * EmbeddingStage.ascent.steps * resolved.plan.variants.count
          * resolved.test.count)
      let parts =
        [("train and compress", try trainingGradients()), ("attack", attacked)]
        + (radii.isEmpty ? [] : [("move vectors of words", moved)])
      func names(_ attacks: [ResolvedExperiment.ResolvedAttack]) -> [String] {
        attacks.map(\.specification.description)
      }
      let isCompleted = resolved.plan.evaluations.contains(where: \.isCompleted)
      return PlanSummary(
        variants: resolved.plan.variants.map(\.id),
        evaluations: resolved.plan.evaluations.map(\.id), examples: resolved.test.count,
        attacks: names(resolved.attacks.asked),
        completion: isCompleted ? names(resolved.attacks.completion) : [], workers: workers,
        stages: parts.map { name, gradients in
          PlanSummary.Stage(
            name: name, gradients: gradients.rounded(),
            seconds: gradients * secondsPerGradient / Double(workers))
        })
    }
  }
}
