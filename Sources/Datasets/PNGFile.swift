// SPDX-License-Identifier: GPL-3.0-or-later

import CPNG

/// Writes pictures of eight bits a channel.
public enum PNGFile {
  /// Encodes a picture as a PNG file; equal pictures give equal bytes.
  ///
  /// - Parameters:
  ///   - planes: One channel after the other, each row by row: `channels × height × width`.
  ///   - height: Rows; at least one.
  ///   - width: Columns; at least one.
  /// - Returns: The file; nil if there are neither one nor three channels, or libpng fails.
  public static func encoded(planes: [UInt8], height: Int, width: Int) -> [UInt8]? {
    let area = height * width
    guard area > 0, [area, 3 * area].contains(planes.count) else { return nil }
    let channels = planes.count / area
    let pixels = (0..<area * channels).map { planes[$0 % channels * area + $0 / channels] }
    // libpng remembers the address of this record, so it must not move.
    let image = UnsafeMutablePointer<png_image>.allocate(capacity: 1)
    image.initialize(to: png_image())
    defer { image.deallocate() }
    image.pointee.version = UInt32(PNG_IMAGE_VERSION)
    image.pointee.width = UInt32(width)
    image.pointee.height = UInt32(height)
    image.pointee.format = channels == 3 ? UInt32(PNG_FORMAT_FLAG_COLOR) : 0
    defer { png_image_free(image) }
    var size = 0
    guard png_image_write_to_memory(image, nil, &size, 0, pixels, 0, nil) != 0 else { return nil }
    var bytes = [UInt8](repeating: 0, count: size)
    guard png_image_write_to_memory(image, &bytes, &size, 0, pixels, 0, nil) != 0 else {
      return nil
    }
    return Array(bytes.prefix(size))
  }
}
