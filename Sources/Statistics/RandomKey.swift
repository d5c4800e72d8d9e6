// SPDX-License-Identifier: GPL-3.0-or-later

/// A name for a random stream, derived from a seed by purpose, example and restart.
///
/// Keys are values: deriving one draws nothing and changes nothing, so the numbers of an example do
/// not depend on which thread meets it, or when. Derive down to the smallest unit of work, then open
/// the stream there:
///
///     let key = RandomKey(seed: 7).split("attack/pgd").split(example: 41).split(restart: 0)
///     let random = key.stream()
///
/// A key has two 64-bit lanes. A seed s gives the lanes scramble(s + γ) and scramble(s + 2γ), the
/// first two outputs of SplitMix64. A split by a word w of kind t (1 purpose, 2 index, 3 example,
/// 4 restart) gives
///
///     first'  = scramble(first ^ scramble(w ^ tγ))
///     second' = scramble(second ^ first')
///
/// where the word of a purpose is its FNV-1a hash. The map from lanes to lanes is one to one for each
/// word, and siblings of one kind differ in the first lane, so two keys meet only by chance among
/// 2¹²⁸.
public struct RandomKey: Sendable, Hashable {
  let first: UInt64
  let second: UInt64

  private enum Kind: UInt64 {
    case purpose = 1
    case index = 2
    case example = 3
    case restart = 4
  }

  private init(first: UInt64, second: UInt64) {
    self.first = first
    self.second = second
  }

  /// Creates the root of all keys of one run.
  public init(seed: UInt64) {
    first = Mixing.scramble(seed &+ Mixing.goldenGamma)
    second = Mixing.scramble(seed &+ 2 &* Mixing.goldenGamma)
  }

  /// Returns the key of one use of randomness, such as `attack/pgd` or `train/shuffle`.
  public func split(_ purpose: String) -> RandomKey {
    split(.purpose, word: Mixing.fowlerNollVo(purpose))
  }

  /// Returns the key of one of a numbered series, such as an epoch, a step or a block.
  public func split(_ index: Int) -> RandomKey {
    split(.index, word: UInt64(bitPattern: Int64(index)))
  }

  /// Returns the key of one example, numbered as in its data set.
  public func split(example: Int) -> RandomKey {
    split(.example, word: UInt64(bitPattern: Int64(example)))
  }

  /// Returns the key of one restart of an attack.
  public func split(restart: Int) -> RandomKey {
    split(.restart, word: UInt64(bitPattern: Int64(restart)))
  }

  /// Opens the stream of this key, at its start.
  ///
  /// Two streams of one key repeat each other: split before opening, not after.
  public func stream() -> RandomStream {
    RandomStream(self)
  }

  private func split(_ kind: Kind, word: UInt64) -> RandomKey {
    let mixed = Mixing.scramble(
      first ^ Mixing.scramble(word ^ (kind.rawValue &* Mixing.goldenGamma)))
    return RandomKey(first: mixed, second: Mixing.scramble(second ^ mixed))
  }
}
