// SPDX-License-Identifier: GPL-3.0-or-later

import Models
import RobustCore
import Statistics
import Testing
import Torch

@Suite("Layers of script models", .timeLimit(.minutes(15)))
struct ScriptTranslationTests {
  private func layered(
    _ architecture: ScriptArchitecture
  ) throws -> (architecture: GraphArchitecture, parameters: ParameterSet) {
    try architecture.layered(architecture.initialParameters(random: RandomKey(seed: 0)))
  }

  /// A script with parameters of given shapes, as a file would hold it.
  private func script(
    _ body: String, _ parameters: [String: [Int]], inputShape: [Int] = [2, 8, 8]
  ) throws -> ScriptArchitecture {
    let module = ScriptModule(named: "Script")
    for (name, shape) in parameters.sorted(by: { $0.key < $1.key }) {
      let values = normal(shape, name)
      let isBuffer = name.contains("running") || name == "mean" || name == "std"
      module.add(
        isBuffer ? values.absolute + 0.5 : values * 0.3, named: name, isBuffer: isBuffer)
    }
    let lines = body.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n")
    module.define("def forward(self, x):\n\(lines)\n")
    return try withTemporaryFile { path in
      try module.save(to: path)
      return try ScriptArchitecture(contentsOf: path, inputShape: inputShape)
    }
  }

