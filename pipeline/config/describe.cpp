#include "config/describe.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "config/toml_text.hpp"
#include "core/error.hpp"
#include "core/nearest.hpp"

namespace spinechron {
namespace {

using Row = std::array<std::string, 5>;

std::string sentence(std::string text) {
  if (text.empty()) return text;
  text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
  if (text.back() != '.') text += '.';
  return text;
}

std::vector<Row> rows_of(const Params& params) {
  std::vector<Row> rows;
  for (const Param& p : params.all())
    rows.push_back({p.name, p.type_name(), toml_of(p.initial), p.legal(), sentence(p.meaning)});
  return rows;
}

// As a configuration says it.
std::string heading(const Description& d) {
  if (d.stage.empty()) return "[" + d.section + "]";
  if (d.section == "denoise") return fmt::format("[denoise.{}]", d.stage);
  return fmt::format("[{}] stage = \"{}\"", d.section, d.stage);
}

std::string remark(const Description& d) {
  const std::string origin = d.origin.empty() || d.origin == "built-in" ? "" : ", from " + d.origin;
  return (d.by_default ? ", the default" : "") + origin;
}

// A bar would end the cell.
std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out;
}

// The key `stage` of a step's section.
Params stage_key(StageKind kind, const std::vector<std::string>& names) {
  Param p;
  p.name = "stage";
  if (kind == StageKind::denoise) {
    p.meaning = fmt::format("the filters to use, in order; there are: {}", fmt::join(names, ", "));
    p.initial = default_stages(kind);
  } else {
    p.meaning = "the stage to use; its keys stand beside this one";
    p.initial = default_stages(kind).front();
    p.choices = names;
  }
  Params out;
  out.add(std::move(p));
  return out;
}

}  // namespace

std::vector<Description> describe_all(const Registry& registry, const std::vector<Section>& sections) {
  std::vector<Description> out;
  out.push_back({"", "", "Keys that belong to no section.", "", false, TopLevel().params(), nullptr});
  std::vector<std::string> steps;
  for (StageKind kind : kStageKinds) {
    const std::string section = to_text(kind);
    steps.push_back(section);
    std::vector<Description> stages;
    std::vector<std::string> names;
    const std::vector<std::string> defaults = default_stages(kind);
    for (const StageEntry* e : registry.all()) {
      if (e->kind != kind) continue;
      std::shared_ptr<Stage> stage = e->make();
      const bool by_default = std::find(defaults.begin(), defaults.end(), e->name) != defaults.end();
      stages.push_back({section, e->name, e->meaning, e->origin, by_default, stage->params(), stage});
      names.push_back(e->name);
    }
    Params keys = stage_key(kind, names);
    for (const Section& s : sections)
      if (s.name == section)
        for (const Param& p : s.params.all()) keys.add(p);
    out.push_back({section, "", meaning_of(kind), "", false, keys, nullptr});
    out.insert(out.end(), stages.begin(), stages.end());
  }
  for (const Section& s : sections)
    if (std::find(steps.begin(), steps.end(), s.name) == steps.end())
      out.push_back({s.name, "", s.meaning, "", false, s.params, nullptr});
  return out;
}

std::vector<Description> describe_some(const std::vector<Description>& all, const std::string& what) {
  std::vector<Description> out;
  std::vector<std::string> names;
  const Description* own = nullptr;  // the keys of the section that a stage stands in
  for (const Description& d : all) {
    if (d.stage.empty()) own = &d;
    const std::string both = d.section + "." + d.stage;
    if (!d.section.empty() && d.section == what) out.push_back(d);
    if (!d.stage.empty() && (d.stage == what || both == what)) {
      out.push_back(*own);
      out.push_back(d);
    }
    for (const std::string& n : {d.section, d.stage})
      if (!n.empty() && std::find(names.begin(), names.end(), n) == names.end()) names.push_back(n);
  }
  if (out.empty())
    throw UsageError("there is no section or stage '{}'{}; there are: {}", what, did_you_mean(what, names),
                     fmt::join(names, ", "));
  return out;
}

std::string describe_text(const std::vector<Description>& descriptions) {
  std::string out;
  for (const Description& d : descriptions) {
    const std::string title = d.section.empty() ? "Before the first section" : heading(d) + remark(d);
    out += fmt::format("{}{}\n  {}\n", out.empty() ? "" : "\n", title, sentence(d.meaning));
    const std::vector<Row> rows = rows_of(d.params);
    std::array<size_t, 4> width{};
    for (const Row& r : rows)
      for (size_t c = 0; c < width.size(); ++c) width[c] = std::max(width[c], r[c].size());
    for (const Row& r : rows)
      out += fmt::format("  {:<{}}  {:<{}}  {:<{}}  {:<{}}  {}\n", r[0], width[0], r[1], width[1], r[2],
                         width[2], r[3], width[3], r[4]);
  }
  return out;
}

std::string describe_markdown(const std::vector<Description>& descriptions) {
  std::string out =
      "# Configuration reference\n\n"
      "Written by `spinechron describe --markdown` from the declarations that parse a configuration; a test "
      "compares the two.\n";
  for (const Description& d : descriptions) {
    const std::string title =
        d.section.empty() ? "Before the first section" : fmt::format("`{}`{}", heading(d), remark(d));
    out += fmt::format("\n{} {}\n\n{}\n", d.stage.empty() ? "##" : "###", title, sentence(d.meaning));
    if (d.params.all().empty()) continue;
    out += "\n| key | type | default | legal | meaning |\n|---|---|---|---|---|\n";
    for (const Row& r : rows_of(d.params))
      out += fmt::format("| `{}` | {} | `{}` | {} | {} |\n", r[0], r[1], escaped(r[2]), escaped(r[3]),
                         escaped(r[4]));
  }
  return out;
}

}  // namespace spinechron
