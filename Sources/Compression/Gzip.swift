// SPDX-License-Identifier: GPL-3.0-or-later

internal import CZlib

/// The gzip format around some bytes.
enum Gzip {
  private static let window: Int32 = 15 + 16

  /// A file of the bytes.
  ///
  /// Short repeats are common among weights and the bytes of a mask by mere chance, and naming them takes
  /// more room than the frequent bytes themselves; `Z_FILTERED` skips them.
  static func compressed(_ bytes: [UInt8]) -> [UInt8] {
    var stream = z_stream()
    let size = Int32(MemoryLayout<z_stream>.size)
    var status = deflateInit2_(
      &stream, 9, Z_DEFLATED, window, 9, Z_FILTERED, ZLIB_VERSION, size)
    precondition(status == Z_OK, "zlib cannot begin to deflate")
    defer { deflateEnd(&stream) }
    var input = bytes
    let bound = Int(deflateBound(&stream, UInt(bytes.count)))
    return [UInt8](unsafeUninitializedCapacity: bound) { output, written in
      input.withUnsafeMutableBufferPointer { source in
        stream.next_in = source.baseAddress
        stream.avail_in = UInt32(source.count)
        stream.next_out = output.baseAddress
        stream.avail_out = UInt32(bound)
        status = deflate(&stream, Z_FINISH)
      }
      precondition(status == Z_STREAM_END, "zlib's own bound was too small")
      written = Int(stream.total_out)
    }
  }

  /// What a file holds, or nil where it is no whole gzip file.
  static func decompressed(_ bytes: [UInt8]) -> [UInt8]? {
    var stream = z_stream()
    let size = Int32(MemoryLayout<z_stream>.size)
    guard inflateInit2_(&stream, window, ZLIB_VERSION, size) == Z_OK else { return nil }
    defer { inflateEnd(&stream) }
    var input = bytes
    var result: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 18)
    var status = Z_OK
    input.withUnsafeMutableBufferPointer { source in
      stream.next_in = source.baseAddress
      stream.avail_in = UInt32(source.count)
      repeat {
        chunk.withUnsafeMutableBufferPointer { output in
          stream.next_out = output.baseAddress
          stream.avail_out = UInt32(output.count)
          status = inflate(&stream, Z_NO_FLUSH)
        }
        result += chunk[..<(chunk.count - Int(stream.avail_out))]
      } while status == Z_OK
    }
    return status == Z_STREAM_END ? result : nil
  }
}
