// SPDX-License-Identifier: GPL-3.0-or-later

import Statistics
import TestSupport
import Testing
import Torch

/// Values and gradients of one function at one point.
private struct Answer {
  let output: Tensor
  let gradients: [Tensor?]

  init(_ inputs: [Tensor], _ function: ([Tensor]) -> Tensor) {
    let leaves = inputs.map(\.leaf)
    output = function(leaves)
    // Another weight for every output, the same on both sides.
    let weights = normal(output.shape, RandomKey(seed: 5).split("weights"))
    gradients = (output * weights).sum.gradients(withRespectTo: leaves)
  }
}

private func normal(_ shape: [Int], _ key: RandomKey) -> Tensor {
  Tensor(shape: shape) { key.stream().fillNormal($0, mean: 0, sigma: 1) }
}

/// The largest difference in units of the larger of one and the reference.
private func difference(_ left: Tensor?, _ right: Tensor?) -> Float {
  guard let left, let right, left.shape == right.shape else { return .infinity }
  return zip(left.elements(of: Float.self), right.elements(of: Float.self)).reduce(0) {
    worst, pair in
    if pair.0 == pair.1 || (pair.0.isNaN && pair.1.isNaN) { return worst }
    let found = abs(pair.0 - pair.1) / max(1, abs(pair.1))
    return found.isNaN ? .infinity : max(worst, found)
  }
}

@Suite("Kernels of our own against libtorch's", .tags(.law), .timeLimit(.minutes(15)))
struct OwnKernelTests {
  private static func reference(_ input: Tensor) -> Tensor {
    input.maxPooled(2).relu
  }

  @Test(
    "Pooling with rectifier gives libtorch's values and gradients",
    arguments: [
      [1, 1, 2, 2], [3, 4, 6, 8], [2, 3, 5, 7], [2, 5, 4, 3], [1, 17, 9, 2], [2, 32, 28, 28],
      [2, 1, 3, 4],
    ])
  func pools(shape: [Int]) {
    let input = normal(shape, RandomKey(seed: 3))
    let ours = Answer([input]) { $0[0].maxPooledRelu }
    let theirs = Answer([input]) { Self.reference($0[0]) }
    #expect(difference(ours.output, theirs.output) == 0)
    #expect(difference(ours.gradients[0], theirs.gradients[0]) == 0)
  }

  @Test("Equal values, zeros and infinities choose the same window position as in libtorch")
  func poolsTies() {
    let values: [Float] = [
      1, 1, 0, 0, -1, -1, .infinity, 2, 1, 1, 0, 0, -1, -2, 3, .infinity,
      -.infinity, -3, 0, -0.0, 5, 5, 4, 4, -4, -3, -0.0, 0, 2, 5, 4, 6,
    ]
    let input = Tensor(values, shape: [1, 1, 4, 8])
    let ours = Answer([input]) { $0[0].maxPooledRelu }
    let theirs = Answer([input]) { Self.reference($0[0]) }
    #expect(difference(ours.output, theirs.output) == 0)
    #expect(difference(ours.gradients[0], theirs.gradients[0]) == 0)
  }

  @Test("An input that is not a number stays one", arguments: 0..<4)
  func poolsNaN(position: Int) {
    var values: [Float] = [1, -2, 3, 4]
    values[position] = .nan
    let input = Tensor(values, shape: [1, 1, 2, 2])
    #expect(input.maxPooledRelu.elements(of: Float.self)[0].isNaN)
    let ours = Answer([input]) { $0[0].maxPooledRelu }
    let theirs = Answer([input]) { Self.reference($0[0]) }
    #expect(difference(ours.gradients[0], theirs.gradients[0]) == 0)
  }

  @Test("Pooling reads channels-last and sliced memory")
  func poolsOtherLayouts() {
    let whole = normal([4, 3, 6, 5], RandomKey(seed: 8))
    let cut = whole.slice(1..<3).slice(1..<5, along: 2)
    #expect(difference(cut.maxPooledRelu, Self.reference(cut)) == 0)
    #expect(difference(whole.channelsLast.maxPooledRelu, Self.reference(whole)) == 0)
  }

  struct Convolution: Sendable, CustomStringConvertible {
    let channels: Int
    let filters: Int
    let kernel: Int
    let side: (height: Int, width: Int)
    let stride: Int
    let padding: Int
    let hasBias: Bool

    var description: String {
      "\(channels) channels \(side.height)x\(side.width), \(filters) filters \(kernel)x\(kernel),"
        + " stride \(stride), padding \(padding)\(hasBias ? ", bias" : "")"
    }
  }

  static let convolutions: [Convolution] = (1...4).flatMap { channels in
    [(3, 1, 1, true), (3, 2, 1, false), (5, 1, 2, true), (5, 3, 0, true), (1, 1, 0, false)].map {
      kernel, stride, padding, hasBias in
      Convolution(
        channels: channels, filters: 2 + channels, kernel: kernel, side: (9, 6 + channels),
        stride: stride, padding: padding, hasBias: hasBias)
    }
  }

  @Test("Thin convolution gives libtorch's values and gradients", arguments: convolutions)
  func convolves(example: Convolution) {
    let key = RandomKey(seed: 13)
    let inputs =
      [
        normal([3, example.channels, example.side.height, example.side.width], key.split("input")),
        normal(
          [example.filters, example.channels, example.kernel, example.kernel], key.split("weight")),
      ] + (example.hasBias ? [normal([example.filters], key.split("bias"))] : [])
    func bias(_ inputs: [Tensor]) -> Tensor? { example.hasBias ? inputs[2] : nil }
    let ours = Answer(inputs) {
      $0[0].thinlyConvolved(
        weight: $0[1], bias: bias($0), stride: example.stride, padding: example.padding)
    }
    let theirs = Answer(inputs) {
      $0[0].convolved(
        weight: $0[1], bias: bias($0), stride: example.stride, padding: example.padding)
    }
    // float32: at most 100 terms of size one for values, 3 · 90 for weights.
    #expect(difference(ours.output, theirs.output) <= 1e-5)
    for (our, their) in zip(ours.gradients, theirs.gradients) {
      #expect(difference(our, their) <= 1e-4)
    }
    #expect(ours.gradients.count == inputs.count)
  }

  @Test("An input pixel that is not a number reaches exactly the windows that hold it")
  func convolvesNaN() {
    var values = [Float](repeating: 1, count: 25)
    values[0] = .nan
    let output = Tensor(values, shape: [1, 1, 5, 5]).thinlyConvolved(
      weight: Tensor(repeating: 1, shape: [1, 1, 3, 3]), bias: nil, padding: 1)
    let found = output.contiguous.elements(of: Float.self)
    for (index, value) in found.enumerated() {
      #expect(value.isNaN == (index / 5 <= 1 && index % 5 <= 1))
    }
  }

  @Test("A thin convolution asks for the gradients that are wanted, and only those")
  func convolvesPartially() {
    let input = normal([2, 1, 5, 5], RandomKey(seed: 1)).leaf
    let weight = normal([3, 1, 3, 3], RandomKey(seed: 2))
    let output = input.thinlyConvolved(weight: weight, bias: Tensor(repeating: 1, shape: [3]))
    let gradients = output.sum.gradients(withRespectTo: [input])
    let expected = input.convolved(weight: weight, bias: nil).sum.gradient(withRespectTo: input)
    #expect(difference(gradients[0], expected) <= 1e-5)
  }
}
