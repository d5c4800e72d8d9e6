// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// A data set that cannot be found, read or believed.
public struct DatasetError: InputError, Equatable {
  /// What is wrong, for programs.
  public enum Code: String, Sendable, CaseIterable {
    /// No such file, folder or part of a data set.
    case missing
    /// No data set of that name, and no file or folder either.
    case unknownName
    /// The system denies access.
    case notPermitted
    /// A file was expected; a folder or a device was found.
    case notAFile
    /// The system failed to read.
    case unreadable
    /// There is nothing in it.
    case empty
    /// It ends before what its header promises.
    case truncated
    /// It goes on after what its header promises.
    case trailingBytes
    /// It is not of the format it should be of.
    case wrongMagic
    /// The header promises more than the file can hold or than is accepted.
    case headerTooLarge
    /// The format's own structure is damaged.
    case corrupt
    /// A legal variant of the format that is not supported.
    case unsupported
    /// The content is not the one that the manifest names.
    case checksumMismatch
    /// The dimensions are not those of images, of labels, or of each other.
    case shapeMismatch
    /// Images and labels are not equally many.
    case countMismatch
    /// A label is not the index of a class.
    case labelOutOfRange
    /// A pixel is infinite or not a number.
    case nonFinite
    /// A pixel lies outside the declared range.
    case pixelOutOfRange
    /// Fewer than two classes occur.
    case oneClass
    /// The classes of the two parts differ, or a part lacks one.
    case classMismatch
    /// A text is not UTF-8.
    case badEncoding
    /// A table lacks a column.
    case missingColumn
    /// A text has no words.
    case emptyText
    /// A text has no label.
    case emptyLabel
    /// Two labels differ in capitals or spaces alone.
    case ambiguousLabel
    /// A list of words has one twice.
    case repeatedWord
    /// An entry of a list of words is none that a text is taken apart into.
    case notAWord
    /// The data set holds texts where images were expected.
    case notImages
    /// The manifest itself is damaged.
    case badManifest
  }

  /// What is wrong.
  public let code: Code
  /// The file, folder or name.
  public let subject: String
  /// What was found and what was expected.
  public let detail: String
  /// What the user can do about it.
  public let remedy: String

  /// Creates an error from its facts.
  public init(code: Code, subject: String, detail: String, remedy: String) {
    self.code = code
    self.subject = subject
    self.detail = detail
    self.remedy = remedy
  }
}

extension DatasetError {
  static let defaultRemedy = "check the file, or get it again from its source"

  init(_ code: Code, _ subject: String, _ detail: String, remedy: String = defaultRemedy) {
    self.init(code: code, subject: subject, detail: detail, remedy: remedy)
  }
}
