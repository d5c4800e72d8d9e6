// SPDX-License-Identifier: GPL-3.0-or-later

public import RobustCore
public import Statistics
public import Torch

/// Trains a model on all cores, to the same weights whatever their number.
///
/// A batch is cut into fixed tiles; each tile's gradient is taken by one worker with one thread, and
/// the sums are added in the order of the tiles.
public struct Trainer: Sendable {
  /// Examples of which one worker takes the gradient at a time.
  static let tileSize = 32

  /// What is known after a step.
  public struct Progress: Sendable {
    /// Finished steps.
    public let step: Int
    /// Steps in all.
    public let steps: Int
    /// The mean loss of the step's batch.
    public let loss: Double
    /// Examples of a step.
    public let batchSize: Int
  }

  /// The function that is trained.
  public let architecture: any Architecture
  /// The training data.
  public let examples: Examples
  /// What is lowered.
  public let objective: any Objective
  /// How parameters move.
  public let recipe: TrainingRecipe
  /// The cores.
  public let pool: WorkerPool
  /// For the order of examples and the objective's attack.
  public let random: RandomKey
  /// The time after which the state is kept, besides at the end of every epoch: what a kill may cost.
  public var checkpointInterval = Duration.seconds(15)

  /// Creates a trainer.
  public init(
    architecture: any Architecture, examples: Examples, objective: any Objective,
    recipe: TrainingRecipe, pool: WorkerPool, random: RandomKey
  ) {
    self.architecture = architecture
    self.examples = examples
    self.objective = objective
    self.recipe = recipe
    self.pool = pool
    self.random = random
  }

  private var batchSize: Int { min(recipe.batchSize, examples.count) }
  private var stepsPerEpoch: Int { examples.count / batchSize }

  /// Trains from given parameters; masks are held.
  ///
  /// - Parameters:
  ///   - start: Where to start.
  ///   - checkpoints: Where to go on from, and where to keep the state on the way.
  ///   - span: The part of the way that is gone; the learning rate follows the whole.
  ///   - progress: Called after every step; what it throws ends the training.
  /// - Returns: The averaged parameters where the recipe averages, else the last ones.
  /// - Throws: ``TrainingError`` with code `diverged`; what `checkpoints` or a script model throws.
  public func train(
    from start: ParameterSet, checkpoints: (any CheckpointKeeper)? = nil,
    span: ClosedRange<Double> = 0...1,
    progress: @Sendable (Progress) throws -> Void = { _ in }
  ) async throws -> ParameterSet {
    TorchLibrary.limitThreads(to: 1)
    let steps = max(1, Int((recipe.epochs * Double(stepsPerEpoch)).rounded()))
    let lastStep = Int((Double(steps) * span.upperBound).rounded())
    var state = OptimizerState(
      start, recipe: recipe, step: Int((Double(steps) * span.lowerBound).rounded()))
    if let last = try checkpoints?.last() { state.restore(last.tensors, step: last.step) }
    var order: [Int] = []
    var lastKept = ContinuousClock.now
    while state.step < lastStep {
      let (epoch, position) = state.step.quotientAndRemainder(dividingBy: stepsPerEpoch)
      if order.isEmpty || position == 0 { order = shuffled(epoch) }
      let share = Double(state.step) / Double(steps)
      let indices = Array(order[position * batchSize..<(position + 1) * batchSize])
      let result = try await gradients(
        of: state, at: indices, epoch: epoch, like: start, rowByRow: tables)
      guard result.loss.isFinite else { throw diverged(state.step, steps) }
      state.setBuffers(result.buffers)
      state.apply(result.gradients, rate: recipe.learningRate(at: share))
      try progress(
        Progress(step: state.step, steps: steps, loss: result.loss, batchSize: batchSize))
      let isDue =
        position + 1 == stepsPerEpoch || lastKept.duration(to: .now) > checkpointInterval
      if isDue, state.step < lastStep {
        try checkpoints?.keep(Checkpoint(step: state.step, tensors: state.snapshot))
        lastKept = .now
      }
    }
    let result = state.result(like: start)
    // The loss of a step tells nothing of the weights that the step leaves.
    let isFinite = result.parameters.allSatisfy { $0.weight.applied.sum.scalar.isFinite }
    guard isFinite else { throw diverged(state.step, steps) }
    return result
  }

