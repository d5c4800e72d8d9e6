// SPDX-License-Identifier: GPL-3.0-or-later

/// Where tensors live; the digits of a result can depend on it.
public enum ComputeDevice: String, Codable, Sendable, CaseIterable {
  /// The processor.
  case cpu
  /// A graphics card, with a libtorch built for it.
  case cuda
}
