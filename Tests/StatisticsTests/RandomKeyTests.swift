// SPDX-License-Identifier: GPL-3.0-or-later

import TestSupport
import Testing

@testable import Statistics

@Suite("Random keys", .timeLimit(.minutes(15)))
struct RandomKeyTests {
  @Test("SplitMix64 gives its published first outputs", .tags(.paper))
  func splitMixMatches() {
    // Vigna's splitmix64.c with seed 1234567.
    let published: [UInt64] = [
      6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
      4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
    ]
    var state: UInt64 = 1_234_567
    for expected in published {
      state &+= Mixing.goldenGamma
      #expect(Mixing.scramble(state) == expected)
    }
  }

  @Test(
    "FNV-1a gives its published hashes", .tags(.paper),
    arguments: [
      "": 0xcbf2_9ce4_8422_2325, "a": 0xaf63_dc4c_8601_ec8c, "foobar": 0x8594_4171_f739_67e8,
    ] as [String: UInt64])
  func fowlerNollVoMatches(text: String, hash: UInt64) {
    #expect(Mixing.fowlerNollVo(text) == hash)
  }

  @Test("Every kind, word and order of splits names another key")
  func pathsDiffer() {
    let root = RandomKey(seed: 1)
    let keys = [
      root, RandomKey(seed: 2), root.split("a"), root.split("b"), root.split(""), root.split(0),
      root.split(1), root.split(example: 0), root.split(example: 1), root.split(restart: 0),
      root.split(restart: 1), root.split("a").split("b"), root.split("b").split("a"),
      root.split("ab"), root.split(example: 1).split(restart: 2),
      root.split(example: 2).split(restart: 1), root.split(restart: 2).split(example: 1),
      root.split(-1),
    ]
    #expect(Set(keys).count == keys.count)
  }

  @Test("A key and its stream depend on nothing but the path to them")
  func keysAreValues() {
    let first = RandomKey(seed: 3).split("attack").split(example: 5)
    _ = first.stream().uniform()
    let second = RandomKey(seed: 3).split("attack").split(example: 5)
    #expect(first == second)
    #expect(first.stream().bits() == second.stream().bits())
  }

  @Test("A million streams of one run all begin differently")
  func streamsDoNotCollide() {
    var starts: [UInt64] = []
    starts.reserveCapacity(1_000_000)
    for purpose in 0..<10 {
      let used = RandomKey(seed: 0).split("attack/\(purpose)")
      for example in 0..<10_000 {
        let key = used.split(example: example)
        for restart in 0..<10 {
          let stream = key.split(restart: restart).stream()
          starts.append(UInt64(stream.bits()) << 32 | UInt64(stream.bits()))
        }
      }
    }
    starts.sort()
    var repeats = 0
    for index in 1..<starts.count where starts[index] == starts[index - 1] { repeats += 1 }
    #expect(repeats == 0)
  }

  @Test("A change of one bit of the seed changes half of the key's bits")
  func seedsAvalanche() {
    var flipped = 0
    for bit in 0..<64 {
      let one = RandomKey(seed: 12_345).split("x")
      let other = RandomKey(seed: 12_345 ^ (1 << UInt64(bit))).split("x")
      flipped += (one.first ^ other.first).nonzeroBitCount
      flipped += (one.second ^ other.second).nonzeroBitCount
    }
    // 64 times 128 fair bits: 4,096 expected, 45 the standard deviation.
    #expect(abs(flipped - 4_096) < 4 * 45)
  }
}
