// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// Why a model cannot be used.
public struct ModelError: InputError, Equatable {
  /// The kinds.
  public enum Code: String, Sendable {
    /// A script module without parameters.
    case noParameters
    /// The model refuses inputs of the data set's shape.
    case wrongInputShape
    /// The answer is no matrix of logits, or has another number of classes than the data.
    case wrongOutput
    /// A parameter or buffer of a type that cannot be pruned or stored.
    case unsupportedType
    /// A script model computes what no layer of a graph does.
    case untranslatable
    /// The images are too small for the model's layers.
    case inputTooSmall
    /// The vocabulary has more ids than the model knows.
    case tooManyWords
    /// A model of texts and data of images, or the other way round.
    case wrongKindOfInput
  }

  /// The kind.
  public let code: Code
  /// The file or the model's name.
  public let subject: String
  /// What was found and what was expected.
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
