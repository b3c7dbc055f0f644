#pragma once
// A plugin's table of parameters as the Params that every other part of the program knows.

#include <string>
#include <vector>

#include "core/params.hpp"
#include "core/stage.hpp"
#include "spinechron_plugin.h"

namespace spinechron::host {

StageKind kind_of(uint32_t sc_kind);      ///< of a checked descriptor
const char* kind_name(uint32_t sc_kind);  ///< "denoise"

/// "a|b" -> {"a", "b"}; spaces at the ends of items and empty items are dropped.
std::vector<std::string> split(const std::string& text, char mark);

/// The rows of a checked stage's table.
std::vector<const sc_param*> rows_of(const sc_stage& stage);

/// The defaults, one for each row.
std::vector<Value> defaults_of(const sc_stage& stage);

/// Params bound to `values` (as many as there are rows), which must outlive them.
Params params_of(const sc_stage& stage, std::vector<Value>& values);

/// `values` as the plugin takes them. The texts live as long as this object.
class CValues {
 public:
  explicit CValues(const std::vector<Value>& values);
  const sc_value* data() const { return values_.data(); }

 private:
  std::vector<std::string> texts_;
  std::vector<sc_value> values_;
};

}  // namespace spinechron::host
