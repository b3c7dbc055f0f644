/* The C header in a unit of its own: C99 to C17 and C++11 to C++20, with nothing included before it. */
#include "spinechron_plugin.h"

static const sc_param params[] = {
    SC_FLAG("flag", 1, "A flag."),           SC_INTEGER("integer", "1", 1, 0, 3, "An integer."),
    SC_NUMBER("number", "um", 1, 0, 2, "A number."), SC_TEXT("text", "", "A text."),
    SC_CHOICE("choice", "a", "a|b", "A choice."),    SC_LIST("list", "a,b", "A list."),
};

const sc_plugin* spinechron_plugin_entry(uint32_t host_abi_major, uint32_t host_abi_minor) {
  static sc_plugin plugin;
  plugin.size = (uint32_t)sizeof(plugin);
  plugin.abi_major = host_abi_major > SPINECHRON_ABI_MAJOR ? SPINECHRON_ABI_MAJOR : host_abi_major;
  plugin.abi_minor = host_abi_minor;
  plugin.name = params[0].name;
  return &plugin;
}
