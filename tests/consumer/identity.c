/* A denoise stage that changes nothing: with it in the chain every table must stay as it is. */
#include <string.h>

#include <spinechron_plugin.h>

static int32_t denoise(void* instance, const sc_host* host, const sc_stack* in, sc_denoised* out) {
  (void)instance;
  if (host->cancelled(host)) return SC_CANCELLED;
  memcpy(out->samples, in->samples, (size_t)(in->nx * in->ny * in->nz) * sizeof(float));
  return SC_OK;
}

static const sc_stage stage = {sizeof(sc_stage), SC_DENOISE, "identity", "Changes nothing.", SC_STAGE_REENTRANT, 0, NULL,
                               NULL, NULL, denoise, NULL, NULL, NULL, NULL};
static const sc_stage* const stages[] = {&stage};
static const sc_plugin plugin = {sizeof(sc_plugin), SPINECHRON_ABI_MAJOR, SPINECHRON_ABI_MINOR, 1, "identity", "1",
                                 "For a test.", stages};

const sc_plugin* spinechron_plugin_entry(uint32_t host_abi_major, uint32_t host_abi_minor) {
  (void)host_abi_major;
  (void)host_abi_minor;
  return &plugin;
}
