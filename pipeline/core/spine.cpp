#include "core/spine.hpp"

namespace spinechron {

const char* to_text(Side side) {
  return side == Side::left ? "left" : "right";
}

const char* to_text(SpineClass c) {
  switch (c) {
    case SpineClass::mushroom:
      return "mushroom";
    case SpineClass::thin:
      return "thin";
    case SpineClass::stubby:
      return "stubby";
    case SpineClass::filopodium:
      return "filopodium";
    case SpineClass::unknown:
      break;
  }
  return "n/a";
}

const char* to_text(State state) {
  switch (state) {
    case State::present:
      return "present";
    case State::absent:
      return "absent";
    case State::not_assessable:
      break;
  }
  return "not_assessable";
}

}  // namespace spinechron
