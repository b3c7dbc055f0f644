# What `cmake --install` gives beside the program: the plugin headers (component sdk) with the CMake package that
# find_package(spinechron) reads, and the first-party plugins (component plugins).
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(SPINECHRON_PACKAGE_DIR "${CMAKE_INSTALL_LIBDIR}/cmake/spinechron")
set(SPINECHRON_PLUGIN_DIR "${CMAKE_INSTALL_LIBDIR}/spinechron/plugins")

add_library(spinechron_sdk INTERFACE)
add_library(spinechron::sdk ALIAS spinechron_sdk)
set_target_properties(spinechron_sdk PROPERTIES EXPORT_NAME sdk)
target_include_directories(spinechron_sdk INTERFACE "$<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/plugins/sdk>"
  "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/spinechron>")
install(TARGETS spinechron_sdk EXPORT spinechron_sdk)
install(EXPORT spinechron_sdk NAMESPACE spinechron:: FILE spinechronTargets.cmake
  DESTINATION "${SPINECHRON_PACKAGE_DIR}" COMPONENT sdk)
install(DIRECTORY "${CMAKE_SOURCE_DIR}/plugins/sdk/" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/spinechron"
  COMPONENT sdk FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp")

# Compatibility of plugins is the plugin ABI's business; the package's version is that of the program.
write_basic_package_version_file("${CMAKE_BINARY_DIR}/generated/spinechronConfigVersion.cmake"
  COMPATIBILITY AnyNewerVersion)
configure_package_config_file("${CMAKE_SOURCE_DIR}/cmake/spinechronConfig.cmake.in"
  "${CMAKE_BINARY_DIR}/generated/spinechronConfig.cmake" INSTALL_DESTINATION "${SPINECHRON_PACKAGE_DIR}"
  PATH_VARS SPINECHRON_PLUGIN_DIR CMAKE_INSTALL_BINDIR)
install(FILES "${CMAKE_BINARY_DIR}/generated/spinechronConfig.cmake"
  "${CMAKE_BINARY_DIR}/generated/spinechronConfigVersion.cmake"
  "${CMAKE_SOURCE_DIR}/cmake/SpinechronPlugin.cmake" "${CMAKE_SOURCE_DIR}/cmake/spinechron_plugin.exports"
  "${CMAKE_SOURCE_DIR}/cmake/spinechron_abi_tag.c.in"
  DESTINATION "${SPINECHRON_PACKAGE_DIR}" COMPONENT sdk)

include(cmake/SpinechronPlugin.cmake)
