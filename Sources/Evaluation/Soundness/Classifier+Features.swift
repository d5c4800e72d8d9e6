// SPDX-License-Identifier: GPL-3.0-or-later

import Models
import RobustCore

extension Classifier {
  /// The model without its last layer; nil where it is no native model that ends in a linear one.
  var featureNetwork: (any Network)? {
    guard let native = architecture as? GraphArchitecture, let last = native.graph.layers.last,
      case .linear(let width, _, _) = last.operation
    else { return nil }
    var graph = Graph()
    for layer in native.graph.layers.dropLast() {
      graph.append(layer.name, layer.operation, reading: layer.inputs)
    }
    return GraphArchitecture(
      name: native.name, inputShape: native.inputShape, classes: width, graph: graph
    ).straightThrough(parameters)
  }
}
