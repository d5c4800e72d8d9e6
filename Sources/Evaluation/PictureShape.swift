// SPDX-License-Identifier: GPL-3.0-or-later

import Datasets
import Records

/// How the inputs of a data set are drawn.
struct PictureShape {
  private static let mostMagnification = 255

  private let height: Int
  private let width: Int
  private let low: Float
  private let span: Float
  /// How many values one input has.
  let size: Int

  /// Nil where inputs are no pictures, grey or in colour.
  init?(_ dataset: DatasetRecord) {
    let shape = dataset.inputShape
    guard shape.count == 3, [1, 3].contains(shape[0]), shape[1] > 1, shape[2] > 1,
      dataset.inputRange.count == 2, dataset.inputRange[0] < dataset.inputRange[1]
    else { return nil }
    (height, width) = (shape[1], shape[2])
    low = Float(dataset.inputRange[0])
    span = Float(dataset.inputRange[1] - dataset.inputRange[0])
    size = shape.reduce(1, *)
  }

  /// A PNG file of an input.
  func picture(of values: ArraySlice<Float>) -> [UInt8]? {
    PNGFile.encoded(planes: values.map { level(($0 - low) / span) }, height: height, width: width)
  }

  /// How many times the difference of two inputs can be magnified and still be drawn.
  func magnification(_ clean: ArraySlice<Float>, _ adversarial: ArraySlice<Float>) -> Int {
    let largest = zip(clean, adversarial).map { abs($1 - $0) / span }.max() ?? 0
    guard largest > 0 else { return 1 }
    // A difference of epsilon times the span is stored as slightly more or less of it.
    return Int(min(max(0.5 / largest + 1e-3, 1), Float(Self.mostMagnification)))
  }

  /// A PNG file of the difference of two inputs around middle grey.
  func perturbation(
    _ clean: ArraySlice<Float>, _ adversarial: ArraySlice<Float>, times magnification: Int
  ) -> [UInt8]? {
    let levels = zip(clean, adversarial).map {
      level(0.5 + ($1 - $0) / span * Float(magnification))
    }
    return PNGFile.encoded(planes: levels, height: height, width: width)
  }

  /// A value of 0...1 as a level of grey; half way is 128.
  private func level(_ share: Float) -> UInt8 {
    UInt8((min(max(share, 0), 1) * 255).rounded())
  }
}
