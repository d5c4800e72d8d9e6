// SPDX-License-Identifier: GPL-3.0-or-later

import TestSupport
import Testing
import Torch

@Suite("Gradients of operators", .tags(.law), .timeLimit(.minutes(15)))
struct OperatorGradientTests {
  static let arithmetic: [GradientCase] = [
    GradientCase("sum of two, broadcast", [2, 3], [3]) { $0[0] + $0[1] },
    GradientCase("sum with a number", [4]) { $0[0] + 0.3 },
    GradientCase("difference, broadcast", [2, 1], [1, 3]) { $0[0] - $0[1] },
    GradientCase("difference with a number", [4]) { $0[0] - 0.3 },
    GradientCase("product, broadcast", [2, 3], [2, 1]) { $0[0] * $0[1] },
    GradientCase("product with a number", [4]) { $0[0] * -1.7 },
    GradientCase("quotient", [2, 3], [3], domain: .positive) { $0[0] / $0[1] },
    GradientCase("quotient by a number", [4]) { $0[0] / 0.7 },
    GradientCase("negative", [4]) { -$0[0] },
    GradientCase("power", [5], domain: .positive) { $0[0].power(2.5) },
    GradientCase("absolute value", [6]) { $0[0].absolute },
    GradientCase("square root", [5], domain: .positive) { $0[0].squareRoot },
    GradientCase("exponential", [5]) { $0[0].exponential },
    GradientCase("logarithm", [5], domain: .positive) { $0[0].logarithm },
    GradientCase("relu", [8]) { $0[0].relu },
    GradientCase("clamp to a range", [8]) { $0[0].clamped(to: -0.2...0.1) },
    GradientCase("clamp from below", [8]) { $0[0].clamped(atLeast: -0.1) },
    GradientCase("clamp from above", [8]) { $0[0].clamped(atMost: 0.1) },
    GradientCase("minimum", [5], [5]) { $0[0].minimum($0[1]) },
    GradientCase("maximum", [5], [5]) { $0[0].maximum($0[1]) },
    GradientCase("selection", [2, 3], [3]) {
      Tensor([true, false, true, false, false, true], shape: [2, 3]).select($0[0], else: $0[1])
    },
    GradientCase("sign", [5]) { $0[0].sign + $0[0] * 0 },
  ]

  static let reductions: [GradientCase] = [
    GradientCase("sum of all", [2, 3]) { $0[0].sum },
    GradientCase("sums along two", [2, 3, 2]) { $0[0].sum(along: [0, 2]) },
    GradientCase("mean of all", [2, 3]) { $0[0].mean },
    GradientCase("means along one", [2, 3]) { $0[0].mean(along: [1], keeping: true) },
    GradientCase("largest along one", [3, 4]) { $0[0].largest(along: [1]) },
    GradientCase("smallest along one", [3, 4]) { $0[0].smallest(along: [0], keeping: true) },
    GradientCase("1-norm", [2, 4]) { $0[0].norm(1, along: [1]) },
    GradientCase("2-norm", [2, 4]) { $0[0].norm(2, along: [1]) },
    GradientCase("largest absolute value", [2, 5]) { $0[0].norm(Double.infinity, along: [1]) },
    GradientCase("sorted values", [2, 5]) { $0[0].sorted(along: 1, descending: true).values },
    GradientCase("largest values", [2, 5]) { $0[0].largest(2, along: 1).values },
    GradientCase("running sums", [2, 4]) { $0[0].cumulativeSum(along: 1) },
  ]

