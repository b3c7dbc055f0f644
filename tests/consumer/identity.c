/* Two denoise stages whose effect on the result is known: one changes nothing, the other leaves only the left half. */
#include <string.h>

#include <spinechron_plugin.h>

static int32_t identity(void* instance, const sc_host* host, const sc_stack* in, sc_denoised* out) {
  (void)instance;
  if (host->cancelled(host)) return SC_CANCELLED;
  memcpy(out->samples, in->samples, (size_t)(in->nx * in->ny * in->nz) * sizeof(float));
  return SC_OK;
}

static int32_t left_half(void* instance, const sc_host* host, const sc_stack* in, sc_denoised* out) {
  const size_t nx = (size_t)in->nx, rows = (size_t)(in->ny * in->nz);
  size_t row, x;
  const int32_t result = identity(instance, host, in, out);
  for (row = 0; result == SC_OK && row < rows; ++row)
    for (x = nx / 2; x < nx; ++x) out->samples[row * nx + x] = 0;
  return result;
}

static const sc_stage same = {sizeof(sc_stage), SC_DENOISE, "identity", "Changes nothing.", SC_STAGE_REENTRANT, 0, NULL,
                              NULL, NULL, identity, NULL, NULL, NULL, NULL};
static const sc_stage half = {sizeof(sc_stage), SC_DENOISE, "left_half", "Blackens the right half.", SC_STAGE_REENTRANT,
                              0, NULL, NULL, NULL, left_half, NULL, NULL, NULL, NULL};
static const sc_stage* const stages[] = {&same, &half};
static const sc_plugin plugin = {sizeof(sc_plugin), SPINECHRON_ABI_MAJOR, SPINECHRON_ABI_MINOR, 2, "identity", "1",
                                 "For a test.", stages};

const sc_plugin* spinechron_plugin_entry(uint32_t host_abi_major, uint32_t host_abi_minor) {
  (void)host_abi_major;
  (void)host_abi_minor;
  return &plugin;
}
