// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Statistics
import Testing
import Torch

@testable import Attacks

/// What the formulas say, by their closed forms.
@Suite("Corruptions by their closed forms", .timeLimit(.minutes(15)))
struct CorruptionFormTests {
  private func corrupted(
    _ kind: CorruptionKind, _ severity: Int, _ images: Tensor, seed: UInt64 = 3
  ) -> Tensor {
    CorruptionCase(kind: kind, severity: severity).corrupted(images, seed: seed)
  }

  private func flat(_ value: Double, _ shape: [Int]) -> Tensor {
    Tensor(repeating: value, shape: shape)
  }

  private func values(_ tensor: Tensor) -> [Double] {
    tensor.elements(of: Float.self).map(Double.init)
  }

  private func moments(_ values: [Double]) -> (mean: Double, variance: Double) {
    let mean = values.reduce(0, +) / Double(values.count)
    let sum = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (mean, sum / Double(values.count - 1))
  }

  @Test("Normal noise has its deviation", arguments: zip(1...5, [0.04, 0.06, 0.08, 0.09, 0.1]))
  func gaussianNoise(severity: Int, sigma: Double) {
    let noise = moments(values(corrupted(.gaussianNoise, severity, flat(0.5, [8, 3, 32, 32]))))
    let count = 8.0 * 3 * 32 * 32
    #expect(abs(noise.mean - 0.5) < 5 * sigma / count.squareRoot(), "five standard errors")
    #expect(abs(noise.variance / (sigma * sigma) - 1) < 5 * (2 / count).squareRoot())
  }

  @Test("Shot noise counts photons", arguments: zip(1...5, [500.0, 250, 100, 75, 50]))
  func shotNoise(severity: Int, photons: Double) {
    let result = values(corrupted(.shotNoise, severity, flat(0.4, [8, 3, 32, 32])))
    let count = 8.0 * 3 * 32 * 32
    let noise = moments(result)
    let variance = 0.4 / photons
    #expect(abs(noise.mean - 0.4) < 5 * (variance / count).squareRoot(), "five standard errors")
    // The kurtosis of a Poisson variable of mean m is 3 + 1 / m.
    let spread = ((2 + 1 / (0.4 * photons)) / count).squareRoot()
    #expect(abs(noise.variance / variance - 1) < 5 * spread)
    #expect(result.allSatisfy { abs(($0 * photons).rounded() - $0 * photons) < 1e-3 })
    #expect(values(corrupted(.shotNoise, severity, flat(0, [1, 1, 8, 8]))).allSatisfy { $0 == 0 })
  }

  @Test("Impulses fall on their share, black as often as white")
  func impulseNoise() {
    for (severity, share) in zip(1...5, [0.01, 0.02, 0.03, 0.05, 0.07]) {
      let result = values(corrupted(.impulseNoise, severity, flat(0.4, [8, 3, 32, 32])))
      let count = Double(result.count)
      for end in [0.0, 1] {
        let found = Double(result.count { $0 == end })
        let spread = (count * share / 2).squareRoot()
        #expect(abs(found - count * share / 2) < 5 * spread, "five standard errors")
      }
      #expect(result.allSatisfy { $0 == 0 || $0 == 1 || $0 == Double(Float(0.4)) })
    }
  }

  @Test(
    "What moves light keeps an even image even",
    arguments: [
      CorruptionKind.defocusBlur, .glassBlur, .motionBlur, .zoomBlur, .elastic, .pixelate,
      .contrast,
    ])
  func keepsEven(kind: CorruptionKind) {
    for severity in 1...5 {
      let result = values(corrupted(kind, severity, flat(0.7, [2, 3, 20, 31])))
      #expect(result.allSatisfy { abs($0 - 0.7) < 2e-6 }, "weights sum to one; \(severity)")
    }
  }

  @Test("Kernels of blurs sum to one, and the first disc is a 3 × 3 normal blur")
  func kernels() {
    for (radius, sigma) in [(0.3, 0.4), (1, 0.2), (1.5, 0.1), (10, 0.5)] {
      let kernel = BlurKernel.disc(radius: radius, sigma: sigma)
      #expect(abs(kernel.joined().reduce(0, +) - 1) < 1e-12)
      let mirrored = kernel.reversed().map { Array($0.reversed()) }
      #expect(zip(kernel.joined(), mirrored.joined()).allSatisfy { abs($0 - $1) < 1e-15 })
    }
    #expect(abs(BlurKernel.trail(radius: 9, sigma: 2.5).reduce(0, +) - 1) < 1e-6)
    let side = exp(-1 / (2 * 0.16))
    let total = (1 + 2 * side) * (1 + 2 * side)
    let kernel = BlurKernel.disc(radius: 0.3, sigma: 0.4)
    #expect(abs(kernel[1][1] - 1 / total) < 1e-12)
    #expect(abs(kernel[0][1] - side / total) < 1e-12)
    #expect(abs(kernel[2][0] - side * side / total) < 1e-12)
  }

