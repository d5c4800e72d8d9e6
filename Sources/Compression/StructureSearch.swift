// SPDX-License-Identifier: GPL-3.0-or-later

import Records
public import RobustCore
public import Statistics

/// A search for the widths and the depth that are most robust under a parameter budget.
///
/// Candidates of the same budget are trained for a short while; the better half by robust accuracy on
/// held-out training examples goes on to twice the length, until one is left, which is trained
/// afresh in full. The first candidate has the proportions of the dense model.
///
/// > Source: Jamieson and Talwalkar. "Non-stochastic Best Arm Identification and Hyperparameter
/// > Optimization." AISTATS 2016, [arXiv:1502.07943](https://arxiv.org/abs/1502.07943), figure 3.
///
/// - Note: Every round trains from the initialisation, so that the learning rate ends at zero before
///   candidates are compared.
public struct StructureSearch: Compression {
  /// One candidate in one round.
  public struct Trial: Sendable, Hashable {
    /// The candidate's number; 0 has the dense model's proportions.
    public let candidate: Int
    /// The round, from 0.
    public let round: Int
    /// Passes over the training data.
    public let epochs: Double
    /// Prunable parameters.
    public let prunableParameters: Int
    /// Correct on held-out examples, as a share.
    public let cleanAccuracy: Double
    /// Correct under attack on held-out examples, as a share.
    public let robustAccuracy: Double
  }

  /// How many candidates there are at first.
  public var candidates: Int
  /// The length of the first round's trainings in passes over the training data.
  public var searchEpochs: Double
  /// Training examples that are held out to compare by.
  public var heldOut: Int
  /// Steps of the attack on them.
  public var steps: Int
  /// The length of the last training; nil takes that of the dense model.
  public var epochs: Double?

  /// Creates the method.
  public init(
    candidates: Int = 8, searchEpochs: Double = 0.25, heldOut: Int = 1_000, steps: Int = 10,
    epochs: Double? = nil
  ) {
    self.candidates = candidates
    self.searchEpochs = searchEpochs
    self.heldOut = heldOut
    self.steps = steps
    self.epochs = epochs
  }

  /// Says whether a width meets the sparsity.
  ///
  /// - Throws: ``CompressionError``.
  public func check(_ architecture: any Architecture, to sparsity: Double) throws {
    try Distillation(loss: nil).check(architecture, to: sparsity)
  }

  /// Searches and trains; see ``Compression``.
  ///
  /// - Throws: ``CompressionError`` besides.
  public func compressed(
    _ classifier: Classifier, to sparsity: Double, tuning: any Tuning, random: RandomKey
  ) async throws -> Classifier {
    try await searched(classifier, to: sparsity, tuning: tuning, random: random).classifier
  }

  /// The same, with what was tried on the way.
  ///
  /// - Throws: As ``compressed(_:to:tuning:random:)``.
  public func searched(
    _ classifier: Classifier, to sparsity: Double, tuning: any Tuning, random: RandomKey
  ) async throws -> (classifier: Classifier, trials: [Trial]) {
    guard sparsity > classifier.sparsity else { return (classifier, []) }
    let (classifier, architecture) = try classifier.layered()
    let graphs = try drawn(
      architecture, keeping: classifier.prunableBudget(at: sparsity), random)
    let (part, examples) = try tuning.holdingOut(heldOut)
    var left = Array(graphs.indices)
    var trials: [Trial] = []
    var length = searchEpochs
    while left.count > 1 {
      var results: [Trial] = []
      for number in left {
        let model = try await trained(
          classifier, architecture.replacing(graphs[number]), part, epochs: length)
        let found = try await part.accuracy(of: model, on: examples, steps: steps)
        results.append(
          Trial(
            candidate: number, round: trials.last.map { $0.round + 1 } ?? 0, epochs: length,
            prunableParameters: graphs[number].prunableCount, cleanAccuracy: found.clean,
            robustAccuracy: found.robust))
      }
      trials += results
      left = Self.better(half: results)
      length *= 2
    }
    let winner = try await trained(
      classifier, architecture.replacing(graphs[left[0]]), tuning, epochs: epochs)
    return (winner, trials)
  }

  private func trained(
    _ classifier: Classifier, _ architecture: GraphArchitecture, _ tuning: any Tuning,
    epochs: Double?
  ) async throws -> Classifier {
    let fresh = classifier.replacing(
      architecture: architecture, parameters: tuning.initial(architecture))
    guard epochs != 0 else { return fresh }
    return fresh.replacing(
      parameters: try await tuning.tuned(fresh, TuningSchedule(epochs: epochs, rate: .full)))
  }

  /// The candidates that go on, best first: by robust, then by clean accuracy, then by number.
  static func better(half trials: [Trial]) -> [Int] {
    let ranked = trials.sorted { one, other in
      if one.robustAccuracy != other.robustAccuracy {
        return one.robustAccuracy > other.robustAccuracy
      }
      return one.cleanAccuracy == other.cleanAccuracy
        ? one.candidate < other.candidate : one.cleanAccuracy > other.cleanAccuracy
    }
    return ranked.prefix((trials.count + 1) / 2).map(\.candidate)
  }

  /// Graphs of the budget: the dense model's proportions first, then random ones.
  ///
  /// - Throws: ``CompressionError``.
  func drawn(
    _ architecture: GraphArchitecture, keeping budget: Int, _ random: RandomKey
  ) throws(CompressionError) -> [Graph] {
    var graphs = [try architecture.narrowed(keeping: budget).graph]
    // Draws that come out equal, as all do under a tiny budget, are tried once.
    for number in 1..<max(2, candidates * 4) where graphs.count < candidates {
      let stream = random.split("candidate").split(number).stream()
      var graph = architecture.graph
      for block in graph.removableBlocks.reversed() where stream.bernoulli(0.5) {
        graph = graph.removing(block)
      }
      let proportions = (0..<graph.adjustableWidths).map { _ in stream.uniform(in: 0.35..<1) }
      let candidate = try architecture.replacing(graph)
        .narrowed(keeping: budget, proportions: proportions).graph
      if !graphs.contains(candidate) { graphs.append(candidate) }
    }
    return graphs
  }
}

extension CompressionMember {
  /// By a search over widths and depth.
  static let structure = CompressionMember(
    "structure", "widths and blocks are searched for the highest robust accuracy, then trained",
    citation: "Jamieson and Talwalkar, AISTATS 2016, arXiv:1502.07943", stage: .model,
    parameters: [
      ParameterSchema(
        "candidates", .integer(2...1_000), default: .integer(8),
        summary: "models of the budget that are tried"),
      ParameterSchema(
        "search-epochs", .real(0.001...10_000), default: .real(0.25),
        summary: "passes over the training data of the first round; each round doubles them"),
      ParameterSchema(
        "held-out", .integer(1...1_000_000), default: .integer(1_000),
        summary: "training examples held out to compare by"),
      ParameterSchema(
        "steps", .integer(1...1_000), default: .integer(10),
        summary: "steps of the attack on them"),
      .ownEpochs,
    ]
  ) { values in
    StructureSearch(
      candidates: values.integer("candidates"), searchEpochs: values.real("search-epochs"),
      heldOut: values.integer("held-out"), steps: values.integer("steps"),
      epochs: values.optionalReal("epochs"))
  }
}
