# ctest entries that are no C programs. Exit 77 means skipped; a line "SKIP: why" says why, and ./dev test repeats it.
find_program(PYTHON3 python3 REQUIRED)

# tests/checks/*.sh hold the tree to its rules. Each is called with the build folder, in the root of the tree.
file(GLOB checks CONFIGURE_DEPENDS checks/*.sh)
foreach(check ${checks})
    get_filename_component(word ${check} NAME_WE)
    add_test(NAME check_${word} COMMAND sh ${check} ${CMAKE_BINARY_DIR} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
endforeach()

# tests/e2e_*.py drive the program from outside, with nothing but Python's standard library.
file(GLOB drives CONFIGURE_DEPENDS e2e_*.py)
foreach(drive ${drives})
    get_filename_component(word ${drive} NAME_WE)
    add_test(NAME ${word} COMMAND ${PYTHON3} -B ${drive} $<TARGET_FILE:tagline>)
endforeach()

# What PostgreSQL's usual version passes, others pass too.
foreach(version 16 17 18)
    if(TARGET test_postgres)
        add_test(NAME postgres_${version} COMMAND test_postgres)
        set_tests_properties(postgres_${version} PROPERTIES ENVIRONMENT TAGLINE_POSTGRES=${version})
    endif()
endforeach()
add_test(NAME e2e_postgres_faults_18 COMMAND ${PYTHON3} -B ${CMAKE_CURRENT_SOURCE_DIR}/e2e_postgres_faults.py
    $<TARGET_FILE:tagline>)
set_tests_properties(e2e_postgres_faults_18 PROPERTIES ENVIRONMENT TAGLINE_POSTGRES=18)

# tests/interop/*.py hold what we write against other people's programs, which ./dev test puts into build/venv. stdnum_*.py are
# parts of check_validators.py.
file(GLOB peers CONFIGURE_DEPENDS interop/*.py)
list(FILTER peers EXCLUDE REGEX "/stdnum_")
foreach(peer ${peers})
    get_filename_component(word ${peer} NAME_WE)
    add_test(NAME interop_${word} COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/interop.sh
        ${CMAKE_SOURCE_DIR}/build/venv ${peer} $<TARGET_FILE:tagline>)
endforeach()

# libFuzzer itself, for some seconds a target (TAGLINE_FUZZ_SECONDS), on what the fuzz preset built.
foreach(fuzzer ${fuzzers})
    get_filename_component(name ${fuzzer} NAME_WE)
    add_test(NAME ${name}_libfuzzer COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/run.sh
        ${CMAKE_SOURCE_DIR}/build/fuzz/tests/${name} ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/corpus ${fuzz_seeds})
endforeach()

get_property(all DIRECTORY PROPERTY TESTS)
set_tests_properties(${all} PROPERTIES SKIP_RETURN_CODE 77)
set_tests_properties(check_tidy PROPERTIES TIMEOUT 3600) # all sources, with whatever else runs beside it
foreach(long check_tidy e2e_kill e2e_canary e2e_postgres_faults) # begin first, so that nothing is waited for at the end
    if(long IN_LIST all)
        set_tests_properties(${long} PROPERTIES COST 1000)
    endif()
endforeach()
