// SPDX-License-Identifier: GPL-3.0-or-later

public import Torch

/// Where the vectors of words come from while a graph runs.
enum WordVectors {
  /// The tables.
  case tables
  /// The tables, whose gradients hold the rows that were read alone.
  case sparseTables
  /// Given ones in their place, of all tables side by side: `[N, M, D]`.
  case given(Tensor)
  /// The tables, and something added to what they give: `[N, M, D]`.
  case shifted(by: Tensor, sparsely: Bool)

  /// Whether gradients of the tables hold the rows that were read alone.
  var isSparse: Bool {
    switch self {
    case .tables, .given: false
    case .sparseTables: true
    case .shifted(_, let sparsely): sparsely
    }
  }
}

extension Graph {
  /// Layers with a table of words, in order.
  var embeddings: [(index: Int, words: Int, width: Int)] {
    layers.enumerated().compactMap { index, layer in
      guard case .embedding(let words, let width) = layer.operation else { return nil }
      return (index, words, width)
    }
  }

  /// Whether the input is a text.
  public var readsWords: Bool { !embeddings.isEmpty }

  /// The number of ids that the input may hold, those of padding and unknown words among them; nil
  /// where it is no text.
  public var words: Int? {
    for layer in layers where layer.inputs.first == -1 {
      switch layer.operation {
      case .pairs(let words, _), .embedding(let words, _): return words
      default: continue
      }
    }
    return nil
  }

  /// The numbers that stand for one word, those of all tables together.
  public var wordWidth: Int { embeddings.reduce(0) { $0 + $1.width } }

  /// What the tables give for some ids, side by side.
  ///
  /// - Returns: `[N, M, D]`; M is the number of ids, and with pairs that of these behind them.
  func embedded(_ ids: Tensor, tensors: [String: Tensor]) -> Tensor {
    var ids = [-1: ids]
    var vectors: [Tensor] = []
    for (index, layer) in layers.enumerated() {
      guard let input = layer.inputs.first.flatMap({ ids[$0] }) else { continue }
      switch layer.operation {
      case .pairs: ids[index] = layer.applyToWords([input], tensors: tensors, vectors: .tables)
      case .embedding:
        vectors.append(layer.applyToWords([input], tensors: tensors, vectors: .tables))
      default: continue
      }
    }
    return .concatenated(vectors, along: 2)
  }

  /// The vector of every id, that of the padding first: `[words, D]`.
  func wordVectors(_ tensors: [String: Tensor]) -> Tensor {
    let count = words ?? 0
    return .concatenated(
      embeddings.compactMap { table in
        tensors["\(layers[table.index].name).weight"].map { weight in
          Tensor.concatenated([
            Tensor(repeating: 0, shape: [1, table.width]), weight.slice(0..<count - 1),
          ])
        }
      }, along: 1)
  }

  /// Where the columns of a table lie among those of all tables.
  func columns(of layer: Int) -> Range<Int> {
    var start = 0
    for table in embeddings {
      if table.index == layer { return start..<start + table.width }
      start += table.width
    }
    return 0..<0
  }
}

extension Tensor {
  /// Ids `[N, L]` without the columns behind the longest text; one column stays.
  public var withoutPadding: Tensor {
    let used = (self .!= 0).cast(to: .float32).largest(along: [0])
    let positions = Tensor((0..<size(1)).map { Float($0 + 1) })
    let length = max(1, Int((used * positions).largest(along: [0]).scalar))
    return length == size(1) ? self : slice(0..<length, along: 1)
  }

  /// One for a word, zero for padding: `[N, L, 1]`.
  fileprivate func presence(like other: Tensor) -> Tensor {
    (self .!= 0).cast(to: other.elementType).reshaped([size(0), size(1), 1])
  }
}

extension Layer {
  /// The multipliers of a pair's hash: odd, so that every word reaches every bucket of a power of two.
  static let pairFactors = (first: 2_654_435_761, second: 40_503)

