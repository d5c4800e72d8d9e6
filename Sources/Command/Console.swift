// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// Where the program writes.
public struct Console: Sendable {
  /// Writes results; answers whether all of it was taken.
  public let writeOutput: @Sendable (String) -> Bool
  /// Writes messages, progress and errors; nobody can be told if that fails.
  public let writeError: @Sendable (String) -> Void

  /// Creates a console.
  public init(
    writeOutput: @escaping @Sendable (String) -> Bool,
    writeError: @escaping @Sendable (String) -> Void
  ) {
    self.writeOutput = writeOutput
    self.writeError = writeError
  }

  /// Standard output and standard error.
  public static var standard: Console {
    Console(
      writeOutput: { write($0, to: STDOUT_FILENO) },
      writeError: { _ = write($0, to: STDERR_FILENO) })
  }

  private static func write(_ text: String, to descriptor: Int32) -> Bool {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { return false }
      rest = rest.dropFirst(written)
    }
    return true
  }
}
