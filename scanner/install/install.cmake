# What is installed, by component: one component is one package.
#   program  libraries(libmishen.so.0)  development  rules  helpers

install(TARGETS mishen_program RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)
foreach(helper pdf ocr)
    if(TARGET mishen_${helper})
        install(TARGETS mishen_${helper} RUNTIME DESTINATION ${MSH_LIBEXEC} COMPONENT helpers)
    endif()
endforeach()
install(DIRECTORY rules/ DESTINATION ${CMAKE_INSTALL_DATADIR}/mishen/rules COMPONENT rules
    FILES_MATCHING PATTERN "*.yaml" PATTERN "*.csv")

# --- the library -------------------------------------------------------------------------------------

if(TARGET mishen_shared)
    include(CMakePackageConfigHelpers)
    set(MSH_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/mishen)
    install(TARGETS mishen_shared EXPORT mishen LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT libraries
        NAMELINK_COMPONENT development)
    install(DIRECTORY include/mishen DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development
        FILES_MATCHING PATTERN "*.h" PATTERN "*.def")
    install(EXPORT mishen NAMESPACE mishen:: FILE mishen-targets.cmake DESTINATION ${MSH_CMAKE_DIR} COMPONENT development)
    configure_package_config_file(scanner/install/mishen-config.cmake.in ${CMAKE_BINARY_DIR}/gen/mishen-config.cmake
        INSTALL_DESTINATION ${MSH_CMAKE_DIR})
    # 0.x: what was built with 0.1 may need 0.1.
    write_basic_package_version_file(${CMAKE_BINARY_DIR}/gen/mishen-config-version.cmake COMPATIBILITY SameMinorVersion)
    install(FILES ${CMAKE_BINARY_DIR}/gen/mishen-config.cmake ${CMAKE_BINARY_DIR}/gen/mishen-config-version.cmake
        DESTINATION ${MSH_CMAKE_DIR} COMPONENT development)
    file(RELATIVE_PATH MSH_UP /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
    configure_file(scanner/install/mishen.pc.in ${CMAKE_BINARY_DIR}/gen/mishen.pc @ONLY)
    install(FILES ${CMAKE_BINARY_DIR}/gen/mishen.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT development)
endif()

# --- manual pages, reference, completions: from the tables of --help ---------------------------------------
# Made when they are installed or packed; a build for another machine takes MSH_RUN, a program that runs mishen there.

set(MSH_PAGES ${CMAKE_BINARY_DIR}/pages)
set(MSH_RUN "" CACHE STRING "what the built program is run with, for builds for another machine")
add_custom_command(OUTPUT ${MSH_PAGES}/mishen.1
    COMMAND ${CMAKE_COMMAND} -E env MISHEN_LANG= sh ${CMAKE_SOURCE_DIR}/scanner/install/pages ${MSH_PAGES} ${MSH_RUN} $<TARGET_FILE:mishen_program>
    DEPENDS mishen_program scanner/install/pages VERBATIM)
add_custom_target(pages ALL DEPENDS ${MSH_PAGES}/mishen.1)
install(FILES ${MSH_PAGES}/mishen.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT program)
install(FILES ${MSH_PAGES}/zh_CN/mishen.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/zh_CN/man1 COMPONENT program)
install(FILES ${MSH_PAGES}/mishen.bash RENAME mishen DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
    COMPONENT program)
set(MSH_PACKAGE_KIND deb CACHE STRING "deb or rpm: where zsh looks, and whether lintian is told")
set(MSH_ZSH site-functions)
if(MSH_PACKAGE_KIND STREQUAL "deb" AND EXISTS /etc/debian_version AND CMAKE_INSTALL_PREFIX STREQUAL "/usr")
    set(MSH_ZSH vendor-completions)
endif()
install(FILES ${MSH_PAGES}/_mishen DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/${MSH_ZSH} COMPONENT program)
install(FILES ${MSH_PAGES}/mishen.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d COMPONENT program)
install(DIRECTORY docs/pictures DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT program)
file(GLOB MSH_MANUALS CONFIGURE_DEPENDS docs/*.md)
install(FILES ${MSH_PAGES}/reference.zh-CN.md ${MSH_PAGES}/reference.en.md ${MSH_MANUALS} DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT program)

# --- what the system reads: configuration, units, the user ---------------------------------------------------

file(GLOB MSH_UNITS CONFIGURE_DEPENDS scanner/install/*.service scanner/install/*.socket scanner/install/*.timer)
configure_file(scanner/install/system.cmake.in ${CMAKE_BINARY_DIR}/gen/system.cmake @ONLY)
install(SCRIPT ${CMAKE_BINARY_DIR}/gen/system.cmake COMPONENT program)

# --- packages: compressed pages, change log and licence of each ----------------------------------------------

set(CPACK_PACKAGE_CONTACT "mishen maintainers <maintainers@mishen.example.org>" CACHE STRING "maintainer of the packages")
foreach(pair program=mishen rules=mishen-rules libraries=libmishen0 development=libmishen-dev helpers=mishen-helpers)
    string(REPLACE "=" ";" pair ${pair})
    list(GET pair 0 component)
    list(GET pair 1 package)
    configure_file(scanner/install/package-docs.cmake.in ${CMAKE_BINARY_DIR}/gen/docs-${component}.cmake @ONLY)
    install(SCRIPT ${CMAKE_BINARY_DIR}/gen/docs-${component}.cmake COMPONENT ${component})
endforeach()
include(scanner/install/pack.cmake)
