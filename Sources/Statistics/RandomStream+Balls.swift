// SPDX-License-Identifier: GPL-3.0-or-later

import CGSL

private typealias Point = UnsafeMutableBufferPointer<Float>

/// Points uniform in balls and on spheres around zero, for one example of `count` values.
///
/// Uniform means by volume in a ball and by surface on a sphere. Most of a ball's volume lies near
/// its surface: in d dimensions the share tᵈ lies within t times the radius.
///
/// No point leaves the ball, its norm summed exactly over the stored `Float` values: lengths are
/// drawn for a radius shorter by one part in 2²³, more than rounding can add back.
extension RandomStream {
  /// Fills with a point uniform in the cube of values from −radius to radius.
  public func fillLInfBall(_ values: UnsafeMutableBufferPointer<Float>, radius: Float) {
    precondition(radius >= 0, "a radius is not negative")
    fillUniform(values, low: -radius, high: radius)
  }

  /// Fills with a point uniform on the surface of that cube: one value is exactly the radius.
  public func fillLInfSphere(_ values: UnsafeMutableBufferPointer<Float>, radius: Float) {
    guard !values.isEmpty else { return }
    fillLInfBall(values, radius: radius)
    values[integer(below: values.count)] = bits() >> 31 == 0 ? radius : -radius
  }

  /// Fills with a point uniform in the Euclidean ball.
  public func fillL2Ball(_ values: UnsafeMutableBufferPointer<Float>, radius: Float) {
    fillL2(values, length: ballLength(radius, dimensions: values.count))
  }

  /// Fills with a point uniform on the Euclidean sphere.
  public func fillL2Sphere(_ values: UnsafeMutableBufferPointer<Float>, radius: Float) {
    fillL2(values, length: Double(radius))
  }

  /// Fills with a point uniform in the set of points whose absolute values sum to at most the radius.
  public func fillL1Ball(_ values: UnsafeMutableBufferPointer<Float>, radius: Float) {
    fillL1(values, length: ballLength(radius, dimensions: values.count))
  }

  /// Fills with a point uniform on the surface of that set.
  public func fillL1Sphere(_ values: UnsafeMutableBufferPointer<Float>, radius: Float) {
    fillL1(values, length: Double(radius))
  }

  /// Draws the distance from the centre of a point uniform in a ball, of any norm.
  private func ballLength(_ radius: Float, dimensions: Int) -> Double {
    guard dimensions > 0 else { return 0 }
    let share = withGenerator { gsl_rng_uniform_pos($0) }
    return Double(radius) * GSL.exp(GSL.log(share) / Double(dimensions))
  }

  /// A normal vector points in every direction with equal density.
  private func fillL2(_ values: Point, length: Double) {
    precondition(length >= 0, "a radius is not negative")
    guard !values.isEmpty else { return }
    var norm = 0.0
    repeat {
      fillNormal(values)
      norm = values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    } while norm == 0
    scale(values, by: length / norm)
  }

  /// Laplace values divided by the sum of their sizes: signed exponentials, so sizes that are
  /// uniform on the simplex, with fair signs.
  private func fillL1(_ values: Point, length: Double) {
    precondition(length >= 0, "a radius is not negative")
    guard !values.isEmpty else { return }
    var norm = 0.0
    repeat {
      fillLaplace(values)
      norm = values.reduce(0) { $0 + Double($1.magnitude) }
    } while norm == 0
    scale(values, by: length / norm)
  }

  private func scale(_ values: Point, by factor: Double) {
    let inward = factor * (1 - 0x1p-23)
    for index in values.indices {
      values[index] = Float(Double(values[index]) * inward)
    }
  }
}
