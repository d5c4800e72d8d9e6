// SPDX-License-Identifier: GPL-3.0-or-later

/// The data that a run was judged on.
public struct DatasetRecord: Codable, Sendable, Hashable {
  /// The data set's name.
  public var name: String
  /// Hash over its files, where they are files.
  public var sha256: String?
  /// Test examples that the set holds.
  public var examples: Int
  /// How many classes there are.
  public var classes: Int
  /// The classes' names in the order of their labels, where known.
  public var classNames: [String]?
  /// How many test examples each class has, where that was counted.
  public var classCounts: [Int]?
  /// Shape of one input, such as `[1, 28, 28]`, or `[64]` for a text of 64 words.
  public var inputShape: [Int]
  /// Smallest and largest value of an input, in input units.
  public var inputRange: [Double]

  /// Creates a record.
  public init(
    name: String, sha256: String? = nil, examples: Int, classes: Int, classNames: [String]? = nil,
    inputShape: [Int], inputRange: ClosedRange<Double>
  ) {
    self.name = name
    self.sha256 = sha256
    self.examples = examples
    self.classes = classes
    self.classNames = classNames
    self.inputShape = inputShape
    self.inputRange = [inputRange.lowerBound, inputRange.upperBound]
  }

  /// Whether the inputs are texts: sequences of words, not images.
  public var holdsTexts: Bool { inputShape.count == 1 }

  private enum CodingKeys: String, CodingKey {
    case name, sha256, examples, classes
    case classNames = "class_names"
    case classCounts = "class_counts"
    case inputShape = "input_shape"
    case inputRange = "input_range"
  }
}
