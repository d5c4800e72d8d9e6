// SPDX-License-Identifier: GPL-3.0-or-later

extension Graph {
  /// Three for layers that give a vector for each word, nil for others.
  var ranks: [Int?] {
    var ranks: [Int?] = []
    for layer in layers {
      switch layer.operation {
      case .embedding: ranks.append(3)
      case .wordMean, .wordMaximum, .pairs: ranks.append(nil)
      default: ranks.append(layer.inputs.first.flatMap { $0 < 0 ? nil : ranks[$0] })
      }
    }
    return ranks
  }
}

extension Layer {
  /// The expression of a layer of words.
  func torchScriptOfWords(_ inputs: [String]) -> String {
    let input = inputs[0]
    switch operation {
    case .pairs(let words, let buckets):
      let (left, right) = ("\(input)[:, :-1]", "\(input)[:, 1:]")
      let factors = Self.pairFactors
      let hash = "\(left) * \(factors.first) + \(right) * \(factors.second)"
      return "torch.cat([\(input), (torch.remainder(\(hash), \(buckets)) + \(words))"
        + " * torch.mul(\(left) != 0, \(right) != 0)], 1)"
    case .embedding:
      return "torch.embedding(\(owner).weight, torch.clamp(\(input) - 1, min=0))"
        + " * torch.unsqueeze(\(input) != 0, 2)"
    case .position:
      return "\(input) + \(owner).weight[:torch.size(\(input), 1)]"
    case .wordConvolution(_, _, let width, let hasBias):
      let padded = "torch.constant_pad_nd(torch.transpose(\(input), 1, 2), [0, \(width - 1)])"
      let bias = hasBias ? "\(owner).bias" : "None"
      return "torch.transpose(torch.conv1d(\(padded), \(owner).weight, \(bias)), 1, 2)"
    case .lstm(_, let hidden):
      let state = "torch.zeros([1, torch.size(\(input), 0), \(hidden)], dtype=6)"
      let weights = ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"]
        .map { "\(owner).\($0)" }.joined(separator: ", ")
      return "torch.lstm(\(input), [\(state), \(state)], [\(weights)], True, 1, 0.0, False, False,"
        + " True)[0]"
    case .layerNorm(let channels):
      return "torch.layer_norm(\(input), [\(channels)], \(owner).weight, \(owner).bias)"
    case .attention(let heads):
      return Self.attentionScript(inputs, heads: heads)
    case .gelu:
      return "torch.gelu(\(input))"
    case .wordMean:
      let presence = "torch.unsqueeze(\(inputs[1]) != 0, 2)"
      let count = "torch.clamp(torch.sum(\(presence), [1]), min=1)"
      return "torch.sum(\(input) * \(presence), [1]) / \(count)"
    case .wordMaximum:
      return "torch.amax(\(input) * torch.unsqueeze(\(inputs[1]) != 0, 2), [1])"
    case .concatenate:
      return "torch.cat([\(inputs.joined(separator: ", "))], -1)"
    default:
      preconditionFailure("\(name) is no layer of words")
    }
  }

  private static func attentionScript(_ inputs: [String], heads: Int) -> String {
    let width = "torch.size(\(inputs[0]), 2)"
    func split(_ input: String) -> String {
      "torch.transpose(torch.reshape(\(input), [torch.size(\(input), 0), torch.size(\(input), 1),"
        + " \(heads), -1]), 1, 2)"
    }
    let scores =
      "torch.matmul(\(split(inputs[0])), torch.transpose(\(split(inputs[1])), 2, 3))"
      + " / (float(\(width)) / \(heads)) ** 0.5"
    let isPadding = "torch.unsqueeze(torch.unsqueeze(\(inputs[3]) == 0, 1), 1)"
    let shares = "torch.softmax(torch.masked_fill(\(scores), \(isPadding), -1e9), 3)"
    let mixed = "torch.transpose(torch.matmul(\(shares), \(split(inputs[2]))), 1, 2)"
    return "torch.reshape(\(mixed), [torch.size(\(inputs[0]), 0), torch.size(\(inputs[0]), 1), -1])"
  }
}
