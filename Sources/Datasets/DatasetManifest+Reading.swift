// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials

extension DatasetManifest {
  /// The name of the file in a data set's folder.
  public static let fileName = "manifest.json"

  /// The pixel range as the model sees it; only of a manifest that was checked.
  var inputRange: ClosedRange<Float> { range.map { $0[0]...$0[1] } ?? 0...1 }

  /// Reads the JSON form and checks what types alone do not.
  ///
  /// - Throws: ``DatasetError`` with code `badManifest`.
  init(json: [UInt8], subject: String) throws(DatasetError) {
    do {
      self = try JSONDecoder().decode(DatasetManifest.self, from: Data(json))
    } catch let error as DecodingError {
      throw Self.bad(subject, Self.sentence(error))
    } catch {
      throw Self.bad(subject, "not JSON")
    }
    try check(subject: subject)
  }

  private func check(subject: String) throws(DatasetError) {
    guard schema == 1 else { throw Self.bad(subject, "schema \(schema), expected 1") }
    if let range, range.count != 2 || !range.allSatisfy({ $0.isFinite }) || range[0] >= range[1] {
      throw Self.bad(subject, "range \(range), expected two rising numbers")
    }
    if format.holdsTexts {
      guard shape == nil, range == nil else {
        throw Self.bad(subject, "keys 'shape' and 'range' have no place beside texts")
      }
    } else {
      guard range != nil else { throw Self.bad(subject, "key 'range' is missing") }
      guard tokenizer == nil, columns == nil else {
        throw Self.bad(subject, "keys 'tokenizer' and 'columns' belong to texts")
      }
    }
    if let shape, shape.count != 3 || shape.contains(where: { $0 < 1 }) {
      throw Self.bad(subject, "shape \(shape), expected [channels, height, width]")
    }
    if let classes, classes.count < 2 || Set(classes).count != classes.count {
      throw Self.bad(subject, "classes \(classes), expected at least two different names")
    }
    if let file = files.first(where: { $0.sha256.map { !Self.isDigest($0) } ?? false }) {
      throw Self.bad(subject, "sha256 of \(file.path) is not 64 lowercase hexadecimal digits")
    }
    if let generator,
      !(0...1_000_000).contains(generator.train)
        || !(1...1_000_000).contains(generator.test)
    {
      throw Self.bad(subject, "generator: expected at least one test image, at most a million")
    }
    if (format == .generated) != (generator != nil) {
      throw Self.bad(subject, "key 'generator' belongs to the format 'generated', and to no other")
    }
  }

  private static func isDigest(_ text: String) -> Bool {
    text.utf8.count == 64 && text.allSatisfy { $0.isHexDigit && !$0.isUppercase }
  }

  private static func bad(_ subject: String, _ detail: String) -> DatasetError {
    DatasetError(
      .badManifest, subject, detail, remedy: "compare it with the manifests under datasets/")
  }

  private static func sentence(_ error: DecodingError) -> String {
    func place(_ path: [any CodingKey]) -> String {
      path.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
    }
    return switch error {
    case .keyNotFound(let key, let context):
      "key '\(place(context.codingPath + [key]))' is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      "key '\(place(context.codingPath))' is of the wrong type"
    case .dataCorrupted(let context) where !context.codingPath.isEmpty:
      "key '\(place(context.codingPath))' has an unknown value"
    default: "not JSON"
    }
  }
}

extension DatasetManifest {
  /// The folder of the files, given the one of the manifest.
  func resolvedFolder(beside manifestFolder: String) -> String {
    guard let folder else { return manifestFolder }
    return folder.hasPrefix("/") ? folder : "\(manifestFolder)/\(folder)"
  }
}
