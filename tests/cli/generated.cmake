# Run by CTest: what the program generates (WHAT) must equal the file that is kept (KEPT).
execute_process(COMMAND ${PROGRAM} describe ${OPTION} OUTPUT_VARIABLE now RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "describe ${OPTION} failed with ${failed}")
endif()
file(READ "${KEPT}" kept)
if(NOT now STREQUAL kept)
  message(FATAL_ERROR "${KEPT} is not what the program says now: run tools/dev/references")
endif()
