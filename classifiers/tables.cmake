# What is read at build time so that the program need not: classifiers/packs/*.yaml as constants, classifiers/gazetteers/*.txt as hash
# tables. make_tables is a program of ours, built first and run by the build. A file in gazetteers/ that is no list begins with a capital,
# or is named here.
function(tagline_make_tables target)
    file(GLOB packs CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/classifiers/packs/*.yaml)
    file(GLOB lists CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/classifiers/gazetteers/*.txt)
    list(FILTER lists EXCLUDE REGEX "/([A-Z][A-Za-z]*|ordinary)\\.txt$")
    add_executable(make_tables
        ${CMAKE_SOURCE_DIR}/classifiers/make_tables.c
        ${CMAKE_SOURCE_DIR}/classifiers/draft.c
        ${CMAKE_SOURCE_DIR}/classifiers/names.c)
    target_link_libraries(make_tables PRIVATE tl_base)
    foreach(kind packs gazetteers)
        set(out ${CMAKE_BINARY_DIR}/${kind}_classifiers.c)
        set(from ${packs})
        if(kind STREQUAL gazetteers)
            set(from ${lists})
        endif()
        add_custom_command(OUTPUT ${out}
            COMMAND make_tables ${kind} ${out} ${from}
            DEPENDS make_tables ${from} VERBATIM)
        target_sources(${target} PRIVATE ${out})
    endforeach()
endfunction()
