// SPDX-License-Identifier: GPL-3.0-or-later

extension PolicyFile {
  /// A policy with comments, to start from; it is valid as it stands.
  public static let template = """
    # A policy for `robust-eval gate REPORT --policy policy.yaml [--baseline REPORT]`.
    #
    # Every rule must pass. A rule passes or fails only where the data show it with the stated
    # confidence; where they do not, it is inconclusive and says how many examples would tell.
    # Exit status: 0 passed, 1 failed, 2 a mistake in this file or in a report, 3 inconclusive,
    # 4 refused because a soundness flag is up.

    # How sure a pass must be. All rules are tested at this level, since all must pass; a failure
    # is held to a higher one, corrected for the number of tests, since any one of them fails.
    confidence: 0.95

    rules:
      # An accuracy is high enough: robust_accuracy, clean_accuracy or certified_accuracy.
      - id: robust-enough
        check: robust_accuracy
        at_least: 0.40
        # Which models and attackers; leave it out for all. Also: variant, architecture, compression,
        # isolation, knowledge, suite, seed. Texts may hold *, and be lists.
        where:
          training: [pgd*, trades*, fgsm*]
          sparsity: {at_least: 0, at_most: 0.9}
          norm: linf

      # Compression costs no more than two points against the dense model that it started from.
      - id: compression-is-cheap
        check: robust_accuracy
        max_drop: 0.02
        against: parent
        where: {compressed: true}

      # No worse than another report, on the same examples (needs --baseline).
      # - id: no-worse-than-before
      #   check: robust_accuracy
      #   max_drop: 0.02
      # The same for the mean over seeds, at least three on each side:
      #   seeds: together

      # The worst class counts. Name classes instead of `each` to judge only those.
      # - id: worst-class
      #   check: robust_accuracy
      #   at_least: 0.20
      #   classes: each

      # No soundness flag of this severity or a worse one: note, warning, blocking. A blocking flag
      # always takes a robust accuracy away, whether this rule is here or not.
      - id: sound
        check: flags
        severity: warning

      # What a model takes: packed_bytes, latency_ms, latency_batch64_ms, macs, nonzero_parameters,
      # sparsity. at_most, at_least, or max_increase, a share over the baseline.
      - id: small-enough
        check: packed_bytes
        at_most: 1000000
        where: {compressed: true}

      # Keeping something from the attacker must not make it easier.
      # - id: isolation-holds
      #   check: isolation
      #   isolation: scores
      #   than: none
      #   max_drop: 0.01

    """
}
