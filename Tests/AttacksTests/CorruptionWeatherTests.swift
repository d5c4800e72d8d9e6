// SPDX-License-Identifier: GPL-3.0-or-later

import Statistics
import Testing
import Torch

@testable import Attacks

@Suite("Weather and the tables", .timeLimit(.minutes(15)))
struct CorruptionWeatherTests {
  private func corrupted(_ kind: CorruptionKind, _ severity: Int, _ images: Tensor) -> [Double] {
    CorruptionCase(kind: kind, severity: severity).corrupted(images)
      .elements(of: Float.self).map(Double.init)
  }

  @Test("The smallest fractal by hand")
  func smallestFractal() {
    let key = RandomKey(seed: 3)
    let heights = PlasmaFractal.heights(side: 2, decay: 3, key.stream())
    let stream = key.stream()
    let center = 100 * stream.uniform(in: -100..<100)
    let right = center / 2 + 100 * stream.uniform(in: -100..<100)
    let below = center / 2 + 100 * stream.uniform(in: -100..<100)
    let raw = [0, right, below, center]
    let (low, high) = (min(0, right, below, center), max(0, right, below, center))
    for (height, value) in zip(heights, raw) {
      #expect(abs(height - (value - low) / (high - low)) < 1e-12)
    }
  }

  @Test("A fractal spans 0...1, its edges meet, and decay smooths it")
  func fractal() {
    func roughness(_ heights: [Double], _ side: Int) -> (inside: Double, seam: Double) {
      var (inside, seam) = (0.0, 0.0)
      for row in 0..<side {
        for column in 0..<side {
          let step = abs(heights[row * side + column] - heights[row * side + (column + 1) % side])
          if column == side - 1 { seam += step } else { inside += step }
        }
      }
      return (inside / Double(side * (side - 1)), seam / Double(side))
    }
    var rough: [Double] = []
    for decay in [1.75, 3] {
      let parts = (0..<40).map { seed in
        let heights = PlasmaFractal.heights(
          side: 32, decay: decay, RandomKey(seed: UInt64(seed)).stream())
        #expect(heights.min() == 0 && heights.max() == 1)
        return roughness(heights, 32)
      }
      let inside = parts.map(\.inside).reduce(0, +) / 40
      let seam = parts.map(\.seam).reduce(0, +) / 40
      #expect(abs(seam / inside - 1) < 0.5, "a seam would stand out by a factor")
      rough.append(inside)
    }
    #expect(rough[0] > 1.2 * rough[1])
  }

  @Test("Fog over white runs from 1 / (1 + density) to 1, and keeps black black")
  func fog() throws {
    for (severity, density) in zip(1...5, [0.2, 0.5, 0.75, 1, 1.5]) {
      let result = corrupted(.fog, severity, Tensor(repeating: 1, shape: [1, 3, 32, 32]))
      #expect(abs(try #require(result.min()) - 1 / (1 + density)) < 1e-6)
      #expect(abs(try #require(result.max()) - 1) < 1e-6)
      let black = corrupted(.fog, severity, Tensor(repeating: 0, shape: [1, 1, 28, 28]))
      #expect(black.allSatisfy { $0 == 0 })
    }
  }

  @Test("Snow over black is a veil and trails that half a turn leaves as they are")
  func snow() {
    for (severity, kept) in zip(1...5, [0.95, 0.9, 0.9, 0.85, 0.8]) {
      let result = corrupted(.snow, severity, Tensor(repeating: 0, shape: [1, 1, 28, 28]))
      let veil = 0.5 * (1 - kept)
      #expect(result.allSatisfy { $0 >= veil - 1e-6 })
      #expect(result.contains { $0 > veil + 0.1 }, "some of it is snow")
      #expect(zip(result, result.reversed()).allSatisfy { abs($0 - $1) < 1e-6 })
    }
  }

  @Test("Frost over black is ice of the stated share, no darker than a grey")
  func frost() throws {
    for (severity, share) in zip(1...5, [0.2, 0.3, 0.4, 0.4, 0.45]) {
      let result = corrupted(.frost, severity, Tensor(repeating: 0, shape: [4, 3, 32, 32]))
      let (low, high) = (try #require(result.min()), try #require(result.max()))
      #expect(low >= 0.3 * share - 1e-6 && high <= share + 1e-6)
      #expect(high > 0.9 * share && low < 0.35 * share, "veins and gaps")
    }
  }

  @Test("Every corruption has five rows of its parameters, and the file names its source")
  func table() {
    let table = SeverityTable.builtIn
    #expect(table.source.contains("arXiv:1903.12261"))
    #expect(Set(table.kinds.keys) == Set(CorruptionKind.allCases.map(\.rawValue)))
    for kind in table.kinds.values {
      #expect(kind.severities.count == 5)
      #expect(kind.severities.allSatisfy { $0.count == kind.parameters.count })
      #expect(Set(kind.lengths ?? []).union(kind.shares ?? []).isSubset(of: Set(kind.parameters)))
    }
  }

  @Test("Lengths grow above 32 pixels and stay below; shares follow the side")
  func scaling() {
    let table = SeverityTable.builtIn
    let radii = [16, 28, 32, 64, 224].map {
      table.severity(5, of: .motionBlur, side: $0)["radius"]
    }
    #expect(radii == [9, 9, 9, 18, 63])
    #expect(table.severity(2, of: .elastic, side: 50)["strength"] == 2.5)
    #expect(table.severity(2, of: .gaussianNoise, side: 224)["sigma"] == 0.06)
    #expect(table.severity(1, of: .glassBlur, side: 64)["rounds"] == 1)
  }
}
