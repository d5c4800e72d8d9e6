// SPDX-License-Identifier: GPL-3.0-or-later

public import Records
public import RobustCore

/// What the attack inside adversarial training does; lengths are shares of epsilon.
public enum Ascent: Sendable, Hashable {
  /// Steps of a length, from a random start and inside the ball.
  case steps(Int, stepSize: Double)
  /// One step of a length, from a start drawn that far away, and wherever that leads.
  case noisyStep(noise: Double, stepSize: Double)
}

/// Makes the attack inside adversarial training.
public typealias AscentMaker = @Sendable (Ascent) -> any GradientAttack

/// A training as the catalog knows it.
public struct TrainingMember: Sendable {
  /// What a member needs besides its parameters.
  public struct Context: Sendable {
    /// The threat model of the experiment, against which models are hardened.
    public let threat: ThreatModel
    /// Makes the attack inside.
    public let ascent: AscentMaker
    /// What hardening on texts needs; nil for images.
    public let texts: TextMaterials?

    /// Joins them.
    public init(
      threat: ThreatModel, texts: TextMaterials? = nil, ascent: @escaping AscentMaker
    ) {
      self.threat = threat
      self.texts = texts
      self.ascent = ascent
    }
  }

  /// What a training can be given.
  public enum Data: Sendable {
    /// Images and texts.
    case any
    /// Images alone: it follows gradients into the inputs.
    case images
    /// Texts alone.
    case texts
  }

  /// Name, citation and parameters.
  public let entry: CatalogEntry
  /// Whether it hardens the model.
  public let isAdversarial: Bool
  /// What it can be given.
  public let data: Data
  /// Epochs that it takes beyond those of the model's clean training, where the model has a default.
  public let extraEpochs: Double
  /// Whether it moves the vectors of words, which a model file does not tell.
  public let needsWordVectors: Bool
  private let objective: @Sendable (ParameterValues, Context) -> any Objective

  init(
    _ name: String, _ summary: String, citation: String? = nil, isAdversarial: Bool,
    data: Data, epochs: Double, extraEpochs: Double = 0, learningRate: Double,
    needsWordVectors: Bool = false, parameters: [ParameterSchema] = [],
    objective: @escaping @Sendable (ParameterValues, Context) -> any Objective
  ) {
    entry = CatalogEntry(
      name: name, summary: summary, citation: citation,
      parameters: parameters
        + ParameterSchema.recipe(epochs: epochs, learningRate: learningRate))
    self.isAdversarial = isAdversarial
    self.data = data
    self.extraEpochs = extraEpochs
    self.needsWordVectors = needsWordVectors
    self.objective = objective
  }

  /// The loss and the recipe that a specification states.
  ///
  /// - Throws: `SpecificationError` where a parameter is unknown or wrong.
  public func resolved(
    _ specification: Specification, _ context: Context
  ) throws(SpecificationError) -> (objective: any Objective, recipe: TrainingRecipe) {
    let values = ParameterValues(try entry.resolve(specification))
    var threat = context.threat
    if let epsilon = values.optionalEpsilon("epsilon") { threat.epsilon = epsilon }
    return (
      objective(values, Context(threat: threat, texts: context.texts, ascent: context.ascent)),
      TrainingRecipe(values)
    )
  }
}

/// Every training.
public enum TrainingCatalog {
  /// The members in the order in which they are listed.
  public static let members: [TrainingMember] = [
    .standard, .fgsm, .noisyFGSM, .pgd, .trades, .freeLargeBatch, .synonyms, .weightedSaliency,
  ]

  /// Names, citations and parameters.
  public static let catalog = Catalog(kind: "training", entries: members.map(\.entry))

  /// The member of a name.
  ///
  /// - Throws: `SpecificationError` where the name is unknown, with the nearest ones.
  public static func member(
    for specification: Specification
  ) throws(SpecificationError) -> TrainingMember {
    let entry = try catalog.entry(for: specification)
    guard let member = members.first(where: { $0.entry.name == entry.name }) else {
      preconditionFailure("the catalog is made of the members")
    }
    return member
  }
}

extension TrainingMember {
  static let standard = TrainingMember(
    "standard", "cross-entropy on clean examples", isAdversarial: false, data: .any, epochs: 2,
    learningRate: 0.1,
    parameters: [
      ParameterSchema(
        "word-dropout", .real(0...0.99), default: .real(0),
        summary: "share of a text's words that is shown as unknown")
    ]
  ) { values, _ in StandardObjective(wordDropout: values.real("word-dropout")) }

