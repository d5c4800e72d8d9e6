// SPDX-License-Identifier: GPL-3.0-or-later

import Torch

/// A graph with fixed parameters.
struct GraphNetwork: Network {
  let graph: Graph
  let tensors: [String: Tensor]
  let straightThrough: Bool

  func logits(_ input: Tensor) -> Tensor {
    graph.run(input, tensors: tensors, isTraining: false, straightThrough: straightThrough)
  }
}

/// A graph of texts with fixed parameters.
struct GraphWordNetwork: WordNetwork {
  let graph: Graph
  let tensors: [String: Tensor]
  let straightThrough: Bool

  func logits(_ input: Tensor) -> Tensor {
    graph.run(
      input.withoutPadding, tensors: tensors, isTraining: false, straightThrough: straightThrough)
  }

  var wordVectors: Tensor { graph.wordVectors(tensors) }

  func embedded(_ ids: Tensor) -> Tensor { graph.embedded(ids, tensors: tensors) }

  func logits(embedded: Tensor, ids: Tensor) -> Tensor {
    graph.run(
      ids, tensors: tensors, isTraining: false, straightThrough: straightThrough,
      vectors: .given(embedded))
  }
}

/// A graph whose parameters are given with every call.
struct TrainableGraph: TrainableNetwork {
  let graph: Graph
  let vectors: WordVectors

  func logits(
    _ input: Tensor, parameters: [String: Tensor], buffers: [String: Tensor]
  ) -> Tensor {
    run(graph.readsWords ? input.withoutPadding : input, parameters, buffers, vectors)
  }

  func logits(
    _ ids: Tensor, shiftedBy shift: Tensor, parameters: [String: Tensor],
    buffers: [String: Tensor]
  ) -> Tensor {
    run(ids, parameters, buffers, .shifted(by: shift, sparsely: vectors.isSparse))
  }

  private func run(
    _ input: Tensor, _ parameters: [String: Tensor], _ buffers: [String: Tensor],
    _ vectors: WordVectors
  ) -> Tensor {
    graph.run(
      input, tensors: parameters.merging(buffers) { parameter, _ in parameter }, isTraining: true,
      vectors: vectors)
  }
}
