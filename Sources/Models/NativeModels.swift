// SPDX-License-Identifier: GPL-3.0-or-later

public import RobustCore

extension GraphArchitecture {
  /// Two hidden layers of 256 units.
  public static func mlp(_ input: InputDescription) -> GraphArchitecture {
    var graph = Graph(normalizing: input)
    graph.append("flatten", .flatten)
    graph.append("fc1", .linear(input: input.shape.reduce(1, *), output: 256))
    graph.append("relu1", .relu)
    graph.append("fc2", .linear(input: 256, output: 256))
    graph.append("relu2", .relu)
    graph.append("fc3", .linear(input: 256, output: input.classes))
    return GraphArchitecture("mlp", input, graph)
  }

  /// Two 3×3 convolutions of 32 and 64 channels, rectified and pooled, and 128 hidden units.
  public static func cnn(_ input: InputDescription) -> GraphArchitecture {
    var graph = Graph(normalizing: input)
    graph.append(
      "conv1", .convolution(input: input.shape[0], output: 32, kernel: 3, padding: 1))
    graph.append("pool1", .maxPoolRelu)
    graph.append("conv2", .convolution(input: 32, output: 64, kernel: 3, padding: 1))
    graph.append("pool2", .maxPoolRelu)
    graph.append("flatten", .flatten)
    let positions = (input.shape[1] / 4) * (input.shape[2] / 4)
    graph.append("fc1", .linear(input: 64 * positions, output: 128))
    graph.append("relu1", .relu)
    graph.append("fc2", .linear(input: 128, output: input.classes))
    return GraphArchitecture("cnn", input, graph)
  }

  /// LeNet-5 with rectifiers and max pooling.
  ///
  /// > Source: LeCun et al. "Gradient-Based Learning Applied to Document Recognition."
  /// > Proceedings of the IEEE 1998, section II-B.
  ///
  /// - Note: Rectifiers and maxima replace the sigmoids and means of 1998, as is usual today.
  public static func lenet5(_ input: InputDescription) -> GraphArchitecture {
    var graph = Graph(normalizing: input)
    graph.append("conv1", .convolution(input: input.shape[0], output: 6, kernel: 5, padding: 2))
    graph.append("pool1", .maxPoolRelu)
    graph.append("conv2", .convolution(input: 6, output: 16, kernel: 5))
    graph.append("pool2", .maxPoolRelu)
    graph.append("flatten", .flatten)
    let positions = ((input.shape[1] / 2 - 4) / 2) * ((input.shape[2] / 2 - 4) / 2)
    graph.append("fc1", .linear(input: 16 * positions, output: 120))
    graph.append("relu1", .relu)
    graph.append("fc2", .linear(input: 120, output: 84))
    graph.append("relu2", .relu)
    graph.append("fc3", .linear(input: 84, output: input.classes))
    return GraphArchitecture("lenet5", input, graph)
  }

  /// A residual network of three blocks with 16, 32 and 64 channels.
  ///
  /// > Source: He et al. "Deep Residual Learning for Image Recognition." CVPR 2016,
  /// > [arXiv:1512.03385](https://arxiv.org/abs/1512.03385), section 4.2 with n = 1.
  public static func resnet8(_ input: InputDescription) -> GraphArchitecture {
    var graph = Graph(normalizing: input)
    graph.append(
      "conv1", .convolution(input: input.shape[0], output: 16, kernel: 3, padding: 1, bias: false))
    graph.append("bn1", .batchNorm(channels: 16))
    graph.append("relu1", .relu)
    graph.appendResidualBlock("block1", input: 16, output: 16, stride: 1)
    graph.appendResidualBlock("block2", input: 16, output: 32, stride: 2)
    graph.appendResidualBlock("block3", input: 32, output: 64, stride: 2)
    graph.append("pool", .globalAveragePool)
    graph.append("flatten", .flatten)
    graph.append("fc", .linear(input: 64, output: input.classes))
    return GraphArchitecture("resnet8", input, graph)
  }

  private init(_ name: String, _ input: InputDescription, _ graph: Graph) {
    self.init(name: name, inputShape: input.shape, classes: input.classes, graph: graph)
  }
}

extension Graph {
  fileprivate init(normalizing input: InputDescription) {
    self.init()
    append("normalize", .normalize(mean: input.mean, deviation: input.deviation))
  }

  fileprivate mutating func appendResidualBlock(
    _ name: String, input: Int, output: Int, stride: Int
  ) {
    let start = layers.count - 1
    append(
      "\(name).conv1",
      .convolution(input: input, output: output, kernel: 3, stride: stride, padding: 1, bias: false)
    )
    append("\(name).bn1", .batchNorm(channels: output))
    append("\(name).relu1", .relu)
    append(
      "\(name).conv2",
      .convolution(input: output, output: output, kernel: 3, padding: 1, bias: false))
    let main = append("\(name).bn2", .batchNorm(channels: output))
    var shortcut = start
    if stride != 1 || input != output {
      append(
        "\(name).shortcut",
        .convolution(input: input, output: output, kernel: 1, stride: stride, bias: false),
        reading: [start])
      shortcut = append("\(name).bn3", .batchNorm(channels: output))
    }
    append("\(name).add", .add, reading: [main, shortcut])
    append("\(name).relu2", .relu)
  }
}
