// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore

extension Graph {
  /// Residual blocks whose shortcut is the input itself, as the ranges of their layers, addition last.
  ///
  /// Without such a block the model has the same widths and is one block shallower.
  var removableBlocks: [Range<Int>] {
    layers.indices.compactMap { index in
      guard layers[index].operation == .add else { return nil }
      let inputs = layers[index].inputs
      guard let start = inputs.min(), let end = inputs.max(), start >= 0, end == index - 1 else {
        return nil
      }
      let branch = start + 1..<index
      let isChain = branch.allSatisfy { layers[$0].inputs == [$0 - 1] }
      let isPrivate = layers.indices.filter { !branch.contains($0) && $0 != index }
        .allSatisfy { layers[$0].inputs.allSatisfy { !branch.contains($0) } }
      return isChain && isPrivate && !branch.isEmpty ? start + 1..<index + 1 : nil
    }
  }

  /// The graph without one of its ``removableBlocks``.
  func removing(_ block: Range<Int>) -> Graph {
    rewritten { shallower, index, inputs in
      // What the block reads stands for all that it gives.
      block.contains(index)
        ? inputs[0]
        : shallower.append(layers[index].name, layers[index].operation, reading: inputs)
    }
  }
}
