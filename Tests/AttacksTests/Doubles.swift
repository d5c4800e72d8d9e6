// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore
import Statistics
import Synchronization
import Torch

/// Logits `W x + b`; each is a sum over its own row alone, so that no neighbour changes a bit.
struct LinearNetwork: Network {
  let weights: Tensor
  let bias: Tensor

  func logits(_ input: Tensor) -> Tensor {
    let flat = input.flattenedExamples
    let columns = (0..<weights.size(0)).map { row in
      (flat * weights.slice(row..<row + 1)).sum(along: [1], keeping: true)
    }
    return Tensor.concatenated(columns, along: 1) + bias
  }
}

extension LinearNetwork {
  /// Normal weights of a given deviation.
  init(classes: Int, size: Int, sigma: Float, seed: UInt64) {
    self.init(
      weights: .normal([classes, size], sigma: sigma, seed: seed),
      bias: Tensor(repeating: 0, shape: [classes]))
  }

  /// Two classes; the logit of class 1 is `w · x + shift`, that of class 0 is zero.
  init(score weight: Tensor, shift: Double) {
    self.init(
      weights: .concatenated([weight * 0, weight]), bias: Tensor([0, Float(shift)]))
  }
}

/// A small network that is not linear.
struct RandomNetwork: Network {
  private let first: Tensor
  private let second: Tensor

  init(classes: Int, size: Int, seed: UInt64) {
    first = .normal([24, size], sigma: 0.3, seed: seed)
    second = .normal([classes, 24], sigma: 0.5, seed: seed + 1)
  }

  func logits(_ input: Tensor) -> Tensor {
    let hidden = ((input.flattenedExamples - 0.5).linear(weight: first, bias: nil)).relu
    return hidden.linear(weight: second, bias: nil)
  }
}

/// The same logits whatever the input, and no gradient at all.
struct ConstantNetwork: Network {
  let row: [Float]

  func logits(_ input: Tensor) -> Tensor {
    Tensor(repeating: 0, shape: [input.size(0), 1]) + Tensor(row, shape: [1, row.count])
  }
}

/// Logits and gradients that are not numbers.
struct BrokenNetwork: Network {
  let inner: LinearNetwork

  func logits(_ input: Tensor) -> Tensor { inner.logits(input) * Double.nan }
}

/// Counts the inputs that pass through another network.
final class CountingNetwork: Network {
  let inner: any Network
  private let counter = Mutex(0)

  init(_ inner: any Network) { self.inner = inner }

  var inputs: Int { counter.withLock { $0 } }

  func logits(_ input: Tensor) throws -> Tensor {
    counter.withLock { $0 += input.size(0) }
    return try inner.logits(input)
  }
}

extension Network {
  func predictions(_ inputs: Tensor) throws -> [Int] {
    try logits(inputs).indexOfLargest(along: 1).elements(of: Int.self)
  }

  /// Which inputs are classified as labelled.
  func rights(_ inputs: Tensor, _ labels: [Int]) throws -> [Bool] {
    zip(try predictions(inputs), labels).map { $0 == $1 }
  }
}

extension Tensor {
  static func normal(_ shape: [Int], sigma: Float, seed: UInt64) -> Tensor {
    Tensor(shape: shape) {
      RandomKey(seed: seed).split("test").stream().fillNormal($0, mean: 0, sigma: sigma)
    }
  }

  /// The elements of each example in double precision.
  var exampleValues: [[Double]] {
    let size = count / Swift.max(self.size(0), 1)
    let all = elements(of: Float.self).map(Double.init)
    return (0..<self.size(0)).map { Array(all[$0 * size..<($0 + 1) * size]) }
  }
}
