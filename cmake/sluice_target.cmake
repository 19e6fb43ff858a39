# SPDX-License-Identifier: Apache-2.0
# sluice_library(<name> SOURCES ... [NEEDS ...] [LINKS ...] [PRECOMPILE ...] [TOGETHER
#   [APART ...]] [OPTIMISED])   one library target for a folder; PRECOMPILE names costly headers of libraries that
#   most of its sources read, TOGETHER compiles several sources as one, where templates of libraries
#   cost more than they do, but for those APART, whose names without a namespace clash with others;
#   OPTIMISED is what the simulator runs, which else takes many times as long
# sluice_program(<name> SOURCES ... [NEEDS ...] [LINKS ...] [LAYER <row>])   an executable
# sluice_test(<name> SOURCES ... [NEEDS ...] [LINKS ...] [LABELS ...] [APART ...] [WHOLE])   a
#   GoogleTest executable; its sources are compiled together but for those APART; WHOLE makes it two
#   tests of ctest, a half each, for those that share something costly to start
#
# NEEDS names our own targets and is checked against layers.cmake; LINKS names libraries. For each
# library every header compiles alone, beside what the library precompiles: its own source, which
# includes it first, shows that, or else the target headers_alone_<name>. The archive is linked whole
# against only what it declared (target links_alone_<name>).
include(check_arrows)

# g++ 12 takes the value of an empty variant, kj::Maybe or optional for one that is read, and more
# often the more it inlines; what is really read uninitialised, the sanitizers and tests find. clang
# warns of a text as a condition, of expressions that are statements, as Cap'n Proto's macros are, and
# of a local name that another source has given to something, where they are compiled together.
set(SLUICE_FLAGS_GNU -Wno-maybe-uninitialized)
set(SLUICE_FLAGS_Clang -Wno-string-conversion -Wno-gnu-statement-expression)

# A folder whose classes serve capabilities says so by the variable, for all its targets and for the
# proof that its headers compile alone, which CMake makes of them.
define_property(TARGET PROPERTY SLUICE_SERVES_CAPABILITIES
                INITIALIZE_FROM_VARIABLE FOLDER_SLUICE_SERVES_CAPABILITIES)
add_library(sluice_flags INTERFACE)
target_include_directories(sluice_flags INTERFACE ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR})
target_compile_options(
  sluice_flags
  INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Woverloaded-virtual
            -Wswitch-enum -Werror ${SLUICE_FLAGS_${CMAKE_CXX_COMPILER_ID}}
            $<$<NOT:$<AND:$<CXX_COMPILER_ID:Clang>,$<BOOL:$<TARGET_PROPERTY:UNITY_BUILD>>>>:-Wshadow>
            $<$<NOT:$<BOOL:$<TARGET_PROPERTY:SLUICE_SERVES_CAPABILITIES>>>:-Wnon-virtual-dtor>)
target_link_libraries(sluice_flags INTERFACE Threads::Threads)

# A class of a source may hold what has no name outside of it, which g++ doubts in a file included.
set(SLUICE_FLAGS_TOGETHER $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)

# Headers that nearly every source of a target reads are read once. A source still includes what it
# uses: the headers are also compiled alone, and the release presets do without this.
set(SLUICE_STANDARD_HEADERS
    <algorithm> <array> <atomic> <chrono> <cstddef> <cstdint> <functional> <map> <memory> <mutex>
    <optional> <set> <span> <string> <string_view> <thread> <utility> <variant> <vector>)

# In the debug build, too.
set(SLUICE_FLAGS_OPTIMISED $<$<CONFIG:Debug>:-O1>)

function(sluice_check_needs name layer)
  foreach(need IN LISTS ARGN)
    if(NOT need STREQUAL layer AND NOT need IN_LIST SLUICE_LAYER_${layer})
      message(FATAL_ERROR "${layer} may not depend on ${need} (asked by ${name})")
    endif()
  endforeach()
endfunction()

# Those among the headers that no source includes before all else.
function(sluice_headers_without_proof result)
  foreach(header IN LISTS ARGN)
    string(REGEX REPLACE "hpp$" "cpp" source ${header})
    if(ARG_PRECOMPILE OR ARG_TOGETHER OR NOT EXISTS ${source})
      list(APPEND unproved ${header})
    endif()
  endforeach()
  set(${result} ${unproved} PARENT_SCOPE)
endfunction()

