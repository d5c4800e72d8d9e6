// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore
import Torch

extension ScriptTranslation {
  /// Translates one operator.
  mutating func visit(_ node: ScriptGraph.Node) throws(ModelError) {
    switch node.kind {
    case "aten::conv2d", "aten::_convolution", "aten::convolution": try convolution(node)
    case "aten::linear": try linear(node, input: 0, weight: 1, bias: 2, isStoredTransposed: false)
    case "aten::addmm": try linear(node, input: 1, weight: 2, bias: 0, isStoredTransposed: true)
    case "aten::matmul", "aten::mm":
      try linear(node, input: 0, weight: 1, bias: nil, isStoredTransposed: true)
    case "aten::batch_norm": try batchNorm(node)
    case "aten::relu", "aten::relu_": try relu(node)
    case "aten::max_pool2d", "aten::avg_pool2d": try pool(node)
    case "aten::adaptive_avg_pool2d": try adaptivePool(node)
    case "aten::mean": try mean(node)
    case "aten::flatten": try flatten(node)
    case "aten::view", "aten::reshape": try reshape(node)
    case "aten::dropout", "aten::dropout_", "aten::feature_dropout":
      guard known(node, 2)?.boolean == false else {
        throw refusal(node.kind, "it is on in evaluation mode")
      }
      pass(node)
    case "aten::contiguous", "aten::detach": pass(node)
    case "aten::t", "aten::transpose", "aten::numpy_T": try transpose(node)
    case "aten::size", "prim::NumToTensor", "aten::Int", "aten::ScalarImplicit":
      try size(node)
    case "prim::ListConstruct": meanings[node.outputs.first ?? ""] = .list(node.inputs)
    case "aten::add", "aten::add_", "aten::sub", "aten::mul", "aten::div": try arithmetic(node)
    default: throw refusal(node.kind, "no layer computes it")
    }
  }

  private mutating func convolution(_ node: ScriptGraph.Node) throws(ModelError) {
    let hasTransposition = node.kind != "aten::conv2d"
    let weight = try attribute(node, 1)
    let input = try layer(node, 0)
    let stride = try square(node, 3, "stride", default: 1)
    let padding = try square(node, 4, "padding", default: 0)
    guard weight.tensor.rank == 4, weight.tensor.size(2) == weight.tensor.size(3) else {
      throw refusal(node.kind, "its kernel is not square")
    }
    guard try square(node, 5, "dilation", default: 1) == 1 else {
      throw refusal(node.kind, "it is dilated")
    }
    guard !hasTransposition || known(node, 6)?.boolean == false else {
      throw refusal(node.kind, "it is transposed")
    }
    guard known(node, hasTransposition ? 8 : 6)?.integer ?? 1 == 1 else {
      throw refusal(node.kind, "its channels are convolved in groups")
    }
    let name = try owner(of: weight.name, node)
    take(weight.name, as: "weight", of: name)
    if !isNone(node, 2) { take(try attribute(node, 2).name, as: "bias", of: name) }
    let (outputs, channels) = (weight.tensor.size(0), weight.tensor.size(1))
    let kernel = weight.tensor.size(2)
    let sides = shape(input).dropFirst().map { ($0 + 2 * padding - kernel) / stride + 1 }
    append(
      node, named: name,
      .convolution(
        input: channels, output: outputs, kernel: kernel, stride: stride, padding: padding,
        bias: !isNone(node, 2)), reading: [input], shape: [outputs] + sides)
  }

