// SPDX-License-Identifier: GPL-3.0-or-later

import Certification
import Records
import RobustCore
import Torch

extension ResolvedExperiment {
  /// Which test examples are proved to withstand every allowed text, by the id of an evaluation.
  ///
  /// The proofs hold under the constraints that the attacks obey. Models that cannot be bounded have no
  /// entry.
  func certified(
    _ variants: [VariantMaker.Variant], pool: WorkerPool
  ) async throws -> [String: [Bool]] {
    guard let setting = texts, let written = test.texts else { return [:] }
    let labels = test.labels.elements(of: Int.self)
    var found: [String: [Bool]] = [:]
    for evaluation in plan.evaluations {
      guard let variant = variants.first(where: { $0.plan.id == evaluation.variant }) else {
        continue
      }
      let certificate = SubstitutionCertificate(
        encoding: setting.encoding, rules: setting.rules,
        mostWords: Int(min(evaluation.threat.epsilon.value, 1e6)))
      found[evaluation.id] = try await certificate.proofs(
        variant.classifier, texts: written, labels: labels, pool: pool)
    }
    return found
  }
}
