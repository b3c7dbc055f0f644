# The components of ITK that are in use, as one target (with none named, ITK drags in VTK and Qt).
add_library(ITK_IO INTERFACE)
target_include_directories(ITK_IO SYSTEM INTERFACE ${ITK_INCLUDE_DIRS})
target_link_libraries(ITK_IO INTERFACE ${ITK_LIBRARIES})

# spinechron_module(name DEPENDS ...): pipeline/<name>/*.cpp as the static library spinechron_<name>.
function(spinechron_module name)
  cmake_parse_arguments(ARG "" "" "DEPENDS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/pipeline/${name}/*.cpp")
  if(sources)
    add_library(spinechron_${name} STATIC ${sources})
    target_include_directories(spinechron_${name} PUBLIC "${CMAKE_SOURCE_DIR}/pipeline")
    target_link_libraries(spinechron_${name} PUBLIC ${ARG_DEPENDS})
    # Nobody reads errno or traps floating-point exceptions: without these, loops with roots and comparisons go over
    # many samples at once. Results are the same.
    target_compile_options(spinechron_${name} PRIVATE -fno-math-errno -fno-trapping-math)
  else()
    add_library(spinechron_${name} INTERFACE)
    target_include_directories(spinechron_${name} INTERFACE "${CMAKE_SOURCE_DIR}/pipeline")
    target_link_libraries(spinechron_${name} INTERFACE ${ARG_DEPENDS})
  endif()
endfunction()

# What core/version.hpp tells, written anew at every build so that the commit is right.
function(spinechron_version)
  set(output "${CMAKE_BINARY_DIR}/generated/version.cpp")
  add_custom_target(spinechron_write_version BYPRODUCTS "${output}"
    COMMAND ${CMAKE_COMMAND} "-DSOURCE=${CMAKE_SOURCE_DIR}" "-DOUTPUT=${output}" "-DVERSION=${PROJECT_VERSION}"
      "-DCOMPILER=${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}" "-DITK=${ITK_VERSION}"
      "-DOPENCV=${OpenCV_VERSION}" "-DTBB=${TBB_VERSION}" -P "${CMAKE_SOURCE_DIR}/cmake/WriteVersion.cmake"
    COMMENT "" VERBATIM)
  target_sources(spinechron_core PRIVATE "${output}")
  add_dependencies(spinechron_core spinechron_write_version)
endfunction()

# tools/spinechron/*.cpp as the program: main.cpp and one file a command.
function(spinechron_program)
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/tools/spinechron/*.cpp")
  if(NOT sources)
    return()
  endif()
  add_executable(spinechron ${sources})
  target_link_libraries(spinechron PRIVATE spinechron_graph CLI11::CLI11)
  install(TARGETS spinechron)
endfunction()

# spinechron_test(folder DEPENDS ...): tests/unit/<folder>/*.cpp as the test program test_<folder>.
function(spinechron_test name)
  cmake_parse_arguments(ARG "" "" "DEPENDS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/tests/unit/${name}/*.cpp")
  if(NOT sources)
    return()
  endif()
  add_executable(test_${name} ${sources})
  target_include_directories(test_${name} PRIVATE "${CMAKE_SOURCE_DIR}/tests")
  target_compile_definitions(test_${name} PRIVATE SPINECHRON_SHARED="${SPINECHRON_SHARED}")
  target_link_libraries(test_${name} PRIVATE ${ARG_DEPENDS} GTest::gmock GTest::gtest_main)
  gtest_discover_tests(test_${name} DISCOVERY_TIMEOUT 60)
endfunction()
