// SPDX-License-Identifier: GPL-3.0-or-later

import Models
import RobustCore
import Statistics
import Testing
import Torch

@Suite("Networks of native models", .timeLimit(.minutes(15)))
struct NetworkTests {
  private static let names = NativeModelTests.names

  /// The residual network written down once more, with libtorch's operators and no folding.
  private func residualNetwork(_ set: ParameterSet, _ input: Tensor) throws -> Tensor {
    let tensors = set.applied
    func get(_ name: String) throws -> Tensor { try #require(tensors[name]) }
    func convolution(_ x: Tensor, _ name: String, stride: Int = 1, padding: Int = 1) throws
      -> Tensor
    {
      x.convolved(weight: try get(name + ".weight"), bias: nil, stride: stride, padding: padding)
    }
    func norm(_ x: Tensor, _ name: String) throws -> Tensor {
      let shape = [1, -1, 1, 1]
      let deviation = (try get(name + ".running_var") + 1e-5).squareRoot.reshaped(shape)
      return (x - (try get(name + ".running_mean")).reshaped(shape)) / deviation
        * (try get(name + ".weight")).reshaped(shape) + (try get(name + ".bias")).reshaped(shape)
    }
    var x = (input - 0.286) / 0.353
    x = try norm(convolution(x, "conv1"), "bn1").relu
    for (block, stride) in [("block1", 1), ("block2", 2), ("block3", 2)] {
      let first = try norm(convolution(x, block + ".conv1", stride: stride), block + ".bn1").relu
      let second = try norm(convolution(first, block + ".conv2"), block + ".bn2")
      let shortcut =
        stride == 1
        ? x
        : try norm(
          convolution(x, block + ".shortcut", stride: stride, padding: 0), block + ".bn3")
      x = (second + shortcut).relu
    }
    return x.mean(along: [2, 3]).linear(weight: try get("fc.weight"), bias: try get("fc.bias"))
  }

  @Test("Folded normalisation computes what separate layers compute")
  func foldingChangesNothing() throws {
    let architecture = GraphArchitecture.named("resnet8")
    let set = architecture.trainedParameters
    let images = normal([3, 1, 28, 28], "images")
    let expected = try residualNetwork(set, images)
    let folded = try architecture.network(set).logits(images)
    let size = expected.absolute.reshaped([-1]).largest(along: [0]).scalar
    #expect(distance(folded, expected) <= 1e-5 * max(1, size), "float32, nine layers")
  }

  @Test("Training mode normalises by the batch and moves the running statistics")
  func trainingMode() throws {
    let architecture = GraphArchitecture.named("resnet8")
    let set = architecture.initialParameters(random: RandomKey(seed: 4))
    var buffers: [String: Tensor] = [:]
    for (name, value) in set.buffers { buffers[name] = value.copy }
    var parameters: [String: Tensor] = [:]
    for (name, weight) in set.parameters { parameters[name] = weight.applied.leaf }
    let images = normal([4, 1, 28, 28], "images")
    let logits = try architecture.trainableNetwork().logits(
      images, parameters: parameters, buffers: buffers)
    #expect(logits.shape == [4, 10])
    let weight = try #require(parameters["conv1.weight"])
    // The first running mean moves by a tenth towards the mean of the first convolution.
    let first = ((images - 0.286) / 0.353).convolved(weight: weight, bias: nil, padding: 1)
    let expected = first.mean(along: [0, 2, 3]) * 0.1
    let moved = try #require(buffers["bn1.running_mean"])
    #expect(distance(moved, expected.detached) <= 1e-5)
    #expect(set[buffer: "bn1.running_mean"]?.nonZeroCount == 0)
    let gradients = logits.crossEntropies(labels: Tensor([0, 1, 2, 3])).sum.gradients(
      withRespectTo: set.names.compactMap { parameters[$0] })
    #expect(gradients.allSatisfy { ($0?.nonZeroCount ?? 0) > 0 })
  }

  @Test(
    "Models without norms train and evaluate as one function", arguments: ["mlp", "cnn", "lenet5"])
  func sameFunction(name: String) throws {
    let architecture = GraphArchitecture.named(name)
    let set = architecture.trainedParameters
    let images = normal([3, 1, 28, 28], "images")
    let trained = try architecture.trainableNetwork().logits(
      images, parameters: set.applied, buffers: [:])
    let evaluated = try architecture.network(set).logits(images)
    #expect(distance(trained, evaluated) <= 1e-5)
  }

  @Test("An exported module reloads with the same names and logits", arguments: names)
  func exports(name: String) throws {
    for input in [InputDescription.grey, .colour] {
      let architecture = GraphArchitecture.named(name, input)
      let set = architecture.trainedParameters
      let images = normal([3] + input.shape, "images")
      try withTemporaryFile { path in
        try architecture.exported(set).save(to: path)
        let module = try ScriptModule(contentsOf: path)
        #expect(Set(module.parameters.map(\.name)) == Set(set.names))
        #expect(Set(module.buffers.map(\.name)) == Set(set.bufferNames))
        let logits = try architecture.network(set).logits(images)
        let size = logits.absolute.reshaped([-1]).largest(along: [0]).scalar
        #expect(distance(try module.forward(images), logits) <= 1e-5 * max(1, size))
        let script = try ScriptArchitecture(contentsOf: path, inputShape: input.shape)
        #expect(script.classes == input.classes)
        #expect(Set(script.prunable) == Set(architecture.prunable))
      }
    }
  }

  @Test("The multiply-adds of one image are those of its layers, native or exported")
  func multiplyAdds() throws {
    let architecture = GraphArchitecture.named("cnn")
    let set = architecture.trainedParameters
    let network = architecture.network(set)
    let module = architecture.exported(set)
    let image = normal([1, 1, 28, 28], "image")
    // 28² · 32 · 9, 14² · 64 · 32 · 9, 3136 · 128, 128 · 10.
    let expected = 225_792 + 3_612_672 + 401_408 + 1_280
    #expect(try MultiplyAdds.counted { _ = try network.logits(image) }.dense == expected)
    #expect(try MultiplyAdds.counted { _ = try module.forward(image) }.dense == expected)
  }

  @Test("An exported module does not change with the parameters that it was made from")
  func exportsCopies() throws {
    let architecture = GraphArchitecture.named("mlp")
    let set = architecture.trainedParameters
    let images = normal([1, 1, 28, 28], "images")
    let module = architecture.exported(set)
    let before = try module.forward(images).elements(of: Float.self)
    set["fc3.bias"]?.applied.addInPlace(Tensor(repeating: 1, shape: [10]))
    #expect(try module.forward(images).elements(of: Float.self) == before)
  }

  @Test("The input gradient agrees with differences along random directions", arguments: names)
  func inputGradient(name: String) throws {
    let architecture = GraphArchitecture.named(name)
    let network = architecture.network(architecture.trainedParameters)
    let image = normal([1, 1, 28, 28], "image")
    let labels = Tensor([3])
    func loss(_ input: Tensor) throws -> Tensor {
      Loss.crossEntropy.values(logits: try network.logits(input), labels: labels).sum
    }
    let leaf = image.leaf
    let gradient = try loss(leaf).gradient(withRespectTo: leaf)
    let norm = gradient.flattenedExamples.norm(2, along: [1]).scalar
    // Along its own direction a gradient's slope is its norm; float32 allows three digits.
    let direction = gradient * (1 / norm)
    let step = 1e-3
    let slope =
      (try loss(image + direction * step).scalar - loss(image - direction * step).scalar)
      / (2 * step)
    #expect(abs(slope - norm) <= 0.02 * norm)
  }
}
