// SPDX-License-Identifier: GPL-3.0-or-later

/// Reads the four files of MNIST and its relatives.
enum IDXFolderReader {
  private static let usualNames = [
    "train-images": "train-images-idx3-ubyte", "train-labels": "train-labels-idx1-ubyte",
    "test-images": "t10k-images-idx3-ubyte", "test-labels": "t10k-labels-idx1-ubyte",
  ]

  /// Whether a folder with these names holds such files.
  static func recognises(_ names: [String]) -> Bool {
    names.contains { $0.hasPrefix("t10k-images-idx3-ubyte") }
  }

  static func read(
    _ source: inout FileSource, files: [DatasetManifest.File]
  ) throws(DatasetError) -> RawDataset {
    let test = try part("test", &source, files: files)
    let hasTrain = source.kind(of: name(of: "train-images", source, files)) != nil
    let isTrainPromised = files.contains { $0.role == "train-images" }
    let train = hasTrain || isTrainPromised ? try part("train", &source, files: files) : nil
    return RawDataset(train: train, test: test)
  }

  private static func part(
    _ part: String, _ source: inout FileSource, files: [DatasetManifest.File]
  ) throws(DatasetError) -> RawPart {
    let imageName = name(of: "\(part)-images", source, files)
    let labelName = name(of: "\(part)-labels", source, files)
    let imagePath = source.path(of: imageName)
    let labelPath = source.path(of: labelName)
    let images = try IDXReader.read(try source.read(imageName), subject: imagePath)
    let labels = try IDXReader.read(try source.read(labelName), subject: labelPath)
    guard images.shape.count == 3 || images.shape.count == 4 else {
      throw DatasetError(
        .shapeMismatch, imagePath,
        "found \(dimensions(images.shape)), expected images × rows × columns")
    }
    guard labels.shape.count == 1 else {
      throw DatasetError(
        .shapeMismatch, labelPath,
        "found \(dimensions(labels.shape)), expected a single row of labels")
    }
    let single = Array(images.shape.dropFirst())
    return RawPart(
      shape: single.count == 2 ? [1] + single : single, pixels: .bytes(images.values),
      labels: labels.values.map { Int($0) }, imageSubject: imagePath, labelSubject: labelPath)
  }

  private static func name(
    of role: String, _ source: FileSource, _ files: [DatasetManifest.File]
  ) -> String {
    if let file = files.first(where: { $0.role == role }) { return file.path }
    let plain = usualNames[role] ?? role
    return source.kind(of: plain) == nil ? plain + ".gz" : plain
  }
}
