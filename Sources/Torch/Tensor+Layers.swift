// SPDX-License-Identifier: GPL-3.0-or-later

extension Tensor {
  /// A two-dimensional convolution.
  ///
  /// - Parameters:
  ///   - weight: `[out, in, height, width]`.
  ///   - bias: `[out]`.
  ///   - stride: Positions between two windows.
  ///   - padding: Zeros added on every side.
  /// - Returns: `[N, out, H, W]`.
  public func convolved(
    weight: Tensor, bias: Tensor?, stride: Int = 1, padding: Int = 0
  ) -> Tensor {
    Operators.convolution.one(
      .tensor(self), .tensor(weight), .optional(bias), .integers([stride, stride]),
      .integers([padding, padding]))
  }
  /// A convolution of images with few channels, whose input gradient costs a fraction of the usual.
  ///
  /// The result lies channels-last. The gradients cannot be differentiated again.
  public func thinlyConvolved(
    weight: Tensor, bias: Tensor?, stride: Int = 1, padding: Int = 0
  ) -> Tensor {
    Operators.thinConvolution.one(
      .tensor(self), .tensor(weight), .optional(bias), .integer(stride), .integer(padding))
  }
  /// The largest value of every 2×2 window, at least zero: pooling and rectifier in one.
  ///
  /// The result lies channels-last. The gradient cannot be differentiated again.
  public var maxPooledRelu: Tensor { Operators.maxPoolRelu.one(.tensor(self)) }
  /// `x · weightᵀ + bias`, with `weight` as `[out, in]`.
  public func linear(weight: Tensor, bias: Tensor?) -> Tensor {
    Operators.linear.one(.tensor(self), .tensor(weight), .optional(bias))
  }
  /// The matrix product.
  public func matrixProduct(_ other: Tensor) -> Tensor {
    Operators.matrixProduct.one(.tensor(self), .tensor(other))
  }
  /// Eigenvalues of a symmetric matrix, least first, and its eigenvectors as columns.
  public var symmetricEigen: (values: Tensor, vectors: Tensor) {
    let results = Operators.symmetricEigen.many(.tensor(self))
    return (results[0], results[1])
  }
  /// The largest value of every square window, side by side.
  public func maxPooled(_ size: Int) -> Tensor {
    Operators.maxPool.one(.tensor(self), .integers([size, size]), .integers([size, size]))
  }
  /// The largest value of every square window.
  public func maxPooled(_ size: Int, stride: Int, padding: Int) -> Tensor {
    Operators.maxPool.one(
      .tensor(self), .integers([size, size]), .integers([stride, stride]),
      .integers([padding, padding]))
  }
  /// The mean of every square window, zeros of the padding included.
  public func averagePooled(_ size: Int, stride: Int, padding: Int) -> Tensor {
    Operators.averagePool.one(
      .tensor(self), .integers([size, size]), .integers([stride, stride]),
      .integers([padding, padding]))
  }
  /// The mean over all positions: `[N, C, 1, 1]`.
  public var globalAveragePooled: Tensor {
    Operators.adaptiveAveragePool.one(.tensor(self), .integers([1, 1]))
  }
  /// Batch normalisation over all but the second dimension.
  ///
  /// While training, `mean` and `variance` are moved in place by `momentum` towards the batch's.
  public func batchNormalized(
    scale: Tensor?, shift: Tensor?, mean: Tensor, variance: Tensor, training: Bool,
    momentum: Double = 0.1, epsilon: Double = 1e-5
  ) -> Tensor {
    Operators.batchNorm.one(
      .tensor(self), .optional(scale), .optional(shift), .tensor(mean), .tensor(variance),
      .boolean(training), .real(momentum), .real(epsilon), .boolean(true))
  }
  /// The logarithm of the softmax along a dimension.
  public func logSoftmax(along dimension: Int = 1) -> Tensor {
    Operators.logSoftmax.one(.tensor(self), .integer(dimension))
  }
  /// The softmax along a dimension.
  public func softmax(along dimension: Int = 1) -> Tensor {
    Operators.softmax.one(.tensor(self), .integer(dimension))
  }
  /// Cross-entropy of logits `[N, K]` against labels `[N]`, one value for each example.
  public func crossEntropies(labels: Tensor) -> Tensor {
    Operators.negativeLogLikelihood.one(
      .tensor(logSoftmax()), .tensor(labels), .none, .integer(0))
  }
  /// Every element rounded to `scale · (code − zeroPoint)`, the nearest of the codes.
  ///
  /// The gradient is that of leaving an element as it is inside the range of the codes, and zero
  /// outside.
  public func fakeQuantized(scale: Double, zeroPoint: Int, codes: ClosedRange<Int>) -> Tensor {
    Operators.fakeQuantize.one(
      .tensor(self), .real(scale), .integer(zeroPoint), .integer(codes.lowerBound),
      .integer(codes.upperBound))
  }
}