  @Test("A point of light becomes the disc")
  func defocusedPoint() {
    var pixels = Array(repeating: Float(0), count: 15 * 15)
    pixels[7 * 15 + 7] = 1
    let result = values(corrupted(.defocusBlur, 4, Tensor(pixels, shape: [1, 1, 15, 15])))
    let kernel = BlurKernel.disc(radius: 1, sigma: 0.2)
    for row in 0..<5 {
      for column in 0..<5 {
        #expect(abs(result[(row + 5) * 15 + column + 5] - kernel[row][column]) < 1e-6)
      }
    }
  }

  @Test("Glass takes every pixel from a neighbour")
  func glassIsNear() {
    let side = 28
    let pixels = (0..<side * side).map { Float($0) / Float(side * side) }
    let result = values(corrupted(.glassBlur, 1, Tensor(pixels, shape: [1, 1, side, side])))
    var moved = 0
    for (place, value) in result.enumerated() {
      let source = Int((value * Double(side * side)).rounded())
      let down = source / side - place / side
      let across = source % side - place % side
      #expect((-1...0).contains(down) && (-1...0).contains(across))
      moved += down != 0 || across != 0 ? 1 : 0
    }
    #expect(moved > side * side / 2)
  }

  @Test("Contrast draws towards the mean of the channel")
  func contrast() {
    let images = CorruptionScene.noise([2, 3, 9, 7])
    let result = images.exampleValues
    for (severity, factor) in zip(1...5, [0.75, 0.5, 0.4, 0.3, 0.15]) {
      for (before, after) in zip(result, corrupted(.contrast, severity, images).exampleValues) {
        for channel in 0..<3 {
          let part = channel * 63..<(channel + 1) * 63
          let mean = before[part].reduce(0, +) / 63
          for index in part {
            #expect(abs(after[index] - (mean + (before[index] - mean) * factor)) < 1e-6)
          }
        }
      }
    }
  }

  @Test("Brightness adds to a grey image")
  func greyBrightness() {
    let images = CorruptionScene.noise([1, 1, 9, 9])
    for (severity, shift) in zip(1...5, [0.05, 0.1, 0.15, 0.2, 0.3]) {
      for (before, after) in zip(values(images), values(corrupted(.brightness, severity, images))) {
        #expect(abs(after - min(before + shift, 1)) < 1e-6)
      }
    }
    #expect(
      values(corrupted(.brightness, 1, flat(0, [1, 3, 2, 2]))).allSatisfy {
        $0 == Double(Float(0.05))
      })
  }

  @Test("Brightness keeps hue and saturation of a colour")
  func colourBrightness() {
    let images = CorruptionScene.noise([1, 3, 8, 8])
    let (before, after) = (values(images), values(corrupted(.brightness, 3, images)))
    for pixel in 0..<64 {
      let old = HSV(before[pixel], before[pixel + 64], before[pixel + 128])
      let new = HSV(after[pixel], after[pixel + 64], after[pixel + 128])
      #expect(abs(old.hue - new.hue) < 1e-4, "single precision, divided by the chroma")
      #expect(abs(old.saturation - new.saturation) < 1e-5)
      #expect(abs(new.value - min(old.value + 0.15, 1)) < 1e-6)
    }
  }

  @Test("Pixelation of an image in blocks is the image")
  func pixelateBlocks() {
    let blocks = CorruptionScene.noise([1, 1, 14, 14])
    let images = AxisMap.applied(.box(from: 14, to: 28), .box(from: 14, to: 28), to: blocks)
    #expect(images.elements(of: Float.self)[28 * 3 + 5] == blocks.elements(of: Float.self)[14 + 2])
    let scene = CorruptionScene(images: images, keys: [RandomKey(seed: 1)])
    #expect(scene.pixelate(Severity(values: ["share": 0.5])).bytes == images.bytes)
    for severity in 1...5 {
      let once = corrupted(.pixelate, severity, CorruptionScene.noise([1, 3, 28, 32]))
      let twice = corrupted(.pixelate, severity, once)
      #expect((once - twice).absolute.largest(along: [0, 1, 2, 3]).scalar < 1e-6)
    }
  }
}

extension CorruptionScene {
  static func noise(_ shape: [Int]) -> Tensor {
    Tensor(shape: shape) {
      RandomKey(seed: 2).split("noise").stream().fillUniform($0, low: 0.01, high: 0.99)
    }
  }
}

/// Hue in 0...6, saturation and value, by the textbook.
private struct HSV {
  let hue, saturation, value: Double

  init(_ red: Double, _ green: Double, _ blue: Double) {
    value = max(red, green, blue)
    let chroma = value - min(red, green, blue)
    saturation = chroma / value
    hue =
      if value == red {
        (green - blue) / chroma
      } else if value == green {
        2 + (blue - red) / chroma
      } else {
        4 + (red - green) / chroma
      }
  }
}
