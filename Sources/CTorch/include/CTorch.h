// SPDX-License-Identifier: GPL-3.0-or-later
//
// The whole surface between Swift and libtorch. Swift sees this header alone; the functions live in
// a shared library that is opened when the first tensor is needed, because loading libtorch costs
// most of a second that `--help` should not pay.
//
// Every function that can fail returns 0 on success; otherwise `last_error` tells why, for the
// calling thread, until its next failing call. No C++ exception crosses this line.
// "+1" marks a handle that the caller owns and gives back through the matching release function.

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// The pointers of the table itself are always set; their nullability adds nothing.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wnullability-completeness"
#pragma clang assume_nonnull begin

typedef struct CTorchTensor *CTorchTensorRef;
typedef const struct CTorchOperator *CTorchOperatorRef;
typedef struct CTorchModule *CTorchModuleRef;
typedef struct CTorchIntegerLayer *CTorchIntegerLayerRef;

enum { CTORCH_ABI = 4 };

typedef enum {
  CTorchFloat32 = 0,
  CTorchFloat64 = 1,
  CTorchInt64 = 2,
  CTorchInt32 = 3,
  CTorchUInt8 = 4,
  CTorchBool = 5,
  CTorchInt8 = 6,
  CTorchFloat16 = 7,
  CTorchBFloat16 = 8,
  CTorchOtherType = 99,
} CTorchType;

typedef enum {
  CTorchNone = 0,
  CTorchTensorValue = 1,
  CTorchInteger = 2,
  CTorchReal = 3,
  CTorchBoolean = 4,
  CTorchIntegers = 5,
  CTorchTensors = 6,
  CTorchElementType = 7,
  CTorchText = 8,
} CTorchTag;

/// One argument of an operator. Lists are borrowed for the length of the call.
typedef struct {
  CTorchTag tag;
  int32_t count;
  union {
    CTorchTensorRef _Nullable tensor;
    int64_t integer;
    double real;
    const int64_t *_Nullable integers;
    const CTorchTensorRef _Nonnull *_Nullable tensors;
    const char *_Nullable text;
  };
} CTorchValue;

/// Receives one named tensor (borrowed for the length of the call).
typedef void (*CTorchVisitor)(void *_Nullable context, const char *name, CTorchTensorRef tensor);
/// Receives bytes.
typedef void (*CTorchBytesVisitor)(void *_Nullable context, const void *bytes, size_t count);
/// Receives one line of text.
typedef void (*CTorchTextVisitor)(void *_Nullable context, const char *text);

