// SPDX-License-Identifier: GPL-3.0-or-later

import Statistics
import Torch

/// Noise: every value of every channel by itself.
extension CorruptionScene {
  private var shape: [Int] { Array(images.shape.dropFirst()) }

  /// Adds normal noise.
  func gaussianNoise(_ severity: Severity) -> Tensor {
    images + keys.field(shape, "noise") { $0.fillNormal($1, sigma: Float(severity["sigma"])) }
  }

  /// Counts photons, of which a white pixel expects a given number.
  func shotNoise(_ severity: Severity) -> Tensor {
    let photons = severity["photons"]
    let counts = (images.clamped(to: 0...1) * photons).contiguous.copy
    let size = shape.reduce(1, *)
    counts.withMutableElements(of: Float.self) { values in
      for (position, key) in keys.enumerated() {
        let stream = key.split("photons").stream()
        for index in position * size..<(position + 1) * size {
          values[index] = Float(stream.poisson(mean: Double(values[index])))
        }
      }
    }
    return counts / photons
  }

  /// Sets a share of the values to black or white, each with the same chance.
  func impulseNoise(_ severity: Severity) -> Tensor {
    let draws = keys.field(shape, "impulses") { $0.fillUniform($1, low: 0, high: 1) }
    let half = severity["share"] / 2
    let salted = (draws .< half).select(Tensor(repeating: 1, shape: []), else: images)
    return (draws .> 1 - half).select(Tensor(repeating: 0, shape: []), else: salted)
  }
}
