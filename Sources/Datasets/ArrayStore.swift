// SPDX-License-Identifier: GPL-3.0-or-later

/// Named NumPy arrays, in an archive or as single files of a folder.
enum ArrayStore {
  case archive(ZipArchive)
  case folder([String])

  private static let suffix = ".npy"

  /// The names of the arrays.
  var names: [String] {
    let files: [String] =
      switch self {
      case .archive(let archive): archive.entries.map(\.name)
      case .folder(let names): names
      }
    return files.filter { $0.hasSuffix(Self.suffix) }.map { String($0.dropLast(Self.suffix.count)) }
  }

  /// Reads one of the arrays.
  func array(_ name: String, _ source: inout FileSource) throws(DatasetError) -> NPYArray {
    switch self {
    case .archive(let archive):
      let place = "\(archive.subject):\(name)"
      guard let entry = archive.entries.first(where: { $0.name == name + Self.suffix }) else {
        throw DatasetError(.missing, place, "no such array in the archive")
      }
      return try NPYReader.read(try archive.read(entry), subject: place)
    case .folder:
      let file = name + Self.suffix
      return try NPYReader.read(try source.read(file), subject: source.path(of: file))
    }
  }
}
