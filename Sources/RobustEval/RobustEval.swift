// SPDX-License-Identifier: GPL-3.0-or-later

// What a Swift program needs to run an experiment of its own; see `Runner`.
@_exported public import Attacks
@_exported public import Certification
@_exported public import Compression
@_exported public import Datasets
@_exported public import Evaluation
@_exported public import Isolation
@_exported public import Language
@_exported public import Models
@_exported public import Records
@_exported public import Reporting
@_exported public import RobustCore
@_exported public import Statistics
@_exported public import Torch
@_exported public import Training
