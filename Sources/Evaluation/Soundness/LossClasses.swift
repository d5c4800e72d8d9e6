// SPDX-License-Identifier: GPL-3.0-or-later

import Attacks
import Records

/// Row 15, before a run: every attack's loss is defined for the number of classes.
struct LossClasses {
  private static let row = SoundnessRow.lossClasses

  /// Compares what the attacks need with what there is.
  ///
  /// - Throws: `SpecificationError` where an attack is unknown.
  static func finding(
    _ attacks: [Specification], classes: Int
  ) throws(SpecificationError) -> SoundnessFinding {
    var most = (needed: 0, name: "")
    for attack in attacks {
      let needed = try AttackCatalog.member(for: attack).minimumClasses(attack)
      if needed > most.needed { most = (needed, attack.name) }
    }
    let isFlagged = most.needed > classes
    return SoundnessFinding(
      row, value: Double(most.needed), threshold: Double(classes), sample: 0,
      severity: isFlagged ? .blocking : nil,
      message: isFlagged
        ? "\(most.name) needs \(most.needed) classes and there are \(classes);"
          + " take the margin loss, as in \(most.name):loss=margin"
        : "every loss is defined for \(classes) classes")
  }
}
