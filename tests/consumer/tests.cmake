# Included by tests/CMakeLists.txt: installs to a folder of its own and uses what is there from outside.
set(prefix "${CMAKE_BINARY_DIR}/consumer/prefix")
set(here "${CMAKE_CURRENT_LIST_DIR}")
set(install_all "")
if(NOT TARGET spinechron)
  set(install_all --component sdk)
endif()
add_test(NAME package_installs
  COMMAND "${CMAKE_COMMAND}" --install "${CMAKE_BINARY_DIR}" --prefix "${prefix}" ${install_all})
set_tests_properties(package_installs PROPERTIES FIXTURES_SETUP installed)

find_program(GCC_C gcc)
find_program(GCC_CXX g++)
find_program(CLANG_C clang)
find_program(CLANG_CXX clang++)
foreach(project consumer template)
  set(folder "${here}")
  if(project STREQUAL "template")
    set(folder "${CMAKE_SOURCE_DIR}/plugins/template")
  endif()
  foreach(compiler GCC CLANG)
    if(${compiler}_C AND ${compiler}_CXX)
      add_test(NAME ${project}_${compiler} COMMAND "${CMAKE_COMMAND}" -DPROJECT=${folder} -DPREFIX=${prefix}
        -DWORK=${CMAKE_BINARY_DIR}/consumer/${project}_${compiler} -DCC=${${compiler}_C} -DCXX=${${compiler}_CXX}
        -P "${here}/outside.cmake")
      set_tests_properties(${project}_${compiler} PROPERTIES FIXTURES_REQUIRED installed
        FIXTURES_SETUP ${project}_${compiler})
    endif()
  endforeach()
endforeach()

if(TARGET spinechron)
  set(built "")
  set(needed installed)
  foreach(compiler GCC CLANG)
    if(${compiler}_C AND ${compiler}_CXX)
      list(APPEND built -D${compiler}=${CMAKE_BINARY_DIR}/consumer/consumer_${compiler}/build)
      list(APPEND needed consumer_${compiler})
    endif()
  endforeach()
  add_test(NAME consumer_runs_in_the_graph COMMAND "${CMAKE_COMMAND}" -DPROGRAM=${prefix}/bin/spinechron ${built}
    -DWORK=${CMAKE_BINARY_DIR}/consumer/graph -P "${here}/graph.cmake")
  set_tests_properties(consumer_runs_in_the_graph PROPERTIES FIXTURES_REQUIRED "${needed}" FIXTURES_SETUP graph)
endif()

# Every snippet of the guide.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
set(data "")
set(graph "")
if(TARGET spinechron)
  set(data "${CMAKE_BINARY_DIR}/consumer/graph/input.tsv")
  set(graph graph)
endif()
add_test(NAME plugin_guide COMMAND Python3::Interpreter "${CMAKE_SOURCE_DIR}/tests/plugin/guide.py"
  "${CMAKE_SOURCE_DIR}/plugins/README.md" "${prefix}" "${CMAKE_BINARY_DIR}/consumer/guide" ${data})
set_tests_properties(plugin_guide PROPERTIES FIXTURES_REQUIRED "installed;${graph}")
