// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// A finished run to be rendered again, without attacking.
public struct RenderRequest: Sendable, Hashable {
  /// A file or the folder of a run.
  public var run: String
  /// The names of the forms, at least one; the engine knows which there are.
  public var formats: [String]
  /// The folder to write into; nil for the run's own.
  public var output: String?
  /// The rules whose answers the report is to show; nil for those that it has.
  public var judging: Judging?

  /// Creates a request.
  public init(run: String, formats: [String], output: String? = nil, judging: Judging? = nil) {
    self.run = run
    self.formats = formats
    self.output = output
    self.judging = judging
  }
}
