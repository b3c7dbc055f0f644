#pragma once
// Bytes packed as zlib does: what TIFF and PNG hold inside.

#include <cstddef>
#include <string>

namespace spinechron {

/// `count` bytes as a zlib stream (RFC 1950). `level` from 1, fast, to 12, small. Error if memory does not
/// suffice.
std::string deflated(const void* bytes, size_t count, int level);

}  // namespace spinechron
