# mishen-pdf: GPL-2.0-or-later (helper_pdf.LICENSE). Needs poppler with its C++ headers, which are
# tied to one version of the library: where they do not fit, the helper is left out and said so.
set(MSH_WITH_POPPLER AUTO CACHE STRING "poppler: AUTO, ON or OFF")
find_path(MSH_POPPLER_HEADERS TextOutputDev.h PATH_SUFFIXES poppler)
pkg_check_modules(POPPLER_CORE QUIET IMPORTED_TARGET poppler)
if(NOT MSH_WITH_POPPLER STREQUAL "OFF" AND POPPLER_CORE_FOUND AND MSH_POPPLER_HEADERS)
    enable_language(CXX)
    set(CMAKE_CXX_STANDARD 17)
    set(CMAKE_CXX_STANDARD_REQUIRED ON)
    add_executable(mishen_pdf scanner/worker/helper_pdf.cc scanner/worker/helper_pdf_text.cc
        scanner/worker/helper_pdf_page.cc scanner/worker/helper_pdf_sweep.cc
        scanner/worker/helper_pdf_content.cc scanner/worker/helper_serve.c)
    set_target_properties(mishen_pdf PROPERTIES OUTPUT_NAME mishen-pdf
        RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/libexec)
    target_include_directories(mishen_pdf PRIVATE ${CMAKE_SOURCE_DIR}/include ${CMAKE_SOURCE_DIR}/scanner)
    target_include_directories(mishen_pdf SYSTEM PRIVATE ${MSH_POPPLER_HEADERS})
    target_link_libraries(mishen_pdf PRIVATE PkgConfig::POPPLER_CORE mishen -Wl,--as-needed)
elseif(MSH_WITH_POPPLER STREQUAL "ON")
    message(FATAL_ERROR "poppler's headers are missing: apt-get install libpoppler-private-dev")
else()
    message(STATUS "without mishen-pdf (apt-get install libpoppler-private-dev)")
endif()
