# spinechron_embed(module FILES...): text files below pipeline/<module>/ as constants in its library, declared in
# report/embedded.hpp; page.css becomes `page_css`.
function(spinechron_embed module)
  foreach(file ${ARGN})
    get_filename_component(name "${file}" NAME)
    string(MAKE_C_IDENTIFIER "${name}" name)
    get_filename_component(input "${file}" ABSOLUTE BASE_DIR "${CMAKE_SOURCE_DIR}/pipeline/${module}")
    set(output "${CMAKE_BINARY_DIR}/generated/${module}_${name}.cpp")
    add_custom_command(OUTPUT "${output}"
      COMMAND ${CMAKE_COMMAND} "-DINPUT=${input}" "-DNAME=${name}" "-DOUTPUT=${output}"
        -P "${CMAKE_SOURCE_DIR}/cmake/EmbedText.cmake"
      DEPENDS "${input}" "${CMAKE_SOURCE_DIR}/cmake/EmbedText.cmake" VERBATIM)
    target_sources(spinechron_${module} PRIVATE "${output}")
  endforeach()
endfunction()
