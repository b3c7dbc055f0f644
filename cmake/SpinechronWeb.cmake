# Packages from npm, and scripts bundled from them. The registry is asked once a build folder, for what a
# package-lock.json names.
find_program(NPM npm REQUIRED)
find_program(NODE NAMES node nodejs REQUIRED)

# spinechron_packages(folder work installed): what folder/package-lock.json names goes to work/node_modules; `installed`
# becomes the file to depend on.
function(spinechron_packages folder work installed)
  set(stamp "${work}/node_modules/.package-lock.json")
  add_custom_command(OUTPUT "${stamp}"
    COMMAND ${CMAKE_COMMAND} -E make_directory "${work}"
    COMMAND ${CMAKE_COMMAND} -E copy "${folder}/package.json" "${folder}/package-lock.json" "${work}"
    COMMAND ${NPM} ci --prefix "${work}" --ignore-scripts --no-audit --no-fund --silent
    COMMAND ${CMAKE_COMMAND} -E touch "${stamp}"
    DEPENDS "${folder}/package.json" "${folder}/package-lock.json"
    COMMENT "Fetching the packages of ${folder}" VERBATIM)
  set(${installed} "${stamp}" PARENT_SCOPE)
endfunction()

# spinechron_bundle(module ENTRY): a script below pipeline/<module>/ and the packages it imports as one file, embedded
# like a text file: web/page.js becomes `page_js`.
function(spinechron_bundle module entry)
  set(source "${CMAKE_SOURCE_DIR}/pipeline/${module}")
  get_filename_component(folder "${source}/${entry}" DIRECTORY)
  get_filename_component(name "${entry}" NAME)
  set(work "${CMAKE_BINARY_DIR}/web")
  spinechron_packages("${folder}" "${work}" installed)
  file(GLOB scripts CONFIGURE_DEPENDS "${folder}/*.js")
  set(notice "/*! with Observable Plot (ISC, (c) Observable, Inc.) and D3 (ISC, (c) Mike Bostock) */")
  add_custom_command(OUTPUT "${work}/${name}"
    COMMAND ${CMAKE_COMMAND} -E env "NODE_PATH=${work}/node_modules"
      "${work}/node_modules/.bin/esbuild" "${source}/${entry}" --bundle --minify --format=iife --target=es2020
      --charset=ascii --log-level=warning "--banner:js=${notice}" "--outfile=${work}/${name}"
    DEPENDS "${installed}" ${scripts}
    COMMENT "Bundling ${entry}" VERBATIM)
  spinechron_embed(${module} "${work}/${name}")
endfunction()
