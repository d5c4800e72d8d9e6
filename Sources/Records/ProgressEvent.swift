// SPDX-License-Identifier: GPL-3.0-or-later

/// What a running experiment tells its user.
public enum ProgressEvent: Sendable, Hashable {
  /// A sentence that stands for itself, as on a data set that is used in place of another.
  case notice(String)
  /// A stage has come further.
  case advanced(StageProgress)
}

/// How far one stage of a run has come.
public struct StageProgress: Sendable, Hashable {
  /// What is being done, as in `train cnn, fgsm`; a stage begins when it is first named.
  public var stage: String
  /// How many units are done; the stage ends when all of them are.
  public var done: Int
  /// How many units there are.
  public var total: Int
  /// The unit in the plural, as in `examples`.
  public var unit: String

  /// Creates a progress.
  public init(stage: String, done: Int, total: Int, unit: String) {
    self.stage = stage
    self.done = done
    self.total = total
    self.unit = unit
  }
}
