// SPDX-License-Identifier: GPL-3.0-or-later

import Records

extension VariantRecord {
  /// What its bytes and times must be read with.
  var footprintNotes: [String] { [kernelNote, timeNotSaved].compactMap(\.self) }

  /// A sentence on what multiplied a quantised model's integers; nil where there are none.
  var kernelNote: String? {
    let agreement = integerKernels.map { found in
      "\(found.engine), \(found.layers) of \(found.multiplyingLayers) layers, the same class for"
        + " \(found.agreeing) of \(found.examples) examples"
        + (found.attacked.map {
          " and for \(found.attackedAgreeing ?? 0) of \($0) that were attacked"
        } ?? "")
    }
    return switch kernels {
    case .simulated:
      "\(id) was run with simulated kernels: its integers were computed with as the real numbers that"
        + " they stand for, so its bytes are those of integers and its times are not"
        + (agreement.map { "; kernels for integers disagree (\($0))" } ?? "") + "."
    case .integer:
      "\(id) was timed with kernels for integers (\(agreement ?? "")); attacks met their simulation."
    case nil: nil
    }
  }

  /// A sentence where fewer multiply-adds than the dense parent's bring no time, as most masks do; nil
  /// where they do, or where not even a twentieth was saved, or nothing measured.
  var timeNotSaved: String? {
    guard macs * 20 <= denseMacs * 19 else { return nil }
    let measured = [(speedup, "one example"), (speedupBatch64, "batches")]
    let idle = measured.compactMap { speedup, size in
      speedup.flatMap { $0.low <= 1 ? "\(size) at \($0.text) times its speed" : nil }
    }
    guard !idle.isEmpty else { return nil }
    return
      "\(id) needs \(macs) multiply-adds and its dense parent \(denseMacs), yet it is not shown"
      + " to be faster: \(idle.joined(separator: ", "))."
  }
}
