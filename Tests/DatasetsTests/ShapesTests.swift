// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

@testable import Datasets

@Suite("Generated shapes", .timeLimit(.minutes(15)))
struct ShapesTests {
  private let small = Dataset.shapes(seed: 1, train: 40, test: 20)

  @Test("The same pictures come out on every machine")
  func digest() {
    #expect(small.sha256 == "4d46b055c13c21bdf5043bec32aca6918c59423fc8efa92c6630d79af09d34ff")
  }

  @Test("More pictures, or none to train on, change no picture")
  func prefixes() {
    let fewer = Dataset.shapes(seed: 1, train: 0, test: 7)
    #expect(fewer.train == nil)
    #expect(fewer.test.pixels == small.test[0..<7].pixels)
  }

  @Test("Another seed gives other pictures, and no picture comes twice")
  func seeds() {
    let other = Dataset.shapes(seed: 2, train: 40, test: 20)
    var all: Set<[Float]> = []
    for part in [small.train, other.train, small.test, other.test] {
      for index in 0..<(part?.count ?? 0) {
        all.insert(part?.inputs(of: index..<index + 1) ?? [])
      }
    }
    #expect(all.count == 120)
    #expect(other.sha256 != small.sha256)
  }

  @Test("Classes take turns")
  func turns() {
    #expect(small.test.labels == Array(0..<10) + Array(0..<10))
  }

  @Test("The catalog's data set is the one that its manifest describes")
  func catalog() throws {
    let manifest = try DatasetCatalog().manifest(named: "shapes")
    #expect(manifest.classes == Glyph.allCases.map(\.rawValue))
    #expect(manifest.generator == .init(seed: 1, train: 6000, test: 1000))
    var shorter = manifest
    shorter.generator = .init(seed: 1, train: 40, test: 20)
    guard case .images(let data) = try DatasetLoader(manifest: shorter, folder: ".").load() else {
      Issue.record("texts were drawn")
      return
    }
    #expect(data.name == "shapes")
    #expect(data.sha256 == small.sha256)
    shorter.shape = [3, 28, 28]
    let odd = shorter
    #expect(
      failure { _ = try DatasetLoader(manifest: odd, folder: ".").load() }?.code == .badManifest)
  }

  @Test("Each glyph covers the area that geometry says", arguments: [0.15, 0.25])
  func areas(stroke: Double) {
    let lens = Self.lens(0.85, 0.65, apart: 0.45)
    let bar = 2 * 0.75 * stroke
    let areas: [Glyph: Double] = [
      .disc: .pi * 0.85 * 0.85,
      .ring: 4 * .pi * 0.75 * stroke,
      .square: 1.5 * 1.5,
      .frame: 12 * stroke - 4 * stroke * stroke + .pi * stroke * stroke,
      .triangle: 3 * 3.0.squareRoot() * 0.25,
      .cross: 2 * 1.9 * 2 * stroke - 4 * stroke * stroke,
      .saltire: 2 * 1.9 * 2 * stroke - 4 * stroke * stroke,
      .bars: 3 * 1.7 * bar,
      .crescent: .pi * 0.85 * 0.85 - lens,
      // The shaft reaches 0.13 into the head.
      .arrow: (1.2 - 0.13) * bar + 3 * 3.0.squareRoot() * 0.28 * 0.28,
    ]
    for glyph in Glyph.allCases {
      let steps = 400
      let cell = 2.4 / Double(steps)
      var inside = 0
      for index in 0..<steps * steps {
        let point = Point(
          x: (Double(index % steps) + 0.5) * cell - 1.2,
          y: (Double(index / steps) + 0.5) * cell - 1.2)
        if glyph.distance(to: point, stroke: stroke) < 0 { inside += 1 }
      }
      let found = Double(inside) * cell * cell
      let expected = areas[glyph] ?? 0
      #expect(abs(found - expected) < 0.02, "\(glyph): cells of 0.006 along edges of up to 15")
    }
  }

  // The area common to two circles (Weisstein, "Circle-Circle Intersection", MathWorld, eq. 14).
  private static func lens(_ first: Double, _ second: Double, apart: Double) -> Double {
    let (a, b, d) = (first * first, second * second, apart * apart)
    let product =
      (-apart + first + second) * (apart + first - second) * (apart - first + second)
      * (apart + first + second)
    return a * acos((d + a - b) / (2 * apart * first))
      + b * acos((d + b - a) / (2 * apart * second)) - 0.5 * product.squareRoot()
  }
}
