// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// Why no narrower model of a family can be laid out.
public struct NarrowingError: InputError, Equatable {
  /// The kinds.
  public enum Code: String, Sendable {
    /// The model's layers are not known, as those of a model file.
    case unknownLayers
    /// One layer is of a kind whose width is not understood.
    case unknownLayer
    /// Layers of one channel each are still too many parameters.
    case noWidth
  }

  /// The kind.
  public let code: Code
  /// The model or the layer.
  public let subject: String
  /// What was found.
  public let detail: String
  /// What to do.
  public let remedy: String

  /// Creates an error.
  public init(_ code: Code, subject: String, detail: String, remedy: String) {
    self.code = code
    self.subject = subject
    self.detail = detail
    self.remedy = remedy
  }
}
