// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import RobustCore

extension TrainingMember {
  static let freeLargeBatch = TrainingMember(
    "freelb", "the mean loss along a climb of the vectors of words",
    citation: "Zhu et al., ICLR 2020, arXiv:1909.11764", isAdversarial: true, data: .texts,
    epochs: 3, learningRate: 0.1, needsWordVectors: true,
    parameters: [
      .steps(3),
      ParameterSchema(
        "radius", .real(0...1_000), default: .real(1),
        summary: "longest change of a text's vectors together"),
      ParameterSchema(
        "step-size", .real(0...1_000), default: .real(0.5), summary: "length of one step"),
    ]
  ) { values, _ in
    FreeLargeBatchObjective(
      steps: values.integer("steps"), stepSize: values.real("step-size"),
      radius: values.real("radius"))
  }

  static let synonyms = TrainingMember(
    "synonyms", "cross-entropy on texts with words replaced by what attacks may write",
    citation: "Jia et al., EMNLP 2019, arXiv:1909.00986", isAdversarial: true, data: .texts,
    epochs: 3, extraEpochs: 1, learningRate: 0.1,
    parameters: [
      ParameterSchema(
        "share", .real(0...1), default: .real(0.75),
        summary: "share of the words with candidates that is replaced")
    ]
  ) { values, context in
    SubstitutionObjective(context.requiredTexts, share: values.real("share"))
  }

  static let weightedSaliency = TrainingMember(
    "pwws", "cross-entropy also on adversarial texts of each step's model",
    citation: "Ren et al., ACL 2019", isAdversarial: true, data: .texts, epochs: 1,
    learningRate: 0.1,
    parameters: [
      .radius,
      ParameterSchema(
        "share", .real(0...1), default: .real(0.25), summary: "share of the texts attacked"),
    ]
  ) { values, context in
    AdversarialTextObjective(
      context.requiredTexts, threat: context.threat, share: values.real("share"))
  }
}

extension TrainingMember.Context {
  fileprivate var requiredTexts: TextMaterials {
    guard let texts else { preconditionFailure("a training of texts was given images") }
    return texts
  }
}
