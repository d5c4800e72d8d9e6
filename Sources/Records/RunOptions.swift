// SPDX-License-Identifier: GPL-3.0-or-later

/// How an experiment is run; no setting here but ``untilDecided`` changes a digit of its report.
public struct RunOptions: Sendable, Hashable {
  /// The policy that a run goes on with until it is decided.
  public struct UntilDecided: Sendable, Hashable {
    /// The policy file.
    public var policy: String
    /// The report compared with, a file or the folder of a run; nil where no rule needs one.
    public var baseline: String?

    /// Creates a setting.
    public init(policy: String, baseline: String? = nil) {
      self.policy = policy
      self.baseline = baseline
    }
  }

  /// How many threads work on it.
  public var workers: Int
  /// The part of the run to be done, or nil for all of it.
  public var shard: Shard?
  /// The policy with which the run ends as soon as it is decided, or nil to attack all examples.
  public var untilDecided: UntilDecided?
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
    let stops = untilDecided == nil ? "" : "-until-decided"
    return "reports/\(experiment.name)\(part)\(stops)"
  }
}
