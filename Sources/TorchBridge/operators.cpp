// SPDX-License-Identifier: GPL-3.0-or-later
//
// Any operator that libtorch registers, called by name through its dispatcher, with autograd.

#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/csrc/autograd/autograd.h>

#include "bridge.h"

namespace bridge {

namespace {

c10::IValue toIValue(const CTorchValue &value, const c10::Argument &expected) {
  switch (value.tag) {
    case CTorchNone:
      return c10::IValue();
    case CTorchTensorValue:
      return borrow(value.tensor);
    case CTorchInteger:
      // A schema that asks for a float refuses an integer; Swift literals are often integers.
      if (expected.type()->kind() == c10::TypeKind::FloatType)
        return static_cast<double>(value.integer);
      return value.integer;
    case CTorchReal:
      return value.real;
    case CTorchBoolean:
      return value.integer != 0;
    case CTorchIntegers:
      return c10::List<int64_t>(c10::ArrayRef<int64_t>(value.integers, value.count));
    case CTorchTensors: {
      auto kind = expected.type();
      if (auto optional = kind->cast<c10::OptionalType>()) kind = optional->getElementType();
      if (auto list = kind->cast<c10::ListType>();
          list && list->getElementType()->kind() == c10::TypeKind::OptionalType) {
        c10::List<c10::optional<at::Tensor>> tensors;
        for (int32_t index = 0; index < value.count; ++index)
          tensors.push_back(borrow(value.tensors[index]));
        return tensors;
      }
      c10::List<at::Tensor> tensors;
      for (int32_t index = 0; index < value.count; ++index)
        tensors.push_back(borrow(value.tensors[index]));
      return tensors;
    }
    case CTorchElementType:
      return static_cast<int64_t>(scalarType(static_cast<CTorchType>(value.integer)));
    case CTorchText:
      return std::string(value.text);
  }
  TORCH_CHECK(false, "unknown tag of an argument: ", static_cast<int>(value.tag));
}

int32_t findOperator(const char *name, const char *overload, CTorchOperatorRef *found) {
  return guarded([&] {
    auto handle = c10::Dispatcher::singleton().findSchemaOrThrow(name, overload);
    // Registered once per operator and kept for the life of the process.
    *found = reinterpret_cast<CTorchOperatorRef>(new c10::OperatorHandle(handle));
  });
}

int32_t call(CTorchOperatorRef reference, const CTorchValue *arguments, int32_t count,
             CTorchTensorRef *results, int32_t capacity, int32_t *resultCount) {
  return guarded([&] {
    const auto &handle = *reinterpret_cast<const c10::OperatorHandle *>(reference);
    const auto &schema = handle.schema();
    const auto &expected = schema.arguments();
    TORCH_CHECK(static_cast<size_t>(count) <= expected.size(), schema.name(), " takes ",
                expected.size(), " arguments, ", count, " were given");
    torch::jit::Stack stack;
    stack.reserve(expected.size());
    for (int32_t index = 0; index < count; ++index)
      stack.push_back(toIValue(arguments[index], expected[index]));
    for (size_t index = count; index < expected.size(); ++index) {
      TORCH_CHECK(expected[index].default_value(), schema.name(), " needs its argument '",
                  expected[index].name(), "'");
      stack.push_back(*expected[index].default_value());
    }
    handle.callBoxed(stack);

    int32_t written = 0;
    const auto deliver = [&](const at::Tensor &tensor) {
      TORCH_CHECK(written < capacity, schema.name(), " gives more results than there is room for");
      results[written++] = tensor.defined() ? give(tensor) : nullptr;
    };
    for (const auto &value : stack) {
      if (value.isTensor()) {
        deliver(value.toTensor());
      } else if (value.isTensorList()) {
        for (const at::Tensor &tensor : value.toTensorList()) deliver(tensor);
      } else {
        TORCH_CHECK(false, schema.name(), " gives a result that is no tensor");
      }
    }
    *resultCount = written;
  });
}

int32_t gradient(CTorchTensorRef output, const CTorchTensorRef *inputs, int32_t count,
                 bool createGraph, bool allowUnused, CTorchTensorRef *gradients) {
  return guarded([&] {
    std::vector<at::Tensor> variables;
    variables.reserve(count);
    for (int32_t index = 0; index < count; ++index) variables.push_back(borrow(inputs[index]));
    auto found = torch::autograd::grad({borrow(output)}, variables, {}, createGraph, createGraph,
                                       allowUnused);
    for (int32_t index = 0; index < count; ++index)
      gradients[index] = found[index].defined() ? give(found[index]) : nullptr;
  });
}

}  // namespace

void fillOperators(CTorchAPI &api) {
  api.find_operator = findOperator;
  api.call = call;
  api.gradient = gradient;
}

}  // namespace bridge
