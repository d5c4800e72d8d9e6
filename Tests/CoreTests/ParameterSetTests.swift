// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore
import Testing
import Torch

@Suite("Parameters of a model", .timeLimit(.minutes(15)))
struct ParameterSetTests {
  private static let mask = Tensor([true, false, false, true, true, false], shape: [2, 3])

  private static var example: ParameterSet {
    var set = ParameterSet()
    set["z.weight"] = .masking(Tensor([Float(1), 2, -3, 0, 5, 6], shape: [2, 3]), with: mask)
    set["a.bias"] = .dense(Tensor([Float(0.1), 0]))
    set[buffer: "bn.running_mean"] = Tensor([Float(7)])
    set[buffer: "bn.num_batches_tracked"] = Tensor([12], shape: [])
    return set
  }

  private static func reread(_ file: Safetensors) throws -> ParameterSet {
    let bytes = try Safetensors(decoding: file.encoded(), subject: "x")
    return try ParameterSet(bytes, like: example, subject: "x")
  }

  private static func code(_ change: (inout Safetensors) -> Void) -> CheckpointError.Code? {
    var file = example.safetensors
    change(&file)
    do { _ = try reread(file) } catch let error as CheckpointError { return error.code } catch {}
    return nil
  }

  @Test("A masked weight is zero outside its mask, even where it was no number")
  func maskingZeroes() {
    let weight = Weight.masking(
      Tensor([Float(1), .nan, -.infinity, 4, 5, -6], shape: [2, 3]), with: Self.mask)
    let values = weight.applied.elements(of: Float.self)
    #expect(values == [1, 0, 0, 4, 5, 0])
    #expect(values.allSatisfy { $0.sign == .plus })
  }

  @Test("Counts and sparsity are read off what is stored")
  func counts() {
    let set = Self.example
    #expect(set.parameterCount == 8)
    // One stored element of the matrix and one bias are zero; they still are stored.
    #expect(set.nonZeroCount == 3)
    #expect(set.prunableCounts(["z.weight"]) == (6, 3))
    #expect(set.prunableCounts(["z.weight", "a.bias"]) == (8, 5))
    #expect(set.prunableCounts([]) == (0, 0))
  }

  @Test("New values keep the mask")
  func replacingKeepsMask() {
    let weight = Self.example["z.weight"]?.replacingValues(Tensor(repeating: 9, shape: [2, 3]))
    #expect(weight?.applied.elements(of: Float.self) == [9, 0, 0, 9, 9, 0])
    #expect(weight?.storedCount == 3)
  }

  @Test("Names keep the order in which they were set")
  func order() {
    var set = Self.example
    #expect(set.names == ["z.weight", "a.bias"])
    set["z.weight"] = .dense(Tensor([Float(1)]))
    #expect(set.names == ["z.weight", "a.bias"])
    set["z.weight"] = nil
    set["z.weight"] = .dense(Tensor([Float(1)]))
    #expect(set.names == ["a.bias", "z.weight"])
  }

  @Test("A file brings back values, masks, buffers and order")
  func roundTrips() throws {
    let found = try Self.reread(Self.example.safetensors)
    #expect(found.names == Self.example.names)
    #expect(found.bufferNames == Self.example.bufferNames)
    #expect(found["z.weight"]?.applied.elements(of: Float.self) == [1, 0, 0, 0, 5, 0])
    #expect(
      found["z.weight"]?.mask?.elements(of: Bool.self) == [true, false, false, true, true, false])
    #expect(found["a.bias"]?.mask == nil)
    #expect(found[buffer: "bn.running_mean"]?.elements(of: Float.self) == [7])
    #expect(found[buffer: "bn.num_batches_tracked"]?.elements(of: Int.self) == [12])
  }

  @Test("Values outside a file's mask do not come back")
  func maskWins() throws {
    var file = Self.example.safetensors
    file.tensors["z.weight"] = Tensor(repeating: 3, shape: [2, 3])
    let found = try Self.reread(file)
    #expect(found["z.weight"]?.applied.elements(of: Float.self) == [3, 0, 0, 3, 3, 0])
  }

  @Test("A missing tensor, another shape, type or mask is a mismatch")
  func mismatches() {
    #expect(Self.code { $0.tensors["a.bias"] = nil } == .mismatched)
    #expect(Self.code { $0.tensors["bn.running_mean"] = nil } == .mismatched)
    #expect(Self.code { $0.tensors["a.bias"] = Tensor(repeating: 0, shape: [3]) } == .mismatched)
    #expect(Self.code { $0.tensors["a.bias"] = Tensor([1, 2]) } == .mismatched)
    #expect(Self.code { $0.tensors["a.bias"] = Tensor([1.0, 2]) } == .mismatched)
    #expect(Self.code { $0.tensors["z.weight#mask"] = Tensor([true]) } == .mismatched)
    #expect(
      Self.code { $0.tensors["z.weight#mask"] = Tensor(repeating: 1, shape: [2, 3]) }
        == .mismatched)
    #expect(Self.code { _ in } == nil)
  }
}
