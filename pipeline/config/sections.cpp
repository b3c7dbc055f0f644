#include "config/sections.hpp"

#include "core/error.hpp"

namespace spinechron {

Params TopLevel::params() {
  Params p;
  p.list("plugins", plugins,
         "plugin files to load: a path, absolute or relative to the configuration's folder, or a bare name "
         "that is "
         "searched in the folders of SPINECHRON_PLUGIN_PATH");
  return p;
}

Params SeriesConfig::params() {
  Params p;
  p.list(
      "sessions", sessions,
      "order of the session labels where the input gives no times; other labels come after these in natural "
      "order");
  p.text("channel", channel, "channel to read, by name or by number from 1; empty: the only one");
  return p;
}

std::vector<std::string> default_stages(StageKind kind) {
  switch (kind) {
    case StageKind::denoise:
      return {"motion"};
    case StageKind::segment:
      return {"ridges"};
    case StageKind::align:
      return {"shafts"};
    case StageKind::detect:
      return {"evidence"};
    case StageKind::match:
      break;
  }
  return {"joint"};
}

const char* meaning_of(StageKind kind) {
  switch (kind) {
    case StageKind::denoise:
      return "Filters applied to every session's image, in the order of the list.";
    case StageKind::segment:
      return "Finds the dendrites of every session.";
    case StageKind::align:
      return "Brings all sessions of a series into one frame.";
    case StageKind::detect:
      return "Finds what may be a spine beside the dendrites, session by session.";
    case StageKind::match:
      break;
  }
  return "Decides over all sessions together which spine is which and where it is present.";
}

void apply(const Params& params, const Assignment& a) {
  const std::string context = a.section.empty() ? a.where : a.where + ": [" + a.section + "]";
  with_context(context, [&] {
    if (a.key.empty()) return;
    if (a.from_text)
      params.set_from_text(a.key, std::get<std::string>(a.value));
    else
      params.set(a.key, a.value);
  });
}

}  // namespace spinechron
