// SPDX-License-Identifier: GPL-3.0-or-later

public import Records
public import RobustCore
public import Statistics
public import Torch

/// Steps onto the border between the label and one other class, drawn towards the input (FAB-T).
///
/// > Source: Croce and Hein. "Minimally Distorted Adversarial Examples with a Fast Adaptive Boundary
/// > Attack." ICML 2020, [arXiv:1907.02044](https://arxiv.org/abs/1907.02044), algorithm 1; one target
/// > class at a time as in [arXiv:2003.01690](https://arxiv.org/abs/2003.01690), section 4.
public struct AdaptiveBoundary: NearestGradientAttack {
  /// Steps of each restart.
  public var steps: Int
  /// Independent starts for each class; the first is the input itself.
  public var restarts: Int
  /// How many classes are led to, those of the largest logits first.
  public var targets: Int
  /// How many times as far as is enough a class's border may seem before the class is given up; zero for
  /// never.
  ///
  /// - Note: The published attack walks towards every class to the end.
  public var patience: Double

  /// How far a step goes beyond the border.
  private static let overshoot = 1.05
  /// The largest pull towards the input.
  private static let largestPull = 0.1
  /// What of a perturbation stays once it succeeded.
  private static let backwards = 0.9
  private static let halvings = 10
  /// Steps between two looks at how far the borders are.
  private static let stepsPerLook = 20

  /// Creates the attack.
  public init(steps: Int = 100, restarts: Int = 1, targets: Int = 9, patience: Double = 0) {
    self.steps = steps
    self.restarts = restarts
    self.targets = targets
    self.patience = patience
  }

  /// Searches for the nearest adversarial inputs.
  ///
  /// - Complexity: 1 forward pass; for each class and restart, `steps` backward and `2 × steps` forward
  ///   passes; 10 forward passes at the end.
  public func nearest(
    _ batch: Batch, in norm: Norm, enough: Double?, against victim: any GradientVictim,
    random: RandomKey
  ) throws -> Tensor {
    precondition(norm != .l0, "checked before the run")
    var search = NearestSearch(batch, in: norm, enough: enough)
    try untilBudgetEnds {
      let logits = try victim.logits(of: batch.inputs, rows: search.active)
      let ranked = logits.scattering(-.infinity, at: batch.labels.reshaped([-1, 1]), along: 1)
        .largest(victim.classes - 1, along: 1).indices
      _ = search.record(batch.inputs, logits: logits)
      for target in 0..<min(targets, victim.classes - 1) {
        let classes = ranked.slice(target..<target + 1, along: 1).reshaped([-1])
        for restart in 0..<restarts where !search.active.isEmpty {
          let indices = search.active.map { batch.indices[$0] }
          let start = start(indices, search, norm, restart, random.split(target), victim)
          try walk(
            from: start, towards: classes.rows(search.active), &search, norm, victim,
            limit: enough.flatMap { patience > 0 ? $0 * patience : nil })
          search.wake()
        }
      }
      try search.approach(victim, halvings: Self.halvings)
    }
    return search.inputs
  }

  /// The input, or for a later restart a point half as far as the nearest adversarial one.
  private func start(
    _ indices: [Int], _ search: NearestSearch, _ norm: Norm, _ restart: Int, _ random: RandomKey,
    _ victim: any GradientVictim
  ) -> Tensor {
    let originals = search.activeOriginals
    guard restart > 0 else { return originals }
    let width = victim.inputRange.upperBound - victim.inputRange.lowerBound
    let size = originals.flattenedExamples.size(1)
    let noise = Tensor(shape: originals.shape) { (values: UnsafeMutableBufferPointer<Float>) in
      for (row, index) in indices.enumerated() {
        let stream = random.split(example: index).split(restart: restart).stream()
        let part = UnsafeMutableBufferPointer(rebasing: values[row * size..<(row + 1) * size])
        switch norm {
        case .linf: stream.fillLInfBall(part, radius: 1)
        case .l2: stream.fillL2Sphere(part, radius: 1)
        case .l1, .l0: stream.fillL1Sphere(part, radius: 1)
        }
      }
    }
    let radius = (search.activeDistances * 0.5).clamped(atMost: width / 2)
    return (originals + noise * radius.perExample(of: noise)).clamped(to: victim.inputRange)
  }

  private func walk(
    from start: Tensor, towards classes: Tensor, _ search: inout NearestSearch, _ norm: Norm,
    _ victim: any GradientVictim, limit: Double?
  ) throws {
    var targets = classes
    var originals = search.activeOriginals
    var inputs = start
    var nearest = Tensor(repeating: .infinity, shape: [search.active.count])
    func keep(_ positions: [Int]) {
      let rows = Tensor(positions)
      (targets, originals) = (targets.rows(rows), originals.rows(rows))
      (inputs, nearest) = (inputs.rows(rows), nearest.rows(rows))
    }
    for step in 1...steps where !search.active.isEmpty {
      let answer = try victim.gradient(
        of: .margin, at: inputs, labels: search.activeLabels, targets: targets,
        rows: search.active)
      let plane = Hyperplane(answer, at: inputs, inputRange: victim.inputRange)
      let movement = plane.projection(of: inputs, in: norm)
      let direct = plane.projection(of: originals, in: norm)
      let (near, far) = (norm.lengths(movement), norm.lengths(direct))
      let pull = (near / (near + far).clamped(atLeast: 1e-12)).clamped(atMost: Self.largestPull)
        .perExample(of: inputs)
      let ahead = inputs + movement * Self.overshoot
      let home = originals + direct * Self.overshoot
      inputs = (ahead + (home - ahead) * pull).clamped(to: victim.inputRange)
      let logits = try victim.logits(of: inputs, rows: search.active)
      let verdict = search.record(inputs, logits: logits)
      let isOver = Tensor(verdict.isAdversarial.map { $0 ? Float(1) : 0 }) .> 0.5
      let back = originals + (inputs - originals) * Self.backwards
      inputs = isOver.perExample(of: inputs).select(back, else: inputs)
      nearest = nearest.minimum(far)
      if let kept = verdict.kept { keep(kept) }
      guard let limit, step % Self.stepsPerLook == 0 else { continue }
      let isNear = (nearest .> limit).not.elements(of: Bool.self)
      guard isNear.contains(false) else { continue }
      let hopeful = isNear.indices.filter { isNear[$0] }
      search.rest(allBut: hopeful)
      keep(hopeful)
    }
  }
}

extension Norm {
  /// The length of every perturbation in single precision: `[N]`.
  fileprivate func lengths(_ movement: Tensor) -> Tensor {
    let order = self == .linf ? Double.infinity : self == .l2 ? 2 : 1
    return movement.flattenedExamples.norm(order, along: [1])
  }
}

extension AttackMember {
  /// Steps onto the border of one class at a time.
  static let fabT = AttackMember(
    CatalogEntry(
      name: "fab-t", summary: "steps onto the border of each of the nearest classes in turn",
      citation: "Croce and Hein, ICML 2020, arXiv:1907.02044", knowledge: .whiteBox,
      parameters: [
        .steps(100), .restarts, .targets,
        ParameterSchema(
          "patience", .real(0...1_000), default: .real(0),
          summary: "a class whose border seems this many times as far as epsilon is given up;"
            + " 0 for never"),
      ]),
    norms: [.linf, .l2, .l1], reach: .nearest
  ) { values in
    .nearestByGradient(
      AdaptiveBoundary(
        steps: values.integer("steps"), restarts: values.integer("restarts"),
        targets: values.integer("targets"), patience: values.real("patience")))
  }
}
