// SPDX-License-Identifier: GPL-3.0-or-later

import Datasets
import FoundationEssentials
import Models
public import Records
import RobustCore
import Statistics
import Torch

/// Checks adversarial inputs against a model: allowed at all, and really misclassified.
///
/// The inputs may come from another program.
public struct Verification: Sendable {
  /// What is to be checked.
  public struct Request: Sendable, Hashable {
    /// The `.npz` file.
    public var file: String
    /// The TorchScript file of the model.
    public var model: String
    /// The data set of the original inputs.
    public var dataset: String
    /// Norm and radius that the inputs are held against.
    public var threat: ThreatModel

    /// Creates a request.
    public init(file: String, model: String, dataset: String, threat: ThreatModel) {
      self.file = file
      self.model = model
      self.dataset = dataset
      self.threat = threat
    }
  }

  /// What was found.
  public struct Verdict: Codable, Sendable, Hashable {
    /// Inputs in the file.
    public var inputs: Int
    /// Inputs outside the ball or the input range, or not finite.
    public var forbidden: Int
    /// Allowed inputs of correctly classified examples that the model misclassifies.
    public var adversarial: Int
    /// Allowed inputs that the model still classifies correctly.
    public var withstood: Int
    /// Inputs of examples that are misclassified without any perturbation.
    public var wrongAnyway: Int
    /// Mistakes that are not seen again with the input alone in its batch.
    public var unstable: Int
    /// The largest distance among the allowed inputs.
    public var largestDistance: Double
    /// What is wrong with the first forbidden input.
    public var firstFault: String?

    /// Whether every input of the file is allowed and every mistake is seen again.
    public var isSound: Bool { forbidden == 0 && unstable == 0 }

    private enum CodingKeys: String, CodingKey {
      case inputs, forbidden, adversarial, withstood, unstable
      case wrongAnyway = "wrong_anyway"
      case largestDistance = "largest_distance"
      case firstFault = "first_fault"
    }
  }

  /// What is to be checked.
  public let request: Request
  /// Manifests of data sets besides the built-in ones.
  public let manifestFolder: String?

  /// Creates a check.
  public init(_ request: Request, manifestFolder: String?) {
    self.request = request
    self.manifestFolder = manifestFolder
  }

  /// Reads file, model and data, and checks every input.
  ///
  /// - Throws: An `InputError` where one of them cannot be read or they do not fit together.
  public func verdict() throws -> Verdict {
    try TorchLibrary.load()
    let catalog = DatasetCatalog(manifestFolder: manifestFolder.map { URL(filePath: $0) })
    let data = try catalog.load(request.dataset)
    let examples = Examples(data.test, classes: data.classes.count)
    let model = try ScriptArchitecture(
      contentsOf: request.model, inputShape: examples.inputShape)
    guard model.classes == examples.classes else {
      throw ModelError(
        .wrongOutput, subject: request.model,
        detail: "it has \(model.classes) logits, \(data.name) has \(examples.classes) classes",
        remedy: "choose the data set that the model was made for")
    }
    let file = try AdversarialFile(
      contentsOf: request.file, shape: examples.inputShape, count: examples.count)
    let originals = examples.batch(file.examples)
    try file.checkLabels(originals.labels.elements(of: Int.self))
    let network = model.network(model.initialParameters(random: RandomKey(seed: 0)))
    return try verdict(on: file, originals, examples.inputRange, network)
  }

  /// The check itself.
  func verdict(
    on file: AdversarialFile, _ originals: Batch, _ inputRange: ClosedRange<Double>,
    _ network: any Network
  ) throws -> Verdict {
    let labels = originals.labels.elements(of: Int.self)
    let clean = try network.judgements(of: originals.inputs)
    let found = try network.confirmedJudgements(
      of: file.inputs, labels: labels, byTeamOf: Judgement.team)
    let allowed = ReturnedInputs(
      file.inputs, originals: originals.inputs, inputRange: inputRange, norm: request.threat.norm)
    var verdict = Verdict(
      inputs: labels.count, forbidden: 0, adversarial: 0, withstood: 0, wrongAnyway: 0,
      unstable: 0, largestDistance: 0)
    for row in labels.indices {
      if let fault = allowed.fault(row, within: request.threat.epsilon) {
        verdict.forbidden += 1
        verdict.firstFault = verdict.firstFault ?? "example \(originals.indices[row]): \(fault)"
        continue
      }
      verdict.largestDistance = max(verdict.largestDistance, allowed.distance(row))
      if found[row].failures.contains(.unstablePrediction) { verdict.unstable += 1 }
      if clean[row].prediction != labels[row] {
        verdict.wrongAnyway += 1
      } else if found[row].prediction != labels[row] {
        verdict.adversarial += 1
      } else {
        verdict.withstood += 1
      }
    }
    return verdict
  }
}
