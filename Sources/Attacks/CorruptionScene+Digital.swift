// SPDX-License-Identifier: GPL-3.0-or-later

import Statistics
import Torch

/// What screens, lenses and files do.
extension CorruptionScene {
  /// Draws every value towards the mean of its channel.
  func contrast(_ severity: Severity) -> Tensor {
    let means = images.cast(to: .float64).mean(along: [2, 3], keeping: true).cast(to: .float32)
    return (images - means) * severity["factor"] + means
  }

  /// Fewer pixels, each the mean of what it covers, enlarged again without smoothing.
  func pixelate(_ severity: Severity) -> Tensor {
    func fewer(_ size: Int) -> Int { max(1, Int(Double(size) * severity["share"])) }
    let (rows, columns) = (fewer(height), fewer(width))
    let small = AxisMap.applied(
      .box(from: height, to: rows), .box(from: width, to: columns), to: images)
    return AxisMap.applied(
      .box(from: rows, to: height), .box(from: columns, to: width), to: small)
  }

  /// Stores the image as JPEG and reads it again.
  func jpeg(_ severity: Severity) -> Tensor {
    JPEGRoundTrip(quality: Int(severity["quality"])).applied(to: images)
  }

  /// An affine map that moves three points at random, then a smooth random displacement.
  func elastic(_ severity: Severity) -> Tensor {
    let sheared = warped(images, shearedPlaces(severity["shear"]))
    guard severity["strength"] > 0 else { return sheared }
    let places = grid
    let columns = places.x + displacement("elastic/x", severity)
    let rows = places.y + displacement("elastic/y", severity)
    return warped(sheared, (columns, rows))
  }

  private typealias Places = (x: Tensor, y: Tensor)

  /// The place of every pixel: `[1, 1, W]` and `[1, H, 1]`, float64.
  private var grid: Places {
    (
      Tensor((0..<width).map(Double.init), shape: [1, 1, width]),
      Tensor((0..<height).map(Double.init), shape: [1, height, 1])
    )
  }

  /// Uniform noise, smoothed and scaled: `[N, H, W]`, float64.
  private func displacement(_ purpose: String, _ severity: Severity) -> Tensor {
    let noise = keys.field([height, width], purpose) { $0.fillUniform($1, low: -1, high: 1) }
    let smooth = AxisMap.applied(
      .gaussian(height, sigma: severity["smoothness"], truncation: 3, border: .reflected),
      .gaussian(width, sigma: severity["smoothness"], truncation: 3, border: .reflected),
      to: noise.cast(to: .float64))
    return smooth * severity["strength"]
  }

  /// Where each pixel comes from when three points move, each coordinate by at most `shear` pixels.
  private func shearedPlaces(_ shear: Double) -> Places {
    let reach = Double(max(1, min(height, width) / 3))
    let (middleX, middleY) = (Double(width / 2), Double(height / 2))
    let corners = [(reach, reach), (reach, -reach), (-reach, -reach)]
    let maps = keys.map { key in
      let stream = key.split("elastic/shear").stream()
      let moved = corners.map { corner in
        (
          corner.0 + stream.uniform(in: -shear..<shear),
          corner.1 + stream.uniform(in: -shear..<shear)
        )
      }
      return AffineMap(taking: moved, to: corners)
    }
    func coefficient(_ value: (AffineMap) -> Double) -> Tensor {
      Tensor(maps.map(value), shape: [count, 1, 1])
    }
    let (x, y) = (grid.x - middleX, grid.y - middleY)
    return (
      coefficient(\.xx) * x + coefficient(\.xy) * y + coefficient(\.x) + middleX,
      coefficient(\.yx) * x + coefficient(\.yy) * y + coefficient(\.y) + middleY
    )
  }

  /// The images with each pixel taken from a place, mirrored beyond the edge.
  private func warped(_ images: Tensor, _ places: Places) -> Tensor {
    func scaled(_ place: Tensor, _ size: Int) -> Tensor {
      let full = place + Tensor(repeating: 0, shape: [1, height, width], type: .float64)
      return (full * (2 / Double(max(size - 1, 1))) - 1).reshaped([count, height, width, 1])
    }
    let grid = Tensor.concatenated([scaled(places.x, width), scaled(places.y, height)], along: 3)
    return images.sampled(
      at: grid.cast(to: .float32), border: .mirrored, endsAreCenters: true)
  }
}

/// A map of the plane, `(xx · x + xy · y + x₀, yx · x + yy · y + y₀)`.
struct AffineMap {
  let xx, xy, x, yx, yy, y: Double

  typealias Point = (x: Double, y: Double)

  /// The map that takes three points, not on one line, to three others.
  init(taking points: [Point], to targets: [Point]) {
    let (a, b) = (points[1], points[2])
    let origin = points[0]
    let (ax, ay) = (a.x - origin.x, a.y - origin.y)
    let (bx, by) = (b.x - origin.x, b.y - origin.y)
    let determinant = ax * by - ay * bx
    func solved(_ values: [Double]) -> (Double, Double, Double) {
      let (p, q) = (values[1] - values[0], values[2] - values[0])
      let first = (p * by - q * ay) / determinant
      let second = (q * ax - p * bx) / determinant
      return (first, second, values[0] - first * origin.x - second * origin.y)
    }
    (xx, xy, x) = solved(targets.map(\.x))
    (yx, yy, y) = solved(targets.map(\.y))
  }
}
