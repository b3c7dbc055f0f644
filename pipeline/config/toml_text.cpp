#include "config/toml_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/evp.h>

#include "config/plan.hpp"
#include "core/error.hpp"

namespace spinechron {
namespace {

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\')
      out += std::string("\\") + c;
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      out += fmt::format("\\u{:04X}", static_cast<unsigned char>(c));
    else
      out += c;
  }
  return out + "\"";
}

}  // namespace

std::string toml_of(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return quoted(*text);
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
    std::vector<std::string> items;
    for (const std::string& item : *list) items.push_back(quoted(item));
    return fmt::format("[{}]", fmt::join(items, ", "));
  }
  return to_text(value);
}

std::string toml_of(const std::vector<EffectiveValue>& values) {
  std::string out, section;
  for (const EffectiveValue& v : values) {
    if (v.section != section) {
      out += fmt::format("{}[{}]\n", out.empty() ? "" : "\n", v.section);
      section = v.section;
    }
    out += fmt::format("{} = {}\n", v.key, v.value);
  }
  return out;
}

std::string sha256_of_text(const std::string& text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int bytes = 0;
  if (EVP_Digest(text.data(), text.size(), digest, &bytes, EVP_sha256(), nullptr) != 1)
    throw Error("SHA-256 of the configuration could not be computed: the OpenSSL library refused");
  std::string out;
  for (unsigned int i = 0; i < bytes; ++i) out += fmt::format("{:02x}", digest[i]);
  return out;
}

}  // namespace spinechron
