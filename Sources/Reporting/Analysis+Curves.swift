// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import Statistics

extension Analysis {
  /// Points of a curve that comes from distances.
  private static let points = 33

  /// The distance of each example's nearest adversarial input, by rising index.
  static func nearest(_ attacks: [AttackOutcomes]) -> [Double?] {
    var nearest: [Int: Double?] = [:]
    for outcome in attacks.flatMap(\.outcomes) {
      let known = nearest[outcome.example] ?? nil
      let found: Double? = outcome.cleanCorrect ? (outcome.misled ? outcome.distance : nil) : 0
      nearest[outcome.example] = .some([known, found].compactMap(\.self).min())
    }
    return nearest.sorted { $0.key < $1.key }.map(\.value)
  }

  /// The curves of all variants under all attackers, in the order of the evaluations.
  static func curves(of judged: [JudgedEvaluation]) -> [CurveRecord] {
    var groups: [[JudgedEvaluation]] = []
    for evaluation in judged where evaluation.record.threat.hasRadius {
      let known = groups.firstIndex { $0[0].record.differsInEpsilonAlone(from: evaluation.record) }
      if let known { groups[known].append(evaluation) } else { groups.append([evaluation]) }
    }
    return groups.compactMap { curve(of: $0) }
  }

  private static func curve(of group: [JudgedEvaluation]) -> CurveRecord? {
    let record = group[0].record
    if let distances = group[0].distances {
      let known = CensoredDistances(distances)
      let largest = group.map(\.record.threat.epsilon.value).max() ?? 0
      let last = max(2 * largest, known.broken.last ?? 0)
      guard last > 0 else { return nil }
      let radii = (0..<points).map { last * Double($0) / Double(points - 1) }
      return CurveRecord(
        record, source: .distances,
        points: radii.map { radius in
          let held = known.broken.count { $0 > radius } + known.unbroken
          // At radius zero what is right unchanged holds.
          return CurveRecord.Point(
            epsilon: radius, accuracy: share(held, of: known.count, isStopped: group[0].isStopped))
        }, area: known.area(upTo: last), medianDistance: known.median)
    }
    guard group.count > 1 else { return nil }
    return curve(
      overRadii: group.sorted { $0.record.threat.epsilon.value < $1.record.threat.epsilon.value })
  }

  /// A curve through evaluations by rising radius.
  private static func curve(overRadii group: [JudgedEvaluation]) -> CurveRecord? {
    var holds = group[0].verdicts.cleanCorrect
    func accuracy() -> Estimate {
      share(holds.count { $0 }, of: holds.count, isStopped: group[0].isStopped)
    }
    var points = [CurveRecord.Point(epsilon: 0, accuracy: accuracy())]
    for evaluation in group {
      holds = zip(holds, evaluation.verdicts.robust).map { $0 && $1 }
      let radius = evaluation.record.threat.epsilon.value
      guard radius > points[points.count - 1].epsilon else { continue }
      points.append(CurveRecord.Point(epsilon: radius, accuracy: accuracy()))
    }
    guard
      let curve = SecurityCurve(
        radii: points.map(\.epsilon), accuracies: points.map(\.accuracy.value))
    else { return nil }
    return CurveRecord(
      group[0].record, source: .radii, points: points, area: curve.area(),
      medianDistance: curve.radius(where: 0.5))
  }
}

extension EvaluationRecord {
  fileprivate func differsInEpsilonAlone(from other: EvaluationRecord) -> Bool {
    var threat = other.threat
    threat.epsilon = self.threat.epsilon
    return variant == other.variant && isolation == other.isolation && suite == other.suite
      && self.threat == threat
  }
}

extension CurveRecord {
  fileprivate init(
    _ record: EvaluationRecord, source: Source, points: [Point], area: Double,
    medianDistance: Double?
  ) {
    self.init(
      variant: record.variant, isolation: record.isolation, norm: record.threat.norm,
      suite: record.suite, source: source, points: points, area: area,
      medianDistance: medianDistance)
  }
}