  static let fgsm = TrainingMember(
    "fgsm", "cross-entropy on one-step adversarial examples from random starts",
    citation: "Wong et al., ICLR 2020, arXiv:2001.03994", isAdversarial: true, data: .images,
    epochs: 3,
    learningRate: 0.1, parameters: [.radius, .stepSize(1.25)]
  ) { values, context in
    AdversarialObjective(
      attack: context.ascent(.steps(1, stepSize: values.real("step-size"))), threat: context.threat)
  }

  static let noisyFGSM = TrainingMember(
    "n-fgsm", "cross-entropy on one-step examples from noise beyond the ball, not pulled back",
    citation: "de Jorge et al., NeurIPS 2022, arXiv:2202.01181", isAdversarial: true, data: .images,
    epochs: 3,
    learningRate: 0.1,
    parameters: [
      .radius, .stepSize(1),
      ParameterSchema(
        "noise", .real(0...10), default: .real(2),
        summary: "share of epsilon in which the start is drawn"),
    ]
  ) { values, context in
    AdversarialObjective(
      attack: context.ascent(
        .noisyStep(noise: values.real("noise"), stepSize: values.real("step-size"))),
      threat: context.threat)
  }

  static let pgd = TrainingMember(
    "pgd", "cross-entropy on adversarial examples of several steps",
    citation: "Madry et al., ICLR 2018, arXiv:1706.06083", isAdversarial: true, data: .images,
    epochs: 5,
    learningRate: 0.1, parameters: [.radius, .steps(7), .stepSize(0.25)]
  ) { values, context in
    AdversarialObjective(
      attack: context.ascent(
        .steps(values.integer("steps"), stepSize: values.real("step-size"))),
      threat: context.threat)
  }

  static let trades = TrainingMember(
    "trades", "cross-entropy plus beta times the divergence that an attack can cause",
    citation: "Zhang et al., ICML 2019, arXiv:1901.08573", isAdversarial: true, data: .images,
    epochs: 5,
    learningRate: 0.05,
    parameters: [
      .radius, .steps(7), .stepSize(0.25),
      ParameterSchema(
        "beta", .real(0...100), default: .real(6), summary: "weight of the divergence"),
    ]
  ) { values, context in
    TradesObjective(
      attack: context.ascent(
        .steps(values.integer("steps"), stepSize: values.real("step-size"))),
      threat: context.threat, beta: values.real("beta"))
  }
}

extension ParameterSchema {
  static let radius = ParameterSchema(
    "epsilon", .epsilon, default: nil, summary: "radius; the experiment's if not stated")

  static func steps(_ count: Int) -> ParameterSchema {
    ParameterSchema(
      "steps", .integer(1...1_000), default: .integer(count), summary: "steps of the attack inside")
  }

  fileprivate static func stepSize(_ share: Double) -> ParameterSchema {
    ParameterSchema(
      "step-size", .real(0.001...10), default: .real(share),
      summary: "share of epsilon of one step")
  }

  fileprivate static func recipe(epochs: Double, learningRate: Double) -> [ParameterSchema] {
    let words = { (cases: [String]) in ParameterSchema.Kind.choice(cases) }
    return [
      ParameterSchema(
        "epochs", .real(0.001...10_000), default: .real(epochs),
        summary: "passes over the training data"),
      ParameterSchema(
        "batch", .integer(1...65_536), default: .integer(128), summary: "examples of a step"),
      ParameterSchema(
        "optimizer", words(TrainingRecipe.Optimizer.allCases.map(\.rawValue)),
        default: .choice("sgd"), summary: "Nesterov momentum or Adam"),
      ParameterSchema(
        "schedule", words(TrainingRecipe.Schedule.allCases.map(\.rawValue)),
        default: .choice("one-cycle"), summary: "shape of the learning rate"),
      ParameterSchema(
        "lr", .real(1e-8...100), default: .real(learningRate), summary: "highest learning rate"),
      ParameterSchema(
        "decay", .real(0...1), default: .real(5e-4), summary: "weight decay"),
      ParameterSchema(
        "averaging", .real(0...0.999999), default: .real(0),
        summary: "decay of averaged weights; 0 for none"),
    ]
  }
}

extension TrainingRecipe {
  fileprivate init(_ values: ParameterValues) {
    self.init(
      epochs: values.real("epochs"), batchSize: values.integer("batch"),
      optimizer: values.choice("optimizer"), schedule: values.choice("schedule"),
      learningRate: values.real("lr"), weightDecay: values.real("decay"),
      averaging: values.real("averaging"))
  }
}
