// SPDX-License-Identifier: GPL-3.0-or-later

/// What a native model must know of the data before its layers can be laid out.
public struct InputDescription: Sendable {
  /// `[C, H, W]`, or `[L]` for the ids of a text's words.
  public let shape: [Int]
  /// The number of classes.
  public let classes: Int
  /// The mean of the training inputs, channel by channel; empty for texts.
  public let mean: [Double]
  /// The standard deviation of the training inputs, channel by channel; empty for texts.
  public let deviation: [Double]
  /// The number of ids of words, padding and unknown ones among them; nil for images.
  public let words: Int?

  /// Describes images.
  public init(shape: [Int], classes: Int, mean: [Double], deviation: [Double]) {
    self.shape = shape
    self.classes = classes
    self.mean = mean
    self.deviation = deviation
    words = nil
  }

  /// Describes texts.
  ///
  /// - Parameters:
  ///   - words: The number of ids: id 0 is padding, id 1 any word that is not known.
  ///   - length: The most words of a text; longer ones are cut.
  ///   - classes: The number of classes.
  public init(words: Int, length: Int, classes: Int) {
    shape = [length]
    self.classes = classes
    mean = []
    deviation = []
    self.words = words
  }
}
