#pragma once
// Tracings as SWC (Cannon et al., J Neurosci Methods 84:49, 1998): one node a line, `id type x y z radius
// parent`, in um of the session's own image.

#include <string>

#include "core/dendrite.hpp"

namespace spinechron {

/// A spine beside a tracing: two nodes of type kSwcSpine, the base hanging on the nearest node of its
/// dendrite and the head on the base.
struct SwcSpine {
  int id = 0;
  int dendrite_id = 0;
  Vec3 base_um = Vec3::Zero(), head_um = Vec3::Zero();
  double neck_radius_um = 0, head_radius_um = 0;
};
inline constexpr int kSwcSpine = 7;  ///< of the types from 5 on, which SWC leaves to its users

/// The text of a tracing. Every node has type 3 (dendrite); a branch's first node hangs on the node of its
/// parent at `parent_point`. A comment `# dendrite N` before its nodes keeps the id. `snr` is not kept.
std::string to_swc(const Tracing& tracing);

/// The same with spines behind it, each after a comment `# spine N`; the head of the file says what their
/// type is. A spine of a dendrite that is not in the tracing, or with a coordinate or radius that is not a
/// number, is an Error.
std::string to_swc(const Tracing& tracing, const std::vector<SwcSpine>& spines);

/// Writes it whole or not at all.
void write_swc(const std::string& path, const Tracing& tracing);

/// Reads what `to_swc` wrote, and SWC of others: there a dendrite begins at each root and at each node that
/// does not hang on the node of the line before. Error with file and line if a line is not a node, an id
/// comes twice or a parent is missing.
Tracing read_swc(const std::string& path);
Tracing parse_swc(const std::string& name, const std::string& text);

/// Dendrites and spines of what `to_swc` wrote; the nodes after a `# spine N` are no dendrites.
struct SwcFile {
  Tracing dendrites;
  std::vector<SwcSpine> spines;
};
SwcFile parse_swc_spines(const std::string& name, const std::string& text);

}  // namespace spinechron
