// SPDX-License-Identifier: GPL-3.0-or-later

import Statistics
import Torch

/// Weather: a random layer of light over the image, and plain light.
extension CorruptionScene {
  /// Whitens the image and lays bright trails over it, and the same trails turned by half a turn.
  func snow(_ severity: Severity) -> Tensor {
    let flakes = keys.field([1, height, width], "snow") {
      $0.fillNormal($1, mean: Float(severity["mean"]), sigma: Float(severity["sigma"]))
    }
    let near = enlarged(flakes, by: severity["zoom"])
    let thick = (near .< severity["threshold"]).select(Tensor(repeating: 0, shape: []), else: near)
    let angles = keys.uniform(1, in: -135..<(-45), "angle").map { $0[0] }
    let trails = trailed(
      thick.clamped(to: 0...1), radius: severity["blur-radius"], sigma: severity["blur-sigma"],
      degrees: angles)
    let turned = trails.rows(Tensor(Array((0..<height).reversed())), along: 2)
      .rows(Tensor(Array((0..<width).reversed())), along: 3)
    let kept = severity["kept"]
    let white = images.maximum(grey * 1.5 + 0.5)
    return images * kept + white * (1 - kept) + trails + turned
  }

  /// Lays ice over the image, in place of the photographs of ice that the published code has.
  ///
  /// The ice is the larger of two ridged plasma fractals, sharpened by their third power, over a grey
  /// of 0.3: bright veins that cross.
  func frost(_ severity: Severity) -> Tensor {
    let veins = ridges("ice/0").maximum(ridges("ice/1"))
    let ice = veins * veins * veins * 0.7 + 0.3
    return images * severity["image"] + ice * severity["frost"]
  }

  /// Lays a plasma fractal over the image and scales both back to the image's brightest value.
  func fog(_ severity: Severity) -> Tensor {
    let density = severity["density"]
    let brightest = images.largest(along: [1, 2, 3], keeping: true)
    let fogged = images + plasma(decay: severity["decay"], "fog") * density
    return fogged * brightest / (brightest + density)
  }

  /// Raises the value of each pixel's hue, saturation and value.
  ///
  /// The value is the largest channel, so all channels grow by the same factor; black becomes grey.
  func brightness(_ severity: Severity) -> Tensor {
    let value = images.largest(along: [1], keeping: true)
    let raised = (value + severity["shift"]).clamped(to: 0...1)
    let isBlack = (value .> 0).not
    // Divided by one where black, as the quotient is computed there too.
    let share = images / isBlack.select(Tensor(repeating: 1, shape: []), else: value)
    return isBlack.select(raised, else: share * raised)
  }

  /// The luma of three channels, else their mean: `[N, 1, H, W]`.
  private var grey: Tensor {
    let weights =
      channels == 3
      ? [0.299, 0.587, 0.114] : Array(repeating: 1 / Double(channels), count: channels)
    return AxisMap(weights: [weights]).applied(to: images, along: 1)
  }

  /// One where a rough plasma fractal is half its height, less where it is higher or lower.
  private func ridges(_ purpose: String) -> Tensor {
    -(plasma(decay: 1.6, purpose) * 2 - 1).absolute + 1
  }

  /// A plasma fractal for each image, from 0 to 1: `[N, 1, H, W]`.
  private func plasma(decay: Double, _ purpose: String) -> Tensor {
    var side = 2
    while side < max(height, width) { side *= 2 }
    return keys.field([1, height, width], purpose) { stream, values in
      let heights = PlasmaFractal.heights(side: side, decay: decay, stream)
      for index in values.indices {
        values[index] = Float(heights[index / width * side + index % width])
      }
    }
  }
}
