#pragma once
// The name a user probably meant, for messages about a name that is not there.

#include <string>
#include <vector>

namespace spinechron {

/// ` (did you mean 'b'?)` for the name in `names` that is nearest to `name` (letters changed, left out, put
/// in or swapped; at most a third of them), else an empty text. The first of equals in the order given.
std::string did_you_mean(const std::string& name, const std::vector<std::string>& names);

}  // namespace spinechron
