// SPDX-License-Identifier: GPL-3.0-or-later

import Testing
import Torch

@Suite("Memory of tensors", .timeLimit(.minutes(15)))
struct TensorMemoryTests {
  @Test("Elements come back as they were given, in row-major order")
  func roundTrips() {
    #expect(
      Tensor([1.5, -2, 3, Double.infinity], shape: [2, 2]).elements(of: Double.self)
        == [1.5, -2, 3, .infinity])
    #expect(Tensor([Float(0.1), 0.2]).elements(of: Float.self) == [0.1, 0.2])
    #expect(Tensor([Int.max, Int.min]).elements(of: Int.self) == [Int.max, Int.min])
    #expect(Tensor([true, false]).elements(of: Bool.self) == [true, false])
  }

  @Test(
    "Every element type has its size and keeps its bytes",
    arguments: [
      (ElementType.float32, 4), (.float64, 8), (.float16, 2), (.bfloat16, 2), (.int64, 8),
      (.int32, 4), (.uint8, 1), (.int8, 1),
    ])
  func keepsBytes(type: ElementType, size: Int) {
    #expect(type.bytes == size)
    let bytes = (0..<UInt8(3 * size)).map { $0 }
    let tensor = Tensor(bytes: bytes[...], shape: [3], type: type)
    #expect(tensor.elementType == type)
    #expect(tensor.bytes == bytes)
  }

  @Test("Bytes of half precision are IEEE's")
  func halfPrecision() {
    // 1.5 is 0x3E00 in half precision and 0x3FC0 in bfloat16, least significant byte first.
    #expect(Tensor([1.5]).cast(to: .float16).bytes == [0x00, 0x3E])
    #expect(Tensor([1.5]).cast(to: .bfloat16).bytes == [0xC0, 0x3F])
  }

  @Test("A tensor can be empty, and one number")
  func extremes() {
    let empty = Tensor([Float](), shape: [0, 4])
    #expect(empty.shape == [0, 4] && empty.count == 0 && empty.elements(of: Float.self).isEmpty)
    let number = Tensor([3.5], shape: [])
    #expect(number.rank == 0 && number.count == 1 && number.scalar == 3.5)
  }

  @Test("Scalars of every kind read as doubles")
  func scalars() {
    #expect(Tensor([7]).scalar == 7)
    #expect(Tensor([true]).scalar == 1)
    #expect(Tensor([2.5]).cast(to: .float16).scalar == 2.5)
  }

  @Test("A view of other strides is read in row-major order")
  func readsViews() {
    let tensor = Tensor([1.0, 2, 3, 4, 5, 6], shape: [2, 3]).transposed(0, 1).slice(1..<3)
    #expect(tensor.elements(of: Double.self) == [2, 5, 3, 6])
  }

  @Test("A copy has memory of its own; the CPU is a device like any other")
  func copies() {
    let tensor = Tensor([1.0])
    let copy = tensor.copy
    tensor.multiplyInPlace(5)
    #expect(copy.scalar == 1)
    #expect(tensor.moved(to: "cpu").scalar == 5)
  }
}
