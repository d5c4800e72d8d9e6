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
}
