// SPDX-License-Identifier: GPL-3.0-or-later

import Models
import Records
import RobustCore
import Statistics
import Testing
import Torch

@Suite("Native models", .timeLimit(.minutes(15)))
struct NativeModelTests {
  static let names = ["mlp", "cnn", "lenet5", "resnet8"]

  private func parameters(
    _ name: String, _ input: InputDescription = .grey, seed: UInt64 = 4
  ) -> ParameterSet {
    GraphArchitecture.named(name, input).initialParameters(random: RandomKey(seed: seed))
  }

  @Test("Every model gives one logit for each class", arguments: names)
  func outputShape(name: String) throws {
    for input in [InputDescription.grey, .colour] {
      let architecture = GraphArchitecture.named(name, input)
      let parameters = architecture.initialParameters(random: RandomKey(seed: 4))
      let images = normal([3] + input.shape, "images")
      let logits = try architecture.network(parameters).logits(images)
      #expect(logits.shape == [3, input.classes])
      #expect(logits.isFinite.not.nonZeroCount == 0)
    }
  }

  /// Parameter counts, layer by layer.
  static let layerCounts: [String: [Int]] = [
    // 784 · 256 + 256, 256 · 256 + 256, 256 · 10 + 10.
    "mlp": [200_960, 65_792, 2_570],
    // 32 · 9 + 32, 64 · 32 · 9 + 64, 64 · 7 · 7 · 128 + 128, 128 · 10 + 10.
    "cnn": [320, 18_496, 401_536, 1_290],
    // 6 · 25 + 6, 16 · 6 · 25 + 16, 16 · 5 · 5 · 120 + 120, 120 · 84 + 84, 84 · 10 + 10.
    "lenet5": [156, 2_416, 48_120, 10_164, 850],
    // 16 · 9 and a norm of 32; 2 · (16 · 16 · 9) and norms of 64;
    // 32 · 16 · 9 + 32 · 32 · 9 + 16 · 32 and norms of 192;
    // 64 · 32 · 9 + 64 · 64 · 9 + 32 · 64 and norms of 384; 64 · 10 + 10.
    "resnet8": [176, 4_672, 14_528, 57_728, 650],
  ]

  @Test("Models have the parameters that their layers ask for", arguments: layerCounts)
  func counts(name: String, layers: [Int]) {
    #expect(parameters(name).parameterCount == layers.reduce(0, +))
  }

  @Test("The usual convolutional network has 421,642 parameters")
  func countOfCNN() {
    #expect(parameters("cnn").parameterCount == 421_642)
  }

  @Test("Names and shapes are those of the same module in PyTorch")
  func parameterNames() {
    let cnn = parameters("cnn")
    #expect(
      cnn.names == [
        "conv1.weight", "conv1.bias", "conv2.weight", "conv2.bias", "fc1.weight", "fc1.bias",
        "fc2.weight", "fc2.bias",
      ])
    #expect(cnn["conv2.weight"]?.applied.shape == [64, 32, 3, 3])
    #expect(cnn["fc1.weight"]?.applied.shape == [128, 3136])
    #expect(cnn.bufferNames.isEmpty)
    let resnet = parameters("resnet8")
    #expect(resnet["block2.shortcut.weight"]?.applied.shape == [32, 16, 1, 1])
    #expect(resnet["block1.shortcut.weight"] == nil)
    #expect(resnet["conv1.bias"] == nil)
    #expect(resnet.bufferNames.count == 2 * 9)
    #expect(resnet[buffer: "block3.bn3.running_var"]?.shape == [64])
  }

  @Test("Matrices and kernels can be pruned, biases and norms cannot", arguments: names)
  func prunable(name: String) {
    let architecture = GraphArchitecture.named(name)
    let set = parameters(name)
    #expect(
      architecture.prunable == set.parameters.filter { $0.weight.applied.rank >= 2 }.map(\.name))
  }

  @Test("Initial weights have mean zero and variance two over the inputs", arguments: names)
  func initialVariance(name: String) {
    for (parameter, weight) in parameters(name).parameters where weight.applied.rank >= 2 {
      let values = weight.applied.cast(to: .float64)
      let count = Double(values.count)
      let inputs = Double(values.count / values.size(0))
      let variance = values.power(2).mean.scalar
      // A variance of n normal numbers deviates by √(2/n); five deviations.
      #expect(abs(variance * inputs / 2 - 1) <= 5 * (2 / count).squareRoot(), "\(parameter)")
      #expect(abs(values.mean.scalar) <= 5 * (2 / inputs / count).squareRoot(), "\(parameter)")
    }
  }

  @Test("Initial biases are zero and norms neutral")
  func initialBiases() {
    let set = parameters("resnet8")
    #expect(set["fc.bias"]?.applied.nonZeroCount == 0)
    #expect(set["bn1.weight"]?.applied.elements(of: Float.self) == Array(repeating: 1, count: 16))
    #expect(set["bn1.bias"]?.applied.nonZeroCount == 0)
    #expect(set[buffer: "bn1.running_mean"]?.nonZeroCount == 0)
    #expect(
      set[buffer: "bn1.running_var"]?.elements(of: Float.self) == Array(repeating: 1, count: 16))
  }

  @Test("One seed gives the same bytes again, another seed others", arguments: names)
  func seeds(name: String) {
    let first = parameters(name).safetensors.encoded()
    #expect(parameters(name).safetensors.encoded() == first)
    #expect(parameters(name, seed: 5).safetensors.encoded() != first)
  }

  @Test("Inputs are normalised inside the model")
  func normalizes() throws {
    // With all weights zero but one path, a logit is (x − mean) / deviation of one pixel.
    let input = InputDescription(shape: [1, 1, 2], classes: 2, mean: [0.25], deviation: [0.5])
    let architecture = GraphArchitecture.mlp(input)
    var set = architecture.initialParameters(random: RandomKey(seed: 1))
    for (name, weight) in set.parameters {
      var values = [Float](repeating: 0, count: weight.parameterCount)
      if weight.applied.rank == 2 { values[0] = 1 }
      set[name] = .dense(Tensor(values, shape: weight.applied.shape))
    }
    let logits = try architecture.network(set).logits(
      Tensor([Float(0.75), 9], shape: [1, 1, 1, 2]))
    #expect(logits.elements(of: Float.self) == [1, 0])
  }

  @Test(
    "Images that are too small for the layers are refused",
    arguments: [[1, 11, 28], [1, 28, 4], [784], [1, 28]])
  func tooSmall(shape: [Int]) throws {
    let input = InputDescription(shape: shape, classes: 10, mean: [0], deviation: [1])
    let specification = try Specification("cnn")
    let error = #expect(throws: ModelError.self) {
      try ModelCatalog.architecture(specification, for: input)
    }
    #expect(error?.code == .inputTooSmall)
  }

  @Test("The smallest allowed images pass through every model", arguments: names)
  func smallest(name: String) throws {
    let input = InputDescription(shape: [1, 12, 13], classes: 3, mean: [0], deviation: [1])
    let architecture = try ModelCatalog.architecture(
      Specification(name), for: input)
    #expect(architecture.name == name)
    let parameters = architecture.initialParameters(random: RandomKey(seed: 2))
    let logits = try architecture.network(parameters).logits(normal([2, 1, 12, 13], "small"))
    #expect(logits.shape == [2, 3])
  }
}
