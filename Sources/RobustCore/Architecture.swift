// SPDX-License-Identifier: GPL-3.0-or-later

public import Statistics
public import Torch

/// A model as a function of its parameters.
public protocol Architecture: Sendable {
  /// The name in reports: `cnn`, or the file's for a script model.
  var name: String { get }
  /// The shape of one input, without the batch: `[C, H, W]`, or `[L]` for the ids of a text's words.
  var inputShape: [Int] { get }
  /// The number of logits.
  var classes: Int { get }
  /// Parameters that compression may take away: matrices and kernels, no biases or norms.
  var prunable: [String] { get }

  /// What distinguishes this function from others of the same name, such as narrower layers, in a form
  /// from which it can be made again; nil where it is never rewritten.
  var structure: String? { get }

  /// The number of ids of words that inputs may hold, padding and unknown ones among them; nil for
  /// images.
  var words: Int? { get }

  /// The shape of one text's vectors, `[M, D]`, to which something can be added while the model is
  /// trained; nil where there are none.
  var embeddedShape: [Int]? { get }

  /// Parameters before training; for a script model those of its file.
  func initialParameters(random: RandomKey) -> ParameterSet

  /// The model for evaluation and attacks, with its parameters fixed.
  func network(_ parameters: ParameterSet) -> any Network

  /// Whether the gradients of ``network(_:)`` say everywhere, but for kinks, how the logits change.
  ///
  /// Rounded activations and parts that are left out input by input do not.
  var isDifferentiable: Bool { get }

  /// The same function as ``network(_:)``; what has no gradient everywhere is given the gradient of
  /// doing nothing.
  func straightThrough(_ parameters: ParameterSet) -> any Network

  /// A copy for training that one worker uses at a time.
  func trainableNetwork() -> any TrainableNetwork

  /// A module that PyTorch loads and runs without this program.
  func exported(_ parameters: ParameterSet) -> ScriptModule

  /// The parts of a sharded model by name, each a module that PyTorch loads; none for a whole model.
  func exportedParts(_ parameters: ParameterSet) -> [(name: String, module: ScriptModule)]
}

extension Architecture {
  /// What most functions say: no compression rewrites them.
  public var structure: String? { nil }

  /// A model of images.
  public var words: Int? { nil }

  /// A model without vectors of words.
  public var embeddedShape: [Int]? { nil }

  /// A model that is whole.
  public func exportedParts(
    _ parameters: ParameterSet
  ) -> [(name: String, module: ScriptModule)] { [] }

  /// A function with gradients everywhere.
  public var isDifferentiable: Bool { true }

  /// The model as it is.
  public func straightThrough(_ parameters: ParameterSet) -> any Network { network(parameters) }
}

/// A classifier whose parameters are fixed.
public protocol Network: Sendable {
  /// Logits `[N, K]` for inputs `[N, C, H, W]`, in which they are differentiable, or ids `[N, L]`.
  ///
  /// - Throws: An error only where a script model refuses the input.
  func logits(_ input: Tensor) throws -> Tensor
}

/// A classifier whose parameters are given with every call.
public protocol TrainableNetwork {
  /// Logits in training mode.
  ///
  /// - Parameters:
  ///   - input: `[N, C, H, W]`, or ids `[N, L]`.
  ///   - parameters: Every parameter, most often leaves of autograd.
  ///   - buffers: Running statistics, moved in place towards those of this batch.
  /// - Returns: `[N, K]`, differentiable in input and parameters.
  /// - Throws: An error only where a script model refuses the input.
  func logits(
    _ input: Tensor, parameters: [String: Tensor], buffers: [String: Tensor]
  ) throws -> Tensor

  /// Logits in training mode of texts whose vectors of words are moved.
  ///
  /// - Parameters:
  ///   - ids: `[N, L]`.
  ///   - shift: What is added to the vectors: `[N, M, D]`, see ``Architecture/embeddedShape``.
  ///   - parameters: Every parameter.
  ///   - buffers: Running statistics.
  /// - Returns: `[N, K]`, differentiable in shift and parameters.
  /// - Throws: Nothing that a right set of parameters could cause.
  /// - Precondition: The architecture has an ``Architecture/embeddedShape``.
  func logits(
    _ ids: Tensor, shiftedBy shift: Tensor, parameters: [String: Tensor],
    buffers: [String: Tensor]
  ) throws -> Tensor
}

extension TrainableNetwork {
  /// What an architecture without vectors of words is never asked for.
  public func logits(
    _ ids: Tensor, shiftedBy shift: Tensor, parameters: [String: Tensor],
    buffers: [String: Tensor]
  ) throws -> Tensor {
    preconditionFailure("no vectors of words that could be moved")
  }
}

/// An architecture with parameters: everything that a variant is.
public struct Classifier: Sendable {
  /// The function.
  public let architecture: any Architecture
  /// What it computes with.
  public var parameters: ParameterSet
  /// The prunable parameters of the dense model that this one comes from; sparsity is a share of them.
  public let densePrunableCount: Int

  /// A dense model: its own measure of sparsity.
  public init(architecture: any Architecture, parameters: ParameterSet) {
    self.init(
      architecture: architecture, parameters: parameters,
      densePrunableCount: parameters.prunableCounts(architecture.prunable).all)
  }

  /// A model that comes from one with `densePrunableCount` prunable parameters.
  public init(
    architecture: any Architecture, parameters: ParameterSet, densePrunableCount: Int
  ) {
    self.architecture = architecture
    self.parameters = parameters
    self.densePrunableCount = densePrunableCount
  }

  /// What a compression made of this model.
  public func replacing(
    architecture: (any Architecture)? = nil, parameters: ParameterSet
  ) -> Classifier {
    Classifier(
      architecture: architecture ?? self.architecture, parameters: parameters,
      densePrunableCount: densePrunableCount)
  }

  /// The model as it runs, with its own gradients.
  public var network: any Network { architecture.network(parameters) }

  /// The model for attacks: the same answers, with straight-through gradients where its own cannot be
  /// believed.
  public var attackedNetwork: any Network {
    architecture.isDifferentiable ? network : architecture.straightThrough(parameters)
  }

  /// The share of the dense model's prunable parameters that is no longer stored.
  public var sparsity: Double {
    let stored = parameters.prunableCounts(architecture.prunable).stored
    return densePrunableCount == 0
      ? 0 : Double(densePrunableCount - stored) / Double(densePrunableCount)
  }
}
