// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Records
import Reporting
import TestSupport
import Testing

extension Report {
  /// The fixture with everything that a page can show: curves, checks, class names and pictures.
  static var illustrated: Report {
    var report = Report.fixture
    report.dataset.classNames = ["shirt", "sandal & co", "boot"]
    report.curves = report.variants.prefix(2).map { variant in
      CurveRecord(
        variant: variant.id, isolation: "none", norm: .linf, suite: "quick", source: .radii,
        points: [(0, 0.9), (0.1, 0.45)].map { radius, value in
          CurveRecord.Point(
            epsilon: radius,
            accuracy: Estimate(value: value, low: value - 0.0312, high: value + 0.0278))
        }, area: 0.0675, medianDistance: variant.parent == nil ? 0.0889 : nil)
    }
    report.evaluations[0].checks = [
      CheckRecord(
        check: "zero-gradient", value: 0.0125, threshold: 0.1, sample: 128, severity: nil,
        message: "1.25 % of the gradients are zero"),
      CheckRecord(
        check: "planted", value: 0, threshold: 0.95, sample: 0, severity: nil, message: "left out"),
    ]
    report.gallery = [
      GalleryRecord(
        evaluation: report.evaluations[0].id, example: 17, label: 1, cleanPrediction: 1,
        adversarialPrediction: 2, attack: "pgd", distance: 0.09996, magnification: 5,
        pictures: GalleryRecord.Pictures(
          clean: "gallery/example-17.png", adversarial: "gallery/1-adversarial.png",
          perturbation: "gallery/1-perturbation.png"))
    ]
    return report
  }
}

@Suite("HTML report", .timeLimit(.minutes(15)))
struct HTMLReportTests {
  private static let writer = HTMLWriter { path in
    path.contains("missing") ? nil : Array(path.utf8)
  }

  private func page(of report: Report) throws -> HTMLElement {
    try HTMLParser.parse(Self.writer.files(for: report)[0].text)
  }

  @Test("Golden", .tags(.golden))
  func golden() throws {
    let files = Self.writer.files(for: .illustrated)
    #expect(files.map(\.path) == ["report.html"])
    try expectGolden(files[0].text, named: "report.html")
  }

  @Test("Pages are well formed, hold no script, and refer to nothing outside")
  func valid() throws {
    for report in [Report.illustrated, .fixture, .small([.small("d")]), .small([])] {
      let page = try page(of: report)
      #expect(HTMLChecker.problems(in: page) == [])
      let policy = page.all("meta").compactMap { $0.attributes["content"] }
      #expect(policy.contains { $0.hasPrefix("default-src 'none'") })
    }
  }

  @Test(
    "The checks of a page find what is wrong",
    arguments: [
      ("<p>", "<p onclick=\"x\">"), ("<h2 ", "<script></script><h2 "),
      ("href=\"#summary\"", "href=\"http://x\""),
      ("href=\"#summary\"", "href=\"#nowhere\""),
      ("alt=\"Example 17,", "alt=\"\" id=\"Example 17,"),
      ("id=\"findings\"", "id=\"summary\""), ("<td>pgd</td>", "<td>pgd</td><td></td>"),
      ("src=\"data:image/png", "src=\"image/png"), ("</section>", ""), ("&amp;", "&"),
    ])
  func checksBite(text: String, change: String) throws {
    var source = Self.writer.files(for: .illustrated)[0].text
    let place = try #require(source.range(of: text))
    source.replaceSubrange(place, with: change)
    let problems =
      (try? HTMLParser.parse(source)).map { HTMLChecker.problems(in: $0) } ?? ["not parsed"]
    #expect(!problems.isEmpty)
  }

