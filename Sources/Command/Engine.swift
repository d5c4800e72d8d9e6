// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// Does the work that the command line asks for.
///
/// Every error that conforms to `InputError` ends the program with one line and status 2; an
/// ``Interruption`` with status 130; any other with status 70.
public protocol Engine: Sendable {
  /// Runs an experiment, or plans it if the options say so.
  ///
  /// - Parameters:
  ///   - experiment: What is to be found out.
  ///   - options: How; `folder(for:)` says where to write.
  ///   - monitor: Told of progress, and asked now and then whether to stop.
  /// - Returns: The text for standard output: a table, the plan, or the report as JSON; with what the
  ///   gate says where the options name a policy.
  /// - Throws: ``Interruption`` once the monitor says so, with all finished work on the disk.
  func run(
    _ experiment: Experiment, options: RunOptions, monitor: Monitor
  ) async throws -> RunAnswer

  /// Runs the experiment of an old report, or plans it, and compares the new report with the old one.
  ///
  /// - Returns: The text for standard output: the plan, or the comparison, as JSON if the options say
  ///   so; with what the gate says where the options name a policy.
  /// - Throws: ``Interruption`` once the monitor says so; an `InputError` where the report cannot be
  ///   read or the two cannot be compared.
  func runAgain(_ request: RepeatRequest, monitor: Monitor) async throws -> RunAnswer

  /// Joins the shards of one run.
  ///
  /// - Returns: The text for standard output; with what the gate says where the request names a policy.
  /// - Throws: ``Interruption`` once the monitor says so; an `InputError` where shards do not fit.
  func merge(_ request: MergeRequest, monitor: Monitor) async throws -> RunAnswer

  /// Holds two reports against each other.
  ///
  /// - Returns: The text for standard output; empty where it was written into a file.
  /// - Throws: An `InputError` where a report cannot be read, or the two cannot be compared.
  func compare(_ request: CompareRequest) async throws -> String

  /// Holds a report against a policy, and writes the files that are asked for.
  ///
  /// - Throws: An `InputError` where a report or the policy cannot be used.
  func gate(_ request: GateRequest) async throws -> GateAnswer

  /// A policy with comments, to start from.
  func policyTemplate() async throws -> String

  /// Renders a finished run again.
  ///
  /// - Returns: The text for standard output: the paths that were written.
  /// - Throws: An `InputError` where the report cannot be read or a format is unknown.
  func render(_ request: RenderRequest) async throws -> String

  /// Checks adversarial inputs against a model.
  ///
  /// - Throws: An `InputError` where file, model and data cannot be read or do not fit together.
  func verify(_ request: VerifyRequest) async throws -> VerifyAnswer

  /// All that can be named in a section.
  func list(_ section: ListSection) async throws -> [CatalogEntry]

  /// Checks the machine in seconds.
  func doctor() async throws -> [Diagnosis]
}
