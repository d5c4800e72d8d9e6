// SPDX-License-Identifier: GPL-3.0-or-later

/// Integer hashes from which random keys are derived; plain arithmetic, the same on every machine.
enum Mixing {
  /// The step between successive states of SplitMix64: 2⁶⁴ divided by the golden ratio, odd.
  static let goldenGamma: UInt64 = 0x9e37_79b9_7f4a_7c15

  /// Scrambles 64 bits, one to one.
  ///
  /// > Source: Steele, Lea and Flood. "Fast Splittable Pseudorandom Number Generators." OOPSLA 2014,
  /// > with the constants of Stafford's variant 13 as in Vigna's `splitmix64.c`.
  static func scramble(_ word: UInt64) -> UInt64 {
    var bits = word
    bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
    bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
    return bits ^ (bits >> 31)
  }

  /// Hashes the UTF-8 bytes of a text to 64 bits.
  ///
  /// > Source: Fowler, Noll and Vo, FNV-1a with 64 bits, as in the draft `draft-eastlake-fnv`.
  static func fowlerNollVo(_ text: String) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text.utf8 {
      hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
    }
    return hash
  }
}
