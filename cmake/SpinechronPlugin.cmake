# spinechron_add_plugin(name SOURCES files... [LINK libraries...] [DESTINATION folder])
#
# A plugin for spinechron as the target <name>, built to <name>.so. Everything in it is hidden but its one entry
# point, it links against no library of spinechron's, it can be unloaded again, and it carries the version of the
# interface it was built with in the section .spinechron_abi (readelf -p .spinechron_abi FILE). With DESTINATION it
# is installed there.
set(SPINECHRON_PLUGIN_EXPORTS "${CMAKE_CURRENT_LIST_DIR}/spinechron_plugin.exports")
set(SPINECHRON_PLUGIN_ABI_TAG "${CMAKE_CURRENT_LIST_DIR}/spinechron_abi_tag.c.in")

function(spinechron_add_plugin name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "DESTINATION" "SOURCES;LINK")
  if(NOT ARG_SOURCES OR ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "spinechron_add_plugin(${name} SOURCES files... [LINK libraries...] [DESTINATION folder])")
  endif()
  get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
  set(tag "${CMAKE_CURRENT_BINARY_DIR}/${name}_abi_tag.cpp")
  if("C" IN_LIST languages)
    set(tag "${CMAKE_CURRENT_BINARY_DIR}/${name}_abi_tag.c")
  endif()
  configure_file("${SPINECHRON_PLUGIN_ABI_TAG}" "${tag}" COPYONLY)

  add_library(${name} MODULE ${ARG_SOURCES} "${tag}")
  target_link_libraries(${name} PRIVATE spinechron::sdk ${ARG_LINK})
  set_target_properties(${name} PROPERTIES PREFIX "" SUFFIX ".so" C_VISIBILITY_PRESET hidden
    CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON LINK_DEPENDS "${SPINECHRON_PLUGIN_EXPORTS}")
  target_link_options(${name} PRIVATE "LINKER:--version-script=${SPINECHRON_PLUGIN_EXPORTS}")
  if(NOT SPINECHRON_SANITIZE)
    target_link_options(${name} PRIVATE "LINKER:--no-undefined")
  endif()
  # Symbols marked unique would keep the library loaded for ever.
  target_compile_options(${name} PRIVATE $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<CXX_COMPILER_ID:GNU>>:-fno-gnu-unique>)
  if(ARG_DESTINATION)
    install(TARGETS ${name} LIBRARY DESTINATION "${ARG_DESTINATION}" COMPONENT plugins)
  endif()
endfunction()
