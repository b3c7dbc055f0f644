/*
 * Removes smooth background slice by slice: the image minus its grey-scale opening, in pure C.
 *
 * The opening is what a probe can reach that is pushed up under the image's surface. Two probes:
 *   square      a flat square of half-width radius_um (white top-hat; van Herk 1992: three comparisons a
 * pixel) paraboloid  one that falls by drop_photons over radius_um: what ImageJ calls a sliding paraboloid,
 * the smooth form of the rolling ball (Sternberg 1983); separable, done along rows and then columns by the
 *               lower envelope of parabolas (Felzenszwalb & Huttenlocher 2012)
 * Both are pushed under a copy smoothed over 3 x 3 pixels, so that single dark pixels do not hold them down.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "spinechron_plugin.h"

struct tophat {
  double radius_um;
  double drop_photons;
  int paraboloid;
};

/* Buffers of one line, and which probe to use on it. */
struct line {
  size_t n;      /* pixels */
  size_t half;   /* half-width of the square, pixels */
  double weight; /* of the paraboloid: fall in photons over one pixel */
  float *in, *out, *forward, *backward;
  size_t* vertex;
  double* edge;
};

enum { kBuffers = 4 };

static int line_open(struct line* l, size_t longest) {
  memset(l, 0, sizeof(*l));
  l->in = malloc(kBuffers * longest * sizeof(float));
  l->vertex = malloc(longest * sizeof(size_t));
  l->edge = malloc((longest + 1) * sizeof(double));
  if (!l->in || !l->vertex || !l->edge) return 0;
  l->out = l->in + longest;
  l->forward = l->out + longest;
  l->backward = l->forward + longest;
  return 1;
}

static void line_close(struct line* l) {
  free(l->in);
  free(l->vertex);
  free(l->edge);
}

static float lesser(float a, float b) {
  return a < b ? a : b;
}

/* Minimum over 2 half + 1 pixels; shorter windows at the ends. */
static void erode_square(struct line* l) {
  const size_t n = l->n, width = 2 * l->half + 1;
  size_t i;
  if (l->half == 0) {
    memcpy(l->out, l->in, n * sizeof(float));
    return;
  }
  for (i = 0; i < n; ++i) l->forward[i] = i % width == 0 ? l->in[i] : lesser(l->forward[i - 1], l->in[i]);
  for (i = n; i-- > 0;)
    l->backward[i] = i + 1 == n || (i + 1) % width == 0 ? l->in[i] : lesser(l->backward[i + 1], l->in[i]);
  for (i = 0; i < n; ++i) {
    const size_t first = i < l->half ? 0 : i - l->half;
    const size_t last = i + l->half >= n ? n - 1 : i + l->half;
    /* A window cut short by the end may lie within one block: then both scans are needed only there. */
    l->out[i] = first / width == last / width && first % width == 0 ? l->forward[last]
                : first / width == last / width                     ? l->backward[first]
                                                : lesser(l->backward[first], l->forward[last]);
  }
}

/* Minimum over j of in[j] + weight * (i - j)^2. */
static void erode_paraboloid(struct line* l) {
  const double w = l->weight;
  size_t k = 0, i;
  l->vertex[0] = 0;
  l->edge[0] = -HUGE_VAL;
  l->edge[1] = HUGE_VAL;
  for (i = 1; i < l->n; ++i) {
    double cross;
    for (;;) {
      const double q = (double)i, p = (double)l->vertex[k];
      cross = ((l->in[i] + w * q * q) - (l->in[l->vertex[k]] + w * p * p)) / (2 * w * (q - p));
      if (cross > l->edge[k] || k == 0) break;
      --k;
    }
    if (cross <= l->edge[k]) { /* below the first one everywhere */
      l->vertex[0] = i;
      k = 0;
    } else {
      ++k;
      l->vertex[k] = i;
      l->edge[k] = cross;
    }
    l->edge[k + 1] = HUGE_VAL;
  }
  for (i = 0, k = 0; i < l->n; ++i) {
    double d;
    while (l->edge[k + 1] < (double)i) ++k;
    d = (double)i - (double)l->vertex[k];
    l->out[i] = (float)(l->in[l->vertex[k]] + w * d * d);
  }
}

