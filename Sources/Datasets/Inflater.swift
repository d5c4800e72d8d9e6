// SPDX-License-Identifier: GPL-3.0-or-later

import CZlib

/// Unpacks deflated data into a buffer of a size set beforehand, so that no input can ask for more.
enum Inflater {
  enum Wrapping: Int32 {
    /// One or more gzip members, one after the other.
    case gzip = 31
    /// No header and no checksum, as inside a zip archive.
    case raw = -15
  }

  enum End: Equatable {
    /// The data ended; so many bytes of input follow it.
    case finished(unused: Int)
    /// The buffer is full and the data goes on.
    case full
    /// The input stopped before the data did.
    case truncated
    /// The input is no deflated data, or its checksum is wrong.
    case corrupt
  }

  /// No deflated byte becomes more than this many.
  ///
  /// > Source: zlib technical details, <https://zlib.net/zlib_tech.html>: the limit is 1032 to 1.
  static let largestRatio = 1032

  /// Unpacks at most `capacity` bytes.
  static func inflate(
    _ input: ArraySlice<UInt8>, _ wrapping: Wrapping, capacity: Int
  ) -> (bytes: [UInt8], end: End) {
    // zlib remembers the address of its stream, so the stream must not move.
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    defer { stream.deallocate() }
    let size = Int32(MemoryLayout<z_stream>.size)
    let started = inflateInit2_(stream, wrapping.rawValue, ZLIB_VERSION, size)
    precondition(started == Z_OK, "zlib could not start: status \(started)")
    defer { inflateEnd(stream) }
    var end = End.corrupt
    let bytes = [UInt8](unsafeUninitializedCapacity: max(capacity, 1)) { target, filled in
      let room = UnsafeMutableBufferPointer(rebasing: target[0..<max(capacity, 0)])
      end = input.withUnsafeBytes { run(stream, $0, wrapping, room, filled: &filled) }
    }
    return (bytes, end)
  }

  private static func run(
    _ stream: UnsafeMutablePointer<z_stream>, _ source: UnsafeRawBufferPointer,
    _ wrapping: Wrapping, _ target: UnsafeMutableBufferPointer<UInt8>, filled: inout Int
  ) -> End {
    // zlib counts in 32 bits.
    let piece = 1 << 30
    let input = UnsafeMutableRawPointer(mutating: source.baseAddress)?
      .assumingMemoryBound(to: UInt8.self)
    var used = 0
    while true {
      let given = min(source.count - used, piece)
      let room = min(target.count - filled, piece)
      stream.pointee.next_in = input?.advanced(by: used)
      stream.pointee.avail_in = UInt32(given)
      stream.pointee.next_out = target.baseAddress?.advanced(by: filled)
      stream.pointee.avail_out = UInt32(room)
      let status = CZlib.inflate(stream, Z_NO_FLUSH)
      used += given - Int(stream.pointee.avail_in)
      filled += room - Int(stream.pointee.avail_out)
      switch status {
      case Z_OK:
        continue
      case Z_STREAM_END:
        let next = source.dropFirst(used).prefix(2)
        guard wrapping == .gzip, next.elementsEqual([0x1F, 0x8B]) else {
          return .finished(unused: source.count - used)
        }
        inflateReset(stream)
      case Z_BUF_ERROR:
        return filled == target.count ? .full : .truncated
      default:
        return .corrupt
      }
    }
  }
}
