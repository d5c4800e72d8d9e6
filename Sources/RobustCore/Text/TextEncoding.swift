// SPDX-License-Identifier: GPL-3.0-or-later

public import Language
public import Torch

/// How a model reads texts: the words that it knows, and how many of a text it looks at.
public struct TextEncoding: Sendable, Hashable {
  /// The known words.
  public let vocabulary: Vocabulary
  /// The ids of one text.
  public let length: Int

  /// Joins the two.
  public init(vocabulary: Vocabulary, length: Int) {
    precondition(length > 0, "a model reads at least one word")
    self.vocabulary = vocabulary
    self.length = length
  }

  /// Ids `[N, L]` of texts, 64-bit integers; longer texts lose their end.
  public func ids(of texts: [Text]) -> Tensor {
    Tensor(
      vocabulary.encode(texts, length: length).map(Int.init), shape: [texts.count, length])
  }
}
