// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// A folder that goes away with the test.
public final class TemporaryFolder: Sendable {
  /// Where it is.
  public let path: String

  /// Makes an empty folder.
  public init() throws {
    path = NSTemporaryDirectory() + "robust-eval-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of something inside.
  public func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a program that can be started at once.
  ///
  /// Another process writes it. A file that this one has open for writing is so too in a child that
  /// another test forks in that moment, and cannot be started until the child has gone on.
  public func writeProgram(_ name: String, _ text: String) throws {
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/sh")
    shell.arguments = ["-c", "printf %s \"$1\" >\"$0\" && chmod 755 \"$0\"", self(name), text]
    try shell.run()
    shell.waitUntilExit()
    guard shell.terminationStatus == 0 else { throw CocoaError(.fileWriteUnknown) }
  }
}