  /// Runs a layer of words.
  func applyToWords(
    _ inputs: [Tensor], tensors: [String: Tensor], vectors: WordVectors, columns: Range<Int> = 0..<0
  ) -> Tensor {
    func tensor(_ part: String) -> Tensor {
      guard let tensor = tensors["\(name).\(part)"] else {
        preconditionFailure("the parameter \(name).\(part) is missing")
      }
      return tensor
    }
    let input = inputs[0]
    switch operation {
    case .pairs(let words, let buckets):
      return input.followedByPairs(words: words, buckets: buckets)
    case .embedding:
      return embedding(of: input, table: tensor("weight"), vectors, columns)
    case .position(let length, _):
      precondition(input.size(1) <= length, "\(input.size(1)) words where \(length) are the most")
      return input + tensor("weight").slice(0..<input.size(1))
    case .wordConvolution(_, _, _, let hasBias):
      return input.convolvedOverWords(
        weight: tensor("weight"), bias: hasBias ? tensor("bias") : nil)
    case .lstm:
      return input.longShortTermMemory(
        inputWeight: tensor("weight_ih_l0"), hiddenWeight: tensor("weight_hh_l0"),
        inputBias: tensor("bias_ih_l0"), hiddenBias: tensor("bias_hh_l0"))
    case .layerNorm:
      return input.layerNormalized(scale: tensor("weight"), shift: tensor("bias"))
    case .attention(let heads):
      return attention(
        queries: input, keys: inputs[1], values: inputs[2], ids: inputs[3], heads: heads)
    case .gelu:
      return input.gelu
    case .wordMean:
      let presence = inputs[1].presence(like: input)
      return (input * presence).sum(along: [1]) / presence.sum(along: [1]).clamped(atLeast: 1)
    case .wordMaximum:
      return (input * inputs[1].presence(like: input)).largest(along: [1])
    case .concatenate:
      return .concatenated(inputs, along: input.rank - 1)
    default:
      preconditionFailure("\(name) is no layer of words")
    }
  }

  private func embedding(
    of ids: Tensor, table: Tensor, _ vectors: WordVectors, _ columns: Range<Int>
  ) -> Tensor {
    if case .given(let all) = vectors { return all.slice(columns, along: 2) }
    let rows = ids.scaledInteger(by: 1, plus: -1).clamped(atLeast: 0).cast(to: .int64)
    let read = table.embedding(rows, sparseGradient: vectors.isSparse) * ids.presence(like: table)
    guard case .shifted(let shift, _) = vectors else { return read }
    return read + shift.slice(columns, along: 2)
  }
}

extension Tensor {
  fileprivate func followedByPairs(words: Int, buckets: Int) -> Tensor {
    let last = size(1) - 1
    let (left, right) = (slice(0..<last, along: 1), slice(1..<last + 1, along: 1))
    let factors = Layer.pairFactors
    let hash = left.scaledInteger(by: factors.first) + right.scaledInteger(by: factors.second)
    let areWords = (left .!= 0).and(right .!= 0).cast(to: .int64)
    let pairs = hash.remainder(by: buckets).scaledInteger(by: 1, plus: words) * areWords
    return .concatenated([self, pairs], along: 1)
  }

  /// A convolution along the second dimension, each window beginning at a position.
  fileprivate func convolvedOverWords(weight: Tensor, bias: Tensor?) -> Tensor {
    let (outputs, width) = (weight.size(0), weight.size(2))
    let padded = padded([0, 0, 0, width - 1])
    // The words of a window side by side, so that one matrix product serves all windows: twice
    // as fast as a convolution of images of one column.
    let windows = Tensor.concatenated(
      (0..<width).map { padded.slice($0..<$0 + size(1), along: 1) }, along: 2)
    let kernel = weight.transposed(1, 2).reshaped([outputs, width * size(2)])
    return windows.linear(weight: kernel, bias: bias)
  }
}

/// Attention by scaled products.
///
/// > Source: Vaswani et al. "Attention Is All You Need." NeurIPS 2017,
/// > [arXiv:1706.03762](https://arxiv.org/abs/1706.03762), section 3.2.
private func attention(
  queries: Tensor, keys: Tensor, values: Tensor, ids: Tensor, heads: Int
) -> Tensor {
  let (count, length, width) = (queries.size(0), queries.size(1), queries.size(2))
  func split(_ tensor: Tensor) -> Tensor {
    tensor.reshaped([count, length, heads, width / heads]).transposed(1, 2)
  }
  let scores =
    split(queries).matrixProduct(split(keys).transposed(2, 3))
    / Double(width / heads).squareRoot()
  let isPadding = (ids .== 0).reshaped([count, 1, 1, length])
  // Finite, so that a text without words has a mean instead of no number.
  let masked = isPadding.select(
    Tensor(repeating: -1e9, shape: [], type: scores.elementType), else: scores)
  return masked.softmax(along: 3).matrixProduct(split(values)).transposed(1, 2)
    .reshaped([count, length, width])
}
