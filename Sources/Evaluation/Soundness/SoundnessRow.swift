// SPDX-License-Identifier: GPL-3.0-or-later

/// One line of the list of checks: what is asked, and who asked it first.
struct SoundnessRow: Sendable, Hashable {
  /// The number in the documentation's table.
  let number: Int
  /// The stable name in reports.
  let check: String
  /// What is asked.
  let question: String
  /// Where the check comes from.
  let citation: String

  /// The checks in the order of their numbers.
  static let all: [SoundnessRow] = [
    randomOutput, probabilities, zeroGradient, blackBox, unbounded, rising, oneStep, moreSteps,
    notConverged, silentSuccess, noise, transfer, planted, invalidAdversarial, nonFiniteLogits,
    lossClasses, evaluationMode, notDifferentiable, worstOfFour, textConstraints, exhaustive,
    nothingToChange, oneAnswer, borrowed,
  ]

  private static let autoAttack = "Croce and Hein, ICML 2020, arXiv:2003.01690, code"
  private static let checklist = "Carlini et al. 2019, arXiv:1902.06705"
  private static let indicators = "Pintor et al., NeurIPS 2022, arXiv:2106.09947"

  static let randomOutput = SoundnessRow(
    number: 1, check: "random-output", question: "does the model answer the same every time?",
    citation: autoAttack)
  static let probabilities = SoundnessRow(
    number: 2, check: "probabilities-not-logits", question: "are the answers logits?",
    citation: autoAttack)
  static let zeroGradient = SoundnessRow(
    number: 3, check: "zero-gradient", question: "has every example an input gradient?",
    citation: autoAttack)
  static let blackBox = SoundnessRow(
    number: 4, check: "black-box-stronger",
    question: "does an attack without gradients find what those with gradients missed?",
    citation: autoAttack)
  static let unbounded = SoundnessRow(
    number: 5, check: "unbounded-attack",
    question: "does an attack that may change everything succeed?",
    citation: "Adversarial Robustness Toolbox, SecurityCurve; \(checklist)")
  static let rising = SoundnessRow(
    number: 6, check: "rising-with-epsilon",
    question: "is an example robust in a larger ball and broken in a smaller one?",
    citation: checklist)
  static let oneStep = SoundnessRow(
    number: 7, check: "one-step-stronger",
    question: "does a single step break what the attacks left standing?", citation: checklist)
  static let moreSteps = SoundnessRow(
    number: 8, check: "more-steps-help", question: "do twice the steps break more?",
    citation: checklist)
  static let notConverged = SoundnessRow(
    number: 9, check: "not-converged", question: "was the loss still moving at the end?",
    citation: indicators)
  static let silentSuccess = SoundnessRow(
    number: 10, check: "silent-success",
    question: "was an adversarial input seen and not returned?", citation: indicators)
  static let noise = SoundnessRow(
    number: 11, check: "noise-stronger",
    question: "does random noise break what the attacks left standing?", citation: checklist)
  static let transfer = SoundnessRow(
    number: 12, check: "transfer-stronger",
    question: "does an attack on the dense parent break what the direct ones left standing?",
    citation: checklist)
  static let planted = SoundnessRow(
    number: 13, check: "planted-examples",
    question: "do the attacks find adversarial inputs that are there by construction?",
    citation: "Zimmermann et al., NeurIPS 2022, arXiv:2206.13991")
  static let invalidAdversarial = SoundnessRow(
    number: 14, check: "invalid-adversarial",
    question: "does an adversarial input mislead the model also alone, and by other threads?",
    citation: "this program")
  static let nonFiniteLogits = SoundnessRow(
    number: 14, check: "non-finite-logits", question: "is every answer a number?",
    citation: "this program")
  static let lossClasses = SoundnessRow(
    number: 15, check: "loss-classes", question: "are there classes enough for every loss?",
    citation: autoAttack)
  static let evaluationMode = SoundnessRow(
    number: 16, check: "evaluation-mode",
    question: "does an answer depend on the input alone, and come without a gradient graph?",
    citation: "Croce et al., NeurIPS 2021, arXiv:2010.09670, code")
  static let notDifferentiable = SoundnessRow(
    number: 17, check: "not-differentiable",
    question: "do the input gradients say how the answers change?",
    citation: "Lin et al., ICLR 2019; Athalye et al., ICML 2018, arXiv:1802.00420")
  static let worstOfFour = SoundnessRow(
    number: 17, check: "worst-of-four",
    question: "was a model without true gradients attacked in all four ways?",
    citation: "Athalye et al., ICML 2018, arXiv:1802.00420")
  static let textConstraints = SoundnessRow(
    number: 18, check: "text-constraints",
    question: "does every changed text satisfy the constraints when it is checked again?",
    citation: "Morris et al., EMNLP 2020, arXiv:2005.05909")
  static let exhaustive = SoundnessRow(
    number: 18, check: "exhaustive-search", question: "was every text tried that is allowed?",
    citation: "this program")
  static let nothingToChange = SoundnessRow(
    number: 18, check: "nothing-to-change",
    question: "is there anything that the attacks may write?", citation: "this program")
  static let borrowed = SoundnessRow(
    number: 12, check: "transfer-alone",
    question: "was anything tried but what misleads another model?", citation: "this program")
  static let oneAnswer = SoundnessRow(
    number: 19, check: "one-answer", question: "does the model tell any two inputs apart?",
    citation: "this program")
}
