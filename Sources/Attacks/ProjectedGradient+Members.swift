// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import RobustCore

extension AttackMember {
  private static let convex: Set<Norm> = [.linf, .l2, .l1]

  /// One step of the whole radius.
  static let fgsm = AttackMember(
    CatalogEntry(
      name: "fgsm", summary: "one gradient step of length epsilon",
      citation: "Goodfellow et al., ICLR 2015, arXiv:1412.6572", knowledge: .whiteBox,
      parameters: [.loss(Loss.allCases)]),
    norms: convex, fewestClasses: fewestClasses
  ) { values in
    .gradient(
      ProjectedGradient(
        steps: 1, stepSize: 1, startsRandomly: false, loss: values.choice("loss")))
  }

  /// Many steps from random starts.
  static let pgd = ascent(
    "pgd", "projected gradient ascent from random starts",
    "Madry et al., ICLR 2018, arXiv:1706.06083", usesOwnGradient: false)

  /// The same along the gradient of the model as it runs.
  static let directPGD = ascent(
    "pgd-direct",
    "pgd along the model's own gradient, also where others use a straight-through one",
    "Athalye et al., ICML 2018, arXiv:1802.00420", usesOwnGradient: true)

  private static func ascent(
    _ name: String, _ summary: String, _ citation: String, usesOwnGradient: Bool
  ) -> AttackMember {
    AttackMember(
      CatalogEntry(
        name: name, summary: summary, citation: citation, knowledge: .whiteBox,
        parameters: [
          .steps(20), .restarts, .stepSize("2.5 / steps if not stated, 1 where it falls"),
          ParameterSchema(
            "schedule", .choice(ProjectedGradient.Schedule.allCases.map(\.rawValue)),
            default: .choice(ProjectedGradient.Schedule.automatic.rawValue),
            summary: "of the step's length; automatic: constant in linf, falling in l2 and l1"),
          .samples, .loss(Loss.allCases),
        ]),
      norms: convex, usesOwnGradient: usesOwnGradient, fewestClasses: fewestClasses
    ) { values in
      var attack = ProjectedGradient(
        steps: values.integer("steps"), restarts: values.integer("restarts"),
        stepSize: values.optionalReal("step-size"),
        loss: values.choice("loss"))
      attack.schedule = values.choice("schedule")
      attack.samples = values.integer("eot")
      return .gradient(attack)
    }
  }

  /// Many steps from the input itself.
  static let bim = AttackMember(
    CatalogEntry(
      name: "bim", summary: "projected gradient ascent from the input itself",
      citation: "Kurakin et al., ICLR Workshop 2017, arXiv:1607.02533", knowledge: .whiteBox,
      parameters: [
        .steps(10), .stepSize("2.5 / steps if not stated"), .samples, .loss(Loss.allCases),
      ]),
    norms: convex, fewestClasses: fewestClasses
  ) { values in
    var attack = ProjectedGradient(
      steps: values.integer("steps"), stepSize: values.optionalReal("step-size"),
      startsRandomly: false, loss: values.choice("loss"))
    attack.samples = values.integer("eot")
    return .gradient(attack)
  }

  /// Steps along a running sum of gradients.
  static let mim = momentum(
    "mim", "steps along a running sum of gradients", "Dong et al., CVPR 2018, arXiv:1710.06081",
    isDiverse: false)

  /// The same, with gradients of resized inputs.
  static let diMIM = momentum(
    "di-mim", "steps along a running sum of gradients of randomly resized inputs",
    "Xie et al., CVPR 2019, arXiv:1803.06978", isDiverse: true)

  private static func momentum(
    _ name: String, _ summary: String, _ citation: String, isDiverse: Bool
  ) -> AttackMember {
    let diversity = ParameterSchema(
      "diversity", .real(0...1), default: .real(0.5), summary: "chance that an input is resized")
    return AttackMember(
      CatalogEntry(
        name: name, summary: summary, citation: citation, knowledge: .whiteBox,
        parameters: [
          .steps(10), .stepSize("1 / steps if not stated"),
          ParameterSchema(
            "decay", .real(0...10), default: .real(1), summary: "what of the sum stays"),
          .samples, .loss(Loss.allCases),
        ] + (isDiverse ? [diversity] : [])),
      norms: convex, fewestClasses: fewestClasses
    ) { values in
      let steps = values.integer("steps")
      var attack = ProjectedGradient(
        steps: steps, stepSize: values.optionalReal("step-size") ?? 1 / Double(steps),
        startsRandomly: false, loss: values.choice("loss"))
      attack.momentum = values.real("decay")
      attack.samples = values.integer("eot")
      attack.diversity = isDiverse ? values.real("diversity") : nil
      return .gradient(attack)
    }
  }

  private static let fewestClasses: @Sendable (ParameterValues) -> Int = { values in
    let loss: Loss = values.choice("loss")
    return loss.minimumClasses(targeted: false)
  }
}

extension ParameterSchema {
  /// What a gradient attack raises; the first one unless stated.
  static func loss(_ losses: [Loss]) -> ParameterSchema {
    ParameterSchema(
      "loss", .choice(losses.map(\.rawValue)), default: .choice(losses[0].rawValue),
      summary: "what is raised")
  }

  /// Steps of each restart.
  static func steps(_ count: Int) -> ParameterSchema {
    ParameterSchema(
      "steps", .integer(1...100_000), default: .integer(count), summary: "steps of each restart")
  }

  /// The length of a step.
  static func stepSize(_ standard: String) -> ParameterSchema {
    ParameterSchema(
      "step-size", .real(1e-6...10), default: nil, summary: "share of epsilon; \(standard)")
  }

  /// Independent starts.
  static let restarts = ParameterSchema(
    "restarts", .integer(1...10_000), default: .integer(1), summary: "independent random starts")

  /// Classes that a targeted attack leads to.
  static let targets = ParameterSchema(
    "targets", .integer(1...1000), default: .integer(9),
    summary: "classes led to, those of the largest logits first, at most all others")

  /// Expectation over transformations.
  static let samples = ParameterSchema(
    "eot", .integer(1...1000), default: .integer(1),
    summary: "answers averaged, for models that answer at random")
}
