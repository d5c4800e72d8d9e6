// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore
import Torch

/// Turns the operators of a script model into layers, as far as they are known.
struct ScriptTranslation {
  /// What a value of the script stands for.
  enum Meaning {
    /// What a layer gives, or the model's input.
    case features(Int)
    /// A parameter or buffer; a matrix may be meant the other way round.
    case attribute(String, isTransposed: Bool)
    /// How many examples there are, or a shape that keeps them apart.
    case batchSize
    /// A list of values.
    case list([String])
  }

  /// A layer and the shape of what it gives, without the batch.
  struct Draft {
    var name: String
    var operation: Layer.Operation
    var inputs: [Int]
    var shape: [Int]
  }

  let script: ScriptGraph
  let source: ParameterSet
  let inputShape: [Int]
  let subject: String
  var drafts: [Draft] = []
  var meanings: [String: Meaning] = [:]
  /// Parameters and buffers under the names of layers.
  var parameters = ParameterSet()
  private var used: Set<String> = []

  private init(
    _ script: ScriptGraph, _ source: ParameterSet, inputShape: [Int], subject: String
  ) {
    self.script = script
    self.source = source
    self.inputShape = inputShape
    self.subject = subject
    if let input = script.inputs.first { meanings[input] = .features(-1) }
    for (name, value) in script.values {
      if let attribute = value.attribute {
        meanings[name] = .attribute(attribute, isTransposed: false)
      }
    }
  }

  /// Translates a script.
  ///
  /// - Parameters:
  ///   - script: The operators, in evaluation mode.
  ///   - parameters: The model's parameters and buffers.
  ///   - inputShape: `[C, H, W]`.
  ///   - subject: The model, for errors.
  /// - Returns: Layers of the same function, and its parameters under their names.
  /// - Throws: ``ModelError`` with code `untranslatable`.
  static func translated(
    _ script: ScriptGraph, _ parameters: ParameterSet, inputShape: [Int], subject: String
  ) throws(ModelError) -> (graph: Graph, parameters: ParameterSet) {
    var translation = ScriptTranslation(
      script, parameters, inputShape: inputShape, subject: subject)
    for node in script.nodes { try translation.visit(node) }
    guard script.outputs.count == 1, let output = script.outputs.first,
      case .features(let last)? = translation.meanings[output], last >= 0
    else { throw translation.refusal("forward", "its result is not that of a layer") }
    return (translation.graph(upTo: last), translation.parameters)
  }

  /// The layers that the result is made from; operators on shapes leave some without a reader.
  private func graph(upTo last: Int) -> Graph {
    var isNeeded = Array(repeating: false, count: drafts.count)
    isNeeded[last] = true
    for index in drafts.indices.reversed() where isNeeded[index] {
      for input in drafts[index].inputs where input >= 0 { isNeeded[input] = true }
    }
    var graph = Graph()
    var newIndex = [-1: -1]
    for (index, draft) in drafts.enumerated() where isNeeded[index] {
      newIndex[index] = graph.append(
        draft.name, draft.operation, reading: draft.inputs.map { newIndex[$0] ?? $0 })
    }
    return graph
  }

  func refusal(_ kind: String, _ reason: String) -> ModelError {
    ModelError(
      .untranslatable, subject: subject,
      detail: "its operator '\(kind)' stands in the way of changing layers: \(reason)",
      remedy: "choose a compression that masks weights, such as magnitude")
  }

  // MARK: Values

  /// What is known of an argument; nil where the script gives fewer.
  func known(_ node: ScriptGraph.Node, _ index: Int) -> ScriptGraph.Value? {
    index < node.inputs.count ? script.values[node.inputs[index]] : nil
  }

  func isNone(_ node: ScriptGraph.Node, _ index: Int) -> Bool {
    index >= node.inputs.count || known(node, index)?.none == true
  }

  /// The layer that an argument comes from.
  func layer(_ node: ScriptGraph.Node, _ index: Int) throws(ModelError) -> Int {
    guard index < node.inputs.count, case .features(let layer)? = meanings[node.inputs[index]]
    else { throw refusal(node.kind, "its argument \(index + 1) is not what a layer gives") }
    return layer
  }

  func shape(_ layer: Int) -> [Int] { layer < 0 ? inputShape : drafts[layer].shape }

  /// An attribute and its tensor.
  func attribute(
    _ node: ScriptGraph.Node, _ index: Int
  ) throws(ModelError) -> (name: String, tensor: Tensor, isTransposed: Bool) {
    guard index < node.inputs.count,
      case .attribute(let name, let isTransposed)? = meanings[node.inputs[index]],
      let tensor = source[name]?.applied ?? source[buffer: name]
    else { throw refusal(node.kind, "its argument \(index + 1) is no parameter of the model") }
    return (name, tensor, isTransposed)
  }

  /// A whole number that holds for both directions.
  func square(
    _ node: ScriptGraph.Node, _ index: Int, _ what: String, default number: Int
  ) throws(ModelError) -> Int {
    if isNone(node, index) { return number }
    if let integer = known(node, index)?.integer { return integer }
    guard let list = known(node, index)?.integers, list.allSatisfy({ $0 == list[0] }) else {
      throw refusal(node.kind, "its \(what) is not the same number for rows and columns")
    }
    return list.first ?? number
  }

  // MARK: Layers

  @discardableResult
  mutating func append(
    _ node: ScriptGraph.Node, named name: String? = nil, _ operation: Layer.Operation,
    reading inputs: [Int], shape: [Int]
  ) -> Int {
    drafts.append(
      Draft(
        name: name ?? "layer\(drafts.count + 1)", operation: operation, inputs: inputs,
        shape: shape))
    if let output = node.outputs.first { meanings[output] = .features(drafts.count - 1) }
    return drafts.count - 1
  }

  /// Lets a result stand for the same as an argument.
  mutating func pass(_ node: ScriptGraph.Node, _ index: Int = 0) {
    guard let output = node.outputs.first, index < node.inputs.count else { return }
    meanings[output] = meanings[node.inputs[index]]
  }

  /// The name of a layer with a weight, which no other layer may share.
  mutating func owner(
    of weight: String, _ node: ScriptGraph.Node
  ) throws(ModelError) -> String {
    guard used.insert(weight).inserted else {
      throw refusal(node.kind, "two layers share the parameter '\(weight)'")
    }
    return weight.hasSuffix(".weight") ? String(weight.dropLast(7)) : weight
  }

  /// Takes a parameter over under the name of its layer.
  mutating func take(_ name: String, as part: String, of layer: String) {
    parameters["\(layer).\(part)"] = source[name] ?? source[buffer: name].map { .dense($0) }
  }
}
