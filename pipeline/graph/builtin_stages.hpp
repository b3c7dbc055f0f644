#pragma once
// The stages that come with the program.

#include "core/registry.hpp"

namespace spinechron {

/// Adds every built-in stage under the name by which a configuration chooses it.
void register_builtin_stages(Registry& registry);

}  // namespace spinechron
