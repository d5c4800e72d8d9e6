// SPDX-License-Identifier: GPL-3.0-or-later

/// Where a model comes from: an architecture by name, or a TorchScript file.
public enum ModelSource: Sendable, Hashable {
  /// An architecture of the catalog, to be trained.
  case architecture(Specification)
  /// The path of a TorchScript file, which counts as trained.
  case file(String)

  /// Reads a model: a text with a slash or the ending `.pt` is a path, any other a name.
  ///
  /// - Throws: ``SpecificationError`` with code `malformed` or `repeatedParameter`.
  public init(_ text: String) throws(SpecificationError) {
    if text.contains("/") || text.hasSuffix(".pt") {
      self = .file(text)
    } else {
      self = .architecture(try Specification(text))
    }
  }

  /// Whether it is a file.
  public var isFile: Bool { if case .file = self { true } else { false } }
}

extension ModelSource: CustomStringConvertible {
  /// The form that is read.
  public var description: String {
    switch self {
    case .architecture(let specification): specification.description
    case .file(let path): path
    }
  }
}

extension ModelSource: Codable {
  /// Reads the text form.
  public init(from decoder: any Decoder) throws {
    self = try ModelSource(try decoder.singleValueContainer().decode(String.self))
  }

  /// Writes the text form.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
