// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore
import Statistics
import Torch

/// A model in which scores choose the weights: those of the highest scores count, the others are zero.
///
/// The scores are parameters beside the weights, or in their place. The choice itself has no slope, so
/// the gradient of a weight's place in the mask goes straight through to its score: the gradient of a
/// score is that of the masked weight times the weight, also where the weight is left out.
///
/// > Source: Bengio et al. "Estimating or Propagating Gradients Through Stochastic Neurons." 2013,
/// > [arXiv:1308.3432](https://arxiv.org/abs/1308.3432), section 4; for scores, Ramanujan et al.
/// > "What's Hidden in a Randomly Weighted Neural Network?" CVPR 2020,
/// > [arXiv:1911.13299](https://arxiv.org/abs/1911.13299), equation 3.
struct ScoredArchitecture: Architecture {
  /// What of a score counts.
  enum Ranking {
    /// The score itself.
    case value
    /// Its size, whatever the sign.
    case size
  }

  /// The function that is given the chosen weights.
  let base: any Architecture
  /// Its parameters before the scores are learned.
  let start: ParameterSet
  /// Layers that compete for a number of places.
  let groups: [MaskScope.Group]
  /// What of a score counts.
  let ranking: Ranking
  /// Whether weights are trained along with the scores, or stay as they are.
  let learnsWeights: Bool

  var name: String { base.name }
  var inputShape: [Int] { base.inputShape }
  var classes: Int { base.classes }
  var prunable: [String] { base.prunable }
  var words: Int? { base.words }
  var embeddedShape: [Int]? { base.embeddedShape }

  /// What is trained: a score for each prunable weight, and the weights where they are learned too.
  func parameters(scores: [String: Tensor]) -> ParameterSet {
    var set = ParameterSet()
    if learnsWeights { for (name, weight) in start.parameters { set[name] = weight } }
    for name in prunable { set[Self.score(name)] = scores[name].map { .dense($0) } }
    for (name, value) in start.buffers { set[buffer: name] = value }
    return set
  }

  /// The scores among trained parameters.
  func scores(in trained: ParameterSet) -> [String: Tensor] {
    prunable.reduce(into: [:]) { scores, name in
      scores[name] = trained[Self.score(name)].map { ranked($0.applied) }
    }
  }

  /// The weights and buffers among trained parameters, none of them left out.
  func weights(in trained: ParameterSet) -> ParameterSet {
    var set = start
    for (name, _) in start.parameters { set[name] = trained[name] ?? set[name] }
    for (name, value) in trained.buffers { set[buffer: name] = value }
    return set
  }

  func initialParameters(random: RandomKey) -> ParameterSet {
    parameters(scores: start.applied.filter { prunable.contains($0.key) })
  }

  func network(_ parameters: ParameterSet) -> any Network {
    base.network(chosen(parameters))
  }

  func trainableNetwork() -> any TrainableNetwork {
    ScoredNetwork(architecture: self, base: base.trainableNetwork())
  }

  func exported(_ parameters: ParameterSet) -> ScriptModule { base.exported(chosen(parameters)) }

  private func chosen(_ trained: ParameterSet) -> ParameterSet {
    var set = weights(in: trained)
    for (name, value) in withoutGradients({ masked(trained.applied) }) { set[name] = .dense(value) }
    return set
  }

  /// Every parameter of the base, differentiable in the scores, and in the weights if they are learned.
  fileprivate func masked(_ trained: [String: Tensor]) -> [String: Tensor] {
    var tensors = start.parameters.reduce(into: [:]) { $0[$1.name] = $1.weight.applied }
    if learnsWeights { tensors.merge(trained.filter { tensors[$0.key] != nil }) { $1 } }
    for group in groups {
      let ranks = group.names.compactMap { trained[Self.score($0)].map(ranked) }
      let places = places(of: group, ranks: ranks)
      var first = 0
      for (name, rank) in zip(group.names, ranks) {
        let mask = places.slice(first..<first + rank.count).reshaped(rank.shape)
        tensors[name] = tensors[name].map { $0 * (mask + (rank - rank.detached)) }
        first += rank.count
      }
    }
    return tensors
  }

  /// One for each weight of a group that counts, zero for the others.
  private func places(of group: MaskScope.Group, ranks: [Tensor]) -> Tensor {
    let flat = zip(group.names, ranks).map { name, rank in
      let row = rank.detached.reshaped([-1])
      return start[name]?.mask.map {
        $0.reshaped([-1]).select(row, else: Tensor(repeating: -.infinity, shape: []))
      } ?? row
    }
    let all = Tensor.concatenated(flat)
    guard group.removed > 0 else { return Tensor(repeating: 1, shape: [all.count]) }
    return Tensor(repeating: 0, shape: [all.count])
      .scattering(1, at: all.largest(all.count - group.removed, along: 0).indices, along: 0)
  }

  private func ranked(_ score: Tensor) -> Tensor { ranking == .size ? score.absolute : score }

  private static func score(_ name: String) -> String { "\(name)#score" }
}

private struct ScoredNetwork: TrainableNetwork {
  let architecture: ScoredArchitecture
  let base: any TrainableNetwork

  func logits(
    _ input: Tensor, parameters: [String: Tensor], buffers: [String: Tensor]
  ) throws -> Tensor {
    try base.logits(input, parameters: architecture.masked(parameters), buffers: buffers)
  }

  func logits(
    _ ids: Tensor, shiftedBy shift: Tensor, parameters: [String: Tensor],
    buffers: [String: Tensor]
  ) throws -> Tensor {
    try base.logits(
      ids, shiftedBy: shift, parameters: architecture.masked(parameters), buffers: buffers)
  }
}
