// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Records
import RobustCore
import Statistics
import Testing
import Torch

@testable import Attacks

@Suite("Rotations and shifts", .timeLimit(.minutes(15)))
struct GeometricTests {
  private typealias Rows = [[Float]]

  private func transformed(
    _ images: Tensor, degrees: Double = 0, right: Double = 0, down: Double = 0, black: Double = 0
  ) -> Tensor {
    let transform = SpatialTransform(degrees: degrees, right: right, down: down)
    return SpatialTransform.applied(
      Array(repeating: transform, count: images.size(0)), to: images, black: black)
  }

  /// One channel of one image.
  private func rows(_ images: Tensor, channel: Int = 0) -> Rows {
    let (height, width) = (images.size(2), images.size(3))
    let values = images.elements(of: Float.self)
    return (0..<height).map { row in
      (0..<width).map { values[(channel * height + row) * width + $0] }
    }
  }

  @Test("Quarter turns are exact", arguments: [7, 8, 28, 32, 33])
  func quarterTurns(side: Int) {
    let images = CorruptionScene.noise([1, 2, side, side])
    for channel in 0..<2 {
      let before = rows(images, channel: channel)
      // Counter-clockwise: the right column becomes the top row.
      let turned = (0..<side).map { row in (0..<side).map { before[$0][side - 1 - row] } }
      let half = before.reversed().map { Array($0.reversed()) }
      #expect(rows(transformed(images, degrees: 90), channel: channel) == turned)
      #expect(rows(transformed(images, degrees: -270), channel: channel) == turned)
      #expect(rows(transformed(images, degrees: 180), channel: channel) == half)
      #expect(rows(transformed(transformed(images, degrees: 90), degrees: -90)) == rows(images))
    }
  }

  @Test("Shifts by whole pixels are exact, and black comes in")
  func wholeShifts() {
    for (height, width) in [(28, 28), (5, 9), (20, 33)] {
      let images = CorruptionScene.noise([1, 3, height, width])
      for (right, down) in [(0, 0), (3, -2), (-4, 1), (0, height), (width + 3, 0)] {
        let result = transformed(images, right: Double(right), down: Double(down))
        for channel in 0..<3 {
          let before = rows(images, channel: channel)
          let expected: Rows = (0..<height).map { row in
            (0..<width).map { column in
              let (y, x) = (row - down, column - right)
              return before.indices.contains(y) && before[y].indices.contains(x) ? before[y][x] : 0
            }
          }
          #expect(rows(result, channel: channel) == expected, "\(right), \(down)")
        }
      }
    }
  }

  @Test("What comes in is the lower end of the range")
  func blackIsLow() {
    let images = Tensor(repeating: 1, shape: [1, 1, 4, 4])
    let result = transformed(images, right: 1, black: -1)
    #expect(rows(result) == Array(repeating: [-1, 1, 1, 1], count: 4))
    #expect(rows(transformed(images, right: 0.5, black: -1))[0] == [0, 1, 1, 1])
  }

  @Test("Any turn and shift is bilinear interpolation")
  func bilinear() {
    let (height, width) = (11, 14)
    let images = CorruptionScene.noise([1, 1, height, width])
    let before = rows(images)
    func pixel(_ y: Int, _ x: Int) -> Double {
      before.indices.contains(y) && before[y].indices.contains(x) ? Double(before[y][x]) : 0
    }
    for (degrees, right, down) in [(30.0, 0.0, 0.0), (-17, 1.3, -0.4), (0, 0.5, 0.25), (200, 2, 3)]
    {
      let result = rows(
        transformed(images, degrees: degrees, right: right, down: down))
      let angle = degrees * .pi / 180
      for row in 0..<height {
        for column in 0..<width {
          // Mathematical axes: up is positive, counter-clockwise is positive.
          let x = Double(column) - Double(width - 1) / 2 - right
          let up = -(Double(row) - Double(height - 1) / 2 - down)
          let sourceX = x * cos(angle) + up * sin(angle) + Double(width - 1) / 2
          let sourceY = -(-x * sin(angle) + up * cos(angle)) + Double(height - 1) / 2
          let (left, top) = (Int(sourceX.rounded(.down)), Int(sourceY.rounded(.down)))
          let (a, b) = (sourceX - Double(left), sourceY - Double(top))
          let expected =
            (pixel(top, left) * (1 - a) + pixel(top, left + 1) * a) * (1 - b)
            + (pixel(top + 1, left) * (1 - a) + pixel(top + 1, left + 1) * a) * b
          #expect(abs(Double(result[row][column]) - expected) < 2e-5, "places in single precision")
        }
      }
    }
  }

  @Test("The published grid has 775 points, ends in the image itself, and starts far away")
  func grid() throws {
    let transforms = Geometric(.grid(angles: 31, shifts: 5)).gridTransforms(20, 20)
    #expect(transforms.count == 775)
    #expect(Set(transforms).count == 775)
    #expect(transforms.last == SpatialTransform(degrees: 0, right: 0, down: 0))
    let first = try #require(transforms.first)
    #expect([abs(first.degrees), abs(first.right), abs(first.down)] == [30, 2, 2])
    #expect(Set(transforms.map(\.right)).count == 5)
    #expect(transforms.allSatisfy { abs($0.degrees) <= 30 && abs($0.down) <= 2 })
  }
}