  private mutating func linear(
    _ node: ScriptGraph.Node, input: Int, weight: Int, bias: Int?, isStoredTransposed: Bool
  ) throws(ModelError) {
    let source = try layer(node, input)
    let matrix = try attribute(node, weight)
    guard matrix.isTransposed == isStoredTransposed, matrix.tensor.rank == 2 else {
      throw refusal(node.kind, "'\(matrix.name)' is not stored as [outputs, inputs]")
    }
    guard shape(source).count == 1 else {
      throw refusal(node.kind, "its input is not flat")
    }
    if node.kind == "aten::addmm" {
      for index in [3, 4] where known(node, index)?.integer ?? 1 != 1 {
        throw refusal(node.kind, "it scales what it adds")
      }
    }
    let name = try owner(of: matrix.name, node)
    take(matrix.name, as: "weight", of: name)
    let bias = bias.flatMap { isNone(node, $0) ? nil : $0 }
    if let bias { take(try attribute(node, bias).name, as: "bias", of: name) }
    let (outputs, width) = (matrix.tensor.size(0), matrix.tensor.size(1))
    append(
      node, named: name, .linear(input: width, output: outputs, bias: bias != nil),
      reading: [source], shape: [outputs])
  }

  /// Layers add one constant to the variance; the rest of another one goes into the variance itself.
  private mutating func batchNorm(_ node: ScriptGraph.Node) throws(ModelError) {
    guard known(node, 5)?.boolean == false else {
      throw refusal(node.kind, "it uses the statistics of the batch in evaluation mode")
    }
    let input = try layer(node, 0)
    let (mean, variance) = (try attribute(node, 3), try attribute(node, 4))
    let prefix = isNone(node, 1) ? mean.name : try attribute(node, 1).name
    let suffix = isNone(node, 1) ? ".running_mean" : ".weight"
    _ = try owner(of: prefix, node)
    let name = prefix.hasSuffix(suffix) ? String(prefix.dropLast(suffix.count)) : prefix
    let channels = mean.tensor.count
    for (index, part, neutral) in [(1, "weight", 1.0), (2, "bias", 0.0)] {
      if isNone(node, index) {
        parameters["\(name).\(part)"] = .dense(Tensor(repeating: neutral, shape: [channels]))
      } else {
        take(try attribute(node, index).name, as: part, of: name)
      }
    }
    let epsilon = known(node, 7)?.real ?? 1e-5
    parameters[buffer: "\(name).running_mean"] = mean.tensor
    parameters[buffer: "\(name).running_var"] =
      epsilon == 1e-5 ? variance.tensor : variance.tensor + (epsilon - 1e-5)
    append(
      node, named: name, .batchNorm(channels: channels), reading: [input], shape: shape(input))
  }

  /// In place, the rectifier changes what later operators read under the old name, too.
  private mutating func relu(_ node: ScriptGraph.Node) throws(ModelError) {
    let input = try layer(node, 0)
    append(node, .relu, reading: [input], shape: shape(input))
    if node.kind.hasSuffix("_") { rename(node) }
  }

  /// Every value that stood for what an operator read stands for what it wrote there.
  mutating func rename(_ node: ScriptGraph.Node) {
    guard let output = node.outputs.first, let result = meanings[output],
      let argument = node.inputs.first, case .features(let old)? = meanings[argument]
    else { return }
    for (name, meaning) in meanings {
      if case .features(old) = meaning { meanings[name] = result }
    }
  }

  private mutating func pool(_ node: ScriptGraph.Node) throws(ModelError) {
    let isMaximum = node.kind == "aten::max_pool2d"
    let input = try layer(node, 0)
    let kernel = try square(node, 1, "kernel", default: 1)
    let stride = try square(node, 2, "stride", default: kernel)
    let padding = try square(node, 3, "padding", default: 0)
    let ceil = known(node, isMaximum ? 5 : 4)?.boolean ?? false
    guard !ceil else { throw refusal(node.kind, "it rounds its size up") }
    if isMaximum {
      guard try square(node, 4, "dilation", default: 1) == 1 else {
        throw refusal(node.kind, "it is dilated")
      }
    } else {
      guard padding == 0 || known(node, 5)?.boolean == true, isNone(node, 6) else {
        throw refusal(node.kind, "it does not divide by the size of its window")
      }
    }
    let sides = shape(input).dropFirst().map { ($0 + 2 * padding - kernel) / stride + 1 }
    append(
      node,
      isMaximum
        ? .maxPool(kernel: kernel, stride: stride, padding: padding)
        : .averagePool(kernel: kernel, stride: stride, padding: padding), reading: [input],
      shape: shape(input).prefix(1) + sides)
  }

