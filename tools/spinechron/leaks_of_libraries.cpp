// For builds with the address sanitizer: what is no leak of ours.
#ifdef __SANITIZE_ADDRESS__

/// Fontconfig keeps 1 kB to the end of the process, however many figures are drawn.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libfontconfig";
}

#endif
