// SPDX-License-Identifier: GPL-3.0-or-later

extension Graph {
  /// A `forward` method in TorchScript that computes this graph in evaluation mode.
  var torchScript: String {
    var lines = ["def forward(self, x0):"]
    for (index, layer) in layers.enumerated() {
      let inputs = layer.inputs.map { "x\($0 + 1)" }
      lines.append("    x\(index + 1) = \(layer.torchScript(inputs))")
    }
    lines.append("    return x\(layers.count)")
    return lines.joined(separator: "\n") + "\n"
  }
}

extension Layer {
  fileprivate func torchScript(_ inputs: [String]) -> String {
    let input = inputs[0]
    switch operation {
    case .normalize(let mean, let deviation):
      func constant(_ values: [Double]) -> String {
        "torch.reshape(torch.tensor(\(values), dtype=6), [1, \(values.count), 1, 1])"
      }
      return "(\(input) - \(constant(mean))) / \(constant(deviation))"
    case .convolution(_, _, _, let stride, let padding, let hasBias):
      let bias = hasBias ? "self.\(name).bias" : "None"
      return "torch.conv2d(\(input), self.\(name).weight, \(bias),"
        + " [\(stride), \(stride)], [\(padding), \(padding)])"
    case .batchNorm:
      return "torch.batch_norm(\(input), self.\(name).weight, self.\(name).bias,"
        + " self.\(name).running_mean, self.\(name).running_var, False, 0.1, 1e-05, False)"
    case .relu:
      return "torch.relu(\(input))"
    case .maxPoolRelu:
      return "torch.relu(torch.max_pool2d(\(input), [2, 2]))"
    case .globalAveragePool:
      return "torch.adaptive_avg_pool2d(\(input), [1, 1])"
    case .flatten:
      return "torch.flatten(\(input), 1)"
    case .linear:
      return "torch.addmm(self.\(name).bias, \(input), torch.t(self.\(name).weight))"
    case .add:
      return "\(input) + \(inputs[1])"
    case .quantize(let scale, let zeroPoint, let bits):
      return "torch.fake_quantize_per_tensor_affine(\(input), \(scale), \(zeroPoint), 0,"
        + " \((1 << bits) - 1))"
    }
  }
}
