// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing
import Torch

/// A result worked out by hand.
struct ValueCase: Sendable, CustomStringConvertible {
  let description: String
  let result: @Sendable () -> Tensor
  let expected: [Double]
  let shape: [Int]

  init(
    _ description: String, _ expected: [Double], shape: [Int]? = nil,
    _ result: @escaping @Sendable () -> Tensor
  ) {
    self.description = description
    self.expected = expected
    self.shape = shape ?? [expected.count]
    self.result = result
  }
}

@Suite("Values of operators", .timeLimit(.minutes(15)))
struct OperatorValueTests {
  private static let values = Tensor([3.0, -1, 2, -1, 0, 5], shape: [2, 3])
  private static let indices = Tensor([2, 0], shape: [2, 1])

  static let comparisons: [ValueCase] = [
    ValueCase("equal", [1, 0]) { Tensor([1.0, 2]) .== Tensor([1.0, 3]) },
    ValueCase("equal to a number", [0, 1]) { Tensor([1.0, 2]) .== 2 },
    ValueCase("differs from a number", [1, 0]) { Tensor([1.0, 2]) .!= 2 },
    ValueCase("larger", [0, 0, 1]) { Tensor([1.0, 2, 3]) .> Tensor([1.0, 3, 2]) },
    ValueCase("larger than a number", [0, 0, 1]) { Tensor([1.0, 2, 3]) .> 2 },
    ValueCase("at least", [1, 0, 1]) { Tensor([1.0, 2, 3]) .>= Tensor([1.0, 3, 2]) },
    ValueCase("smaller", [0, 1, 0]) { Tensor([1.0, 2, 3]) .< Tensor([1.0, 3, 2]) },
    ValueCase("smaller than a number", [1, 0, 0]) { Tensor([1.0, 2, 3]) .< 2 },
    ValueCase("not", [0, 1]) { Tensor([true, false]).not },
    ValueCase("and", [1, 0, 0]) { Tensor([true, true, false]).and(Tensor([true, false, false])) },
    ValueCase("or", [1, 1, 0]) { Tensor([true, true, false]).or(Tensor([true, false, false])) },
    ValueCase("finite", [1, 0, 0, 0]) {
      Tensor([1, Double.infinity, -Double.infinity, Double.nan]).isFinite
    },
  ]

  static let elementwise: [ValueCase] = [
    ValueCase("a number everywhere", [2.5, 2.5]) {
      Tensor(repeating: 2.5, shape: [2], type: .float64)
    },
    ValueCase("sign", [-1, 0, 1]) { Tensor([-0.3, 0, 8]).sign },
    ValueCase("next upwards", [1 + Double.ulpOfOne, 0]) {
      Tensor([1.0, 0]).next(towards: Tensor([2.0, 0]))
    },
    ValueCase("clamp keeps what is not a number", [.nan, 1]) {
      Tensor([Double.nan, 4]).clamped(to: 0...1)
    },
    ValueCase("add into memory", [2, 4]) { changed([1, 2]) { $0.addInPlace($0.copy) } },
    ValueCase("add scaled into memory", [0.5, 1.5]) {
      changed([1, 2]) { $0.addInPlace(Tensor([1.0, 1]), scale: -0.5) }
    },
    ValueCase("multiply memory", [3, 6]) { changed([1, 2]) { $0.multiplyInPlace(3) } },
    ValueCase("multiply memory by a tensor", [3, 8]) {
      changed([1, 2]) { $0.multiplyInPlace(Tensor([3.0, 4])) }
    },
    ValueCase("add a product into memory", [7, 14]) {
      changed([1, 2]) { $0.addProductInPlace(Tensor([1.0, 2]), Tensor([3.0, 3]), scale: 2) }
    },
    ValueCase("add a quotient into memory", [2, 3]) {
      changed([1, 2]) { $0.addQuotientInPlace(Tensor([1.0, 2]), Tensor([2.0, 4]), scale: 2) }
    },
    ValueCase("overwrite memory", [8, 9]) {
      changed([1, 2]) { $0.copyInPlace(Tensor([8.0, 9])) }
    },
  ]

  static let reductions: [ValueCase] = [
    ValueCase("index of the largest", [0, 2]) { values.indexOfLargest(along: 1) },
    ValueCase("index of the first of equals", [1]) {
      Tensor([0.0, 7, 7], shape: [1, 3]).indexOfLargest(along: 1)
    },
    ValueCase("sorted upwards", [-1, 2, 3, -1, 0, 5], shape: [2, 3]) {
      values.sorted(along: 1).values
    },
    ValueCase("order of equal elements", [1, 3, 0, 2]) {
      Tensor([5.0, 1, 5, 1]).sorted(along: 0).indices
    },
    ValueCase("two largest", [3, 2, 5, 0], shape: [2, 2]) { values.largest(2, along: 1).values },
    ValueCase("indices of the largest", [0, 2, 2, 1], shape: [2, 2]) {
      values.largest(2, along: 1).indices
    },
    ValueCase("3-norm", [3]) {
      Tensor([1.0, -2, 2, -1, 2, 1], shape: [1, 6]).norm(3, along: [1])
    },
    ValueCase("running sums", [3, 2, 4]) {
      values.slice(0..<1).reshaped([3]).cumulativeSum(along: 0)
    },
  ]

