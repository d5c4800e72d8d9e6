// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore
import Torch

extension ScriptTranslation {
  /// Sums of layers, biases of matrix products, and normalisation by constants.
  mutating func arithmetic(_ node: ScriptGraph.Node) throws(ModelError) {
    let isSum = node.kind.hasPrefix("aten::add")
    if isSum || node.kind == "aten::sub", known(node, 2)?.integer ?? 1 != 1 {
      throw refusal(node.kind, "it scales what it adds")
    }
    if isSum, node.inputs.count > 1, case .features(let left)? = meanings[node.inputs[0]],
      case .features(let right)? = meanings[node.inputs[1]]
    {
      guard shape(left) == shape(right) else {
        throw refusal(node.kind, "it adds outputs of different shapes")
      }
      append(node, .add, reading: [left, right], shape: shape(left))
      if node.kind.hasSuffix("_") { rename(node) }
      return
    }
    let input = try layer(node, 0)
    if isSum, try addedBias(node, to: input) { return }
    let values = try constants(node, channels: shape(input)[0])
    guard !node.kind.hasSuffix("_") else {
      throw refusal(node.kind, "it changes its input")
    }
    guard node.kind != "aten::div" || isNone(node, 2) else {
      throw refusal(node.kind, "it rounds")
    }
    try normalize(node, input, values)
  }

  /// Whether a parameter is the bias of the matrix product before it.
  private mutating func addedBias(
    _ node: ScriptGraph.Node, to layer: Int
  ) throws(ModelError) -> Bool {
    guard layer >= 0, case .linear(let input, let output, false) = drafts[layer].operation,
      case .attribute(let name, _)? = meanings[node.inputs[1]], let bias = source[name]?.applied,
      bias.shape == [output]
    else { return false }
    drafts[layer].operation = .linear(input: input, output: output)
    take(name, as: "bias", of: drafts[layer].name)
    pass(node)
    return true
  }

  /// The number for each channel that an operator adds or multiplies by.
  private func constants(
    _ node: ScriptGraph.Node, channels: Int
  ) throws(ModelError) -> [Double] {
    let value = known(node, 1)
    var shape = value?.shape ?? []
    var numbers = value?.reals ?? []
    if let number = value?.real ?? value?.integer.map(Double.init) { numbers = [number] }
    if node.inputs.count > 1, case .attribute(let name, _)? = meanings[node.inputs[1]],
      let tensor = source[buffer: name] ?? source[name]?.applied
    {
      shape = tensor.shape
      numbers = tensor.cast(to: .float64).elements(of: Double.self)
    }
    if numbers.count == 1 { return Array(repeating: numbers[0], count: channels) }
    // Channels lie third from the end of an image.
    guard numbers.count == channels, shape.suffix(3) == [channels, 1, 1] else {
      throw refusal(node.kind, "it is no constant for each channel of an image")
    }
    return numbers
  }

  /// A constant shifts or scales.
  ///
  /// One number for all can as well come before flattening as after it.
  private mutating func normalize(
    _ node: ScriptGraph.Node, _ input: Int, _ values: [Double]
  ) throws(ModelError) {
    let isShift = node.kind == "aten::sub" || node.kind == "aten::add"
    let amounts = node.kind == "aten::add" ? values.map { -$0 } : values
    let scales = node.kind == "aten::mul" ? values.map { 1 / $0 } : values
    let mean = isShift ? amounts : values.map { _ in 0 }
    let deviation = isShift ? values.map { _ in 1 } : scales
    if input >= 0, case .flatten = drafts[input].operation, let before = drafts[input].inputs.first
    {
      let channels = shape(before)[0]
      let normalized = normalized(
        node, before, Array(mean.prefix(1)).repeated(channels),
        Array(deviation.prefix(1)).repeated(channels))
      append(node, .flatten, reading: [normalized], shape: shape(input))
    } else {
      guard shape(input).count == 3 else {
        throw refusal(node.kind, "it shifts or scales features behind a linear layer")
      }
      normalized(node, input, mean, deviation)
    }
  }

  /// A division right after a subtraction becomes one layer with it.
  @discardableResult
  private mutating func normalized(
    _ node: ScriptGraph.Node, _ input: Int, _ mean: [Double], _ deviation: [Double]
  ) -> Int {
    if input >= 0, case .normalize(let earlier, let scale) = drafts[input].operation,
      scale.allSatisfy({ $0 == 1 }), mean.allSatisfy({ $0 == 0 })
    {
      return append(
        node, .normalize(mean: earlier, deviation: deviation), reading: drafts[input].inputs,
        shape: shape(input))
    }
    return append(
      node, .normalize(mean: mean, deviation: deviation), reading: [input], shape: shape(input))
  }
}

extension Array {
  /// The elements again and again.
  fileprivate func repeated(_ times: Int) -> [Element] {
    (0..<times).flatMap { _ in self }
  }
}
