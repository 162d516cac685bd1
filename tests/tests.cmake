# Tests: a file tests/unit/test_NAME.c is a ctest of its own; lint and CLI tests are shell scripts.
# A script that cannot run here (a folder or program is absent) exits 77 and is shown as skipped.
file(GLOB unit_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/unit/test_*.c)
foreach(source IN LISTS unit_sources)
    get_filename_component(name ${source} NAME_WE)
    add_executable(${name} ${source})
    target_link_libraries(${name} PRIVATE mishen)
    target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests/harness)
    target_compile_definitions(${name} PRIVATE MSH_TEST_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
        MSH_TEST_BINARY_DIR="${CMAKE_BINARY_DIR}")
    add_test(NAME unit.${name} COMMAND ${name})
    set_tests_properties(unit.${name} PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 300)
endforeach()

foreach(kind lint cli golden peers scores)
    file(GLOB scripts CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/${kind}/*.sh)
    foreach(script IN LISTS scripts)
        get_filename_component(name ${script} NAME_WE)
        add_test(NAME ${kind}.${name} COMMAND ${CMAKE_COMMAND} -E env
            MISHEN=${CMAKE_BINARY_DIR}/mishen SOURCE=${CMAKE_SOURCE_DIR} BUILD=${CMAKE_BINARY_DIR}
            bash ${script} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
        set_tests_properties(${kind}.${name} PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 1200)
    endforeach()
endforeach()

# Fuzz targets: tests/fuzz/fuzz_NAME.c; the corpus tests/fuzz/corpus/NAME is replayed as a test by a
# small driver in every build, and by libFuzzer in the fuzz preset.
file(GLOB fuzz_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/fuzz/fuzz_*.c)
foreach(source IN LISTS fuzz_sources)
    get_filename_component(name ${source} NAME_WE)
    string(REPLACE "fuzz_" "" target ${name})
    if(MSH_FUZZ)
        add_executable(${name} ${source})
        target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    else()
        add_executable(${name} ${source} ${CMAKE_SOURCE_DIR}/tests/fuzz/replay.c)
    endif()
    target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests/harness)
    target_link_libraries(${name} PRIVATE mishen)
    if(NOT MSH_FUZZ)
        add_test(NAME fuzz.${target} COMMAND ${name} ${CMAKE_SOURCE_DIR}/tests/fuzz/corpus/${target})
        set_tests_properties(fuzz.${target} PROPERTIES TIMEOUT 300)
    endif()
endforeach()

# Measuring programs, built on demand: cmake --build … --target bench_NAME.
file(GLOB bench_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/bench/bench_*.c)
foreach(source IN LISTS bench_sources)
    get_filename_component(name ${source} NAME_WE)
    add_executable(${name} EXCLUDE_FROM_ALL ${source})
    target_link_libraries(${name} PRIVATE mishen)
endforeach()
