// SPDX-License-Identifier: GPL-3.0-or-later

internal import CSandbox
internal import Glibc

/// One of the walls around an isolated model.
public enum SandboxLayer: String, Codable, Sendable, CaseIterable {
  /// Identifiers of its own; no capability outside.
  case userNamespace = "user namespace"
  /// No file system but an empty folder that cannot be written.
  case emptyRoot = "empty root"
  /// No network, nor abstract sockets of others.
  case network = "network namespace"
  /// No other process can be named.
  case processes = "process namespace"
  /// No shared memory and message queues of others.
  case interProcess = "IPC namespace"
  /// No program with more rights can be started.
  case noNewPrivileges = "no new privileges"
  /// A process of the same user can neither trace it nor read its memory.
  case notDumpable = "not dumpable"
  /// No core files, no files, no further descriptors.
  case resourceLimits = "resource limits"
  /// No capabilities, not even inside the own namespaces.
  case noCapabilities = "no capabilities"
  /// A list of the system calls that are left.
  case systemCalls = "system call filter"

  /// What a model must have around it to be called isolated: everything.
  ///
  /// - Note: None of it keeps out the administrator, who may read all memory of a machine.
  public static let required = Set(allCases)

  fileprivate var bit: UInt32 {
    switch self {
    case .userNamespace: CSandboxUserNamespace.rawValue
    case .emptyRoot: CSandboxEmptyRoot.rawValue
    case .network: CSandboxNetwork.rawValue
    case .processes: CSandboxProcesses.rawValue
    case .interProcess: CSandboxIPC.rawValue
    case .noNewPrivileges: CSandboxNoNewPrivileges.rawValue
    case .notDumpable: CSandboxNotDumpable.rawValue
    case .resourceLimits: CSandboxResourceLimits.rawValue
    case .noCapabilities: CSandboxNoCapabilities.rawValue
    case .systemCalls: CSandboxSystemCalls.rawValue
    }
  }
}

/// What a worker says of its own walls, first of all.
struct SandboxReport: Codable, Equatable {
  /// The layers that were entered.
  let entered: [SandboxLayer]
  /// The kernel's words for those that were refused.
  let refused: [String: String]

  init(_ report: CSandboxReport) {
    entered = SandboxLayer.allCases.filter { report.entered & $0.bit != 0 }
    let errors = withUnsafeBytes(of: report.errors) { Array($0.bindMemory(to: Int32.self)) }
    var refused: [String: String] = [:]
    for layer in SandboxLayer.allCases where report.entered & layer.bit == 0 {
      refused[layer.rawValue] = String(cString: strerror(errors[layer.bit.trailingZeroBitCount]))
    }
    self.refused = refused
  }
}
