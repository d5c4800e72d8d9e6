// SPDX-License-Identifier: GPL-3.0-or-later

import Datasets
import Models
import Records
import RobustCore
import Torch

extension Examples {
  /// Copies images out of a data set into tensors.
  init(_ images: ImageExamples, classes: Int) {
    let inputs = Tensor(shape: [images.count] + images.shape) {
      images.copyInputs(of: 0..<images.count, into: $0)
    }
    let range = images.inputRange
    self.init(
      inputs: inputs, labels: Tensor(images.labels), classes: classes,
      inputRange: Double(range.lowerBound)...Double(range.upperBound))
  }
}

extension InputDescription {
  /// Describes examples, with their mean and deviation by channel.
  init(_ examples: Examples, _ classes: Int) {
    let range = examples.inputRange
    let width = range.upperBound - range.lowerBound
    // Squares of large values have no place in single precision.
    let unit = width > 1e6 ? width : 1
    let inputs = unit == 1 ? examples.inputs : examples.inputs / unit
    let axes = [0, 2, 3]
    let mean = inputs.mean(along: axes)
    let centred = inputs - mean.reshaped([1, -1, 1, 1])
    let deviation = (centred * centred).mean(along: axes).squareRoot
    // Four decimals are plenty, and keep the model's identity free of summation order.
    func rounded(_ values: Tensor) -> [Double] {
      values.elements(of: Float.self).map { (Double($0) * unit * 10_000).rounded() / 10_000 }
    }
    self.init(
      shape: examples.inputShape, classes: classes, mean: rounded(mean),
      deviation: rounded(deviation).map { max($0, 0.0001) })
  }
}

extension DatasetRecord {
  /// What a report says of a data set.
  init(_ dataset: Dataset) {
    let range = dataset.inputRange
    self.init(
      name: dataset.name, sha256: dataset.sha256, examples: dataset.test.count,
      classes: dataset.classes.count, classNames: dataset.classes,
      inputShape: dataset.inputShape,
      inputRange: Double(range.lowerBound)...Double(range.upperBound))
  }
}
