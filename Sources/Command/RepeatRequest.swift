// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// A finished run whose experiment is to be made again and compared.
public struct RepeatRequest: Sendable, Hashable {
  /// The old report: a file or the folder of a run.
  public var report: String
  /// How the experiment is run.
  public var options: RunOptions

  /// Creates a request.
  public init(report: String, options: RunOptions) {
    self.report = report
    self.options = options
  }
}
