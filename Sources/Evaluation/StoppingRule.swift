// SPDX-License-Identifier: GPL-3.0-or-later

import Hashing
public import Records

/// When a run has seen enough, so that it ends before its last example.
///
/// Blocks of examples then come in a random order, and after each the report so far is shown to the rule.
/// What it may conclude must hold at any time, as it is asked again and again.
public struct StoppingRule: Sendable {
  let policySHA256: String
  let baselineSHA256: String?
  /// Whether more examples could change nothing that matters.
  let isDecided: @Sendable (Report) throws -> Bool

  /// Creates a rule.
  ///
  /// - Parameters:
  ///   - policy: The policy file's content.
  ///   - baseline: The report compared with.
  ///   - isDecided: Asked with the report on the examples so far, in which soundness flags, attacks and
  ///     comparisons are still missing. A pure function, or a run that goes on ends otherwise.
  /// - Throws: What encoding the baseline throws.
  public init(
    policy: [UInt8], baseline: Report?, isDecided: @escaping @Sendable (Report) throws -> Bool
  ) throws {
    policySHA256 = SHA256.hex(of: policy)
    baselineSHA256 = try baseline.map { SHA256.hex(of: try CanonicalJSON.line($0)) }
    self.isDecided = isDecided
  }

  /// What the report says of the rule.
  func record(seen: Int, of available: Int, seed: UInt64) -> StoppingRecord {
    StoppingRecord(
      policySHA256: policySHA256, baselineSHA256: baselineSHA256, examplesSeen: seen,
      examplesAvailable: available, examplesPerLook: BlockJudge.blockSize, orderSeed: seed)
  }
}
