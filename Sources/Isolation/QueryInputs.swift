// SPDX-License-Identifier: GPL-3.0-or-later

public import Language
public import Torch

/// Inputs that a victim is asked about.
public struct QueryInputs: Sendable {
  /// `[N, C, H, W]`, or the ids `[N, L]` of texts.
  public let values: Tensor
  /// The texts that the values are the ids of; nil for images.
  public let texts: [Text]?

  /// Joins values and the texts that they are the ids of.
  public init(_ values: Tensor, texts: [Text]? = nil) {
    self.values = values
    self.texts = texts
  }

  /// All of several parts, one behind the other.
  static func joined(_ parts: [QueryInputs]) -> QueryInputs {
    let texts = parts.compactMap(\.texts)
    return QueryInputs(
      .concatenated(parts.map(\.values)),
      texts: texts.count == parts.count ? texts.flatMap { $0 } : nil)
  }
}
