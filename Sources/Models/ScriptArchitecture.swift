// SPDX-License-Identifier: GPL-3.0-or-later

public import RobustCore
public import Statistics
public import Torch

/// A TorchScript file as a model like any other.
///
/// It is always run in evaluation mode, also while it is trained on: dropout is off and running
/// statistics stay, so that no random number comes from libtorch's own generator.
public struct ScriptArchitecture: Architecture {
  /// The file's name without its ending.
  public let name: String
  /// `[C, H, W]`, or `[L]` for the ids of a text's words.
  public let inputShape: [Int]
  /// The number of logits, read off a first answer.
  public let classes: Int
  /// The number of ids of the words that it is shown; nil for images.
  public let words: Int?
  private let module: ScriptModule

  /// Loads a file and asks it for answers.
  ///
  /// - Parameters:
  ///   - path: A file that `torch.jit.save` wrote.
  ///   - inputShape: The shape of the data set's inputs; texts are filled up to their length.
  ///   - words: The number of ids of words, padding and unknown ones among them; nil for images.
  /// - Throws: ``ModelError``, or ``TorchError`` where the file cannot be loaded.
  public init(contentsOf path: String, inputShape: [Int], words: Int? = nil) throws {
    let loaded = try ScriptModule(contentsOf: path)
    try Self.checkTypes(of: loaded, path)
    loaded.setTraining(false)
    let answer = try Self.answer(of: loaded, inputShape: inputShape, words: words, path)
    guard answer.rank == 2, answer.size(0) == 2, answer.elementType == .float32 else {
      throw ModelError(
        .wrongOutput, subject: path,
        detail: "two inputs give an answer of shape \(answer.shape) and type \(answer.elementType),"
          + " expected float32 logits of shape [2, classes]",
        remedy: "save a module whose forward returns the logits alone")
    }
    let file = path.split(separator: "/").last.map(String.init) ?? path
    name = file.hasSuffix(".pt") ? String(file.dropLast(3)) : file
    classes = answer.size(1)
    self.inputShape = inputShape
    self.words = words
    module = loaded
  }

  private static func checkTypes(of module: ScriptModule, _ path: String) throws(ModelError) {
    guard !module.parameters.isEmpty else {
      throw ModelError(
        .noParameters, subject: path, detail: "the model has no parameters",
        remedy: "save a trained module, not a function")
    }
    if let odd = module.parameters.first(where: { $0.value.elementType != .float32 }) {
      throw ModelError(
        .unsupportedType, subject: path,
        detail:
          "its parameter '\(odd.name)' has the type \(odd.value.elementType), expected float32",
        remedy: "save the model after model.float()")
    }
    if let odd = module.buffers.first(where: { $0.value.elementType == .other }) {
      throw ModelError(
        .unsupportedType, subject: path,
        detail: "its buffer '\(odd.name)' has a type that no checkpoint holds",
        remedy: "save the model without it, or as float32")
    }
  }

  /// What two inputs give: of zeros for images; for texts an unknown word, alone and repeated, and then the
  /// last word of the vocabulary, so that one with too many words is told from other faults.
  private static func answer(
    of module: ScriptModule, inputShape: [Int], words: Int?, _ path: String
  ) throws(ModelError) -> Tensor {
    let count = inputShape.reduce(1, *)
    func texts(of word: Int) -> Tensor {
      let padding = Array(repeating: 0, count: count - 1)
      return Tensor(
        [word] + padding + Array(repeating: word, count: count), shape: [2] + inputShape)
    }
    let unknown = 1
    let answer: Tensor
    do throws(TorchError) {
      answer = try withoutGradients { () throws(TorchError) in
        try module.forward(
          words == nil ? Tensor(repeating: 0, shape: [2] + inputShape) : texts(of: unknown))
      }
    } catch {
      throw ModelError(
        .wrongInputShape, subject: path, detail: error.detail,
        remedy: "choose the data set that the model was made for")
    }
    guard let words else { return answer }
    do throws(TorchError) {
      return try withoutGradients { () throws(TorchError) in
        try module.forward(texts(of: words - 1))
      }
    } catch {
      throw ModelError(
        .tooManyWords, subject: path,
        detail: "the vocabulary has \(words) ids, and the model refuses the last: \(error.detail)",
        remedy: "name the list of words that it was trained with by --vocabulary FILE")
    }
  }

  /// Parameters of at least two dimensions.
  public var prunable: [String] {
    module.parameters.filter { $0.value.rank >= 2 }.map(\.name)
  }

  /// The parameters of the file; nothing is drawn.
  public func initialParameters(random: RandomKey) -> ParameterSet {
    var set = ParameterSet()
    for (name, value) in module.parameters { set[name] = .dense(value.detached.copy) }
    for (name, value) in module.buffers { set[buffer: name] = value.detached.copy }
    return set
  }

  /// A copy of the module that holds the given parameters.
  public func network(_ parameters: ParameterSet) -> any Network {
    ScriptNetwork(module: holding(parameters))
  }

  /// A copy of the module whose parameters are replaced at every call.
  public func trainableNetwork() -> any TrainableNetwork {
    TrainableScript(module: module.copy)
  }

  /// A copy of the module that holds the given parameters.
  public func exported(_ parameters: ParameterSet) -> ScriptModule { holding(parameters) }

  private func holding(_ parameters: ParameterSet) -> ScriptModule {
    let copy = module.copy
    for (name, tensor) in parameters.applied { copy.assign(tensor.detached, to: name) }
    return copy
  }
}

extension ScriptArchitecture: LayeredArchitecture {
  /// The layers that the file's operators make up, held against the file by two answers.
  ///
  /// - Throws: ``ModelError`` with code `untranslatable`, which names the operator.
  public func layered(
    _ parameters: ParameterSet
  ) throws -> (architecture: GraphArchitecture, parameters: ParameterSet) {
    let translated = try ScriptTranslation.translated(
      module.graph, parameters, inputShape: inputShape, subject: "model '\(name)'")
    let architecture = GraphArchitecture(
      name: name, inputShape: inputShape, classes: classes, graph: translated.graph)
    let probe = Tensor(shape: [2] + inputShape) {
      RandomKey(seed: 0).split("probe").stream().fillUniform($0, low: 0, high: 1)
    }
    let (found, expected) = try withoutGradients {
      (
        try architecture.network(translated.parameters).logits(probe),
        try network(parameters).logits(probe)
      )
    }
    let difference = (found - expected).absolute.sum.scalar
    guard found.shape == expected.shape, difference <= 1e-3 * (1 + expected.absolute.sum.scalar)
    else {
      throw ModelError(
        .untranslatable, subject: "model '\(name)'",
        detail: "the layers read off its operators do not give its logits",
        remedy: "choose a compression that masks weights, such as magnitude")
    }
    return (architecture, translated.parameters)
  }
}

private struct ScriptNetwork: Network {
  let module: ScriptModule

  func logits(_ input: Tensor) throws -> Tensor { try module.forward(input) }
}

private struct TrainableScript: TrainableNetwork {
  let module: ScriptModule

  func logits(
    _ input: Tensor, parameters: [String: Tensor], buffers: [String: Tensor]
  ) throws -> Tensor {
    for (name, tensor) in parameters { module.assign(tensor, to: name) }
    return try module.forward(input)
  }
}
