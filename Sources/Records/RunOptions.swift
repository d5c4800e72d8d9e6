// SPDX-License-Identifier: GPL-3.0-or-later

/// How an experiment is run; no setting here but ``stopsWhenDecided`` changes a digit of its
/// evaluations.
public struct RunOptions: Sendable, Hashable {
  /// How many threads work on it.
  public var workers: Int
  /// The part of the run to be done, or nil for all of it.
  public var shard: Shard?
  /// The rules that the report is held against, or nil for none.
  public var judging: Judging?
  /// Whether the run ends as soon as every rule is decided, or attacks all examples.
  public var stopsWhenDecided = false
  /// Whether fewer examples are taken, with a notice, where the data set holds fewer: nobody asked for so
  /// many.
  public var takesFewerExamples = false
  /// The folder to write into, or nil for one named after the experiment.
  public var output: String?
  /// The folder in which finished models are kept from run to run, or nil to keep none.
  public var cache: String?
  /// Whether every adversarial input is kept and written.
  public var savesAdversarials = false
  /// Whether progress is kept to itself.
  public var isQuiet = false
  /// Whether the report goes to standard output, and nothing else does.
  public var printsJSON = false
  /// Whether the plan is printed and nothing is run.
  public var plansOnly = false
  /// The command line, as it is to stand in the report.
  public var command = "robust-eval"

  /// Creates options in which nothing but the count of workers is stated.
  public init(workers: Int) {
    self.workers = workers
  }

  /// The folder to write into: the stated one, else `reports/NAME`, with the shard in its name, or that
  /// it may stop early.
  public func folder(for experiment: Experiment) -> String {
    if let output { return output }
    let part = shard.map { "-shard-\($0.index)-of-\($0.count)" } ?? ""
    let stops = stopsWhenDecided ? "-until-decided" : ""
    return "reports/\(experiment.name)\(part)\(stops)"
  }
}
