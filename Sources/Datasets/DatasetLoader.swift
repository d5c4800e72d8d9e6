// SPDX-License-Identifier: GPL-3.0-or-later

/// Reads one data set: picks the reader of its format, then checks what that found.
struct DatasetLoader {
  private let format: DatasetFormat
  private let files: [DatasetManifest.File]
  private let generator: DatasetManifest.Generator?
  private let assembly: DatasetAssembly
  private var source: FileSource
  private let file: String?
  private let texts: TextLoader

  /// A data set described by a manifest, whose files lie in a folder.
  init(manifest: DatasetManifest, folder: String) {
    format = manifest.format
    files = manifest.files
    generator = manifest.generator
    assembly = DatasetAssembly(
      name: manifest.name, shape: manifest.shape, classes: manifest.classes,
      range: manifest.inputRange)
    source = FileSource(
      folder: folder, files: manifest.files, package: manifest.package)
    file = manifest.files.first { $0.role == "arrays" }?.path
    texts = TextLoader(manifest: manifest)
  }

  /// A data set in a folder, described by the manifest in it or else by the names of its files.
  init(folder path: String) throws(DatasetError) {
    let folder = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    let source = FileSource(folder: folder)
    if source.kind(of: DatasetManifest.fileName) == .file {
      let subject = source.path(of: DatasetManifest.fileName)
      let manifest = try DatasetManifest(json: try FileBytes.read(subject), subject: subject)
      self.init(manifest: manifest, folder: manifest.resolvedFolder(beside: folder))
      return
    }
    self.init(format: try DatasetFormat.detect(in: source), source: source, path: folder, file: nil)
  }

  /// A data set in a single file, or in a pair of which one is named.
  init(file path: String) throws(DatasetError) {
    let format = try DatasetFormat.detect(file: path)
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    let folder = parts.dropLast().joined(separator: "/")
    let root = path.hasPrefix("/") ? "/" : "."
    self.init(
      format: format, source: FileSource(folder: folder.isEmpty ? root : folder), path: path,
      file: parts.last.map(String.init))
  }

  private init(format: DatasetFormat, source: FileSource, path: String, file: String?) {
    self.format = format
    self.source = source
    self.file = file
    files = []
    generator = nil
    let last = path.split(separator: "/").last.map(String.init) ?? path
    let stem = file == nil ? last : last.split(separator: ".").first.map(String.init) ?? last
    assembly = DatasetAssembly(name: stem, shape: nil, classes: nil, range: 0...1)
    texts = TextLoader(name: stem, file: file)
  }

  consuming func load() throws(DatasetError) -> AnyDataset {
    if let generator { return .images(try drawn(generator)) }
    if format.holdsTexts { return .texts(try texts.dataset(&source)) }
    let raw: RawDataset
    switch format {
    case .idx: raw = try IDXFolderReader.read(&source, files: files)
    case .npz: raw = try ArrayReader.readArchive(try archiveName(), &source)
    case .npy: raw = try ArrayReader.readFolder(&source)
    case .cifar10Binary: raw = try CIFAR10Reader.read(&source)
    case .pngFolder: raw = try PNGFolderReader.read(&source)
    case .generated, .wordNetGlosses, .table:
      preconditionFailure("generated data and texts were made before")
    }
    return .images(try assembly.dataset(raw, sha256: source.contentDigest))
  }

  private func drawn(_ generator: DatasetManifest.Generator) throws(DatasetError) -> Dataset {
    let drawn = Dataset.shapes(
      seed: generator.seed, train: generator.train, test: generator.test)
    guard assembly.classes.map({ $0 == drawn.classes }) ?? true,
      assembly.shape.map({ $0 == drawn.inputShape }) ?? true, assembly.range == drawn.inputRange
    else {
      throw DatasetError(
        .badManifest, assembly.name, "shape, classes or range are not those that are drawn",
        remedy: "leave shape and classes out, and let range be [0, 1]")
    }
    return Dataset(
      name: assembly.name, classes: drawn.classes, train: drawn.train, test: drawn.test,
      sha256: drawn.sha256)
  }

  private func archiveName() throws(DatasetError) -> String {
    if let file { return file }
    let archives = try source.names().filter { $0.hasSuffix(".npz") }
    guard let first = archives.first, archives.count == 1 else {
      throw DatasetError(
        .missing, source.folder, "\(archives.count) .npz files, expected one",
        remedy: "give the path of the file itself")
    }
    return first
  }
}
