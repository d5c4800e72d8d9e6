// SPDX-License-Identifier: GPL-3.0-or-later

import Testing
import Torch

@Suite("Multiply-adds", .timeLimit(.minutes(15)))
struct MultiplyAddsTests {
  private struct Interruption: Error {}

  private static let image = Tensor(repeating: 1, shape: [2, 3, 8, 6])

  @Test(
    "A convolution costs one for every output and weight of its filter", arguments: [false, true])
  func countsConvolution(isThin: Bool) throws {
    let weight = Tensor(repeating: 1, shape: [5, 3, 3, 3])
    let count = try MultiplyAdds.counted {
      _ =
        isThin
        ? Self.image.thinlyConvolved(weight: weight, bias: nil, stride: 2, padding: 1)
        : Self.image.convolved(weight: weight, bias: nil, stride: 2, padding: 1)
    }
    // 2 images · 5 filters · 4 × 3 positions · 3 channels · 3 × 3.
    #expect(count.dense == 2 * 5 * 4 * 3 * 27)
    #expect(count.effective == count.dense)
  }

  @Test("A linear layer costs inputs times outputs for every row", arguments: [false, true])
  func countsLinear(hasBias: Bool) throws {
    let count = try MultiplyAdds.counted {
      _ = Tensor(repeating: 1, shape: [7, 10]).linear(
        weight: Tensor(repeating: 1, shape: [4, 10]),
        bias: hasBias ? Tensor(repeating: 1, shape: [4]) : nil)
    }
    #expect(count.dense == 7 * 10 * 4)
    #expect(count.effective == count.dense)
  }

  @Test("Weights that are zero cost nothing effectively")
  func countsMaskedWeights() throws {
    var kernel = [Float](repeating: 1, count: 5 * 27)
    for index in 0..<27 { kernel[index] = 0 }
    var matrix = [Float](repeating: 1, count: 40)
    for index in 0..<30 { matrix[index] = 0 }
    let count = try MultiplyAdds.counted {
      _ = Self.image.convolved(weight: Tensor(kernel, shape: [5, 3, 3, 3]), bias: nil, padding: 1)
      _ = Tensor(repeating: 1, shape: [7, 10]).linear(
        weight: Tensor(matrix, shape: [4, 10]), bias: nil)
    }
    // One of five filters and three of four matrix elements are zero.
    #expect(count.dense == 2 * 5 * 48 * 27 + 280)
    #expect(count.effective == 2 * 4 * 48 * 27 + 70)
  }

  @Test("Counting ends with an error of what it counts")
  func endsAfterError() throws {
    #expect(throws: Interruption.self) { try MultiplyAdds.counted { throw Interruption() } }
    #expect(try MultiplyAdds.counted {} == MultiplyAdds.counted { _ = Self.image.relu })
    #expect(try MultiplyAdds.counted {}.dense == 0)
  }
}
