// SPDX-License-Identifier: GPL-3.0-or-later

import Records

extension RunOption {
  /// What the option does, in lines of at most 47 characters, with the default behind it.
  var summary: [String] {
    let standard = Experiment()
    return switch self {
    case .dataset: ["a name, a file or a folder [\(standard.dataset)]"]
    case .model: ["an architecture or a TorchScript file [\(joined(standard.models))]"]
    case .vocabulary:
      ["words of a TorchScript model of texts, in the", "order of their ids [beside the model]"]
    case .training: ["[\(joined(standard.trainings)); a file comes trained]"]
    case .sparsity: ["share of parameters to remove, 0 <= s < 1 [\(joined(standard.sparsities))]"]
    case .compression: ["how to remove them [\(joined(standard.compressions))]"]
    case .attack:
      [
        "suites, single attacks or a suite of your own",
        "in FILE.yaml [\(joined(standard.attacks))]",
      ]
    case .norm: ["linf, l2, l1 or l0 [\(standard.norm.rawValue)]"]
    case .epsilon:
      ["radius of the perturbation in input units, as", "in 8/255 [\(standard.epsilons[0].text)]"]
    case .queryBudget: ["most queries for one example [none]"]
    case .embeddingRadius:
      [
        "a diagnostic, no text attack: move vectors of",
        "words by shares of their mean length [none]",
      ]
    case .isolation: ["what is kept from the attacker [\(joined(standard.isolations))]"]
    case .examples: ["test examples attacked, the first N [\(standard.examples)]"]
    case .seed: ["first seed [\(standard.seed)]"]
    case .seeds: ["how many seeds [\(standard.seeds)]"]
    case .device: ["cpu or cuda [\(standard.device.rawValue)]"]
    case .workers: ["threads [all cores]"]
    case .shard: ["do part I of N, to be joined by merge"]
    case .untilDecided:
      [
        "attack examples in random order, and stop as",
        "soon as every rule of --policy is decided",
      ]
    case .policy:
      ["judge the report by these rules, and end with", "the status of robust-eval gate [none]"]
    case .baseline: ["the report that rules on losses compare with"]
    case .baselineOptional:
      ["where it is not there yet, leave out its rules"]
    case .maxDrop:
      ["a rule: no accuracy of any model falls by more", "than X against --baseline [none]"]
    case .output: ["folder to write into; an unfinished run there", "goes on [reports/NAME]"]
    case .saveAdversarials: ["keep every adversarial input as .npz"]
    case .noCache: ["train and compress anew"]
    case .plan: ["say what would be done and what it costs"]
    case .quiet: ["no progress"]
    case .json: ["the report on standard output, and nothing", "else there"]
    }
  }

  private func joined(_ values: [some CustomStringConvertible]) -> String {
    values.map(\.description).joined(separator: ",")
  }
}
