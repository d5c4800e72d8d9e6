// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import RobustCore
import Statistics
import TestSupport
import Testing
import Torch

@testable import Attacks

/// A nearest-example attack in one norm, and by what share it may miss the truth.
struct NearestCase: Sendable, CustomTestStringConvertible {
  let name: String
  let norm: Norm
  let parameters: String
  let tolerance: Double

  var testDescription: String { "\(name)\(parameters) in \(norm.rawValue)" }

  static let all: [NearestCase] = [
    NearestCase(name: "deepfool", norm: .linf, parameters: "", tolerance: 0.01),
    NearestCase(name: "deepfool", norm: .l2, parameters: "", tolerance: 0.01),
    NearestCase(name: "ddn", norm: .l2, parameters: "", tolerance: 0.01),
    NearestCase(name: "fmn", norm: .linf, parameters: "", tolerance: 0.01),
    NearestCase(name: "fmn", norm: .l2, parameters: "", tolerance: 0.01),
    NearestCase(name: "fmn", norm: .l1, parameters: ":steps=200", tolerance: 0.01),
    NearestCase(name: "fab-t", norm: .linf, parameters: "", tolerance: 0.01),
    NearestCase(name: "fab-t", norm: .l2, parameters: "", tolerance: 0.01),
    NearestCase(name: "fab-t", norm: .l1, parameters: "", tolerance: 0.01),
    NearestCase(name: "cw", norm: .l2, parameters: ":steps=300", tolerance: 0.03),
    NearestCase(name: "ead", norm: .l1, parameters: ":steps=300:beta=0.05", tolerance: 0.05),
  ]

  func run(
    on network: any Network, classes: Int = 2, batch: Batch, inputRange: ClosedRange<Double>
  ) throws -> (inputs: Tensor, distances: [Double]) {
    let specification = try Specification(name + parameters)
    let attack = try AttackCatalog.member(for: specification).attack(specification).attack
    let victim = ModelVictim(network, classes: classes, inputRange: inputRange, rows: batch.count)
    let inputs = try attack.nearest(
      batch, in: norm, against: victim, random: RandomKey(seed: 3))
    return (inputs, norm.distances(of: inputs, from: batch.inputs).elements(of: Double.self))
  }
}

/// The smallest movement that brings `weights · x + shift` down to zero inside a range.
///
/// The dual of each norm's problem is a line: the gain of the best movement of a given length is found
/// by filling coordinates, and the length by halving.
private func exactDistance(
  _ point: [Double], _ weights: [Double], shift: Double, norm: Norm, range: ClosedRange<Double>
) -> Double {
  let score = zip(point, weights).reduce(shift) { $0 + $1.0 * $1.1 }
  let sign = score > 0 ? -1.0 : 1
  let rooms = zip(point, weights).map { value, weight in
    weight * sign > 0 ? range.upperBound - value : value - range.lowerBound
  }
  let sizes = weights.map(abs)
  func gain(_ parameter: Double) -> (gain: Double, length: Double) {
    let movement = zip(rooms, sizes).map { room, size in
      min(room, norm == .linf ? parameter : parameter * size)
    }
    let gain = zip(movement, sizes).reduce(0) { $0 + $1.0 * $1.1 }
    let length =
      norm == .linf ? (movement.max() ?? 0) : movement.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return (gain, length)
  }
  if norm == .l1 {
    var (missing, length) = (abs(score), 0.0)
    for (room, size) in zip(rooms, sizes).sorted(by: { $0.1 > $1.1 }) where missing > 0 {
      let step = min(room, missing / size)
      (missing, length) = (missing - step * size, length + step)
    }
    return length
  }
  var (low, high) = (0.0, 1e6)
  for _ in 0..<200 {
    let middle = (low + high) / 2
    if gain(middle).gain < abs(score) { low = middle } else { high = middle }
  }
  return gain(high).length
}

@Suite("Nearest adversarial inputs", .tags(.law), .timeLimit(.minutes(15)))
struct NearestTests {
  private static let score = Tensor.normal([1, Images.size], sigma: 0.3, seed: 21)

  private func check(
    _ attack: NearestCase, range: ClosedRange<Double>, shift: Double, inputs: ClosedRange<Float>
  ) throws {
    let network = LinearNetwork(score: Self.score, shift: shift)
    let batch = try Images.labelled(
      Images.batch(8, classes: 2, in: inputs, withEnds: false), by: network)
    let (found, distances) = try attack.run(on: network, batch: batch, inputRange: range)
    let rights = try network.rights(found, batch.labels.elements(of: Int.self))
    #expect(!rights.contains(true), "every input is adversarial")
    for (row, point) in batch.inputs.exampleValues.enumerated() {
      let truth = exactDistance(
        point, Self.score.exampleValues[0], shift: shift, norm: attack.norm, range: range)
      let share = distances[row] / truth
      #expect(share > 1 - 1e-3 && share < 1 + attack.tolerance, "row \(row): \(share)")
    }
    let values = found.elements(of: Float.self).map(Double.init)
    #expect(values.allSatisfy(range.contains))
  }

