// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Records
import TestSupport
import Testing
import Torch

@testable import Evaluation

@Suite("Gallery", .timeLimit(.minutes(15)))
struct GalleryTests {
  private func dataset(_ shape: [Int] = [1, 2, 2], _ range: ClosedRange<Double> = 0...1)
    -> DatasetRecord
  {
    DatasetRecord(name: "d", examples: 9, classes: 3, inputShape: shape, inputRange: range)
  }

  private func inputs(_ values: [Int: [Float]], _ shape: [Int] = [1, 2, 2]) -> KeptInputs {
    KeptInputs(
      values.sorted { $0.key < $1.key }.map { example, values in
        (example: example, input: .values(Tensor(values, shape: [1] + shape)))
      })
  }

  private func outcome(_ example: Int, _ distance: Double?, as prediction: Int = 2) -> Outcome {
    distance.map {
      Outcome(
        example: example, label: 1, cleanPrediction: 1, adversarialPrediction: prediction,
        distance: $0, queries: 1, gradients: 0)
    } ?? Outcome(unattacked: example, label: 1, cleanPrediction: 1)
  }

  /// Example 3 is broken by both attacks, the second one being nearer; example 5 by the first.
  private func shown(_ name: String) -> Gallery.Shown {
    var block = BlockResult(
      attacks: [
        BlockResult.AttackResult(
          outcomes: [outcome(3, 0.2), outcome(4, nil), outcome(5, 0.1)], seconds: 1),
        BlockResult.AttackResult(
          outcomes: [outcome(3, 0.1, as: 0), outcome(4, 0.1, as: 1), outcome(5, nil)], seconds: 1),
      ],
      kept: inputs([3: [0.1, 0.4, 1, 0], 5: [0.5, 0.5, 0.5, 0.6]]), keepsAll: false)
    block.originals = inputs([3: [0, 0.5, 1, 0], 5: [0.5, 0.5, 0.5, 0.5]])
    return Gallery.Shown(evaluation: name, attacks: ["far", "near"], block: block)
  }

  @Test("Each picture has what the nearest attack did, and its files")
  func records() throws {
    let folder = try TemporaryFolder()
    let records = try Gallery(dataset: dataset()).write([shown("e")], into: folder.path)
    #expect(records.map(\.example) == [3, 5])
    #expect(records.map(\.attack) == ["near", "far"])
    #expect(records.map(\.adversarialPrediction) == [0, 2])
    #expect(records.map(\.cleanPrediction) == [1, 1] && records.map(\.label) == [1, 1])
    #expect(records.map(\.distance) == [0.1, 0.1] && records.map(\.magnification) == [5, 5])
    let paths = records.flatMap {
      [$0.pictures.clean, $0.pictures.adversarial, $0.pictures.perturbation]
    }
    #expect(
      Set(paths)
        == Set(
          ["example-3", "1-adversarial", "1-perturbation"].map { "gallery/\($0).png" }
            + ["example-5", "2-adversarial", "2-perturbation"].map { "gallery/\($0).png" }))
    let written = try FileManager.default.contentsOfDirectory(atPath: folder("gallery"))
    #expect(Set(written.map { "gallery/\($0)" }) == Set(paths))
    for path in paths {
      let bytes = try Data(contentsOf: URL(fileURLWithPath: folder(path)))
      #expect(bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]))
    }
  }

  @Test("Many evaluations are shown by a few, the first one among them, spread over all")
  func fewOfMany() throws {
    let folder = try TemporaryFolder()
    let records = try Gallery(dataset: dataset()).write(
      (0..<40).map { shown("e\($0)") }, into: folder.path)
    let names = Set(records.map(\.evaluation))
    #expect(names == Set(stride(from: 0, to: 40, by: 5).map { "e\($0)" }))
    #expect(records.count == 16)
  }

  @Test("Inputs that are no pictures, and blocks of older runs, give none")
  func none() throws {
    let folder = try TemporaryFolder()
    var older = shown("e").block
    older.originals = nil
    let old = Gallery.Shown(evaluation: "e", attacks: ["far", "near"], block: older)
    #expect(try Gallery(dataset: dataset()).write([old], into: folder.path) == [])
    for shape in [[4], [1, 1, 4], [2, 2, 2]] {
      #expect(try Gallery(dataset: dataset(shape)).write([shown("e")], into: folder.path) == [])
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
  }

  @Test("The magnified difference just fills the range, whatever the range is")
  func magnification() throws {
    let shape = try #require(PictureShape(dataset([1, 2, 2], -1...1)))
    let clean: [Float] = [0, 0, 0, 0]
    #expect(shape.magnification(clean[...], [0.1, 0, -0.2, 0]) == 5)
    #expect(shape.magnification(clean[...], clean[...]) == 1)
    #expect(shape.magnification(clean[...], [2, 0, 0, 0]) == 1)
    #expect(shape.magnification(clean[...], [1e-7, 0, 0, 0]) == 255)
  }
}
