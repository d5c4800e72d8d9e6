// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore
import Statistics
import Torch

/// What a narrower model may cost at most.
struct StructureBudget {
  /// Prunable parameters.
  var parameters: Int
  /// Multiply-adds of convolutions and matrices in a forward pass; nil for any number.
  var multiplyAdds: Int?

  init(parameters: Int, multiplyAdds: Int? = nil) {
    self.parameters = parameters
    self.multiplyAdds = multiplyAdds
  }
}

extension GraphArchitecture {
  /// How often each layer's weights are used in a forward pass: at every position of its output.
  var positions: [Int] {
    let tensors = initialParameters(random: RandomKey(seed: 0)).applied
    let input = Tensor(repeating: 0, shape: [1] + inputShape)
    return withoutGradients {
      graph.activations(input, tensors: tensors).map { $0.shape.dropFirst(2).reduce(1, *) }
    }
  }

  /// Multiply-adds of convolutions and matrices in a forward pass of one input.
  var multiplyAdds: Int {
    let choice = ChannelChoice(graph, positions: positions)
    return choice.weightCount(choice.groups.map(\.channels))
  }
}