  private mutating func adaptivePool(_ node: ScriptGraph.Node) throws(ModelError) {
    let input = try layer(node, 0)
    let side = try square(node, 1, "size", default: 1)
    let sides = shape(input).dropFirst()
    if side == 1 {
      append(node, .globalAveragePool, reading: [input], shape: shape(input).prefix(1) + [1, 1])
      return
    }
    guard let first = sides.first, sides.allSatisfy({ $0 == first }), first % side == 0 else {
      throw refusal(node.kind, "\(sides) positions do not divide evenly into \(side)")
    }
    append(
      node, .averagePool(kernel: first / side, stride: first / side), reading: [input],
      shape: shape(input).prefix(1) + [side, side])
  }

  private mutating func mean(_ node: ScriptGraph.Node) throws(ModelError) {
    let input = try layer(node, 0)
    let dimensions = (known(node, 1)?.integers ?? []).map { $0 < 0 ? $0 + 4 : $0 }.sorted()
    guard shape(input).count == 3, dimensions == [2, 3] else {
      throw refusal(node.kind, "its mean is not that of all positions")
    }
    let channels = shape(input)[0]
    let pooled = append(
      node, .globalAveragePool, reading: [input], shape: [channels, 1, 1])
    if known(node, 2)?.boolean != true {
      append(node, .flatten, reading: [pooled], shape: [channels])
    }
  }

  private mutating func flatten(_ node: ScriptGraph.Node) throws(ModelError) {
    let input = try layer(node, 0)
    guard known(node, 1)?.integer == 1,
      [nil, -1, shape(input).count].contains(known(node, 2)?.integer)
    else { throw refusal(node.kind, "it joins other dimensions than all but the first") }
    flattened(node, input)
  }

  private mutating func flattened(_ node: ScriptGraph.Node, _ input: Int) {
    if shape(input).count == 1 { return pass(node) }
    append(node, .flatten, reading: [input], shape: [shape(input).reduce(1, *)])
  }

  private mutating func reshape(_ node: ScriptGraph.Node) throws(ModelError) {
    let input = try layer(node, 0)
    let count = shape(input).reduce(1, *)
    var sizes: [Int?] = known(node, 1)?.integers ?? []
    if node.inputs.count > 1, case .list(let items)? = meanings[node.inputs[1]] {
      sizes = items.map { item in
        if case .batchSize? = meanings[item] { return nil }
        return script.values[item]?.integer ?? 0
      }
    }
    // The batch stays apart: by its size, or as what is left beside all features.
    let isFlat =
      sizes.count == 2
      && (sizes[0] == nil ? sizes[1] == -1 || sizes[1] == count : sizes == [-1, count])
    guard isFlat else {
      throw refusal(node.kind, "it changes shapes in another way than by flattening")
    }
    flattened(node, input)
  }

  private mutating func transpose(_ node: ScriptGraph.Node) throws(ModelError) {
    let matrix = try attribute(node, 0)
    guard matrix.tensor.rank == 2 else { throw refusal(node.kind, "it turns no matrix") }
    meanings[node.outputs.first ?? ""] = .attribute(
      matrix.name, isTransposed: !matrix.isTransposed)
  }

  private mutating func size(_ node: ScriptGraph.Node) throws(ModelError) {
    guard let argument = node.inputs.first, let output = node.outputs.first else { return }
    switch meanings[argument] {
    case .batchSize:
      meanings[output] = .batchSize
    case .features where node.kind == "aten::size" && known(node, 1)?.integer == 0:
      meanings[output] = .batchSize
    default:
      throw refusal(node.kind, "it asks for another size than that of the batch")
    }
  }
}
