// SPDX-License-Identifier: GPL-3.0-or-later

import Hashing
import Journal
import Records

extension JournalIdentity {
  /// Equal for runs that would find the same: settings with their defaults, models, data and program.
  init(
    _ resolved: ResolvedExperiment, _ options: RunOptions, _ stopping: StoppingRule?,
    version: String, libtorch: String
  ) throws {
    var facts = [
      "experiment": try CanonicalJSON.line(resolved.experiment),
      "settings": try CanonicalJSON.line(try resolved.settings()),
      "models": try CanonicalJSON.line(
        resolved.experiment.models.map { resolved.modelDigests[$0] ?? "" }),
      "data": resolved.dataset.sha256 ?? resolved.dataset.name, "version": version,
      "libtorch": libtorch, "keeps": options.savesAdversarials ? "all" : "some",
    ]
    // The order of the examples belongs to the blocks, and where it stops to the report.
    facts["until"] = stopping.map { "\($0.policySHA256) \($0.baselineSHA256 ?? "")" }
    let line = try CanonicalJSON.line(facts)
    self.init(digest: SHA256.hex(of: line), description: resolved.experiment.description)
  }
}

/// What a shard leaves besides its blocks, for the merge.
struct ShardRecord: Codable {
  /// The digest of the run's identity.
  let digest: String
  /// The run's settings in words.
  let description: String
  /// The report before anything was attacked.
  let report: Report
  /// Which examples are proved robust, by the id of an evaluation; the first shard alone tells.
  let certified: [String: [Bool]]?

  init(_ identity: JournalIdentity, _ report: Report, certified: [String: [Bool]]?) {
    digest = identity.digest
    description = identity.description
    self.report = report
    self.certified = certified
  }
}
