#pragma once
// Values in effect, written as TOML.

#include <string>
#include <vector>

#include "core/params.hpp"

namespace spinechron {

struct EffectiveValue;

/// A value as TOML writes it; numbers read back exactly.
std::string toml_of(const Value& value);

/// A configuration with these values, in their order; a heading wherever the section changes.
std::string toml_of(const std::vector<EffectiveValue>& values);

/// SHA-256 of a text as 64 lower-case hexadecimal digits.
std::string sha256_of_text(const std::string& text);

}  // namespace spinechron
