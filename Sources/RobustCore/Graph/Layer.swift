// SPDX-License-Identifier: GPL-3.0-or-later

/// One step of a model whose structure is known.
public struct Layer: Codable, Sendable, Hashable {
  /// What a layer computes from its inputs.
  public enum Operation: Codable, Sendable, Hashable {
    /// `(x − mean) / deviation`, channel by channel; part of the model, so that inputs stay in the
    /// data set's own range.
    case normalize(mean: [Double], deviation: [Double])
    /// A square convolution.
    case convolution(
      input: Int, output: Int, kernel: Int, stride: Int = 1, padding: Int = 0, bias: Bool = true)
    /// Batch normalisation over channels.
    case batchNorm(channels: Int)
    /// Negative values become zero.
    case relu
    /// The largest value of every 2×2 window, at least zero: pooling and rectifier in one.
    case maxPoolRelu
    /// The largest value of every square window.
    case maxPool(kernel: Int, stride: Int, padding: Int = 0)
    /// The mean of every square window, zeros of the padding included.
    case averagePool(kernel: Int, stride: Int, padding: Int = 0)
    /// The mean over all positions.
    case globalAveragePool
    /// All dimensions but the first become one.
    case flatten
    /// A matrix, and a bias or none.
    case linear(input: Int, output: Int, bias: Bool = true)
    /// The sum of two inputs.
    case add
    /// Everything outside of some columns becomes zero: what a member sees that is shown a part.
    case window(columns: Range<Int>)
    /// The mean of all inputs.
    case mean
    /// For each class the number of inputs whose largest value it is; the first of equal ones counts.
    case vote(classes: Int)
    /// Every value rounded to `scale · (code − zeroPoint)`, with codes of `bits` bits from zero on.
    case quantize(scale: Double, zeroPoint: Int, bits: Int)
    /// The largest values of every example stay, at most the given share and at least one; the rest
    /// becomes zero.
    case keepLargest(share: Double)

    /// Ids `[N, L]` followed by those of neighbouring pairs, `[N, 2L − 1]`: each pair has one of
    /// `buckets` ids behind the `words`, by a hash.
    ///
    /// > Source: Joulin et al. "Bag of Tricks for Efficient Text Classification." EACL 2017,
    /// > [arXiv:1607.01759](https://arxiv.org/abs/1607.01759), section 2.
    case pairs(words: Int, buckets: Int)
    /// A vector for each id, `[N, L]` to `[N, L, width]`; that of id 0, the padding, is zero and no
    /// parameter, so that row i of the table is the vector of id i + 1.
    case embedding(words: Int, width: Int)
    /// A vector for each position, added: at most `length` words.
    case position(length: Int, width: Int)
    /// A convolution over words, `[N, L, input]` to `[N, L, output]`: each window begins at a word, and
    /// reads zeros behind the last one.
    case wordConvolution(input: Int, output: Int, width: Int, bias: Bool = true)
    /// One layer of long short-term memory, `[N, L, input]` to `[N, L, hidden]`.
    case lstm(input: Int, hidden: Int)
    /// Normalisation over the channels of each word.
    case layerNorm(channels: Int)
    /// Attention by scaled products with several heads; reads queries, keys, values and ids, whose
    /// padding nobody attends to.
    case attention(heads: Int)
    /// `x · Φ(x)`.
    case gelu
    /// The mean over words, `[N, L, C]` to `[N, C]`; reads ids too, whose padding does not count.
    case wordMean
    /// The largest value over words, `[N, L, C]` to `[N, C]`; reads ids too, whose padding counts as
    /// zero, as does an empty text.
    case wordMaximum
    /// Values side by side along the last dimension.
    case concatenate
    /// Blocks of `width` neighbouring channels, each multiplied by a saliency that is predicted from a
    /// second input; those of the largest saliencies stay, at most the given share and at least one, and
    /// the rest becomes zero.
    ///
    /// The saliencies are the rectified values of a matrix `[blocks, input]` and a bias on the mean size
    /// of each channel of the second input.
    case gate(input: Int, blocks: Int, width: Int, share: Double)
  }

  /// PyTorch's name of the submodule, such as `layer1.conv2`.
  public let name: String
  /// What it computes.
  public let operation: Operation
  /// Indices of the layers it reads; −1 is the model's input.
  public let inputs: [Int]

  /// Creates a layer.
  public init(name: String, operation: Operation, inputs: [Int]) {
    self.name = name
    self.operation = operation
    self.inputs = inputs
  }
}

extension Layer {
  /// Whether a small change of the input changes the output as the gradient says, but for kinks.
  public var isDifferentiable: Bool {
    switch operation {
    case .quantize, .vote, .keepLargest, .gate: false
    default: true
    }
  }
}

/// The layers of a model in an order in which they can run.
///
/// This is the form that a change of structure rewrites: narrower layers, a layer in place of another,
/// one more between two.
public struct Graph: Codable, Sendable, Hashable {
  /// The layers; the last one gives the logits.
  public private(set) var layers: [Layer] = []
  /// Layers that are kept apart from the others, such as stages or members; empty where none are.
  public var parts: [Range<Int>] = []

  /// An empty graph.
  public init() {}

  /// Appends a layer that reads the one before it, or the given ones.
  ///
  /// - Returns: The index of the new layer.
  @discardableResult
  public mutating func append(
    _ name: String, _ operation: Layer.Operation, reading inputs: [Int]? = nil
  ) -> Int {
    layers.append(Layer(name: name, operation: operation, inputs: inputs ?? [layers.count - 1]))
    return layers.count - 1
  }
}
