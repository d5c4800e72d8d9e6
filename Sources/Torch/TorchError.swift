// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// What libtorch refused, where the cause lies in a file or in the installation.
public struct TorchError: InputError, Equatable {
  /// The kinds of refusal.
  public enum Code: String, Sendable {
    /// The bridge to libtorch could not be opened.
    case libraryMissing
    /// A file is missing, truncated or no TorchScript archive.
    case unreadableModel
    /// A script calls an operator that this libtorch lacks.
    case unknownOperator
    /// A script failed while it ran, most often because of the shape of its input.
    case scriptFailed
    /// A module could not be written.
    case unwritableModel
  }

  /// The kind.
  public let code: Code
  /// The file or the library.
  public let subject: String
  /// libtorch's own message, cut to its first line.
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
