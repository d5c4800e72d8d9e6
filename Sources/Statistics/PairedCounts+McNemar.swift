// SPDX-License-Identifier: GPL-3.0-or-later

/// Tests of the hypothesis that base and head are right equally often.
///
/// Given the number of examples on which they differ, the head wins each with probability one half.
extension PairedCounts {
  /// The two-sided p-value of McNemar's exact test; 1 where the two never differ.
  ///
  /// Its false alarms are at most the stated share, and far fewer with few discordant examples.
  ///
  /// > Source: McNemar. Psychometrika 12 (1947) 153-157; the exact form as in Fagerland et al. 2013.
  public var exactP: Double {
    let fewer = min(baseOnly, headOnly)
    return min(1, 2 * GSL.fairCoinLower(fewer, of: discordant))
  }

  /// The two-sided mid-p-value, which counts half of the probability of what was observed.
  ///
  /// Its false alarms are close to the stated share, and may exceed it slightly.
  ///
  /// > Source: Fagerland, Lydersen and Laake. "The McNemar test for binary matched-pairs data: mid-p
  /// > and asymptotic are better than exact conditional." BMC Medical Research Methodology 13 (2013) 91.
  ///
  /// - Note: With equal counts that paper has one less half of the probability of the tie; here it is
  ///   1, which is what the definition gives, and what no data at all should give.
  public var midP: Double {
    guard baseOnly != headOnly else { return 1 }
    let fewer = min(baseOnly, headOnly)
    let tail = GSL.fairCoinLower(fewer, of: discordant)
    return 2 * tail - GSL.fairCoinMass(fewer, of: discordant)
  }
}
