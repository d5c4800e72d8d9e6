// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// Why a model cannot be made smaller in the way that was asked for.
public struct CompressionError: InputError, Equatable {
  /// The kinds.
  public enum Code: String, Sendable {
    /// The model's layers are not known, so that their shapes cannot be changed.
    case unknownLayers
    /// No choice leaves so few parameters.
    case unreachableSparsity
    /// A pattern that fixes the sparsity, and another one asked for.
    case patternMismatch
    /// A model without hidden rectifiers.
    case noRectifiers
    /// A score that needs batch normalisation, and a model without.
    case noNorms
    /// Too few places at which a single tensor passes from layer to layer.
    case tooFewCuts
    /// Inputs without columns, or with too few.
    case tooFewColumns
    /// Weights that are no finite numbers, and so lie in no range.
    case notFinite
  }

  /// The kind.
  public let code: Code
  /// The model or the step.
  public let subject: String
  /// What was found and what was expected.
  public let detail: String
  /// What to do.
  public let remedy: String

  /// Creates an error.
  public init(_ code: Code, subject: String, detail: String, remedy: String) {
    self.code = code
    self.subject = subject
    self.detail = detail
    self.remedy = remedy
  }

  /// No choice of shapes leaves few enough weights.
  ///
  /// - Parameters:
  ///   - step: The method's name.
  ///   - model: The model's name.
  ///   - sparsity: What was asked for.
  ///   - least: The weights that stay in any case.
  ///   - all: The weights of the dense model.
  ///   - unit: What is counted in their place.
  /// - Returns: An error with code `unreachableSparsity`.
  static func unreachable(
    _ step: String, of model: String, sparsity: Double, least: Int, all: Int,
    unit: String = "weights"
  ) -> CompressionError {
    let most = Double((Double(all - least) / Double(max(all, 1)) * 10_000).rounded(.down)) / 10_000
    return CompressionError(
      .unreachableSparsity, subject: "'\(step)' of model '\(model)'",
      detail: "sparsity \(sparsity) is out of reach: at least \(least) of \(all) \(unit) stay,"
        + " which is sparsity \(most)", remedy: "ask for at most that")
  }
}
