// SPDX-License-Identifier: GPL-3.0-or-later

extension Graph {
  /// How the answers of several members become one.
  public enum Combination: String, Codable, Sendable, CaseIterable {
    /// The mean of their logits.
    case mean
    /// The number of members that would choose each class.
    case vote
  }

  /// Graphs of the same input side by side, whose answers are combined.
  ///
  /// - Parameters:
  ///   - members: At least one, no two with a layer of the same name.
  ///   - combination: What becomes of their answers.
  ///   - classes: The number of logits.
  public init(members: [Graph], combination: Combination, classes: Int) {
    precondition(!members.isEmpty, "an ensemble has a member")
    self.init()
    var answers: [Int] = []
    var ranges: [Range<Int>] = []
    for member in members {
      let start = layers.count
      for layer in member.layers {
        append(
          layer.name, layer.operation, reading: layer.inputs.map { $0 < 0 ? -1 : $0 + start })
      }
      ranges.append(start..<layers.count)
      answers.append(layers.count - 1)
    }
    switch combination {
    case .mean: append("combined", .mean, reading: answers)
    case .vote: append("combined", .vote(classes: classes), reading: answers)
    }
    parts = ranges
  }

  /// The graph with names that begin with `prefix`.
  public func prefixed(_ prefix: String) -> Graph {
    rewritten { graph, index, inputs in
      graph.append(prefix + layers[index].name, layers[index].operation, reading: inputs)
    }
  }

  /// The graph that sees some columns of its input alone.
  public func seeing(columns: Range<Int>) -> Graph {
    var graph = Graph()
    graph.append("window", .window(columns: columns), reading: [-1])
    for layer in layers {
      graph.append(layer.name, layer.operation, reading: layer.inputs.map { $0 + 1 })
    }
    return graph
  }
}
