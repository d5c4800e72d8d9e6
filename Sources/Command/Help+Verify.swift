// SPDX-License-Identifier: GPL-3.0-or-later

extension Help {
  static let verifyText = """
    Usage: robust-eval verify [OPTION]... FILE.npz --model FILE.pt

    Check adversarial inputs against a model: whether each lies in the ball and the
    input range, and is really misclassified, also alone in its batch. The file
    holds 'inputs' (or x_adv) and, unless they are those of the first examples,
    'examples' with their indices; 'labels' (or y) are held against the data. Runs
    with --save-adversarials leave such files.

      -m, --model FILE.pt    the model, as TorchScript
      -d, --dataset NAME     the data of the original inputs [fashion-mnist]
          --norm NORM        linf, l2, l1 or l0 [linf]
      -e, --epsilon X        the radius, as in 8/255 [0.1]
          --strict           an input that does not mislead the model is a fault too
          --json             the verdict as JSON
      -h, --help             this text

    Exit status: 0 all is as claimed, 1 an input is not allowed or a mistake is not
    seen again, 2 wrong usage or bad input.

    """
}
