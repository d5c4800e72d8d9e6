// SPDX-License-Identifier: GPL-3.0-or-later

import Records

/// The answers on the classes of a case, or the one on all examples together.
struct CaseParts {
  /// The answer on one class, or on all together.
  struct Part {
    let name: String?
    let verdict: GateVerdict
    let value: Double
    let low: Double
    let high: Double
    let needed: Int?
    let text: String
  }

  let parts: [Part]
  /// How many examples the data set has.
  let available: Int
  /// How many the baseline has judged, where the case compares with it.
  let baseline: Int?

  /// The case's answer: that on its only part, or that on the worst class.
  func joined(_ subject: String) -> GateResult.Case {
    let verdict = GateVerdict.joint(parts.map(\.verdict))
    let deciding = parts.filter { $0.verdict == verdict }
    guard let worst = deciding.min(by: { $0.low < $1.low }) else {
      preconditionFailure("a case has a part")
    }
    let open = parts.filter { $0.verdict == .inconclusive }
    let needed =
      verdict == .inconclusive && open.allSatisfy { $0.needed != nil }
      ? open.compactMap(\.needed).max() : nil
    var text = worst.text
    if let name = worst.name {
      let agreeing = "\(deciding.count) of \(parts.count) classes: \(verdict.rawValue)"
      text = "class '\(name)' \(text); \(agreeing)"
    }
    return GateResult.Case(
      subject: subject, verdict: verdict,
      evidence: text + advice(verdict: verdict, needed: needed), value: worst.value,
      low: parts.map(\.low).min(), high: parts.map(\.high).min(), examplesNeeded: needed)
  }

  private func advice(verdict: GateVerdict, needed: Int?) -> String {
    guard verdict == .inconclusive, let needed else { return "" }
    let limit =
      if needed > available {
        ", and the data set has \(available)"
      } else if let baseline, needed > baseline {
        ", and the baseline has judged \(baseline)"
      } else {
        ""
      }
    return "; about \(needed) examples would tell\(limit)"
  }

  /// Both bounds in words.
  static func bounds(_ low: Double, _ high: Double, signed: Bool = false) -> String {
    "bounds [\(low.fixed(4, signed: signed)), \(high.fixed(4, signed: signed))]"
  }
}
