// SPDX-License-Identifier: GPL-3.0-or-later

import Command
import Datasets
import Evaluation
import FoundationEssentials
import Records
import Reporting

/// Checks libraries, data and cores, and proves in seconds that an attack finds what is there.
struct Doctor {
  let environment: RunEnvironment

  func diagnoses() async throws -> [Diagnosis] {
    var found = [
      Diagnosis(
        check: "cores", verdict: .good,
        detail: "\(environment.machine.cores) of \(environment.machine.cpu)")
    ]
    found += SelfTest().checks().map { check in
      Diagnosis(check: check.name, verdict: check.passed ? .good : .bad, detail: check.detail)
    }
    found.append(plots)
    let catalog = DatasetCatalog(
      manifestFolder: environment.manifestFolder.map { URL(filePath: $0) })
    for name in catalog.names where catalog.isInstalled(name) || name == "fashion-mnist" {
      found.append(dataset(name, catalog))
    }
    return found
  }

  private func dataset(_ name: String, _ catalog: DatasetCatalog) -> Diagnosis {
    do {
      let data = try catalog.open(name)
      return Diagnosis(
        check: name, verdict: .good,
        detail: "\(data.trainCount) training and \(data.testCount) test examples")
    } catch {
      let verdict: Diagnosis.Verdict = error.code == .missing ? .optional : .bad
      return Diagnosis(check: name, verdict: verdict, detail: "\(error.detail); \(error.remedy)")
    }
  }

  private var plots: Diagnosis {
    let renderer = PlotRenderer()
    do {
      try renderer.check()
      return Diagnosis(check: renderer.program, verdict: .good, detail: "draws the plots")
    } catch {
      return Diagnosis(
        check: renderer.program, verdict: .bad, detail: "\(error.detail); \(error.remedy)")
    }
  }
}
