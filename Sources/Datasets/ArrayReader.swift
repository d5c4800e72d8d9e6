// SPDX-License-Identifier: GPL-3.0-or-later

/// Finds images and labels among named arrays.
///
/// Images are `[N, H, W]`, `[N, C, H, W]` or, if only the last dimension is 1 or 3,
/// `[N, H, W, C]`. Bytes and other whole numbers are levels 0 to 255; booleans are black and white;
/// floating numbers lie in the declared range. Labels are whole numbers, `[N]` or `[N, 1]`.
enum ArrayReader {
  private static let testNames = [
    ("x_test", "y_test"), ("test_images", "test_labels"), ("images", "labels"), ("x", "y"),
  ]
  private static let trainNames = [("x_train", "y_train"), ("train_images", "train_labels")]

  /// Reads an archive.
  static func readArchive(
    _ file: String, _ source: inout FileSource
  ) throws(DatasetError) -> RawDataset {
    let path = source.path(of: file)
    let archive = try ZipArchive(try source.read(file), subject: path)
    return try read(.archive(archive), &source, subject: path)
  }

  /// Reads single files of a folder.
  static func readFolder(_ source: inout FileSource) throws(DatasetError) -> RawDataset {
    try read(.folder(try source.names()), &source, subject: source.folder)
  }

  private static func read(
    _ store: ArrayStore, _ source: inout FileSource, subject: String
  ) throws(DatasetError) -> RawDataset {
    let names = Set(store.names)
    guard let test = testNames.first(where: { names.contains($0.0) }) else {
      let wanted = testNames.map { "\($0.0) and \($0.1)" }.joined(separator: ", or ")
      let found = names.isEmpty ? "none" : names.sorted().joined(separator: ", ")
      throw DatasetError(
        .missing, subject, "arrays found: \(found); expected \(wanted)",
        remedy: "save the images and labels under one of these pairs of names")
    }
    let train = trainNames.first { names.contains($0.0) }
    return RawDataset(
      train: try train.map { pair throws(DatasetError) in try part(pair, store, &source) },
      test: try part(test, store, &source))
  }

  private static func part(
    _ names: (images: String, labels: String), _ store: ArrayStore, _ source: inout FileSource
  ) throws(DatasetError) -> RawPart {
    let images = try store.array(names.images, &source)
    let labels = try store.array(names.labels, &source)
    let layout = try layout(of: images)
    let labelShape = labels.shape.count == 2 && labels.shape[1] == 1 ? 1 : labels.shape.count
    guard labelShape == 1 else {
      throw DatasetError(
        .shapeMismatch, labels.subject, "labels of shape \(dimensions(labels.shape)), expected [N]",
        remedy: "save the index of each example's class")
    }
    guard let values = labels.integers() else {
      throw DatasetError(
        .unsupported, labels.subject, "labels are floating numbers, expected whole ones",
        remedy: "save the labels with dtype int64")
    }
    return RawPart(
      shape: layout.shape, pixels: try pixels(of: images, isChannelLast: layout.isChannelLast),
      labels: values, imageSubject: images.subject, labelSubject: labels.subject)
  }

  private static func layout(
    of images: NPYArray
  ) throws(DatasetError) -> (shape: [Int], isChannelLast: Bool) {
    let shape = images.shape
    switch shape.count {
    case 3: return ([1, shape[1], shape[2]], false)
    case 4:
      let isChannelLast = [1, 3].contains(shape[3]) && ![1, 3].contains(shape[1])
      return isChannelLast
        ? ([shape[3], shape[1], shape[2]], true) : (Array(shape.dropFirst()), false)
    default:
      throw DatasetError(
        .shapeMismatch, images.subject,
        "images of shape \(dimensions(shape)), expected [N, H, W], [N, C, H, W] or [N, H, W, C]")
    }
  }

  private static func pixels(
    of images: NPYArray, isChannelLast: Bool
  ) throws(DatasetError) -> ImageExamples.Pixels {
    if images.type.kind == .floating {
      return .floats(channelFirst(images.floats(), images.shape, isChannelLast))
    }
    if images.type.kind == .bool {
      return .bytes(
        channelFirst(images.floats().map { $0 == 0 ? 0 : 255 }, images.shape, isChannelLast))
    }
    let levels = try levels(of: images)
    if let largest = levels.max(), largest == 1 {
      throw DatasetError(
        .pixelOutOfRange, images.subject, "whole numbers 0 and 1 alone, expected levels 0 to 255",
        remedy: "save black and white as dtype bool, or pixels in 0...1 as float32")
    }
    return .bytes(channelFirst(levels, images.shape, isChannelLast))
  }

  private static func levels(of images: NPYArray) throws(DatasetError) -> [UInt8] {
    if let bytes = images.unsignedBytes() { return bytes }
    let numbers = images.integers() ?? []
    if let odd = numbers.first(where: { !(0...255).contains($0) }) {
      throw DatasetError(
        .pixelOutOfRange, images.subject, "a pixel is \(odd), expected whole levels 0 to 255")
    }
    return numbers.map { UInt8(truncatingIfNeeded: $0) }
  }

  private static func channelFirst<Value>(
    _ values: [Value], _ shape: [Int], _ isChannelLast: Bool
  ) -> [Value] {
    guard isChannelLast, shape[3] > 1 else { return values }
    return Interleaving.planes(
      values, images: shape[0], area: shape[1] * shape[2], channels: shape[3])
  }
}
