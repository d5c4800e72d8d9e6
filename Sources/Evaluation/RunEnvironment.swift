// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// What a run is told of the world around it; it asks for nothing itself.
public struct RunEnvironment: Sendable {
  /// The program.
  public var tool: ToolRecord
  /// Operating system, processor and cores; libraries are filled in by the run.
  public var machine: EnvironmentRecord
  /// A folder of further data set manifests, or nil.
  public var manifestFolder: String?
  /// The time of day: ISO 8601, UTC.
  public var now: @Sendable () -> String
  /// Seconds of a clock that never goes back.
  public var clock: @Sendable () -> Double

  /// Joins what a run must know.
  public init(
    tool: ToolRecord, machine: EnvironmentRecord, manifestFolder: String?,
    now: @escaping @Sendable () -> String, clock: @escaping @Sendable () -> Double
  ) {
    self.tool = tool
    self.machine = machine
    self.manifestFolder = manifestFolder
    self.now = now
    self.clock = clock
  }
}
