#ifndef SPINECHRON_PLUGIN_H
#define SPINECHRON_PLUGIN_H
/*
 * The plugin interface of spinechron: plain C (C99 and later, C++11 and later), no library to link against.
 *
 * A plugin is a shared library that exports one function, `spinechron_plugin_entry`. Its name and signature
 * never change. It returns a descriptor that lists stages; a stage is one step of the pipeline
 * (denoise, segment, align, detect or match) under a name that a configuration can choose.
 *
 * Rules that hold for everything below
 *  - Every structure begins with `size`, the sizeof that its writer was compiled with. Within one major
 *    version structures only grow at their end, so a reader uses no member that `size` does not cover.
 *    There are no arrays of structures: lists are arrays of pointers. The one exception is the table of
 *    parameters, whose rows the host walks by their own `size`.
 *  - The host owns the memory it passes; it is valid until the call returns and must not be freed, kept or,
 *    where it is const, written. What a plugin passes to a host function is copied before that returns.
 *  - No exception and no longjmp may cross the interface. Results are return codes (SC_OK, ...).
 *  - Positions are um in the session's own image: um = voxel index * voxel size, the centre of the first
 *    voxel is 0; x = column, y = row, z = slice. Points are stored as x y z x y z ...
 *  - Texts are UTF-8, end in 0 and are never NULL unless it says so.
 *  - Standard output belongs to the host's results: use `log`.
 *
 * Threads, as marked at each function
 *  [main]  one thread, before any stage runs or after all are done.
 *  [once]  one thread at a time for this instance; other instances may be called at the same time.
 *  [run]   from any thread, and where the stage declares SC_STAGE_REENTRANT from many at once with the same
 *          instance. Without that flag the host runs one stage of this plugin at a time.
 *  [call]  only while the call lasts that was given this `sc_host`, from any thread the plugin likes.
 *  [call1] as [call], but never from two threads at once.
 */
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A change of the major version breaks plugins, a change of the minor version only adds. */
#define SPINECHRON_ABI_MAJOR 1
#define SPINECHRON_ABI_MINOR 0

#if defined(_WIN32)
#define SPINECHRON_EXPORT __declspec(dllexport)
#else
#define SPINECHRON_EXPORT __attribute__((visibility("default")))
#endif

/* What every call returns. */
enum sc_result {
  SC_OK = 0,
  SC_FAILED = 1,    /* after host->fail(...), which says why */
  SC_CANCELLED = 2, /* after host->cancelled(...) said so */
  SC_REFUSED = 3    /* from the host: what was handed in is not acceptable. Return it: the host knows why */
};

enum sc_kind { SC_DENOISE = 1, SC_SEGMENT = 2, SC_ALIGN = 3, SC_DETECT = 4, SC_MATCH = 5 };

enum sc_level { SC_DEBUG = 0, SC_INFO = 1, SC_WARNING = 2 };

/* ---- parameters ------------------------------------------------------------------------------------- */

enum sc_param_type {
  SC_PARAM_FLAG = 1,
  SC_PARAM_INTEGER = 2,
  SC_PARAM_NUMBER = 3,
  SC_PARAM_TEXT = 4,
  SC_PARAM_CHOICE = 5, /* one text of `choices` */
  SC_PARAM_LIST = 6    /* texts */
};

/* One row of a stage's table of parameters. Use the SC_FLAG ... SC_LIST macros to write it. */
typedef struct sc_param {
  uint32_t size;
  uint32_t type;       /* enum sc_param_type */
  const char* name;    /* as a configuration writes it: a-z, 0-9 and _; unique in its stage */
  const char* unit;    /* "um", "h", "1" for pure numbers, "" where a unit makes no sense */
  const char* meaning; /* one sentence */
  double initial;      /* default of a flag (0 or 1), an integer or a number */
  double low, high;    /* legal range of integers and numbers, ends included */
  const char* text;    /* default of a text, choice or list (items parted by commas), else NULL */
  const char* choices; /* legal texts of a choice parted by '|', else NULL */
} sc_param;

