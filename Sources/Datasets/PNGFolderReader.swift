// SPDX-License-Identifier: GPL-3.0-or-later

/// Reads a folder of PNG images for each class.
///
/// The class folders lie in `train/` and `test/`, or alone and are then all for judging. Classes
/// are numbered in the order of their names. Examples go round the classes, so that the first N by
/// index are as balanced as the folders allow. If any image is in colour, grey ones are widened.
enum PNGFolderReader {
  private struct Part {
    let folder: String
    let classes: [String]
    let images: [PNGImage]
    let labels: [Int]
  }

  static func read(_ source: inout FileSource) throws(DatasetError) -> RawDataset {
    let folders = try subfolders("", source)
    let isSplit = folders.contains("train") || folders.contains("test")
    let test = try part(isSplit ? "test" : "", &source)
    let train = folders.contains("train") ? try part("train", &source) : nil
    if let train, train.classes != test.classes {
      throw DatasetError(
        .classMismatch, source.folder,
        "train/ has the classes \(train.classes.joined(separator: ", ")), test/ has "
          + test.classes.joined(separator: ", "))
    }
    let images = test.images + (train?.images ?? [])
    let channels = images.map(\.channels).max() ?? 1
    return RawDataset(
      classes: test.classes, train: train.map { raw($0, source, channels) },
      test: raw(test, source, channels))
  }

  private static func part(
    _ folder: String, _ source: inout FileSource
  ) throws(DatasetError) -> Part {
    let prefix = folder.isEmpty ? "" : folder + "/"
    let classes = try subfolders(folder, source)
    guard classes.count > 1 else {
      throw DatasetError(
        classes.isEmpty ? .empty : .oneClass, source.path(of: folder),
        "\(classes.count) class folders, expected at least two")
    }
    var queues: [[String]] = []
    for name in classes {
      let files = try source.names(in: prefix + name)
      guard !files.isEmpty else {
        throw DatasetError(.empty, source.path(of: prefix + name), "a class without images")
      }
      queues.append(files.map { "\(prefix)\(name)/\($0)" })
    }
    var images: [PNGImage] = []
    var labels: [Int] = []
    for round in 0..<(queues.map(\.count).max() ?? 0) {
      for (label, files) in queues.enumerated() where round < files.count {
        let path = source.path(of: files[round])
        let image = try PNGImage(try source.read(files[round]), subject: path)
        if let first = images.first, (first.height, first.width) != (image.height, image.width) {
          throw DatasetError(
            .shapeMismatch, path,
            "\(image.width)×\(image.height) pixels, the first image has \(first.width)×\(first.height)",
            remedy: "bring all pictures to one size")
        }
        images.append(image)
        labels.append(label)
      }
    }
    return Part(folder: folder, classes: classes, images: images, labels: labels)
  }

  private static func raw(_ part: Part, _ source: FileSource, _ channels: Int) -> RawPart {
    var pixels: [UInt8] = []
    for image in part.images {
      let area = image.height * image.width
      let planes = Interleaving.planes(
        image.values, images: 1, area: area, channels: image.channels)
      let copies = channels / image.channels
      for _ in 0..<copies { pixels.append(contentsOf: planes) }
    }
    let subject = source.path(of: part.folder)
    return RawPart(
      shape: [channels, part.images[0].height, part.images[0].width], pixels: .bytes(pixels),
      labels: part.labels, imageSubject: subject, labelSubject: subject)
  }

  private static func subfolders(
    _ folder: String, _ source: FileSource
  ) throws(DatasetError) -> [String] {
    let prefix = folder.isEmpty ? "" : folder + "/"
    return try source.names(in: folder).filter { source.kind(of: prefix + $0) == .folder }
  }
}