@Suite("The attack by rotation and shift", .timeLimit(.minutes(15)))
struct GeometricAttackTests {
  /// Class 1 where the left half is brighter than the right one by some margin.
  private func network(margin: Double) -> LinearNetwork {
    let weights = (0..<64).map { Float($0 % 8 < 4 ? 1 : -1) }
    return LinearNetwork(score: Tensor(weights, shape: [1, 64]), shift: -margin)
  }

  /// A bright column, the same in every image.
  private func batch(column: Int, count: Int = 3) -> Batch {
    let pixels = (0..<64).map { Float($0 % 8 == column ? 1 : 0) }
    let inputs = Tensor(
      Array(repeatElement(pixels, count: count).joined()), shape: [count, 1, 8, 8])
    return Batch(
      inputs: inputs, labels: Tensor(Array(repeating: column < 4 ? 1 : 0, count: count)),
      indices: Array(20..<20 + count))
  }

  private func run(
    _ attack: Geometric, _ batch: Batch, _ network: LinearNetwork
  ) throws -> (inputs: Tensor, queries: [Int]) {
    let victim = ModelVictim(network, classes: 2, inputRange: 0...1, rows: batch.count)
    let threat = ThreatModel(norm: .linf, epsilon: try #require(Epsilon("0")))
    let inputs = try attack.perturb(
      batch, within: threat, against: victim, random: RandomKey(seed: 4))
    return (inputs, victim.queries)
  }

  @Test("The grid finds the shift that breaks, and one too short finds none")
  func gridFinds() throws {
    let (batch, network) = (batch(column: 2), network(margin: 0.1))
    // The column must reach the fifth pixel: two to the right, a quarter of the side.
    let found = try run(
      Geometric(.grid(angles: 1, shifts: 5), rotation: 0, translation: 0.25), batch, network)
    #expect(try network.predictions(found.inputs) == [0, 0, 0])
    let missed = try run(
      Geometric(.grid(angles: 1, shifts: 5), rotation: 0, translation: 0.125), batch, network)
    #expect(try network.predictions(missed.inputs) == [1, 1, 1])
    #expect(missed.queries == [25, 25, 25])
    #expect(found.queries.allSatisfy { $0 < 25 })
  }

  @Test("The worst of k stays within the angle and the shift, and differs between examples")
  func worstOfK() throws {
    let (batch, network) = (batch(column: 0), network(margin: -100))
    let attack = Geometric(.random(attempts: 6), rotation: 0, translation: 0.25)
    let result = try run(attack, batch, network)
    #expect(result.queries == [6, 6, 6])
    let images = result.inputs.exampleValues
    #expect(images[0] != images[1])
    for image in images {
      // The column stood at 0 and moved by at most two pixels.
      let far = (0..<64).filter { $0 % 8 > 2 }.map { image[$0] }
      #expect(far.allSatisfy { $0 == 0 })
    }
  }

  @Test("What was tried before the budget ended is the answer")
  func budgetEnds() throws {
    let (batch, network) = (batch(column: 0), network(margin: -100))
    let threat = ThreatModel(norm: .linf, epsilon: try #require(Epsilon("0")))
    let answers = try [4, 1000].map { budget in
      let victim = ModelVictim(network, classes: 2, inputRange: 0...1, rows: 3, budget: budget)
      let inputs = try Geometric(.random(attempts: budget == 4 ? 9 : 4)).perturb(
        batch, within: threat, against: victim, random: RandomKey(seed: 4))
      #expect(victim.queries == [4, 4, 4])
      return inputs.bytes
    }
    #expect(answers[0] == answers[1])
  }

  @Test("Neighbours change nothing, and a broken example rests")
  func replays() throws {
    let network = LinearNetwork(score: .normal([1, 64], sigma: 1, seed: 3), shift: 0)
    let images = CorruptionScene.noise([9, 1, 8, 8])
    let batch = Batch(
      inputs: images, labels: Tensor(try network.predictions(images)), indices: Array(0..<9))
    for attack in [Geometric(.random(attempts: 10)), Geometric(.grid(angles: 5, shifts: 3))] {
      let whole = try run(attack, batch, network)
      let rights = try zip(network.predictions(whole.inputs), network.predictions(images))
        .map { $0 == $1 }
      let all = attack.strategy == .random(attempts: 10) ? 10 : 45
      for (isRight, queries) in zip(rights, whole.queries) where isRight { #expect(queries == all) }
      #expect(rights.contains(false), "one that never succeeds proves nothing")
      for rows in [[4], [8, 1, 2]] {
        let part = try run(attack, batch.rows(rows), network)
        #expect(part.inputs.bytes == whole.inputs.rows(rows).bytes)
        #expect(part.queries == rows.map { whole.queries[$0] })
      }
    }
  }
}