#define SC_FLAG(name, initial, meaning) \
  { sizeof(sc_param), SC_PARAM_FLAG, name, "", meaning, initial, 0, 1, NULL, NULL }
#define SC_INTEGER(name, unit, initial, low, high, meaning) \
  { sizeof(sc_param), SC_PARAM_INTEGER, name, unit, meaning, initial, low, high, NULL, NULL }
#define SC_NUMBER(name, unit, initial, low, high, meaning) \
  { sizeof(sc_param), SC_PARAM_NUMBER, name, unit, meaning, initial, low, high, NULL, NULL }
#define SC_TEXT(name, initial, meaning) \
  { sizeof(sc_param), SC_PARAM_TEXT, name, "", meaning, 0, 0, 0, initial, NULL }
#define SC_CHOICE(name, initial, choices, meaning) \
  { sizeof(sc_param), SC_PARAM_CHOICE, name, "", meaning, 0, 0, 0, initial, choices }
#define SC_LIST(name, initial, meaning) \
  { sizeof(sc_param), SC_PARAM_LIST, name, "", meaning, 0, 0, 0, initial, NULL }

/* The value of one parameter, checked against its row. Eight bytes for ever. */
typedef union sc_value {
  int64_t integer;  /* SC_PARAM_INTEGER, and SC_PARAM_FLAG as 0 or 1 */
  double number;    /* SC_PARAM_NUMBER */
  const char* text; /* SC_PARAM_TEXT, _CHOICE, and _LIST with its items parted by '\n' */
} sc_value;

/* ---- data ------------------------------------------------------------------------------------------- */

/* One session's image with what is known about it. Every size is at least 1, every sample finite. */
typedef struct sc_stack {
  uint32_t size;
  uint32_t reserved;
  uint64_t nx, ny, nz;  /* voxels along x, y, z */
  double voxel_um[3];   /* size of a voxel along x, y, z */
  const float* samples; /* nx*ny*nz, x fastest, then y, then z: photons above the offset, may be negative */
  /* noise: variance in counts = gain * max(counts - offset, 0) + read_sigma^2 */
  double gain, offset, read_sigma;
  double row_correlation, column_correlation; /* of the noise between neighbours along x, along y; 0 to 1 */
  double clipped_fraction, saturated_fraction;
  double lateral_sigma_um, axial_sigma_um; /* Gaussian core of the point spread function */
  double motion_um;                        /* r.m.s. shift between slices that was found and undone */
} sc_stack;

/* Where a denoise stage puts its result. The host fills everything but the samples from the input. */
typedef struct sc_denoised {
  uint32_t size;
  uint32_t reserved;
  float* samples; /* same shape as the input, apart from it; write every one, finite */
  double gain, offset, read_sigma;
  double row_correlation, column_correlation;
  double clipped_fraction, saturated_fraction;
  double lateral_sigma_um, axial_sigma_um;
  double motion_um;
} sc_denoised;

/* A traced dendrite. */
typedef struct sc_dendrite {
  uint32_t size;
  int32_t id;              /* 1 and up, ascending in its tracing */
  int32_t parent;          /* id of the dendrite it branches off, 0: none */
  uint32_t reserved;
  uint64_t parent_point;   /* index in the parent's points where it begins */
  uint64_t n_points;       /* at least 2 */
  const double* points_um; /* 3 * n_points, along the centreline, inside the image. The host gives them at
                              equal steps of arc; a plugin may give any spacing, the host then resamples */
  const double* radius_um; /* n_points, above 0: half width at half maximum */
  double snr;              /* shaft over the noise beside it */
} sc_dendrite;

typedef struct sc_tracing {
  uint32_t size;
  uint32_t reserved;
  uint64_t n_dendrites;
  const sc_dendrite* const* dendrites;
} sc_tracing;

