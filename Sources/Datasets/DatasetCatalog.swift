// SPDX-License-Identifier: GPL-3.0-or-later

public import FoundationEssentials
import Records

/// The data sets known by name, and the way to those known by path.
public struct DatasetCatalog: Sendable {
  private let manifestFolder: String?

  /// Creates a catalog of the built-in data sets and those in a folder.
  ///
  /// - Parameter manifestFolder: A folder with a folder for each data set, and a `manifest.json` in
  ///   that; it need not exist.
  public init(manifestFolder: URL? = nil) {
    self.manifestFolder = manifestFolder?.path
  }

  /// The names of all data sets, built-in ones first.
  public var names: [String] {
    let builtIn = BuiltInManifests.all.map(\.name)
    guard let manifestFolder, let found = try? FileBytes.names(in: manifestFolder) else {
      return builtIn
    }
    let others = found.filter { !builtIn.contains($0) }
    return builtIn + others.filter { FileBytes.kind(of: manifestPath($0, manifestFolder)) == .file }
  }

  /// The manifest of a data set known by name.
  ///
  /// - Throws: ``DatasetError`` with code `unknownName` or `badManifest`.
  public func manifest(named name: String) throws(DatasetError) -> DatasetManifest {
    try located(name).manifest
  }

  /// Whether the files of a data set known by name are there; generated ones always are.
  public func isInstalled(_ name: String) -> Bool {
    guard let (manifest, folder) = try? located(name) else { return false }
    let source = FileSource(folder: folder)
    return manifest.format == .generated
      || manifest.files.allSatisfy { source.kind(of: $0.path) == .file }
        && FileBytes.kind(of: folder) == .folder
  }

  /// Reads a data set of images known by name, or one at a path.
  ///
  /// - Parameter name: A name out of ``names``, else the path of a file or folder. A folder may
  ///   describe itself by a `manifest.json`.
  /// - Returns: A data set whose labels, pixels and, where the manifest names them, digests were
  ///   checked.
  /// - Throws: ``DatasetError``; its subject is the file at fault.
  public func load(_ name: String) throws(DatasetError) -> Dataset {
    switch try open(name) {
    case .images(let images): return images
    case .texts:
      throw DatasetError(
        .notImages, name, "it holds texts, expected images", remedy: "name a data set of images")
    }
  }

  /// Reads a data set of images or texts; see ``load(_:)``.
  public func open(_ name: String) throws(DatasetError) -> AnyDataset {
    if names.contains(name) {
      let (manifest, folder) = try located(name)
      return try DatasetLoader(manifest: manifest, folder: folder).load()
    }
    if !name.contains("/"), FileBytes.kind(of: name) == nil { throw unknown(name) }
    switch try FileBytes.requiredKind(of: name) {
    case .folder: return try DatasetLoader(folder: name).load()
    case .file: return try DatasetLoader(file: name).load()
    case .other:
      throw DatasetError(.notAFile, name, "found a device or pipe, expected a file or folder")
    }
  }

  private func located(
    _ name: String
  ) throws(DatasetError) -> (manifest: DatasetManifest, folder: String) {
    if let manifestFolder {
      let path = manifestPath(name, manifestFolder)
      if names.contains(name), FileBytes.kind(of: path) == .file {
        let manifest = try DatasetManifest(json: try FileBytes.read(path), subject: path)
        return (manifest, manifest.resolvedFolder(beside: "\(manifestFolder)/\(name)"))
      }
    }
    guard let manifest = try BuiltInManifests.manifest(name) else { throw unknown(name) }
    return (manifest, manifest.resolvedFolder(beside: "."))
  }

  private func manifestPath(_ name: String, _ folder: String) -> String {
    "\(folder)/\(name)/\(DatasetManifest.fileName)"
  }

  private func unknown(_ name: String) -> DatasetError {
    let nearest = Suggestions.nearest(to: name, among: names)
    let remedy =
      nearest.isEmpty
      ? "known: \(names.joined(separator: ", ")); or give a path"
      : "did you mean \(nearest.map { "'\($0)'" }.joined(separator: " or "))?"
    return DatasetError(
      .unknownName, name, "neither a known data set nor a file or folder", remedy: remedy)
  }
}
