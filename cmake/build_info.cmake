# SPDX-License-Identifier: Apache-2.0
# What was built, for one source alone, so that a new commit compiles nothing else again. The commit
# is that of the last configure; empty if this is no work tree.
execute_process(
  COMMAND git rev-parse --short=12 HEAD
  WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
  OUTPUT_VARIABLE SLUICE_COMMIT
  OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
string(TOLOWER "${CMAKE_BUILD_TYPE}" SLUICE_BUILD_TYPE)

function(sluice_tell_build source)
  set_property(
    SOURCE ${source} APPEND
    PROPERTY COMPILE_DEFINITIONS SLUICE_VERSION="${PROJECT_VERSION}" SLUICE_COMMIT="${SLUICE_COMMIT}"
             SLUICE_BUILD_TYPE="${SLUICE_BUILD_TYPE}")
endfunction()
