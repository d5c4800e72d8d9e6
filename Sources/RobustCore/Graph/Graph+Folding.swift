// SPDX-License-Identifier: GPL-3.0-or-later

import Torch

extension Classifier {
  /// The same function with its batch normalisations folded into the convolutions before them.
  ///
  /// Its weights are those that run, and masks stay. A model whose layers are not known stays as it is.
  public var foldingBatchNorms: Classifier {
    guard let native = architecture as? GraphArchitecture else { return self }
    let folded = native.graph.foldingBatchNorms(parameters.applied)
    let rest = GraphArchitecture(
      name: native.name, inputShape: native.inputShape, classes: native.classes,
      graph: folded.graph)
    var set = ParameterSet()
    // Names of buffers that are left, such as those of a normalisation behind no convolution, too.
    for name in parameters.names + folded.tensors.keys.sorted() {
      guard folded.graph.reads(name), let value = folded.tensors[name], set[name] == nil else {
        continue
      }
      if parameters[buffer: name] != nil {
        set[buffer: name] = value
      } else {
        set[name] = parameters[name]?.replacingValues(value) ?? .dense(value)
      }
    }
    return replacing(architecture: rest, parameters: set)
  }
}

extension Graph {
  /// Whether a parameter or buffer belongs to one of the layers.
  fileprivate func reads(_ name: String) -> Bool {
    layers.contains {
      name.hasPrefix("\($0.name).") && !name.dropFirst($0.name.count + 1).contains(".")
    }
  }

  /// Folds every batch normalisation that alone follows a convolution into that convolution.
  ///
  /// In evaluation mode both are linear, so one convolution computes the same function in one pass.
  func foldingBatchNorms(
    _ tensors: [String: Tensor]
  ) -> (graph: Graph, tensors: [String: Tensor]) {
    var values = tensors
    let folded = rewritten { graph, index, inputs in
      let layer = layers[index]
      if case .batchNorm = layer.operation,
        let source = layer.inputs.first, source >= 0,
        case .convolution = layers[source].operation, readers(of: source) == 1
      {
        fold(layer.name, into: layers[source].name, &values)
        return inputs[0]
      }
      return graph.append(
        layer.name, normIsFolded(after: index) ? layer.operation.withBias : layer.operation,
        reading: inputs)
    }
    return (folded, values)
  }

  /// A convolution that others read too must go on giving what it gives.
  private func readers(of index: Int) -> Int { layers.count { $0.inputs.contains(index) } }

  private func normIsFolded(after index: Int) -> Bool {
    readers(of: index) == 1
      && layers.contains { layer in
        if case .batchNorm = layer.operation { layer.inputs.first == index } else { false }
      }
  }

  private func fold(_ norm: String, into convolution: String, _ values: inout [String: Tensor]) {
    guard let scale = values["\(norm).weight"], let shift = values["\(norm).bias"],
      let mean = values["\(norm).running_mean"], let variance = values["\(norm).running_var"],
      let weight = values["\(convolution).weight"]
    else { preconditionFailure("a parameter of \(norm) or \(convolution) is missing") }
    let factor = scale / (variance + 1e-5).squareRoot
    values["\(convolution).weight"] = weight * factor.reshaped([-1, 1, 1, 1])
    let bias = values["\(convolution).bias"].map { $0 - mean } ?? -mean
    values["\(convolution).bias"] = shift + bias * factor
  }
}

extension Layer.Operation {
  fileprivate var withBias: Layer.Operation {
    guard case .convolution(let input, let output, let kernel, let stride, let padding, _) = self
    else { return self }
    return .convolution(
      input: input, output: output, kernel: kernel, stride: stride, padding: padding, bias: true)
  }
}
