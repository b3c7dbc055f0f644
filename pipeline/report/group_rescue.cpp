#include "report/group_rescue.hpp"

#include <algorithm>
#include <set>
#include <tuple>

#include "report/spatial.hpp"

namespace spinechron::report {

Table group_rescue_table(const std::vector<SeriesOnDisk>& series) {
  struct Sum {
    std::set<std::string> animals;
    int n_formed = 0, n_rescued = 0;
    double by_chance = 0;
    std::vector<double> chances;  // of every formed spine
  };
  using Key = std::tuple<std::string, std::string, std::string, double>;  // group, from, to, distance
  std::vector<std::pair<Key, Sum>> sums;                                  // in the order they come up
  for (const SeriesOnDisk& s : series) {
    const TableReader in(
        s.file("_rescue.tsv").string(),
        {"dendrite_id", "session_from", "session_to", "distance_um", "n_formed", "n_rescued", "n_by_chance"});
    for (size_t i = 0; i < in.rows(); ++i) {
      if (in.text(i, "dendrite_id") == "all") continue;
      const Key key{s.group, in.text(i, "session_from"), in.text(i, "session_to"),
                    in.required_number(i, "distance_um")};
      auto at = std::find_if(sums.begin(), sums.end(), [&](const auto& sum) { return sum.first == key; });
      if (at == sums.end()) at = sums.insert(sums.end(), {key, {}});
      Sum& sum = at->second;
      const int n_formed = static_cast<int>(in.required_number(i, "n_formed"));
      const double by_chance = in.required_number(i, "n_by_chance");
      sum.animals.insert(s.subject);
      sum.n_formed += n_formed;
      sum.n_rescued += static_cast<int>(in.required_number(i, "n_rescued"));
      sum.by_chance += by_chance;
      if (n_formed > 0)
        sum.chances.insert(sum.chances.end(), static_cast<size_t>(n_formed),
                           std::min(1.0, by_chance / n_formed));
    }
  }
  Table t;
  t.columns = {
      {"group", "Treatment.", "", {}},
      {"session_from", "Earlier session of the interval.", "", {}},
      {"session_to", "Later session of the interval.", "", {}},
      {"distance_um", "How near along the dendrite, on the same side.", "um", {}},
      {"n_animals", "Animals.", "1", {}},
      {"n_formed", "Spines gained.", "1", {}},
      {"n_rescued", "Of them, that near to the empty site of a spine lost in an earlier interval.", "1", {}},
      {"n_by_chance", "To expect if the gained spines stood anywhere on their dendrites.", "1", {}},
      {"p_by_chance", "Probability of as many or more by chance.", "1", {}}};
  for (const auto& [key, sum] : sums)
    t.rows.push_back({cell(std::get<0>(key)), cell(std::get<1>(key)), cell(std::get<2>(key)),
                      cell(std::get<3>(key)), cell(static_cast<int>(sum.animals.size())), cell(sum.n_formed),
                      cell(sum.n_rescued), cell(sum.by_chance),
                      cell(chance_of_as_many(sum.n_rescued, sum.chances))});
  return t;
}

}  // namespace spinechron::report
