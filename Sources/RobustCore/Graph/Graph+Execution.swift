// SPDX-License-Identifier: GPL-3.0-or-later

public import Torch

extension Graph {
  /// Runs the layers.
  ///
  /// - Returns: Logits `[N, K]`; see ``activations(_:tensors:isTraining:straightThrough:kept:)``.
  func run(
    _ input: Tensor, tensors: [String: Tensor], isTraining: Bool, straightThrough: Bool = false,
    vectors: WordVectors = .tables, kept: Set<String> = []
  ) -> Tensor {
    activations(
      input, tensors: tensors, isTraining: isTraining, straightThrough: straightThrough,
      vectors: vectors, kept: kept
    ).last ?? input
  }

  /// What each layer gives.
  ///
  /// Activations lie channels-last, which spares convolutions a conversion on either side.
  ///
  /// - Parameters:
  ///   - input: `[N, C, H, W]`, or ids `[N, L]`.
  ///   - tensors: Parameters and buffers by name.
  ///   - isTraining: Whether batch normalisation uses and moves the batch's statistics.
  ///   - straightThrough: Whether what has no gradient everywhere is given that of doing nothing.
  ///   - kept: Names of layers that run as they do outside of training.
  /// - Returns: A tensor for each layer, in order.
  public func activations(
    _ input: Tensor, tensors: [String: Tensor], isTraining: Bool = false,
    straightThrough: Bool = false, kept: Set<String> = []
  ) -> [Tensor] {
    activations(
      input, tensors: tensors, isTraining: isTraining, straightThrough: straightThrough,
      vectors: .tables, kept: kept)
  }

  private func activations(
    _ input: Tensor, tensors: [String: Tensor], isTraining: Bool, straightThrough: Bool,
    vectors: WordVectors, kept: Set<String>
  ) -> [Tensor] {
    var outputs: [Tensor] = []
    outputs.reserveCapacity(layers.count)
    for (index, layer) in layers.enumerated() {
      let inputs = layer.inputs.map { $0 < 0 ? input : outputs[$0] }
      let output = output(
        of: index, inputs, tensors: tensors,
        isTraining: isTraining && !kept.contains(layer.name), vectors: vectors)
      outputs.append(
        (straightThrough || isTraining) && !layer.isDifferentiable
          ? output.withGradient(of: layer.standIn(inputs, tensors: tensors)) : output)
    }
    return outputs
  }

  /// What one layer gives for its inputs.
  func output(
    of index: Int, _ inputs: [Tensor], tensors: [String: Tensor], isTraining: Bool = false,
    vectors: WordVectors = .tables
  ) -> Tensor {
    let layer = layers[index]
    return layer.operation.isOfWords
      ? layer.applyToWords(
        inputs, tensors: tensors, vectors: vectors, columns: columns(of: index))
      : layer.apply(inputs, tensors: tensors, isTraining: isTraining)
  }
}

extension Tensor {
  /// The largest values of each example, of texts those of each word; values equal to the last one that
  /// stays, stay too.
  fileprivate func keepingLargest(_ share: Double) -> Tensor {
    // What a word keeps must not depend on how much padding there is.
    let rows = rank == 3 ? detached.reshaped([-1, size(2)]) : detached.flattenedExamples
    let count = max(1, Int(share * Double(rows.size(1))))
    let least = rows.largest(count, along: 1).values.smallest(along: [1])
      .reshaped(
        rank == 3 ? [size(0), size(1), 1] : [-1] + Array(repeating: 1, count: rank - 1))
    return (self .>= least).select(self, else: Tensor(repeating: 0, shape: []))
  }

  /// A factor for each block of neighbouring channels as one for each channel of a tensor.
  fileprivate func spread(_ width: Int, like values: Tensor) -> Tensor {
    let channels = values.size(1)
    return rows(Tensor((0..<channels).map { $0 / width }), along: 1)
      .reshaped([-1, channels] + Array(repeating: 1, count: values.rank - 2))
  }

  /// These values with the gradient of another tensor of the same shape.
  ///
  /// > Source: Athalye et al. "Obfuscated Gradients Give a False Sense of Security." ICML 2018,
  /// > [arXiv:1802.00420](https://arxiv.org/abs/1802.00420), section 4.1.1.
  fileprivate func withGradient(of other: Tensor) -> Tensor {
    // The difference is exactly zero.
    detached + (other - other.detached)
  }
}

extension Layer {
  /// Whether the layer reads images, not features.
  private var isThin: Bool {
    if case .convolution(let input, _, _, _, _, _) = operation { input <= 4 } else { false }
  }

  /// Whether the layer reads few channels at every other position alone.
  ///
  /// The gradients of such a convolution write past their memory in oneDNN 2.6, where channels lie last
  /// and there are fewer than the eight of a vector; so the positions are chosen first.
  private var skipsPositions: Bool {
    if case .convolution(let input, _, let kernel, let stride, let padding, _) = operation {
      input < 8 && kernel == 1 && stride > 1 && padding == 0
    } else {
      false
    }
  }

