// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// The pictures that lie beside a report.
///
/// A report may come from anywhere, so a path in it is followed only to a picture in `plots/` or
/// `gallery/`: never out of the folder, to a link or to another kind of file.
public struct PictureFolder: Sendable {
  private static let folders: Set<Substring> = ["plots", "gallery"]
  private static let largest = 16 << 20
  private static let starts: [(ending: String, bytes: [UInt8])] = [
    (".png", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]), (".svg", [UInt8(ascii: "<")]),
  ]

  private let folder: String

  /// Creates a view of the folder that holds the report.
  public init(_ folder: String) { self.folder = folder }

  /// The bytes of a picture; nil where it is missing, or is none.
  public func picture(_ path: String) -> [UInt8]? {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, Self.folders.contains(parts[0]), !parts[1].hasPrefix("."),
      !path.utf8.contains(0), let start = Self.starts.first(where: { path.hasSuffix($0.ending) }),
      let bytes = Self.contents(of: "\(folder)/\(path)"), bytes.starts(with: start.bytes)
    else { return nil }
    return bytes
  }

  private static func contents(of path: String) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      (1...largest).contains(Int(status.st_size))
    else { return nil }
    let size = Int(status.st_size)
    var done = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while done < size, let base = buffer.baseAddress {
        let found = read(descriptor, base + done, size - done)
        if found < 0, errno == EINTR { continue }
        guard found > 0 else { break }
        done += found
      }
      count = done
    }
    return done == size ? bytes : nil
  }
}
