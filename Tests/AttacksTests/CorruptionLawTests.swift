// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import RobustCore
import Statistics
import TestSupport
import Testing
import Torch

@testable import Attacks

/// A corruption at one severity.
struct CorruptionCase: Sendable, CustomTestStringConvertible {
  let kind: CorruptionKind
  let severity: Int

  var testDescription: String { "\(kind.rawValue) \(severity)" }

  static let all = CorruptionKind.allCases.flatMap { kind in
    (1...5).map { CorruptionCase(kind: kind, severity: $0) }
  }

  func corrupted(
    _ images: Tensor, indices: [Int]? = nil, range: ClosedRange<Double> = 0...1, seed: UInt64 = 7
  ) -> Tensor {
    Corruption(kind, severity: severity).corrupted(
      images, indices: indices ?? Array(0..<images.size(0)), inputRange: range,
      random: RandomKey(seed: seed))
  }
}

extension CorruptionKind {
  /// Whether the random key decides anything.
  var isRandom: Bool {
    switch self {
    case .defocusBlur, .zoomBlur, .brightness, .contrast, .pixelate, .jpeg: false
    default: true
    }
  }
}

@Suite("Laws of corruptions", .tags(.law), .timeLimit(.minutes(15)))
struct CorruptionLawTests {
  private static func images(_ shape: [Int]) -> Tensor {
    Tensor(shape: shape) { (values: UnsafeMutableBufferPointer<Float>) in
      RandomKey(seed: 5).split("images").stream().fillUniform(values, low: 0, high: 1)
      for index in values.indices where index % 7 == 0 {
        values[index] = values[index] < 0.5 ? 0 : 1
      }
    }
  }

  @Test(
    "The shape stays, and values are finite and inside the range", arguments: CorruptionCase.all)
  func staysInside(corruption: CorruptionCase) {
    for shape in [[2, 1, 28, 28], [1, 3, 32, 32], [1, 2, 5, 9], [1, 3, 1, 1], [1, 1, 40, 3]] {
      let images = Self.images(shape)
      let before = images.bytes
      for range in shape[1] == 2 ? [0.0...1, -1...1] : [0.0...1] {
        let inputs = range == 0...1 ? images : images * 2 - 1
        let result = corruption.corrupted(inputs, range: range)
        #expect(result.shape == shape)
        let isInside = result.elements(of: Float.self).allSatisfy { range.contains(Double($0)) }
        #expect(isInside, "\(shape), \(range)")
      }
      #expect(images.bytes == before, "the input is left alone")
    }
  }

  @Test(
    "An image and its key decide every bit, whatever the neighbours", arguments: CorruptionCase.all)
  func replays(corruption: CorruptionCase) {
    for shape in [[7, 1, 28, 28], [7, 3, 9, 11]] {
      let images = Self.images(shape)
      let indices = Array(40..<47)
      let whole = corruption.corrupted(images, indices: indices)
      for rows in [[6, 2], [1, 3, 4, 5, 6]] {
        let part = corruption.corrupted(images.rows(rows), indices: rows.map { indices[$0] })
        #expect(part.bytes == whole.rows(rows).bytes, "rows \(rows) of \(shape)")
      }
    }
  }

  @Test("Seed, index and severity each give other draws", arguments: CorruptionKind.allCases)
  func randomness(kind: CorruptionKind) {
    let images = Self.images([1, 1, 28, 28])
    let corruption = CorruptionCase(kind: kind, severity: 2)
    let result = corruption.corrupted(images).bytes
    #expect((corruption.corrupted(images, seed: 8).bytes != result) == kind.isRandom)
    #expect((corruption.corrupted(images, indices: [1]).bytes != result) == kind.isRandom)
  }

  @Test("Noise of two severities is drawn apart")
  func severitiesAreApart() {
    let images = Tensor(repeating: 0.5, shape: [1, 1, 28, 28])
    let noise = [1, 2].map {
      CorruptionCase(kind: .gaussianNoise, severity: $0).corrupted(images) - images
    }
    let product = (noise[0] * noise[1]).mean.scalar / (0.04 * 0.06)
    #expect(abs(product) < 5.0 / 28, "five standard errors of a correlation of 784 pairs")
  }

  @Test(
    "Severity 5 leads further than severity 1 on average",
    arguments: CorruptionKind.allCases.filter { $0 != .elastic })
  func isStronger(kind: CorruptionKind) throws {
    let fixture = try CorruptionFixture.read()
    for name in ["grey", "colour"] {
      let images = try fixture.images(name, count: 20)
      let distances = [1, 5].map { severity in
        let result = CorruptionCase(kind: kind, severity: severity).corrupted(images)
        return (result - images).power(2).mean.scalar
      }
      #expect(distances[1] > distances[0], "\(name)")
    }
  }

  // The published affine map of elastic weakens with severity while the displacement grows: severity
  // 1 is the furthest in distance, and the only one that keeps straight lines straight.
  @Test("Only the first severity of elastic keeps a ramp straight")
  func elasticBends() {
    let side = 48
    let ramp = Tensor((0..<side * side).map { Float($0 % side + $0 / side) / 94 })
      .reshaped([1, 1, side, side])
    let bends = (1...5).map { severity in
      let result = CorruptionCase(kind: .elastic, severity: severity).corrupted(ramp)
      let middle = 16..<32
      let rows = result.slice(middle, along: 2)
      let left = rows.slice(15..<31, along: 3)
      let right = rows.slice(17..<33, along: 3)
      return (left + right - rows.slice(16..<32, along: 3) * 2).absolute.mean.scalar
    }
    #expect(bends[0] < 1e-5)
    #expect(bends[1] > bends[0] * 10 && bends[4] > bends[1] * 10, "\(bends)")
  }

  @Test("A corruption costs one query and returns what it made, broken or not")
  func oneQuery() throws {
    let batch = Images.batch(6, classes: 3)
    let network = ConstantNetwork(row: [0, 1, 0])
    let victim = ModelVictim(network, classes: 3, inputRange: 0...1, rows: 6)
    let corruption = Corruption(.fog, severity: 3)
    let random = RandomKey(seed: 7)
    let threat = ThreatModel(norm: .linf, epsilon: try #require(Epsilon("0.1")))
    let inputs = try corruption.perturb(batch, within: threat, against: victim, random: random)
    let expected = corruption.corrupted(
      batch.inputs, indices: batch.indices, inputRange: 0...1, random: random)
    #expect(inputs.bytes == expected.bytes)
    #expect(victim.queries == Array(repeating: 1, count: 6))
  }

  @Test("No image at all is no trouble")
  func noImages() {
    let images = Tensor(repeating: 0, shape: [0, 1, 28, 28])
    #expect(CorruptionCase(kind: .snow, severity: 1).corrupted(images).shape == [0, 1, 28, 28])
  }
}
