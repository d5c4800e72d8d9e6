// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore
import Statistics
import Torch

/// A model whose weights are rounded in every forward pass, while training moves the numbers behind them.
///
/// The numbers that weights are rounded to are chosen before and held, as the ranges of activations are;
/// so what is trained is, bit by bit, what is stored.
///
/// > Source: Jacob et al. "Quantization and Training of Neural Networks for Efficient
/// > Integer-Arithmetic-Only Inference." CVPR 2018,
/// > [arXiv:1712.05877](https://arxiv.org/abs/1712.05877), section 3.
struct QuantizationAware: Architecture {
  let inner: any Architecture
  /// The numbers of each weight that is rounded, by its name.
  let grids: [String: QuantizationGrid]

  var name: String { inner.name }
  var inputShape: [Int] { inner.inputShape }
  var classes: Int { inner.classes }
  var prunable: [String] { inner.prunable }
  var words: Int? { inner.words }
  var embeddedShape: [Int]? { inner.embeddedShape }
  var isDifferentiable: Bool { inner.isDifferentiable }

  func initialParameters(random: RandomKey) -> ParameterSet {
    inner.initialParameters(random: random)
  }

  func network(_ parameters: ParameterSet) -> any Network { inner.network(rounded(parameters)) }

  func straightThrough(_ parameters: ParameterSet) -> any Network {
    inner.straightThrough(rounded(parameters))
  }

  func trainableNetwork() -> any TrainableNetwork {
    RoundingNetwork(inner: inner.trainableNetwork(), grids: grids)
  }

  func exported(_ parameters: ParameterSet) -> ScriptModule { inner.exported(rounded(parameters)) }

  /// The parameters as they are stored: integers in the place of the numbers behind them.
  func rounded(_ parameters: ParameterSet) -> ParameterSet {
    grids.reduce(into: parameters) { result, item in
      guard let weight = parameters[item.key] else { return }
      result[item.key] = .quantized(
        QuantizedTensor(weight.applied, on: item.value, mask: weight.mask))
    }
  }
}

private struct RoundingNetwork: TrainableNetwork {
  let inner: any TrainableNetwork
  let grids: [String: QuantizationGrid]

  func logits(
    _ input: Tensor, parameters: [String: Tensor], buffers: [String: Tensor]
  ) throws -> Tensor {
    try inner.logits(input, parameters: rounded(parameters), buffers: buffers)
  }

  func logits(
    _ ids: Tensor, shiftedBy shift: Tensor, parameters: [String: Tensor],
    buffers: [String: Tensor]
  ) throws -> Tensor {
    try inner.logits(ids, shiftedBy: shift, parameters: rounded(parameters), buffers: buffers)
  }

  private func rounded(_ parameters: [String: Tensor]) -> [String: Tensor] {
    grids.reduce(into: parameters) { result, item in
      if let latent = parameters[item.key] { result[item.key] = item.value.rounding(latent) }
    }
  }
}
