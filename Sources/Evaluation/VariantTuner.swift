// SPDX-License-Identifier: GPL-3.0-or-later

import Attacks
import Hashing
import Records
import RobustCore
import Statistics
import Torch
import Training

/// Training as a compression sees it: the way in which its variant was trained.
struct VariantTuner: Tuning {
  /// The training data; nil where a data set has none.
  var examples: Examples?
  let dataset: String
  let training: Specification
  let context: TrainingMember.Context
  let pool: WorkerPool
  let random: RandomKey
  /// What the dense model's first parameters were drawn from.
  let initialRandom: RandomKey
  let progress: @Sendable (Trainer.Progress) throws -> Void

  /// Fine-tuning begins at a part of the rate that the dense model was trained with.
  private static let fineTuningShare = 0.2

  func batchGradients(
    of classifier: Classifier, batches: Int
  ) async throws -> [[String: Tensor]] {
    try await trainer(classifier.architecture, TuningSchedule(epochs: 1))
      .batchGradients(of: classifier.parameters, batches: batches)
  }

  func tuned(_ classifier: Classifier, _ schedule: TuningSchedule) async throws -> ParameterSet {
    try await trainer(classifier.architecture, schedule)
      .train(from: classifier.parameters, span: schedule.span, progress: progress)
  }

  func calibrationInputs(_ count: Int) throws -> Tensor {
    let all = try trainingPart()
    return all.batch(Array(order(all).prefix(count))).inputs
  }

  func initial(_ architecture: any Architecture) -> ParameterSet {
    architecture.initialParameters(random: initialRandom)
  }

  func holdingOut(_ count: Int) throws -> (tuning: any Tuning, examples: Examples) {
    let all = try trainingPart()
    let order = order(all)
    let held = min(count, all.count / 2)
    var rest = self
    rest.examples = all.chosen(order.dropFirst(held).sorted())
    return (rest, all.chosen(order.prefix(held).sorted()))
  }

  func part(_ index: Int, of count: Int) throws -> any Tuning {
    let all = try trainingPart()
    let indices = (0..<all.count).filter { position in
      let digest = SHA256.hex(of: all.inputs.slice(position..<position + 1).bytes)
      // Fifteen hexadecimal digits fit a number.
      return (Int(digest.prefix(15), radix: 16) ?? 0) % count == index
    }
    guard !indices.isEmpty else {
      throw ExperimentError(
        .noTrainingData, subject: "part \(index + 1) of \(count) of data set '\(dataset)'",
        detail: "it holds no training example", remedy: "ask for fewer parts")
    }
    var part = self
    part.examples = all.chosen(indices)
    return part
  }

  func accuracy(
    of classifier: Classifier, on examples: Examples, steps: Int
  ) async throws -> (clean: Double, robust: Double) {
    let network = classifier.network
    let tile = ModelVictim.tileSize
    let (threat, key) = (context.threat, random.split("validate"))
    let counts = try await pool.map((examples.count + tile - 1) / tile) { index in
      let range = index * tile..<min((index + 1) * tile, examples.count)
      let batch = examples.batch(Array(range))
      let victim = ModelVictim(
        network, classes: examples.classes, inputRange: examples.inputRange, rows: batch.count)
      // Ids of words have no gradient; among models of texts the clean accuracy alone chooses.
      let attacked =
        classifier.architecture.words != nil
        ? batch.inputs
        : try ProjectedGradient(steps: steps, loss: .margin).perturb(
          batch, within: threat, against: victim, random: key)
      func right(_ inputs: Tensor) throws -> [Bool] {
        (try withoutGradients { try network.logits(inputs) }.indexOfLargest(along: 1)
          .== batch.labels)
          .elements(of: Bool.self)
      }
      let clean = try right(batch.inputs)
      let standing = zip(clean, try right(attacked)).count { $0 && $1 }
      return (clean.count(where: \.self), standing)
    }
    func share(_ count: Int) -> Double { Double(count) / Double(max(1, examples.count)) }
    return (share(counts.reduce(0) { $0 + $1.0 }), share(counts.reduce(0) { $0 + $1.1 }))
  }

  private func trainingPart() throws -> Examples {
    guard let examples else { throw ExperimentError.noTrainingData(dataset) }
    return examples
  }

  private func order(_ examples: Examples) -> [Int] {
    random.split("held out").stream().permutation(examples.count)
  }

  private func trainer(
    _ architecture: any Architecture, _ schedule: TuningSchedule
  ) throws -> Trainer {
    let key = random.split("tune")
    let base = try TrainingMember.trainer(
      training, context, architecture: architecture, examples: try trainingPart(), pool: pool,
      random: key)
    var recipe = base.recipe
    recipe.epochs = schedule.epochs ?? recipe.epochs
    if schedule.rate == .fineTuning {
      recipe.learningRate *= Self.fineTuningShare
      recipe.schedule = .cosine
    }
    return Trainer(
      architecture: architecture, examples: base.examples,
      objective: schedule.loss.objective(own: base.objective), recipe: recipe, pool: pool,
      random: key)
  }
}

extension TuningSchedule.Loss {
  /// What is lowered, given the loss that the variant was trained with.
  fileprivate func objective(own: any Objective) -> any Objective {
    switch self {
    case .own: own
    case .distillation(let loss, let teacher):
      DistillationObjective(loss, teacher: teacher, adversary: own.adversary)
    }
  }
}

extension TrainingMember {
  /// A trainer with the loss and the recipe of a specification.
  ///
  /// - Throws: `SpecificationError` where a parameter is unknown or wrong.
  static func trainer(
    _ training: Specification, _ context: Context, architecture: any Architecture,
    examples: Examples, pool: WorkerPool, random: RandomKey
  ) throws -> Trainer {
    let (objective, recipe) = try TrainingCatalog.member(for: training)
      .resolved(training, context)
    return Trainer(
      architecture: architecture, examples: examples, objective: objective, recipe: recipe,
      pool: pool, random: random)
  }
}

extension Examples {
  fileprivate func chosen(_ indices: [Int]) -> Examples {
    let rows = batch(indices)
    return Examples(
      inputs: rows.inputs, labels: rows.labels, classes: classes, inputRange: inputRange,
      texts: rows.texts)
  }
}
