// SPDX-License-Identifier: GPL-3.0-or-later

extension Tensor {
  /// Rows of this table `[V, D]` at indices of any shape.
  ///
  /// - Parameters:
  ///   - indices: 64-bit integers in `0..<V`.
  ///   - sparseGradient: Whether the table's gradient holds the rows that were read alone; see
  ///     ``rowGradient``.
  /// - Returns: A dimension of size D more than the indices have.
  public func embedding(_ indices: Tensor, sparseGradient: Bool = false) -> Tensor {
    WordOperators.embedding.one(
      .tensor(self), .tensor(indices), .integer(-1), .boolean(false), .boolean(sparseGradient))
  }

  /// The rows of a sparse gradient: their indices `[R]`, rising and each once, and their sums `[R, D]`.
  ///
  /// - Precondition: A gradient of ``embedding(_:sparseGradient:)``, or a sum of such.
  public var rowGradient: (rows: Tensor, values: Tensor) {
    let one = WordOperators.coalesce.one(.tensor(self))
    return (
      WordOperators.indices.one(.tensor(one)).reshaped([-1]),
      WordOperators.values.one(.tensor(one))
    )
  }

  /// Overwrites rows of this tensor's memory.
  ///
  /// - Parameters:
  ///   - indices: 64-bit integers, each once.
  ///   - values: A row for each.
  public func setRowsInPlace(_ indices: Tensor, to values: Tensor) {
    _ = WordOperators.indexCopyInPlace.one(
      .tensor(self), .integer(0), .tensor(indices), .tensor(values))
  }

  /// Adds to rows of this tensor's memory.
  ///
  /// - Parameters:
  ///   - indices: 64-bit integers, each once.
  ///   - values: A row for each.
  public func addToRowsInPlace(_ indices: Tensor, _ values: Tensor) {
    _ = WordOperators.indexAddInPlace.one(
      .tensor(self), .integer(0), .tensor(indices), .tensor(values), .integer(1))
  }

  /// Mean zero and variance one along the last dimension, then scaled and shifted.
  ///
  /// > Source: Ba et al. "Layer Normalization." 2016,
  /// > [arXiv:1607.06450](https://arxiv.org/abs/1607.06450), section 3.
  public func layerNormalized(scale: Tensor, shift: Tensor, epsilon: Double = 1e-5) -> Tensor {
    WordOperators.layerNorm.one(
      .tensor(self), .integers(scale.shape), .tensor(scale), .tensor(shift), .real(epsilon),
      .boolean(false))
  }

  /// `x · Φ(x)`, with the distribution function of the normal distribution.
  ///
  /// > Source: Hendrycks and Gimpel. "Gaussian Error Linear Units." 2016,
  /// > [arXiv:1606.08415](https://arxiv.org/abs/1606.08415), section 2.
  public var gelu: Tensor { WordOperators.gelu.one(.tensor(self), .text("none")) }

  /// The hidden states of one layer of long short-term memory, from states of zero.
  ///
  /// > Source: Hochreiter and Schmidhuber. "Long Short-Term Memory." Neural Computation 1997; with a
  /// > forget gate, Gers et al. "Learning to Forget." Neural Computation 2000.
  ///
  /// - Parameters:
  ///   - inputWeight: `[4H, D]`, for input, forget, cell and output gate.
  ///   - hiddenWeight: `[4H, H]`.
  ///   - inputBias: `[4H]`.
  ///   - hiddenBias: `[4H]`.
  /// - Returns: `[N, L, H]` for `[N, L, D]`.
  public func longShortTermMemory(
    inputWeight: Tensor, hiddenWeight: Tensor, inputBias: Tensor, hiddenBias: Tensor
  ) -> Tensor {
    let state = Tensor(repeating: 0, shape: [1, size(0), hiddenWeight.size(1)], type: elementType)
    return WordOperators.lstm.many(
      .tensor(self), .tensors([state, state]),
      .tensors([inputWeight, hiddenWeight, inputBias, hiddenBias]), .boolean(true), .integer(1),
      .real(0), .boolean(false), .boolean(false), .boolean(true))[0]
  }

  /// Every whole number times another, plus a third, without a detour by real numbers.
  public func scaledInteger(by factor: Int, plus offset: Int = 0) -> Tensor {
    let product = Operators.multiplyScalar.one(.tensor(self), .integer(factor))
    return offset == 0 ? product : Operators.addScalar.one(.tensor(product), .integer(offset))
  }

  /// The remainder of whole numbers, in `0..<divisor`.
  public func remainder(by divisor: Int) -> Tensor {
    WordOperators.remainder.one(.tensor(self), .integer(divisor))
  }
}

/// Operators on words.
private enum WordOperators {
  static let embedding = Operator("aten::embedding")
  static let coalesce = Operator("aten::coalesce")
  static let indices = Operator("aten::indices")
  static let values = Operator("aten::values")
  static let indexCopyInPlace = Operator("aten::index_copy_")
  static let indexAddInPlace = Operator("aten::index_add_")
  static let layerNorm = Operator("aten::layer_norm")
  static let gelu = Operator("aten::gelu")
  static let lstm = Operator("aten::lstm", "input")
  static let remainder = Operator("aten::remainder", "Scalar")
}
