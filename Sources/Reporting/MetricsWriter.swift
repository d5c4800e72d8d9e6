// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// Writes `metrics.txt`: the main numbers in the text form of OpenMetrics, which GitLab shows beside
/// a merge request and Prometheus reads.
///
/// > Source: OpenMetrics, [version 1.0](https://openmetrics.io/), text format.
public struct MetricsWriter: ReportWriter {
  /// Creates a writer.
  public init() {}

  /// Renders `metrics.txt`; a number that is not known has no line.
  public func files(for report: Report) -> [RenderedFile] {
    let families = [
      family("robust_eval_clean_accuracy", "Share classified correctly unchanged.") {
        report.evaluations.map { ("evaluation", $0.id, $0.cleanAccuracy.value.fixed(6)) }
      },
      family("robust_eval_robust_accuracy", "Share that no attack broke.") {
        report.evaluations.map { ("evaluation", $0.id, $0.robustAccuracy.value.fixed(6)) }
      },
      family("robust_eval_robust_accuracy_low", "Lower end of its interval.") {
        report.evaluations.map { ("evaluation", $0.id, $0.robustAccuracy.low.fixed(6)) }
      },
      family("robust_eval_flags", "Soundness flags that are up.") {
        report.evaluations.map { ("evaluation", $0.id, String($0.flags.count)) }
      },
      family("robust_eval_packed_bytes", "Bytes of the packed model on disk.") {
        report.variants.map { ("variant", $0.id, String($0.packedBytes)) }
      },
      family("robust_eval_latency_milliseconds", "Median time of one example.") {
        report.variants.compactMap { variant in
          variant.latency.map { ("variant", variant.id, $0.median.fixed(4)) }
        }
      },
    ]
    return [RenderedFile(path: "metrics.txt", text: families.joined() + "# EOF\n")]
  }

  private func family(
    _ name: String, _ help: String, _ samples: () -> [(label: String, id: String, value: String)]
  ) -> String {
    let lines = samples().map { "\(name){\($0.label)=\"\(escaped($0.id))\"} \($0.value)\n" }
    guard !lines.isEmpty else { return "" }
    return "# TYPE \(name) gauge\n# HELP \(name) \(help)\n" + lines.joined()
  }

  private func escaped(_ text: String) -> String {
    text.unicodeScalars.map { scalar in
      switch scalar {
      case "\\": "\\\\"
      case "\"": "\\\""
      case "\n": "\\n"
      case _ where scalar.properties.generalCategory == .control: " "
      default: String(scalar)
      }
    }.joined()
  }
}
