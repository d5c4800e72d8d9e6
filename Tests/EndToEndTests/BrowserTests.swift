// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Records
import Reporting
import TestSupport
import Testing

/// A real browser without a window.
private enum Browser {
  static let program = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  /// What a page looks like to a script, which stands in a page around it: the tested page has none.
  static func measure(_ page: String, width: Int, isDark: Bool, in folder: TemporaryFolder) throws
    -> [String: Double]
  {
    let probe = """
      <!DOCTYPE html><meta charset="utf-8"><style>body { margin: 0 }</style>
      <iframe id="f" style="border: 0; width: \(width)px; height: 900px" src="\(page)"></iframe>
      <script>
      onload = () => {
        const page = document.getElementById('f').contentDocument
        const images = [...page.images]
        const light = color => Math.max(...color.match(/\\d+/g).slice(0, 3).map(Number))
        const style = page.defaultView.getComputedStyle(page.body)
        document.title = [
          'overflow=' + (page.documentElement.scrollWidth - page.documentElement.clientWidth),
          'images=' + images.length,
          'broken=' + images.filter(i => !i.complete || i.naturalWidth === 0).length,
          'sections=' + page.querySelectorAll('section').length,
          'scripts=' + page.scripts.length,
          'ink=' + light(style.color), 'paper=' + light(style.backgroundColor),
        ].join(' ')
      }
      </script>
      """
    let name = "probe-\(width)-\(isDark).html"
    try Data(probe.utf8).write(to: URL(fileURLWithPath: folder(name)))
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program ?? "")
    process.arguments = [
      "--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files",
      "--user-data-dir=\(folder("profile"))", "--virtual-time-budget=5000",
      "--blink-settings=preferredColorScheme=\(isDark ? 0 : 1)", "--dump-dom",
      "file://\(folder(name))",
    ]
    let output = folder("\(name).dom")
    try Data().write(to: URL(fileURLWithPath: output))
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    let dom = try String(contentsOfFile: output, encoding: .utf8)
    let title = try #require(dom.firstMatch(of: /<title>([^<]*)<\/title>/))
    let pairs = title.1.split(separator: " ").compactMap { pair -> (String, Double)? in
      let parts = pair.split(separator: "=")
      guard parts.count == 2, let value = Double(parts[1]) else { return nil }
      return (String(parts[0]), value)
    }
    return Dictionary(pairs) { first, _ in first }
  }
}

@Suite(
  "The report in a browser", .timeLimit(.minutes(15)),
  .enabled(if: Browser.program != nil, "chromium is not installed (apt-get install chromium)"))
struct BrowserTests {
  /// One run's report with its variants repeated under other names until there are so many.
  private func manyVariants(_ report: Report, _ count: Int) -> Report {
    var result = report
    let (variants, evaluations) = (report.variants, report.evaluations)
    for copy in 1..<max(2, count / variants.count) {
      for var variant in variants {
        variant.id += "/copy-\(copy)-of-a-model-with-a-long-name"
        variant.parent = variant.parent.map { $0 + "/copy-\(copy)-of-a-model-with-a-long-name" }
        result.variants.append(variant)
      }
      for var evaluation in evaluations {
        evaluation.id += "/copy-\(copy)"
        evaluation.variant += "/copy-\(copy)-of-a-model-with-a-long-name"
        result.evaluations.append(evaluation)
      }
    }
    return result
  }

  @Test("Two and sixty variants, on a desk and on a phone, in light and in dark")
  func opens() throws {
    let tiny = try TinyRun()
    #expect(try tiny.run(into: "two", []).status == 0)
    let report = try ReportFile.read(tiny.tool.folder("two"))
    let folder = tiny.tool.folder("sixty")
    try FileManager.default.copyItem(atPath: tiny.tool.folder("two"), toPath: folder)
    _ = try ReportFormat.json.write(
      manyVariants(report, 60), into: folder, picturesFrom: folder)
    let ended = try tiny.tool.run(["report", "sixty", "--format=plots,html"])
    #expect(ended.status == 0, "\(ended.errors)")
    let rules = "rules: [{check: clean_accuracy, at_least: 0.999}, {check: macs, at_most: 1}]\n"
    try Data(rules.utf8).write(to: URL(fileURLWithPath: tiny.tool.folder("policy.yaml")))
    let judged = try tiny.tool.run(["report", "two", "--format=html", "--policy=policy.yaml"])
    #expect(judged.status == 0, "\(judged.errors)")
    for name in ["two", "sixty"] {
      let pictures = try HTMLParser.parse(try tiny.text("\(name)/report.html")).all("img").count
      #expect(pictures > 5)
      for (width, isDark) in [(1280, false), (390, false), (390, true)] {
        let seen = try Browser.measure(
          "\(name)/report.html", width: width, isDark: isDark, in: tiny.tool.folder)
        #expect(seen["overflow"] == 0, "\(name) at \(width): \(seen)")
        #expect(seen["images"] == Double(pictures) && seen["broken"] == 0, "\(seen)")
        #expect(seen["scripts"] == 0 && seen["sections"] ?? 0 > 8, "\(seen)")
        let (ink, paper) = (seen["ink"] ?? 0, seen["paper"] ?? 0)
        #expect(isDark ? ink > 180 && paper < 60 : ink < 60 && paper > 240, "\(seen)")
      }
    }
  }
}