  @Test("Every picture has its bytes and words, and a missing one is said to be missing")
  func pictures() throws {
    var report = Report.illustrated
    let images = try page(of: report).all("img")
    // Accuracy, security and trade-off plots, and three of the gallery.
    #expect(images.count == 6)
    let bytes = Data("gallery/1-adversarial.png".utf8).base64EncodedString()
    #expect(images.contains { $0.attributes["src"] == "data:image/png;base64,\(bytes)" })
    #expect(
      images.map { $0.attributes["alt"] ?? "" }.contains("Example 17, attacked: read as boot"))
    report.gallery?[0].pictures.clean = "gallery/missing.png"
    let text = try page(of: report).text
    #expect(text.contains("read as sandal & co (the picture gallery/missing.png is missing)"))
  }

  @Test("No file is taken for a picture by its name alone")
  func kinds() throws {
    var report = Report.illustrated
    report.gallery?[0].pictures.clean = "gallery/page.html"
    #expect(try page(of: report).all("img").count == 5)
  }

  private func numbers(_ report: Report) throws -> HTMLNumbers {
    let json = try CanonicalJSON.value(
      JSONValue.self, from: JSONReportWriter().files(for: report)[0].text)
    let checks = report.evaluations.flatMap { $0.checks ?? [] }.count { $0.sample > 0 }
    let flagged = report.evaluations.count { !$0.flags.isEmpty }
    let compressed = report.variants.filter { $0.parent != nil }.count
    let counts =
      [report.variants.count, compressed, report.comparisons.count, checks, flagged]
      // Answers: one model is worse, the others were not compared.
      + [1, compressed - 1] + report.evaluations.map(\.examples)
    let data = report.dataset
    let facts = [data.examples, data.classes, Int(report.seed)] + data.inputShape
    return HTMLNumbers(
      json,
      free: Set(
        (counts + facts).map(String.init) + data.inputRange.map(\.description) + ["95"]),
      phrases: ["batch 64", "SHA-256", "< 0.0001"])
  }

  @Test("Every number stands in the report, where the page says that it does")
  func everyNumber() throws {
    let page = try page(of: .illustrated)
    let strays = try numbers(.illustrated).strays(in: page)
    #expect(strays.isEmpty, "\(strays)")
    let marked = page.all.count { $0.attributes["data-of"] != nil }
    #expect(marked > 40, "results, attacks, footprints and the rest name their records")
  }

  @Test(
    "A number that is not the report's is found",
    arguments: [
      ("0.702 [0.673, 0.730]", "0.703 [0.673, 0.730]"), ("-0.021 [", "-0.022 ["),
      ("change ×5", "change ×6"), ("0.0125", "0.0126"), ("seed 1.", "seed 7."),
      ("0.0675", "0.0674"),
    ])
  func strayNumber(text: String, change: String) throws {
    let source = Self.writer.files(for: .illustrated)[0].text
    #expect(source.contains(text))
    let page = try HTMLParser.parse(source.replacing(text, with: change))
    #expect(try numbers(.illustrated).strays(in: page) != [])
  }

  @Test("Hostile names stand as text, and nothing else", arguments: HostileNameTests.names)
  func hostile(name: String) throws {
    var report = Report.illustrated
    report.dataset.name = name
    report.dataset.classNames = [name, name, name]
    report.command = name
    report.environment.cpu = name
    report.environment.libraries = [name: name]
    for index in report.variants.indices {
      report.variants[index].architecture = name
      report.variants[index].training = name
      report.variants[index].compression = name
    }
    for index in report.evaluations.indices {
      report.evaluations[index].suite = name
      report.evaluations[index].attacks[0].name = name
      report.evaluations[index].attacks[0].parameters = [name: .string(name)]
    }
    report.findings[0].statement = name
    report.findings[0].evidence = name
    report.curves?[0].suite = name
    report.gallery?[0].attack = name
    report.gallery?[0].pictures.clean = name
    let page = try page(of: report)
    #expect(HTMLChecker.problems(in: page) == [])
    let plain = try self.page(of: .illustrated)
    #expect(page.all("section").count == plain.all("section").count)
    let shown = name.replacing("\r\n", with: "\u{FFFD} ").replacing("\n", with: " ")
      .replacing("\u{1B}", with: "\u{FFFD}")
    #expect(page.all("code").contains { $0.text == shown })
  }

  @Test("Texts that turn the direction of writing are taken out of it")
  func direction() throws {
    var report = Report.illustrated
    report.command = "a\u{202E}b\u{2066}c\u{0}d\u{FFFE}"
    let text = Self.writer.files(for: report)[0].text
    #expect(text.contains("a\u{FFFD}b\u{FFFD}c\u{FFFD}d\u{FFFD}"))
  }

  @Test("Whether it may ship is what a policy says, where one was asked", arguments: [true, false])
  func shipping(passes: Bool) throws {
    var report = Report.illustrated
    report.gate = passes ? .fixture(.pass) : .fixture(.fail)
    let page = try page(of: report)
    let card = try #require(
      page.all("div").first { $0.all("dt").first?.text == "May it ship?" })
    #expect(card.attributes["class"] == (passes ? "better" : "worse"))
    #expect(card.text.contains(passes ? "Yes: every rule" : "No: a rule is shown not to be met"))
    #expect(card.all("li").map(\.text) == (passes ? [] : ["fail: floor<b>"]))
    let section = try #require(page.all("section").first { $0.attributes["id"] == "gate" })
    #expect(section.text.contains("0.841 [0.817, 0.863]"))
    #expect(try numbers(report).strays(in: page).isEmpty)
  }

  @Test("Where every rule waits for a baseline, no answer is given")
  func nothingAsked() throws {
    var report = Report.illustrated
    report.gate = GateResult(
      report: "r", created: "c", baseline: nil, policy: "p", tests: 0, rules: [])
    report.gate?.leftOut = ["drop"]
    let section = try #require(
      page(of: report).all("section").first { $0.attributes["id"] == "gate" })
    #expect(
      section.all("p").map(\.text) == [
        "It was not asked: no rule was left. Left out, as there is no baseline yet: drop."
      ])
    #expect(section.all("table").isEmpty)
  }

  @Test("Long lists are folded, and what was shown stands before what was not")
  func many() throws {
    var report = Report.illustrated
    report.findings = (0..<40).map { index in
      var finding = report.findings[0]
      finding.statement = "finding \(index)"
      finding.verdict = index == 39 ? .worse : .undecided
      return finding
    }
    let section = try #require(
      page(of: report).all("section").first {
        $0.attributes["id"] == "findings"
      })
    let items = section.all("li")
    #expect(items.count == 40)
    #expect(items[0].text.contains("finding 39"))
    #expect(section.all("details").flatMap { $0.all("li") }.count == 28)
  }
}
