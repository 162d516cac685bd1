# mishen-ocr: tesseract, leptonica and zbar, in a program of its own.
pkg_check_modules(LEPT QUIET IMPORTED_TARGET lept)
if(MSH_HAVE_TESSERACT AND MSH_HAVE_ZBAR AND LEPT_FOUND)
    add_executable(mishen_ocr scanner/worker/helper_ocr.c scanner/worker/helper_ocr_pix.c
        scanner/worker/helper_ocr_gif.c scanner/worker/helper_serve.c)
    set_target_properties(mishen_ocr PROPERTIES OUTPUT_NAME mishen-ocr
        RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/libexec)
    target_link_libraries(mishen_ocr PRIVATE mishen PkgConfig::TESSERACT PkgConfig::LEPT
        PkgConfig::ZBAR -Wl,--as-needed)
else()
    message(STATUS "without mishen-ocr (apt-get install libtesseract-dev libleptonica-dev libzbar-dev)")
endif()
