// SPDX-License-Identifier: GPL-3.0-or-later

import Evaluation
import Foundation
import Models
import Records
import RobustCore
import Statistics
import TestSupport
import Testing
import Torch

@Suite("A user's own model", .timeLimit(.minutes(15)))
struct ScriptModelTests {
  @Test("A variant that a run left can be given back, and is judged the same")
  func roundTrip() async throws {
    let folder = try TemporaryFolder()
    var experiment = try tinyExperiment(folder)
    experiment.trainings = [try Specification("standard:epochs=2:batch=64")]
    experiment.compressions = [try Recipe("magnitude:epochs=0.5")]
    let first = try await run(experiment, into: folder("first"))

    let dense = try #require(
      try FileManager.default.contentsOfDirectory(atPath: folder("first/models"))
        .first { $0.contains("dense") })
    experiment.models = [.file(folder("first/models/\(dense)/model.pt"))]
    experiment.trainings = [Experiment.given]
    let second = try await run(experiment, into: folder("second"))

    #expect(second.variants.count == 2)
    #expect(second.variants[0].training == "given")
    #expect(second.variants[0].parameters == first.variants[0].parameters)
    #expect(second.variants[1].sparsity.achieved >= 0.5)
    #expect(second.variants[1].nonzeroParameters < second.variants[0].nonzeroParameters)
    #expect(second.evaluations[0].cleanAccuracy == first.evaluations[0].cleanAccuracy)
    let difference =
      second.evaluations[0].robustAccuracy.value - first.evaluations[0].robustAccuracy.value
    #expect(abs(difference) <= 0.01, "other kernels, other last digits; 3 of 300 examples")
  }

  @Test("Bytes in the report are the bytes on the disk")
  func packedBytes() async throws {
    let folder = try TemporaryFolder()
    var experiment = try tinyExperiment(folder)
    experiment.trainings = [try Specification("standard:epochs=0.5:batch=64")]
    experiment.compressions = [try Recipe("magnitude:epochs=0")]
    let report = try await run(experiment, into: folder("run"))
    let folders = try FileManager.default.contentsOfDirectory(atPath: folder("run/models")).sorted()
    let sizes = try folders.map { name in
      try #require(
        try FileManager.default.attributesOfItem(
          atPath: folder("run/models/\(name)/packed.safetensors.gz"))[.size] as? Int)
    }
    #expect(sizes.sorted() == report.variants.map(\.packedBytes).sorted())
    // Half the weights and a bit for each: well below two thirds of the dense file.
    let (smallest, largest) = (Double(sizes.min() ?? 0), Double(sizes.max() ?? 0))
    #expect(smallest < 0.66 * largest)
  }
}
