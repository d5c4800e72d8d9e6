// SPDX-License-Identifier: GPL-3.0-or-later

extension Graph {
  /// A `forward` method in TorchScript that computes this graph in evaluation mode.
  var torchScript: String {
    var lines = ["def forward(self, x0):"]
    let ranks = ranks
    for (index, layer) in layers.enumerated() {
      let inputs = layer.inputs.map { "x\($0 + 1)" }
      let rank = layer.inputs.first.flatMap { $0 < 0 ? nil : ranks[$0] }
      lines.append("    x\(index + 1) = \(layer.torchScript(inputs, rank: rank))")
    }
    lines.append("    return x\(layers.count)")
    return lines.joined(separator: "\n") + "\n"
  }
}

extension Layer {
  /// The submodule; a name such as `0` can be asked for by its text alone.
  var owner: String {
    name.split(separator: ".").reduce("self") { owner, part in
      part.first?.isNumber ?? false ? "getattr(\(owner), \"\(part)\")" : "\(owner).\(part)"
    }
  }

  /// The expression of a layer; `rank` is that of its input where it is known to be three.
  fileprivate func torchScript(_ inputs: [String], rank: Int?) -> String {
    let input = inputs[0]
    switch operation {
    case .normalize(let mean, let deviation):
      func constant(_ values: [Double]) -> String {
        "torch.reshape(torch.tensor(\(values), dtype=6), [1, \(values.count), 1, 1])"
      }
      return "(\(input) - \(constant(mean))) / \(constant(deviation))"
    case .convolution(_, _, _, let stride, let padding, let hasBias):
      let bias = hasBias ? "\(owner).bias" : "None"
      return "torch.conv2d(\(input), \(owner).weight, \(bias),"
        + " [\(stride), \(stride)], [\(padding), \(padding)])"
    case .batchNorm:
      return "torch.batch_norm(\(input), \(owner).weight, \(owner).bias,"
        + " \(owner).running_mean, \(owner).running_var, False, 0.1, 1e-05, False)"
    case .relu:
      return "torch.relu(\(input))"
    case .maxPoolRelu:
      return "torch.relu(torch.max_pool2d(\(input), [2, 2]))"
    case .maxPool(let kernel, let stride, let padding):
      return "torch.max_pool2d(\(input), [\(kernel), \(kernel)], [\(stride), \(stride)],"
        + " [\(padding), \(padding)])"
    case .averagePool(let kernel, let stride, let padding):
      return "torch.avg_pool2d(\(input), [\(kernel), \(kernel)], [\(stride), \(stride)],"
        + " [\(padding), \(padding)])"
    case .globalAveragePool:
      return "torch.adaptive_avg_pool2d(\(input), [1, 1])"
    case .flatten:
      return "torch.flatten(\(input), 1)"
    case .linear(_, _, let hasBias):
      let matrix = "torch.t(\(owner).weight)"
      if rank == 3 {
        let product = "torch.matmul(\(input), \(matrix))"
        return hasBias ? "\(product) + \(owner).bias" : product
      }
      return hasBias
        ? "torch.addmm(\(owner).bias, \(input), \(matrix))" : "torch.mm(\(input), \(matrix))"
    case .add:
      return "\(input) + \(inputs[1])"
    case .window(let columns):
      return "torch.constant_pad_nd(\(input)[:, :, :, \(columns.lowerBound):\(columns.upperBound)],"
        + " [\(columns.lowerBound), \(input).size(3) - \(columns.upperBound)])"
    case .mean:
      return "(\(inputs.joined(separator: " + "))) / \(inputs.count)"
    case .vote(let classes):
      let votes = inputs.map { "torch.one_hot(torch.argmax(\($0), 1), \(classes))" }
      return "torch.to(\(votes.joined(separator: " + ")), 6)"
    case .quantize(let scale, let zeroPoint, let bits):
      return "torch.fake_quantize_per_tensor_affine(\(input), \(scale), \(zeroPoint), 0,"
        + " \((1 << bits) - 1))"
    case .keepLargest(let share):
      return keepingLargest(share, of: input, rank: rank)
    case .gate(let channels, _, let width, let share):
      let means =
        "torch.mean(torch.reshape(torch.abs(\(inputs[1])),"
        + " [torch.size(\(inputs[1]), 0), \(channels), -1]), [2])"
      let saliencies =
        "torch.relu(torch.addmm(\(owner).bias, \(means), torch.t(\(owner).weight)))"
      let kept = keepingLargest(share, of: saliencies, rank: nil)
      let factors = "torch.repeat_interleave(\(kept), \(width), 1)"
      return "\(input) * torch.reshape(\(factors)[:, :torch.size(\(input), 1)],"
        + " [-1, torch.size(\(input), 1)] + [1] * (torch.dim(\(input)) - 2))"
    case .pairs, .embedding, .position, .wordConvolution, .lstm, .layerNorm, .attention, .gelu,
      .wordMean, .wordMaximum, .concatenate:
      return torchScriptOfWords(inputs)
    }
  }

  private func keepingLargest(_ share: Double, of input: String, rank: Int?) -> String {
    let rows = rank == 3 ? "torch.flatten(\(input), 0, 1)" : "torch.flatten(\(input), 1)"
    let count = "max(1, int(\(share) * float(torch.size(\(rows), 1))))"
    let least = "torch.amin(torch.topk(\(rows), \(count), 1)[0], [1])"
    let shape =
      rank == 3
      ? "[torch.size(\(input), 0), torch.size(\(input), 1), 1]"
      : "[-1] + [1] * (torch.dim(\(input)) - 1)"
    return "torch.where(\(input) >= torch.reshape(\(least), \(shape)), \(input),"
      + " torch.zeros_like(\(input)))"
  }
}
