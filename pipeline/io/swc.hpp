#pragma once
// Tracings as SWC (Cannon et al., J Neurosci Methods 84:49, 1998): one node a line, `id type x y z radius
// parent`, in um of the session's own image.

#include <string>

#include "core/dendrite.hpp"

namespace spinechron {

/// The text of a tracing. Every node has type 3 (dendrite); a branch's first node hangs on the node of its
/// parent at `parent_point`. A comment `# dendrite N` before its nodes keeps the id. `snr` is not kept.
std::string to_swc(const Tracing& tracing);

/// Writes it whole or not at all.
void write_swc(const std::string& path, const Tracing& tracing);

/// Reads what `to_swc` wrote, and SWC of others: there a dendrite begins at each root and at each node that
/// does not hang on the node of the line before. Error with file and line if a line is not a node, an id
/// comes twice or a parent is missing.
Tracing read_swc(const std::string& path);
Tracing parse_swc(const std::string& name, const std::string& text);

}  // namespace spinechron
