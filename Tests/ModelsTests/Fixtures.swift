// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Models
import RobustCore
import Statistics
import Testing
import Torch

/// What PyTorch computed for one of the classifiers under `Fixtures`.
struct ExpectedModel: Decodable {
  let parameters: [String: [Int]]
  let buffers: [String]
  let logits: [Float]
  let labels: [Int]
  let gradient_l2_per_example: [Double]
  let gradient_first_ten: [Float]
}

struct Expected: Decodable {
  let input: [Float]
  let models: [String: ExpectedModel]

  /// Four images.
  var images: Tensor { Tensor(input, shape: [4, 1, 28, 28]) }

  static func read() throws -> Expected {
    try JSONDecoder().decode(
      Expected.self, from: Data(contentsOf: URL(fileURLWithPath: fixture("expected.json"))))
  }
}

func fixture(_ name: String) throws -> String {
  try #require(Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: nil)).path
}

/// Runs `body` with the path of a file that does not exist yet and is gone afterwards.
func withTemporaryFile<Result>(_ body: (String) throws -> Result) rethrows -> Result {
  let path = NSTemporaryDirectory() + "model-\(UUID().uuidString).pt"
  defer { try? FileManager.default.removeItem(atPath: path) }
  return try body(path)
}

/// The largest difference of two tensors of one shape.
func distance(_ left: Tensor, _ right: Tensor) -> Double {
  guard left.shape == right.shape else { return .infinity }
  let largest = (left - right).absolute.reshaped([-1]).largest(along: [0]).scalar
  return largest.isNaN ? .infinity : largest
}

/// Normal numbers from a stream.
func normal(_ shape: [Int], _ purpose: String) -> Tensor {
  Tensor(shape: shape) {
    RandomKey(seed: 23).split(purpose).stream().fillNormal($0, mean: 0, sigma: 1)
  }
}

extension InputDescription {
  static let grey = InputDescription(
    shape: [1, 28, 28], classes: 10, mean: [0.286], deviation: [0.353])
  static let colour = InputDescription(
    shape: [3, 32, 32], classes: 7, mean: [0.5, 0.4, 0.3], deviation: [0.2, 0.3, 0.4])
}

extension GraphArchitecture {
  static func named(_ name: String, _ input: InputDescription = .grey) -> GraphArchitecture {
    switch name {
    case "mlp": .mlp(input)
    case "cnn": .cnn(input)
    case "lenet5": .lenet5(input)
    default: .resnet8(input)
    }
  }

  /// Parameters in which no bias is zero and no norm neutral, as after training.
  var trainedParameters: ParameterSet {
    var set = initialParameters(random: RandomKey(seed: 4))
    for (name, weight) in set.parameters where weight.applied.rank == 1 {
      set[name] = .dense(weight.applied + normal(weight.applied.shape, name) * 0.3)
    }
    for (name, value) in set.buffers {
      set[buffer: name] = value + normal(value.shape, name).absolute * 0.5
    }
    return set
  }
}