  @Test("On a linear model they are the closed form's", arguments: NearestCase.all)
  func closedForm(attack: NearestCase) throws {
    try check(attack, range: -2...2, shift: 1, inputs: -0.01...0.01)
  }

  @Test(
    "Where the range binds, they are still the nearest",
    arguments: NearestCase.all.filter { $0.name != "deepfool" })
  func inTheBox(attack: NearestCase) throws {
    try check(attack, range: 0...1, shift: 4, inputs: 0...0.2)
  }

  @Test("DeepFool's inputs lie so far over the border that rounding does not take them back")
  func deepFoolMargin() throws {
    let attack = NearestCase(name: "deepfool", norm: .l2, parameters: "", tolerance: 0)
    let network = LinearNetwork(score: Self.score, shift: 3)
    let batch = try Images.labelled(
      Images.batch(16, classes: 2, in: 0...1, withEnds: false), by: network)
    let (_, distances) = try attack.run(on: network, batch: batch, inputRange: -100...100)
    let weights = Self.score.exampleValues[0]
    let length = weights.reduce(0) { $0 + $1 * $1 }.squareRoot()
    for (point, distance) in zip(batch.inputs.exampleValues, distances) {
      let truth = abs(zip(point, weights).reduce(3) { $0 + $1.0 * $1.1 }) / length
      // The way is known to a 1,024th, and as much is added.
      #expect(distance >= truth * (1 + 0.9 / 1024) && distance <= truth * (1 + 3.0 / 1024))
    }
  }

  @Test("DeepFool in the range is adversarial, and no nearer than the truth")
  func deepFoolInTheBox() throws {
    let attack = NearestCase(name: "deepfool", norm: .l2, parameters: "", tolerance: 0.5)
    try check(attack, range: 0...1, shift: 4, inputs: 0...0.2)
  }

  @Test("In l0 at most a third more values are changed than the fewest that do")
  func fewValues() throws {
    let attack = NearestCase(name: "fmn", norm: .l0, parameters: ":steps=200", tolerance: 0)
    let network = LinearNetwork(score: Self.score, shift: 3)
    let batch = try Images.labelled(
      Images.batch(8, classes: 2, in: 0...1, withEnds: false), by: network)
    let (_, distances) = try attack.run(on: network, batch: batch, inputRange: 0...1)
    let weights = Self.score.exampleValues[0]
    for (row, point) in batch.inputs.exampleValues.enumerated() {
      let score = zip(point, weights).reduce(3) { $0 + $1.0 * $1.1 }
      let gains = zip(point, weights).map { value, weight in
        abs(weight) * ((weight > 0) == (score < 0) ? 1 - value : value)
      }.sorted(by: >)
      var (missing, fewest) = (abs(score), 0)
      while missing > 0 { (missing, fewest) = (missing - gains[fewest], fewest + 1) }
      #expect(
        distances[row] >= Double(fewest) && distances[row] <= 1.3 * Double(fewest),
        "\(distances[row]) where \(fewest) do")
    }
  }

  @Test("An input that is wrong already is its own nearest", arguments: NearestCase.all)
  func wrongAlready(attack: NearestCase) throws {
    let network = ConstantNetwork(row: [5, 0, -5])
    let images = Images.batch(3, classes: 3)
    let batch = Batch(
      inputs: images.inputs, labels: Tensor([1, 2, 1]), indices: images.indices)
    let (found, distances) = try attack.run(
      on: network, classes: 3, batch: batch, inputRange: 0...1)
    #expect(found.bytes == batch.inputs.bytes && distances == [0, 0, 0])
  }

  @Test("Where nothing is adversarial the input itself comes back", arguments: NearestCase.all)
  func nothingFound(attack: NearestCase) throws {
    let network = ConstantNetwork(row: [5, 0, -5])
    let images = Images.batch(2, classes: 3)
    let batch = Batch(inputs: images.inputs, labels: Tensor([0, 0]), indices: images.indices)
    let (found, _) = try attack.run(on: network, classes: 3, batch: batch, inputRange: 0...1)
    #expect(found.bytes == batch.inputs.bytes)
  }
}
