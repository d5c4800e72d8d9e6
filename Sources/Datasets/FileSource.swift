// SPDX-License-Identifier: GPL-3.0-or-later

import Hashing

/// The folder of a data set: reads its files, holds each against the manifest, keeps all digests.
struct FileSource {
  let folder: String
  /// The Debian package that installs the files, if one does.
  private let package: String?
  private let expected: [String: String]
  private var digests: [String: String] = [:]

  init(
    folder: String, files: [DatasetManifest.File] = [], package: String? = nil
  ) {
    self.folder = folder
    self.package = package
    let known = files.compactMap { file in file.sha256.map { (file.path, $0) } }
    expected = Dictionary(known, uniquingKeysWith: { first, _ in first })
  }

  // What to do if a file is missing.
  private var remedy: String {
    package.map { "apt-get install \($0)" } ?? DatasetError.defaultRemedy
  }

  /// The full path of a file named relative to the folder.
  func path(of name: String) -> String {
    if name.isEmpty { return folder }
    return name.hasPrefix("/") || folder == "." ? name : "\(folder)/\(name)"
  }

  func kind(of name: String) -> FileBytes.Kind? {
    FileBytes.kind(of: path(of: name))
  }

  /// The names in a folder named relative to this one; hidden ones are left out.
  func names(in name: String = "") throws(DatasetError) -> [String] {
    try FileBytes.names(in: path(of: name), remedy: remedy)
  }

  /// The bytes of a file.
  ///
  /// - Throws: ``DatasetError``, with code `checksumMismatch` if the manifest names another digest.
  mutating func read(_ name: String) throws(DatasetError) -> [UInt8] {
    let path = path(of: name)
    let bytes = try FileBytes.read(path, remedy: remedy)
    let digest = SHA256.hex(of: bytes)
    if let wanted = expected[name], wanted != digest {
      throw DatasetError(
        .checksumMismatch, path, "SHA-256 is \(digest), expected \(wanted)",
        remedy: package.map { "apt-get install --reinstall \($0)" } ?? DatasetError.defaultRemedy)
    }
    digests[name] = digest
    return bytes
  }

  /// The digest of what `sha256sum` prints for the files that were read, in order of their names.
  var contentDigest: String {
    let lines = digests.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      .map { "\($0.value)  \($0.key)\n" }
    return SHA256.hex(of: lines.joined())
  }
}
