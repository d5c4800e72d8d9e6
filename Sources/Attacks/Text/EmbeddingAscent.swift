// SPDX-License-Identifier: GPL-3.0-or-later

public import RobustCore
public import Torch

/// Moves the vectors of a text's words against a model, each inside an l2 ball of its own.
///
/// A diagnostic, not an attack on texts: no text has the vectors that it ends at. It tells how near the
/// boundary lies in the space in which FreeLB hardens. Therefore it is in no catalog.
///
/// > Source: Miyato et al. "Adversarial Training Methods for Semi-Supervised Text Classification." ICLR
/// > 2017, [arXiv:1605.07725](https://arxiv.org/abs/1605.07725), section 3, for the space; Madry et al.
/// > "Towards Deep Learning Models Resistant to Adversarial Attacks." ICLR 2018,
/// > [arXiv:1706.06083](https://arxiv.org/abs/1706.06083), section 2.1, for the climb.
///
/// - Note: Miyato et al. bound all vectors of a text together. Here each word has a ball of its own, so that
///   a radius means the same for short texts and long ones. It starts at the text itself, so that nothing is
///   drawn by lot.
public struct EmbeddingAscent: Sendable {
  /// Steps of the climb.
  public let steps: Int
  /// How far all steps together would lead, in radii: across the ball and some way along its surface.
  private static let reach = 2.5
  /// Keeps a gradient of zero from having a direction.
  private static let shortest = 1e-12

  /// Creates a search.
  public init(steps: Int = 20) {
    precondition(steps > 0, "a climb has a step")
    self.steps = steps
  }

  /// What was found for some texts.
  public struct Found: Sendable {
    /// The first vectors that misled the model, else the last ones: `[N, M, D]`.
    public let vectors: Tensor
    /// Which texts were misread.
    public let misled: [Bool]
    /// The gradients that all texts took together.
    public let gradients: Int
  }

  /// Climbs the margin from some texts; one that is misread is left where it is.
  ///
  /// - Parameters:
  ///   - network: The model.
  ///   - ids: `[N, L]`.
  ///   - labels: `[N]`.
  ///   - radius: The radius of every ball. Padding and pairs of words do not move.
  /// - Returns: An answer for each text.
  /// - Throws: What the model throws.
  /// - Complexity: `steps` gradients for each text.
  public func search(
    _ network: any WordNetwork, ids: Tensor, labels: Tensor, radius: Double
  ) throws -> Found {
    let start = withoutGradients { network.embedded(ids) }.detached
    let isWord = start.presence(of: ids)
    var vectors = (0..<ids.size(0)).map { start.slice($0..<$0 + 1) }
    var misled = Array(repeating: false, count: vectors.count)
    var gradients = 0
    var rows = Array(vectors.indices)
    var shift = start * 0
    for step in 0...steps where !rows.isEmpty {
      let own = (ids: ids.rows(rows), labels: labels.rows(rows))
      let moved = start.rows(rows) + shift
      let isLast = step == steps
      let answer = try climb(network, moved, own.ids, own.labels, wantsGradient: !isLast)
      gradients += isLast ? 0 : rows.count
      for (position, row) in rows.enumerated() {
        vectors[row] = moved.slice(position..<position + 1)
        misled[row] = answer.misled[position]
      }
      let standing = rows.indices.filter { !answer.misled[$0] }
      guard let slope = answer.gradient, !standing.isEmpty else { break }
      rows = standing.map { rows[$0] }
      let direction: Tensor = (slope.rows(standing) * isWord.rows(rows)).unit(Self.shortest)
      let size = radius * Self.reach / Double(steps)
      let ahead = shift.rows(standing) + direction * size
      shift = ahead.within(radius, Self.shortest)
    }
    return Found(vectors: .concatenated(vectors), misled: misled, gradients: gradients)
  }

  private func climb(
    _ network: any WordNetwork, _ vectors: Tensor, _ ids: Tensor, _ labels: Tensor,
    wantsGradient: Bool
  ) throws -> (misled: [Bool], gradient: Tensor?) {
    func misled(_ logits: Tensor) -> [Bool] {
      (logits.indexOfLargest(along: 1) .== labels).not.elements(of: Bool.self)
    }
    guard wantsGradient else {
      return (
        misled(try withoutGradients { try network.logits(embedded: vectors, ids: ids) }), nil
      )
    }
    return try withGradients {
      let leaf = vectors.leaf
      let logits = try network.logits(embedded: leaf, ids: ids)
      let loss = Loss.margin.values(logits: logits, labels: labels).sum
      return (misled(logits.detached), loss.gradient(withRespectTo: leaf).detached)
    }
  }
}

extension Tensor {
  /// One for the vector of a word, zero for that of padding and for those behind the words: `[N, M, 1]`.
  fileprivate func presence(of ids: Tensor) -> Tensor {
    let words = (ids .!= 0).cast(to: elementType)
    let behind = Tensor(repeating: 0, shape: [size(0), size(1) - ids.size(1)], type: elementType)
    return Tensor.concatenated([words, behind], along: 1).reshaped([size(0), size(1), 1])
  }

  /// Every vector with length one; those shorter than `least` stay near zero.
  fileprivate func unit(_ least: Double) -> Tensor {
    self / norm(2, along: [2], keeping: true).clamped(atLeast: least)
  }

  /// Every vector shortened to at most a length.
  fileprivate func within(_ radius: Double, _ least: Double) -> Tensor {
    let lengths = norm(2, along: [2], keeping: true).clamped(atLeast: least)
    return self * (Tensor(repeating: radius, shape: [1]) / lengths).clamped(atMost: 1)
  }
}
