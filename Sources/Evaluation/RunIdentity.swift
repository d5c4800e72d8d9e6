// SPDX-License-Identifier: GPL-3.0-or-later

import Hashing
import Journal
import Records

extension JournalIdentity {
  /// Equal for runs that would find the same: settings, data and program.
  init(
    _ experiment: Experiment, attacks: [ResolvedExperiment.ResolvedAttack],
    dataset: DatasetRecord, version: String, libtorch: String
  ) throws {
    let line = try CanonicalJSON.line([
      "experiment": try CanonicalJSON.line(experiment),
      "attacks": try CanonicalJSON.line(attacks.map(\.specification)),
      "data": dataset.sha256 ?? dataset.name, "version": version, "libtorch": libtorch,
    ])
    self.init(digest: SHA256.hex(of: line), description: experiment.description)
  }
}
