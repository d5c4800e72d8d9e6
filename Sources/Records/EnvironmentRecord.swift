// SPDX-License-Identifier: GPL-3.0-or-later

/// The machine that a run used.
public struct EnvironmentRecord: Codable, Sendable, Hashable {
  /// Operating system and version.
  public var os: String
  /// The processor's own name.
  public var cpu: String
  /// Logical cores that the process may use.
  public var cores: Int
  /// The device that models ran on, such as `cpu`.
  public var device: String
  /// Version of each library by name.
  public var libraries: [String: String]

  /// Creates a record.
  public init(os: String, cpu: String, cores: Int, device: String, libraries: [String: String]) {
    self.os = os
    self.cpu = cpu
    self.cores = cores
    self.device = device
    self.libraries = libraries
  }
}