/* Where the dendrites of a series lie in one session, and how to get from there to the reference frame. */
typedef struct sc_frame {
  uint32_t size;
  int32_t usable;         /* 0: nothing of this session can be compared, `reason` says why */
  const char* reason;     /* "" if usable */
  double linear[9];       /* reference = linear * session + shift; row by row */
  double shift_um[3];
  uint64_t n_dendrites;   /* the same tissue, in the same order with the same ids, in all usable frames */
  const sc_dendrite* const* dendrites;
  double arc_step_um;
  const uint64_t* n_arcs;                  /* of each dendrite; the same in all usable frames */
  const double* const* arc_from_reference; /* [dendrite][i]: arc position here of the point at arc
                                              i * arc_step_um on the reference curve; ascending; NaN: not
                                              shown by this session */
  const double* const* error_um;           /* same shape: standard error of that position; [dendrite] may
                                              be NULL: not known */
} sc_frame;

/* Seen along the dendrite, from above, with y pointing down as images show it: where the dendrite runs along (tx, ty),
   left is towards (ty, -tx). */
enum sc_side { SC_LEFT = 0, SC_RIGHT = 1 };
enum sc_class { SC_MUSHROOM = 0, SC_THIN = 1, SC_STUBBY = 2, SC_FILOPODIUM = 3, SC_UNKNOWN = 4 };
enum sc_state { SC_PRESENT = 0, SC_ABSENT = 1, SC_NOT_ASSESSABLE = 2 };

/* What is measured on a spine in one image. NaN where it cannot be measured. */
typedef struct sc_measures {
  uint32_t size;
  uint32_t spine_class; /* enum sc_class */
  double head_um[3];    /* centre of the head */
  double base_um[3];    /* where it meets the shaft's edge */
  double length_um;     /* base to tip */
  double head_diameter_um, neck_diameter_um, volume_um3;
  double brightness; /* background-free, over the shaft's beside it */
  double snr;        /* head over the noise at its site */
} sc_measures;

/* A spine as one session alone shows it. */
typedef struct sc_candidate {
  uint32_t size;
  int32_t dendrite_id;         /* of the frame */
  double arc_um;               /* along that dendrite in this session */
  double p;                    /* 0 to 1: probability that it is a spine, from this image alone */
  uint32_t side;               /* enum sc_side */
  uint32_t reserved;
  const sc_measures* measures; /* head_um inside the image */
} sc_candidate;

typedef struct sc_candidates {
  uint32_t size;
  uint32_t reserved;
  uint64_t n_candidates;
  const sc_candidate* const* candidates;
} sc_candidates;

/* One spine site in one session. */
typedef struct sc_site {
  uint32_t size;
  uint32_t state;              /* enum sc_state */
  double p_present;            /* 0 to 1, given the images of all sessions */
  double ref_um[3];            /* the head in the reference frame; NaN only where not assessable */
  const sc_measures* measures; /* head_um NaN only where not assessable */
  const char* reason;          /* why not assessable, else "" */
} sc_site;

/* One spine site over all sessions of a series. */
typedef struct sc_track {
  uint32_t size;
  int32_t spine_id;            /* 1, 2, 3 ... in the order they are handed in */
  int32_t dendrite_id;
  uint32_t side;               /* enum sc_side */
  double arc_um;               /* along the dendrite in the reference frame */
  uint64_t n_sites;            /* one for each session, in order */
  const sc_site* const* sites;
  const double* p_event;       /* n_sites - 1: probability that state[i] -> state[i+1] is as it stands */
} sc_track;

/* ---- the host --------------------------------------------------------------------------------------- */

/* Given to every call and valid only while it lasts; the first argument of its own functions. */
typedef struct sc_host sc_host;
struct sc_host {
  uint32_t size;
  uint32_t abi_major, abi_minor; /* of the host; abi_minor may be above the plugin's */
  uint32_t reserved;
  const char* version; /* of spinechron */
  uint64_t seed;       /* for random numbers: the same for the same input. The only source a stage may use */
  void* context;       /* the host's own */

