// SPDX-License-Identifier: GPL-3.0-or-later

#include <c10/core/GradMode.h>

#include <cstring>

#include "bridge.h"

namespace bridge {

at::ScalarType scalarType(CTorchType type) {
  switch (type) {
    case CTorchFloat32: return at::kFloat;
    case CTorchFloat64: return at::kDouble;
    case CTorchInt64: return at::kLong;
    case CTorchInt32: return at::kInt;
    case CTorchUInt8: return at::kByte;
    case CTorchBool: return at::kBool;
    case CTorchInt8: return at::kChar;
    case CTorchFloat16: return at::kHalf;
    case CTorchBFloat16: return at::kBFloat16;
    case CTorchOtherType: break;
  }
  TORCH_CHECK(false, "no element type has the code ", static_cast<int>(type));
}

namespace {

CTorchType typeCode(at::ScalarType type) {
  switch (type) {
    case at::kFloat: return CTorchFloat32;
    case at::kDouble: return CTorchFloat64;
    case at::kLong: return CTorchInt64;
    case at::kInt: return CTorchInt32;
    case at::kByte: return CTorchUInt8;
    case at::kBool: return CTorchBool;
    case at::kChar: return CTorchInt8;
    case at::kHalf: return CTorchFloat16;
    case at::kBFloat16: return CTorchBFloat16;
    default: return CTorchOtherType;
  }
}

int32_t create(const void *data, size_t bytes, const int64_t *shape, int32_t rank, CTorchType type,
               CTorchTensorRef *created) {
  return guarded([&] {
    auto tensor = at::empty(at::IntArrayRef(shape, rank), at::TensorOptions(scalarType(type)));
    if (data) {
      TORCH_CHECK(tensor.nbytes() == bytes, "a tensor of ", tensor.nbytes(), " bytes cannot hold ",
                  bytes);
      if (bytes > 0) std::memcpy(tensor.data_ptr(), data, bytes);
    }
    *created = give(std::move(tensor));
  });
}

int32_t read(CTorchTensorRef handle, void *data, size_t bytes) {
  return guarded([&] {
    c10::NoGradGuard off;
    auto tensor = borrow(handle).detach();
    tensor = tensor.to(at::kCPU).contiguous();
    TORCH_CHECK(tensor.nbytes() == bytes, "a tensor of ", tensor.nbytes(), " bytes was read as ",
                bytes);
    if (bytes > 0) std::memcpy(data, tensor.data_ptr(), bytes);
  });
}

void *dataPointer(CTorchTensorRef handle) {
  auto tensor = borrow(handle);
  if (!tensor.device().is_cpu() || !tensor.is_contiguous())
    return nullptr;
  return tensor.data_ptr();
}

}  // namespace

void fillTensors(CTorchAPI &api) {
  api.retain = [](CTorchTensorRef handle) -> CTorchTensorRef { return give(borrow(handle)); };
  api.release = [](CTorchTensorRef handle) {
    liveTensors.fetch_sub(1, std::memory_order_relaxed);
    c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim(
        reinterpret_cast<c10::TensorImpl *>(handle));
  };
  api.create = create;
  api.read = read;
  api.rank = [](CTorchTensorRef handle) { return static_cast<int32_t>(borrow(handle).dim()); };
  api.size = [](CTorchTensorRef handle, int32_t dimension) -> int64_t {
    return borrow(handle).sizes()[dimension];
  };
  api.type = [](CTorchTensorRef handle) { return typeCode(borrow(handle).scalar_type()); };
  api.data = dataPointer;
  api.to_device = [](CTorchTensorRef handle, const char *device, CTorchTensorRef *moved) {
    return guarded([&] { *moved = give(borrow(handle).to(c10::Device(device))); });
  };
  api.leaf = [](CTorchTensorRef handle, CTorchTensorRef *leaf) {
    return guarded([&] { *leaf = give(borrow(handle).detach().requires_grad_(true)); });
  };
  api.set_gradients_enabled = [](bool enabled) {
    const bool before = c10::GradMode::is_enabled();
    c10::GradMode::set_enabled(enabled);
    return before;
  };
  api.requires_gradient = [](CTorchTensorRef handle) { return borrow(handle).requires_grad(); };
}

}  // namespace bridge
