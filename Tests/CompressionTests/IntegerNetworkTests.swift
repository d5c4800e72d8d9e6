// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore
import Statistics
import Testing
import Torch

/// Weights of 4 bits, whose products no processor saturates on the way.
@Suite("Models that multiply integers", .timeLimit(.minutes(15)))
struct IntegerNetworkTests {
  /// A weight of signed codes from −7 to 7, one scale for each channel.
  private func weight(_ shape: [Int], seed: UInt64) -> Weight {
    let stream = RandomKey(seed: seed).stream()
    let codes = (0..<shape.reduce(1, *)).map { _ in Float(stream.integer(below: 15)) - 7 }
    return .quantized(
      QuantizedTensor(
        codes: Tensor(codes, shape: shape).cast(to: .int8),
        grid: QuantizationGrid(
          bits: 4, scale: Tensor((0..<shape[0]).map { 0.01 * Float($0 % 3 + 1) }),
          zeroPoint: Tensor(repeating: 0, shape: [shape[0]]).cast(to: .int8))))
  }

  private func bias(_ count: Int) -> Weight {
    .dense(Tensor((0..<count).map { 0.1 * Float($0 % 5) - 0.2 }))
  }

  private func parameters(_ weights: [String: Weight]) -> ParameterSet {
    weights.reduce(into: ParameterSet()) { set, weight in set[weight.key] = weight.value }
  }

  private func inputs(_ shape: [Int], _ range: ClosedRange<Double>, seed: UInt64) -> Tensor {
    Tensor(shape: shape) { (values: UnsafeMutableBufferPointer<Float>) in
      RandomKey(seed: seed).stream().fillUniform(
        values, low: Float(range.lowerBound), high: Float(range.upperBound))
    }
  }

  private func rows(_ tensor: Tensor) -> [[Double]] {
    let values = tensor.elements(of: Float.self).map(Double.init)
    let width = values.count / tensor.size(0)
    return (0..<tensor.size(0)).map { Array(values[$0 * width..<($0 + 1) * width]) }
  }

  private static let hasEngine: Bool = {
    try? TorchLibrary.load()
    return IntegerLayer.engine != nil
  }()