  /* [call] A line for the user; level as enum sc_level. */
  void (*log)(const sc_host* host, int32_t level, const char* message);
  /* [call] Not 0: stop soon and return SC_CANCELLED. Ask at least once a call, and every 100 ms or so. */
  int32_t (*cancelled)(const sc_host* host);
  /* [call] One sentence: what is wrong and what would mend it. Returns SC_FAILED, to be returned. */
  int32_t (*fail)(const sc_host* host, const char* message);

  /* Hand in results; each belongs to one kind of stage. SC_OK, or SC_REFUSED if it is not as it should be. */
  int32_t (*add_dendrite)(const sc_host* host, const sc_dendrite* dendrite);    /* [call1] segment */
  int32_t (*add_frame)(const sc_host* host, const sc_frame* frame);             /* [call1] align: in order */
  int32_t (*add_candidate)(const sc_host* host, const sc_candidate* candidate); /* [call1] detect */
  int32_t (*add_track)(const sc_host* host, const sc_track* track);             /* [call1] match: in order */
};

/* ---- the plugin ------------------------------------------------------------------------------------- */

enum sc_stage_flags {
  SC_STAGE_REENTRANT = 1 /* its run function may be called by many threads at once with the same instance */
};

/* A stage: a step of the pipeline under a name. Of the five functions at the end, the one that its kind names
   is set and the others are NULL. */
typedef struct sc_stage {
  uint32_t size;
  uint32_t kind;         /* enum sc_kind */
  const char* name;      /* as a configuration names it: a-z, 0-9 and _ */
  const char* meaning;   /* one sentence */
  uint32_t flags;        /* enum sc_stage_flags */
  uint32_t n_params;
  const sc_param* params; /* n_params rows; NULL if there are none */

  /* [once] Makes an instance: values[i] belongs to params[i] and is valid during this call only. May be NULL:
     then instances are NULL. The place to read models and to check values against each other. */
  int32_t (*create)(const sc_host* host, const sc_value* values, void** instance);
  /* [once] May be NULL. */
  void (*destroy)(void* instance);

  /* [run] The image in, the image out. */
  int32_t (*denoise)(void* instance, const sc_host* host, const sc_stack* in, sc_denoised* out);
  /* [run] Finds dendrites: add_dendrite for each, in order of id. */
  int32_t (*segment)(void* instance, const sc_host* host, const sc_stack* stack);
  /* [run] Brings the sessions into one frame: add_frame once for each session, in order. */
  int32_t (*align)(void* instance, const sc_host* host, uint64_t n_sessions, const sc_stack* const* stacks,
                   const sc_tracing* const* tracings);
  /* [run] Finds spines beside the frame's dendrites: add_candidate for each. */
  int32_t (*detect)(void* instance, const sc_host* host, const sc_stack* stack, const sc_frame* frame);
  /* [run] Judges all sessions jointly: add_track for each spine, in order of spine_id. */
  int32_t (*match)(void* instance, const sc_host* host, uint64_t n_sessions, const sc_stack* const* stacks,
                   const sc_frame* const* frames, const sc_candidates* const* candidates);
} sc_stage;

typedef struct sc_plugin {
  uint32_t size;
  uint32_t abi_major;  /* SPINECHRON_ABI_MAJOR */
  uint32_t abi_minor;  /* the least minor version it can do with; SPINECHRON_ABI_MINOR if in doubt */
  uint32_t n_stages;   /* at least 1 */
  const char* name;    /* a-z, 0-9, _ and - */
  const char* version; /* the plugin's own */
  const char* meaning; /* one sentence */
  const sc_stage* const* stages;
} sc_plugin;

/*
 * [main] The one function that a plugin exports; define it. What it returns stays valid while the library is
 * loaded. It is told the host's version, so that a plugin may serve several major versions; one that cannot
 * serve this host returns what it has, and the host explains the mismatch to the user.
 */
SPINECHRON_EXPORT const sc_plugin* spinechron_plugin_entry(uint32_t host_abi_major, uint32_t host_abi_minor);

#ifdef __cplusplus
}
#endif

#endif /* SPINECHRON_PLUGIN_H */
