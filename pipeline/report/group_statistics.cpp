#include "report/group_statistics.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace spinechron::report {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

GroupEstimate estimate(const Study& study, const std::string& measure, const std::string& group,
                       const std::pair<std::string, std::string>& interval, double confidence) {
  GroupEstimate out;
  out.measure = measure;
  out.group = group;
  std::tie(out.from, out.to) = interval;
  struct Animal {
    double events = 0, trials = 0, values = 0;
    int n = 0;
  };
  std::map<std::string, Animal> animals;
  std::set<std::string> samples;
  double hours = 0;
  for (const Observation& o : study.observations) {
    if (o.measure != measure || o.group != group || o.from != out.from || o.to != out.to) continue;
    Animal& a = animals[o.animal];
    a.events += o.events;
    a.trials += o.trials;
    a.values += o.value;
    ++a.n;
    samples.insert(o.animal + "\n" + o.sample);
    out.events += o.events;
    out.trials += o.trials;
    hours += o.hours;
    out.of_dendrite.push_back(o.value);
  }
  for (const auto& [name, a] : animals) {
    out.animals.push_back(name);
    out.of_animal.push_back(a.trials > 0 ? a.events / a.trials : a.values / a.n);
  }
  out.n_samples = static_cast<int>(samples.size());
  out.n_dendrites = static_cast<int>(out.of_dendrite.size());
  out.hours = hours / out.n_dendrites;
  out.interval = bootstrap_mean(out.of_animal, confidence);
  return out;
}

// An animal's later value minus its first; animals that have both.
std::vector<double> changes(const GroupEstimate& first, const GroupEstimate& later) {
  std::vector<double> out;
  for (size_t i = 0; i < later.animals.size(); ++i) {
    const auto at = std::find(first.animals.begin(), first.animals.end(), later.animals[i]);
    if (at != first.animals.end())
      out.push_back(later.of_animal[i] - first.of_animal[static_cast<size_t>(at - first.animals.begin())]);
  }
  return out;
}

Comparison compare(Contrast contrast, const GroupEstimate& a, const GroupEstimate& b,
                   const std::vector<double>& values_a, const std::vector<double>& values_b,
                   double confidence) {
  Comparison c;
  c.contrast = contrast;
  c.measure = b.measure;
  c.group_a = a.group;
  c.group_b = b.group;
  c.from = b.from;
  c.to = b.to;
  c.n_a = static_cast<int>(values_a.size());
  c.n_b = static_cast<int>(values_b.size());
  c.difference = mean(values_b) - mean(values_a);
  c.interval = bootstrap_difference(values_a, values_b, confidence);
  c.sd = pooled_sd(values_a, values_b);
  c.effect = hedges_g(values_a, values_b);
  c.test = permute_groups(values_a, values_b);
  return c;
}

Comparison change_within(const GroupEstimate& later, const std::vector<double>& change, double confidence) {
  Comparison c;
  c.contrast = Contrast::change_within_group;
  c.measure = later.measure;
  c.group_a = c.group_b = later.group;
  c.from = later.from;
  c.to = later.to;
  c.n_a = c.n_b = static_cast<int>(change.size());
  c.difference = mean(change);
  c.interval = bootstrap_mean(change, confidence);
  c.sd = standard_deviation(change);
  c.effect = c.sd > 0 ? c.difference / c.sd : kNaN;
  c.test = flip_signs(change);
  return c;
}

void compare_measure(const std::vector<GroupEstimate>& of_measure, const std::vector<std::string>& groups,
                     double confidence, std::vector<Comparison>& out) {
  const auto of = [&](const std::string& group) {
    std::vector<const GroupEstimate*> some;
    for (const GroupEstimate& e : of_measure)
      if (e.group == group) some.push_back(&e);
    return some;
  };
  const auto at = [](const std::vector<const GroupEstimate*>& some, const GroupEstimate& like) {
    const auto it = std::find_if(some.begin(), some.end(), [&](const GroupEstimate* e) {
      return e->from == like.from && e->to == like.to;
    });
    return it == some.end() ? nullptr : *it;
  };
  for (size_t i = 0; i < groups.size(); ++i) {
    const auto a = of(groups[i]);
    for (size_t k = 1; k < a.size(); ++k)
      if (const auto change = changes(*a[0], *a[k]); change.size() > 1)
        out.push_back(change_within(*a[k], change, confidence));
    for (size_t j = i + 1; j < groups.size(); ++j) {
      const auto b = of(groups[j]);
      for (const GroupEstimate* x : a)
        if (const GroupEstimate* y = at(b, *x))
          out.push_back(compare(Contrast::between_groups, *x, *y, x->of_animal, y->of_animal, confidence));
      for (size_t k = 1; k < a.size(); ++k) {
        const GroupEstimate* y = at(b, *a[k]);
        const GroupEstimate* first = at(b, *a[0]);
        if (!y || !first) continue;
        const auto change_a = changes(*a[0], *a[k]), change_b = changes(*first, *y);
        if (!change_a.empty() && !change_b.empty())
          out.push_back(compare(Contrast::change_between_groups, *a[k], *y, change_a, change_b, confidence));
      }
    }
  }
}

}  // namespace

const char* to_text(Contrast contrast) {
  switch (contrast) {
    case Contrast::between_groups:
      return "between_groups";
    case Contrast::change_within_group:
      return "change_within_group";
    case Contrast::change_between_groups:
      break;
  }
  return "change_between_groups";
}

GroupStatistics analyse(const Study& study, double confidence) {
  GroupStatistics out;
  std::vector<std::string> groups;
  for (const Observation& o : study.observations)
    if (std::find(groups.begin(), groups.end(), o.group) == groups.end()) groups.push_back(o.group);
  for (const char* measure : {"elimination", "formation", "density"}) {
    std::vector<GroupEstimate> of_measure;
    for (const std::string& group : groups)
      for (const auto& interval : study.intervals) {
        GroupEstimate e = estimate(study, measure, group, interval, confidence);
        if (e.n_dendrites > 0) of_measure.push_back(std::move(e));
      }
    compare_measure(of_measure, groups, confidence, out.comparisons);
    std::move(of_measure.begin(), of_measure.end(), std::back_inserter(out.estimates));
  }
  std::map<std::pair<Contrast, std::string>, std::vector<Comparison*>> families;
  for (Comparison& c : out.comparisons) families[{c.contrast, c.measure}].push_back(&c);
  for (const auto& [question, family] : families) {
    std::vector<double> p;
    for (const Comparison* c : family) p.push_back(c->test.p);
    const std::vector<double> adjusted = holm(p);
    for (size_t i = 0; i < adjusted.size(); ++i) family[i]->p_holm = adjusted[i];
  }
  return out;
}

}  // namespace spinechron::report
