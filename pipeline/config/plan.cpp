#include "config/plan.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "config/toml_text.hpp"
#include "core/error.hpp"
#include "core/nearest.hpp"

namespace spinechron {
namespace {

class Planner {
 public:
  Planner(const std::vector<Assignment>& assignments, const Registry& registry,
          const std::vector<Section>& sections)
      : assignments_(assignments), registry_(registry), sections_(sections) {}

  Plan make() {
    check_section_names();
    for (StageKind kind : kStageKinds) {
      if (kind == StageKind::denoise)
        add_chain();
      else
        add_single(kind);
    }
    for (const Section& s : sections_)
      if (!is_stage_kind(s.name)) add_section(s.name, s.params, true);
    plan_.effective_toml = toml_of(plan_.effective);
    plan_.hash = sha256_of_text(plan_.effective_toml);
    return std::move(plan_);
  }

 private:
  static bool is_stage_kind(const std::string& name) {
    return std::any_of(std::begin(kStageKinds), std::end(kStageKinds),
                       [&](StageKind k) { return name == to_text(k); });
  }

  std::vector<std::string> section_names() const {
    std::vector<std::string> names;
    for (StageKind k : kStageKinds) names.emplace_back(to_text(k));
    for (const Section& s : sections_)
      if (!is_stage_kind(s.name)) names.push_back(s.name);
    return names;
  }

  void check_section_names() const {
    const std::vector<std::string> names = section_names();
    const auto known = [&](const std::string& n) {
      return std::find(names.begin(), names.end(), n) != names.end();
    };
    for (const Assignment& a : assignments_) {
      if (a.section.empty()) {
        if (a.key == "plugins") continue;
        if (known(a.key)) throw UsageError("{}: '{}' is a section: write [{}]", a.where, a.key, a.key);
        throw UsageError("{}: unknown key '{}' before the first section; legal there: plugins; sections: {}",
                         a.where, a.key, fmt::join(names, ", "));
      }
      const std::string outer = a.section.substr(0, a.section.find('.'));
      if (!known(outer))
        throw UsageError("{}: unknown section '{}'{}; legal sections: {}", a.where, outer,
                         did_you_mean(outer, names), fmt::join(names, ", "));
      if (outer == a.section) continue;
      const std::string inner = a.section.substr(outer.size() + 1);
      if (outer != "denoise")
        throw UsageError("{}: [{}] has no section '{}' in it; only [denoise] has, one for each filter",
                         a.where, outer, inner);
      registered(StageKind::denoise, inner, a.where);
    }
  }

  const StageEntry& registered(StageKind kind, const std::string& name, const std::string& where) const {
    return *with_context(where, [&] { return &registry_.get(kind, name); });
  }

  // Where the last assignment of a section's key stands.
  std::string where_of(const std::string& section, const std::string& key) const {
    std::string where = "by default";
    for (const Assignment& a : assignments_)
      if (a.section == section && a.key == key) where = a.where;
    return where;
  }

  Params extra_keys(const std::string& section) const {
    Params out;
    for (const Section& s : sections_)
      if (s.name == section)
        for (const Param& p : s.params.all()) out.add(p);
    return out;
  }

  // Sets what the assignments say about `section`, then notes what is in effect.
  void add_section(const std::string& section, const Params& params, bool in_effect) {
    for (const Assignment& a : assignments_)
      if (a.section == section) apply(params, a);
    if (!in_effect) return;
    for (const Param& p : params.all())
      plan_.effective.push_back({section, p.name, toml_of(p.read()), p.unit, p.meaning});
  }

  template <typename Kind>
  std::unique_ptr<Kind> made(const StageEntry& entry) {
    std::unique_ptr<Stage> stage = entry.make();
    auto* typed = dynamic_cast<Kind*>(stage.get());
    if (!typed)
      throw Error("stage '{}' of {} is registered as a {} stage but is none", entry.name, entry.origin,
                  to_text(entry.kind));
    (void)stage.release();
    return std::unique_ptr<Kind>(typed);
  }

  void add_single(StageKind kind) {
    const std::string section = to_text(kind);
    std::string name = default_stages(kind).front();
    Params choice;
    choice.text("stage", name, "the stage to use");
    for (const Assignment& a : assignments_)
      if (a.section == section && a.key == "stage") apply(choice, a);
    const StageEntry& entry = registered(kind, name, where_of(section, "stage") + ": [" + section + "]");
    Stage* stage = nullptr;
    if (kind == StageKind::segment) stage = (plan_.segment = made<Segmenter>(entry)).get();
    if (kind == StageKind::align) stage = (plan_.align = made<Aligner>(entry)).get();
    if (kind == StageKind::detect) stage = (plan_.detect = made<Detector>(entry)).get();
    if (kind == StageKind::match) stage = (plan_.match = made<Matcher>(entry)).get();
    Params all = choice;
    for (const Params& more : {extra_keys(section), stage->params()})
      for (const Param& p : more.all()) all.add(p);
    add_section(section, all, true);
    plan_.stages.push_back({kind, name, entry.origin});
  }

  void add_chain() {
    std::vector<std::string> names = default_stages(StageKind::denoise);
    Params choice;
    choice.list("stage", names, "the filters to use, in order");
    const Params extra = extra_keys("denoise");
    for (const Param& p : extra.all()) choice.add(p);
    for (const Assignment& a : assignments_) {
      if (a.section == "denoise" && !choice.find(a.key) && !a.key.empty())
        throw UsageError(
            "{}: [denoise] unknown key '{}'; legal keys: stage; the keys of a filter stand in "
            "[denoise.NAME]",
            a.where, a.key);
    }
    add_section("denoise", choice, true);
    std::set<std::string> seen;
    for (const std::string& name : names) {
      const std::string where = where_of("denoise", "stage") + ": [denoise]";
      const StageEntry& entry = registered(StageKind::denoise, name, where);
      if (!seen.insert(name).second) throw UsageError("{}: '{}' is in the list twice", where, name);
      plan_.denoise.push_back(made<Denoiser>(entry));
      add_section("denoise." + name, plan_.denoise.back()->params(), true);
      plan_.stages.push_back({StageKind::denoise, name, entry.origin});
    }
    for (const StageEntry* entry : registry_.all()) {
      if (entry->kind != StageKind::denoise || seen.count(entry->name)) continue;
      const std::unique_ptr<Stage> unused = entry->make();
      add_section("denoise." + entry->name, unused->params(), false);
    }
  }

  const std::vector<Assignment>& assignments_;
  const Registry& registry_;
  const std::vector<Section>& sections_;
  Plan plan_;
};

}  // namespace

Plan make_plan(const std::vector<Assignment>& assignments, const Registry& registry,
               const std::vector<Section>& sections) {
  return Planner(assignments, registry, sections).make();
}

}  // namespace spinechron
