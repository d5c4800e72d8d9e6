// SPDX-License-Identifier: GPL-3.0-or-later

/// Reads the binary version of CIFAR-10.
///
/// > Source: Krizhevsky, "The CIFAR-10 dataset", <https://www.cs.toronto.edu/~kriz/cifar.html>,
/// > "Binary version": records of a label byte and 3 × 32 × 32 pixel bytes, channel by channel.
enum CIFAR10Reader {
  private static let shape = [3, 32, 32]
  private static let pixelCount = 3072
  private static let testName = "test_batch.bin"
  private static let classesName = "batches.meta.txt"
  private static let usualClasses = [
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
  ]

  /// Whether a folder with these names holds such files.
  static func recognises(_ names: [String]) -> Bool {
    names.contains { $0 == testName || isTrainName($0) }
  }

  static func read(_ source: inout FileSource) throws(DatasetError) -> RawDataset {
    let names = try source.names()
    let test = try part([testName], &source)
    let trainNames = names.filter(isTrainName)
    let train = trainNames.isEmpty ? nil : try part(trainNames, &source)
    var classes = usualClasses
    if names.contains(classesName) {
      let text = String(decoding: try source.read(classesName), as: UTF8.self)
      classes = text.split(whereSeparator: \.isNewline).map(String.init)
        .filter { !$0.allSatisfy(\.isWhitespace) }
    }
    return RawDataset(classes: classes, train: train, test: test)
  }

  private static func isTrainName(_ name: String) -> Bool {
    name.hasPrefix("data_batch_") && name.hasSuffix(".bin")
  }

  private static func part(
    _ names: [String], _ source: inout FileSource
  ) throws(DatasetError) -> RawPart {
    var pixels: [UInt8] = []
    var labels: [Int] = []
    for name in names {
      let path = source.path(of: name)
      let bytes = try source.read(name)
      let record = pixelCount + 1
      guard bytes.count % record == 0 else {
        throw DatasetError(
          .truncated, path, "\(bytes.count) bytes, expected a multiple of \(record)")
      }
      for start in stride(from: 0, to: bytes.count, by: record) {
        guard bytes[start] < 10 else {
          throw DatasetError(
            .labelOutOfRange, path,
            "record \(start / record) has label \(bytes[start]), expected 0 to 9")
        }
        labels.append(Int(bytes[start]))
        pixels.append(contentsOf: bytes[start + 1..<start + record])
      }
    }
    let subject = names.count == 1 ? source.path(of: names[0]) : source.folder
    return RawPart(
      shape: shape, pixels: .bytes(pixels), labels: labels, imageSubject: subject,
      labelSubject: subject)
  }
}
