# Makes the pages anew and opens them; see page_test.mjs.
if(NOT CHROMIUM)
  message("skipped: there is no Chromium (Debian's package chromium)")
  return()
endif()
file(REMOVE_RECURSE "${OUT}")
execute_process(COMMAND "${MAKE_PAGES}" "${OUT}" COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} -E env "PAGE_TEST_PACKAGES=${PACKAGES}" "${NODE}" "${SCRIPT}" "${CHROMIUM}"
  "${OUT}" COMMAND_ERROR_IS_FATAL ANY)
