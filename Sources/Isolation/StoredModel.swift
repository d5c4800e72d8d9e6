// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import RobustCore
import Statistics
import Torch

/// A model in the form in which it goes to the process that holds it from then on.
///
/// A graph goes with the values that it computes with, any other model as a TorchScript archive: both
/// give the bits that the model gives here.
struct StoredModel {
  /// What is known beside the numbers.
  struct Form: Codable {
    let name: String
    let inputShape: [Int]
    let classes: Int
    /// The number of ids of words that inputs may hold; nil for images.
    let words: Int?
    /// The graph, or nil for an archive.
    let structure: String?
  }

  private static let archive = "archive"

  let form: Form
  let tensors: [String: Tensor]

  init(_ classifier: Classifier) {
    let architecture = classifier.architecture
    if let graph = architecture as? GraphArchitecture {
      self.init(graph, classifier.parameters)
    } else {
      self.init(
        form: Form(
          name: architecture.name, inputShape: architecture.inputShape,
          classes: architecture.classes, words: architecture.words, structure: nil),
        tensors: [
          Self.archive: Tensor(architecture.exported(classifier.parameters).archive)
        ])
    }
  }

  /// A graph with those of the parameters that it uses.
  init(_ architecture: GraphArchitecture, _ parameters: ParameterSet) {
    self.init(
      form: Form(
        name: architecture.name, inputShape: architecture.inputShape,
        classes: architecture.classes, words: architecture.words,
        structure: architecture.structure),
      tensors: parameters.belonging(to: architecture.graph).applied)
  }

  init(form: Form, tensors: [String: Tensor]) {
    self.form = form
    self.tensors = tensors
  }

  /// The function, with its parameters.
  ///
  /// - Throws: ``IsolationError`` with code `modelRefused`.
  func network() throws(IsolationError) -> any Network {
    do {
      guard let structure = form.structure else {
        let bytes = tensors[Self.archive]?.bytes ?? []
        let module = try ScriptModule(archive: bytes, subject: form.name)
        module.setTraining(false)
        return ArchivedNetwork(module: module)
      }
      let architecture = try GraphArchitecture(
        name: form.name, inputShape: form.inputShape, classes: form.classes,
        structure: structure)
      // Drawn for their names and shapes alone.
      let template = architecture.initialParameters(random: RandomKey(seed: 0))
      let parameters = try ParameterSet(
        Safetensors(tensors), like: template, subject: form.name)
      return architecture.network(parameters)
    } catch {
      let words = (error as? any InputError)?.detail ?? "\(error)"
      throw IsolationError(.modelRefused, detail: words)
    }
  }
}

private struct ArchivedNetwork: Network {
  let module: ScriptModule

  func logits(_ input: Tensor) throws -> Tensor { try module.forward(input) }
}
