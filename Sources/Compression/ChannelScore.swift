// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore
import Torch

/// How much a channel matters.
public enum ChannelScore: String, Sendable, CaseIterable {
  /// The sum of the absolute weights that give the channel.
  ///
  /// > Source: Li et al. "Pruning Filters for Efficient ConvNets." ICLR 2017,
  /// > [arXiv:1608.08710](https://arxiv.org/abs/1608.08710), section 3.1.
  ///
  /// - Note: Of coupled layers the sums are added, where the paper follows the shortcut alone.
  case l1
  /// The sum of the absolute scales of the channel's batch normalisations.
  ///
  /// > Source: Liu et al. "Learning Efficient Convolutional Networks through Network Slimming."
  /// > ICCV 2017, [arXiv:1708.06519](https://arxiv.org/abs/1708.06519), section 3.
  case batchNormScale = "bn-scale"
  /// The squared derivative of the loss by a factor on the channel, summed over batches.
  ///
  /// > Source: Molchanov et al. "Importance Estimation for Neural Network Pruning." CVPR 2019,
  /// > [arXiv:1906.10771](https://arxiv.org/abs/1906.10771), equation 8.
  case taylor
}

extension ChannelScore {
  /// How much the channels of each group matter.
  ///
  /// - Parameters:
  ///   - groups: Groups of `graph`.
  ///   - graph: The layers.
  ///   - classifier: A model that computes the graph.
  ///   - tuning: Asked for gradients by ``taylor`` alone.
  ///   - batches: How many batches.
  /// - Returns: Scores, none negative; nil for a group of which the score says nothing.
  /// - Throws: What `tuning` throws.
  func scores(
    of groups: [ChannelGroup], in graph: Graph, classifier: Classifier, tuning: any Tuning,
    batches: Int
  ) async throws -> [[Double]?] {
    let tensors = classifier.parameters.applied
    switch self {
    case .l1:
      return groups.map { group in
        group.sum { layer in
          graph.layers[layer].channelSums(of: graph.layers[layer].matrices.map(\.parameter)) {
            tensors[$0]?.absolute
          }
        }
      }
    case .batchNormScale:
      return groups.map { group in
        group.norms.isEmpty
          ? nil
          : group.norms.reduce(Array(repeating: 0, count: group.channels)) { sum, norm in
            let scale = tensors["\(graph.layers[norm.layer].name).weight"]?.absolute
            return zip(sum, scale?.perChannel(group.channels) ?? sum).map(+)
          }
      }
    case .taylor:
      let gradients = try await tuning.batchGradients(of: classifier, batches: batches)
      return groups.map { group in
        gradients.reduce(Array(repeating: 0, count: group.channels)) { sum, gradient in
          let derivatives = group.sum { layer in
            factorDerivative(of: graph.gate(of: layer), tensors, gradient)
          }
          return zip(sum, derivatives).map { $0 + $1 * $1 }
        }
      }
    }
  }

  /// `Σ w · ∂L/∂w` over what gives each channel, which is ∂L/∂f of a factor f = 1 on the channel.
  private func factorDerivative(
    of layer: Layer, _ tensors: [String: Tensor], _ gradient: [String: Tensor]
  ) -> Tensor? {
    let matrices = layer.matrices.map(\.parameter)
    let parts = (matrices.isEmpty ? ["weight"] : matrices) + ["bias", "bias_ih_l0", "bias_hh_l0"]
    return layer.channelSums(of: parts) { name in
      tensors[name].flatMap { value in gradient[name].map { value * $0 } }
    }
  }
}

extension Layer {
  /// Adds numbers for the parameters of a layer channel by channel of what it gives.
  fileprivate func channelSums(of parts: [String], _ numbers: (String) -> Tensor?) -> Tensor? {
    parts.compactMap { numbers("\(name).\($0)") }.map { values in
      switch operation {
      case .embedding: values.sum(along: [0])
      // Of each unit there is a row in each of four gates.
      case .lstm: values.reshaped([4, values.size(0) / 4, -1]).sum(along: [0, 2])
      default: values.flattenedExamples.sum(along: [1])
      }
    }.reduce(nil) { sum, part in sum.map { $0 + part } ?? part }
  }
}

extension ChannelGroup {
  /// Adds what each producer says of each channel.
  fileprivate func sum(_ values: (Int) -> Tensor?) -> [Double] {
    producers.compactMap { values($0)?.perChannel(channels) }
      .reduce(Array(repeating: 0, count: channels)) { zip($0, $1).map(+) }
  }
}

extension Graph {
  /// The layer whose parameters scale what a layer gives: the norm that reads it, or itself.
  ///
  /// A norm makes its convolution's weights free of scale, so that they say nothing of the loss.
  fileprivate func gate(of layer: Int) -> Layer {
    let norm = layers.first { reader in
      if case .batchNorm = reader.operation { reader.inputs.first == layer } else { false }
    }
    return norm ?? layers[layer]
  }
}

extension Tensor {
  /// One number for each channel: the sum over its neighbouring entries.
  fileprivate func perChannel(_ channels: Int) -> [Double] {
    reshaped([channels, -1]).cast(to: .float64).sum(along: [1]).elements(of: Double.self)
  }
}
