// SPDX-License-Identifier: GPL-3.0-or-later

import Hashing
import RobustCore

/// The identity of a model: a digest of its stored parameters.
enum ModelDigest {
  /// SHA-256 of the checkpoint's bytes, 64 hexadecimal digits.
  static func hex(of parameters: ParameterSet) -> String {
    SHA256.hex(of: parameters.safetensors.encoded())
  }
}
