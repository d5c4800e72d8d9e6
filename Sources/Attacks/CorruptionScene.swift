// SPDX-License-Identifier: GPL-3.0-or-later

import Statistics
import Torch

/// Images about to be corrupted, from 0 to 1, with a random key for each.
///
/// Everything a corruption does to an image is a function of that image and its key: sums run within
/// one image and in a fixed order, so that no neighbour in the batch changes a bit.
struct CorruptionScene {
  /// `[N, C, H, W]`, float32.
  let images: Tensor
  /// The randomness of each image for this corruption and severity.
  let keys: [RandomKey]

  var count: Int { keys.count }
  var channels: Int { images.size(1) }
  var height: Int { images.size(2) }
  var width: Int { images.size(3) }

  /// The corrupted images, which may lie outside 0...1.
  func corrupted(_ kind: CorruptionKind, _ severity: Severity) -> Tensor {
    switch kind {
    case .gaussianNoise: gaussianNoise(severity)
    case .shotNoise: shotNoise(severity)
    case .impulseNoise: impulseNoise(severity)
    case .defocusBlur: defocusBlur(severity)
    case .glassBlur: glassBlur(severity)
    case .motionBlur: motionBlur(severity)
    case .zoomBlur: zoomBlur(severity)
    case .snow: snow(severity)
    case .frost: frost(severity)
    case .fog: fog(severity)
    case .brightness: brightness(severity)
    case .contrast: contrast(severity)
    case .elastic: elastic(severity)
    case .pixelate: pixelate(severity)
    case .jpeg: jpeg(severity)
    }
  }

  /// A number for each image, as `[N, 1, 1, 1]`.
  func perImage(_ values: [Double]) -> Tensor {
    Tensor(values.map(Float.init), shape: [count, 1, 1, 1])
  }
}