  static let shapes: [GradientCase] = [
    GradientCase("reshaped", [2, 6]) { $0[0].reshaped([3, -1]).power(2) },
    GradientCase("transposed", [2, 3]) { $0[0].transposed(0, 1).power(2) },
    GradientCase("slice", [5, 2]) { $0[0].slice(1..<3).power(2) },
    GradientCase("repeated rows", [4, 2]) { $0[0].rows([3, 1, 3]).power(2) },
    GradientCase("gathered", [2, 3]) {
      $0[0].gathered(Tensor([2, 0, 0, 1], shape: [2, 2]), along: 1).power(2)
    },
    GradientCase("scattered number", [2, 3]) {
      $0[0].scattering(7, at: Tensor([2, 0], shape: [2, 1]), along: 1).power(2)
    },
    GradientCase("scattered tensor", [2, 3], [2, 1]) {
      $0[0].scattering($0[1], at: Tensor([2, 0], shape: [2, 1]), along: 1).power(2)
    },
    GradientCase("concatenated", [2, 2], [2, 3]) {
      Tensor.concatenated([$0[0], $0[1], $0[0]], along: 1).power(2)
    },
    GradientCase("padded and cropped", [2, 4]) { $0[0].padded([2, -1]).power(2) },
    GradientCase("copy", [3]) { $0[0].copy.power(2) },
    GradientCase("contiguous", [2, 3]) { $0[0].transposed(0, 1).contiguous.power(2) },
    GradientCase("channels last", [1, 2, 2, 2]) { $0[0].channelsLast.power(2) },
    GradientCase("flattened examples", [2, 2, 2]) { $0[0].flattenedExamples.power(2) },
  ]

  static let layers: [GradientCase] = [
    GradientCase("convolution", [2, 2, 4, 4], [3, 2, 3, 3], [3]) {
      $0[0].convolved(weight: $0[1], bias: $0[2], stride: 2, padding: 1)
    },
    GradientCase("convolution without bias", [1, 2, 3, 4], [2, 2, 2, 2]) {
      $0[0].convolved(weight: $0[1], bias: nil)
    },
    GradientCase("linear", [2, 3], [4, 3], [4]) { $0[0].linear(weight: $0[1], bias: $0[2]) },
    GradientCase("matrix product", [2, 3], [3, 2]) { $0[0].matrixProduct($0[1]) },
    GradientCase("largest of windows", [1, 2, 4, 5]) { $0[0].maxPooled(2) },
    GradientCase("global average", [2, 2, 2, 3]) { $0[0].globalAveragePooled },
    GradientCase("batch norm in training", [3, 2, 2, 1], [2], [2]) {
      $0[0].batchNormalized(
        scale: $0[1], shift: $0[2], mean: Tensor([0.1, 0.2]), variance: Tensor([1.5, 0.5]),
        training: true)
    },
    GradientCase("batch norm in evaluation", [2, 2, 2, 1], [2], [2]) {
      $0[0].batchNormalized(
        scale: $0[1], shift: $0[2], mean: Tensor([0.1, 0.2]), variance: Tensor([1.5, 0.5]),
        training: false)
    },
    GradientCase("log-softmax", [2, 4]) { $0[0].logSoftmax() },
    GradientCase("softmax", [2, 4]) { $0[0].softmax() },
    GradientCase("cross-entropies", [3, 4]) { $0[0].crossEntropies(labels: Tensor([0, 3, 1])) },
  ]

  @Test(
    "Autograd agrees with central differences", arguments: arithmetic + reductions + shapes + layers
  )
  func agreesWithDifferences(example: GradientCase) {
    // The truncation of a step of 1e-5 is about 1e-10, its rounding 1e-11 times the objective.
    #expect(example.largestError() <= 1e-7)
  }

  @Test("A gradient can be differentiated again")
  func differentiatesTwice() throws {
    let x = Tensor([0.5, -2.0]).leaf
    let first = try #require(
      x.power(3).sum.gradients(withRespectTo: [x], differentiable: true)[0])
    #expect(first.sum.gradient(withRespectTo: x).elements(of: Double.self) == [3, -12])
  }

  @Test("A cast carries the gradient back in the type of its input")
  func castCarriesGradient() {
    let x = Tensor([Float(1), 2]).leaf
    let gradient = (x.cast(to: .float64) * Tensor([3.0, 4.0])).sum.gradient(withRespectTo: x)
    #expect(gradient.elements(of: Float.self) == [3, 4])
  }
}
