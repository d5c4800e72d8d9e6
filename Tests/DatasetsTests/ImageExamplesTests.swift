// SPDX-License-Identifier: GPL-3.0-or-later

import Datasets
import Testing

@Suite("Image examples", .timeLimit(.minutes(15)))
struct ImageExamplesTests {
  private let bytes = ImageExamples(
    shape: [1, 1, 2], pixels: .bytes([0, 255, 51, 102, 1, 254]), labels: [0, 1, 0])

  @Test("Levels become level / 255, the nearest single precision number")
  func levels() {
    let levels: [Float] = [0, 255, 51, 102, 1, 254]
    #expect(bytes.inputs(of: 0..<3) == levels.map { $0 / 255 })
  }

  @Test("Levels spread over the declared range")
  func declaredRange() {
    let examples = ImageExamples(
      shape: [1, 1, 3], pixels: .bytes([0, 51, 255]), labels: [0], inputRange: -1...1)
    let found = examples.inputs(of: 0..<1)
    #expect(found[0] == -1 && found[2] == 1)
    #expect(abs(found[1] - -0.6) <= 1e-6, "one rounding of a number near 1")
  }

  @Test("A range and picked indices copy the same images, and nothing behind them")
  func copies() {
    let floats = ImageExamples(
      shape: [1, 1, 2], pixels: .floats([0, 0.1, 0.2, 0.3, 0.4, 0.5]), labels: [0, 1, 0])
    var target: [Float] = [9, 9, 9, 9, 9]
    target.withUnsafeMutableBufferPointer { floats.copyInputs(of: 1..<3, into: $0) }
    #expect(target == [0.2, 0.3, 0.4, 0.5, 9])
    target.withUnsafeMutableBufferPointer { floats.copyInputs(at: [2, 0], into: $0) }
    #expect(target == [0.4, 0.5, 0, 0.1, 9])
    target.withUnsafeMutableBufferPointer { bytes.copyInputs(at: [1, 1], into: $0) }
    let expected: [Float] = [0.2, 0.4, 0.2, 0.4, 9]
    #expect(target == expected)
  }

  @Test("No images copy to nothing")
  func nothing() {
    #expect(bytes.inputs(of: 1..<1) == [])
  }

  @Test("A part of the examples keeps their pixels and labels")
  func part() {
    let part = bytes[1..<3]
    #expect(part.labels == [1, 0])
    #expect(part.pixels == .bytes([51, 102, 1, 254]))
  }

  @Test("A held-out part comes from the end", arguments: [(0, [0, 1, 0]), (1, [0, 1]), (2, [0])])
  func heldOut(count: Int, rest: [Int]) throws {
    let data = Dataset(name: "d", classes: ["a", "b"], train: bytes, test: bytes, sha256: "")
    let split = try #require(data.split(validation: count))
    #expect(split.train.labels == rest)
    #expect(split.train.labels + split.validation.labels == [0, 1, 0])
  }

  @Test("More than there is cannot be held out", arguments: [-1, 3, 4])
  func heldOutTooMany(count: Int) {
    let data = Dataset(name: "d", classes: ["a", "b"], train: bytes, test: bytes, sha256: "")
    #expect(data.split(validation: count) == nil)
    let noTrain = Dataset(name: "d", classes: ["a", "b"], train: nil, test: bytes, sha256: "")
    #expect(noTrain.split(validation: 1) == nil)
  }
}
