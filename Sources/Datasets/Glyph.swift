// SPDX-License-Identifier: GPL-3.0-or-later

/// The drawings that are the classes of the generated data set.
///
/// Each is given by how far a point lies outside its outline, negative inside, in units of its
/// size. The arithmetic is addition, multiplication, division and square root alone, whose results
/// IEEE 754 fixes to the last bit, so that the drawings are the same on every machine.
enum Glyph: String, CaseIterable {
  case disc, ring, square, frame, triangle, cross, saltire, bars, crescent, arrow

  /// How far a point lies outside the outline.
  ///
  /// - Parameters:
  ///   - point: The origin is the centre; the glyph reaches about 1 from it.
  ///   - stroke: Half the width of the lines of glyphs made of lines.
  /// - Returns: The distance, or a lower bound of it that is exact on the outline.
  func distance(to point: Point, stroke: Double) -> Double {
    switch self {
    case .disc: point.length - 0.85
    case .ring: abs(point.length - 0.75) - stroke
    case .square: Self.box(point, 0.75, 0.75)
    case .frame: abs(Self.box(point, 0.75, 0.75)) - stroke
    case .triangle: Self.triangle(point, 0.5)
    case .cross: Self.cross(point, stroke)
    case .saltire:
      Self.cross(
        Point(x: (point.x + point.y) / 2.0.squareRoot(), y: (point.x - point.y) / 2.0.squareRoot()),
        stroke)
    case .bars:
      Self.box(Point(x: point.x, y: abs(abs(point.y) - 0.35) - 0.35), 0.85, 0.75 * stroke)
    case .crescent: max(point.length - 0.85, 0.65 - point.moved(by: -0.45, 0).length)
    case .arrow:
      min(
        Self.box(point.moved(by: 0, -0.35), 0.75 * stroke, 0.6),
        Self.triangle(point.moved(by: 0, 0.4), 0.28))
    }
  }

  private static func box(_ point: Point, _ halfWidth: Double, _ halfHeight: Double) -> Double {
    let x = abs(point.x) - halfWidth
    let y = abs(point.y) - halfHeight
    return Point(x: max(x, 0), y: max(y, 0)).length + min(max(x, y), 0)
  }

  // Equal sides, one corner up (to negative y); the sides are `inner` away from the centre.
  private static func triangle(_ point: Point, _ inner: Double) -> Double {
    max(point.y, 3.0.squareRoot() / 2 * abs(point.x) - point.y / 2) - inner
  }

  private static func cross(_ point: Point, _ stroke: Double) -> Double {
    min(box(point, 0.95, stroke), box(point, stroke, 0.95))
  }
}

/// A place on the drawing board.
struct Point {
  var x: Double
  var y: Double

  var length: Double { (x * x + y * y).squareRoot() }

  func moved(by x: Double, _ y: Double) -> Point {
    Point(x: self.x + x, y: self.y + y)
  }
}
