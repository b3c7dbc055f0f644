# cmake -DPROJECT=folder -DPREFIX=installed -DWORK=folder -DCC=.. -DCXX=.. -P outside.cmake
# Copies a project away from this tree, builds it against the installed package and runs its tests: where it has
# presets, by the one command that its CMakeLists.txt names.
function(step)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE code OUTPUT_VARIABLE text ERROR_VARIABLE text)
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "${ARGN}\n${text}")
  endif()
endfunction()
file(REMOVE_RECURSE "${WORK}")
file(COPY "${PROJECT}/" DESTINATION "${WORK}")
if(EXISTS "${WORK}/CMakePresets.json")
  step("${CMAKE_COMMAND}" -E env "CMAKE_PREFIX_PATH=${PREFIX}" "CC=${CC}" "CXX=${CXX}"
    "${CMAKE_COMMAND}" -E chdir "${WORK}" "${CMAKE_COMMAND}" --workflow --preset default)
  return()
endif()
step("${CMAKE_COMMAND}" -S "${WORK}" -B "${WORK}/build" "-DCMAKE_PREFIX_PATH=${PREFIX}" -DCMAKE_BUILD_TYPE=Release
  "-DCMAKE_C_COMPILER=${CC}" "-DCMAKE_CXX_COMPILER=${CXX}")
step("${CMAKE_COMMAND}" --build "${WORK}/build")
step("${CMAKE_CTEST_COMMAND}" --test-dir "${WORK}/build" --output-on-failure)
