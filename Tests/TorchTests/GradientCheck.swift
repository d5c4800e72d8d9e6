// SPDX-License-Identifier: GPL-3.0-or-later

import Statistics
import Torch

/// A differentiable function of small tensors, to be held against finite differences.
struct GradientCase: Sendable, CustomStringConvertible {
  /// Where the arguments lie; an operator with a kink or a pole is kept away from it.
  enum Domain {
    /// Around zero; all elements of a case differ by 0.1 and no one is closer than 0.02 to a tenth.
    case spread
    /// Between 0.5 and 2.
    case positive
  }

  let description: String
  let shapes: [[Int]]
  let domain: Domain
  let function: @Sendable ([Tensor]) -> Tensor

  init(
    _ description: String, _ shapes: [Int]..., domain: Domain = .spread,
    _ function: @escaping @Sendable ([Tensor]) -> Tensor
  ) {
    self.description = description
    self.shapes = shapes
    self.domain = domain
    self.function = function
  }

  /// Double-precision arguments, drawn from the stream of the case's own name.
  var arguments: [[Double]] {
    let key = RandomKey(seed: 2023).split(description)
    let count = shapes.reduce(0) { $0 + $1.reduce(1, *) }
    let order = key.stream().permutation(count)
    let jitter = key.split("jitter").stream()
    let values = order.map { place in
      switch domain {
      case .spread: Double(place - count / 2) * 0.1 + jitter.uniform(in: 0.03..<0.07)
      case .positive: jitter.uniform(in: 0.5..<2)
      }
    }
    var start = 0
    return shapes.map { shape in
      defer { start += shape.reduce(1, *) }
      return Array(values[start..<start + shape.reduce(1, *)])
    }
  }

  /// A fixed weighted sum of the outputs, so that no symmetry hides a wrong element.
  func objective(_ inputs: [Tensor]) -> Tensor {
    let output = function(inputs)
    let weights = (0..<output.count).map { (index: Int) -> Double in
      1 + 0.37 * Double(index % 7) - 0.11 * Double(index % 5)
    }
    return (output * Tensor(weights, shape: output.shape)).sum
  }

  /// The largest difference between autograd and central differences, relative above one.
  func largestError(step: Double = 1e-5) -> Double {
    let arguments = self.arguments
    func tensors(_ values: [[Double]]) -> [Tensor] {
      zip(values, shapes).map { Tensor($0, shape: $1) }
    }
    let leaves = tensors(arguments).map(\.leaf)
    let gradients = objective(leaves).gradients(withRespectTo: leaves)
    var worst = 0.0
    for (which, values) in arguments.enumerated() {
      let exact = gradients[which]?.elements(of: Double.self) ?? []
      for index in values.indices {
        func value(_ change: Double) -> Double {
          var moved = arguments
          moved[which][index] += change
          return objective(tensors(moved)).scalar
        }
        let numeric = (value(step) - value(-step)) / (2 * step)
        let found = index < exact.count ? exact[index] : .nan
        let error = abs(found - numeric) / max(1, abs(numeric))
        worst = error.isNaN ? .infinity : max(worst, error)
      }
    }
    return worst
  }
}