  /// The gradients of the mean loss over each of the first batches of an epoch.
  public func batchGradients(
    of parameters: ParameterSet, batches: Int
  ) async throws -> [[String: Tensor]] {
    let state = OptimizerState(parameters, recipe: recipe)
    let order = shuffled(0)
    var all: [[String: Tensor]] = []
    for batch in 0..<min(batches, stepsPerEpoch) {
      let indices = Array(order[batch * batchSize..<(batch + 1) * batchSize])
      let result = try await gradients(
        of: state, at: indices, epoch: 0, like: parameters, rowByRow: [])
      all.append(result.gradients.compactMapValues(\.whole))
    }
    return all
  }

  private func shuffled(_ epoch: Int) -> [Int] {
    random.split("order").split(epoch).stream().permutation(examples.count)
  }

  private func diverged(_ step: Int, _ steps: Int) -> TrainingError {
    TrainingError(
      .diverged, subject: "training of \(architecture.name)",
      detail: "the loss is no longer a number after \(step) of \(steps) steps",
      remedy: "lower the learning rate (now \(recipe.learningRate))")
  }

  private struct StepResult {
    var loss: Double
    var gradients: [String: ParameterGradient]
    var buffers: [[String: Tensor]]
  }

  private struct TileResult: Sendable {
    let loss: Double
    let gradients: [Tensor?]
    let buffers: [String: Tensor]
  }

  /// Tables of words, whose gradients are kept row by row: few words occur in a batch.
  private var tables: Set<String> { Set((architecture as? GraphArchitecture)?.tables ?? []) }

  private func gradients(
    of state: OptimizerState, at indices: [Int], epoch: Int, like template: ParameterSet,
    rowByRow tables: Set<String>
  ) async throws -> StepResult {
    let evaluation =
      objective.needsEvaluationNetwork ? architecture.network(state.current(like: template)) : nil
    let (values, buffers, names) = (state.values, state.buffers, state.names)
    let indices = shortestFirst(indices)
    let tiles = stride(from: 0, to: indices.count, by: Self.tileSize).map {
      Array(indices[$0..<min($0 + Self.tileSize, indices.count)])
    }
    let attackRandom = random.split("adversary").split(epoch)
    // The tile of the longest texts begins first, else one worker would be left alone with it.
    let results = try await pool.map(tiles.count) { index in
      try tileResult(
        tiles[tiles.count - 1 - index], values, buffers, names, evaluation,
        share: 1 / Double(indices.count), attackRandom, rowByRow: !tables.isEmpty)
    }.reversed()
    var sums: [String: ParameterGradient] = [:]
    for (position, name) in names.enumerated() {
      let parts = results.compactMap { $0.gradients[position] }
      guard let sum = parts.first else { continue }
      for part in parts.dropFirst() { sum.addInPlace(part) }
      sums[name] = tables.contains(name) ? ParameterGradient(rowsOf: sum) : .whole(sum)
    }
    return StepResult(
      loss: results.reduce(0) { $0 + $1.loss }, gradients: sums, buffers: results.map(\.buffers))
  }

  /// Texts of a batch in the order of their lengths, so that those of a tile need little padding.
  private func shortestFirst(_ indices: [Int]) -> [Int] {
    guard architecture.words != nil else { return indices }
    let lengths = (examples.inputs.rows(indices) .!= 0).cast(to: .int64).sum(along: [1])
    return lengths.sorted(along: 0).indices.elements(of: Int.self).map { indices[$0] }
  }

  private func tileResult(
    _ indices: [Int], _ values: [String: Tensor], _ buffers: [String: Tensor], _ names: [String],
    _ evaluation: (any Network)?, share: Double, _ random: RandomKey, rowByRow: Bool
  ) throws -> TileResult {
    try withGradients {
      let leaves = values.mapValues(\.leaf)
      let moved = buffers.mapValues(\.copy)
      let network =
        (rowByRow ? (architecture as? GraphArchitecture)?.sparselyTrainableNetwork() : nil)
        ?? architecture.trainableNetwork()
      let model = TileModel(
        logits: { try network.logits($0, parameters: leaves, buffers: moved) },
        evaluation: evaluation, classes: examples.classes, inputRange: examples.inputRange,
        shiftedLogits: {
          try network.logits($0, shiftedBy: $1, parameters: leaves, buffers: moved)
        }, embeddedShape: architecture.embeddedShape)
      let loss = try objective.loss(examples.batch(indices), model: model, random: random) * share
      let gradients = loss.gradients(withRespectTo: names.compactMap { leaves[$0] })
      return TileResult(loss: loss.detached.scalar, gradients: gradients, buffers: moved)
    }
  }
}
