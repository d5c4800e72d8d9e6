// SPDX-License-Identifier: GPL-3.0-or-later

/// Reads IDX files of bytes, plain or gzipped.
///
/// > Source: LeCun, Cortes, Burges, "The MNIST database of handwritten digits",
/// > <http://yann.lecun.com/exdb/mnist/>, "File formats".
enum IDXReader {
  /// The bytes of an IDX file with their dimensions; the last one varies fastest.
  struct Content: Equatable {
    let shape: [Int]
    let values: [UInt8]
  }

  private struct Header {
    let shape: [Int]
    let length: Int
    let valueCount: Int
    var total: Int { length + valueCount }
  }

  static func read(_ bytes: [UInt8], subject: String) throws(DatasetError) -> Content {
    if bytes.starts(with: [0x1F, 0x8B]) { return try readGzip(bytes, subject: subject) }
    let header = try header(bytes[...], subject: subject)
    try checkLength(header, found: bytes.count, subject: subject)
    return Content(shape: header.shape, values: Array(bytes[header.length...]))
  }

  // The header is unpacked alone first: it says how much room the rest may take.
  private static func readGzip(_ bytes: [UInt8], subject: String) throws(DatasetError) -> Content {
    let start = Inflater.inflate(bytes[...], .gzip, capacity: 4 + 4 * 255)
    if start.end == .corrupt, start.bytes.count < 4 {
      throw DatasetError(.corrupt, subject, "the gzip data is damaged")
    }
    let header = try header(start.bytes[...], subject: subject)
    guard header.total / Inflater.largestRatio <= bytes.count else {
      throw tooLarge(
        header.shape, subject: subject, reason: "\(bytes.count) gzipped bytes cannot hold it")
    }
    // One byte more than promised, so that a longer file is noticed.
    let (content, end) = Inflater.inflate(bytes[...], .gzip, capacity: header.total + 1)
    switch end {
    case .finished(unused: 0): break
    case .finished(let unused):
      throw DatasetError(.trailingBytes, subject, "\(unused) bytes follow the gzip data")
    case .truncated: throw DatasetError(.truncated, subject, "the gzip data ends too early")
    case .corrupt: throw DatasetError(.corrupt, subject, "the gzip data is damaged")
    case .full: break
    }
    try checkLength(header, found: content.count, subject: subject)
    return Content(shape: header.shape, values: Array(content[header.length...]))
  }

  private static func header(
    _ bytes: ArraySlice<UInt8>, subject: String
  ) throws(DatasetError) -> Header {
    var cursor = ByteCursor(bytes)
    guard let magic = cursor.take(4).map(Array.init) else {
      throw DatasetError(.truncated, subject, "\(bytes.count) bytes, an IDX header has at least 8")
    }
    let types: [UInt8] = [0x08, 0x09, 0x0B, 0x0C, 0x0D, 0x0E]
    guard magic[0] == 0, magic[1] == 0, types.contains(magic[2]), magic[3] > 0 else {
      let found = magic.map(hexadecimal).joined(separator: " ")
      throw DatasetError(
        .wrongMagic, subject, "starts with \(found), expected 00 00 08 and the count of dimensions")
    }
    guard magic[2] == 0x08 else {
      throw DatasetError(
        .unsupported, subject, "IDX type \(hexadecimal(magic[2])), expected 08 (bytes)")
    }
    var shape: [Int] = []
    for _ in 0..<magic[3] {
      guard let dimension = cursor.bigEndian(4) else {
        throw DatasetError(.truncated, subject, "ends inside its header")
      }
      shape.append(dimension)
    }
    guard let count = product(shape), count <= FileBytes.maximum else {
      throw tooLarge(shape, subject: subject, reason: "at most \(FileBytes.maximum) bytes are read")
    }
    return Header(shape: shape, length: 4 + 4 * shape.count, valueCount: count)
  }

  private static func checkLength(
    _ header: Header, found: Int, subject: String
  ) throws(DatasetError) {
    let shape = dimensions(header.shape)
    if found < header.total {
      throw DatasetError(
        .truncated, subject, "\(found) bytes, the header promises \(header.total) (\(shape))")
    }
    if found > header.total {
      throw DatasetError(
        .trailingBytes, subject, "more than the \(header.total) bytes that the header promises")
    }
  }

  private static func tooLarge(_ shape: [Int], subject: String, reason: String) -> DatasetError {
    DatasetError(.headerTooLarge, subject, "the header promises \(dimensions(shape)); \(reason)")
  }
}