  static let shapes: [ValueCase] = [
    ValueCase("gathered", [2, -1], shape: [2, 1]) { values.gathered(indices, along: 1) },
    ValueCase("scattered number", [3, -1, 9, 9, 0, 5], shape: [2, 3]) {
      values.scattering(9, at: indices, along: 1)
    },
    ValueCase("scattered tensor", [3, -1, 7, 8, 0, 5], shape: [2, 3]) {
      values.scattering(Tensor([7.0, 8], shape: [2, 1]), at: indices, along: 1)
    },
    ValueCase("chosen columns", [2, 3, 5, -1], shape: [2, 2]) {
      values.rows(Tensor([2, 0]), along: 1)
    },
    ValueCase("padded", [0, 0, 3, 0, 0, -1], shape: [2, 3]) {
      values.slice(0..<1, along: 1).padded([2, 0])
    },
    ValueCase("transposed", [3, -1, -1, 0, 2, 5], shape: [3, 2]) { values.transposed(0, 1) },
    ValueCase("channels last, read row by row", [0, 1, 2, 3, 4, 5, 6, 7], shape: [1, 2, 2, 2]) {
      Tensor((0..<8).map(Double.init), shape: [1, 2, 2, 2]).channelsLast
    },
    ValueCase("cast drops the fraction", [1, -1]) { Tensor([1.9, -1.9]).cast(to: .int64) },
  ]

  static let windows: [ValueCase] = [
    ValueCase("largest of overlapping windows", [3, 5], shape: [1, 1, 1, 2]) {
      values.reshaped([1, 1, 2, 3]).maxPooled(2, stride: 1, padding: 0)
    },
    ValueCase("mean with the padding's zeros", [0.75, 0.25, -0.25, 1.25], shape: [1, 1, 2, 2]) {
      values.reshaped([1, 1, 2, 3]).averagePooled(2, stride: 2, padding: 1)
    },
    ValueCase("eigenvalues, least first", [1, 3]) {
      Tensor([2.0, 1, 1, 2], shape: [2, 2]).symmetricEigen.values
    },
    ValueCase("eigenvectors as columns", [2, 0, 0, 5], shape: [2, 2]) {
      let eigen = Tensor([5.0, 0, 0, 2], shape: [2, 2]).symmetricEigen
      let turned = eigen.vectors.transposed(0, 1)
      return turned.matrixProduct(Tensor([5.0, 0, 0, 2], shape: [2, 2]))
        .matrixProduct(eigen.vectors)
    },
  ]

  @Test(
    "The result is the one worked out by hand",
    arguments: comparisons + elementwise + reductions + shapes + windows)
  func isAsByHand(example: ValueCase) {
    let result = example.result()
    #expect(result.shape == example.shape)
    let found = result.cast(to: .float64).elements(of: Double.self)
    for (have, want) in zip(found, example.expected) {
      #expect(have == want || (have.isNaN && want.isNaN) || abs(have - want) <= 1e-12)
    }
  }

  @Test("Batch normalisation in training moves its statistics by the momentum")
  func movesStatistics() {
    let mean = Tensor([0.0]), variance = Tensor([1.0])
    let output = Tensor([1.0, 3], shape: [2, 1, 1, 1]).batchNormalized(
      scale: nil, shift: nil, mean: mean, variance: variance, training: true, epsilon: 0)
    // The batch: mean 2, variance 1 for the output and, without bias, 2 for the running one.
    #expect(output.elements(of: Double.self) == [-1, 1])
    #expect(abs(mean.scalar - 0.2) <= 1e-15)
    #expect(abs(variance.scalar - 1.1) <= 1e-15)
  }

  @Test("Cross-entropy is −log of the label's softmax")
  func crossEntropyByHand() {
    let logits = Tensor([0.0, log(3), 0, 0], shape: [2, 2])
    let losses = logits.crossEntropies(labels: Tensor([1, 0])).elements(of: Double.self)
    #expect(abs(losses[0] - log(4.0 / 3)) <= 1e-15)
    #expect(abs(losses[1] - log(2.0)) <= 1e-15)
  }

  private static func changed(_ values: [Double], _ change: (Tensor) -> Void) -> Tensor {
    let tensor = Tensor(values)
    change(tensor)
    return tensor
  }
}
