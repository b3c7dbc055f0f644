#pragma once
// Zip archives in memory.

#include <string>
#include <utility>
#include <vector>

namespace spinechron {

/// The bytes of a zip archive of these (name, content) entries in the order given, with a fixed date: equal
/// entries give equal bytes. Names must differ; an Error if they do not.
std::string to_zip(const std::vector<std::pair<std::string, std::string>>& entries);

}  // namespace spinechron
