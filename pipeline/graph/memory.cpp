#include "graph/memory.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <fstream>
#include <limits>
#include <sstream>

#include "core/error.hpp"

namespace spinechron {
namespace {

constexpr std::uint64_t kNone = std::numeric_limits<std::uint64_t>::max();

std::uint64_t limit_in(const std::string& file) {
  std::ifstream in(file);
  std::string text;
  if (!(in >> text) || text.empty() || !std::isdigit(static_cast<unsigned char>(text[0]))) return kNone;
  try {
    return std::stoull(text);
  } catch (const std::exception&) {
    return kNone;
  }
}

// A group's limit binds all groups below it: the least on the way up to the root.
std::uint64_t least_upwards(std::string root, std::string group, const std::string& name) {
  std::uint64_t least = limit_in(root + "/" + name);
  while (!group.empty() && group != "/") {
    least = std::min(least, limit_in(root + group + "/" + name));
    group.resize(std::min(group.size(), group.rfind('/')));
  }
  return least;
}

std::uint64_t control_group_limit() {
  std::uint64_t least = kNone;
  std::ifstream in("/proc/self/cgroup");
  for (std::string line; std::getline(in, line);) {
    std::istringstream fields(line);
    std::string id, controllers, group;
    std::getline(fields, id, ':');
    std::getline(fields, controllers, ':');
    std::getline(fields, group);
    if (controllers.empty()) least = std::min(least, least_upwards("/sys/fs/cgroup", group, "memory.max"));
    if (controllers == "memory")
      least = std::min(least, least_upwards("/sys/fs/cgroup/memory", group, "memory.limit_in_bytes"));
  }
  return least;
}

}  // namespace

std::uint64_t memory_limit_bytes() {
  std::uint64_t limit = static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) *
                        static_cast<std::uint64_t>(sysconf(_SC_PAGE_SIZE));
  limit = std::min(limit, control_group_limit());
  rlimit address_space{};
  if (getrlimit(RLIMIT_AS, &address_space) == 0 && address_space.rlim_cur != RLIM_INFINITY)
    limit = std::min<std::uint64_t>(limit, address_space.rlim_cur);
  return limit;
}

std::uint64_t default_budget_bytes(std::uint64_t limit) {
  return limit / 10 * 6;
}

std::uint64_t parse_bytes(const std::string& text) {
  const auto refuse = [&]() {
    return UsageError("'{}' is no amount of memory: give bytes, or a number with K, M, G or T, as in 4G",
                      text);
  };
  size_t used = 0;
  double number = 0;
  try {
    number = std::stod(text, &used);
  } catch (const std::exception&) {
    throw refuse();
  }
  std::string unit;
  for (char c : text.substr(used))
    if (!std::isspace(static_cast<unsigned char>(c)))
      unit += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  if (!unit.empty() && unit.back() == 'B') unit.pop_back();
  if (!unit.empty() && unit.back() == 'I') unit.pop_back();
  const std::string letters = "KMGT";
  const size_t power = unit.empty() ? 0 : letters.find(unit) + 1;
  if (unit.size() > 1 || (unit.size() == 1 && power == 0)) throw refuse();
  const double bytes = number * std::pow(1024.0, static_cast<double>(power));
  if (!(bytes >= 1) || bytes > 1e18) throw refuse();
  return static_cast<std::uint64_t>(bytes);
}

std::string bytes_text(std::uint64_t bytes) {
  const double mb = static_cast<double>(bytes) / (1024.0 * 1024.0);
  return mb >= 1024 ? fmt::format("{:.1f} GB", mb / 1024) : fmt::format("{:.0f} MB", std::ceil(mb));
}

std::uint64_t peak_resident_bytes() {
  rusage own{}, started{};
  getrusage(RUSAGE_SELF, &own);
  getrusage(RUSAGE_CHILDREN, &started);
  return static_cast<std::uint64_t>(std::max(own.ru_maxrss, started.ru_maxrss)) * 1024;
}

std::uint64_t estimated_need_bytes(std::uint64_t voxels_total, std::uint64_t voxels_largest,
                                   std::uint64_t sessions_at_once) {
  // Float images that a session's own steps hold at once beside the one that is kept.
  constexpr std::uint64_t kWorkingImages = 6;
  return sizeof(float) * (voxels_total + kWorkingImages * voxels_largest * sessions_at_once);
}

}  // namespace spinechron
