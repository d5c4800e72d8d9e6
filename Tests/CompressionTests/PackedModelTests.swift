// SPDX-License-Identifier: GPL-3.0-or-later

import Compression
import RobustCore
import Statistics
import Testing
import Torch

@Suite("The packed model", .timeLimit(.minutes(15)))
struct PackedModelTests {
  /// A model of odd sizes: masks that fill no byte, buffers, biases, signed zeros and a NaN.
  private func model(kept: (Int) -> Bool, count: Int = 91) -> ParameterSet {
    var set = ParameterSet()
    let values = Tensor(shape: [count]) {
      RandomKey(seed: 3).stream().fillNormal($0, mean: 0, sigma: 1)
    }
    set["masked.weight"] = .masking(values, with: Tensor((0..<count).map(kept)))
    set["dense.weight"] = .dense(values.slice(0..<6).reshaped([2, 3]))
    set["odd"] = .dense(Tensor([-0.0, .nan, .infinity, .leastNonzeroMagnitude, 5] as [Float]))
    set[buffer: "norm.running_mean"] = values.slice(0..<3)
    set[buffer: "norm.count"] = Tensor([7])
    return set
  }

  private func expectSame(_ found: ParameterSet, _ expected: ParameterSet) {
    #expect(found.names == expected.names && found.bufferNames == expected.bufferNames)
    for (name, weight) in expected.parameters {
      #expect(found[name]?.applied.bytes == weight.applied.bytes)
      #expect(found[name]?.applied.shape == weight.applied.shape)
      #expect(found[name]?.mask?.bytes == weight.mask?.bytes)
    }
    for (name, value) in expected.buffers {
      #expect(found[buffer: name]?.bytes == value.bytes)
      #expect(found[buffer: name]?.elementType == value.elementType)
    }
  }

  @Test(
    "Comes back bit by bit, whatever is left", arguments: ["none", "one", "odd", "last", "all"])
  func roundTrip(left: String) throws {
    let set = model { index in
      switch left {
      case "none": false
      case "one": index == 0
      case "odd": index % 2 == 1
      case "last": index == 90
      default: true
      }
    }
    let bytes = PackedModel.encoded(set)
    expectSame(try PackedModel.decoded(bytes, like: set, subject: "m.packed"), set)
    #expect(PackedModel.encoded(set) == bytes, "the same model gives the same bytes")
  }

  @Test("A mask comes back into the template of its dense parent")
  func intoDense() throws {
    let set = model { $0 % 3 == 0 }
    var dense = set
    dense["masked.weight"] = .dense(Tensor(repeating: 1, shape: [91]))
    expectSame(try PackedModel.decoded(PackedModel.encoded(set), like: dense, subject: "m"), set)
  }

  /// A bit for each weight and four bytes for each that is kept: normal values hardly deflate.
  @Test("Half and nine tenths less take the bytes of bits and values", arguments: [0.5, 0.9])
  func size(sparsity: Double) async throws {
    let count = 40_000
    let classifier = Classifier.chain([[200, 200]])
    let set = try await Pruning(importance: .magnitude, epochs: 0).compressed(
      classifier, to: sparsity, tuning: FakeTuning(), random: RandomKey(seed: 1))
    let size = PackedModel.encoded(set.parameters).count
    let kept = Int((Double(count) * (1 - sparsity)).rounded())
    let plain = count / 8 + 4 * kept + 200 * 4
    #expect(size <= plain + 600, "a header of three tensors, and gzip's own bytes")
    #expect(size >= plain * 3 / 4, "the bits of a mantissa do not deflate")
    #expect(size < PackedModel.encoded(classifier.parameters).count)
  }

  @Test("A file cut anywhere is malformed")
  func truncated() {
    let set = model { $0 % 2 == 0 }
    let bytes = PackedModel.encoded(set)
    for length in 0..<bytes.count {
      let error = #expect(throws: CheckpointError.self) {
        try PackedModel.decoded(Array(bytes[..<length]), like: set, subject: "m.packed")
      }
      #expect(error?.code == .malformed && error?.subject == "m.packed")
    }
  }

  /// Four bytes of gzip's header say when and where the file was written, and count for nothing.
  @Test("A changed byte is noticed")
  func corrupted() throws {
    let set = model { $0 % 2 == 0 }
    let bytes = PackedModel.encoded(set)
    for position in bytes.indices {
      var changed = bytes
      changed[position] ^= 0x10
      do {
        let found = try PackedModel.decoded(changed, like: set, subject: "m")
        #expect((3..<10).contains(position), "byte \(position) counts")
        expectSame(found, set)
      } catch {
        #expect(error.code == .malformed)
      }
    }
  }

  @Test("Other bytes are malformed", arguments: [[], [0x1f, 0x8b], Array("no gzip at all".utf8)])
  func foreign(bytes: [UInt8]) {
    let error = #expect(throws: CheckpointError.self) {
      try PackedModel.decoded(bytes, like: model { _ in true }, subject: "m")
    }
    #expect(error?.code == .malformed)
  }

  /// Files that are whole but do not fit; a dense tensor may bear a mask's name.
  @Test(
    "A mask and values that do not fit are mismatched",
    arguments: [
      "short mask", "few values", "many values", "wrong type", "only mask", "only values",
    ])
  func misfits(what: String) {
    let template = model(kept: { $0 < 8 }, count: 16)
    var file = template
    file["masked.weight"] = nil
    let bits = Tensor([0xff, 0] as [UInt8])
    let values = Tensor(repeating: 1, shape: [8])
    let parts: (mask: Tensor?, values: Tensor?) =
      switch what {
      case "short mask": (Tensor([0xff] as [UInt8]), values)
      case "few values": (bits, Tensor(repeating: 1, shape: [7]))
      case "many values": (bits, Tensor(repeating: 1, shape: [9]))
      case "wrong type": (Tensor(repeating: 1, shape: [16]), values)
      case "only mask": (bits, nil)
      default: (nil, values)
      }
    file["masked.weight#mask"] = parts.mask.map { .dense($0) }
    file["masked.weight#values"] = parts.values.map { .dense($0) }
    let error = #expect(throws: CheckpointError.self) {
      try PackedModel.decoded(PackedModel.encoded(file), like: template, subject: "m")
    }
    #expect(error?.code == .mismatched)
  }

  @Test("A mask beside dense values is mismatched")
  func strayMask() {
    let template = model(kept: { _ in true }, count: 16)
    var file = template
    file["dense.weight#mask"] = .dense(Tensor([0x3f] as [UInt8]))
    let error = #expect(throws: CheckpointError.self) {
      try PackedModel.decoded(PackedModel.encoded(file), like: template, subject: "m")
    }
    #expect(error?.code == .mismatched)
  }

  @Test("A missing parameter or buffer, and another shape, are mismatched")
  func otherModels() {
    let template = model { $0 % 2 == 0 }
    var noBuffer = template
    noBuffer[buffer: "norm.running_mean"] = nil
    var noWeight = template
    noWeight["dense.weight"] = nil
    var otherShape = template
    otherShape["dense.weight"] = .dense(Tensor(repeating: 0, shape: [3, 2]))
    for file in [noBuffer, noWeight, otherShape] {
      let error = #expect(throws: CheckpointError.self) {
        try PackedModel.decoded(PackedModel.encoded(file), like: template, subject: "m")
      }
      #expect(error?.code == .mismatched)
    }
  }
}
