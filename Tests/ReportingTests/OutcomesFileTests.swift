// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Records
import Reporting
import Testing

@Suite("Outcomes file", .timeLimit(.minutes(15)))
struct OutcomesFileTests {
  @Test("One row for each example, empty fields for what is not known")
  func rows() throws {
    let path = NSTemporaryDirectory() + "outcomes-" + UUID().uuidString + ".csv"
    defer { try? FileManager.default.removeItem(atPath: path) }
    var file = try OutcomesFile(path: path)
    try file.append(
      [
        Outcome(
          example: 7, label: 3, cleanPrediction: 3, adversarialPrediction: 5, distance: 8.0 / 255,
          queries: 21, gradients: 20, failures: [.zeroGradient, .budgetSpent]),
        Outcome(unattacked: 8, label: 3, cleanPrediction: 4),
      ], evaluation: "cnn, pgd", attack: "apgd \"ce\"")
    try file.append([], evaluation: "none", attack: "none")
    try file.commit()
    #expect(
      try String(contentsOfFile: path, encoding: .utf8) == """
        evaluation,attack,example,label,clean_prediction,adversarial_prediction,attacked,broken,\
        distance,queries,gradients,failures\r
        "cnn, pgd","apgd ""ce""\",7,3,3,5,1,1,0.031373,21,20,zero-gradient budget-spent\r
        "cnn, pgd","apgd ""ce""\",8,3,4,,0,0,,0,0,\r

        """)
  }

  @Test("Without a commit there is no file")
  func dropped() throws {
    let path = NSTemporaryDirectory() + "outcomes-" + UUID().uuidString + ".csv"
    do {
      var file = try OutcomesFile(path: path)
      try file.append([], evaluation: "e", attack: "a")
    }
    #expect(!FileManager.default.fileExists(atPath: path))
  }
}
