// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore
import Statistics
import Testing
import Torch

@Suite("Gradients of doing nothing", .timeLimit(.minutes(15)))
struct StraightThroughTests {
  /// Values from 0 to 1.5 in four codes, and a matrix behind them.
  private static var classifier: Classifier {
    var graph = Graph()
    graph.append("flatten", .flatten)
    graph.append("round", .quantize(scale: 0.5, zeroPoint: 0, bits: 2))
    graph.append("fc", .linear(input: 4, output: 2))
    let architecture = GraphArchitecture(
      name: "rounding", inputShape: [1, 2, 2], classes: 2, graph: graph)
    var parameters = architecture.initialParameters(random: RandomKey(seed: 0))
    parameters["fc.weight"] = .dense(Tensor([Float(1), 2, 3, 4, 5, 6, 7, 8], shape: [2, 4]))
    return Classifier(architecture: architecture, parameters: parameters)
  }

  private static let input = Tensor([Float(0.3), 0.8, 2, -1], shape: [1, 1, 2, 2])

  private static func gradient(_ network: any Network) throws -> [Float] {
    let leaf = input.leaf
    return try withGradients { try network.logits(leaf).slice(0..<1, along: 1).sum }
      .gradient(withRespectTo: leaf).elements(of: Float.self)
  }

  @Test("Both networks round alike, bit by bit")
  func sameForward() throws {
    let own = try Self.classifier.network.logits(Self.input)
    let other = try Self.classifier.architecture
      .straightThrough(Self.classifier.parameters).logits(Self.input)
    // 0.5, 1, 1.5 and 0 in the place of the input.
    #expect(own.elements(of: Float.self) == [0.5 + 2 + 4.5, 2.5 + 6 + 10.5])
    #expect(own.bytes == other.bytes)
  }

  @Test("The direct gradient ends where values are cut off, the straight-through one does not")
  func gradients() throws {
    let classifier = Self.classifier
    #expect(!classifier.architecture.isDifferentiable)
    #expect(try Self.gradient(classifier.network) == [1, 2, 0, 0])
    #expect(
      try Self.gradient(classifier.architecture.straightThrough(classifier.parameters))
        == [1, 2, 3, 4])
  }

  @Test("A model without rounding is one and the same")
  func smooth() throws {
    var graph = Graph()
    graph.append("flatten", .flatten)
    graph.append("fc", .linear(input: 4, output: 2))
    let smooth = GraphArchitecture(
      name: "smooth", inputShape: [1, 2, 2], classes: 2, graph: graph)
    #expect(smooth.isDifferentiable)
    let parameters = Self.classifier.parameters
    #expect(try Self.gradient(smooth.straightThrough(parameters)) == [1, 2, 3, 4])
    #expect(try Self.gradient(smooth.network(parameters)) == [1, 2, 3, 4])
  }
}
