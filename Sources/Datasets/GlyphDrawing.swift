// SPDX-License-Identifier: GPL-3.0-or-later

import Statistics

/// One picture of a glyph: where it lies, how large, thick and bright it is, and what disturbs it.
struct GlyphDrawing {
  /// Rows and columns of a picture.
  static let side = 28

  private struct Scratch {
    let start: Point
    let along: Point
    let squaredLength: Double
  }

  private let glyph: Glyph
  private let centre: Point
  private let size: Double
  private let stroke: Double
  private let cosine: Double
  private let sine: Double
  private let background: Double
  private let contrast: Double
  private let slope: Point
  private let noise: Double
  private let scratch: Scratch

  /// Draws everything but the noise of the pixels at random.
  init(_ glyph: Glyph, random: RandomStream) {
    let side = Double(Self.side)
    self.glyph = glyph
    size = random.uniform(in: 6.5..<10)
    let margin = size + 1
    centre = Point(
      x: random.uniform(in: margin..<side - margin), y: random.uniform(in: margin..<side - margin))
    stroke = random.uniform(in: 0.14..<0.26)
    // The tangent of at most 22 degrees, so that a cross never becomes a saltire.
    let tangent = random.uniform(in: -0.4..<0.4)
    cosine = 1 / (1 + tangent * tangent).squareRoot()
    sine = tangent * cosine
    background = random.uniform(in: 0.05..<0.25)
    contrast = random.uniform(in: 0.35..<0.75)
    slope = Point(x: random.uniform(in: -0.1..<0.1), y: random.uniform(in: -0.1..<0.1))
    noise = random.uniform(in: 0.02..<0.15)
    scratch = Self.scratch(random)
  }

  private static func scratch(_ random: RandomStream) -> Scratch {
    let side = Double(side)
    let start = Point(x: random.uniform(in: 0..<side), y: random.uniform(in: 0..<side))
    let along = Point(x: random.uniform(in: -12..<12), y: random.uniform(in: -12..<12))
    return Scratch(
      start: start, along: along, squaredLength: max(1, along.x * along.x + along.y * along.y))
  }

  /// The levels of the picture, row by row; the noise is drawn from the stream, one number a pixel.
  func levels(random: RandomStream) -> [UInt8] {
    let side = Self.side
    return (0..<side * side).map { index in
      let pixel = Point(x: Double(index % side) + 0.5, y: Double(index / side) + 0.5)
      let fromCentre = pixel.moved(by: -centre.x, -centre.y)
      let ink = coverage(fromCentre)
      let shade =
        background + (slope.x * fromCentre.x + slope.y * fromCentre.y) / Double(side)
        + contrast * max(ink, 0.6 * coverage(pixel, by: scratch)) + noise
        * (2 * random.uniform() - 1)
      return UInt8((min(max(shade, 0), 1) * 255).rounded())
    }
  }

  // The share of a pixel that the glyph covers; its edge is one pixel soft.
  private func coverage(_ offset: Point) -> Double {
    let turned = Point(
      x: (cosine * offset.x + sine * offset.y) / size,
      y: (cosine * offset.y - sine * offset.x) / size)
    return softened(glyph.distance(to: turned, stroke: stroke) * size)
  }

  private func coverage(_ pixel: Point, by scratch: Scratch) -> Double {
    let offset = pixel.moved(by: -scratch.start.x, -scratch.start.y)
    let share =
      (offset.x * scratch.along.x + offset.y * scratch.along.y) / scratch.squaredLength
    let nearest = min(max(share, 0), 1)
    let away = offset.moved(by: -nearest * scratch.along.x, -nearest * scratch.along.y)
    return softened(away.length - 0.7)
  }

  private func softened(_ distance: Double) -> Double {
    min(max(0.5 - distance, 0), 1)
  }
}
