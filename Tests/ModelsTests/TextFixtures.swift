// SPDX-License-Identifier: GPL-3.0-or-later

import Models
import RobustCore
import Statistics
import Torch

/// Small models of texts: 20 ids, at most 7 words, 3 classes.
enum TextFixtures {
  static let words = 20
  static let length = 7
  static let classes = 3

  static let names = [
    "text-average", "text-average of pairs", "text-cnn", "text-lstm", "text-transformer",
  ]

  static func architecture(_ name: String) -> GraphArchitecture {
    switch name {
    case "text-average":
      .textAverage(words: words, length: length, classes: classes, width: 6)
    case "text-average of pairs":
      .textAverage(words: words, length: length, classes: classes, width: 6, buckets: 13)
    case "text-cnn":
      .textCNN(words: words, length: length, classes: classes, width: 8, filters: 4)
    case "text-lstm":
      .textLSTM(words: words, length: length, classes: classes, width: 6, hidden: 5)
    default:
      .textTransformer(words: words, length: length, classes: classes, width: 8, heads: 2)
    }
  }

  /// Texts of seven, three, one and no words.
  static let texts: [[Int]] = [[4, 1, 19, 7, 4, 2, 11], [5, 6, 3], [9], []]

  static func ids(_ texts: [[Int]] = texts, length: Int = length) -> Tensor {
    Tensor(
      texts.flatMap { $0 + Array(repeating: 0, count: length - $0.count) },
      shape: [texts.count, length])
  }

  /// Parameters of size one, none of them zero, so that every part of a model shows in its logits.
  static func parameters(_ architecture: GraphArchitecture) -> ParameterSet {
    var set = architecture.initialParameters(random: RandomKey(seed: 4))
    for (name, weight) in set.parameters {
      let shape = weight.applied.shape
      set[name] = .dense(
        name.hasPrefix("embedding")
          ? normal(shape, name)
          : shape.count == 1 || name.hasPrefix("position")
            ? weight.applied + normal(shape, name) * 0.3 : weight.applied)
    }
    return set
  }
}

extension Tensor {
  /// The elements of a row-major tensor of two dimensions, row by row.
  var matrix: [[Double]] {
    let all = cast(to: .float64).elements(of: Double.self)
    let width = size(1)
    return (0..<size(0)).map { Array(all[$0 * width..<($0 + 1) * width]) }
  }

  var vector: [Double] { cast(to: .float64).elements(of: Double.self) }
}
