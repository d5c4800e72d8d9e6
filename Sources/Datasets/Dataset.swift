// SPDX-License-Identifier: GPL-3.0-or-later

/// A classification task: labelled images to train on and to judge by.
public struct Dataset: Sendable {
  /// The name under which reports know it.
  public let name: String
  /// The classes by name; a label is an index into them.
  public let classes: [String]
  /// Images to train on, if there are any.
  public let train: ImageExamples?
  /// Images to judge by; the first N by index are attacked.
  public let test: ImageExamples
  /// A digest of the content, 64 hexadecimal digits.
  ///
  /// For data read from files it is the SHA-256 of what `sha256sum` prints for them in the order of
  /// their names; for generated data that of the pixels and labels.
  public let sha256: String

  /// Channels, height and width of one image.
  public var inputShape: [Int] { test.shape }
  /// The least and the largest legal value of a pixel as the model sees it.
  public var inputRange: ClosedRange<Float> { test.inputRange }

  /// Creates a data set whose parts agree in shape and range.
  public init(
    name: String, classes: [String], train: ImageExamples?, test: ImageExamples, sha256: String
  ) {
    precondition(train.map { $0.shape == test.shape } ?? true, "train and test differ in shape")
    precondition(
      train.map { $0.inputRange == test.inputRange } ?? true, "train and test differ in range")
    self.name = name
    self.classes = classes
    self.train = train
    self.test = test
    self.sha256 = sha256
  }
}

extension Dataset {
  /// Cuts a held-out part from the end of the images to train on.
  ///
  /// - Parameter validation: How many images to hold out; fewer than there are to train on.
  /// - Returns: The rest and the held-out part, or nil if there are not enough images.
  public func split(validation: Int) -> (train: ImageExamples, validation: ImageExamples)? {
    guard let train, validation >= 0, validation < train.count else { return nil }
    let cut = train.count - validation
    return (train[0..<cut], train[cut..<train.count])
  }
}
