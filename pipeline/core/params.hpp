#pragma once
// A parameter is declared once (name, type, unit, range, default, meaning): parser, check, `describe`, schema
// and manual all come from that declaration.

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <variant>
#include <vector>

namespace spinechron {

/// What a configuration can hold.
using Value = std::variant<bool, std::int64_t, double, std::string, std::vector<std::string>>;

/// `true`, `3`, `0.5`, `text`, `a, b, c`: for messages, tables and provenance; numbers read back exactly.
std::string to_text(const Value& value);

/// One declared parameter. Its type is that of `initial`.
struct Param {
  std::string name;
  std::string unit;     ///< "um", "h", "1" for pure numbers, "" where a unit makes no sense
  std::string meaning;  ///< one sentence
  Value initial;        ///< the default
  double low = -std::numeric_limits<double>::infinity();  ///< legal range of numbers, ends included
  double high = std::numeric_limits<double>::infinity();
  std::vector<std::string> choices;  ///< legal texts; empty: any
  std::function<void(const Value&)> assign;
  std::function<Value()> read;

  std::string type_name() const;  ///< "boolean", "integer", "number", "text", "list of texts"
  std::string legal() const;      ///< "a number from 0 to 5 um", "one of a, b"
};

/// The parameters of one stage, bound to the fields of its Config. The fields must outlive the Params.
class Params {
 public:
  struct Range {
    double low, high;
  };
  Params& flag(std::string name, bool& field, std::string meaning);
  Params& integer(std::string name, int& field, Range range, std::string unit, std::string meaning);
  Params& number(std::string name, double& field, Range range, std::string unit, std::string meaning);
  Params& text(std::string name, std::string& field, std::string meaning);
  Params& choice(std::string name, std::string& field, std::vector<std::string> choices, std::string meaning);
  Params& list(std::string name, std::vector<std::string>& field, std::string meaning);
  Params& add(Param param);

  const std::vector<Param>& all() const { return params_; }
  const Param* find(const std::string& name) const;

  /// Checks and assigns. An unknown name or an illegal value is a UsageError that says what would be legal.
  void set(const std::string& name, const Value& value) const;
  /// The same from text, as `--set stage.key=value` gives it.
  void set_from_text(const std::string& name, const std::string& text) const;

 private:
  std::vector<Param> params_;
};

}  // namespace spinechron
