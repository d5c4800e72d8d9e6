// SPDX-License-Identifier: GPL-3.0-or-later

public import Records
import Statistics

/// A recipe for a report whose truth is known, for tests and for measuring how large ones are handled.
///
/// Every example has a difficulty that all reports share. A model has an example right if the
/// difficulty is below the model's rate, save for a share of examples on which it decides otherwise
/// by chance.
public struct SyntheticReport: Sendable {
  /// Different compressions of one dense model; the dense model is evaluated too.
  public var compressions = 1
  /// The radii; at each further one half of the robust examples are lost.
  public var epsilons = ["0.1"]
  /// The seeds of training.
  public var seeds: [UInt64] = [1]
  /// The examples, rising.
  public var examples = Array(0..<200)
  /// The classes, which follow one another.
  public var classes = 10
  /// The share of examples that are right without attack.
  public var cleanRate = 0.9
  /// The share of examples that are right under the first radius.
  public var robustRate = 0.5
  /// The share of examples on which a model decides by chance.
  public var noise = 0.05
  /// How far, at most, a seed moves the robust rate up or down.
  public var seedSpread = 0.0
  /// Where the chances come from; reports with different numbers differ by the noise alone.
  public var random: UInt64 = 1
  /// Flags of every evaluation.
  public var flags: [SoundnessFlag] = []

  /// Creates a recipe.
  public init() {}

  /// Makes the report.
  public func report() -> Report {
    let variants = seeds.flatMap { seed in
      [variant(0, seed)] + (0..<compressions).map { variant($0 + 1, seed) }
    }
    return Report(
      tool: ToolRecord(name: "robust-eval", version: "0.1.0"), created: "2024-05-06T07:08:09Z",
      command: "robust-eval --seed \(seeds[0])", seed: seeds[0],
      environment: EnvironmentRecord(
        os: "Debian", cpu: "Example", cores: 2, device: "cpu", libraries: ["gsl": "2.7.1"]),
      dataset: DatasetRecord(
        name: "synthetic", sha256: "00ff", examples: 10_000, classes: classes,
        classNames: (0..<classes).map { "class \($0)" }, inputShape: [1, 8, 8], inputRange: 0...1),
      experiment: nil, variants: variants,
      evaluations: variants.flatMap { variant in
        epsilons.enumerated().map { evaluation(variant, $0, $1) }
      },
      labels: LabelRecord(examples: examples, labels: examples.map { $0 % classes }))
  }

  private func variant(_ number: Int, _ seed: UInt64) -> VariantRecord {
    let isDense = number == 0
    let name = isDense ? "dense" : "magnitude-\(number)"
    return VariantRecord(
      id: "cnn/standard/\(name)/seed-\(seed)",
      parent: isDense ? nil : "cnn/standard/dense/seed-\(seed)", architecture: "cnn",
      training: "standard", compression: isDense ? "none" : name, seed: seed,
      sparsity: SparsityRecord(requested: isDense ? 0 : 0.5, achieved: isDense ? 0 : 0.51),
      parameters: 1000, nonzeroParameters: isDense ? 1000 : 490, macs: isDense ? 9000 : 5000,
      denseMacs: 9000, packedBytes: isDense ? 4000 : 2200, denseBytes: 4000,
      latency: MedianRecord(median: 1, low: 0.9, high: 1.1), sha256: "00", seconds: 1)
  }

  private func evaluation(
    _ variant: VariantRecord, _ step: Int, _ epsilon: String
  ) -> EvaluationRecord {
    guard let radius = Epsilon(epsilon) else { preconditionFailure("a radius is wanted") }
    let key = RandomKey(seed: random).split(variant.id)
    var rate = robustRate / Double(1 << step)
    if seedSpread > 0 {
      rate += seedSpread * (2 * key.split("seed").stream().uniform() - 1)
    }
    let clean = verdicts(cleanRate, "clean", key.split("clean"))
    let robust = zip(clean, verdicts(rate, "robust", key.split(epsilon))).map { $0 && $1 }
    let count = robust.count { $0 }
    return EvaluationRecord(
      id: "\(variant.id)/linf=\(epsilon)", variant: variant.id,
      threat: ThreatModel(norm: .linf, epsilon: radius), suite: "pgd:steps=20",
      examples: examples.count, cleanAccuracy: share(clean.count { $0 }),
      robustAccuracy: share(count),
      attacks: [
        AttackRecord(
          name: "pgd", parameters: ["steps": 20], robustAccuracy: share(count).value,
          low: share(count).low, high: share(count).high, attacked: examples.count,
          broken: examples.count - count, gradients: 20, queries: 21, seconds: 1)
      ], flags: flags,
      verdicts: VerdictRecord(examples: examples, clean: clean, robust: robust))
  }

  private func verdicts(_ rate: Double, _ kind: String, _ key: RandomKey) -> [Bool] {
    let own = key.stream()
    // Multiples of the golden ratio lie evenly, and cost no stream for each example.
    let offset = RandomKey(seed: 0).split(kind).stream().uniform()
    return examples.map { example in
      let turns = Double(example) * 0.618_033_988_749_894_8 + offset
      let difficulty = turns - turns.rounded(.down)
      let (isByChance, chance) = (own.uniform() < noise, own.uniform())
      return (isByChance ? chance : difficulty) < rate
    }
  }

  private func share(_ count: Int) -> Estimate {
    let interval = ProportionInterval(successes: count, trials: examples.count)
    return Estimate(value: interval.value, low: interval.low, high: interval.high)
  }
}
