// SPDX-License-Identifier: GPL-3.0-or-later

/// The verdict on each example of an evaluation, compactly, so that two reports can be paired.
public struct VerdictRecord: Codable, Sendable, Hashable {
  /// The examples' indices in the data set.
  public let examples: IndexRanges
  /// Whether each unchanged input is classified correctly, in the order of `examples`.
  public let clean: PackedBits
  /// Whether each is classified correctly and no attack broke it.
  public let robust: PackedBits
  /// Whether each is proved robust, where certificates were computed.
  public let certified: PackedBits?

  /// Packs verdicts on examples whose indices rise.
  ///
  /// - Precondition: All lists are of one length.
  public init(examples: [Int], clean: [Bool], robust: [Bool], certified: [Bool]? = nil) {
    precondition(
      clean.count == examples.count && robust.count == examples.count
        && (certified?.count ?? examples.count) == examples.count,
      "each example has one verdict of each kind")
    self.examples = IndexRanges(rising: examples)
    self.clean = PackedBits(clean)
    self.robust = PackedBits(robust)
    self.certified = certified.map { PackedBits($0) }
  }

  /// Reads verdicts.
  ///
  /// - Throws: `DecodingError` if there are more or fewer bits than examples.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    examples = try container.decode(IndexRanges.self, forKey: .examples)
    clean = try container.decode(PackedBits.self, forKey: .clean)
    robust = try container.decode(PackedBits.self, forKey: .robust)
    certified = try container.decodeIfPresent(PackedBits.self, forKey: .certified)
    for (key, bits) in [(CodingKeys.clean, clean), (.robust, robust), (.certified, certified)] {
      guard let bits, !bits.holds(examples.count) else { continue }
      throw DecodingError.dataCorruptedError(
        forKey: key, in: container,
        debugDescription: "there is not one bit for each of \(examples.count) examples")
    }
  }

  private enum CodingKeys: String, CodingKey {
    case examples, clean, robust, certified
  }
}