  @Test(
    "A matrix is the sum of products by hand, rounded to the next codes", .enabled(if: hasEngine))
  func byHand() throws {
    var graph = Graph()
    graph.append("in", .quantize(scale: 0.02, zeroPoint: 30, bits: 8))
    graph.append("fc", .linear(input: 20, output: 6))
    graph.append("relu", .relu)
    graph.append("out", .quantize(scale: 0.05, zeroPoint: 0, bits: 8))
    let matrix = weight([6, 20], seed: 1)
    let network = try #require(
      IntegerNetwork(graph, parameters(["fc.weight": matrix, "fc.bias": bias(6)])))
    #expect(network.integerLayers == 1 && network.multiplyingLayers == 1)
    let input = inputs([9, 20], -0.6...4.5, seed: 2)
    guard case .quantized(let stored) = matrix else { return }
    let codes = rows(stored.codes.cast(to: .float32))
    let scales = stored.grid.scale.elements(of: Float.self)
    let biases = bias(6).applied.elements(of: Float.self)
    for (row, found) in zip(rows(input), rows(network.logits(input))) {
      let read = row.map { min(255, max(0, ($0 / 0.02).rounded(.toNearestOrEven) + 30)) - 30 }
      for channel in 0..<6 {
        let sum = zip(read, codes[channel]).reduce(0) { $0 + $1.0 * $1.1 }
        let exact = max(0, sum * 0.02 * Double(scales[channel]) + Double(biases[channel]))
        // Half a code, and a little where the sum lies half way.
        #expect(abs(found[channel] - min(exact, 255 * 0.05)) <= 0.025 + 1e-4)
      }
    }
  }

  /// Two convolutions with what commutes with rounding behind them, and a matrix for the logits.
  private var chain: (graph: Graph, parameters: ParameterSet) {
    var graph = Graph()
    graph.append("norm", .normalize(mean: [0.5, 0.4], deviation: [0.25, 0.3]))
    graph.append("q1", .quantize(scale: 0.02, zeroPoint: 100, bits: 8))
    graph.append("c1", .convolution(input: 2, output: 8, kernel: 3, padding: 1))
    graph.append("pool1", .maxPoolRelu)
    graph.append("q2", .quantize(scale: 0.05, zeroPoint: 0, bits: 8))
    graph.append(
      "c2", .convolution(input: 8, output: 6, kernel: 3, stride: 2, padding: 1, bias: false))
    graph.append("relu", .relu)
    graph.append("pool2", .maxPool(kernel: 2, stride: 2))
    graph.append("flatten", .flatten)
    graph.append("q3", .quantize(scale: 0.06, zeroPoint: 3, bits: 8))
    graph.append("fc", .linear(input: 24, output: 4))
    return (
      graph,
      parameters([
        "c1.weight": weight([8, 2, 3, 3], seed: 3), "c1.bias": bias(8),
        "c2.weight": weight([6, 8, 3, 3], seed: 4), "fc.weight": weight([4, 24], seed: 5),
        "fc.bias": bias(4),
      ])
    )
  }

  @Test("It answers as the simulation, but for codes that lie half way", .enabled(if: hasEngine))
  func simulation() throws {
    let (graph, parameters) = chain
    let network = try #require(IntegerNetwork(graph, parameters))
    #expect(network.integerLayers == 2, "nothing rounds the logits")
    #expect(network.multiplyingLayers == 3)
    let input = inputs([50, 2, 16, 16], 0...1, seed: 6)
    let truth = rows(try #require(graph.activations(input, tensors: parameters.applied).last))
    // A code of the last rounding that falls the other way moves a logit by 0.06 · 7 · 0.03 at most.
    let apart = zip(truth, rows(network.logits(input))).map { left, right in
      zip(left, right).map { abs($0 - $1) }.max() ?? 0
    }
    #expect(apart.allSatisfy { $0 <= 4 * 0.06 * 7 * 0.03 }, "\(apart)")
    #expect(apart.count { $0 < 1e-4 } >= 25, "\(apart)")
    #expect(Set(truth.map { ($0[0] * 1e3).rounded() }).count > 25, "no constant answers")
  }

  @Test(
    "Where real numbers are read in between, the layer runs as in the graph",
    .enabled(if: hasEngine))
  func residual() throws {
    var graph = Graph()
    graph.append("q1", .quantize(scale: 0.02, zeroPoint: 0, bits: 8))
    graph.append("c1", .convolution(input: 1, output: 1, kernel: 3, padding: 1))
    graph.append("add", .add, reading: [1, 0])
    graph.append("q2", .quantize(scale: 0.05, zeroPoint: 128, bits: 8))
    graph.append("c2", .convolution(input: 1, output: 3, kernel: 3))
    graph.append("q3", .quantize(scale: 0.05, zeroPoint: 128, bits: 8))
    let set = parameters([
      "c1.weight": weight([1, 1, 3, 3], seed: 7), "c1.bias": bias(1),
      "c2.weight": weight([3, 1, 3, 3], seed: 8), "c2.bias": bias(3),
    ])
    let network = try #require(IntegerNetwork(graph, set))
    #expect(network.integerLayers == 1 && network.multiplyingLayers == 2)
    let input = inputs([8, 1, 6, 6], 0...5, seed: 9)
    let truth = try #require(graph.activations(input, tensors: set.applied).last)
    for (left, right) in zip(rows(truth).joined(), rows(network.logits(input)).joined()) {
      #expect(abs(left - right) <= 0.05 + 1e-5, "one code")
    }
  }

  @Test("Real weights, and codes whose zero is moved, have no such kernels")
  func none() throws {
    let (graph, set) = chain
    var (real, moved) = (set, set)
    for name in ["c1.weight", "c2.weight", "fc.weight"] {
      guard case .quantized(let stored)? = set[name] else { continue }
      real[name] = .dense(stored.values)
      let one = Tensor(repeating: 1, shape: stored.grid.scale.shape).cast(to: .int8)
      moved[name] = .quantized(
        QuantizedTensor(
          codes: stored.codes,
          grid: QuantizationGrid(bits: 4, scale: stored.grid.scale, zeroPoint: one)))
    }
    #expect(IntegerNetwork(graph, real) == nil)
    #expect(IntegerNetwork(graph, moved) == nil)
    #expect(IntegerNetwork(Graph(), set) == nil)
  }
}
