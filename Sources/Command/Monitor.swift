// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// What an engine knows of its user; may be called from any thread.
public struct Monitor: Sendable {
  /// Tells the user how far the work has come.
  public let report: @Sendable (ProgressEvent) -> Void
  /// Whether the user wants it to stop; once true it stays true.
  public let isInterrupted: @Sendable () -> Bool

  /// Creates a monitor.
  public init(
    report: @escaping @Sendable (ProgressEvent) -> Void,
    isInterrupted: @escaping @Sendable () -> Bool
  ) {
    self.report = report
    self.isInterrupted = isInterrupted
  }
}
