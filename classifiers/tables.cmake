# What is read at build time so that the program need not: classifiers/gazetteers/*.txt as hash tables. make_tables is a program of ours,
# built first and run by the build. A file in gazetteers/ that is no list begins with a capital, or is named here.
function(tagline_make_tables target)
    file(GLOB lists CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/classifiers/gazetteers/*.txt)
    list(FILTER lists EXCLUDE REGEX "/([A-Z][A-Za-z]*|ordinary)\\.txt$")
    add_executable(make_tables
        ${CMAKE_SOURCE_DIR}/classifiers/make_tables.c
        ${CMAKE_SOURCE_DIR}/classifiers/names.c)
    target_link_libraries(make_tables PRIVATE tl_base)
    set(out ${CMAKE_BINARY_DIR}/gazetteers.c)
    add_custom_command(OUTPUT ${out}
        COMMAND make_tables gazetteers ${out} ${lists}
        DEPENDS make_tables ${lists} VERBATIM)
    target_sources(${target} PRIVATE ${out})
endfunction()