  @Test(
    "Files of PyTorch become layers with PyTorch's logits",
    arguments: ["cnn-traced", "resnet-scripted", "mlp-scripted"])
  func logits(name: String) throws {
    let expected = try Expected.read()
    let result = try layered(
      ScriptArchitecture(contentsOf: fixture("\(name).pt"), inputShape: [1, 28, 28]))
    let truth = Tensor(try #require(expected.models[name]).logits, shape: [4, 10])
    let logits = try result.architecture.network(result.parameters).logits(expected.images)
    #expect(distance(logits, truth) <= 1e-5)
    #expect(result.architecture.name == name && result.architecture.classes == 10)
    // Layers bear the file's names, so that its parameters are found again.
    #expect(
      Set(result.parameters.names) == Set(try #require(expected.models[name]).parameters.keys))
    let exported = result.architecture.exported(result.parameters)
    #expect(distance(try exported.forward(expected.images), truth) <= 1e-5)
  }

  @Test("The layers of a file are those that its module has")
  func layers() throws {
    let result = try layered(
      ScriptArchitecture(contentsOf: fixture("resnet-scripted.pt"), inputShape: [1, 28, 28]))
    let operations = result.architecture.graph.layers.map(\.operation)
    func convolution(
      _ input: Int, _ output: Int, _ kernel: Int = 3, _ stride: Int = 1
    ) -> Layer.Operation {
      .convolution(
        input: input, output: output, kernel: kernel, stride: stride, padding: kernel / 2,
        bias: false)
    }
    #expect(
      operations == [
        .normalize(mean: [0.286], deviation: [0.353]), convolution(1, 4),
        .batchNorm(channels: 4), .relu, convolution(4, 4), .batchNorm(channels: 4), .relu,
        convolution(4, 4), .batchNorm(channels: 4), .add, .relu, convolution(4, 8, 3, 2),
        .batchNorm(channels: 8), .relu, convolution(8, 8), .batchNorm(channels: 8),
        convolution(4, 8, 1, 2), .add, .relu, .globalAveragePool, .flatten,
        .linear(input: 8, output: 10),
      ])
  }

  @Test("Native models that were exported come back", arguments: NativeModelTests.names)
  func native(name: String) throws {
    let architecture = GraphArchitecture.named(name, .colour)
    let parameters = architecture.trainedParameters
    let images = normal([3, 3, 32, 32], "images")
    let truth = try architecture.network(parameters).logits(images)
    try withTemporaryFile { path in
      try architecture.exported(parameters).save(to: path)
      let result = try layered(ScriptArchitecture(contentsOf: path, inputShape: [3, 32, 32]))
      let logits = try result.architecture.network(result.parameters).logits(images)
      #expect(distance(logits, truth) <= 1e-4, "norms are folded, float32")
      #expect(Set(result.parameters.names) == Set(parameters.names))
      #expect(Set(result.parameters.bufferNames) == Set(parameters.bufferNames))
    }
  }

  /// Bodies that compute the same kinds of layers in other words.
  private static let bodies: [String: (body: String, parameters: [String: [Int]])] = [
    "view and addmm": (
      "x = torch.relu_(torch.conv2d(x, self.a.weight, self.a.bias, [2, 2], [1, 1]))\n"
        + "x = x.view(x.size(0), -1)\nreturn torch.addmm(self.b, x, self.w.t())",
      ["a.weight": [3, 2, 3, 3], "a.bias": [3], "w": [4, 48], "b": [4]]
    ),
    "reshape and matmul": (
      "x = torch.reshape(torch.max_pool2d(x, 3, 2, 1), [-1, 32])\n"
        + "return torch.matmul(x, self.w.weight.t()) + self.w.bias",
      ["w.weight": [4, 32], "w.bias": [4]]
    ),
    "mean of positions": (
      "x = (x - self.mean) / self.std\nx = torch.conv2d(x, self.a.weight, None, [1, 1], [0, 0])\n"
        + "return torch.linear(x.mean([2, 3]), self.w.weight)",
      ["mean": [2, 1, 1], "std": [1, 2, 1, 1], "a.weight": [3, 2, 1, 1], "w.weight": [4, 3]]
    ),
    "average pools": (
      "x = torch.avg_pool2d(x * 2 + 1, [2, 2])\nx = torch.adaptive_avg_pool2d(x, [2, 2])\n"
        + "x = torch.dropout(torch.flatten(x, 1), 0.5, False)\n"
        + "return torch.linear(x, self.w.weight, self.w.bias)",
      ["w.weight": [4, 8], "w.bias": [4]]
    ),
    "norm of another epsilon": (
      "y = torch.conv2d(x, self.a.weight)\n"
        + "x = torch.batch_norm(y, self.n.weight, self.n.bias, self.n.running_mean,"
        + " self.n.running_var, False, 0.1, 0.1, False)\n"
        + "return torch.flatten(torch.relu(x) + y, 1)",
      [
        "a.weight": [2, 2, 7, 7], "n.weight": [2], "n.bias": [2], "n.running_mean": [2],
        "n.running_var": [2],
      ]
    ),
    "in place": (
      "y = torch.conv2d(x, self.a.weight)\nz = torch.relu_(y)\n"
        + "return torch.flatten(y + torch.conv2d(z, self.b.weight), 1)",
      ["a.weight": [2, 2, 7, 7], "b.weight": [2, 2, 1, 1]]
    ),
  ]

  @Test("Other words for the same layers are understood", arguments: bodies.keys.sorted())
  func words(name: String) throws {
    let case_ = try #require(Self.bodies[name])
    let architecture = try script(case_.body, case_.parameters)
    let parameters = architecture.initialParameters(random: RandomKey(seed: 0))
    let result = try architecture.layered(parameters)
    let images = normal([3, 2, 8, 8], "images")
    let truth = try architecture.network(parameters).logits(images)
    let logits = try result.architecture.network(result.parameters).logits(images)
    #expect(distance(logits, truth) <= 1e-5)
  }

  @Test(
    "An operator that no layer computes is named",
    arguments: [
      "aten::sigmoid": "return torch.sigmoid(torch.linear(torch.flatten(x, 1), self.w))",
      "aten::conv2d": "return torch.flatten(torch.conv2d(x, self.k, None, 1, 0, 1, 2), 1)",
      "aten::softmax": "return torch.softmax(torch.linear(torch.flatten(x, 1), self.w), 1)",
      "aten::mul": "return torch.linear(torch.flatten(x, 1), self.w) * 10",
      "aten::max_pool2d":
        "return torch.linear(torch.flatten(torch.max_pool2d(x, 3, 2, 0, 1, True), 1)[:, :128],"
        + " self.w)",
      "aten::round": "return torch.linear(torch.flatten(torch.round(x), 1), self.w)",
      "aten::mean": "return torch.linear(torch.flatten(x + x.mean([2], True), 1), self.w)",
      "aten::linear":
        "x = torch.flatten(x, 1)\nreturn torch.linear(x, self.w) + torch.linear(x, self.w)",
    ])
  func refused(kind: String, body: String) throws {
    var shapes = ["w": [4, 128], "k": [4, 1, 8, 8]]
    if kind == "aten::max_pool2d" { shapes["w"] = [4, 32] }
    let architecture = try script(body, shapes)
    let error = #expect(throws: ModelError.self) { try layered(architecture) }
    #expect(error?.code == .untranslatable)
    #expect(error?.detail.contains("'\(kind)'") ?? false, "\(error?.detail ?? "")")
  }

  @Test("Masks stay with their parameters")
  func masks() throws {
    let architecture = try ScriptArchitecture(
      contentsOf: fixture("mlp-scripted.pt"), inputShape: [1, 28, 28])
    var parameters = architecture.initialParameters(random: RandomKey(seed: 0))
    let weight = try #require(parameters["4.weight"]).applied
    parameters["4.weight"] = .masking(weight, with: weight .> 0)
    let result = try architecture.layered(parameters)
    #expect(result.parameters["4.weight"]?.mask?.bytes == (weight .> 0).bytes)
  }
}
