// SPDX-License-Identifier: GPL-3.0-or-later

import Statistics
import Torch

extension Layer {
  /// The parameters of which compression may take away, and their shapes: outputs first, but for the
  /// tables of words.
  public var matrices: [(parameter: String, shape: [Int])] {
    switch operation {
    case .convolution(let input, let output, let kernel, _, _, _):
      [("weight", [output, input, kernel, kernel])]
    case .linear(let input, let output, _): [("weight", [output, input])]
    case .wordConvolution(let input, let output, let width, _):
      [("weight", [output, input, width])]
    case .embedding(let words, let width): [("weight", [words - 1, width])]
    case .lstm(let input, let hidden):
      [("weight_ih_l0", [4 * hidden, input]), ("weight_hh_l0", [4 * hidden, hidden])]
    default: []
    }
  }

  /// All other parameters, their shapes, and the number that they hold before training.
  var initialVectors: [(parameter: String, shape: [Int], value: Double)] {
    switch operation {
    case .convolution(_, let output, _, _, _, let bias), .linear(_, let output, let bias),
      .wordConvolution(_, let output, _, let bias):
      bias ? [("bias", [output], 0)] : []
    case .batchNorm(let channels), .layerNorm(let channels):
      [("weight", [channels], 1), ("bias", [channels], 0)]
    case .lstm(_, let hidden): [("bias_ih_l0", [4 * hidden], 0), ("bias_hh_l0", [4 * hidden], 0)]
    case .position(let length, let width): [("weight", [length, width], 0)]
    default: []
    }
  }

  /// A matrix before training.
  func initialMatrix(_ shape: [Int], _ random: RandomKey) -> Tensor {
    Tensor(shape: shape) { (elements: UnsafeMutableBufferPointer<Float>) in
      switch operation {
      case .embedding:
        random.stream().fillNormal(elements, mean: 0, sigma: 0.1)
      case .lstm(_, let hidden):
        let bound = Float(1 / Double(hidden).squareRoot())
        random.stream().fillUniform(elements, low: -bound, high: bound)
      default:
        let inputs = shape.dropFirst().reduce(1, *)
        random.stream().fillNormal(
          elements, mean: 0, sigma: Float((2.0 / Double(inputs)).squareRoot()))
      }
    }
  }
}
