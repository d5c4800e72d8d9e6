// SPDX-License-Identifier: GPL-3.0-or-later

import Records
public import RobustCore
public import Statistics

/// A search for the widths and the depth that are most robust under a budget.
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
  /// What candidates may have a share of.
  public enum Budget: String, Sendable, CaseIterable {
    /// Prunable parameters.
    case parameters
    /// Multiply-adds of a forward pass; of the parameters no more than that share either, as for every
    /// compression.
    case multiplyAdds = "macs"
  }

  /// What candidates may have a share of.
  public var budget: Budget
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
    budget: Budget = .parameters, candidates: Int = 8, searchEpochs: Double = 0.25,
    heldOut: Int = 1_000, steps: Int = 10,
    epochs: Double? = nil
  ) {
    self.budget = budget
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
    guard sparsity > 0 else { return }
    let layers = try architecture.layers()
    _ = try layers.narrowed(
      keeping: limits(
        of: layers, at: sparsity,
        parameters: weightBudget(of: layers.graph.prunableCount, at: sparsity)))
  }

  private func limits(
    of architecture: GraphArchitecture, at sparsity: Double, parameters: Int
  ) -> StructureBudget {
    StructureBudget(
      parameters: parameters,
      multiplyAdds: budget == .multiplyAdds
        ? weightBudget(of: architecture.multiplyAdds, at: sparsity) : nil)
  }

  /// Those of every round, and of the last training.
  public func tuningEpochs(ofDense dense: Double, to sparsity: Double) -> Double {
    var (left, length) = (candidates, searchEpochs)
    var sum = epochs ?? dense
    while left > 1 {
      sum += Double(left) * length
      left = (left + 1) / 2
      length *= 2
    }
    return sum
  }

  /// Searches and trains; see ``Compression``.
  ///
  /// What is tried is noted with `tuning`.
  ///
  /// - Throws: ``CompressionError`` besides.
  public func compressed(
    _ classifier: Classifier, to sparsity: Double, tuning: any Tuning, random: RandomKey
  ) async throws -> Classifier {
    guard sparsity > classifier.sparsity else { return classifier }
    let (classifier, architecture) = try classifier.layered()
    let limits = limits(
      of: architecture, at: sparsity, parameters: classifier.prunableBudget(at: sparsity))
    let found = try drawn(architecture, keeping: limits, random).map(architecture.replacing)
    let (part, examples) = try tuning.holdingOut(heldOut)
    var left = Array(found.indices)
    var (round, length) = (0, searchEpochs)
    while left.count > 1 {
      var results: [TrialRecord] = []
      for number in left {
        let model = try await trained(classifier, found[number], part, epochs: length)
        let accuracy = try await part.accuracy(of: model, on: examples, steps: steps)
        let trial = TrialRecord(
          candidate: number, round: round, epochs: length,
          parameters: found[number].graph.prunableCount, macs: found[number].multiplyAdds,
          cleanAccuracy: accuracy.clean, robustAccuracy: accuracy.robust)
        await tuning.noted(trial)
        results.append(trial)
      }
      left = results.betterHalf
      round += 1
      length *= 2
    }
    return try await trained(classifier, found[left[0]], tuning, epochs: epochs)
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

  /// Graphs of the budget: the dense model's proportions first, then random ones.
  ///
  /// - Throws: ``CompressionError``.
  func drawn(
    _ architecture: GraphArchitecture, keeping budget: StructureBudget, _ random: RandomKey
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
        "budget", .choice(StructureSearch.Budget.allCases.map(\.rawValue)),
        default: .choice("parameters"),
        summary: "candidates have a share of the parameters, or of the multiply-adds besides"),
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
      budget: values.choice("budget"), candidates: values.integer("candidates"),
      searchEpochs: values.real("search-epochs"),
      heldOut: values.integer("held-out"), steps: values.integer("steps"),
      epochs: values.optionalReal("epochs"))
  }
}
