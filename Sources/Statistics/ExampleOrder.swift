// SPDX-License-Identifier: GPL-3.0-or-later

/// The random order in which a run that may stop early meets its examples.
///
/// Examples are often stored sorted, by class or by source; the first ones of a random order are a fair
/// sample of all, however many they are.
public enum ExampleOrder {
  /// Returns the indices 0..<count in the order of a seed.
  ///
  /// A report names seed and count alone, from which its readers find the same order again.
  public static func indices(seed: UInt64, count: Int) -> [Int] {
    RandomKey(seed: seed).split("until-decided/order").stream().permutation(count)
  }
}
