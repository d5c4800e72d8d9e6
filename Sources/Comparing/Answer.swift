// SPDX-License-Identifier: GPL-3.0-or-later

/// What a comparison shows; the head is what is judged.
public enum Answer: String, Codable, Sendable, CaseIterable {
  /// The head's accuracy is higher.
  case better
  /// The head's accuracy is lower.
  case worse
  /// Any difference is smaller than the margin.
  case noDifference = "no-difference"
  /// The examples or the seeds are too few, or a number is not to be believed.
  case cannotTell = "cannot-tell"

  /// The answer in words for people.
  public var text: String {
    switch self {
    case .better: "better"
    case .worse: "worse"
    case .noDifference: "no difference shown"
    case .cannotTell: "cannot tell"
    }
  }

  /// Judges a test and an interval.
  ///
  /// - Parameters:
  ///   - p: The p-value after correction for the number of tests.
  ///   - difference: Head minus base.
  ///   - interval: The ends of its interval.
  ///   - margin: The difference that does not matter.
  ///   - alpha: What `p` is held against.
  init(
    p: Double, difference: Double, interval: (low: Double, high: Double), margin: Double,
    alpha: Double
  ) {
    if p <= alpha, difference != 0 {
      self = difference > 0 ? .better : .worse
    } else {
      self = interval.low > -margin && interval.high < margin ? .noDifference : .cannotTell
    }
  }
}
