// SPDX-License-Identifier: GPL-3.0-or-later

extension ReportProse {
  static let ladders =
    "Every attacker is as clever as what is seen allows: a part of a model is completed by learning from"
    + " the model's answers, and what is learned is attacked in its place. Compared on the same examples"
    + " with the attacker who sees everything, by the exact McNemar test with Holm's correction over all"
    + " rows of these tables. Fidelity is the share of the judged examples on which what was learned and"
    + " the model agree; queries to learn by are spent once, before any example is attacked."

  static let members =
    "In each row the examples are perturbed to mislead the member that it is named after; each column says"
    + " what share of all examples a member, or the whole, still has right. What is small away from the"
    + " diagonal is transfer, against which members that run apart are no help."

  static let poisoning =
    "Each member was trained on a part of the data of its own and the majority decides, so a prediction"
    + " stands until so many members have changed their vote (Levine and Feizi, ICLR 2021). The counts"
    + " are exact, for as long as what all members share is taken as given: their shape, and the mean and"
    + " deviation by which inputs are scaled."
}
