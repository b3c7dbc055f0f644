#include "io/swc.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <sstream>

#include "core/error.hpp"
#include "io/files.hpp"
#include "io/table.hpp"

namespace spinechron {
namespace {

constexpr int kDendrite = 3;  // the node type of SWC

struct Node {
  long id = 0, parent = -1;
  Vec3 um;
  double radius_um = 0;
};

Node parse_node(const std::string& name, size_t line_number, const std::string& line) {
  double values[7] = {};
  const char* at = line.data();
  const char* end = at + line.size();
  bool good = true;
  for (double& value : values) {
    while (at != end && (*at == ' ' || *at == '\t' || *at == '+')) ++at;
    const auto [rest, status] = std::from_chars(at, end, value);
    good = good && status == std::errc() && std::isfinite(value);
    at = rest;
  }
  const auto is_id = [](double value) { return value == std::floor(value) && std::abs(value) < 1e15; };
  if (!good || !is_id(values[0]) || !is_id(values[6]))
    throw Error(
        "{}, line {}: \"{:.40}\" is not a node: seven numbers \"id type x y z radius parent\" are needed",
        name, line_number, line);
  return {long(values[0]), long(values[6]), Vec3(values[2], values[3], values[4]), values[5]};
}

std::string node_line(size_t id, int type, const Vec3& p, double radius_um, const std::string& parent) {
  return fmt::format("{} {} {} {} {} {} {}\n", id, type, Cell(p.x()).text(), Cell(p.y()).text(),
                     Cell(p.z()).text(), Cell(radius_um).text(), parent);
}

}  // namespace

std::string to_swc(const Tracing& tracing, const std::vector<SwcSpine>& spines) {
  std::map<int, size_t> first_node;
  size_t next = 1;
  for (const Dendrite& dendrite : tracing) {
    if (dendrite.radius_um.size() != dendrite.centreline.size())
      throw Error("dendrite {} has {} points and {} radii", dendrite.id, dendrite.centreline.size(),
                  dendrite.radius_um.size());
    first_node[dendrite.id] = next;
    next += dendrite.centreline.size();
  }
  std::string text = "# um; id type x y z radius parent\n";
  if (!spines.empty()) text += fmt::format("# type {}: spines, the base and the head of each\n", kSwcSpine);
  for (const Dendrite& dendrite : tracing) {
    text += fmt::format("# dendrite {}\n", dendrite.id);
    for (size_t i = 0; i < dendrite.centreline.size(); ++i) {
      const size_t id = first_node[dendrite.id] + i;
      std::string parent = i > 0 ? std::to_string(id - 1) : "-1";
      if (i == 0 && first_node.count(dendrite.parent))
        parent = std::to_string(first_node[dendrite.parent] + dendrite.parent_point);
      const Vec3& p = dendrite.centreline[i];
      text += node_line(id, kDendrite, p, dendrite.radius_um[i], parent);
    }
  }
  for (const SwcSpine& spine : spines) {
    const auto on = std::find_if(tracing.begin(), tracing.end(),
                                 [&](const Dendrite& d) { return d.id == spine.dendrite_id; });
    if (on == tracing.end() || on->centreline.empty() ||
        !std::isfinite(spine.base_um.sum() + spine.head_um.sum() + spine.neck_radius_um +
                       spine.head_radius_um))
      throw Error("spine {} has no dendrite, no place or no size", spine.id);
    const auto nearest =
        std::min_element(on->centreline.begin(), on->centreline.end(), [&](const Vec3& a, const Vec3& b) {
          return (a - spine.base_um).squaredNorm() < (b - spine.base_um).squaredNorm();
        });
    const size_t foot = first_node[on->id] + static_cast<size_t>(nearest - on->centreline.begin());
    text += fmt::format("# spine {}\n", spine.id);
    text += node_line(next, kSwcSpine, spine.base_um, spine.neck_radius_um, std::to_string(foot));
    text += node_line(next + 1, kSwcSpine, spine.head_um, spine.head_radius_um, std::to_string(next));
    next += 2;
  }
  return text;
}

std::string to_swc(const Tracing& tracing) {
  return to_swc(tracing, {});
}

void write_swc(const std::string& path, const Tracing& tracing) {
  write_file(path, to_swc(tracing));
}

Tracing read_swc(const std::string& path) {
  return parse_swc(path, read_file(path, 256 << 20));
}

Tracing parse_swc(const std::string& name, const std::string& text) {
  return parse_swc_spines(name, text).dendrites;
}

SwcFile parse_swc_spines(const std::string& name, const std::string& text) {
  SwcFile file;
  Tracing& tracing = file.dendrites;
  int spine_nodes = 0;                              // still to come of the spine announced last
  std::map<long, std::pair<size_t, size_t>> where;  // node id -> dendrite and point
  std::vector<std::pair<long, size_t>> roots;       // parent node of each dendrite, line
  int announced = 0;                                // id of the dendrite that begins with the next node
  long previous = -1;
  size_t line_number = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    ++line_number;
    const size_t begin = line.find_first_not_of(" \t\r");
    if (begin == std::string::npos) continue;
    if (line[begin] == '#') {
      int id = 0;
      if (std::sscanf(line.c_str() + begin, "# dendrite %9d", &id) == 1) announced = id;
      if (std::sscanf(line.c_str() + begin, "# spine %9d", &id) == 1) {
        file.spines.emplace_back().id = id;
        spine_nodes = 2;
      }
      continue;
    }
    const Node node = parse_node(name, line_number, line);
    if (spine_nodes == 2) {
      const auto foot = where.find(node.parent);
      if (foot == where.end())
        throw Error("{}, line {}: hangs on node {}, which is not there: write all nodes", name, line_number,
                    node.parent);
      file.spines.back().dendrite_id = tracing[foot->second.first].id;
      file.spines.back().base_um = node.um;
      file.spines.back().neck_radius_um = node.radius_um;
    } else if (spine_nodes == 1) {
      file.spines.back().head_um = node.um;
      file.spines.back().head_radius_um = node.radius_um;
    }
    if (spine_nodes > 0) {
      --spine_nodes;
      continue;
    }
    if (announced != 0 || tracing.empty() || node.parent != previous) {
      tracing.emplace_back();
      tracing.back().id = announced ? announced : int(tracing.size());
      roots.emplace_back(node.parent, line_number);
      announced = 0;
    }
    Dendrite& dendrite = tracing.back();
    if (!where.emplace(node.id, std::pair(tracing.size() - 1, dendrite.centreline.size())).second)
      throw Error("{}, line {}: node {} comes twice: number the nodes anew", name, line_number, node.id);
    dendrite.centreline.push_back(node.um);
    dendrite.radius_um.push_back(node.radius_um);
    previous = node.id;
  }
  for (size_t d = 0; d < tracing.size(); ++d) {
    if (roots[d].first < 0) continue;
    const auto parent = where.find(roots[d].first);
    if (parent == where.end())
      throw Error("{}, line {}: hangs on node {}, which is not there: write all nodes", name, roots[d].second,
                  roots[d].first);
    tracing[d].parent = tracing[parent->second.first].id;
    tracing[d].parent_point = parent->second.second;
  }
  return file;
}

}  // namespace spinechron
