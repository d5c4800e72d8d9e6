// SPDX-License-Identifier: GPL-3.0-or-later

import Statistics
import Testing
import Torch

@testable import Attacks

/// Other programs are the truth: Pillow, ImageMagick and SciPy.
@Suite("Corruptions as other programs make them", .timeLimit(.minutes(15)))
struct CorruptionFixtureTests {
  private let fixture: CorruptionFixture

  init() throws { fixture = try CorruptionFixture.read() }

  private func differences(_ result: Tensor, _ truth: [Double], scale: Double) -> [Double] {
    let values = result.elements(of: Float.self).map { Double($0) * scale }
    #expect(values.count == truth.count)
    return zip(values, truth).map { abs($0 - $1) }
  }

  @Test("JPEG loses what libjpeg loses")
  func jpeg() throws {
    let cases = fixture.cases.filter { $0.kind == "jpeg" }
    #expect(cases.count == 15)
    for item in cases {
      let images = try fixture.images(item.picture)
      let result = JPEGRoundTrip(quality: Int(item.numbers[0])).applied(to: images)
      let gaps = differences(result, item.levels, scale: 255)
      let mean = gaps.reduce(0, +) / Double(gaps.count)
      let worst = gaps.max() ?? 0
      // Theirs rounds its inverse transform and its colours in other places, by a level each.
      #expect(worst <= 2.01, "\(item.picture) \(item.numbers)")
      #expect(mean <= 0.07, "\(item.picture) \(item.numbers)")
    }
  }

  @Test("Pixelation is Pillow's box filter, but for its rounding to levels")
  func pixelate() throws {
    let cases = fixture.cases.filter { $0.kind == "pixelate" }
    #expect(cases.count == 6)
    for item in cases {
      let images = try fixture.images(item.picture)
      let scene = CorruptionScene(images: images, keys: [RandomKey(seed: 1)])
      let result = scene.pixelate(Severity(values: ["share": item.numbers[0]]))
      let worst = differences(result, item.levels, scale: 255).max() ?? .infinity
      #expect(worst <= 1.001, "two roundings of half a level; \(item.picture) \(item.numbers)")
    }
  }

  @Test("Motion blur is ImageMagick's, but for its rounding to levels")
  func motion() throws {
    let cases = fixture.cases.filter { $0.kind == "motion" }
    #expect(cases.count == 4)
    for item in cases {
      let scene = CorruptionScene(
        images: try fixture.images(item.picture), keys: [RandomKey(seed: 1)])
      let result = scene.trailed(
        scene.images, radius: item.numbers[0], sigma: item.numbers[1], degrees: [item.numbers[2]])
      let worst = differences(result, item.levels, scale: 255).max() ?? .infinity
      #expect(worst < 1, "it cuts levels off; \(item.numbers)")
    }
  }

  @Test("Enlargement and normal blur are SciPy's")
  func axisMaps() throws {
    let cases = fixture.cases.filter { ["zoom", "gaussian"].contains($0.kind) }
    #expect(cases.count == 8)
    for item in cases {
      let images = try fixture.images(item.picture)
      let side = images.size(2)
      let map =
        item.kind == "zoom"
        ? AxisMap.zoom(side, by: item.numbers[0])
        : .gaussian(side, sigma: item.numbers[0], truncation: 4, border: .replicated)
      let result = AxisMap.applied(map, map, to: images)
      let worst = differences(result, item.floats, scale: 1).max() ?? .infinity
      #expect(worst <= 2e-6, "single precision; \(item.kind) \(item.numbers)")
    }
  }
}
