// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore
import Statistics
import Testing
import Torch

@Suite("Numbers that weights are rounded to", .timeLimit(.minutes(15)))
struct QuantizationGridTests {
  private static func normal(_ shape: [Int], seed: UInt64, shift: Double = 0) -> Tensor {
    Tensor(shape: shape) {
      RandomKey(seed: seed).stream().fillNormal($0, mean: Float(shift), sigma: 0.3)
    }
  }

  private static func grid(
    _ values: Tensor, bits: Int, _ scheme: QuantizationGrid.Scheme, perChannel: Bool = false
  ) -> QuantizationGrid {
    let rows = perChannel ? values.flattenedExamples : values.reshaped([1, -1])
    return QuantizationGrid(
      bits: bits, low: rows.smallest(along: [1]), high: rows.largest(along: [1]), scheme: scheme)
  }

  private static func rounded(_ values: Tensor, _ grid: QuantizationGrid) -> Tensor {
    grid.values(of: grid.codes(of: values))
  }

  @Test(
    "An element moves by half a step at most", arguments: QuantizationGrid.widths,
    QuantizationGrid.Scheme.allCases)
  func errorIsBounded(bits: Int, scheme: QuantizationGrid.Scheme) {
    for (seed, shape) in [[7], [5, 9], [4, 3, 3, 2]].enumerated() {
      for shift in [-0.8, 0, 0.4, 2] {
        for perChannel in [false, true] {
          let values = Self.normal(shape, seed: UInt64(seed), shift: shift)
          let grid = Self.grid(values, bits: bits, scheme, perChannel: perChannel)
          let error = (Self.rounded(values, grid) - values).absolute.flattenedExamples
          let steps = error / grid.scale.reshaped([-1, 1])
          // Codes reach 127, and a product in single precision errs by 6e-8 of itself.
          #expect(steps.largest(along: [0, 1]).scalar <= 0.5 + 2e-5)
        }
      }
    }
  }

  @Test("Zero stays exactly zero", arguments: QuantizationGrid.widths)
  func zeroIsKept(bits: Int) {
    for shift in [-3.0, 0, 3] {
      let values = Self.normal([6, 8], seed: 4, shift: shift)
      for scheme in QuantizationGrid.Scheme.allCases {
        let grid = Self.grid(values, bits: bits, scheme, perChannel: true)
        let zeros = Self.rounded(values * 0, grid)
        #expect(zeros.nonZeroCount == 0)
      }
    }
  }

  /// Seven steps of one: halves go to the even neighbour.
  @Test("Ties go to the even code")
  func ties() {
    let values = Tensor([Float(0.5), 1.5, 2.5, -0.5, -1.5, 7, -7, 3.49])
    let grid = Self.grid(values, bits: 4, .symmetric)
    #expect(grid.scale.scalar == 1 && grid.zeroPoint.scalar == 0)
    #expect(grid.codes(of: values).elements(of: Int8.self) == [0, 2, 2, 0, -2, 7, -7, 3])
  }

  @Test("Two bits by hand: three steps from the smallest to the largest")
  func affineByHand() {
    let values = Tensor([Float(-1), 0, 0.4, 2])
    let grid = Self.grid(values, bits: 2, .affine)
    #expect(grid.scale.scalar == 1 && grid.zeroPoint.scalar == -1)
    #expect(grid.codes(of: values).elements(of: Int8.self) == [-2, -1, -1, 1])
    #expect(Self.rounded(values, grid).elements(of: Float.self) == [-1, 0, 0, 2])
  }

  @Test("Positive elements take all codes of an affine grid, and half of a symmetric one")
  func positiveElements() {
    let values = Tensor((0...100).map { Float($0) / 100 })
    #expect(Self.grid(values, bits: 8, .affine).zeroPoint.scalar == -128)
    let codes = Self.grid(values, bits: 8, .symmetric).codes(of: values).elements(of: Int8.self)
    #expect(codes.min() == 0 && codes.max() == 127)
  }

  @Test("A channel of small weights keeps its own distances", arguments: [8, 4])
  func channels(bits: Int) {
    let values = Self.normal([3, 50], seed: 8) * Tensor([Float(1), 0.01, 100], shape: [3, 1])
    func errors(perChannel: Bool) -> [Float] {
      let grid = Self.grid(values, bits: bits, .symmetric, perChannel: perChannel)
      return (Self.rounded(values, grid) - values).power(2).sum(along: [1]).elements(of: Float.self)
    }
    let (own, shared) = (errors(perChannel: true), errors(perChannel: false))
    #expect(own[0] < shared[0] / 20 && own[1] < shared[1] / 20)
    #expect(own[2] == shared[2], "the widest channel sets the distance for all")
  }

  @Test("Layers of zeros and of numbers too small or too large to divide by are safe")
  func extremes() {
    for value in [0, Float.leastNonzeroMagnitude, 1e38] {
      for scheme in QuantizationGrid.Scheme.allCases {
        let values = Tensor([value, -value, value / 2, 0])
        let found = Self.rounded(values, Self.grid(values, bits: 8, scheme))
        #expect(found.isFinite.elements(of: Bool.self).allSatisfy { $0 })
        #expect(found.elements(of: Float.self)[3] == 0)
      }
    }
  }

  /// The sum of `a · q(w)²` has the gradient `2 · a · q(w)`, as if rounding were nothing.
  @Test("The straight-through gradient is that of the numbers themselves, by hand")
  func straightThrough() {
    let values = Tensor([Float(0.6), -1.2, 3, 0.2])
    let factors = Tensor([Float(1), 2, -1, 5])
    let grid = Self.grid(Tensor([Float(7), -7]), bits: 4, .symmetric)
    let leaf = values.leaf
    let rounded = grid.rounding(leaf)
    #expect(rounded.elements(of: Float.self) == [1, -1, 3, 0])
    let gradient = (factors * rounded * rounded).sum.gradient(withRespectTo: leaf)
    #expect(gradient.elements(of: Float.self) == [2, -4, -6, 0])
  }

  @Test("What training sees is what is stored, bit by bit", arguments: [8, 4, 2])
  func trainingSeesStored(bits: Int) {
    let values = Self.normal([9, 31], seed: 2)
    let grid = Self.grid(values, bits: bits, .affine, perChannel: true)
    #expect(grid.rounding(values).bytes == Self.rounded(values, grid).bytes)
  }
}
