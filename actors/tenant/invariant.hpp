// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace sluice {

/// Writes what broke to stderr and aborts: a process that no longer trusts its own state must not
/// go on admitting.
[[noreturn]] void invariant_broken(const char* condition, const char* file, int line) noexcept;

}  // namespace sluice

/// States what the surrounding code relies on. Checked in every build; a failure is a bug in
/// Sluice, never the answer to bad input or a broken disk.
#define SLUICE_INVARIANT(condition)                               \
  do {                                                            \
    if (!(condition)) [[unlikely]] {                              \
      ::sluice::invariant_broken(#condition, __FILE__, __LINE__); \
    }                                                             \
  } while (false)
