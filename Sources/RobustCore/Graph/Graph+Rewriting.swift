// SPDX-License-Identifier: GPL-3.0-or-later

extension Graph {
  /// The graph with its layers rewritten one after another, and its parts with them.
  ///
  /// Every change of structure goes through here, so that what is kept apart stays apart: a part is made
  /// of what its layers become.
  ///
  /// - Parameter rewrite: Is given the graph so far, the index of the next layer here, and where the
  ///   layers that it reads lie now. It appends what the layer becomes, nothing where it goes, and
  ///   returns the index of the layer that gives its output; −1 for the model's input.
  /// - Returns: A graph with as many parts.
  public func rewritten(_ rewrite: (inout Graph, Int, [Int]) -> Int) -> Graph {
    var result = Graph()
    var newIndex = [-1: -1]
    var borders = [0]
    for (index, layer) in layers.enumerated() {
      newIndex[index] = rewrite(&result, index, layer.inputs.map { newIndex[$0] ?? $0 })
      borders.append(result.layers.count)
    }
    result.parts = parts.map { borders[$0.lowerBound]..<borders[$0.upperBound] }
    return result
  }

  /// The part that a layer belongs to; nil for one that belongs to none, such as a combination.
  public func part(containing layer: Int) -> Int? {
    parts.firstIndex { $0.contains(layer) }
  }
}
