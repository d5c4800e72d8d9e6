// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore
import Torch

/// A model of texts whose answers can be bounded over sets of words.
struct BoundedModel {
  /// A convolution over words: `[F, D, width]` and `[F]`.
  private struct Convolution {
    let weight: Tensor
    let bias: Tensor
    var filters: Int { weight.size(0) }
    var width: Int { weight.size(2) }
  }

  /// Vectors of all ids `[V, D]`, that of the padding first.
  private let vectors: Tensor
  /// Empty for a mean of vectors.
  private let convolutions: [Convolution]
  /// What the convolutions make of the words of their windows, place after place, one below the other:
  /// `[Σ width · F, D]`.
  private let places: Tensor?
  /// From the mean or the features to the logits.
  private let weight: Tensor
  private let bias: Tensor

  /// Recognises a mean of vectors, or the rectified maxima of convolutions, before one matrix.
  ///
  /// - Returns: Nil for any other graph, also for one that rounds in between.
  init?(_ graph: Graph, _ tensors: [String: Tensor]) {
    func tensor(_ layer: Layer, _ part: String) -> Tensor? { tensors["\(layer.name).\(part)"] }
    guard let table = graph.layers.first, case .embedding(_, let width) = table.operation,
      table.inputs == [-1], let rows = tensor(table, "weight"), let last = graph.layers.last,
      case .linear(_, let classes, _) = last.operation, let weight = tensor(last, "weight")
    else { return nil }
    var convolutions: [Convolution] = []
    for (index, layer) in graph.layers.enumerated().dropFirst().dropLast() {
      switch layer.operation {
      case .wordMean where graph.layers.count == 3 && layer.inputs == [0, -1]: break
      case .wordConvolution(_, let output, _, _) where layer.inputs == [0]:
        guard let kernel = tensor(layer, "weight") else { return nil }
        convolutions.append(
          Convolution(
            weight: kernel,
            bias: tensor(layer, "bias") ?? Tensor(repeating: 0, shape: [output])))
      case .wordMaximum where layer.inputs == [index - 1, -1] && !convolutions.isEmpty: break
      case .concatenate where layer.inputs.count == convolutions.count: break
      case .relu where index == graph.layers.count - 2 && layer.inputs == [index - 1]: break
      default: return nil
      }
    }
    guard convolutions.isEmpty == (graph.layers.count == 3) else { return nil }
    // A maximum without a rectifier would depend on whether there is padding.
    if !convolutions.isEmpty {
      guard case .relu = graph.layers[graph.layers.count - 2].operation else { return nil }
    }
    vectors = .concatenated([Tensor(repeating: 0, shape: [1, width]), rows])
    self.convolutions = convolutions
    places =
      convolutions.isEmpty
      ? nil
      : .concatenated(
        convolutions.map { $0.weight.transposed(1, 2).transposed(0, 1).reshaped([-1, width]) })
    self.weight = weight
    bias = tensor(last, "bias") ?? Tensor(repeating: 0, shape: [classes])
  }

  /// The least margin of the label over each class.
  func leastMargins(_ choices: Choices, label: Int, mostWords: Int) -> Margins {
    convolutions.isEmpty
      ? leastMeanMargins(choices, label, mostWords) : leastFeatureMargins(choices, label, mostWords)
  }

  /// Exact for each class by itself: positions add up, so the worst of them are taken.
  private func leastMeanMargins(_ choices: Choices, _ label: Int, _ mostWords: Int) -> Margins {
    let own = bias.slice(label..<label + 1) - bias
    guard choices.count > 0 else {
      return Margins(own, scale: bias)
    }
    let shape = choices.ids.shape
    let logits = vectors.rows(choices.ids.reshaped([-1]))
      .linear(weight: weight / Double(choices.count), bias: nil)
    let margins = (logits.slice(label..<label + 1, along: 1) - logits)
      .reshaped(shape + [weight.size(0)])
    let now = margins.slice(0..<1, along: 1).reshaped([shape[0], -1])
    // At least the text's own word, so no change is above zero.
    let falls = now - margins.smallest(along: [1])
    let worst = falls.largest(min(mostWords, shape[0]), along: 0).values.sum(along: [0])
    return Margins(now.sum(along: [0]) - worst + own, scale: logits)
  }

  /// Features lie in intervals, which the last matrix adds up at their worse ends.
  private func leastFeatureMargins(_ choices: Choices, _ label: Int, _ mostWords: Int) -> Margins {
    let bounds = features(choices, mostWords)
    let low = Tensor.concatenated(bounds.map(\.low)).relu
    let high = Tensor.concatenated(bounds.map(\.high)).relu
    let difference = weight.slice(label..<label + 1) - weight
    let least = difference.relu * low - (-difference).relu * high
    return Margins(
      least.sum(along: [1]) + bias.slice(label..<label + 1) - bias,
      scale: (weight.absolute * high).sum(along: [1]))
  }

  /// The least and the largest that the maximum over words of each feature can become, by convolution.
  private func features(_ choices: Choices, _ mostWords: Int) -> [(low: Tensor, high: Tensor)] {
    guard choices.count > 0, let places else {
      return convolutions.map {
        let zero = Tensor(repeating: 0, shape: [$0.filters])
        return (zero, zero)
      }
    }
    let parts = vectors.rows(choices.ids.reshaped([-1])).linear(weight: places, bias: nil)
      .reshaped(choices.ids.shape + [places.size(0)])
    let own = parts.slice(0..<1, along: 1).reshaped([choices.count, -1])
    let rises = parts.largest(along: [1]) - own
    let falls = own - parts.smallest(along: [1])
    var column = 0
    return convolutions.map { convolution in
      // The window that begins at a word reads its shift-th follower, and zeros behind the last word.
      func moved(_ rows: Tensor, _ shift: Int) -> Tensor {
        let start = column + shift * convolution.filters
        let kept = min(shift, choices.count)
        return rows.slice(start..<start + convolution.filters, along: 1)
          .slice(kept..<choices.count).padded([0, 0, 0, kept])
      }
      func most(_ changes: Tensor) -> Tensor {
        Tensor.concatenated(
          (0..<convolution.width).map {
            moved(changes, $0).reshaped([1, choices.count, convolution.filters])
          }
        ).largest(min(mostWords, convolution.width), along: 0).values.sum(along: [0])
      }
      let value = (0..<convolution.width).reduce(convolution.bias) { $0 + moved(own, $1) }
      defer { column += convolution.width * convolution.filters }
      return (
        (value - most(falls)).largest(along: [0]), (value + most(rises)).largest(along: [0])
      )
    }
  }
}

extension Margins {
  fileprivate init(_ margins: Tensor, scale: Tensor) {
    values = margins.cast(to: .float64).elements(of: Double.self)
    self.scale = scale.absolute.reshaped([-1]).largest(along: [0]).scalar
  }
}
