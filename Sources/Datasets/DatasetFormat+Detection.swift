// SPDX-License-Identifier: GPL-3.0-or-later

extension DatasetFormat {
  /// The format of a folder without a manifest, judged by the names in it.
  static func detect(in source: FileSource) throws(DatasetError) -> DatasetFormat {
    let names = try source.names()
    if CIFAR10Reader.recognises(names) { return .cifar10Binary }
    if IDXFolderReader.recognises(names) { return .idx }
    if names.contains(where: { $0.hasSuffix(".npz") }) { return .npz }
    if names.contains(where: { $0.hasSuffix(".npy") }) { return .npy }
    if TableReader.recognises(names) { return .table }
    if names.contains(where: { source.kind(of: $0) == .folder }) { return .pngFolder }
    guard !names.isEmpty else {
      throw DatasetError(.empty, source.folder, "the folder has no visible files")
    }
    throw DatasetError(
      .unsupported, source.folder, "no known data set in this folder", remedy: Self.known)
  }

  /// The format of a single file, judged by its name.
  static func detect(file: String) throws(DatasetError) -> DatasetFormat {
    if file.hasSuffix(".npz") { return .npz }
    if file.hasSuffix(".npy") { return .npy }
    if TableFormat(file: file) != nil { return .table }
    throw DatasetError(
      .unsupported, file, "neither .npz, .npy, .csv, .tsv nor .jsonl", remedy: known)
  }

  private static let known =
    "give an .npz file or a table of texts, or a folder of .npy arrays, IDX files, CIFAR-10 batches,"
    + " PNG class folders or tables named train and test"
}
