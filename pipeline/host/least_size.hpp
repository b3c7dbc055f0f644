#pragma once
// How large a plugin's structures are at least. What a plugin writes was compiled with the header of its day:
// within one major version structures grow at their end, so a plugin of 1.0 goes on loading in every
// later 1.x, and the host reads a member that came later only where the structure's `size` covers it.
// tests/plugin/layout.c holds the offsets.

#include <cstddef>

#include "spinechron_plugin.h"

namespace spinechron::host {

/// Bytes of the structure in ABI 1.0 on 64-bit machines. Changes only with the major version.
template <typename T>
inline constexpr std::size_t kLeastSize = 0;
template <>
inline constexpr std::size_t kLeastSize<sc_param> = 72;
template <>
inline constexpr std::size_t kLeastSize<sc_stage> = 96;
template <>
inline constexpr std::size_t kLeastSize<sc_plugin> = 48;
template <>
inline constexpr std::size_t kLeastSize<sc_dendrite> = 56;
template <>
inline constexpr std::size_t kLeastSize<sc_frame> = 160;
template <>
inline constexpr std::size_t kLeastSize<sc_measures> = 104;
template <>
inline constexpr std::size_t kLeastSize<sc_candidate> = 40;
template <>
inline constexpr std::size_t kLeastSize<sc_site> = 56;
template <>
inline constexpr std::size_t kLeastSize<sc_track> = 48;

static_assert(sizeof(void*) == 8, "the sizes are those of 64-bit machines");
static_assert(SPINECHRON_ABI_MAJOR == 1, "a new major version begins with sizes of its own");

}  // namespace spinechron::host
