// SPDX-License-Identifier: GPL-3.0-or-later

/// What the program tells its caller when it ends.
public enum ExitCode: Int32, Sendable, CaseIterable {
  /// All was done, or the gate passed.
  case done = 0
  /// The gate failed.
  case gateFailed = 1
  /// The command line or an input is wrong; one line says what and where.
  case badInput = 2
  /// The gate cannot tell.
  case gateInconclusive = 3
  /// The gate refused, since a number is not to be believed.
  case gateRefused = 4
  /// The program is at fault.
  case internalError = 70
  /// The user or the system interrupted it; what was done is kept.
  case interrupted = 130
}
