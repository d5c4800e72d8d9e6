// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import Reporting
import Testing

@Suite("Findings", .timeLimit(.minutes(15)))
struct FindingTests {
  private let pair: [VariantRecord] = [
    .small("dense", training: "pgd"), .small("pruned", parent: "dense", training: "pgd"),
  ]

  private func findings(
    dense: String, pruned: String, flags: [SoundnessFlag] = []
  ) -> [Finding] {
    Analysis.completed(
      .small(pair),
      with: [
        .letters(dense, id: "d", variant: "dense", flags: flags),
        .letters(pruned, id: "p", variant: "pruned"),
      ].map(Analysis.judged)
    ).findings
  }

  @Test("A fall that the correction leaves is said, for this checkpoint, with its interval")
  func worse() throws {
    let findings = findings(
      dense: "r" * 12 + "b" + "r" * 187, pruned: "b" * 12 + "r" + "r" * 187)
    #expect(findings.map(\.claim) == ["raises-accuracy", "easier-to-attack"])
    #expect(findings.map(\.verdict) == [.undecided, .worse])
    #expect(
      findings[1].statement == """
        Pruning (magnitude, sparsity 0.500) made this checkpoint of cnn (pgd training) easier to \
        attack (linf, epsilon 0.1, white-box; suite quick): robust accuracy fell by 5.5 points \
        [2.4, 9.8] (n = 200).
        """)
    #expect(
      findings[1].evidence.contains("difference -0.055 [-0.098, -0.024] (n = 200); 12 lost, 1 won"))
    #expect(
      findings[1].evidence.contains("exact McNemar p = 0.0034, after Holm over 2 tests = 0.0068"))
    #expect(findings[1].evidence.contains("Clean accuracy 1.000 [0.982, 1.000] (n = 200) against"))
  }

  @Test(
    "Only what takes weights or channels away, and does nothing else, is called pruning",
    arguments: [
      ("structured", "Pruning"), ("magnitude:scope=global", "Pruning"),
      ("distill:loss=kd", "Compression"), ("magnitude+quantize", "Compression"),
    ])
  func words(recipe: String, word: String) {
    var variants = pair
    variants[1].compression = recipe
    let found = Analysis.completed(
      .small(variants),
      with: [
        .letters("rrrr", id: "d", variant: "dense"), .letters("rrrr", id: "p", variant: "pruned"),
      ].map(Analysis.judged)
    ).findings
    #expect(found.allSatisfy { $0.statement.lowercased().contains("\(word.lowercased()) (") })
    #expect(found[0].statement.hasPrefix("\(word) (\(recipe), sparsity 0.500)"))
  }

  @Test("A rise is no fall")
  func better() {
    let findings = findings(
      dense: "b" * 12 + "r" + "r" * 187, pruned: "r" * 12 + "b" + "r" * 187)
    #expect(findings.map(\.verdict) == [.undecided, .better])
    #expect(findings[1].statement.contains("did not make this checkpoint"))
    #expect(findings[1].statement.contains("rose by 5.5 points [2.4, 9.8] (n = 200)"))
  }

  @Test("A fall that comes from clean errors alone is not called easier to attack")
  func cleanErrors() {
    let findings = findings(dense: "r" * 200, pruned: "x" * 12 + "r" * 188)
    #expect(findings.map(\.verdict) == [.worse, .undecided])
    #expect(
      findings[1].statement.contains("lowered the robust accuracy of this checkpoint")
        && findings[1].statement.contains("but was not shown to make it easier to attack"))
    #expect(
      findings[1].evidence.contains(
        "Of the examples that both have right without attack, 0 are lost and 0 won."))
  }

  @Test("Clean accuracy has sentences of its own")
  func clean() {
    let up = findings(dense: "x" * 12 + "r" * 188, pruned: "r" * 200)
    #expect(up[0].verdict == .better)
    #expect(up[0].statement.contains("raised the clean accuracy of this checkpoint"))
    let down = findings(dense: "r" * 200, pruned: "x" * 12 + "r" * 188)
    #expect(down[0].verdict == .worse)
    #expect(down[0].statement.contains("did not raise the clean accuracy"))
  }

  @Test("What the correction does not leave is not claimed")
  func corrected() {
    // The exact p-value is 0.0357; over two tests it is 0.0714.
    let findings = findings(
      dense: "r" * 30 + "b" * 15 + "r" * 955, pruned: "b" * 30 + "r" * 15 + "r" * 955)
    #expect(findings[1].verdict == .undecided)
    #expect(findings[1].statement.contains("was not shown to make this checkpoint"))
  }

  @Test("An open question says how many examples would settle it")
  func resolution() {
    // Discordance 0.03, difference 0.01, alpha 0.025, power 0.8, by hand after Connor: 2,849.
    let findings = findings(
      dense: "rr" + "b" * 4 + "r" * 194, pruned: "bb" + "r" * 4 + "r" * 194)
    #expect(
      findings[1].evidence.contains(
        "About 2900 examples would show a difference of the observed size at 80 % power."))
    #expect(findings[0].evidence.contains("The two agree on every example."))
  }

  @Test("With as many won as lost, it says what would have been seen")
  func balanced() {
    let findings = findings(
      dense: "r" * 10 + "b" * 10 + "r" * 180, pruned: "b" * 10 + "r" * 10 + "r" * 180)
    #expect(findings[1].verdict == .undecided)
    #expect(findings[1].evidence.contains("These examples would show a difference of "))
  }

  @Test("A blocked robust accuracy is not judged, a clean one is")
  func blocked() {
    let flag = SoundnessFlag(
      check: "noise", severity: .blocking, value: 1, threshold: 0, message: "m")
    let findings = findings(
      dense: "r" * 24 + "r" * 176, pruned: "x" * 24 + "r" * 176, flags: [flag])
    #expect(findings.map(\.verdict) == [.worse, .undecided])
    #expect(findings[1].statement.contains("cannot be judged: a soundness flag is up"))
  }

  @Test("Several seeds share a sentence, which counts them", arguments: [3, 2])
  func seeds(worse: Int) {
    let seeds = 1...3
    let variants = seeds.flatMap { seed -> [VariantRecord] in
      [
        .small("d\(seed)", seed: UInt64(seed)),
        .small("p\(seed)", parent: "d\(seed)", seed: UInt64(seed)),
      ]
    }
    let judged = seeds.flatMap { seed -> [EvaluationOutcomes] in
      [
        .letters("r" * 200, id: "d\(seed)", variant: "d\(seed)"),
        .letters(
          (seed <= worse ? "b" : "r") * 20 + "r" * 180, id: "p\(seed)", variant: "p\(seed)"),
      ]
    }.map(Analysis.judged)
    let findings = Analysis.completed(.small(variants), with: judged).findings
    #expect(findings.count == 2)
    #expect(findings[1].verdict == (worse == 3 ? .worse : .undecided))
    #expect(
      findings[1].statement == """
        Over 3 seeds, pruning (magnitude, sparsity 0.500) of cnn (standard training) was shown to \
        make it easier to attack (linf, epsilon 0.1, white-box; suite quick) in \(worse) and raised \
        its robust accuracy in 0; neither was shown in \(3 - worse).
        """)
  }

  @Test(
    "That fewer multiply-adds bring no time is said where both are so",
    arguments: [
      (900, 0.9, true), (900, 1.1, false), (951, 0.9, false), (950, 0.9, true), (1_000, 0.9, false),
    ])
  func timeNotSaved(macs: Int, low: Double, isSaid: Bool) {
    var report = Report.small(pair)
    report.variants[1].macs = macs
    report.variants[1].denseMacs = 1_000
    report.variants[1].speedup = MedianRecord(median: low + 0.05, low: low, high: low + 0.1)
    let text = MarkdownWriter().files(for: report)[0].text
    #expect(text.contains("not shown to be faster") == isSaid)
  }

  @Test(
    "What multiplied the integers of a quantised model is said",
    arguments: [
      (nil, VariantRecord.Kernels.simulated, "its times are not."),
      (98, .integer, "timed with kernels for integers (ONEDNN, 3 of 4 layers, the same class for"),
      (97, .simulated, "disagree (ONEDNN, 3 of 4 layers, the same class for 97 of 100 examples"),
    ])
  func kernels(agreeing: Int?, kernels: VariantRecord.Kernels, words: String) throws {
    var report = Report.small(pair)
    let found = agreeing.map {
      IntegerKernelRecord(
        engine: "ONEDNN", layers: 3, multiplyingLayers: 4, examples: 100, agreeing: $0)
    }
    #expect(found.map { $0.isFaithful == (kernels == .integer) } ?? true)
    report.variants[1].kernels = kernels
    report.variants[1].integerKernels = found
    report.variants[1].integerKernels?.attacked = 20
    report.variants[1].integerKernels?.attackedAgreeing = 19
    let text = MarkdownWriter().files(for: report)[0].text
    #expect(text.contains(words))
    #expect(text.contains("and for 19 of 20 that were attacked") == (agreeing != nil))
    let read = try CanonicalJSON.value(Report.self, from: CanonicalJSON.text(report))
    #expect(read.variants[1].integerKernels == report.variants[1].integerKernels)
  }
}
