// SPDX-License-Identifier: GPL-3.0-or-later

extension Graph {
  /// The places at which the graph can be cut so that a single tensor crosses: the number of layers
  /// before each cut.
  public var cuts: [Int] {
    (1..<max(1, layers.count)).filter { cut in
      layers[cut...].allSatisfy { layer in
        layer.inputs.allSatisfy { $0 >= cut || $0 == cut - 1 }
      }
    }
  }

  /// The layers of a range as a graph of their own.
  ///
  /// - Precondition: They read one tensor from outside at most, which becomes the input.
  public func part(_ range: Range<Int>) -> Graph {
    let outside = Set(layers[range].flatMap(\.inputs).filter { $0 < range.lowerBound })
    precondition(outside.count <= 1, "layers \(range) read \(outside.count) tensors from outside")
    var part = Graph()
    for layer in layers[range] {
      part.append(
        layer.name, layer.operation,
        reading: layer.inputs.map { max($0 - range.lowerBound, -1) })
    }
    return part
  }

  /// Ranges of layers for the stages of a pipeline, each with about as many layers that have weights.
  ///
  /// - Parameter count: The number of stages.
  /// - Returns: Neighbouring ranges that cover the graph; nil where it has too few places to cut.
  public func stages(_ count: Int) -> [Range<Int>]? {
    let weighted = layers.map { $0.matrices.isEmpty ? 0 : 1 }
    // A cut before a layer with weights, with how many lie before it: each stage computes something.
    let places = cuts.filter { weighted[$0] == 1 }.map { cut in
      (cut: cut, before: weighted[..<cut].reduce(0, +))
    }.filter { $0.before > 0 }
    guard count >= 1, places.count >= count - 1 else { return nil }
    let total = weighted.reduce(0, +)
    var chosen: [Int] = []
    var next = 0
    for stage in 1..<max(count, 1) {
      let ideal = Double(total * stage) / Double(count)
      // So many places must be left for the stages behind this one.
      let last = places.count - (count - 1 - stage)
      let best = (next..<last).min {
        abs(Double(places[$0].before) - ideal) < abs(Double(places[$1].before) - ideal)
      }
      guard let best else { return nil }
      chosen.append(places[best].cut)
      next = best + 1
    }
    let borders = [0] + chosen + [layers.count]
    return zip(borders, borders.dropFirst()).map { $0..<$1 }
  }
}