typedef struct {
  int32_t abi;

  const char *_Nonnull (*last_error)(void);
  const char *_Nonnull (*library_version)(void);
  const char *_Nonnull (*configuration)(void);
  bool (*has_cuda)(void);
  /// Limits intra-operator threads for work that starts on the calling thread.
  void (*set_threads)(int32_t count);
  /// The same for the calling thread alone; other threads keep their limit. It does nothing where libtorch
  /// does without OpenMP.
  void (*set_team)(int32_t count);
  /// The limit that holds for the calling thread.
  int32_t (*threads)(void);
  /// Handles given out and not yet released.
  int64_t (*live_tensors)(void);

  int32_t (*find_operator)(const char *name, const char *overload, CTorchOperatorRef _Nullable *_Nonnull found);
  /// Missing trailing arguments take their defaults from the operator's schema. Results are +1.
  int32_t (*call)(CTorchOperatorRef op, const CTorchValue *arguments, int32_t argument_count,
                  CTorchTensorRef _Nullable *_Nonnull results, int32_t capacity,
                  int32_t *result_count);

  CTorchTensorRef _Nonnull (*retain)(CTorchTensorRef tensor);
  void (*release)(CTorchTensorRef tensor);
  /// Copies `bytes` from `data`; nil leaves the memory unset. +1.
  int32_t (*create)(const void *_Nullable data, size_t bytes, const int64_t *shape, int32_t rank,
                    CTorchType type, CTorchTensorRef _Nullable *_Nonnull created);
  /// Copies a tensor of any layout and device into row-major memory of exactly `bytes`.
  int32_t (*read)(CTorchTensorRef tensor, void *data, size_t bytes);
  int32_t (*rank)(CTorchTensorRef tensor);
  int64_t (*size)(CTorchTensorRef tensor, int32_t dimension);
  CTorchType (*type)(CTorchTensorRef tensor);
  /// Direct memory of a dense, contiguous CPU tensor, or nil.
  void *_Nullable (*data)(CTorchTensorRef tensor);
  int32_t (*to_device)(CTorchTensorRef tensor, const char *device, CTorchTensorRef _Nullable *_Nonnull moved);

  /// A leaf that shares memory with `tensor` and records what is computed from it. +1.
  int32_t (*leaf)(CTorchTensorRef tensor, CTorchTensorRef _Nullable *_Nonnull leaf);
  /// Returns the previous state of the calling thread.
  bool (*set_gradients_enabled)(bool enabled);
  bool (*requires_gradient)(CTorchTensorRef tensor);
  /// d(sum of outputs)/d(inputs). An input that was not used gives nil where `allow_unused`. +1 each.
  int32_t (*gradient)(CTorchTensorRef output, const CTorchTensorRef _Nonnull *_Nonnull inputs, int32_t count,
                      bool create_graph, bool allow_unused,
                      CTorchTensorRef _Nullable *_Nonnull gradients);

  int32_t (*module_load)(const char *path, CTorchModuleRef _Nullable *_Nonnull module);
  /// The same from the bytes of such a file.
  int32_t (*module_read)(const void *bytes, size_t count, CTorchModuleRef _Nullable *_Nonnull module);
  int32_t (*module_create)(const char *name, CTorchModuleRef _Nullable *_Nonnull module);
  int32_t (*module_clone)(CTorchModuleRef module, CTorchModuleRef _Nullable *_Nonnull clone);
  void (*module_release)(CTorchModuleRef module);
  int32_t (*module_set_training)(CTorchModuleRef module, bool training);
  int32_t (*module_forward)(CTorchModuleRef module, CTorchTensorRef input, CTorchTensorRef _Nullable *_Nonnull output);
  int32_t (*module_visit_parameters)(CTorchModuleRef module, void *_Nullable context, CTorchVisitor visit);
  int32_t (*module_visit_buffers)(CTorchModuleRef module, void *_Nullable context, CTorchVisitor visit);
  /// Puts `tensor` itself, not a copy, where the parameter or buffer `name` (dotted) was.
  int32_t (*module_assign)(CTorchModuleRef module, const char *name, CTorchTensorRef tensor);
  /// Adds a parameter or buffer under a dotted name, with the submodules that it needs.
  int32_t (*module_add)(CTorchModuleRef module, const char *name, CTorchTensorRef tensor, bool buffer);
  int32_t (*module_define)(CTorchModuleRef module, const char *source);
  int32_t (*module_save)(CTorchModuleRef module, const char *path);
  /// The bytes that `module_save` would write, lent for the length of the call.
  int32_t (*module_archive)(CTorchModuleRef module, void *_Nullable context, CTorchBytesVisitor visit);
  /// The operators that `forward` calls after inlining, one `name` a line, in order, with repeats.
  int32_t (*module_visit_operators)(CTorchModuleRef module, void *_Nullable context, CTorchTextVisitor visit);
  /// The operators that `forward` runs in evaluation mode, one JSON text: inputs and outputs by name,
  /// what is known of values (attribute or constant), and nodes of kind, inputs and outputs.
  int32_t (*module_visit_graph)(CTorchModuleRef module, void *_Nullable context, CTorchTextVisitor visit);

  /// Starts to watch convolutions and matrix products on the calling thread.
  int32_t (*count_begin)(void);
  /// Stops; multiply-adds in all, and those whose weight is not zero.
  int32_t (*count_end)(int64_t *dense, int64_t *effective);

  /// What multiplies integers of 8 bits; nil where this libtorch has no kernels for them.
  const char *_Nullable (*integer_engine)(void);
  /// A convolution for codes `[O, I, H, W]`, a matrix for `[O, I]`: signed integers of 8 bits, each of
  /// which stands for itself times its channel's scale. +1.
  int32_t (*integer_layer_create)(CTorchTensorRef codes, CTorchTensorRef scales, CTorchTensorRef _Nullable bias,
                                  int64_t stride, int64_t padding,
                                  CTorchIntegerLayerRef _Nullable *_Nonnull created);
  /// From quantised activations to quantised ones on the grid that is given. +1.
  int32_t (*integer_layer_run)(CTorchIntegerLayerRef layer, CTorchTensorRef input, bool rectifies, double scale,
                               int64_t zero_point, CTorchTensorRef _Nullable *_Nonnull output);
  void (*integer_layer_release)(CTorchIntegerLayerRef layer);
} CTorchAPI;

/// The name under which the shared library offers its table: `const CTorchAPI *robust_eval_torch(void)`.
#define CTORCH_ENTRY "robust_eval_torch"

/// Opens the shared library at `path` once and returns its table, or nil with a message in `error`
/// (valid until the next call on this thread).
const CTorchAPI *_Nullable ctorch_open(const char *path, const char *_Nullable *_Nonnull error);

/// The file that holds the code at `address`: the program, or the library that it was linked into.
const char *_Nullable ctorch_image_path(const void *address);

#pragma clang assume_nonnull end
#pragma clang diagnostic pop

#ifdef __cplusplus
}
#endif
