// SPDX-License-Identifier: GPL-3.0-or-later

import CPNG

/// One picture of eight bits a channel, grey or in colour.
struct PNGImage {
  let height: Int
  let width: Int
  /// 1 for grey, 3 for red, green and blue.
  let channels: Int
  /// Row by row, the channels of a pixel side by side.
  let values: [UInt8]

  private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
  // The type and checksum of the chunk that ends every file.
  private static let end: [UInt8] = [0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82]
  private static let longestSide: UInt32 = 8192

  /// Decodes a PNG file; palettes are expanded, and an alpha channel without effect is dropped.
  ///
  /// - Note: libpng's simplified interface brings a file with a gamma of its own to sRGB.
  init(_ bytes: [UInt8], subject: String) throws(DatasetError) {
    guard bytes.starts(with: Self.signature) else {
      throw DatasetError(
        .wrongMagic, subject, "not a PNG file", remedy: "keep nothing but PNG files in the folders")
    }
    guard Self.hasEnd(bytes) else {
      throw DatasetError(.truncated, subject, "the PNG file has no end chunk")
    }
    // libpng remembers the address of this record, so it must not move.
    let image = UnsafeMutablePointer<png_image>.allocate(capacity: 1)
    image.initialize(to: png_image())
    defer { image.deallocate() }
    image.pointee.version = UInt32(PNG_IMAGE_VERSION)
    defer { png_image_free(image) }
    guard png_image_begin_read_from_memory(image, bytes, bytes.count) != 0 else {
      throw Self.failure(image.pointee, subject)
    }
    height = Int(image.pointee.height)
    width = Int(image.pointee.width)
    let format = Int(image.pointee.format)
    channels = format & Int(PNG_FORMAT_FLAG_COLOR) != 0 ? 3 : 1
    try Self.checkHeader(image.pointee, bytes, subject)
    let hasAlpha = format & Int(PNG_FORMAT_FLAG_ALPHA) != 0
    let stored = channels + (hasAlpha ? 1 : 0)
    image.pointee.format =
      (channels == 3 ? UInt32(PNG_FORMAT_FLAG_COLOR) : 0)
      | (hasAlpha ? UInt32(PNG_FORMAT_FLAG_ALPHA) : 0)
    var decoded = [UInt8](repeating: 0, count: height * width * stored)
    guard png_image_finish_read(image, nil, &decoded, 0, nil) != 0 else {
      throw Self.failure(image.pointee, subject)
    }
    values = hasAlpha ? try Self.withoutAlpha(decoded, stored, subject) : decoded
  }

  private static func checkHeader(
    _ image: png_image, _ bytes: [UInt8], _ subject: String
  ) throws(DatasetError) {
    let (height, width) = (image.height, image.width)
    let rowBytes = (Int(width) + 7) / 8
    guard max(height, width) <= longestSide,
      Int(height) * rowBytes / Inflater.largestRatio <= bytes.count
    else {
      throw DatasetError(
        .headerTooLarge, subject,
        "\(width)×\(height) pixels in \(bytes.count) bytes; at most \(longestSide) a side are read")
    }
    guard image.format & UInt32(PNG_FORMAT_FLAG_LINEAR) == 0 else {
      throw DatasetError(
        .unsupported, subject, "16 bits a channel, expected 8",
        remedy: "convert the pictures to 8 bits a channel")
    }
  }

  private static func withoutAlpha(
    _ values: [UInt8], _ stored: Int, _ subject: String
  ) throws(DatasetError) -> [UInt8] {
    let isOpaque = stride(from: stored - 1, to: values.count, by: stored)
      .allSatisfy { values[$0] == 255 }
    guard isOpaque else {
      throw DatasetError(
        .unsupported, subject, "transparent pixels", remedy: "flatten the pictures on a background")
    }
    return values.indices.lazy.filter { $0 % stored != stored - 1 }.map { values[$0] }
  }

  private static func hasEnd(_ bytes: [UInt8]) -> Bool {
    bytes.suffix(end.count).elementsEqual(end)
      || bytes.indices.contains { bytes[$0] == end[0] && bytes[$0...].starts(with: end) }
  }

  private static func failure(_ image: png_image, _ subject: String) -> DatasetError {
    let message = withUnsafeBytes(of: image.message) { field in
      String(decoding: field.prefix { $0 != 0 }, as: UTF8.self)
    }
    return DatasetError(.corrupt, subject, "libpng says: \(message)")
  }
}