# Each of the headers as the whole of a source.
function(sluice_prove_headers name)
  if(NOT ARGN)
    return()
  endif()
  foreach(header IN LISTS ARGN)
    cmake_path(RELATIVE_PATH header BASE_DIRECTORY ${CMAKE_SOURCE_DIR})
    set(source ${CMAKE_BINARY_DIR}/headers_alone/${header}.cpp)
    file(CONFIGURE OUTPUT ${source} CONTENT "#include \"${header}\"\n")
    list(APPEND sources ${source})
  endforeach()
  add_library(headers_alone_${name} OBJECT EXCLUDE_FROM_ALL ${sources})
  target_link_libraries(headers_alone_${name} PRIVATE sluice_${name})
  if(ARG_PRECOMPILE)
    target_precompile_headers(headers_alone_${name} REUSE_FROM sluice_${name})
  endif()
  if(ARG_OPTIMISED)  # As what is precompiled.
    target_compile_options(headers_alone_${name} PRIVATE ${SLUICE_FLAGS_OPTIMISED})
  endif()
  add_dependencies(headers_alone headers_alone_${name})
endfunction()
add_custom_target(headers_alone)

function(sluice_library name)
  cmake_parse_arguments(
    ARG "TOGETHER;OPTIMISED" "" "SOURCES;NEEDS;LINKS;PRECOMPILE;APART" ${ARGN})
  sluice_check_needs(${name} ${name} ${ARG_NEEDS})
  list(TRANSFORM ARG_NEEDS PREPEND sluice_)
  add_library(sluice_${name} STATIC ${ARG_SOURCES})
  file(GLOB headers CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.hpp)
  target_sources(sluice_${name} PUBLIC FILE_SET HEADERS BASE_DIRS ${CMAKE_SOURCE_DIR} FILES ${headers})
  target_link_libraries(sluice_${name} PUBLIC sluice_flags ${ARG_NEEDS} ${ARG_LINKS})
  if(ARG_TOGETHER)
    set_target_properties(sluice_${name} PROPERTIES UNITY_BUILD ON)
    set_source_files_properties(${ARG_APART} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
    target_compile_options(sluice_${name} PRIVATE ${SLUICE_FLAGS_TOGETHER})
  endif()
  if(ARG_OPTIMISED)
    target_compile_options(sluice_${name} PRIVATE ${SLUICE_FLAGS_OPTIMISED})
  endif()
  if(ARG_PRECOMPILE)
    target_precompile_headers(sluice_${name} PRIVATE ${SLUICE_STANDARD_HEADERS} ${ARG_PRECOMPILE})
  endif()
  sluice_headers_without_proof(unproved ${headers})
  sluice_prove_headers(${name} ${unproved})

  add_executable(links_alone_${name} EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/cmake/links_alone.cpp)
  target_link_libraries(
    links_alone_${name} PRIVATE sluice_flags -Wl,--whole-archive $<TARGET_FILE:sluice_${name}>
                                -Wl,--no-whole-archive ${ARG_NEEDS} ${ARG_LINKS})
  add_dependencies(links_alone_${name} sluice_${name})
  add_dependencies(links_alone links_alone_${name})
endfunction()
add_custom_target(links_alone)

function(sluice_program name)
  cmake_parse_arguments(ARG "" "LAYER" "SOURCES;NEEDS;LINKS" ${ARGN})
  if(NOT ARG_LAYER)
    set(ARG_LAYER ${name})
  endif()
  sluice_check_needs(${name} ${ARG_LAYER} ${ARG_NEEDS})
  list(TRANSFORM ARG_NEEDS PREPEND sluice_)
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE sluice_flags ${ARG_NEEDS} ${ARG_LINKS})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
endfunction()

add_library(sluice_test_headers OBJECT EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/cmake/links_alone.cpp)
target_link_libraries(sluice_test_headers PRIVATE sluice_flags GTest::gtest)
target_precompile_headers(sluice_test_headers PRIVATE ${SLUICE_STANDARD_HEADERS} <gtest/gtest.h>
                          <gmock/gmock.h>)

function(sluice_test name)
  cmake_parse_arguments(ARG "WHOLE" "" "SOURCES;NEEDS;LINKS;LABELS;APART" ${ARGN})
  sluice_program(
    ${name} LAYER tests SOURCES ${ARG_SOURCES} NEEDS ${ARG_NEEDS}
    LINKS GTest::gtest GTest::gmock GTest::gtest_main ${ARG_LINKS})
  target_precompile_headers(${name} REUSE_FROM sluice_test_headers)
  set_target_properties(${name} PROPERTIES UNITY_BUILD ON)
  set_source_files_properties(${ARG_APART} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  target_compile_options(${name} PRIVATE ${SLUICE_FLAGS_TOGETHER})
  if(NOT ARG_LABELS)
    set(ARG_LABELS unit)
  endif()
  if(ARG_WHOLE)
    foreach(half RANGE 1)
      add_test(NAME ${name}.${half} COMMAND ${name})
      set_tests_properties(
        ${name}.${half} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT 600
                                   ENVIRONMENT "GTEST_TOTAL_SHARDS=2;GTEST_SHARD_INDEX=${half}")
    endforeach()
    return()
  endif()
  include(GoogleTest)
  # PRE_TEST: tests are listed when ctest runs, so building never needs a runnable machine state.
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT 120)
endfunction()