/* Erodes every row, then every column of a slice in place. */
static void erode(float* slice, size_t nx, size_t ny, struct line* l, const struct tophat* s,
                  const double* voxel_um) {
  int axis;
  for (axis = 0; axis < 2; ++axis) {
    const size_t lines = axis ? nx : ny, step = axis ? nx : 1, next = axis ? 1 : nx;
    const double radius_px = s->radius_um / voxel_um[axis];
    size_t i, j;
    l->n = axis ? ny : nx;
    l->half = (size_t)(radius_px + 0.5);
    l->weight = s->drop_photons / (radius_px * radius_px);
    for (i = 0; i < lines; ++i) {
      float* at = slice + i * next;
      for (j = 0; j < l->n; ++j) l->in[j] = at[j * step];
      if (s->paraboloid)
        erode_paraboloid(l);
      else
        erode_square(l);
      for (j = 0; j < l->n; ++j) at[j * step] = l->out[j];
    }
  }
}

static void negate(float* slice, size_t n) {
  size_t i;
  for (i = 0; i < n; ++i) slice[i] = -slice[i];
}

/* Mean over 3 x 3 pixels, fewer at the edges. */
static void smooth(const float* in, float* out, size_t nx, size_t ny) {
  size_t x, y, i, j;
  for (y = 0; y < ny; ++y)
    for (x = 0; x < nx; ++x) {
      double sum = 0;
      int count = 0;
      for (j = y ? y - 1 : 0; j <= y + 1 && j < ny; ++j)
        for (i = x ? x - 1 : 0; i <= x + 1 && i < nx; ++i) {
          sum += in[j * nx + i];
          ++count;
        }
      out[y * nx + x] = (float)(sum / count);
    }
}

static int32_t create(const sc_host* host, const sc_value* values, void** instance) {
  struct tophat* s = malloc(sizeof(*s));
  if (!s) return host->fail(host, "out of memory");
  s->radius_um = values[0].number;
  s->drop_photons = values[1].number;
  s->paraboloid = strcmp(values[2].text, "paraboloid") == 0;
  *instance = s;
  return SC_OK;
}

static void destroy(void* instance) {
  free(instance);
}

static int32_t denoise(void* instance, const sc_host* host, const sc_stack* in, sc_denoised* out) {
  const struct tophat* s = instance;
  const size_t nx = (size_t)in->nx, ny = (size_t)in->ny, pixels = nx * ny;
  float* const ground = malloc(pixels * sizeof(float));
  double removed = 0;
  int32_t result = SC_OK;
  struct line l;
  size_t z, i;
  if (!line_open(&l, nx > ny ? nx : ny) || !ground) result = host->fail(host, "out of memory");
  for (z = 0; result == SC_OK && z < in->nz; ++z) {
    const float* from = in->samples + z * pixels;
    float* to = out->samples + z * pixels;
    if (host->cancelled(host)) {
      result = SC_CANCELLED;
      break;
    }
    smooth(from, ground, nx, ny);
    erode(ground, nx, ny, &l, s, in->voxel_um);
    negate(ground, pixels); /* a dilation is the erosion of the negative */
    erode(ground, nx, ny, &l, s, in->voxel_um);
    for (i = 0; i < pixels; ++i) {
      to[i] = from[i] + ground[i];
      removed -= ground[i];
    }
  }
  /* The light that was taken away leaves its shot noise behind: one photon of variance for each. */
  removed /= (double)pixels * (double)in->nz;
  if (removed > 0) out->read_sigma = sqrt(in->read_sigma * in->read_sigma + in->gain * in->gain * removed);
  line_close(&l);
  free(ground);
  return result;
}

static const sc_param params[] = {
    SC_NUMBER("radius_um", "um", 3, 0.2, 100,
              "Half-width of the probe; larger than anything that is to stay."),
    SC_NUMBER("drop_photons", "1", 2, 0.001, 1e6, "Photons by which the paraboloid falls over radius_um."),
    SC_CHOICE("probe", "square", "square|paraboloid", "What is pushed up under the image."),
};

static const sc_stage stage = {
    sizeof(sc_stage),
    SC_DENOISE,
    "tophat",
    "Removes smooth background slice by slice, by a top-hat or a sliding paraboloid.",
    SC_STAGE_REENTRANT,
    sizeof(params) / sizeof(params[0]),
    params,
    create,
    destroy,
    denoise,
    NULL,
    NULL,
    NULL,
    NULL};
static const sc_stage* const stages[] = {&stage};
static const sc_plugin plugin = {sizeof(sc_plugin),
                                 SPINECHRON_ABI_MAJOR,
                                 SPINECHRON_ABI_MINOR,
                                 1,
                                 "tophat",
                                 "1.0",
                                 "Background removal in pure C.",
                                 stages};

const sc_plugin* spinechron_plugin_entry(uint32_t host_abi_major, uint32_t host_abi_minor) {
  (void)host_abi_major;
  (void)host_abi_minor;
  return &plugin;
}
