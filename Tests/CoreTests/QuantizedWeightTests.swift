// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore
import Statistics
import Testing
import Torch

@Suite("Weights of a few bits", .timeLimit(.minutes(15)))
struct QuantizedWeightTests {
  private static let mask = Tensor([true, false, false, true, true, false], shape: [2, 3])
  private static let grid = QuantizationGrid(
    bits: 4, scale: Tensor([Float(0.5), 0.25]), zeroPoint: Tensor([Int8(-3), 2]))

  private static func weight(masked: Bool) -> Weight {
    .quantized(
      QuantizedTensor(
        Tensor([Float(1), .nan, 0.3, -1, 0.6, 7], shape: [2, 3]), on: grid,
        mask: masked ? mask : nil))
  }

  private static var example: ParameterSet {
    var set = ParameterSet()
    set["masked.weight"] = weight(masked: true)
    set["whole.weight"] = .quantized(
      QuantizedTensor(Tensor([Float(1), 0, -0.5, -1]), on: perTensor))
    set["bias"] = .dense(Tensor([Float(0.1), 0]))
    return set
  }

  private static let perTensor = QuantizationGrid(
    bits: 2, scale: Tensor([Float(1)]), zeroPoint: Tensor([Int8(0)]))

  @Test("A mask keeps zeros exactly zero, also where the code of zero is not zero")
  func maskedZeros() {
    let weight = Self.weight(masked: true)
    // (code − zero point) · scale of what is kept: 1/0.5 = 2; −1/0.25 = −4; 0.6/0.25 = 2.4.
    #expect(weight.applied.elements(of: Float.self) == [1, 0, 0, -1, 0.5, 0])
    #expect(weight.storedCount == 3 && weight.parameterCount == 6 && weight.bits == 4)
    #expect(weight.applied.elements(of: Float.self).allSatisfy { $0 != 0 || $0.sign == .plus })
  }

  @Test("New values keep grid and mask")
  func replacing() {
    let weight = Self.weight(masked: true).replacingValues(Tensor(repeating: 0.6, shape: [2, 3]))
    #expect(weight.applied.elements(of: Float.self) == [0.5, 0, 0, 0.5, 0.5, 0])
  }

  @Test("Other weights have the bits of their type")
  func otherBits() {
    #expect(Weight.dense(Tensor([Float(1)])).bits == 32)
    #expect(Weight.masking(Tensor([Float(1)]), with: Tensor([true])).bits == 32)
  }

  private static func expectSame(_ found: ParameterSet) {
    for (name, weight) in example.parameters {
      #expect(found[name]?.applied.bytes == weight.applied.bytes)
      #expect(found[name]?.mask?.bytes == weight.mask?.bytes)
      guard case .quantized(let tensor) = weight else { continue }
      guard case .quantized(let other) = found[name] else {
        Issue.record("\(name) came back as another kind")
        continue
      }
      #expect(other.codes.bytes == tensor.codes.bytes && other.grid.bits == tensor.grid.bits)
      #expect(other.grid.scale.bytes == tensor.grid.scale.bytes)
      #expect(other.grid.zeroPoint.bytes == tensor.grid.zeroPoint.bytes)
    }
  }

  @Test("A file brings back codes, scales, zero points and masks, also into a dense template")
  func roundTrips() throws {
    var dense = Self.example
    for (name, weight) in Self.example.parameters { dense[name] = .dense(weight.applied) }
    for template in [Self.example, dense] {
      let file = try Safetensors(decoding: Self.example.safetensors.encoded(), subject: "x")
      Self.expectSame(try ParameterSet(file, like: template, subject: "x"))
    }
  }

  @Test("Other programs are given the numbers under the plain names")
  func plain() {
    let plain = Self.example.plainTensors
    #expect(Set(plain.keys) == ["masked.weight", "whole.weight", "bias"])
    #expect(plain["masked.weight"]?.elements(of: Float.self) == [1, 0, 0, -1, 0.5, 0])
  }

  @Test(
    "Parts that do not fit are mismatched",
    arguments: [
      "masked.weight#scale", "masked.weight#zero", "masked.weight#bits", "masked.weight#codes",
      "zero scale", "endless scale", "three scales", "wide zero", "long zero", "codes beyond",
      "codes of another shape", "three bits", "mask of another shape",
    ])
  func misfits(what: String) {
    var file = Self.example.safetensors
    let name = "masked.weight"
    switch what {
    case "zero scale": file.tensors["\(name)#scale"] = Tensor([Float(0), 1])
    case "endless scale": file.tensors["\(name)#scale"] = Tensor([Float(1), .infinity])
    case "three scales": file.tensors["\(name)#scale"] = Tensor([Float(1), 1, 1])
    case "wide zero": file.tensors["\(name)#zero"] = Tensor([0, 0])
    case "long zero": file.tensors["\(name)#zero"] = Tensor([Int8(8), 0])
    case "codes beyond":
      file.tensors["\(name)#codes"] = Tensor([Int8(0), 0, 0, 8, 0, 0], shape: [2, 3])
    case "codes of another shape": file.tensors["\(name)#codes"] = Tensor([Int8(0)])
    case "three bits": file.tensors["\(name)#bits"] = Tensor([UInt8(3)])
    case "mask of another shape": file.tensors["\(name)#mask"] = Tensor([true])
    default: file.tensors[what] = nil
    }
    let error = #expect(throws: CheckpointError.self) {
      try ParameterSet(file, like: Self.example, subject: "x")
    }
    #expect(error?.code == .mismatched)
  }
}
