#pragma once
// Stored samples -> numbers, in one pass.

#include <cstddef>
#include <cstdint>

#include "io/raw_layout.hpp"

namespace spinechron::io_detail {

/// Calls `use(const S*)` with `bytes` seen as samples of `type`.
template <typename Use>
void with_samples(SampleType type, const void* bytes, Use&& use) {
  switch (type) {
    case SampleType::u8:
      return use(static_cast<const std::uint8_t*>(bytes));
    case SampleType::s8:
      return use(static_cast<const std::int8_t*>(bytes));
    case SampleType::u16:
      return use(static_cast<const std::uint16_t*>(bytes));
    case SampleType::s16:
      return use(static_cast<const std::int16_t*>(bytes));
    case SampleType::u32:
      return use(static_cast<const std::uint32_t*>(bytes));
    case SampleType::s32:
      return use(static_cast<const std::int32_t*>(bytes));
    case SampleType::f32:
      return use(static_cast<const float*>(bytes));
    case SampleType::f64:
      return use(static_cast<const double*>(bytes));
  }
}

/// `count` samples, `stride` samples apart in the input, to `out`.
template <typename T>
void convert(SampleType type, const void* bytes, size_t count, size_t stride, T* out) {
  with_samples(type, bytes, [&](const auto* in) {
    if (stride == 1)
      for (size_t i = 0; i < count; ++i) out[i] = static_cast<T>(in[i]);
    else
      for (size_t i = 0; i < count; ++i) out[i] = static_cast<T>(in[i * stride]);
  });
}

}  // namespace spinechron::io_detail
