#include "core/stage.hpp"

namespace spinechron {

const char* to_text(StageKind kind) {
  switch (kind) {
    case StageKind::denoise:
      return "denoise";
    case StageKind::segment:
      return "segment";
    case StageKind::detect:
      return "detect";
    case StageKind::align:
      return "align";
    case StageKind::match:
      break;
  }
  return "match";
}

}  // namespace spinechron
