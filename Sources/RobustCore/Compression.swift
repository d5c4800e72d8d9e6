// SPDX-License-Identifier: GPL-3.0-or-later

public import Statistics

/// A way to make a model smaller.
public protocol Compression: Sendable {
  /// Whether parameters go; a method without is applied once, whatever sparsity is asked for.
  var removesParameters: Bool { get }

  /// Whether what it makes has gradients everywhere, but for kinks, where the model had them.
  var keepsGradients: Bool { get }

  /// Passes over the training data that its trainings take together, to reckon its cost beforehand.
  ///
  /// - Parameters:
  ///   - dense: The length of the dense model's training.
  ///   - sparsity: The share to take away.
  /// - Returns: Passes, as if every model that is trained cost as much as the dense one.
  func tuningEpochs(ofDense dense: Double, to sparsity: Double) -> Double

  /// Says, before anything is trained, whether a model can be brought to a sparsity at all.
  ///
  /// - Throws: An `InputError` that names what is possible.
  func check(_ architecture: any Architecture, to sparsity: Double) throws

  /// Rewrites a model so that at least the share `sparsity` of the dense one's prunable parameters is
  /// no longer stored.
  ///
  /// Sparsity 0 changes nothing, and a model that is sparse enough already stays as it is.
  ///
  /// - Parameters:
  ///   - classifier: The dense parent, or what an earlier step of a recipe left of it.
  ///   - sparsity: The share to take away, `0..<1`.
  ///   - tuning: Gradients and training in the way that the variant was trained.
  ///   - random: Consumed only by methods that draw.
  /// - Returns: The rewritten model, which still knows the dense one's count of parameters.
  /// - Throws: What `tuning` throws, and an `InputError` where the model or the share does not suit.
  func compressed(
    _ classifier: Classifier, to sparsity: Double, tuning: any Tuning, random: RandomKey
  ) async throws -> Classifier
}

extension Compression {
  /// They do.
  public var removesParameters: Bool { true }

  /// Removing something leaves a function of the same kind.
  public var keepsGradients: Bool { true }

  /// None: most methods say how many.
  public func tuningEpochs(ofDense dense: Double, to sparsity: Double) -> Double { 0 }

  /// Every model, to every sparsity.
  public func check(_ architecture: any Architecture, to sparsity: Double) {}
}
