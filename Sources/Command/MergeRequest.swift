// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// Shards of one run that are to be joined.
public struct MergeRequest: Sendable, Hashable {
  /// The folders that the shards wrote; at least one.
  public var shards: [String]
  /// The folder to write into.
  public var output: String
  /// The rules that the whole is held against; nil for none.
  public var judging: Judging?
  /// Whether no progress is shown.
  public var isQuiet: Bool
  /// Whether the report is printed as JSON.
  public var printsJSON: Bool

  /// Creates a request.
  public init(
    shards: [String], output: String, judging: Judging? = nil, isQuiet: Bool = false,
    printsJSON: Bool = false
  ) {
    self.shards = shards
    self.output = output
    self.judging = judging
    self.isQuiet = isQuiet
    self.printsJSON = printsJSON
  }
}
