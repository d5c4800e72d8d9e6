// SPDX-License-Identifier: GPL-3.0-or-later

public import Torch

/// Metered access to a model in this process, for one batch under attack.
///
/// Inputs are answered in tiles, small enough that a tile's activations stay in the processor's
/// cache.
public final class ModelVictim: GradientVictim {
  /// Inputs that one pass answers at most.
  public static let tileSize = 32

  /// The number of classes.
  public let classes: Int
  /// The range of valid input values.
  public let inputRange: ClosedRange<Double>
  /// Queries of every example so far, by row of the batch.
  public private(set) var queries: [Int]
  /// Gradients of every example so far, by row of the batch.
  public private(set) var gradients: [Int]
  /// Whether a query was refused because it would have passed the budget.
  public private(set) var isBudgetSpent = false
  private let network: any Network
  private let budget: Int?

  /// Opens access for a batch.
  ///
  /// - Parameters:
  ///   - network: The model.
  ///   - classes: Its number of logits.
  ///   - inputRange: The range of valid input values.
  ///   - rows: The number of examples of the batch.
  ///   - budget: The most queries for one example.
  public init(
    _ network: any Network, classes: Int, inputRange: ClosedRange<Double>, rows: Int,
    budget: Int? = nil
  ) {
    self.network = network
    self.classes = classes
    self.inputRange = inputRange
    self.budget = budget
    queries = Array(repeating: 0, count: rows)
    gradients = Array(repeating: 0, count: rows)
  }

  /// Predicted classes; see ``LabelVictim``.
  public func predictions(of inputs: Tensor, rows: [Int]) throws -> Tensor {
    try logits(of: inputs, rows: rows).indexOfLargest(along: 1)
  }

  /// Logits; see ``ScoreVictim``.
  public func logits(of inputs: Tensor, rows: [Int]) throws -> Tensor {
    let before = queries
    try charge(rows)
    do {
      return try network.tiledLogits(inputs)
    } catch {
      // What was not answered costs nothing; the model may have a budget of its own.
      queries = before
      if (error as? AttackError)?.code == .budgetSpent { isBudgetSpent = true }
      throw error
    }
  }

  /// Logits, losses and gradients; see ``GradientVictim``.
  public func gradient(
    of loss: Loss, at inputs: Tensor, labels: Tensor, targets: Tensor?, rows: [Int]
  ) throws -> LossGradient {
    try charge(rows)
    for row in rows { gradients[row] += 1 }
    return try network.tiledGradient(at: inputs) { logits, range in
      loss.values(
        logits: logits, labels: labels.slice(range), targets: targets?.slice(range))
    }
  }

  private func charge(_ rows: [Int]) throws {
    // A row can stand for several inputs of one call.
    var counts = queries
    for row in rows { counts[row] += 1 }
    if let budget, let spent = rows.first(where: { counts[$0] > budget }) {
      isBudgetSpent = true
      throw AttackError(.budgetSpent, "row \(spent) has used its \(budget) queries")
    }
    queries = counts
  }
}

extension Network {
  /// Logits without a gradient, tile by tile.
  public func tiledLogits(_ inputs: Tensor, by size: Int = ModelVictim.tileSize) throws -> Tensor {
    try withoutGradients {
      try Tensor.concatenated(
        tiles(of: inputs.size(0), by: size).map { try logits(inputs.slice($0)) })
    }
  }

  /// Logits, losses and each example's own input gradient, tile by tile.
  ///
  /// - Parameters:
  ///   - inputs: `[N, C, H, W]`.
  ///   - loss: The losses `[M]` of logits `[M, K]` that belong to a range of the inputs.
  /// - Returns: Logits `[N, K]`, losses `[N]` and gradients `[N, C, H, W]`, cut off from the graph.
  /// - Throws: What ``logits(_:)`` throws.
  public func tiledGradient(
    at inputs: Tensor, of loss: (Tensor, Range<Int>) -> Tensor
  ) throws -> LossGradient {
    let parts = try tiles(of: inputs.size(0)).map { range in
      try withGradients {
        let leaf = inputs.slice(range).leaf
        let logits = try logits(leaf)
        let losses = loss(logits, range)
        return LossGradient(
          logits: logits.detached, losses: losses.detached,
          gradient: losses.sum.gradient(withRespectTo: leaf))
      }
    }
    return LossGradient(
      logits: .concatenated(parts.map(\.logits)), losses: .concatenated(parts.map(\.losses)),
      gradient: .concatenated(parts.map(\.gradient)))
  }

  private func tiles(of count: Int, by size: Int = ModelVictim.tileSize) -> [Range<Int>] {
    stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
  }
}
