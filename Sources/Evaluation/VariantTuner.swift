// SPDX-License-Identifier: GPL-3.0-or-later

import Attacks
import Hashing
package import Records
package import RobustCore
package import Statistics
package import Torch
package import Training

/// Training as a compression sees it: the way in which its variant was trained.
package struct VariantTuner: Tuning {
  /// The training data; nil where a data set has none.
  var examples: Examples?
  let dataset: String
  let training: Specification
  let context: TrainingMember.Context
  let pool: WorkerPool
  let random: RandomKey
  /// What the dense model's first parameters were drawn from.
  let initialRandom: RandomKey
  /// Where work that is done is kept until the model is; nil for nowhere.
  var store: TuningStore?
  /// What a search tried.
  var trace = SearchTrace()
  let progress: @Sendable (Trainer.Progress) throws -> Void

  /// Tells the tunings of one compression apart by the examples that they know.
  var scope = ""

  /// Creates a tuner that keeps nothing.
  ///
  /// - Parameters:
  ///   - examples: The training data; nil where a data set has none.
  ///   - dataset: Its name.
  ///   - training: How the variant was trained.
  ///   - context: What a training needs besides.
  ///   - pool: The cores.
  ///   - random: For the order of examples and the attack inside.
  ///   - initialRandom: What the dense model's first parameters were drawn from.
  ///   - progress: Called after every step; what it throws ends the work.
  package init(
    examples: Examples?, dataset: String, training: Specification,
    context: TrainingMember.Context, pool: WorkerPool, random: RandomKey,
    initialRandom: RandomKey, progress: @escaping @Sendable (Trainer.Progress) throws -> Void
  ) {
    self.examples = examples
    self.dataset = dataset
    self.training = training
    self.context = context
    self.pool = pool
    self.random = random
    self.initialRandom = initialRandom
    self.progress = progress
  }

  /// Fine-tuning begins at a part of the rate that the dense model was trained with.
  private static let fineTuningShare = 0.2

  /// How a variant is tuned: as it was trained.
  ///
  /// A model file says nothing of its training and is tuned on clean examples.
  static func training(of plan: VariantPlan) -> Specification {
    plan.training == Experiment.given ? Specification(named: "standard") : plan.training
  }

  package func batchGradients(
    of classifier: Classifier, batches: Int
  ) async throws -> [[String: Tensor]] {
    try await trainer(classifier.architecture, TuningSchedule(epochs: 1))
      .batchGradients(of: classifier.parameters, batches: batches)
  }

  package func tuned(_ classifier: Classifier, _ schedule: TuningSchedule) async throws
    -> ParameterSet
  {
    let trainer = try trainer(classifier.architecture, schedule)
    let start = classifier.parameters
    let piece = store?.next(
      "tuned \(description(of: classifier)) \(schedule.description) \(scope)")
    if let done = piece?.tensors, let parameters = start.holding(done) { return parameters }
    let result = try await trainer.train(
      from: start, checkpoints: piece?.checkpoints, span: schedule.span, progress: progress)
    try piece?.finish(result.applied)
    return result
  }

  package func noted(_ trial: TrialRecord) { trace.append(trial) }

  private func description(of classifier: Classifier) -> String {
    "\(classifier.architecture.structure ?? "") \(ModelDigest.hex(of: classifier.parameters))"
  }

  package func calibrationInputs(_ count: Int) throws -> Tensor {
    let all = try trainingPart()
    return all.batch(Array(order(all).prefix(count))).inputs
  }

  package func initial(_ architecture: any Architecture) -> ParameterSet {
    architecture.initialParameters(random: initialRandom)
  }

  package func holdingOut(_ count: Int) throws -> (tuning: any Tuning, examples: Examples) {
    let all = try trainingPart()
    let order = order(all)
    let held = min(count, all.count / 2)
    var rest = self
    rest.examples = all.chosen(order.dropFirst(held).sorted())
    rest.scope += " without \(held)"
    return (rest, all.chosen(order.prefix(held).sorted()))
  }

  package func part(_ index: Int, of count: Int) throws -> any Tuning {
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
    part.scope += " part \(index) of \(count)"
    return part
  }

  package func accuracy(
    of classifier: Classifier, on examples: Examples, steps: Int
  ) async throws -> (clean: Double, robust: Double) {
    let piece = store?.next(
      "accuracy \(description(of: classifier)) on \(examples.count), \(steps) steps \(scope)")
    if let done = piece?.tensors, let clean = done["clean"], let robust = done["robust"] {
      return (clean.scalar, robust.scalar)
    }
    let found = try await measured(classifier, on: examples, steps: steps)
    try piece?.finish([
      "clean": Tensor([found.clean], shape: [1]), "robust": Tensor([found.robust], shape: [1]),
    ])
    return found
  }

  private func measured(
    _ classifier: Classifier, on examples: Examples, steps: Int
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

extension TuningSchedule {
  /// Everything that a training follows from, besides its start and its data.
  fileprivate var description: String {
    let length = epochs.map { "\($0)" } ?? "own"
    let lowered =
      switch loss {
      case .own: "own"
      case .distillation(let loss, _): "\(loss)"
      }
    return "\(length) \(span) \(rate) \(lowered)"
  }
}

extension ParameterSet {
  /// The same storage with other values by name; nil where one is missing or of another shape.
  fileprivate func holding(_ values: [String: Tensor]) -> ParameterSet? {
    var set = self
    func taken(_ name: String, _ place: Tensor) -> Tensor? {
      guard let value = values[name], value.shape == place.shape,
        value.elementType == place.elementType
      else { return nil }
      // Copied into the memory layout that the training would have left.
      let copy = place.copy
      copy.copyInPlace(value)
      return copy
    }
    for (name, weight) in parameters {
      guard let value = taken(name, weight.applied) else { return nil }
      set[name] = weight.mask.map { .masking(value, with: $0) } ?? .dense(value)
    }
    for (name, place) in buffers {
      guard let value = taken(name, place) else { return nil }
      set[buffer: name] = value
    }
    return set
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