  /// What lends its gradient to a layer that has none everywhere: the input, the softened votes, or what
  /// a gate would give if all of it stayed.
  fileprivate func standIn(_ inputs: [Tensor], tensors: [String: Tensor]) -> Tensor {
    switch operation {
    case .vote:
      return inputs.dropFirst().reduce(inputs[0].softmax()) { $0 + $1.softmax() }
    case .gate(let input, _, let width, _):
      return inputs[0]
        * saliencies(of: inputs[1], channels: input, tensors: tensors)
        .spread(width, like: inputs[0])
    default:
      return inputs[0]
    }
  }

  /// How much each block of a gate matters for each example, `[N, blocks]`.
  private func saliencies(
    of input: Tensor, channels: Int, tensors: [String: Tensor]
  ) -> Tensor {
    guard let weight = tensors["\(name).weight"], let bias = tensors["\(name).bias"] else {
      preconditionFailure("a parameter of \(name) is missing")
    }
    let sizes = input.absolute
    let means =
      sizes.rank == 4
      ? sizes.mean(along: [2, 3])
      : sizes.reshaped([sizes.size(0), channels, -1]).mean(along: [2])
    return means.linear(weight: weight, bias: bias).relu
  }

  fileprivate func apply(
    _ inputs: [Tensor], tensors: [String: Tensor], isTraining: Bool
  ) -> Tensor {
    func tensor(_ part: String) -> Tensor {
      guard let tensor = tensors["\(name).\(part)"] else {
        preconditionFailure("the parameter \(name).\(part) is missing")
      }
      return tensor
    }
    let input = inputs[0]
    switch operation {
    case .normalize(let mean, let deviation):
      let shape = [1, mean.count, 1, 1]
      return
        ((input - Tensor(mean.map(Float.init), shape: shape))
        / Tensor(deviation.map(Float.init), shape: shape))
    case .convolution(_, _, _, let stride, let padding, let hasBias):
      let weight = tensor("weight")
      let bias = hasBias ? tensor("bias") : nil
      if skipsPositions {
        return input.every(stride, along: 2).every(stride, along: 3)
          .convolved(weight: weight, bias: bias)
      }
      return isThin
        ? input.thinlyConvolved(weight: weight, bias: bias, stride: stride, padding: padding)
        : input.convolved(weight: weight, bias: bias, stride: stride, padding: padding)
    case .batchNorm:
      return input.batchNormalized(
        scale: tensor("weight"), shift: tensor("bias"), mean: tensor("running_mean"),
        variance: tensor("running_var"), training: isTraining)
    case .relu:
      return input.relu
    case .maxPoolRelu:
      return input.maxPooledRelu
    case .maxPool(let kernel, let stride, let padding):
      return input.maxPooled(kernel, stride: stride, padding: padding)
    case .averagePool(let kernel, let stride, let padding):
      return input.averagePooled(kernel, stride: stride, padding: padding)
    case .globalAveragePool:
      return input.globalAveragePooled
    case .flatten:
      return input.contiguous.flattenedExamples
    case .linear(_, _, let hasBias):
      return input.linear(weight: tensor("weight"), bias: hasBias ? tensor("bias") : nil)
    case .add:
      return input + inputs[1]
    case .window(let columns):
      let seen = (0..<input.size(3)).map { Float(columns.contains($0) ? 1 : 0) }
      return input * Tensor(seen, shape: [1, 1, 1, seen.count])
    case .mean:
      return inputs.dropFirst().reduce(input, +) / Double(inputs.count)
    case .vote(let classes):
      let names = Tensor(Array(0..<classes), shape: [1, classes])
      let votes = inputs.map {
        ($0.detached.indexOfLargest(along: 1).reshaped([-1, 1]) .== names).cast(to: .float32)
      }
      // A gradient of exactly zero, so that whoever asks for it is answered.
      let soft = standIn(inputs, tensors: tensors)
      return votes.dropFirst().reduce(votes[0], +) + (soft - soft)
    case .quantize(let scale, let zeroPoint, let bits):
      return input.fakeQuantized(scale: scale, zeroPoint: zeroPoint, codes: 0...(1 << bits) - 1)
    case .keepLargest(let share):
      return input.keepingLargest(share)
    case .gate(let channels, _, let width, let share):
      return input
        * saliencies(of: inputs[1], channels: channels, tensors: tensors)
        .keepingLargest(share).spread(width, like: input)
    case .pairs, .embedding, .position, .wordConvolution, .lstm, .layerNorm, .attention, .gelu,
      .wordMean, .wordMaximum, .concatenate:
      preconditionFailure("\(name) is a layer of words")
    }
  }
}

extension Layer.Operation {
  /// Whether the operation belongs to models of texts.
  fileprivate var isOfWords: Bool {
    switch self {
    case .pairs, .embedding, .position, .wordConvolution, .lstm, .layerNorm, .attention, .gelu,
      .wordMean, .wordMaximum, .concatenate:
      true
    default: false
    }
  }
}
