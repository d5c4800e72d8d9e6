// SPDX-License-Identifier: GPL-3.0-or-later

public import Records

/// The experiment that an old report was made by.
public enum PastExperiment {
  /// Reads the settings that a report holds, as strictly as an experiment file.
  ///
  /// What the report does not state, since its program did not know it, is as if left out.
  ///
  /// - Parameters:
  ///   - settings: The report's `experiment`; JSON is YAML too.
  ///   - path: The report's name in errors.
  /// - Returns: The experiment.
  /// - Throws: ``UsageError``; `YAMLError`; `SpecificationError`.
  public static func read(_ settings: JSONValue, from path: String) throws -> Experiment {
    guard case .object(var members) = settings, !members.isEmpty else {
      throw UsageError(
        .wrongKind, subject: path, detail: "does not say how it was made",
        remedy: "state the settings of the run")
    }
    // What short names stood for then is worked out anew.
    members["resolved"] = nil
    let text = try CanonicalJSON.line(JSONValue.object(members))
    let stated = try ExperimentFile.settings(in: Array(text.utf8), path: path)
    if let option = stated.keys.first(where: { !$0.isExperiment }) {
      throw UsageError(
        .unknownKey, subject: path, detail: "'\(option.name)' is no setting of an experiment",
        remedy: "take the report as it was written")
    }
    return try SettingsReader(settings: stated).experiment()
  }
}
